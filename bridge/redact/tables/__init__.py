"""The shipped word tables, each read at its first use. Built by scripts/build_name_lists.py; licences in NOTICE."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> frozenset[str]:
    """Give one table as a set of lower-case words: first_names, surnames, words or places."""
    packed = (files(__name__) / f"{name}.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))
