"""Propagation: every word that is known to be a name is one in all parts, file names and tokens too."""

from __future__ import annotations

import re
from functools import lru_cache

from bridge.redact.hits import Hit
from bridge.redact.identities import Identities
from bridge.redact.lexicon import any_first, ordinary, place, plain_word
from bridge.redact.name_parts import alone
from bridge.redact.pseudonyms import folded

_JOIN = re.compile(r"[ \t\u00a0]{1,2}(?:(?:von|van|de|der|den|zu|und) ){0,2}|-")
_TITLED = re.compile(r"(?i:herrn?|frau|fr\.|hr\.|mrs?\.?|ms\.?|dr\.|prof\.|familie|(?<!\w)[a-zäöü]\.) ?$")
_SIGNING = re.compile(
    r"(?i:(?<!\w)(?:hier(?: ist)?|gru(?:ß|ss)|grüße|lg|vg|mfg|danke|regards|cheers|thanks),?)[ \n]$"
)
_LOCATED = re.compile(r"(?i:(?<!\w)(?:in|aus|nach|kv|lv|ov|kreis|stadt|bei|um|raum|[0-9]{4,5}))[ ]$")
_LETTERS = re.compile(r"[^\W\d_]+")
_FEW = 64
_STRONG, _CAPITAL, _WEAK = 1, 2, 3


@lru_cache(maxsize=65536)
def _variants(word: str) -> tuple[str, ...]:
    """Give the spellings of a name without umlauts and accents, and with umlauts for ae, oe, ue."""
    out = {word, folded(word)}
    if len(word) > 4:
        out |= {w.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü") for w in tuple(out)}
    return tuple(w for w in out if len(w) > 2 and (w == word or any_first(w) or not plain_word(w)))


class Known:
    """The known names of one message, ready to be looked up word by word."""

    def __init__(self, identities: Identities) -> None:
        self.words: dict[str, int] = dict.fromkeys(identities.weak, _WEAK)
        self.words |= dict.fromkeys(identities.capital, _CAPITAL)
        for word in identities.strong:
            self.words |= dict.fromkeys(_variants(word), _STRONG)
        self.inside = tuple(word for word in identities.inside if len(word) > 4)
        self.short = tuple(word for word in identities.inside if len(word) > 3)
        self.usual = identities.usual
        self.handles = [
            h for h in identities.handles if len(h) > 3 and (not h.isalpha() or h not in self.words)
        ]

    def scan(self, text: str, names: list[Hit]) -> list[Hit]:
        """Find the known names in a text. `names` are those found by their place."""
        if not self.words and not self.handles and not self.usual:
            return []
        low = text.replace("İ", "i").lower()  # the one letter that grows when lowered
        covered = {hit.start: hit.end for hit in names}
        begun, ended = covered.keys(), set(covered.values())
        hits: list[Hit] = []
        for start, end, kind in sorted(self._few(low) if len(self.words) <= _FEW else self._many(low)):
            if kind != _STRONG and not text[start].isupper() and not _near(text, start, end):
                continue
            if kind == _CAPITAL and place(low[start:end]) and _LOCATED.search(text, max(0, start - 9), start):
                continue
            beside = start - 1 in ended or end + 1 in begun or (hits and hits[-1].end == start - 1)
            if kind == _WEAK and not beside and not _near(text, start, end):
                continue
            hits.append(_widened(text, _with_initial(text, start), end))
        return hits + self._handles(low)

    def nearly(self, text: str, unknown: list[tuple[int, int]]) -> list[Hit]:
        """Find misspelt names of the header ("Voigt" for "Vogt") among words that no list knows."""
        hits = []
        for start, end in unknown if self.inside or self.short else ():
            low = folded(text[start:end])
            if any(_one_off(low, word) for word in self.short):
                hits.append(Hit(start, end, "PERSON"))
        return hits

    def _few(self, low: str) -> list[tuple[int, int, int]]:
        """Seek word by word: fast while the words are few."""
        found = []
        for word, kind in self.words.items():
            at = low.find(word)
            while at >= 0:
                end = at + len(word)
                if not (at and low[at - 1].isalpha()):
                    if not low[end : end + 1].isalpha():
                        found.append((at, end, kind))
                    elif low[end] == "s" and kind == _STRONG and not low[end + 1 : end + 2].isalpha():
                        found.append((at, end + 1, kind))
                at = low.find(word, end)
        return found + self._insides(low)

    def _many(self, low: str) -> list[tuple[int, int, int]]:
        """Look at every word once: linear, however many names there are."""
        found = []
        get = self.words.get
        for piece in _LETTERS.finditer(low):
            word = piece.group()
            kind = get(word) or 0
            if not kind and word[-1] == "s" and get(word[:-1]) == _STRONG:
                kind = _STRONG
            if kind:
                found.append((*piece.span(), kind))
        return found + self._insides(low)

    def _insides(self, low: str) -> list[tuple[int, int, int]]:
        """Find names of the header inside longer words that no dictionary knows: "hbrandes"."""
        found = []
        for word in self.inside:
            at = low.find(word)
            while at >= 0:
                start, end = _letters_around(low, at, at + len(word))
                if end - start > len(word) and not ordinary(low[start:end]):
                    found.append((start, end, _STRONG))
                at = low.find(word, end)
        return found

    def _handles(self, low: str) -> list[Hit]:
        """Find the local parts of the header's addresses as whole tokens."""
        hits = [hit for handle in self.handles for hit in _whole(low, handle)]
        for part, usual in self.usual:
            if part in low:
                hits += [hit for handle in usual for hit in _whole(low, handle)]
        return hits


def _one_off(word: str, name: str) -> bool:
    """Tell whether one letter changed, added or left out, or two neighbours swapped, turn one into the other."""
    if abs(len(word) - len(name)) > 1 or word[0] != name[0]:
        return False
    low = 0
    least = min(len(word), len(name))
    while low < least and word[low] == name[low]:
        low += 1
    rest, other = word[low:], name[low:]
    if len(rest) == len(other):
        return rest[1:] == other[1:] or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]


def _letters_around(low: str, start: int, end: int) -> tuple[int, int]:
    first = start
    while start > 0 and first - start < 40 and low[start - 1].isalpha():
        start -= 1
    last = end
    while end < len(low) and end - last < 40 and low[end].isalpha():
        end += 1
    return start, end


def _near(text: str, start: int, end: int) -> bool:
    """Let a frequent word count as a name after a title or an initial, or alone on its line: "Frau Winter"."""
    return (
        _TITLED.search(text, max(0, start - 9), start) is not None
        or alone(text, start, end)
        or (end - start > 3 and _SIGNING.search(text, max(0, start - 10), start) is not None)
    )


def _with_initial(text: str, start: int) -> int:
    """Take in the initial before a surname: "A. Schönwälder"."""
    if start > 2 and text[start - 2 : start] == ". " and text[start - 3].isupper():
        return start if start > 3 and text[start - 4].isalnum() else start - 3
    return start


def _widened(text: str, start: int, end: int) -> Hit:
    """Widen a name inside a token with digits or underscores to the token: that is a user name."""
    low, high = start, end
    if text[start - 1 : start] in "_0123456789" and start:
        while low > 0 and start - low < 40 and (text[low - 1].isalnum() or text[low - 1] == "_"):
            low -= 1
    if end < len(text) and text[end] in "_0123456789":
        while high < len(text) and high - end < 40 and (text[high].isalnum() or text[high] == "_"):
            high += 1
    return Hit(low, high, "PERSON" if (low, high) == (start, end) else "HANDLE")


def _whole(low: str, handle: str) -> list[Hit]:
    at = low.find(handle)
    if at < 0 or ordinary(handle):
        return []
    hits = []
    while at >= 0:
        end = at + len(handle)
        after, before = low[end : end + 1], low[at - 1 : at] if at else ""
        if not (after.isalnum() or after in ("_", "-") or before.isalnum() or before in ("_", "-")):
            hits.append(Hit(at, end, "HANDLE"))
        at = low.find(handle, end)
    return hits


def joined(text: str, hits: list[Hit]) -> list[Hit]:
    """Join names that stand side by side into one: "Leopold Freiherr von Guttsleben"."""
    out: list[Hit] = []
    for hit in hits:
        near = bool(out) and out[-1].kind == hit.kind == "PERSON" and 0 <= hit.start - out[-1].end < 12
        if near and _JOIN.fullmatch(text, out[-1].end, hit.start) is not None:
            out[-1] = Hit(out[-1].start, hit.end, "PERSON")
        else:
            out.append(hit)
    return out
