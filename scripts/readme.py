"""Put the program's --help into the README."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.test_readme import README, shown_help


def main(path: Path = README) -> None:
    """Replace what stands between the markers."""
    block = f"<!-- help: begin -->\n```\n{shown_help()}```\n<!-- help: end -->"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<!-- help: begin -->.*?<!-- help: end -->", lambda _found: block, text, flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
