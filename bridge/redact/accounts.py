"""Bank accounts (IBAN) and IPv6 addresses: the values made of letters and digits in groups."""

from __future__ import annotations

import re

from bridge.redact import checksums
from bridge.redact.hits import Hit

_IBAN = re.compile(r"[A-Za-z]{2}[ ]?[0-9]{2}(?:[ \u00a0.-]{0,2}[A-Za-z0-9]){11,30}")
_TWO_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::|"
    r"(?:[0-9A-Fa-f]{1,4}))(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?(?![\w:])"
)


def account_at(text: str, start: int) -> Hit | None:
    """Judge the digits at `start` as an IBAN: a known country's length, or nearly that.

    A right checksum only settles where an account ends; a mistyped one is taken too.
    """
    if start < 2 or text[start + 1 : start + 2] < "0":
        return None
    low = start - 3 if text[start - 1 : start] == " " else start - 2
    country = text[low : low + 2].upper() if low >= 0 else ""
    length = checksums.IBAN_LENGTHS.get(country, 0)
    if not length or (low and text[low - 1].isalnum()):
        return None
    found = _IBAN.match(text, low)
    if found is None:
        return None
    at = [n for n, char in enumerate(found.group()) if char.isalnum()]
    plain = "".join(found.group()[n] for n in at).upper()
    size = _size(text, found, at, plain, length)
    return Hit(low, low + at[size - 1] + 1, "IBAN") if size else None


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
    hits: list[Hit] = []
    done = 0
    for colons in _TWO_COLONS.finditer(text):
        if colons.start() < done:
            continue
        low = colons.start()
        while low > 0 and colons.start() - low < 4 and text[low - 1] in "0123456789abcdefABCDEF":
            low -= 1
        found = _IPV6.match(text, low)
        if found is not None and (
            found.group().count(":") == 7 or ("::" in found.group() and len(found.group()) > 4)
        ):
            hits.append(Hit(*found.span(), "IP"))
            done = found.end()
    return hits
