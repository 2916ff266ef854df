"""Prefilter: which signs a text holds at all, so that detectors for the others needn't look.

Hyperscan (`pip install otrs-bridge[accelerate]`) tells it in one pass; without it each sign is sought by itself. Both
answer the same question exactly, so the spans don't depend on which of them is there.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

# (sign, pattern in the common subset of Python's `re` and Hyperscan). All are ASCII but "ät".
_SIGNS = (
    ("bracketed at", r"[(\[{] ?(?:at|ät|AT|At|@|Klammeraffe|affe) ?[)\]}]"),
    ("spaced at", r" (?:at|AT) "),
    ("escaped at", r"%40"),
    ("address v6", r":[0-9A-Fa-f]{0,4}:"),
    ("web", r"://|www\.|WWW\.|Www\."),
    ("underscore", r"_"),
)
_PATTERNS = tuple((sign, re.compile(pattern)) for sign, pattern in _SIGNS)
ALL = frozenset(sign for sign, _ in _SIGNS)
_SHORT = 200  # characters up to which asking costs more than it saves


@cache
def database() -> Any:
    """Compile the signs for Hyperscan; None where that is not installed or does not run on this processor."""
    try:
        import hyperscan
    except ImportError:
        return None
    try:
        compiled = hyperscan.Database()
        compiled.compile(
            expressions=[pattern.encode() for _, pattern in _SIGNS],
            ids=list(range(len(_SIGNS))),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(_SIGNS),
        )
    except hyperscan.error:
        return None
    return compiled


def signs(text: str) -> frozenset[str]:
    """Give the signs that a text holds; for a short text possibly more."""
    if len(text) < _SHORT:
        return ALL
    compiled = database()
    return by_pattern(text) if compiled is None else by_hyperscan(compiled, text)


def by_pattern(text: str) -> frozenset[str]:
    """Seek each sign by itself."""
    return frozenset(sign for sign, pattern in _PATTERNS if pattern.search(text))


def by_hyperscan(compiled: Any, text: str) -> frozenset[str]:
    """Seek all signs in one pass. Surrogates that no encoding knows stand for no sign and are replaced."""
    found: list[int] = []

    def note(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        found.append(number)

    compiled.scan(text.encode("utf-8", "replace"), match_event_handler=note)
    return frozenset(_SIGNS[number][0] for number in found)
