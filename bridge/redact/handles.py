"""User names: after their cue word, beside one that was found, and in lines of logs."""

from __future__ import annotations

import itertools
import re

from bridge.redact.credentials import LINK, QUOTED, TRAIL, VALUE, after_login
from bridge.redact.cues import cue
from bridge.redact.forms import organisation
from bridge.redact.hits import Hit
from bridge.redact.lexicon import any_first, place, plain_word
from bridge.redact.masks import OPAQUE
from bridge.redact.name_parts import writes_small
from bridge.redact.tables import handmade, table

_VERSION = re.compile(r"v?[0-9]+(?:[.,:/-][0-9a-z]+)*\.?", re.IGNORECASE)
_NEXT = re.compile(
    r"[\"'“”»«)]{0,2}(?:[ ]?(?:->|=>|/|,)|(?:[ ][^\W\d_]{2,9})?[ ](?:auf|in|zu|oder|und|or|to|and|"
    r"statt|bzw\.|mit|from|sondern|als))[ ]"
    r"(?:lieber |auf |in |zu |als )?[\"'„»«]?([^\s\"'„“”»«<>\[\]()]{3,40})"
)
_LOGGED = re.compile(r"(?<!\w)(?:for|user|user=|for user|for invalid user)[ =]?([A-Za-z0-9._-]{3,32}) $")
_NAMED_AS = re.compile(
    r"(?i:(?:angemeldet|registriert|eingeloggt|unterwegs|bekannt|logged in|signed up|signed in|"
    r"registered|known|unter dem namen|under the name)"
    r"(?: bin ich| war ich| ist er| ist sie)?(?: als| unter| as|"
    r" under)?)[ ][\"'„»«]?([^\s\"'„“”»«<>\[\]()]{3,40})"
)
_AS_NAMED = re.compile(
    r"(?i:(?<!\w)(?:als|unter|as|mit))[ ][\"'„»«]?([^\s\"'„“”»«<>\[\]()]{3,40})[\"'“”»«]?[ ]$"
)
_NUMBERED = re.compile(r"(?<![\w.@/=-])[a-zäöüß]{5,20}[0-9]{1,4}(?![\w@/=-]|\.\w)")
_AT_THE_END = re.compile(r"(?:[.!?:] |\n)([a-zäöüß]{3,20}[0-9]{1,4}|[a-zäöüß]{2,20}_[a-z0-9]{1,20})\s{0,4}$")
_ACCESS = re.compile(r" - ([A-Za-z0-9._@-]{2,40}) \[")
_UNDERSCORED = re.compile(r"(?<![\w./=-])[A-Za-zÄÖÜäöüß0-9]{1,32}_[\w]{1,32}(?![\w/=(-]|\.\w)")
_EVENTS = tuple(handmade("no_password"))


def handle_at(text: str, end: int, strong: bool) -> list[Hit]:
    """Take the user name after its cue. A weak cue (Konto, profile) needs a word that is no ordinary one."""
    link = LINK.match(text, end)
    at = link.end() if link else end
    explicit = strong and any(sign in text[end:at] for sign in ":=")
    quoted = QUOTED.match(text, at)
    if quoted is not None and len(quoted.group(1).split()) < 3 and handlelike(quoted.group(1), True, strong):
        return _with_next(text, Hit(*quoted.span(1), "HANDLE"))
    value = VALUE.match(text, at)
    if value is None:
        return []
    token = value.group().rstrip(TRAIL)
    if "\n" in text[end:at] and not explicit:
        return []
    if not handlelike(token, explicit, strong) and not _small_noun(text, token):
        return []
    return _with_next(text, Hit(value.start(), value.start() + len(token), "HANDLE"))


def _small_noun(text: str, token: str) -> bool:
    """Tell a noun written small by someone who writes capitals otherwise: "Benutzer freibeuter"."""
    return token.islower() and token in table("nouns") and not cue(token) and not writes_small(text)


def _with_next(text: str, first: Hit) -> list[Hit]:
    """Take the user name beside the first ("von X auf Y", "X oder Y"), and the password behind a slash."""
    hits = [first, *after_login(text, first.end)]
    following = _NEXT.match(text, first.end)
    if following is not None and len(hits) == 1:
        token = following.group(1).rstrip(TRAIL)
        if handlelike(token, False, True):
            hits.append(Hit(following.start(1), following.start(1) + len(token), "HANDLE"))
    return hits


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
        return not low.startswith(_EVENTS) and "/" not in token and "=" not in token
    if explicit:
        return low not in handmade("said_of_passwords")
    parts = [part for part in low.split("-") if len(part) > 3]
    usual = (
        plain_word(low) or place(low) or organisation(low) or bool(cue(low)) or any(map(plain_word, parts))
    )
    inner = any(a.islower() and b.isupper() for a, b in itertools.pairwise(token))
    return not usual and (token[0].islower() or inner or (strong and token.isalpha()))


def told(text: str, start: int, end: int) -> list[Hit]:
    """Take the user name of a phrase around a word: "als NAME angemeldet", "logged in as NAME", "for NAME from 10…"."""
    if text.startswith("from", start):
        logged = (
            _LOGGED.search(text, max(0, start - 50), start) if text[end + 1 : end + 2].isdigit() else None
        )
        return [Hit(*logged.span(1), "HANDLE")] if logged is not None else []
    tokens = [_NAMED_AS.match(text, start), _AS_NAMED.search(text, max(0, start - 50), start)]
    hits = []
    for found in tokens:
        token = found.group(1).rstrip(TRAIL) if found is not None else ""
        if found is not None and handlelike(token, False, True):
            hits.append(Hit(found.start(1), found.start(1) + len(token), "HANDLE"))
    return hits


def in_access_log(text: str, end: int) -> list[Hit]:
    """Take the user of a line like "203.0.113.14 - thilor [10/Oct/2014…"."""
    found = _ACCESS.match(text, end)
    return [Hit(*found.span(1), "HANDLE")] if found is not None else []


def loose_handles(text: str, login: bool) -> list[Hit]:
    """Find tokens like "merle_k" anywhere where a message speaks of log-ins, "lore_ipsen" everywhere.

    Names of programs and fields (lf_update, unit_id) are made of ordinary words; user names seldom are.
    """
    hits = [Hit(*found.span(), "HANDLE") for found in _NUMBERED.finditer(text)] if login else []
    last = _AT_THE_END.search(text, max(0, len(text) - 60))
    if last is not None:
        hits.append(Hit(*last.span(1), "HANDLE"))
    hits = [hit for hit in hits if not text[hit.start : hit.end].startswith(_EVENTS)]
    at = text.find("_")
    while at >= 0:
        found = _UNDERSCORED.search(text, max(0, at - 32), min(len(text), at + 40))
        at = text.find("_", max(at + 1, found.end() if found is not None else 0))
        if found is None:
            continue
        token = found.group()
        parts = [part for part in re.split(r"[_0-9]+", token.lower()) if len(part) > 2]
        named = bool(parts) and any_first(parts[0]) and len(parts[0]) > 2
        if (
            (login or named)
            and not token.isupper()
            and (named or any(part not in table("words") for part in parts))
            and not token.lower().startswith(_EVENTS)
        ):
            hits.append(Hit(*found.span(), "HANDLE"))
    return hits
