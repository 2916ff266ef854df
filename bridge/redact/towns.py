"""Postal codes with their towns, and streets that are told by the town beside them."""

from __future__ import annotations

import re

from bridge.redact.cues import cue, nearest_cue
from bridge.redact.hits import Hit
from bridge.redact.tables import handmade, table

_TOWN = re.compile(
    r"[ \u00a0]{1,3}((?:St|Hann|Kr|Bad)\.|[A-ZÄÖÜ][\w'’-]*|[a-zäöüß][\w-]{3,})"
    r"(?:(?:[ ](?:am|an der|an|im|in|bei|ob der|vor der|auf|zu|unter) |/| |"
    r"-)[A-ZÄÖÜ][\w.-]*(?: (?:Hall|Br\.|Breisgau|Main|Saale|Donau))?)?"
    r"(?: ?\([A-Z][\w .]{1,20}\))?"
)
_ADDRESSED = re.compile(
    r"(?:[0-9][a-zA-Z]?|[0-9] ?[a-h])(?:[,;|]? {0,2}\r?\n[> ]{0,4}|[ ,;>|/–]{1,8}| - )(?:D-|A-|CH-)?$"
)
_BEFORE = re.compile(r"(?:^|[\s,;(|>])(?:(?:DE|AT|CH|LI|FL|D|A|L|F|B|NL|I|PL|DK)[- ])$")
_PREFIXED = re.compile(r"(?:DE|AT|CH|LI|FL|D|A|L|F|B|I|PL|DK)-([0-9]{4,5})")
_FOREIGN = re.compile(
    r"[0-9]{4} [A-Z]{2} [A-Z][\w-]+(?: [A-Z][\w-]+)?|"
    r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}(?:,? [A-Z][\w-]+)?|[0-9]{2}-[0-9]{3} [A-ZŁŚŻĆ][\w-]+|"
    r"(?<![0-9])[0-9]{3} [0-9]{2} [A-ZČŘŠŽ][\w-]+(?: [0-9]{1,2}(?![0-9]))?"
)
_AFTER = re.compile(
    r"(?:,|;|, in der| in der| -|"
    r"\r?\n[> ]{0,3})[ ]?((?:[A-ZÄÖÜ][\w.'’-]*[ ]){1,3}[0-9]{1,4} ?[a-h]?)(?![\w:/]|\.[0-9])"
)
_UNITS = handmade("units")
_LAST = frozenset({"deutschland", "germany", "österreich", "schweiz"})
_TOWN_STARTS = frozenset(
    {
        "bad",
        "sankt",
        "st",
        "neu",
        "alt",
        "markt",
        "groß",
        "klein",
        "ober",
        "unter",
        "hann",
        "maria",
        "schwäbisch",
        "la",
        "le",
        "den",
        "new",
        "san",
        "los",
        "frankfurt",
        "neustadt",
    }
)
_NO_TOWN = frozenset(
    {"oder", "und", "war", "wer", "alle", "essen", "bei", "singen", "worten", "wenden", "rede", "buch"}
)


def town_at(text: str, start: int, end: int) -> Hit | None:
    """Judge a run of four or five digits as a postal code, by the word after it and the address before it."""
    found = _TOWN.match(text, end)
    if found is None or not _is_town(text, start, found.group(1), end - start):
        return _lone(text, start, end)
    before = _BEFORE.search(text, max(0, start - 5), start)
    low = start
    if before is not None:
        low = before.start() + (len(before.group()) - len(before.group().lstrip(" \n\t,;(|>")))
    return Hit(low, _end(text, found), "CITY_ZIP")


def joined_town(text: str, start: int, end: int) -> Hit | None:
    """Find a postal code that a house number was joined to: "12 12345 Stadt", "5 - 12345 Stadt"."""
    tail = text[max(start, end - 5) : end]
    if not (6 < end - start < 13 and tail.isdigit() and text[end - 6] in " -\u2013/\u00a0"):
        return None
    found = _TOWN.match(text, end)
    if found is None or not _is_town(text, end - 5, found.group(1), 5):
        return None
    return Hit(end - 5, _end(text, found), "CITY_ZIP")


def prefixed_town(text: str, start: int, end: int) -> Hit | None:
    """Judge a token like "CH-8700" before the name of a town."""
    prefix = _PREFIXED.fullmatch(text, start, end)
    found = _TOWN.match(text, end) if prefix is not None else None
    return Hit(start, _end(text, found), "CITY_ZIP") if found is not None else None


def foreign_town(text: str, start: int) -> Hit | None:
    """Judge a postal code of the Netherlands, Britain, Poland or Czechia that starts at `start`."""
    found = _FOREIGN.match(text, start)
    return Hit(*found.span(), "CITY_ZIP") if found is not None else None


def street_after(text: str, end: int) -> list[Hit]:
    """Take the street behind a town: "02763 Zittau, Neustadt 23"."""
    found = _AFTER.match(text, end)
    if found is None or cue(found.group(1).split()[0].lower().rstrip(".")):
        return []
    return [Hit(*found.span(1), "ADDRESS")]


def _end(text: str, found: re.Match[str]) -> int:
    """End a town before a second word that is none: "10115 Berlin Tel", "12345 Musterstadt Deutschland"."""
    rest = text[found.end(1) : found.end()]
    second = rest.strip().split(" ")[-1] if rest.startswith(" ") and "(" not in rest else ""
    low = second.lower().rstrip(".")
    first = found.group(1).lower().rstrip(".")
    if second and rest.count(" ") == 1 and low not in table("places") and first not in _TOWN_STARTS:
        return found.end(1)
    if second and (cue(low) or low in _LAST):
        return found.end(1)
    stop = found.end()
    while text[stop - 1] in ".,-":
        stop -= 1
    return stop


def _lone(text: str, start: int, end: int) -> Hit | None:
    found, between = nearest_cue(text, start, 20)
    return Hit(start, end, "CITY_ZIP") if end - start == 5 and found == "ZIP" and not between else None


def _is_town(text: str, start: int, word: str, size: int) -> bool:
    low = word.lower().rstrip(".")
    if low in _UNITS or cue(low):
        return False
    place = low in table("places") or low.split("-")[0] in table("places")
    before = text[max(0, start - 14) : start]
    addressed = _ADDRESSED.search(before) is not None
    if size == 4:
        return (addressed or before.endswith(("A-", "CH-", "L-"))) and word[0].isupper()
    if word[0].islower():
        return place and low not in _NO_TOWN and (addressed or low not in table("words"))
    return place or addressed or low not in table("words") or low in _TOWN_STARTS
