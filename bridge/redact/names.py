"""Names of people by the lists: first names, with what stands before and after them, and sure surnames."""

from __future__ import annotations

import re

from bridge.redact.forms import organisation
from bridge.redact.greetings import NEVER_GREETED
from bridge.redact.interest import FIRST, GENITIVE
from bridge.redact.lexicon import first_name, plain_word
from bridge.redact.name_parts import NOT_AFTER, Sheet, name_case, shout, upper


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
    if end > found.end() or (sheet.small and len(low) > 3):
        sheet.add(found.start(), end)
