"""What can be a user name: the shape of a token, and how it was announced."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from bridge.redact.cues import cue
from bridge.redact.forms import organisation
from bridge.redact.lexicon import any_first, lone_surname, ordinary, place, plain_word
from bridge.redact.masks import OPAQUE
from bridge.redact.name_parts import writes_small
from bridge.redact.tables import handmade, table

_VERSION = re.compile(r"v?[0-9]+(?:[.,:/-][0-9a-z]+)*\.?", re.IGNORECASE)
EVENTS = tuple(handmade("no_password"))
_SAID = handmade("said_of_passwords")
_BESIDE = handmade("beside_accounts")
_ABSTRACT = (
    "ung",
    "ungen",
    "heit",
    "keit",
    "tion",
    "ismus",
    "ität",
    "schaft",
    "mitglied",
    "mitglieder",
    "daten",
)
_NO_ROLE_OF = ("ed", "ing", "ly", "er", "in", "ist", "ent", "ant", "or", "ling", "ende", "ender", "te", "ter")


def handlelike(token: str, explicit: bool, strong: bool) -> bool:
    """Tell whether a token can be a user name; `explicit` ones were stated with a colon or in quotes."""
    if len(token) < 3 or OPAQUE in token or "://" in token or "@" in token[1:] or token.endswith("-"):
        return False
    low = token.lower().lstrip("@")
    if token[0] == "@":
        return True
    if (
        _VERSION.fullmatch(token)
        or not any(char.isalpha() for char in token)
        or low.startswith(("http", "www."))
    ):
        return False
    if "_" in token or any(char.isdigit() for char in token):
        return not low.startswith(EVENTS) and "/" not in token and "=" not in token
    if explicit:
        return low not in _SAID
    parts = [part for part in low.split("-") if len(part) > 3]
    usual = (
        plain_word(low) or place(low) or organisation(low) or bool(cue(low)) or any(map(plain_word, parts))
    )
    inner = any(a.islower() and b.isupper() for a, b in itertools.pairwise(token))
    return not usual and (token[0].islower() or inner or (strong and token.isalpha()))


def small_noun(text: str, token: str) -> bool:
    """Tell a noun written small by someone who writes capitals otherwise: "Benutzer freibeuter"."""
    return token.islower() and token in table("nouns") and not cue(token) and not writes_small(text)


@lru_cache(maxsize=65536)
def uncommon(token: str, named: bool) -> bool:
    """Tell an uncommon noun or an unknown capitalised word: "das Konto Lilofee", "mein Profil Prellbock".

    German puts a noun right behind another only as its name. `named` tells that a verb states it ("heißt",
    "lautet"); then a small noun or a town will do.
    """
    low = token.lower()
    if len(low) < 4 or not low.isalpha() or token.isupper() or not _no_field_word(low):
        return False
    if not named and (any_first(low) or lone_surname(low)):
        return False
    if low in table("nouns"):
        return named or token[0].isupper()
    if named and token[0].isupper() and (place(low) or any_first(low)):
        return True
    return token[0].isupper() and not ordinary(low)


@lru_cache(maxsize=65536)
def taken_for_login(token: str) -> bool:
    """Tell what somebody is logged in as, other than in a role: "als Vollmilch registrieren", "as blackbird"."""
    low = token.lower()
    if len(low) < 5 or not low.isalpha() or low.endswith(_NO_ROLE_OF) or not _no_field_word(low):
        return False
    return not place(low) and (token[0].isupper() == (low in table("nouns")))


def _no_field_word(low: str) -> bool:
    return not (
        low in _BESIDE
        or low in _SAID
        or low in table("common")
        or cue(low)
        or organisation(low)
        or low.endswith(_ABSTRACT)
    )
