"""Interest: what a word can announce, as bits, judged once for each distinct word.

Most words of a mail announce nothing; the walk over a text passes them by with one look into a dictionary.
"""

from __future__ import annotations

from bridge.redact.cues import cue, street
from bridge.redact.lexicon import any_first, first_name, lone_surname, ordinary
from bridge.redact.tables import handmade, table

(
    GREETING,
    CLOSING,
    TITLE,
    FIRST,
    GENITIVE,
    SURNAME,
    CUE,
    STREET,
    MONTH,
    INTRO,
    WROTE,
    NAMED,
    STARTER,
    ABROAD,
    LONE,
    RELATIVE,
    UNKNOWN,
) = (1 << n for n in range(17))
NAME = FIRST | GENITIVE | SURNAME
_LIMIT = 200_000
_LONGEST = 60  # letters; longer runs are no words

_SETS = (
    (GREETING, handmade("greeting")),
    (CLOSING, handmade("closing")),
    (TITLE, handmade("title")),
    (MONTH, handmade("months")),
    (INTRO, handmade("intro_words")),
    (WROTE, handmade("wrote_words")),
    (NAMED, handmade("named_words")),
    (RELATIVE, handmade("relatives")),
    (ABROAD, handmade("abroad_words")),
)
_CAPITAL_NAMES = table("capital_names")
_STARTERS = handmade("starter_words")
# Cues that the walk follows at once; the others are asked by the digits that come after them.
_TELLING = frozenset(
    {"PASSWORD", "CODE", "CODE_STRONG", "HANDLE", "HANDLE_STRONG", "ACCOUNT", "LOGIN", "BIRTH"}
)
JUDGED: dict[str, int] = {}


def interest(word: str) -> int:
    """Judge a word as it is written and remember its bits in JUDGED, up to a bound; mails repeat their words."""
    if len(word) > _LONGEST:
        return 0
    bits = _judged(word, word.lower())
    if len(JUDGED) >= _LIMIT:
        JUDGED.clear()
    JUDGED[word] = bits
    return bits


def _judged(word: str, low: str) -> int:
    bits = 0
    for bit, words in _SETS:
        if low in words:
            bits |= bit
    if cue(low) in _TELLING:
        bits |= CUE
    if word[0].isupper() and low in _STARTERS:
        bits |= STARTER
    if street(low):
        bits |= STREET
    if len(word) == 1 and word.isupper():
        bits |= LONE
    if bits & GREETING:
        return bits
    return bits | _named(word, low)


def _named(word: str, low: str) -> int:
    if any_first(low):
        return FIRST if word[0].isupper() or first_name(low) or low in _CAPITAL_NAMES else 0
    if not word[0].isupper():
        return 0
    if low[-1] == "s" and first_name(low[:-1]) and not ordinary(low):
        return GENITIVE
    if word.isupper() and len(word) < 6:
        return 0
    if lone_surname(low):
        return SURNAME
    return UNKNOWN if len(word) > 3 and not ordinary(low) else 0
