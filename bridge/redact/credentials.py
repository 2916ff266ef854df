"""Passwords and codes that a cue word announces, or that stand loose in a message that speaks of them."""

from __future__ import annotations

import itertools
import re

from bridge.redact.hits import Hit
from bridge.redact.masks import OPAQUE
from bridge.redact.tables import handmade, table

# What may stand between a cue and its value: whole words, at most four, then perhaps a line end.
_FILLERS = "|".join(sorted(handmade("between_cue_and_value"), key=len, reverse=True))
LINK = re.compile(
    rf"(?:[ \t\u00a0]*(?:[:=]|->|=>|\(|"
    rf"\[|(?:{_FILLERS})(?=[ \t\u00a0:\"'„“”»«(\[=]))){{0,4}}[ \t\u00a0]*(?:\r?\n)?[ \t]*",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"'„“”»«‚‘`*\[<]{1,2}([^\n\"'„“”»«‚‘`\]>]{2,64}?)[\"'“”»«‘’`*\]>]")
VALUE = re.compile(r"[^\s\"'„“”»«<>\[\]()]{2,64}")
_BRACKETED = re.compile(r"[ \t]{0,2}(?:[^\W\d_]{1,12}[ \t]){0,3}[(\[]([^\s()\[\]]{4,40})[)\]]")
TRAIL = ".,;:!?)]}\"'“”»«…*"
_TOKEN = re.compile(r"[^\s\"'„“”»«<>\[\]()]{4,64}")
_STOPS = "\"'„“”»«<>[]()"
_TOKEN_REST = re.compile(r"[^\s\"'„“”»«<>\[\]()]{1,64}")
_SIGN = re.compile(r"[0-9!$%&#*+]+")
_VERSION = re.compile(r"v?[0-9]+(?:[.,:/-][0-9a-z]+)*\.?", re.IGNORECASE)
_MADE_UP = re.compile(
    r"[A-ZÄÖÜ]?[a-zäöüß]{4,}[-_.!#+]?[0-9]{2,4}[!?#$%&*]{0,3}|"
    r"[A-ZÄÖÜ][a-zäöü]+(?:-[A-ZÄÖÜ][a-zäöü]+)+-?[0-9]{1,4}"
    r"|[A-ZÄÖÜ][a-zäöüß]+(?:[A-ZÄÖÜ0-9!?$%&#_+-][a-zäöüß]*){1,8}[0-9!?$%&#]"
    r"|[A-Za-zÄÖÜäöüß]{3,}[+#$%&*!]{1,2}[A-Za-zÄÖÜäöüß0-9]{2,}[0-9!?#$%&*]{0,3}"
    r"|(?=[^\s]{0,20}[0-9])(?=[^\s]{0,20}[a-z])[A-Za-z0-9]{2,12}[!$%&#*+?][A-Za-z0-9!$%&#*+?]{2,12}"
)
_EVENTS = tuple(handmade("no_password"))
_LOGIN_PAIR = re.compile(r"[ ]?[/|][ ]?([^\s]{4,40})")


def secretlike(value: str) -> bool:
    """Tell whether a token is shaped like a password: letters mixed with digits or signs, and no version or link."""
    if len(value) < 4 or "://" in value or "@" in value[1:-1] or _VERSION.fullmatch(value):
        return False
    letters = sum(char.isalpha() for char in value)
    digits = sum(char.isdigit() for char in value)
    signs = sum(not char.isalnum() and char not in "-./'’," for char in value)
    inner = any(a.islower() and b.isupper() for a, b in itertools.pairwise(value))
    mixed = digits > 0 or signs > 0 or inner
    return letters > 0 and letters + digits > 3 and mixed and not value.lower().startswith(_EVENTS)


def password_at(text: str, end: int) -> list[Hit]:
    """Take the password that a cue word ending at `end` announces: right after it, or within its sentence."""
    link = LINK.match(text, end)
    at = link.end() if link else end
    explicit = any(sign in text[end:at] for sign in ":=") or _states(text[end:at])
    quoted = QUOTED.match(text, at)
    if quoted is not None and (explicit or secretlike(quoted.group(1)) or " " not in quoted.group(1)):
        return [Hit(*quoted.span(1), "PASSWORD"), *_alternative(text, quoted.end())]
    value = VALUE.match(text, at)
    if value is not None and _stated(text, value, explicit):
        trail = TRAIL.replace("!", "").replace("?", "") if secretlike(value.group()) else TRAIL
        stop = value.start() + len(value.group().rstrip(trail))
        return [Hit(value.start(), stop, "PASSWORD"), *_alternative(text, stop)]
    bracketed = _BRACKETED.match(text, end)
    if bracketed is not None and bracketed.group(1).lower() not in handmade("said_of_passwords"):
        return [Hit(*bracketed.span(1), "PASSWORD")]
    return _in_sentence(text, end)


def _alternative(text: str, at: int) -> list[Hit]:
    """Take the second of "X oder Y", if it is shaped like a password."""
    found = re.compile(
        r"[\"'“”»«]?[ ](?:oder|or|und|bzw\.|und auch|und mit)[ ][\"'„»«]?([^\s\"'“”»«]{4,40})"
    ).match(text, at)
    if found is None or not secretlike(found.group(1).rstrip(".,;:)")):
        return []
    return [Hit(found.start(1), found.start(1) + len(found.group(1).rstrip(".,;:)")), "PASSWORD")]


def _states(between: str) -> bool:
    low = f" {between.lower()} "
    return any(word in low for word in (" lautet", " war ", " heißt", " wäre ", " hieß "))


def _stated(text: str, value: re.Match[str], explicit: bool) -> bool:
    token = value.group().rstrip(TRAIL)
    if OPAQUE in token or len(token) < 3 or token.lower() in handmade("said_of_passwords"):
        return False
    if secretlike(token):
        return True
    if not explicit:
        return False
    if token.isdigit():
        return len(token) > 3
    ends = text[value.end() : value.end() + 1] in ("", "\n", "\r") or value.group()[-1] in ".,;"
    return ends or token.lower() not in table("words")


def _in_sentence(text: str, end: int) -> list[Hit]:
    for token in _TOKEN.finditer(text, end, _sentence_end(text, end)):
        value = token.group().rstrip(".,;:?)")
        if OPAQUE in value:
            break
        if secretlike(value) and _strong(value):
            found = Hit(token.start(), token.start() + len(value), "PASSWORD")
            return [found, *_alternative(text, found.end)]
    return []


def _strong(value: str) -> bool:
    """Ask more of a token that no link word announces: digits and letters, not hyphenated words or a file name."""
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    signs = any(char in "!$%&#*+_?=" for char in value.rstrip("!?"))
    file = re.fullmatch(r"[\w-]+\.[a-z]{2,4}", value) is not None
    enough = len(value) > 5 or (digits > 0 and value[0].isupper())
    return letters > 2 and (digits > 0 or signs) and "/" not in value and not file and enough


def _sentence_end(text: str, at: int) -> int:
    stop = min(len(text), at + 110)
    for sign in (". ", ".\n", "\n\n", "? ", "; "):
        found = text.find(sign, at, stop)
        if found >= 0:
            stop = found
    return stop


def loose_passwords(text: str) -> list[Hit]:
    """Find tokens like "Apfelbaum-2015" anywhere; asked only where a message speaks of passwords or log-ins."""
    hits = []
    done = 0
    for sign in _SIGN.finditer(text):
        if sign.start() < done:
            continue
        token = _token_around(text, sign.start())
        done = token[1]
        value = text[slice(*token)].rstrip(".,;:)")
        if len(value) > 4 and _MADE_UP.fullmatch(value) and secretlike(value):
            hits.append(Hit(token[0], token[0] + len(value), "PASSWORD"))
    return hits


def _token_around(text: str, at: int) -> tuple[int, int]:
    """Give the token around an offset, at most 64 characters to each side."""
    low = at
    while low > 0 and at - low < 64 and text[low - 1] not in _STOPS and not text[low - 1].isspace():
        low -= 1
    found = _TOKEN_REST.match(text, at)
    return low, found.end() if found else at + 1


def after_login(text: str, end: int) -> list[Hit]:
    """Take the password that a slash joins to a log-in: "moni@… / Lavendel+09"."""
    pair = _LOGIN_PAIR.match(text, end)
    if pair is None or not secretlike(pair.group(1).rstrip(".,;:)")):
        return []
    return [Hit(pair.start(1), pair.start(1) + len(pair.group(1).rstrip(".,;:)")), "PASSWORD")]


def loose_codes(text: str) -> list[Hit]:
    """Find scrambled tokens anywhere; asked only where a message speaks of an invite code."""
    hits = []
    for token in _TOKEN.finditer(text):
        value = token.group().rstrip(".,;:)!?")
        changes = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(value))
        if changes > 2 and value.isalnum() and value.isascii() and 5 < len(value) < 17:
            hits.append(Hit(token.start(), token.start() + len(value), "INVITE_CODE"))
    return hits


def code_at(text: str, end: int) -> list[Hit]:
    """Take the invite code after its cue; digits and letters are judged with the digits, this takes the rest."""
    link = LINK.match(text, end)
    value = VALUE.match(text, link.end() if link else end)
    if value is None:
        return []
    token = value.group().rstrip(TRAIL)
    mixed = any(c.isdigit() for c in token) and any(c.isalpha() for c in token)
    groups = token.split("-")
    even = len(groups) > 2 and len({len(group) for group in groups}) == 1 and 2 < len(groups[0]) < 7
    shouted = (token.isupper() and len(token) > 7 and "-" in token) or even
    plain = "://" not in token and "@" not in token and "=" not in token
    if len(token) > 5 and (mixed or shouted) and plain and not token.startswith(("/", "#")):
        return [Hit(value.start(), value.start() + len(token), "INVITE_CODE")]
    return []
