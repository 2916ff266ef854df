"""Where the files that come with the program are: beside the checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def default_workflows() -> Path:
    """Return the folder of the workflows that come with the program."""
    return _shipped("workflows")


def default_config() -> Path:
    """Return the folder of example configuration and what OTRS is given."""
    return _shipped("config")


def _shipped(name: str) -> Path:
    inside = PACKAGE / "defaults" / name
    return inside if inside.is_dir() else PACKAGE.parent / name
