"""Detection in a whole message: what one part tells is used in all others."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from bridge.redact import credentials, handles, links
from bridge.redact.digits import Digits
from bridge.redact.hits import Hit, merge
from bridge.redact.identities import Identities
from bridge.redact.lexicon import known_name, plain_word
from bridge.redact.masks import OPAQUE, masked, without_masks
from bridge.redact.prefilter import signs
from bridge.redact.propagate import Known, joined
from bridge.redact.scan import Scan
from bridge.redact.tables import table
from bridge.redact.views import View

_TOKEN = re.compile(r"[^\s\"'„“”»«<>\[\](){},;:=/|]{4,64}")
_NUMBER = (
    r"(?<![\w.,/#+-])[0-9]{%d}(?![\w/-]|[.,][0-9]"
    r"| (?i:euro|eur|zeichen|mitglied|stimmen|uhr|mb|kb|times|[A-ZÄÖÜ]))"
)
_PATH = re.compile(r"/[a-z]{2,12}/[^\s<>\"')\]]{2,200}")
# Numbers inside an address of the platform are those of initiatives and pages.
_IN_ADDRESSES = frozenset(
    {"HANDLE", "PHONE", "MEMBER_NO", "CITY_ZIP", "ADDRESS", "BIRTHDATE", "TAX_ID", "CARD_NO", "ID_CARD"}
)
_FEW = 32  # so many values are sought one by one, faster; more in one walk, so that the time stays linear
_LOGIN = frozenset({"PASSWORD", "HANDLE_STRONG", "HANDLE", "ACCOUNT", "LOGIN"})


def detect(views: Sequence[View], identities: Identities) -> tuple[list[list[Hit]], Knowledge]:
    """Find all values in all views: for each view a sorted list without overlaps, and what was learned.

    1. scan each view for names and values by shape, place and cue
    2. learn the names, user names, passwords, and the length of member numbers
    3. look for them in every view; judge web addresses and loose passwords, which need the whole message
    4. merge overlaps, join names that stand side by side
    """
    scans = [Scan(view) for view in views]
    for scan in scans:
        for hit in scan.names:
            identities.learn(scan.text[hit.start : hit.end])
    knowledge = Knowledge(scans, identities)
    return [knowledge.hits(scan) for scan in scans], knowledge


class Knowledge:
    """What is known after all parts were scanned."""

    def __init__(self, scans: Sequence[Scan], identities: Identities) -> None:
        self.identities = identities
        self.known = Known(identities)
        cues = set().union(*(scan.cues for scan in scans))
        self.login = bool(cues & _LOGIN)
        self.invited = "CODE_STRONG" in cues
        self.tokens: dict[str, str] = {}
        lengths: set[int] = set()
        for scan in scans:
            for hit in scan.values:
                value = scan.text[hit.start : hit.end]
                if (
                    hit.kind in ("HANDLE", "PASSWORD", "INVITE_CODE")
                    and len(value) > 3
                    and not (len(value) == 4 and value.isalpha() and plain_word(value.lower()))
                    and not value.isdigit()
                ):
                    self.tokens[value] = hit.kind
                    stem = value.rstrip("0123456789_")
                    if hit.kind == "HANDLE" and len(stem) > 4 and stem.islower() and not _usual(stem):
                        self.tokens.setdefault(stem, hit.kind)
                elif (
                    hit.kind == "MEMBER_NO"
                    and 4 < len(number := value.rpartition("-")[2]) < 8
                    and number.isdigit()
                ):
                    lengths.add(len(number))
        self.numbers = [re.compile(_NUMBER % length) for length in sorted(lengths)]

    def hits(self, scan: Scan) -> list[Hit]:
        """Give all hits of one view."""
        text = scan.text
        if not text:
            return []
        hits = [*scan.names, *scan.values, *self.known.scan(text, scan.names)]
        places = links.web_addresses(text) if "web" in scan.signs else []
        hits += links.urls(text, places, self.identities.personal)
        if not scan.part.startswith("filename"):
            hits += credentials.loose_passwords(text) if self.login else []
            hits += credentials.loose_codes(text) if self.invited else []
            hits += handles.loose_handles(text, self.login)
        hits += self.known.nearly(text, scan.unknown)
        for number in self.numbers:
            hits += [Hit(*found.span(), "MEMBER_NO") for found in number.finditer(text)]
        hits += self._seen_again(text)
        kept = _outside_addresses(text, hits, places)
        return joined(text, merge(_unmasked(text, kept)))

    def residual(self, view: View) -> list[Hit]:
        """Find known names and values, and values by their shape, in a part of the output."""
        text = masked(view.text)
        present = signs(text)
        places = links.web_addresses(text) if "web" in present else []
        hits = (
            links.emails(text, present)
            + Digits(text, present).scan()
            + links.urls(text, places, self.identities.personal)
        )
        hits += self.known.scan(text, []) + self._seen_again(text)
        kept = _outside_addresses(text, hits, places)
        return merge(_unmasked(text, kept))

    def _seen_again(self, text: str) -> list[Hit]:
        """Find user names, passwords and codes of any part in every other part."""
        if not self.tokens:
            return []
        if len(self.tokens) <= _FEW:
            return [hit for value, kind in self.tokens.items() for hit in _every(text, value, kind)]
        hits = []
        for token in _TOKEN.finditer(text):
            value = token.group()
            kind = self.tokens.get(value) or self.tokens.get(value := value.rstrip(".!?"), "")
            if kind:
                hits.append(Hit(token.start(), token.start() + len(value), kind))
        return hits


def _usual(stem: str) -> bool:
    return stem in table("common") or known_name(stem)


def _every(text: str, value: str, kind: str) -> list[Hit]:
    hits, at = [], text.find(value)
    while at >= 0:
        end = at + len(value)
        while kind == "HANDLE" and "0" <= text[end : end + 1] <= "9" and end - at < 40:
            end += 1  # "hbar" is known, "hbar2" is their second account
        if not text[end : end + 1].isalnum() and not (at and text[at - 1].isalnum()):
            hits.append(Hit(at, end, kind))
        at = text.find(value, end)
    return hits


def _unmasked(text: str, hits: list[Hit]) -> list[Hit]:
    if OPAQUE not in text:
        return hits
    return [Hit(*bounds, hit.kind) for hit in hits if (bounds := without_masks(text, hit.start, hit.end))]


def _outside_addresses(text: str, hits: list[Hit], places: list[tuple[int, int]]) -> list[Hit]:
    """Drop values that are mere pieces of a platform's address: numbers of initiatives, members, tickets."""
    if "/" in text:
        places = sorted(places + [found.span() for found in _PATH.finditer(text)])
    if not places:
        return hits
    starts = [low for low, _ in places]

    def inside(hit: Hit) -> bool:
        at = bisect_right(starts, hit.start - 1) - 1
        return at >= 0 and hit.end <= places[at][1]

    return [hit for hit in hits if hit.kind not in _IN_ADDRESSES or not inside(hit)]
