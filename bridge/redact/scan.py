"""The scan of one view: names by their place, values by shape and cue.

One walk over the words, one over the runs of digits, one over the signs @ and ://; everything else is looked at
only where one of these walks stopped, and within bounds, so that the time is linear in the length of the text.
"""

from __future__ import annotations

import re

from bridge.redact import birthdays, credentials, forms, handles, links, streets
from bridge.redact.closings import closing, ending
from bridge.redact.cues import cue
from bridge.redact.digits import Digits
from bridge.redact.greetings import greeting, title
from bridge.redact.hits import Hit
from bridge.redact.interest import (
    ABROAD,
    CLOSING,
    CUE,
    GREETING,
    INTRO,
    JUDGED,
    LONE,
    MONTH,
    NAME,
    NAMED,
    RELATIVE,
    STARTER,
    STREET,
    TITLE,
    UNKNOWN,
    WROTE,
    interest,
)
from bridge.redact.introductions import initials, introduced, related, wrote
from bridge.redact.masks import masked
from bridge.redact.name_parts import WORD, Sheet
from bridge.redact.names import listed, unlisted
from bridge.redact.prefilter import signs
from bridge.redact.towns import street_after
from bridge.redact.views import View

_PLACED = GREETING | CLOSING | TITLE | INTRO | WROTE | LONE | RELATIVE
_VALUED = CUE | STREET | MONTH | NAMED | STARTER | ABROAD
_MAILBOX_NAME = re.compile(r"([^\W\d_][^\n<>@:;,()\[\]|]{1,40}?)[\"']? ?[<(\[](?:mailto:)?$")


class Scan:
    """The text of one view and what was found in it: names, other values, and the cues that it speaks of."""

    def __init__(self, view: View) -> None:
        self.part = view.part
        self.text = masked(view.text)
        self.signs = signs(self.text)
        self.cues: set[str] = set()
        self.values: list[Hit] = []
        self.unknown: list[tuple[int, int]] = []
        name = view.part.startswith("filename")
        self.sheet = Sheet(_spaced(self.text) if name else self.text)
        self.names = self.sheet.hits
        if not self.text or self.text.isspace():
            return
        self._walk()
        if not name:
            self._labelled()
        self._shaped()

    def _walk(self) -> None:
        sheet = self.sheet
        judged = JUDGED.get
        for found in WORD.finditer(sheet.text):
            word = found.group()
            bits = judged(word)
            if bits is None:
                bits = interest(word)
            if not bits:
                continue
            if bits & _PLACED:
                self._placed(found, bits)
            if bits & NAME and found.start() >= sheet.end:
                listed(sheet, found, bits)
            if bits & UNKNOWN:
                self.unknown.append(found.span())
                unlisted(sheet, found)
            if bits & _VALUED:
                self._valued(found, bits)
        ending(sheet)

    def _placed(self, found: re.Match[str], bits: int) -> None:
        """Look for names where a word tells that one may stand."""
        sheet, (start, end) = self.sheet, found.span()
        if bits & GREETING:
            greeting(sheet, start, end)
        if bits & CLOSING:
            closing(sheet, start, end, found.group().lower())
        if bits & TITLE:
            title(sheet, end, found.group().lower())
        if bits & INTRO:
            introduced(sheet, start)
        if bits & RELATIVE:
            related(sheet, start, end)
        if bits & WROTE:
            wrote(sheet, start, end)
        if bits & LONE:
            initials(sheet, start)

    def _valued(self, found: re.Match[str], bits: int) -> None:
        """Look for values that a word announces."""
        text, (start, end) = self.text, found.span()
        if bits & CUE:
            kind = cue(found.group().lower())
            self.cues.add(kind)
            self.values += self._cued(kind, start, end)
        if bits & STREET:
            self.values += streets.at_word(text, start, end)
        if bits & MONTH:
            self.values += birthdays.old_date(text, start, end)
        if bits & NAMED:
            self.values += handles.told(text, start, end)
        if bits & STARTER:
            self.values += streets.started(text, start)
        if bits & ABROAD:
            self.values += streets.abroad(text, start, end)

    def _cued(self, kind: str, start: int, end: int) -> list[Hit]:
        text = self.text
        if kind == "PASSWORD":
            return credentials.password_at(text, end)
        if kind in ("CODE", "CODE_STRONG"):
            return credentials.code_at(text, end)
        if kind in ("HANDLE", "HANDLE_STRONG", "ACCOUNT"):
            return handles.handle_at(text, end, kind == "HANDLE_STRONG")
        return birthdays.birth(text, start, end) if kind == "BIRTH" else []

    def _labelled(self) -> None:
        hits = forms.lines(self.text)
        if self.part.startswith("attachment"):
            hits += forms.tables(self.text) + forms.cards(self.text)
        for hit in hits:
            (self.sheet.hits if hit.kind == "PERSON" else self.values).append(hit)

    def _shaped(self) -> None:
        """Find the values that their shape gives away, and what stands beside them."""
        text = self.text
        digits = Digits(text, self.signs)
        found = links.emails(text, self.signs) + digits.scan()
        for hit in found:
            if hit.kind == "EMAIL":
                self.values += credentials.after_login(text, hit.end)
                self._mailbox_name(hit)
            elif hit.kind == "IP":
                self.values += handles.in_access_log(text, hit.end)
            elif hit.kind == "CITY_ZIP":
                self.values += streets.before_town(text, hit.start) + street_after(text, hit.end)
        self.values += found
        self.values += birthdays.after_names(text, digits.dates, self.sheet.hits)

    def _mailbox_name(self, address: Hit) -> None:
        """Take the display name that stands right before an address: "Petra Müller <petra@…>"."""
        if self.text[address.start - 1 : address.start] not in ("<", "(", "[", ":"):
            return
        before = _MAILBOX_NAME.search(self.text, max(0, address.start - 60), address.start)
        if before is None or not forms.personlike(before.group(1)):
            return
        words = before.group(1).split()
        if len(words) < 4 and all(word[0].isupper() for word in words):
            self.sheet.add(*before.span(1))


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")
