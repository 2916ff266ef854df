"""Pin every package with its hashes, for running and for development; no host name gets into the files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "# Made by `make lock` from pyproject.toml. No host names: packages come from wherever pip is set up to look.\n"
SETS = {
    "runtime.txt": ["--group", "build"],
    "development.txt": ["--group", "build", "--group", "dev", "--all-extras"],
}


def main() -> None:
    """Write constraints/*.txt."""
    for name, options in SETS.items():
        path = Path("constraints") / name
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options),
            *(
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-index-url",
                "--no-emit-find-links",
            ),
            *("--python-version", "3.11", "--universal", "--quiet"),
        ]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        path.write_text(HEAD + found, encoding="utf-8")


if __name__ == "__main__":
    main()
