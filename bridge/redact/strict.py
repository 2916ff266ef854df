"""The strict view for those who may not know whom a request is about: of words that no vocabulary lists, nothing."""

from __future__ import annotations

import re

from bridge.redact.lexicon import plain_word
from bridge.redact.pseudonyms import Pseudonyms

MASK = "[…]"
_LABELS = {label for language in ("de", "en") for label in Pseudonyms(language=language).labels.values()}
_NUMBERED = "|".join(re.escape(label) for label in sorted(_LABELS) if not label.startswith("["))
_REMOVED = "|".join(re.escape(label) for label in sorted(_LABELS) if label.startswith("["))
# Pseudonyms such as [Person-1 = Absender] are our own; everything else is looked at word by word, digits included.
_PSEUDONYM = rf"\[(?:\w{{1,3}}-)?(?:{_NUMBERED})-\d{{1,3}}(?: = (?:{_NUMBERED}))?\]|{_REMOVED}"
_TOKEN = re.compile(rf"{_PSEUDONYM}|[\w@]+(?:['’][\w@]+)*")
# What requests about data say, and vocabularies of general language don't list.
_OF_THE_FIELD = frozenset(
    """dsgvo bdsg gdpr rgpd rodo löschung löschungen mitgliedsnr mitgliedsnummer csv pdf xlsx docx jpg png api sql url
    html https http www login account e-mail email mailadresse abstimmverhalten adressdaten einloggen liquidfeedback
    accredited accreditation recipients recipient hereby consented bonjour hola don't i'm i'd i'll it's there's
    d'accès logfiles logs admin admins support online""".split()  # noqa: SIM905  # a list of fifty lines reads worse
)
_JOINTS = ("", "s", "n", "en", "es", "er")
_REPEATED = re.compile(rf"{re.escape(MASK)}(?:[ \-./:@,_&=?%]*{re.escape(MASK)})+")
_LONGEST_NUMBER = 3  # articles of a law, counts, hours; a year or a house number can say who somebody is


def only_known_words(text: str) -> str:
    """Return `text` with every word masked that is in no vocabulary, several in a row as one.

    Detectors find what looks personal. What looks like nothing known can be personal all the same (a rare name
    written small, a user name, a code), so the stub of a request that was handed over shows none of it.
    """
    return _REPEATED.sub(MASK, _TOKEN.sub(lambda match: _shown(match[0]), text))


def _shown(token: str) -> str:
    if token.startswith("["):
        return token
    if token.isdecimal():
        return token if len(token) <= _LONGEST_NUMBER else MASK
    return token if is_known(token.lower()) else MASK


def is_known(word: str) -> bool:
    """Tell a lower-case word of the vocabulary, or a compound of two such words."""
    return len(word) < 3 or word in _OF_THE_FIELD or plain_word(word) or _is_compound(word)


def _is_compound(word: str) -> bool:
    if not 8 <= len(word) <= 60 or not word.isalpha():
        return False
    for cut in range(4, len(word) - 3):
        if plain_word(word[cut:]) and any(
            word[:cut].endswith(joint) and plain_word(word[: cut - len(joint)])
            for joint in _JOINTS
            if cut - len(joint) >= 4
        ):
            return True
    return False
