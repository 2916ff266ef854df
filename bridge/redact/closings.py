"""Names in closings ("Viele Grüße, Anna"), signatures, and at the end of the writer's own text."""

from __future__ import annotations

import re
from functools import lru_cache

from bridge.redact.forms import organisation
from bridge.redact.greetings import line_start
from bridge.redact.lexicon import (
    any_first,
    capital_name,
    first_name,
    known_name,
    ordinary,
    plain_word,
    surname,
)
from bridge.redact.masks import OPAQUE
from bridge.redact.name_parts import ACADEMIC, NOT_AFTER, PARTICLE, WORD, Sheet, shout, upper
from bridge.redact.tables import handmade

_STRONG = handmade("strong_closing")
_ALONE = handmade("names_when_alone")
_STOP_SIGN = handmade("stop_sign")
_AFTER = re.compile(r"[ ,.!–:;-]{0,4}")
_JOINTS = frozenset({"und", "and", "u"})
_ARTICLES = frozenset({"ihr", "ihre", "euer", "eure", "dein", "deine", "der", "die", "das", "da", "de"})
_GAP = " \t\u00a0.()/\"'„“&+"
_QUOTE = " \t>|*_-–"
_LAST_SENTENCE = re.compile(r"(?:[.!?:;)][ \u00a0]|[,–-][ ])([^.!?:;,\n]{2,36})[.!]?$")


def closing(sheet: Sheet, start: int, end: int, low: str) -> None:
    """Take the name after a closing word: on its line, or on the next lines that aren't empty."""
    text = sheet.text
    strong = low in _STRONG
    if (
        not strong
        and text[end : end + 1] not in (",", "!", ".", "\n", "\r", "")
        and not line_start(sheet, start, 40)
    ):
        return
    line_end = _line_end(text, end)
    if line_end - end > 70:
        return
    rest = _AFTER.match(text, end)
    at = rest.end() if rest else end
    after = text[at:line_end].strip(" ,.!\r")
    if OPAQUE in after or (after and signed(sheet, at, line_end, strong)) or len(after.split()) > 6:
        return
    at = line_end + 1
    for _ in range(4):
        if at >= len(text):
            return
        line_end = _line_end(text, at)
        line = text[at:line_end].strip(_QUOTE + "\r")
        if OPAQUE in line or (line and (signed(sheet, at, line_end, strong) or len(line) > 40)):
            return
        at = line_end + 1


def _line_end(text: str, at: int) -> int:
    """Find the end of a line, or a bound that is longer than any closing."""
    found = text.find("\n", at, at + 400)
    return min(len(text), at + 400) if found < 0 else found


def signed(sheet: Sheet, start: int, end: int, strong: bool) -> bool:
    """Take a line, or its beginning up to a comma or bracket, as a name if it looks like one."""
    text = sheet.text
    while start < end and not (text[start].isalnum() or text[start] == OPAQUE):
        start += 1
    stop = start
    words: list[re.Match[str]] = []
    for word in WORD.finditer(text, start, min(end, start + 60)):
        gap = text[stop : word.start()]
        if (
            gap.strip(_GAP)
            or ("(" in gap and not words)
            or (word.group().lower() in _STOP_SIGN and not upper(word.group()))
        ):
            break
        if not _namelike(word.group(), bool(words)):
            break
        words.append(word)
        stop = word.end()
    return _sign(sheet, words, end, strong)


@lru_cache(maxsize=65536)
def _namelike(word: str, within: bool) -> bool:
    low = word.lower()
    if low in PARTICLE or low in ACADEMIC or (low in _JOINTS and within):
        return True
    if organisation(word) or low in NOT_AFTER or low in _STOP_SIGN:
        return False
    return (
        upper(word)
        or capital_name(low)
        or (known_name(low) and not plain_word(low))
        or not ordinary(low)
        or (not within and low in _ARTICLES)
    )


def _trimmed(words: list[re.Match[str]]) -> list[re.Match[str]]:
    last = PARTICLE | _JOINTS
    while words and words[-1].group().lower() in last and not upper(words[-1].group()):
        words = words[:-1]
    while words and words[0].group().lower() in ACADEMIC | _ARTICLES:
        words = words[1:]
    return words


def _sign(sheet: Sheet, found: list[re.Match[str]], end: int, strong: bool) -> bool:
    words = _trimmed(found)
    if not 0 < len(words) < 6 or sheet.text[words[-1].end() : words[-1].end() + 1] == ":":
        return False
    lows = [word.group().lower() for word in words]
    rest = sheet.text[words[-1].end() : end].strip()
    goes_on = bool(rest) and (rest[0].isalpha() or rest[0].isdigit())
    known = sum(
        known_name(low) and not (plain_word(low) and not surname(low) and not any_first(low)) for low in lows
    )
    small = PARTICLE | _JOINTS
    capital = all(upper(word.group()) or word.group().lower() in small for word in words)
    # After "Mit freundlichen Grüßen" a capitalised compound ("Ossenkopf") is a name too.
    unknown = sum(not (plain_word(low) if strong and capital else ordinary(low)) for low in lows)
    if goes_on and not (known and capital):
        return False
    initials = len(lows) > 1 and any(len(low) == 1 for low in lows) and capital
    word_only = (
        not strong and len(lows) == 1 and plain_word(lows[0]) and not (capital and capital_name(lows[0]))
    )
    if (known + unknown == 0 and not initials) or word_only:
        return False
    if not capital and known + unknown < len([low for low in lows if low not in PARTICLE]):
        return False
    if len(words) == 1 and shout(words[0].group()) and not known and not strong:
        return False
    sheet.add(words[0].start(), _with_initial(sheet.text, words[-1].end(), end))
    return True


def _with_initial(text: str, at: int, end: int) -> int:
    """Take in the dot of "monika s."."""
    single = not text[at - 2 : at - 1].isalnum()
    return at + 1 if single and text[at : at + 1] == "." and at < end else at


def ending(sheet: Sheet) -> None:
    """Take the last words of the writer's own text, before quotes and signature, if they are a short name."""
    text = sheet.text
    base = max(0, len(text) - 4000)
    end = len(text)
    for _ in range(120):
        start = text.rfind("\n", base, end) + 1 or base
        value = text[start:end].strip("\r \t")
        if value and not value.startswith((">", "--", "__")):
            if value.strip(OPAQUE + _QUOTE):
                # Blank lines above don't count: a subject of one line is no end of a letter.
                _last(sheet, start, end, value, 2 if text[base:start].strip("\n") else 1)
            return
        if start == base:
            return
        end = start - 1


def _last(sheet: Sheet, start: int, end: int, value: str, count: int) -> None:
    short = len(value) < 36 and count > 1 and not value.endswith((":", "?"))
    if short and _lone(sheet, start, end, value.split(), True):
        return
    tail = _LAST_SENTENCE.search(value)
    if tail is not None:
        at = start + sheet.text[start:end].find(value)
        _lone(sheet, at + tail.start(1), at + tail.end(1), tail.group(1).split(), False)


def _lone(sheet: Sheet, start: int, end: int, words: list[str], whole: bool) -> bool:
    lows = [word.lower().strip(".,!()") for word in words]
    if not 0 < len(words) < 4 or not all(low.replace("-", "").replace("'", "").isalpha() for low in lows):
        return False
    named = (
        first_name(lows[0])
        or (capital_name(lows[0]) and (upper(words[0]) or len(words) == 1))
        or (len(lows) > 1 and any_first(lows[0]) and upper(words[0]))
    )
    named = named or (
        len(lows) == 1
        and any_first(lows[0])
        and upper(words[0])
        and (whole or lows[0] in _ALONE)
        and not shout(words[0])
    )
    pair = len(lows) == 2 and all(not ordinary(low) for low in lows) and all(upper(word) for word in words)
    known = len(lows) == 1 and surname(lows[0]) and not ordinary(lows[0]) and upper(words[0])
    unknown = (
        len(lows) == 1
        and len(lows[0]) > 2
        and upper(words[0])
        and not ordinary(lows[0])
        and not shout(words[0])
    )
    initial = (
        len(lows) > 1
        and len(lows[0]) == 1
        and upper(words[-1])
        and (known_name(lows[-1]) or not plain_word(lows[-1]))
    )
    return (named or pair or known or unknown or initial) and signed(sheet, start, end, True)
