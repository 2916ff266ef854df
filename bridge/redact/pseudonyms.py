"""Pseudonyms: the same label for every form of one value, within a ticket and its follow-ups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bridge.redact.model import SECRETS
from bridge.redact.tables import handmade

_LABELS = {
    "de": {
        "PERSON": "Person",
        "EMAIL": "E-Mail",
        "PHONE": "Telefon",
        "ADDRESS": "Anschrift",
        "CITY_ZIP": "Ort",
        "BIRTHDATE": "Geburtsdatum",
        "IBAN": "IBAN",
        "CARD_NO": "Kartennr",
        "TAX_ID": "Steuernr",
        "INSURANCE_NO": "Versicherungsnr",
        "ID_CARD": "Ausweisnr",
        "MEMBER_NO": "Mitgliedsnr",
        "INVITE_CODE": "[Code entfernt]",
        "PASSWORD": "[Passwort entfernt]",
        "IP": "IP",
        "HANDLE": "Benutzername",
        "URL_PERSONAL": "Webadresse",
        "PLATE": "Kennzeichen",
        "sender": "Absender",
        "staff": "Mitarbeit",
    },
    "en": {
        "PERSON": "Person",
        "EMAIL": "E-mail",
        "PHONE": "Phone",
        "ADDRESS": "Address",
        "CITY_ZIP": "Town",
        "BIRTHDATE": "Birth date",
        "IBAN": "IBAN",
        "CARD_NO": "Card no",
        "TAX_ID": "Tax no",
        "INSURANCE_NO": "Insurance no",
        "ID_CARD": "ID no",
        "MEMBER_NO": "Member no",
        "INVITE_CODE": "[code removed]",
        "PASSWORD": "[password removed]",
        "IP": "IP",
        "HANDLE": "User name",
        "URL_PERSONAL": "Web address",
        "PLATE": "Number plate",
        "sender": "sender",
        "staff": "staff",
    },
}
_LETTERS = re.compile(r"[^\W\d_]+")
_PUNCTUATION = re.compile(r"[\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "ı": "i"})
_PARTICLES = handmade("particles")


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """Fold a name for comparison: small, umlauts spelled out, accents dropped."""
    low = word.lower().translate(_UMLAUTS)
    if low.isascii():
        return low
    return "".join(char for char in unicodedata.normalize("NFKD", low) if not unicodedata.combining(char))


def name_words(name: str) -> list[str]:
    """Split a name into folded words, without particles, initials' dots and a genitive's apostrophe."""
    words = _LETTERS.findall(name)
    return [word for word in map(folded, words) if word not in _PARTICLES]


class Pseudonyms:
    """Numbers given to values, in memory only.

    A follow-up passes the object of the hand-over's redaction as `prior`; where that can't be rebuilt, a fresh one
    with a prefix of its own (`Pseudonyms(prefix="F2-")`) keeps its numbers apart. Not safe across threads.
    """

    def __init__(self, *, prefix: str = "", language: str = "de") -> None:
        self.prefix = prefix
        self.labels = _LABELS.get(language, _LABELS["de"])
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}
        self._people: dict[str, int] = {}
        self._roles: dict[int, str] = {}
        self._given: dict[int, str] = {}
        self._family: dict[int, str] = {}
        self._given_labels: dict[tuple[str, str], str] = {}

    def copy(self) -> Pseudonyms:
        """Copy the state, so that the redaction of one message changes nothing that another one holds."""
        new = Pseudonyms(prefix=self.prefix)
        new.labels = self.labels
        new._numbers, new._counts = dict(self._numbers), dict(self._counts)
        new._people, new._roles = dict(self._people), dict(self._roles)
        new._given, new._family = dict(self._given), dict(self._family)
        return new

    def introduce(self, name: str, role: str = "") -> None:
        """Give a person a number before its first hit, with the role sender or staff."""
        words = name_words(name)
        if words:
            number = self._person(words)
            if role and not self._roles.get(number):
                self._roles[number] = role

    def relate(self, name: str, other: str) -> None:
        """Let `other` (a local part, a user name) stand for the person of `name` wherever it is a name."""
        words = name_words(name)
        if words:
            number = self._person(words)
            for word in name_words(other):
                self._people.setdefault(word, number)

    def replacement(self, kind: str, value: str) -> str:
        """Give the label that stands for this value; secrets get one without a number."""
        label = self._given_labels.get((kind, value))
        if label is None:
            label = self._label(kind, value)
            self._given_labels[kind, value] = label
        return label

    def _label(self, kind: str, value: str) -> str:
        if kind in SECRETS:
            return self.labels[kind]
        if kind == "PERSON":
            return self._people_label(value)
        key = (kind, _PUNCTUATION.sub("", value.lower()))
        number = self._numbers.get(key)
        if number is None:
            number = self._next(kind)
            self._numbers[key] = number
        return f"[{self.prefix}{self.labels[kind]}-{number}]"

    def _people_label(self, value: str) -> str:
        for joint in (" und ", " and ", " & ", " u. "):
            first, found, second = value.partition(joint)
            if found:
                shared = second.split()[-1:] if len(first.split()) == 1 else []
                return self._people_label(" ".join([first, *shared])) + joint + self._people_label(second)
        number = self._person(name_words(value) or [folded(value)])
        role = self._roles.get(number, "")
        suffix = f" = {self.labels[role]}" if role else ""
        return f"[{self.prefix}{self.labels['PERSON']}-{number}{suffix}]"

    def _person(self, words: list[str]) -> int:
        number = self._known(words)
        if number is None:
            number = self._next("PERSON")
        self._learn(words, number)
        return number

    def _known(self, words: list[str]) -> int | None:
        whole = self._people.get(" ".join(words))
        long = [word for word in words if len(word) > 1]
        if whole is not None or not long:
            return whole
        given, family = long[0], long[-1]
        if len(long) == 1:
            number = self._people.get(family, self._people.get(family.removesuffix("s")))
            initial = words[0] if len(words) > 1 and len(words[0]) == 1 else ""
            speaks_against = number is not None and not self._given.get(number, initial).startswith(initial)
            return None if speaks_against else number
        # A full name is a known person only when neither of its words speaks against that: "Waltraud Zeidler" is
        # not "Reinhold Zeidler", yet she may be the "Waltraud" or the "Frau Zeidler" mentioned before.
        by_given, by_family = self._people.get(given), self._people.get(family)
        if by_given is not None and self._family.get(by_given, family) == family:
            return by_given
        if by_family is not None and self._given.get(by_family, given) == given:
            return by_family
        return None

    def _learn(self, words: list[str], number: int) -> None:
        self._people.setdefault(" ".join(words), number)
        long = [word for word in words if len(word) > 1]
        for word in long:
            self._people.setdefault(word, number)
        if len(long) > 1:
            self._given.setdefault(number, long[0])
            self._family.setdefault(number, long[-1])

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]


def introduced(names: Iterable[tuple[str, str]], prior: Pseudonyms | None) -> Pseudonyms:
    """Start or continue pseudonyms with the people of the header, as (name, role)."""
    pseudonyms = prior.copy() if prior is not None else Pseudonyms()
    for name, role in names:
        pseudonyms.introduce(name, role)
    return pseudonyms
