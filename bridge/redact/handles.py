"""User names: after their cue word, beside one that was found, and in lines of logs."""

from __future__ import annotations

import re

from bridge.redact.credentials import QUOTED, TRAIL, VALUE, after_login
from bridge.redact.hits import Hit
from bridge.redact.lexicon import any_first, ordinary
from bridge.redact.tables import handmade, table
from bridge.redact.usernames import EVENTS, handlelike, small_noun, taken_for_login, uncommon

_NEXT = re.compile(
    r"[\"'“”»«)]{0,2}(?:[ ]?(?:->|=>|/|,)|(?:[ ][^\W\d_]{2,9})?[ ](?:auf|in|zu|oder|und|or|to|and|"
    r"statt|bzw\.|mit|from|sondern|als))[ ]"
    r"(?:lieber |auf |in |zu |als )?[\"'„»«]?([^\s\"'„“”»«<>\[\]()]{3,40})"
)
_LOGGED = re.compile(r"(?<!\w)(?:for|user|user=|for user|for invalid user)[ =]?([A-Za-z0-9._-]{3,32}) $")
_TAKEN = r"[ ][\"'„»«]?([^\s\"'„“”»«<>\[\]()]{3,40})"
_NAMED_AS = re.compile(
    r"(?i:(?:angemeldet|registriert|eingeloggt|unterwegs|bekannt|logged in|signed up|signed in|"
    r"registered|known|unter dem namen|under the name)"
    r"(?: bin ich| war ich| ist er| ist sie)?(?: (als|unter|as|under))?)" + _TAKEN
)
_AS_NAMED = re.compile(
    r"(?i:(?<!\w)(als|unter|as|mit|an|zu))"
    + _TAKEN
    + r"[\"'“”»«]?(?:[ ](?:neu|dort|bei euch|im system|hier))?[ ]$",
)
# Phrases that state a user name themselves.
_PHRASE = re.compile(
    r"(?i:(angezeigt wird|(?:melde|logge) (?:ich )?mich (?:[^\W\d_]{2,9} ){0,2}(?:mit|als|unter)|"
    r"hei(?:ß|ss)e(?: ich)?(?: (?:da|dort|hier|jetzt|nun|im|in|der|bei euch|system|forum|wiki|liquid|lqfb)){0,3}|"
    r"delegation an|delegiere an|delegated to|(?:kommentare?|beiträge|beitrag|anregung(?:en)?|comments?) (?:von|by)|"
    r"registrierung (?:für|als|von)|anmeldung (?:für|als|mit)|log in (?:with|as|using)|rename|"
    r"unter(?= [a-zäöüß0-9_.-]{5,30}[ ,.](?:finde|sieht|steh|bin|ist|war|habe|kann|komm))))" + _TAKEN
)
_STATED = re.compile(r"(?i:komm|beitr|anreg|delegat|angezeigt)")
_SECRET_NEXT = re.compile(
    r"[ ,;/|\n\r]{1,3}(?:und |mit |mein )?(?i:passwor[dt]|kennwort|pwd?|pass)[ ]?[:=]?[ ]?"
    r"([^\s\"'„“”»«<>\[\]()]{4,40})"
)
_LOGINS = handmade("login_words")
_NAMING = handmade("naming")
_FILLERS = "|".join(
    sorted(handmade("between_cue_and_value") | handmade("between_cue_and_handle"), key=len, reverse=True)
)
_LINK = re.compile(
    rf"(?:[ \t\u00a0]*(?:[:=]|->|=>|\(|\[|,(?= (?:müsste|könnte|ist|war|lautet|wohl|heißt|nämlich)\b)|"
    rf"(?:{_FILLERS})(?=[ \t\u00a0:,\"'„“”»«(\[=]))){{0,5}}[ \t\u00a0]*(?:\r?\n)?[ \t]*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<![\w.@/=-])[a-zäöüß]{5,20}[0-9]{1,4}(?![\w@/=-]|\.\w)")
_AT_THE_END = re.compile(r"(?:[.!?:] |\n)([a-zäöüß]{3,20}[0-9]{1,4}|[a-zäöüß]{2,20}_[a-z0-9]{1,20})\s{0,4}$")
_ACCESS = re.compile(r" - ([A-Za-z0-9._@-]{2,40}) \[")
_UNDERSCORED = re.compile(r"(?<![\w./=-])[A-Za-zÄÖÜäöüß0-9]{1,32}_[\w]{1,32}(?![\w/=(-]|\.\w)")


def handle_at(text: str, end: int, strong: bool) -> list[Hit]:
    """Take the user name after its cue. A weak cue (Konto, profile) needs a word that is no ordinary one."""
    link = _LINK.match(text, end)
    at = link.end() if link else end
    between = text[end:at]
    explicit = strong and (":" in between or "=" in between)
    quoted = QUOTED.match(text, at)
    if quoted is not None and len(quoted.group(1).split()) < 3 and handlelike(quoted.group(1), True, strong):
        return _with_next(text, Hit(*quoted.span(1), "HANDLE"))
    value = VALUE.match(text, at)
    if value is None or ("\n" in between and not explicit):
        return []
    token = value.group().rstrip(TRAIL)
    named = ":" in between or "=" in between or not _NAMING.isdisjoint(between.lower().split())
    of_people = text[max(0, end - 5) : end].lower() == "namen" and not named
    beside = (named or not between.strip()) and not of_people and uncommon(token, named)
    if not (beside or handlelike(token, explicit, strong) or small_noun(text, token)):
        return []
    return _with_next(text, Hit(value.start(), value.start() + len(token), "HANDLE"))


def _with_next(text: str, first: Hit) -> list[Hit]:
    """Take the user names beside the first ("von X auf Y", "X, Y und Z"), and the password that follows."""
    hits = [first, *after_login(text, first.end)]
    if len(hits) > 1:
        return hits
    for _ in range(6):
        following = _NEXT.match(text, hits[-1].end)
        token = following.group(1).rstrip(TRAIL) if following is not None else ""
        if following is None or not (
            handlelike(token, False, True) or uncommon(token, "sondern" in following.group())
        ):
            break
        hits.append(Hit(following.start(1), following.start(1) + len(token), "HANDLE"))
    secret = _SECRET_NEXT.match(text, hits[-1].end)
    word = secret.group(1).rstrip(TRAIL) if secret is not None else ""
    if secret is not None and (uncommon(word, True) or (len(word) > 3 and not ordinary(word.lower()))):
        hits.append(Hit(secret.start(1), secret.start(1) + len(word), "PASSWORD"))
    return hits


def told(text: str, start: int, end: int) -> list[Hit]:
    """Take the user name of a phrase around a word: "als NAME angemeldet", "logged in as NAME", "for NAME from 10…"."""
    if text.startswith("from", start):
        logged = (
            _LOGGED.search(text, max(0, start - 50), start) if text[end + 1 : end + 2].isdigit() else None
        )
        return [Hit(*logged.span(1), "HANDLE")] if logged is not None else []
    word = text[start:end].lower()
    hits = _phrased(text, _NAMED_AS.match(text, start), login=True)
    hits += _phrased(text, _AS_NAMED.search(text, max(0, start - 50), start), login=word in _LOGINS)
    return hits + [hit for hit in _phrased(text, _PHRASE.match(text, start)) if _no_name(text, hit)]


def _no_name(text: str, hit: Hit) -> bool:
    """Leave "ich heiße Wilma" to the rules for names."""
    token = text[hit.start : hit.end]
    return not token.istitle() and not any_first(token.lower())


def _phrased(text: str, found: re.Match[str] | None, *, login: bool = False) -> list[Hit]:
    token = found.group(2).rstrip(TRAIL) if found is not None else ""
    if found is None or not token:
        return []
    role = (found.group(1) or "").lower() in ("als", "unter", "as", "under")
    stated = _STATED.search(found.group(1) or "") is not None
    as_login = ((login and role) or stated) and taken_for_login(token)
    if not (as_login or handlelike(token, False, login) or ((login or stated) and small_noun(text, token))):
        return []
    return _with_next(text, Hit(found.start(2), found.start(2) + len(token), "HANDLE"))


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
    hits = [hit for hit in hits if not text[hit.start : hit.end].startswith(EVENTS)]
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
            and not token.lower().startswith(EVENTS)
        ):
            hits.append(Hit(*found.span(), "HANDLE"))
    return hits
