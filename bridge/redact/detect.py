"""Detection: all detectors over all views, names carried from each part to every other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bridge.redact import credentials, forms, links, streets
from bridge.redact.cues import cue, street
from bridge.redact.digits import Digits, dates
from bridge.redact.hits import Hit, merge
from bridge.redact.identities import Identities
from bridge.redact.masks import masked, without_masks
from bridge.redact.name_parts import WORD
from bridge.redact.names import names
from bridge.redact.propagate import Known, joined
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
_AFTER_NAME = re.compile(r"[ ,;:(*|]{1,4}(?:\* ?|geb\. ?|geboren(?: am)? )?$")


class Scan:
    """The text of one view and what was found in it."""

    def __init__(self, view: View, identities: Identities) -> None:
        self.view = view
        self.text = masked(view.text)
        self.names = self._names()
        self.values = self._values(identities)

    def _names(self) -> list[Hit]:
        if self.view.part.startswith("filename"):
            return names(_spaced(self.text))
        return names(self.text) + [hit for hit in self._labelled() if hit.kind == "PERSON"]

    def _labelled(self) -> list[Hit]:
        hits = forms.lines(self.text)
        if self.view.part.startswith("attachment"):
            hits += forms.tables(self.text) + forms.cards(self.text)
        return hits

    def _values(self, identities: Identities) -> list[Hit]:
        text = self.text
        hits = links.emails(text) + Digits(text).scan() + streets.foreign(text)
        hits += [hit for hit in self._labelled() if hit.kind != "PERSON"]
        hits += self._by_cue()
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
                hits += self._cued(kind, found)
            if street(low):
                hit = streets.at_word(text, *found.span())
                if hit is not None:
                    hits.append(hit)
        return hits

    def _cued(self, kind: str, found: re.Match[str]) -> list[Hit]:
        text, end = self.text, found.end()
        if kind == "PASSWORD":
            return credentials.password_at(text, end)
        if kind == "CODE":
            return credentials.code_at(text, end)
        if kind in ("HANDLE", "HANDLE_STRONG"):
            return credentials.handle_at(text, end, kind == "HANDLE_STRONG")
        if kind == "BIRTH":
            return self._birth(found.start(), end)
        return []

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


def detect(views: Sequence[View], identities: Identities) -> list[list[Hit]]:
    """Find all values in all views; the result has a sorted list without overlaps for each view.

    1. Scan each view for names and values by shape, place and cue.
    2. Learn the names; 3. look for them in every view; 4. judge web addresses and loose passwords, which need
    the whole message; 5. merge.
    """
    scans = [Scan(view, identities) for view in views]
    for scan in scans:
        for hit in scan.names:
            identities.learn(scan.text[hit.start : hit.end])
    secrets = any(cue(word) == "PASSWORD" for scan in scans for word in set(WORD.findall(scan.text.lower())))
    known = Known(identities)
    handles = _handles(scans)
    return [_found(scan, identities, known, secrets, handles) for scan in scans]


def _handles(scans: Sequence[Scan]) -> set[str]:
    tokens = {
        scan.text[hit.start : hit.end]
        for scan in scans
        for hit in scan.values
        if hit.kind in ("HANDLE", "PASSWORD")
    }
    return {token for token in tokens if len(token) > 4 and not token.isdigit()}


def _found(scan: Scan, identities: Identities, known: Known, secrets: bool, handles: set[str]) -> list[Hit]:
    text = scan.text
    hits = [*scan.names, *scan.values]
    hits += known.scan(text, scan.names)
    hits += links.urls(text, identities.personal)
    if secrets and not scan.view.part.startswith("filename"):
        hits += credentials.loose_passwords(text)
    for token in handles:
        hits += _every(text, token)
    kept = _outside_platform(text, hits)
    shrunk = [Hit(*bounds, hit.kind) for hit in kept if (bounds := without_masks(text, hit.start, hit.end))]
    return joined(text, merge(shrunk))


def _every(text: str, token: str) -> list[Hit]:
    hits, at = [], text.find(token)
    while at >= 0:
        end = at + len(token)
        if not text[end : end + 1].isalnum() and not (at and text[at - 1].isalnum()):
            hits.append(Hit(at, end, "HANDLE"))
        at = text.find(token, end)
    return hits


_PLATFORM_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]{1,2000}|(?<![\w/])/[a-z]{2,12}/[^\s<>\"')\]]{2,200}"
)


def _outside_platform(text: str, hits: list[Hit]) -> list[Hit]:
    """Drop values that are mere pieces of a platform's address: numbers of initiatives, members, tickets."""
    if "://" not in text and "www." not in text and "/" not in text:
        return hits
    places = [found.span() for found in _PLATFORM_URL.finditer(text)]
    if not places:
        return hits
    loose = (
        "PERSON",
        "HANDLE",
        "PHONE",
        "MEMBER_NO",
        "CITY_ZIP",
        "ADDRESS",
        "BIRTHDATE",
        "TAX_ID",
        "CARD_NO",
        "ID_CARD",
    )
    return [
        hit
        for hit in hits
        if hit.kind not in loose
        or not any(low < hit.start and hit.end <= high for low, high in places)
        or hit.kind == "PERSON"
    ]
