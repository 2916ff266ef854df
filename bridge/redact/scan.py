"""The scan of one view: names by their place, values by shape and cue."""

from __future__ import annotations

import re
from bridge.redact import credentials, forms, handles, links, streets
from bridge.redact.cues import cue, street
from bridge.redact.digits import Digits, dates
from bridge.redact.hits import Hit
from bridge.redact.masks import masked
from bridge.redact.name_parts import WORD
from bridge.redact.names import names
from bridge.redact.tables import handmade
from bridge.redact.towns import foreign_towns, street_after
from bridge.redact.views import View

_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|January|February|March|May|June|"
    r"July|October|December|Jan\.?|Feb\.?|Mär\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Okt\.?|Oct\.?|Nov\.?|De[zc]\.?)"
)
_BIRTH_DATE = re.compile(
    rf"[0-3]?[0-9](?:st|nd|rd|th)?\.?[ ]?(?:of )?{_MONTH}[ ,]{{1,2}}(?:19|20)?[0-9]{{2}}|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}"
    r"|[0-3]?[0-9][./-] ?[01]?[0-9][./-] ?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9])|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|(?:19|20)[0-9]{6}(?![0-9])",
    re.IGNORECASE,
)
_OLD_DATE = re.compile(
    rf"(?<![0-9])[0-3]?[0-9](?:st|nd|rd|th)?\.?[ ]?(?:of )?{_MONTH}[ ,]{{1,2}}19[0-9]{{2}}|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? 19[0-9]{{2}}",
    re.IGNORECASE,
)
_MONTHS = handmade("months")
_AFTER_NAME = re.compile(r"[ ,;:(*|]{1,4}(?:\* ?|geb\. ?|geboren(?: am)? )?$")


class Scan:
    """The text of one view and what was found in it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.text = masked(view.text)
        self.cues: set[str] = set()
        self.labelled = self._labelled()
        self.names = self._names()
        self.values = self._values()

    def _names(self) -> list[Hit]:
        if self.view.part.startswith("filename"):
            return names(_spaced(self.text))
        return names(self.text) + [hit for hit in self.labelled if hit.kind == "PERSON"]

    def _labelled(self) -> list[Hit]:
        hits = forms.lines(self.text)
        if self.view.part.startswith("attachment"):
            hits += forms.tables(self.text) + forms.cards(self.text)
        return hits

    def _values(self) -> list[Hit]:
        text = self.text
        hits = links.emails(text) + Digits(text).scan() + streets.foreign(text)
        hits += [hit for hit in self.labelled if hit.kind != "PERSON"]
        hits += self._by_cue() + handles.told(text)
        for address in [hit for hit in hits if hit.kind == "EMAIL"]:
            hits += credentials.after_login(text, address.end)
        hits += foreign_towns(text) + streets.started(text)
        for town in [hit for hit in hits if hit.kind == "CITY_ZIP"]:
            beside = (streets.before_town(text, town.start), street_after(text, town.end))
            hits += [hit for hit in beside if hit is not None]
        hits += self._mail_names(hits)
        hits += self._birth_dates_after_names()
        return hits

    def _by_cue(self) -> list[Hit]:
        hits: list[Hit] = []
        text = self.text
        for found in WORD.finditer(text):
            low = found.group().lower()
            kind = cue(low)
            if kind:
                self.cues.add(kind)
                hits += self._cued(kind, found)
            if low in _MONTHS:
                hits += self._old_date(*found.span())
            if street(low):
                hit = streets.at_word(text, *found.span())
                if hit is not None:
                    hits.append(hit)
        return hits

    def _cued(self, kind: str, found: re.Match[str]) -> list[Hit]:
        text, end = self.text, found.end()
        if kind == "PASSWORD":
            return credentials.password_at(text, end)
        if kind in ("CODE", "CODE_STRONG"):
            return credentials.code_at(text, end)
        if kind in ("HANDLE", "HANDLE_STRONG"):
            return handles.handle_at(text, end, kind == "HANDLE_STRONG")
        if kind == "MEMBER":
            return handles.handle_at(text, end, False)
        if kind == "BIRTH":
            return self._birth(found.start(), end)
        return []

    def _old_date(self, start: int, end: int) -> list[Hit]:
        """Take a date with the month as a word that lies before 2000."""
        found = _OLD_DATE.search(self.text, max(0, start - 12), min(len(self.text), end + 16))
        return [Hit(*found.span(), "BIRTHDATE")] if found is not None else []

    def _birth(self, start: int, end: int) -> list[Hit]:
        found = _BIRTH_DATE.search(self.text, end, min(len(self.text), end + 48))
        if found is None or "\n\n" in self.text[end : found.start()]:
            found = None
            for before in _BIRTH_DATE.finditer(self.text, max(0, start - 26), start):
                found = before
        return [Hit(*found.span(), "BIRTHDATE")] if found is not None else []

    def _mail_names(self, hits: list[Hit]) -> list[Hit]:
        """Take the display name that stands right before an address: "Petra Müller <petra@…>"."""
        names = []
        for hit in hits:
            if hit.kind == "EMAIL":
                before = re.compile(r"([^\W\d_][^\n<>@:;,()\[\]|]{1,40}?)[\"']? ?[<(\[](?:mailto:)?$").search(
                    self.text, max(0, hit.start - 60), hit.start
                )
                if (
                    before is not None
                    and forms.personlike(before.group(1))
                    and len(before.group(1).split()) < 4
                ):
                    words = before.group(1).split()
                    if all(word[0].isupper() for word in words):
                        names.append(Hit(*before.span(1), "PERSON"))
        return names

    def _birth_dates_after_names(self) -> list[Hit]:
        ends = {hit.end for hit in self.names}
        hits = []
        for date in dates(self.text) if ends else ():
            gap = _AFTER_NAME.search(self.text, max(0, date.start() - 18), date.start())
            year = re.search(r"(?:19|20)[0-9]{2}", date.group())
            if gap is not None and gap.start() in ends and year is not None and int(year.group()) < 2006:
                hits.append(Hit(*date.span(), "BIRTHDATE"))
        return hits


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")
