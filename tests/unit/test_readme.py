"""What the README shows is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from bridge.cli import main

README = Path(__file__).parents[2] / "README.md"


def shown_help() -> str:
    result = CliRunner().invoke(main, ["--help"], prog_name="otrs-bridge", terminal_width=100)
    assert result.exit_code == 0
    return result.output


def test_help_in_the_readme_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(r"<!-- help: begin -->\n```\n(.*?)```\n<!-- help: end -->", text, re.DOTALL)
    assert found is not None
    assert found[1] == shown_help(), "run: python -m scripts.readme"


def test_every_linked_file_exists() -> None:
    text = README.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
