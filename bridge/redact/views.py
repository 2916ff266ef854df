"""Views: one part each as the detectors read it, with the way back to the offsets of the decoded original."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bridge.redact.hits import Hit

# Characters that show nothing and would split a value: soft hyphen, zero-width and direction marks, BOM.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class View:
    """What detectors read of one part.

    `starts[i]` and `ends[i]` are the bounds in `source` of character i of `text`; both are empty where text and
    source are the same. `text[:visible]` is what a reader sees; attribute values of markup follow behind it.
    `dropped` are the pieces of the source that no reader needs (comments, scripts, style sheets).
    """

    part: str
    source: str = field(repr=False)
    text: str = field(repr=False)
    starts: array[int] = field(default_factory=lambda: array("L"), repr=False)
    ends: array[int] = field(default_factory=lambda: array("L"), repr=False)
    visible: int = -1
    dropped: tuple[tuple[int, int], ...] = ()

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """Translate a range of the view into code points of the source."""
        if not self.starts:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """Translate a range into the runs of the source that hold its characters, without the tags between."""
        if not self.starts:
            return [(start, end)]
        runs: list[tuple[int, int]] = []
        for i in range(start, end):
            low, high = self.starts[i], self.ends[i]
            if runs and low <= runs[-1][1]:
                runs[-1] = (runs[-1][0], max(high, runs[-1][1]))
            elif high > low:
                runs.append((low, high))
        return runs

    def rendered(self, hits: Iterable[tuple[Hit, str]]) -> str:
        """Give the visible text with each hit replaced. `hits` are sorted and don't overlap."""
        limit = len(self.text) if self.visible < 0 else self.visible
        shown = [(hit.start, min(hit.end, limit), new) for hit, new in hits if hit.start < limit]
        return _spliced(self.text[:limit], shown)

    def redacted(self, hits: Iterable[tuple[Hit, str]], quote: Callable[[str], str]) -> str:
        """Give the source with each hit replaced by its quoted replacement, and without the dropped pieces."""
        cuts = [(low, high, "") for low, high in self.dropped]
        for hit, new in hits:
            runs = self.pieces(hit.start, hit.end)
            cuts += [(low, high, quote(new) if n == 0 else "") for n, (low, high) in enumerate(runs)]
        cuts.sort()
        return _spliced(self.source, cuts)


def _spliced(text: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    out: list[str] = []
    at = 0
    for low, high, new in cuts:
        out.append(text[at:low])
        out.append(new)
        at = max(high, at)
    out.append(text[at:])
    return "".join(out)


def plain(part: str, source: str) -> View:
    """View a text as it is; only invisible characters and decomposed letters (file names of macOS) need a map."""
    if source.isascii() or (
        unicodedata.is_normalized("NFC", source) and not any(char in source for char in INVISIBLE)
    ):
        return View(part, source, source)
    chars: list[str] = []
    starts, ends = array("L"), array("L")
    for at, char in enumerate(source):
        if char in INVISIBLE:
            continue
        joined = (
            unicodedata.normalize("NFC", chars[-1] + char) if chars and unicodedata.combining(char) else ""
        )
        if len(joined) == 1:
            chars[-1] = joined
            ends[-1] = at + 1
        else:
            chars.append(char)
            starts.append(at)
            ends.append(at + 1)
    return View(part, source, "".join(chars), starts, ends)
