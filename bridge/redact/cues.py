"""Cue words: what a word says about the value that stands near it. Each word is judged once and remembered."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

# (stems found anywhere in the word, cue). Compounds are the rule in German, so stems beat whole words.
_STEMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("passwor", "passwör", "kennwor", "kennwör", "password", "passphrase", "passcode"), "PASSWORD"),
    (
        ("einladungscode", "invitecode", "invite-code", "referenzschlüssel", "zugangscode", "freischaltcode"),
        "CODE",
    ),
    (("registrierungscode", "aktivierungscode", "bestätigungscode", "registrierungsschlüssel"), "CODE_STRONG"),
    (
        (
            "mitgliedsn",
            "mitglieds-n",
            "mitgliednr",
            "mitgliedernummer",
            "membership",
            "akkreditierungsnummer",
        ),
        "MEMBER_STRONG",
    ),
    (
        (
            "steuer-id",
            "steueriden",
            "steuernum",
            "steuernr",
            "steuer-nr",
            "steuerid",
            "identifikationsnummer",
        ),
        "TAX",
    ),
    (
        (
            "ausweisnummer",
            "personalausweis",
            "reisepass",
            "passnummer",
            "passport",
            "ausweis-nr",
            "ausweisnr",
        ),
        "ID",
    ),
    (
        (
            "sozialversicherung",
            "rentenversicherung",
            "krankenversicher",
            "versichertennummer",
            "versicherungsnummer",
        ),
        "INSURANCE",
    ),
    (("kreditkarte", "kartennummer", "creditcard"), "CARD"),
    (("kontonummer", "bankleitzahl", "kontoverbindung"), "BANK"),
    (("geburtsdat", "geburtstag", "birthda", "geburtsdt"), "BIRTH"),
    (
        (
            "telefon",
            "mobilnummer",
            "handynummer",
            "rufnummer",
            "telephone",
            "festnetz",
            "telefax",
            "mobiltel",
            "whatsapp",
        ),
        "PHONE",
    ),
    (
        (
            "benutzername",
            "nutzername",
            "username",
            "nickname",
            "anzeigename",
            "loginname",
            "accountname",
            "benutzerkennung",
        ),
        "HANDLE_STRONG",
    ),
    (("geheimwort", "losungswort", "codewort", "zugangswort"), "PASSWORD"),
    (("kundenn", "matrikeln", "personaln", "profil-id", "user-id", "mitglieds-id", "registriern", "delegiertenn"), "NUMBER"),
    (("anmeldename", "profilname", "kontoname", "mitgliedsname"), "HANDLE_STRONG"),
)
_WORDS: dict[str, str] = {}
for _cue, _list in {
    "PASSWORD": "pw pwd pass passw passwd pin token secret apikey api-key initialpasswort startpasswort",
    "NUMBER": "nummer nummern nr no number numbers num nrn",
    "BLOCK": "rechnung ticket bug issue haus zimmer raum seite az artikel gesetz los los-nr thema antrag initiative port build rfc pr commit top",
    "CODE": "tan tans code codes invite invitecode key schlüssel einladungslink",
    "MEMBER_STRONG": "mnr mitgliedsnr mitgl-nr mitglnr mgl-nr member-id memberid",
    "MEMBER": "mitglied mitglieds member membre konto mitgl akkreditierung mgl",
    "TAX": "idnr steuer-idnr idnr tin steuerid tax steuernr",
    "ID": "id ausweis perso personalausweis pass ausweisdokument",
    "INSURANCE": "sv-nummer sv-nr svnr rvnr kvnr",
    "BANK": "iban blz kontonr kto bic konto-nr sepa bankverbindung",
    "BIRTH": "geb geboren gebürtig born birth dob né née geburtsjahr birthdate",
    "PHONE": "tel fon mobil handy fax ruf phone mobile cell call anrufen rufen erreichbar erreichen durchwahl sms "
    "signal tél tlf dienstlich privat notdienst hotline rückruf ring anruf zurückrufen",
    "HANDLE_STRONG": "nick user login benutzer nutzer loginname userid username kennung twitter telegram skype "
    "mastodon instagram threema discord pseudonym alias spitzname spitznamen insta",
    "HANDLE": "account profil profile zugang namen nutzerkonto benutzerkonto konto userin handle useraccount benutzeraccount "
    "mitgliedskonto zugangsname",
    "ZIP": "plz postleitzahl wohnhaft wohne anschrift adresse",
}.items():
    for _word in _list.split():
        _WORDS.setdefault(_word, _cue)

_STREET_ENDS = (
    "straße",
    "strasse",
    "strase",
    "str",
    "weg",
    "platz",
    "allee",
    "gasse",
    "chaussee",
    "damm",
    "ufer",
    "stieg",
    "steig",
    "pfad",
    "zeile",
    "stiege",
    "twiete",
    "wall",
    "graben",
    "ring",
    "markt",
    "promenade",
    "brücke",
    "anger",
    "kamp",
    "redder",
    "garten",
    "berg",
    "hof",
    "feld",
    "winkel",
    "wiese",
    "wiesen",
)
_STREET_WORDS = frozenset(
    {"straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "markt"}
)


# "Passwort-Hinweis", "Codeeingabe": about the value, not before it.
_ABOUT = tuple(
    "hinweis reset änderung feld länge regel regeln mail link manager wechsel frage abfrage eingabe vergabe verlust schutz "
    "versand prüfung vergessen liste listen seite formular zeile zeilen".split()
)


@lru_cache(maxsize=65536)
def cue(word: str) -> str:
    """Tell what a lower-case word announces: PASSWORD, CODE, MEMBER, TAX, PHONE, … or "" for nothing."""
    found = _WORDS.get(word)
    if found:
        return found
    if word.endswith(_ABOUT):
        return ""
    for stems, kind in _STEMS:
        if any(stem in word for stem in stems):
            return kind
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
    for word in reversed(_WORD.findall(text[max(0, start - reach) : start].lower())):
        found = cue(word)
        if found:
            return found, between
        between.append(word)
    return "", between
