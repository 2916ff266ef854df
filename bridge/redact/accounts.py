"""Bank accounts (IBAN) and IPv6 addresses: the values made of letters and digits in groups."""

from __future__ import annotations

import re

from bridge.redact import checksums
from bridge.redact.hits import Hit

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?[0-9]{2}(?:[ \u00a0.-]{0,2}[A-Za-z0-9]){11,30}")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::|(?:[0-9A-Fa-f]{1,4}))(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?(?![\w:])"
)


def accounts(text: str) -> list[Hit]:
    """Find IBANs: a known country's length, or nearly that; the checksum only settles where one ends."""
    hits = []
    for found in _IBAN.finditer(text):
        at = [n for n, char in enumerate(found.group()) if char.isalnum()]
        plain = "".join(found.group()[n] for n in at).upper()
        length = checksums.IBAN_LENGTHS.get(plain[:2], 0)
        size = _size(text, found, at, plain, length) if length else 0
        if size:
            hits.append(Hit(found.start(), found.start() + at[size - 1] + 1, "IBAN"))
    return hits


def _size(text: str, found: re.Match[str], at: list[int], plain: str, length: int) -> int:
    """Give how many of the letters and digits belong to the account, 0 where it is none."""
    if len(plain) < length:
        mistyped = len(plain) >= length - 4 and plain[2:].isdigit()
        return len(plain) if mistyped else 0
    stop = found.start() + at[length - 1] + 1
    whole = stop == len(text) or not text[stop].isalnum()
    enough = sum(char.isdigit() for char in plain[:length]) > 9
    if enough and (whole or checksums.iban(plain[:length])):
        return length
    run = next((n for n, char in enumerate(plain[2:], 2) if not char.isdigit()), len(plain))
    return run if length - 3 <= run <= length + 3 else 0


def addresses_v6(text: str) -> list[Hit]:
    """Find IPv6 addresses: eight groups, or "::"."""
    if "::" not in text and text.count(":") < 7:
        return []
    hits = []
    for found in _IPV6.finditer(text):
        value = found.group()
        if value.count(":") == 7 or ("::" in value and len(value) > 4):
            hits.append(Hit(*found.span(), "IP"))
    return hits
