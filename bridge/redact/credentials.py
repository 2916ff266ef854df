"""Passwords, codes and user names that a cue word announces."""

from __future__ import annotations

import re

from bridge.redact.hits import Hit
from bridge.redact.tables import table

# What may stand between a cue and its value; every alternative is a whole word, tried at most four times.
_LINK = re.compile(
    r"(?:[ \t]*(?:[:=]|->|=>|\(|\[|(?:lautet|ist|war|wäre|is|was|heißt|heisst|heiße|müsste|sollte|sein|eigentlich|aktuell|noch|"
    r"von|mit dem namen|namens|named|called|als|as|unter|jetzt|nun|also|leider|immer|momentan|mein|meines|-?name|nr\.?|nummer|"
    r"nämlich|bisher|derzeit|neu|alt|auf|zu|in|to|und|ebenfalls)(?=[ \t:\"'„»«(\[]))){0,4}[ \t\u00a0]*(?:\r?\n)?[ \t]*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"'„“”»«‚‘`*\[<]{1,2}([^\n\"'„“”»«‚‘`\]>]{2,64}?)[\"'“”»«‘’`*\]>]")
_VALUE = re.compile(r"[^\s\"'„“”»«<>\[\]()]{2,64}")
_TRAIL = ".,;:!?)]}\"'“”»«…*"
_TOKEN = re.compile(r"[^\s\"'„“”»«<>\[\]()]{4,64}")
_PLAIN_VERSION = re.compile(r"v?[0-9]+(?:[.,:/-][0-9a-z]+)*\.?", re.IGNORECASE)
_WORD_YEAR = re.compile(
    r"[A-ZÄÖÜ]?[a-zäöüß]{4,}[-_.!#+]?[0-9]{2,4}[!?#$%&*]?|[A-ZÄÖÜ][a-zäöüß]+[A-ZÄÖÜ0-9!?$%&#_-][\w!?$%&#_-]*[0-9!?$%&#]"
)
_EVENTS = (
    "parteitag",
    "bpt",
    "lpt",
    "wahl",
    "windows",
    "firefox",
    "chrome",
    "internet",
    "version",
    "android",
    "safari",
    "agenda",
    "office",
    "covid",
    "utf-",
    "opera",
    "ubuntu",
    "debian",
    "macos",
    "iphone",
    "galaxy",
    "outlook",
    "stand",
    "liquid",
    "lqfb",
    "html",
    "base",
    "seite",
    "punkt",
    "thema",
    "anlage",
    "artikel",
)


def secretlike(value: str) -> bool:
    """Tell whether a token is shaped like a password: letters mixed with digits or signs, and no version or link."""
    if len(value) < 4 or "://" in value or "@" in value[1:-1] or _PLAIN_VERSION.fullmatch(value):
        return False
    letters = sum(char.isalpha() for char in value)
    digits = sum(char.isdigit() for char in value)
    signs = sum(not char.isalnum() and char not in "-./'’" for char in value)
    inner = any(a.islower() and b.isupper() for a, b in zip(value, value[1:], strict=False))
    return (
        letters > 0
        and letters + digits > 3
        and (digits > 0 or signs > 0 or inner)
        and not value.lower().startswith(_EVENTS)
    )


def password_at(text: str, end: int) -> list[Hit]:
    """Take the password that a cue word ending at `end` announces: right after it, or within its sentence."""
    link = _LINK.match(text, end)
    at = link.end() if link else end
    explicit = any(sign in text[end:at] for sign in ":=") or _lautet(text[end:at])
    quoted = _QUOTED.match(text, at)
    if quoted is not None and (explicit or secretlike(quoted.group(1)) or " " not in quoted.group(1)):
        return [Hit(*quoted.span(1), "PASSWORD")]
    value = _VALUE.match(text, at)
    if value is not None and _stated(text, value, explicit):
        stop = value.start() + len(
            value.group().rstrip(_TRAIL.replace("!", "") if secretlike(value.group()) else _TRAIL)
        )
        return [Hit(value.start(), stop, "PASSWORD")]
    return _in_sentence(text, end)


def _lautet(between: str) -> bool:
    low = between.lower()
    return "lautet" in low or " war " in low or "heißt" in low


def _stated(text: str, value: re.Match[str], explicit: bool) -> bool:
    token = value.group().rstrip(_TRAIL)
    if "\ue000" in token or len(token) < 3:
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
    stop = _sentence_end(text, end)
    for token in _TOKEN.finditer(text, end, stop):
        value = token.group().rstrip(".,;:!?)")
        if "\ue000" in value:
            break
        if secretlike(value) and _strong(value):
            return [Hit(token.start(), token.start() + len(value) + _sign(token.group(), value), "PASSWORD")]
    return []


def _sign(token: str, value: str) -> int:
    return 1 if token[len(value) : len(value) + 1] == "!" else 0


def _strong(value: str) -> bool:
    """Ask more of a token that no link word announces: digits and letters, not hyphenated words or a file name."""
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    signs = any(char in "!$%&#*+_?=" for char in value)
    return (
        letters > 2
        and (digits > 0 or signs)
        and "/" not in value
        and not re.fullmatch(r"[\w-]+\.[a-z]{2,4}", value)
    )


def _sentence_end(text: str, at: int) -> int:
    stop = min(len(text), at + 110)
    for sign in (". ", ".\n", "\n\n", "? ", "; "):
        found = text.find(sign, at, stop)
        if found >= 0:
            stop = found
    return stop


def loose_passwords(text: str) -> list[Hit]:
    """Find tokens like "Apfelbaum-2015" anywhere; asked only where a message speaks of passwords."""
    hits = []
    for token in _TOKEN.finditer(text):
        value = token.group().rstrip(".,;:)")
        if any(char.isdigit() for char in value) and _WORD_YEAR.fullmatch(value) and secretlike(value):
            hits.append(Hit(token.start(), token.start() + len(value), "PASSWORD"))
    return hits


def code_at(text: str, end: int) -> list[Hit]:
    """Take the invite code after its cue; digits and letters are judged with the digits, this takes the rest."""
    link = _LINK.match(text, end)
    value = _VALUE.match(text, link.end() if link else end)
    if value is None:
        return []
    token = value.group().rstrip(_TRAIL)
    mixed = any(c.isdigit() for c in token) and any(c.isalpha() for c in token)
    shout = token.isupper() and len(token) > 7 and "-" in token
    if (
        len(token) > 5
        and (mixed or shout)
        and "://" not in token
        and not token.startswith("/")
        and "@" not in token
    ):
        return [Hit(value.start(), value.start() + len(token), "INVITE_CODE")]
    return []


def handle_at(text: str, end: int, strong: bool) -> list[Hit]:
    """Take the user name after its cue. A weak cue (Konto, profile) needs a word that is no ordinary one."""
    link = _LINK.match(text, end)
    at = link.end() if link else end
    explicit = strong and any(sign in text[end:at] for sign in ":=")
    quoted = _QUOTED.match(text, at)
    if quoted is not None and len(quoted.group(1).split()) < 3 and _handlelike(quoted.group(1), True, strong):
        return [Hit(*quoted.span(1), "HANDLE")]
    value = _VALUE.match(text, at)
    if value is None:
        return []
    token = value.group().rstrip(_TRAIL)
    if not _handlelike(token, explicit, strong):
        return []
    found = [Hit(value.start(), value.start() + len(token), "HANDLE")]
    slash = re.compile(r" ?[/|] ?([^\s]{4,40})").match(text, value.start() + len(token))
    if slash is not None and secretlike(slash.group(1)):
        found.append(Hit(*slash.span(1), "PASSWORD"))
    return found


def _handlelike(token: str, explicit: bool, strong: bool) -> bool:
    if len(token) < 3 or "\ue000" in token or "://" in token or "@" in token[1:] or token.endswith("-"):
        return False
    low = token.lower().lstrip("@")
    if token[0] == "@":
        return True
    if (
        _PLAIN_VERSION.fullmatch(token)
        or not any(char.isalpha() for char in token)
        or low.startswith(("http", "www."))
    ):
        return False
    if "_" in token or any(char.isdigit() for char in token):
        return not low.startswith(_EVENTS) and "/" not in token
    if explicit:
        return True
    ordinary = (
        low in table("words")
        or low in table("places")
        or any(p in table("words") for p in low.split("-") if len(p) > 3)
    )
    inner = any(a.islower() and b.isupper() for a, b in zip(token, token[1:], strict=False))
    return (not ordinary and (token[0].islower() or (strong and token.isalpha()))) or (inner and not ordinary)
