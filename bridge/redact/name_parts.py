"""Parts of names: the text that is searched, what was found in it, and how far a name that began goes on."""

from __future__ import annotations

import re
from functools import lru_cache

from bridge.redact.forms import organisation
from bridge.redact.hits import Hit
from bridge.redact.lexicon import (
    any_first,
    capital_name,
    first_name,
    known_name,
    ordinary,
    place,
    plain_word,
    surname,
)
from bridge.redact.tables import handmade

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
NEXT = re.compile(r"[ \t\u00a0]{1,3}([^\W\d_]+(?:[-'’][^\W\d_]+)*)(\.?)")
_JOINT_ENDS = frozenset("d,&.r")
_JOINTS = frozenset({"und", "and", "&", "u.", "oder"})
_CAPITAL = re.compile(r"[A-ZÄÖÜ]")
_SENTENCE = re.compile(r"(?:^|[.!?]\s|\n)\s{0,8}([^\W\d_])")
_LAST_INITIAL = re.compile(r"[ \u00a0][A-ZÄÖÜ]\.?(?![\w'’])")
PARTICLE = handmade("particle")
ACADEMIC = handmade("academic")
TITLE = handmade("title")
GREETING = handmade("greeting")
CLOSING = handmade("closing")
NOT_AFTER = handmade("not_after")


def upper(word: str) -> bool:
    """Tell a capitalised word."""
    return word[0].isupper()


def shout(word: str) -> bool:
    """Tell an abbreviation in capitals (MV, DPO) from a name."""
    return word.isupper() and len(word) < 6


class Sheet:
    """One text and the names found in it so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hits: list[Hit] = []
        self.end = 0
        self._small: bool | None = None

    @property
    def small(self) -> bool:
        """Tell whether the writer uses no capitals; asked only where a lower-case word may be a name."""
        if self._small is None:
            self._small = writes_small(self.text)
        return self._small

    def add(self, start: int, end: int) -> None:
        """Note a name."""
        self.hits.append(Hit(start, end, "PERSON"))
        self.end = max(self.end, end)

    def onwards(self, end: int, limit: int, small: bool = False) -> int:
        """Give the end of a name: up to `limit` further words, with particles and initials."""
        at = end
        for _ in range(limit):
            step = NEXT.match(self.text, at)
            hops = 0
            while (
                step is not None
                and hops < 3
                and (len(step.group(1)) == 1 or step.group(1) in PARTICLE)
                and _between(step)
            ):
                step = NEXT.match(self.text, step.end())
                hops += 1
            if step is None or not continues(step.group(1), small, hops > 0):
                break
            at = step.end(1)
        return at

    def surname(self, end: int, sure: bool) -> int:
        """Take the surname after a first name: nearly any capitalised word, since German seldom puts a noun there."""
        step = NEXT.match(self.text, end)
        if (
            step is not None
            and sure
            and upper(step.group(1))
            and not step.group(2)
            and bears_surname(step.group(1))
        ):
            return self.onwards(step.end(1), 1)
        after = self.onwards(end, 3)
        if after == end:
            initial = _LAST_INITIAL.match(self.text, end)
            return initial.end() if initial is not None and sure else end
        value = self.text[end:after].split()[-1].lower()
        return after if sure or surname(value) or not ordinary(value) or first_name(value) else end

    def before(self, start: int, alone: bool) -> int:
        """Take in the word before a name: another name, or the surname of "Kowalczyk, Tomasz"."""
        text = self.text
        if text[start - 1 : start] not in (" ", "\u00a0") or not (
            text[start - 2].isalpha() or text[start - 2] == ","
        ):
            return start
        low, word = _word_before(self.text, start - 1)
        comma = word.endswith(",")
        word = word.rstrip(",")
        if not word or not word[0].isupper() or low < self.end or not _previous_name(word, comma, alone):
            return start
        return low

    def listed_before(self, start: int) -> None:
        """Take the word that a list joins to a name: "Momo und Tjark"."""
        if self.text[start - 1 : start] != " " or self.text[start - 2 : start - 1] not in _JOINT_ENDS:
            return
        at, joint = _word_before(self.text, start - 1)
        if joint.lower() in _JOINTS:
            at, word = _word_before(self.text, at - 1)
        else:
            word = joint.rstrip(",") if joint.endswith(",") else ""
        if not word or not word.isalpha() or not word[0].isupper() or shout(word) or organisation(word):
            return
        low = word.lower()
        if (
            low not in NOT_AFTER
            and low not in GREETING
            and not place(low)
            and (any_first(low) or not ordinary(low))
        ):
            self.add(at, at + len(word))


def _word_before(text: str, end: int) -> tuple[int, str]:
    """Give the run without spaces before an offset, with its start; quote marks and brackets end it."""
    pieces = text[max(0, end - 32) : end].split()
    if end < 1 or not pieces or text[end - 1].isspace():
        return end, ""
    word = pieces[-1].lstrip("\"'„“(>*[")
    return end - len(word), word


@lru_cache(maxsize=65536)
def _previous_name(word: str, comma: bool, alone: bool) -> bool:
    low = word.lower()
    if (
        not low.replace("-", "").replace("'", "").isalpha()
        or low in GREETING
        or low in TITLE
        or low in CLOSING
    ):
        return False
    if plain_word(low) or place(low) or low in NOT_AFTER or organisation(low) or shout(word):
        return False
    if comma:
        return alone and surname(low)
    return known_name(low) or not ordinary(low)


def _between(step: re.Match[str]) -> bool:
    word = step.group(1)
    return (word.lower() in PARTICLE and not upper(word)) or (len(word) == 1 and bool(step.group(2)))


@lru_cache(maxsize=65536)
def continues(word: str, small: bool, particle: bool) -> bool:
    """Tell whether a word can go on a name."""
    low = word.lower()
    if low in NOT_AFTER or organisation(word) or len(word) < 2:
        return False
    if not upper(word):
        return small and (surname(low) or not ordinary(low)) and not plain_word(low)
    if shout(word) and not known_name(low):
        return False
    return particle or known_name(low) or not ordinary(low)


@lru_cache(maxsize=65536)
def bears_surname(word: str) -> bool:
    """Tell whether a capitalised word right after a sure first name can be its surname."""
    low = word.lower()
    return (
        low not in NOT_AFTER
        and not organisation(word)
        and not place(low)
        and len(word) > 2
        and not shout(word)
    )


def alone(text: str, start: int, end: int) -> bool:
    """Tell whether a word stands alone on its line, quote marks and punctuation aside."""
    low = text.rfind("\n", max(0, start - 12), start)
    before = text[low + 1 : start] if low >= 0 or start < 12 else "x"
    after = text[end : end + 4].split("\n", maxsplit=1)[0].strip(" .,!\r)")
    return not before.strip(" >|\t\r-–(") and not after


@lru_cache(maxsize=65536)
def name_case(word: str) -> bool:
    """Tell a word that its capital letter makes a first name."""
    return upper(word) and (len(word) > 3 or not word.isupper()) and capital_name(word.lower())


def writes_small(text: str) -> bool:
    """Tell a writer who uses hardly any capitals, by the beginning of the text."""
    sample = text[:1200]
    letters = len(sample)
    capitals = len(_CAPITAL.findall(sample))
    if capitals * 60 < letters:
        return True
    if capitals * 30 > letters:
        return False
    starts = _SENTENCE.findall(sample)
    return bool(starts) and sum(char.islower() for char in starts) * 2 > len(starts)
