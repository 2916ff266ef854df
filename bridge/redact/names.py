"""Names of people by the lists: first names, with what stands before and after them, and sure surnames."""

from __future__ import annotations

import re

from bridge.redact.forms import organisation
from bridge.redact.greetings import NEVER_GREETED
from bridge.redact.interest import FIRST, GENITIVE, SURNAME, UNKNOWN, interest
from bridge.redact.lexicon import first_name, known_name, place, plain_word
from bridge.redact.name_parts import NEXT, NOT_AFTER, Sheet, name_case, shout, upper


def listed(sheet: Sheet, found: re.Match[str], bits: int) -> None:
    """Judge a word that is on the lists of names."""
    word = found.group()
    low = word.lower()
    if bits & FIRST:
        _first(sheet, found, word, low)
    elif bits & GENITIVE:
        sheet.add(*found.span())
    elif not organisation(word) and low not in NOT_AFTER:
        sheet.add(sheet.before(found.start(), False), sheet.onwards(found.end(), 1))


def _first(sheet: Sheet, found: re.Match[str], word: str, low: str) -> None:
    if not upper(word):
        _small_first(sheet, found, low)
        return
    sure = name_case(word)
    end = sheet.surname(found.end(), sure)
    if not sure and place(low) and not known_name(sheet.text[found.end() : end].split(" ")[-1].lower()):
        return
    if not sure and (end == found.end() or (plain_word(low) and low in NEVER_GREETED)):
        return
    if shout(word) and len(word) < 5 and end == found.end():
        return
    start = sheet.before(found.start(), found.end() == end)
    sheet.add(start, end)
    sheet.listed_before(start)


def _small_first(sheet: Sheet, found: re.Match[str], low: str) -> None:
    if len(low) < 3:
        return
    end = sheet.onwards(found.end(), 1, True)
    sure = first_name(low)
    if (end > found.end() and (sure or sheet.small)) or (sure and sheet.small and len(low) > 3):
        sheet.add(found.start(), end)


def unlisted(sheet: Sheet, found: re.Match[str]) -> None:
    """Take two capitalised words side by side that neither dictionary nor name list knows."""
    following = NEXT.match(sheet.text, found.end())
    if following is None or not upper(following.group(1)) or found.start() < sheet.end:
        return
    bits = interest(following.group(1))
    if (
        bits & (UNKNOWN | SURNAME)
        and not organisation(found.group())
        and not organisation(following.group(1))
    ):
        sheet.add(found.start(), sheet.onwards(following.end(1), 1))
