"""Names of people, by the place where they stand: greeting, title, closing, introduction, and by name lists.

One walk over the words of a text; only where a word is a cue or a name of the lists is anything looked at closely.
"""

from __future__ import annotations

import re

from bridge.redact.closings import closing, ending
from bridge.redact.forms import organisation
from bridge.redact.greetings import NEVER_GREETED, greeting, title
from bridge.redact.hits import Hit
from bridge.redact.introductions import initials, introduced, quoted
from bridge.redact.lexicon import any_first, first_name, lone_surname, ordinary, plain_word
from bridge.redact.name_parts import CLOSING, GREETING, NOT_AFTER, TITLE, WORD, Sheet, name_case, shout, upper


def names(text: str) -> list[Hit]:
    """Find every name that its place or a list gives away."""
    sheet = Sheet(text)
    for found in WORD.finditer(text):
        low = found.group().lower()
        if low in GREETING:
            greeting(sheet, found.start(), found.end())
        if low in CLOSING:
            closing(sheet, found.start(), found.end(), low)
        if low in TITLE:
            title(sheet, found.end(), low)
        if found.start() >= sheet.end:
            _listed(sheet, found, low)
    introduced(sheet)
    initials(sheet)
    quoted(sheet)
    ending(sheet)
    return sheet.hits


def _listed(sheet: Sheet, found: re.Match[str], low: str) -> None:
    """Judge a word by the lists of names."""
    word = found.group()
    if low in GREETING:
        return
    if any_first(low):
        _first(sheet, found, word, low)
    elif not upper(word):
        return
    elif low[-1] == "s" and first_name(low[:-1]) and not ordinary(low):
        sheet.add(*found.span())
    elif lone_surname(low) and not organisation(word) and low not in NOT_AFTER and not (shout(word)):
        sheet.add(sheet.before(found.start(), False), sheet.onwards(found.end(), 1))


def _first(sheet: Sheet, found: re.Match[str], word: str, low: str) -> None:
    if not upper(word):
        _small_first(sheet, found, low)
        return
    sure = first_name(low) or name_case(word)
    end = sheet.surname(found.end(), sure)
    if not sure and (end == found.end() or (plain_word(low) and low in NEVER_GREETED)):
        return
    if shout(word) and len(word) < 5 and end == found.end():
        return
    start = sheet.before(found.start(), found.end() == end)
    sheet.add(start, end)
    sheet.listed_before(start)


def _small_first(sheet: Sheet, found: re.Match[str], low: str) -> None:
    if not first_name(low) or len(low) < 3:
        return
    end = sheet.onwards(found.end(), 1, True)
    if end > found.end() or (sheet.small and len(low) > 3):
        sheet.add(found.start(), end)
