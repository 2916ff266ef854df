"""Names that a phrase introduces: "mein Name ist …", "ich bin …", "schrieb …", initials, ranks."""

from __future__ import annotations

import re

from bridge.redact.forms import organisation
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
from bridge.redact.name_parts import ACADEMIC, GREETING, NOT_AFTER, PARTICLE, TITLE, WORD, Sheet, alone, upper
from bridge.redact.tables import handmade

_FILLER = (
    r"(?:[ \t\u00a0:,(]{1,3}(?i:aber|jetzt|nun|wirklich|eigentlich|seitdem|nur|also|noch|weiterhin|"
    r"künftig|ist|is|lautet|wäre|ich|von|bei uns)(?=[ :])){0,3}"
    r"[ \t\u00a0:,(\"„]{1,3}"
)
_INTRO = re.compile(
    r"(?i:name[ns]?|hei(?:ß|ss)e|hei(?:ß|ss)t(?= jetzt)|spricht|schreibt|auftrag|gez\.|"
    r"vertreten(?= durch)(?: durch)?|ansprechpartner(?:in)?:?|"
    r"kontaktperson:?|contact(?: person)?:?|kontakt(?=:):?|c/o|hd\.|händen|gemeldet(?= von)|"
    r"verfasst(?= von)|signed(?: by)?:?|appelle|chiamo|llamo|"
    r"nazywam się|umbenannt in|geborene|geb\.(?= [A-ZÄÖÜ][a-zäöü])|née|verheiratete|verh\.|"
    r"admin(?= is)|vorsitzender(?= ist)|mädchenname[n]?|"
    r"geburtsname[n]?|nachname[n]?|familienname[n]?|vorname[n]?|rufname)" + _FILLER
)
_SURE_NAME = re.compile(r"(?i:name[ns]?(?: ist| is| lautet| wäre|:)|names? )")
_ICH_BIN = re.compile(r"(?i:bin(?: ich)?|am|i'm)[ \u00a0]{1,2}(?:(?:der|die) )?")
_RELATED = re.compile(r"[ \t\u00a0,(\"„]{1,3}")
_POSSESSIVES = handmade("possessives")
_WROTE_AFTER = re.compile(r"[ \t\u00a0]{1,2}(?:am|on)?[ ]?[\"']?")
_NAME_ENDS = re.compile(r"[0-9\n,;:<>\"]")
_INITIALS = re.compile(
    r"(?:(?:[A-ZÄÖÜ]|Th|Ch|Ph|St|Fr)\.[ -]?){1,3} ?(?:(?:von|van|de|der|"
    r"den) ){0,2}([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’][\w'’-]*)"
)


def introduced(sheet: Sheet, start: int) -> None:
    """Take the name that a phrase introduces whose telling word stands at `start` ("Name", "heiße", "bin")."""
    text = sheet.text
    found = _INTRO.match(text, start)
    if found is not None:
        called = text[start : start + 3].lower() == "hei" and (
            text[max(0, start - 4) : start] == "ich " or " " in found.group().strip()
        )
        word = WORD.match(text, found.end()) if called else None
        if word is not None and upper(word.group()) and word.group().lower() not in NOT_AFTER | TITLE:
            sheet.add(word.start(), sheet.surname(word.end(), True))
            return
        plain = text.startswith(("name", "Name"), start) and not _SURE_NAME.match(text, start)
        _name_at(sheet, found.end(), sure=not plain)
        return
    if text.startswith("am", start) and text[max(0, start - 2) : start] != "I ":
        return
    found = _ICH_BIN.match(text, start)
    if found is not None:
        _name_at(sheet, found.end(), sure=False)


def related(sheet: Sheet, start: int, end: int) -> None:
    """Take the name of a relative or colleague: "mein Sohn Julian", "our admin Gábor"."""
    before = sheet.text[max(0, start - 9) : start].split()
    if not before or before[-1].lower() not in _POSSESSIVES:
        return
    found = _RELATED.match(sheet.text, end)
    if found is not None:
        _name_at(sheet, found.end(), sure=True)


def _name_at(sheet: Sheet, at: int, *, sure: bool) -> None:
    word = WORD.match(sheet.text, at)
    if word is None or word.group().lower() in TITLE | ACADEMIC:
        return
    value, low = word.group(), word.group().lower()
    if (
        low in NOT_AFTER
        or organisation(low)
        or (plain_word(low) and not (upper(value) and known_name(low) and (sure or capital_name(low))))
    ):
        return
    good = (known_name(low) if sure else first_name(low) or capital_name(low)) or (
        not ordinary(low) and not place(low)
    )
    if not good or not (upper(value) or (sure and not ordinary(low)) or (sheet.small and known_name(low))):
        return
    end = sheet.onwards(word.end(), 3, not upper(value))
    if end == word.end() and upper(value) and (first_name(low) or capital_name(low)):
        end = sheet.surname(word.end(), True)
    if sure or end > word.end() or first_name(low) or capital_name(low):
        sheet.add(word.start(), end)


def initials(sheet: Sheet, start: int) -> None:
    """Take "A. Schönwälder", not "z. B. Gruppen". `start` is that of the first initial."""
    found = _INITIALS.match(sheet.text, start)
    if found is None or found.end() <= sheet.end:
        return
    low = found.group(1).lower()
    if organisation(found.group(1)) or low in NOT_AFTER or (place(low) and not surname(low)):
        return
    if (
        sheet.text[max(0, start - 3) : start]
        .lower()
        .endswith(("z. ", "u. ", "d. ", "i. ", "o. ", "z.", "u.", "d."))
    ):
        return
    if surname(low) or not plain_word(low) or any_first(low) or alone(sheet.text, *found.span()):
        sheet.add(*found.span())


def wrote(sheet: Sheet, start: int, end: int) -> None:
    """Take the writer of a quote: "Am … schrieb NAME:", "NAME wrote:"."""
    text = sheet.text
    after = _WROTE_AFTER.match(text, end)
    if after is not None:
        stop = text.find("\n", after.end(), after.end() + 60)
        _writer(sheet, after.end(), min(len(text), after.end() + 60) if stop < 0 else stop)
    begin = max(text.rfind("\n", max(0, start - 90), start) + 1, start - 90, 0)
    before = text[begin:start].rstrip(" ")
    bracket = before.rfind("<") if before.endswith(">") else before.rfind("[") if before.endswith("]") else -1
    before = (before[:bracket] if bracket >= 0 else before).rstrip(" \"'")
    name = _NAME_ENDS.split(before)[-1]
    at = begin + len(before) - len(name)
    _writer(sheet, at + len(name) - len(name.lstrip(" \"'>|")), at + len(name))


def _writer(sheet: Sheet, start: int, end: int) -> None:
    stop = end
    for sign in '<[(:,"':
        found = sheet.text.find(sign, start, end)
        stop = found if 0 <= found < stop else stop
    name = sheet.text[start:stop].rstrip(" \"'")
    words = name.split()
    letters = all(w.replace("-", "").replace(".", "").replace("'", "").isalpha() for w in words)
    if not 0 < len(words) < 5 or organisation(name) or not letters:
        return
    lows = [word.lower() for word in words]
    shaped = all(w[0].isupper() or w in PARTICLE or known_name(w) for w in words)
    named = any(known_name(low) or not ordinary(low) for low in lows)
    if shaped and named and lows[0] not in GREETING and lows[0] not in TITLE:
        sheet.add(start, start + len(name))
