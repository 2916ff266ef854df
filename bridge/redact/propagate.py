"""Propagation: every word that is known to be a name is one in all parts, file names and tokens too."""

from __future__ import annotations

import re

from bridge.redact.hits import Hit
from bridge.redact.identities import Identities, variants
from bridge.redact.lexicon import ordinary, place
from bridge.redact.name_parts import WORD, alone
from bridge.redact.pseudonyms import folded

_JOIN = re.compile(r"[ \t\u00a0]{1,2}(?:(?:von|van|de|der|den|zu|und) ){0,2}|-")
_TITLED = re.compile(r"(?i:herrn?|frau|fr\.|hr\.|mrs?\.?|ms\.?|dr\.|prof\.|familie|(?<!\w)[a-zäöü]\.) ?$")
_LOCATED = re.compile(r"(?i:(?<!\w)(?:in|aus|nach|kv|lv|ov|kreis|stadt|bei|um|raum|[0-9]{4,5}))[ ]$")
_EDGE = re.compile(r"[\w-]")


class Known:
    """The known names of one message, ready to be looked up word by word."""

    def __init__(self, identities: Identities) -> None:
        self.strong = variants(identities.strong)
        self.capital = frozenset(identities.capital)
        self.weak = frozenset(identities.weak)
        self.inside = tuple(word for word in identities.inside if len(word) > 4)
        self.handles = frozenset(h for h in identities.handles if len(h) > 3 and not h.isalpha() or h not in self.strong)

    def scan(self, text: str, word_hits: list[Hit]) -> list[Hit]:
        """Find the known names in a text. `word_hits` are the names found by their place."""
        named = {hit.end for hit in word_hits}
        begun = {hit.start for hit in word_hits}
        hits: list[Hit] = []
        last = -1
        strong, capital, weak, inside = self.strong, self.capital, self.weak, self.inside
        for found in WORD.finditer(text):
            low = found.group().lower()
            hit = low in strong or (low[-1] == "s" and low[:-1] in strong)
            if not hit and ("-" in low or "'" in low or "’" in low):
                hits += self._parts(found)
            elif not hit and low in capital and found.group()[0].isupper():
                hit = not (place(low) and _LOCATED.search(text, max(0, found.start() - 9), found.start()))
            elif not hit and low in weak and found.group()[0].isupper():
                hit = self._near(text, found, last, named, begun)
            elif not hit and inside and len(low) > 5 and not ordinary(low):
                hit = any(word in folded(low) for word in inside)
            if hit:
                hits.append(Hit(found.start(), found.end(), "PERSON"))
                last = found.end()
        return self._tokens(text, hits)

    def _parts(self, found: re.Match[str]) -> list[Hit]:
        hits, at = [], found.start()
        for part in re.split(r"([-'’])", found.group()):
            low = part.lower()
            if low in self.strong or (low[-1:] == "s" and low[:-1] in self.strong):
                hits.append(Hit(at, at + len(part), "PERSON"))
            at += len(part)
        return hits

    def _near(self, text: str, found: re.Match[str], last: int, named: set[int], begun: set[int]) -> bool:
        """Let an ordinary word count as a name beside a name or a title: "Nadja Richter", "Frau Winter"."""
        start, end = found.span()
        if text[start - 1 : start] in (" ", "\u00a0") and (start - 1 == last or start - 1 in named):
            return True
        if end + 1 in begun and text[end : end + 1] in (" ", ","):
            return True
        return bool(_TITLED.search(text, max(0, start - 9), start)) or alone(text, start, end)

    def _tokens(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Widen hits inside tokens with digits or underscores to the token: it is a user name."""
        out = []
        for hit in hits:
            low, high = hit.start, hit.end
            while (
                low > 0
                and hit.start - low < 40
                and (
                    text[low - 1].isdigit()
                    or text[low - 1] == "_"
                    or (low < hit.start and text[low - 1].isalpha())
                )
            ):
                low -= 1
            while (
                high < len(text)
                and high - hit.end < 40
                and (text[high].isdigit() or text[high] == "_" or (high > hit.end and text[high].isalpha()))
            ):
                high += 1
            out.append(hit if (low, high) == (hit.start, hit.end) else Hit(low, high, "HANDLE"))
        for handle in self.handles:
            out += _whole(text, handle)
        return out


def _whole(text: str, handle: str) -> list[Hit]:
    if ordinary(handle):
        return []
    low = text.lower()
    if len(low) != len(text):
        return []
    hits, at = [], low.find(handle)
    while at >= 0:
        end = at + len(handle)
        if not _EDGE.match(text, end) and not (at and _EDGE.match(text, at - 1)):
            hits.append(Hit(at, end, "HANDLE"))
        at = low.find(handle, end)
    return hits


def joined(text: str, hits: list[Hit]) -> list[Hit]:
    """Join names that stand side by side into one: "Leopold Freiherr von Guttsleben", "Reinhold und Waltraud Zeidler"."""
    out: list[Hit] = []
    for hit in hits:
        if out and out[-1].kind == hit.kind == "PERSON" and out[-1].end <= hit.start:
            gap = _JOIN.fullmatch(text, out[-1].end, hit.start)
            if gap is not None:
                out[-1] = Hit(out[-1].start, hit.end, "PERSON")
                continue
        out.append(hit)
    return out
