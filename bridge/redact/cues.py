"""Cue words: what a word says about the value that stands near it. Each word is judged once and remembered."""

from __future__ import annotations

import re
from functools import lru_cache

from bridge.redact.tables import handmade, sections

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Compounds are the rule in German, so stems found anywhere in a word tell as much as whole words.
_STEMS = tuple(
    (name.removeprefix("stem "), handmade(name)) for name in sections() if name.startswith("stem ")
)
_WORDS = {
    word: name.removeprefix("cue ")
    for name in reversed(sections())
    if name.startswith("cue ")
    for word in handmade(name)
}
_ABOUT = tuple(
    handmade("about_the_value")
)  # "Passwort-Hinweis", "Codeeingabe": about the value, not before it
_HANDLE_ENDS = tuple(handmade("handle_ends"))  # "Testprofil", "Zweitaccount"
_STREET_ENDS = tuple(handmade("street_ends"))
_STREET_WORDS = handmade("street_words")


@lru_cache(maxsize=65536)
def cue(word: str) -> str:
    """Tell what a lower-case word announces: PASSWORD, CODE, MEMBER, TAX, PHONE, … or "" for nothing."""
    found = _WORDS.get(word)
    if found:
        return found
    if word.endswith(_ABOUT):
        return ""
    for kind, stems in _STEMS:
        if any(stem in word for stem in stems):
            return kind
    if word.endswith(_HANDLE_ENDS):
        return "HANDLE"
    last = word.rpartition("-")[2]
    return _WORDS.get(last, "") if last != word else ""


@lru_cache(maxsize=65536)
def street(word: str) -> bool:
    """Tell whether a lower-case word ends like the name of a street."""
    return word.endswith(_STREET_ENDS)


def bare_street(word: str) -> bool:
    """Tell whether a lower-case word is only the kind of street, so that its name stands before it."""
    return word in _STREET_WORDS


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words; hyphenated ones stay whole."""
    return _WORD.findall(text.lower())


def nearest_cue(text: str, start: int, reach: int = 44) -> tuple[str, list[str]]:
    """Give the cue that stands nearest before an offset, and the words between, nearest first."""
    between: list[str] = []
    numbered = False
    for word in reversed(_WORD.findall(text[max(0, start - reach) : start].lower())):
        found = cue(word)
        if found and not numbered:
            if found != "NUMBER":
                return found, between
            numbered = True
        elif numbered:  # "Rechnung Nr. 17" is no number of a member, whatever stands before it
            return found if found in (
                "BLOCK",
                "MEMBER",
                "MEMBER_STRONG",
                "PHONE",
                "ID",
                "TAX",
            ) else "NUMBER", between
        else:
            between.append(word)
    return "NUMBER" if numbered else "", between
