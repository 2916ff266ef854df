"""The shipped word tables, each read at its first use.

The packed ones are built by scripts/build_name_lists.py (licences in NOTICE); handmade.txt is kept by hand.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> frozenset[str]:
    """Give a packed table as lower-case words: first_names, capital_names, surnames, words or places."""
    packed = (files(__name__) / f"{name}.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


@cache
def _sections() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in (files(__name__) / "handmade.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            words += line.split()
    return sections


def sections() -> tuple[str, ...]:
    """Give the names of the sections of handmade.txt, in their order."""
    return tuple(_sections())


@cache
def handmade(section: str) -> frozenset[str]:
    """Give one section of handmade.txt as a set."""
    return frozenset(_sections()[section])
