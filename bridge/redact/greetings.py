"""Names in greetings ("Hallo Marco und Ute,") and after titles ("Frau Dr. von Storch")."""

from __future__ import annotations

import re

from bridge.redact.forms import organisation
from bridge.redact.hits import Hit
from bridge.redact.lexicon import any_first, first_name, known_name, office, ordinary, plain_word, surname
from bridge.redact.name_parts import ACADEMIC, NEXT, PARTICLE, TITLE, Sheet, shout, upper
from bridge.redact.tables import handmade

_SOFT_TITLE = handmade("soft_title")
_BEFORE_GREETING = handmade("before_greeting")
_FILL = handmade("fill")
NEVER_GREETED = handmade("never_greeted")
_JOINT = re.compile(
    r"[ ]?(?:,|/|&|und|and|u\.|sowie|et|y)[ ](?:(?:liebe|lieber|hallo|hi|geehrte[r]?|sehr|dear|caro|"
    r"cara) ){0,2}",
    re.IGNORECASE,
)
_NICK = re.compile(r"[ ][\"„“'»]([^\s\"“”'«»]{3,30})[\"“”'«»]")
_QUOTE = " \t>|*_-–"


def line_start(sheet: Sheet, at: int, reach: int = 28) -> bool:
    """Tell whether only quote marks and words of greeting stand before an offset on its line."""
    begin = sheet.text.rfind("\n", max(0, at - reach), at)
    if begin < 0 and at > reach:
        return False
    before = sheet.text[begin + 1 : at].strip(_QUOTE + "\r").lower()
    return all(word in _BEFORE_GREETING for word in before.replace(",", " ").split())


def greeting(sheet: Sheet, start: int, end: int) -> None:
    """Take the names that a word of greeting at the start of a line addresses."""
    if not line_start(sheet, start):
        return
    at = end
    for _ in range(4):
        name = _greeted(sheet, at)
        if name is None:
            return
        sheet.add(*name)
        joint = _JOINT.match(sheet.text, name[1])
        if joint is None:
            return
        at = joint.end() - 1


def _greeted(sheet: Sheet, at: int) -> tuple[int, int] | None:
    first = NEXT.match(sheet.text, at)
    while first is not None and first.group(1).lower() in _FILL:
        at = first.end()
        first = NEXT.match(sheet.text, at)
    if first is None or first.group(1).lower() in TITLE:
        return None  # titles are seen by themselves
    word, low = first.group(1), first.group(1).lower()
    named = any_first(low) and low not in NEVER_GREETED
    if (
        not (named or (not ordinary(low) and (upper(word) or surname(low))))
        or organisation(word)
        or len(word) < 2
    ):
        return None
    if shout(word) and not named:
        return None
    if not upper(word) and not (_ends(sheet.text, first.end(1)) or first_name(low)):
        return None
    return first.start(1), sheet.onwards(first.end(1), 2, sheet.small)


def _ends(text: str, at: int) -> bool:
    return text[at : at + 1] in ("", ",", "!", "\n", "\r", ".", ";", ":") or text[at : at + 2] in (
        " ,",
        " \n",
        " !",
        " -",
    )


def title(sheet: Sheet, end: int, low: str) -> None:
    """Take the name after a title that ends at `end`."""
    text = sheet.text
    at = end + 1 if text[end : end + 1] == "." else end
    nick = _NICK.match(text, end)
    if nick is not None and low in _SOFT_TITLE:
        sheet.hits.append(Hit(*nick.span(1), "HANDLE"))
    step = NEXT.match(text, at)
    while step is not None and step.group(1).lower() in ACADEMIC | _SOFT_TITLE and low not in _SOFT_TITLE:
        at = step.end()
        step = NEXT.match(text, at)
    while step is not None and step.group(1).lower() in PARTICLE:
        later = NEXT.match(text, step.end())
        if later is None or not (upper(later.group(1)) or later.group(1).lower() in PARTICLE):
            break
        step = later
    if step is None:
        return
    word, value = step.group(1), step.group(1).lower()
    if (
        value in TITLE
        or office(value)
        or organisation(word)
        or value in NEVER_GREETED
        or (shout(word) and not known_name(value))
    ):
        return
    sure = upper(word) and (low not in _SOFT_TITLE or known_name(value) or not ordinary(value))
    small = not upper(word) and (known_name(value) or not ordinary(value)) and not plain_word(value)
    if sure or (small and len(value) > 2):
        begin = NEXT.match(text, at)
        sheet.add(begin.start(1) if begin else step.start(1), sheet.onwards(step.end(1), 2, small))
