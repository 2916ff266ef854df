"""Hits of the detectors, and how overlapping ones become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# The type of an overlap: the one that says most about the value wins. A wrong label is a blemish, a value
# cut in two is a leak, so hits that overlap are always joined into their union.
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            "PASSWORD",
            "INVITE_CODE",
            "URL_PERSONAL",
            "EMAIL",
            "IBAN",
            "CARD_NO",
            "TAX_ID",
            "INSURANCE_NO",
            "ID_CARD",
            "IP",
            "BIRTHDATE",
            "PHONE",
            "MEMBER_NO",
            "CITY_ZIP",
            "ADDRESS",
            "PLATE",
            "HANDLE",
            "PERSON",
        )
    )
}


class Hit(NamedTuple):
    """A detected value in one view. `start` and `end` are offsets of the view."""

    start: int
    end: int
    kind: str


def merge(hits: Iterable[Hit]) -> list[Hit]:
    """Join overlapping hits; the result is sorted and free of overlaps."""
    merged: list[Hit] = []
    reach = -1
    for hit in sorted(hits):
        start, end, kind = hit
        if end <= start:
            continue
        if start >= reach:
            merged.append(hit)
            reach = end
            continue
        last = merged[-1]
        if end > reach or _RANK[kind] < _RANK[last.kind]:
            reach = max(reach, end)
            merged[-1] = Hit(last.start, reach, min(last.kind, kind, key=_RANK.__getitem__))
    return merged
