"""Views of HTML: rendered text, then attribute values, each character mapped to the markup it came from.

A scanner of our own and not `html.parser`, because that gives no offsets of character references and takes
quadratic time on some broken markup. This one moves forward only.
"""

from __future__ import annotations

import html
import re
from array import array

from bridge.redact.tables import handmade
from bridge.redact.views import INVISIBLE, View

_BREAKS = handmade("breaks")
_PARAGRAPHS = frozenset(["p", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre"])
_RAW = frozenset({"script", "style"})
# Attributes that hold no text of the writer: layout, sizes, identifiers of the mail program.
_DULL = handmade("dull")
_TAG = re.compile(r"/?([A-Za-z][A-Za-z0-9:_-]{0,40})")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_PIECE = re.compile(r"[ \t\r\n\f]+|&|[" + INVISIBLE + "]")


class _Writer:
    """Text under construction, with the source bounds of each of its characters."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts = array("L")
        self.ends = array("L")
        self.last = "\n"

    def run(self, source: str, start: int, end: int) -> None:
        """Append characters that stand in the source as they are."""
        if start < end:
            self.pieces.append(source[start:end])
            self.starts.extend(range(start, end))
            self.ends.extend(range(start + 1, end + 1))
            self.last = source[end - 1]

    def mapped(self, text: str, start: int, end: int) -> None:
        """Append characters that all stand for one piece of the source."""
        for char in text:
            self.pieces.append(char)
            self.starts.append(start)
            self.ends.append(end)
            self.last = char

    def line(self, at: int) -> None:
        """Append a line end that has no characters in the source."""
        self.mapped("\n", at, at)

    def text(self, source: str, start: int, end: int, keep_space: bool = False) -> None:
        """Append decoded text: references resolved, invisible characters left out, white space collapsed."""
        at = start
        while (piece := _PIECE.search(source, at, end)) is not None:
            self.run(source, at, piece.start())
            at = self._special(source, piece, end, keep_space)
        self.run(source, at, end)

    def _special(self, source: str, piece: re.Match[str], end: int, keep_space: bool) -> int:
        if piece.group() == "&":
            return self._reference(source, piece.start(), end)
        if piece.group() in INVISIBLE:
            return piece.end()
        if keep_space:
            self.run(source, *piece.span())
        elif not self.last.isspace():
            self.mapped(" ", *piece.span())
        return piece.end()

    def _reference(self, source: str, at: int, end: int) -> int:
        found = _REFERENCE.match(source, at, end)
        if found is None:
            self.run(source, at, at + 1)
            return at + 1
        decoded = html.unescape(found.group())
        kept = "".join(char for char in decoded if char not in INVISIBLE)
        self.mapped(kept, found.start(), found.end())
        return found.end()


class _Scanner:
    """One walk over the markup."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lowered = ""
        self.out = _Writer()
        self.values: list[tuple[int, int]] = []
        self.dropped: list[tuple[int, int]] = []
        self.preformatted = 0

    def walk(self) -> None:
        """Read text, then a tag, until the end. A `<` that opens nothing is text."""
        source, at = self.source, 0
        while True:
            opened = source.find("<", at)
            stop = len(source) if opened < 0 else opened
            self.out.text(source, at, stop, self.preformatted > 0)
            if opened < 0:
                return
            at = self._markup(opened)

    def _markup(self, at: int) -> int:
        source = self.source
        if source.startswith("<!--", at):
            return self._drop(at, source.find("-->", at + 4), 3)
        tag = _TAG.match(source, at + 1)
        if tag is None:
            if source[at + 1 : at + 2] in ("!", "?"):
                return self._drop(at, source.find(">", at), 1)
            self.out.run(source, at, at + 1)
            return at + 1
        closing = source[at + 1] == "/"
        name = tag.group(1).lower()
        end = self._attributes(tag.end())
        self._layout(name, closing, end)
        if name in _RAW and not closing:
            return self._raw(name, end)
        return end

    def _drop(self, start: int, found: int, width: int) -> int:
        end = len(self.source) if found < 0 else found + width
        self.dropped.append((start, end))
        return end

    def _raw(self, name: str, at: int) -> int:
        if not self.lowered:
            self.lowered = self.source.lower()
            if len(self.lowered) != len(
                self.source
            ):  # a few letters grow when lowered; then only ASCII is safe
                self.lowered = self.source
        found = self.lowered.find("</" + name, at)
        end = len(self.source) if found < 0 else found
        if end > at:
            self.dropped.append((at, end))
        return end

    def _attributes(self, at: int) -> int:
        source = self.source
        while (found := _ATTRIBUTE.match(source, at)) is not None:
            if found.group(1).lower() not in _DULL:
                self.values += [found.span(n) for n in (2, 3, 4) if found.start(n) >= 0]
            at = found.end()
        end = source.find(">", at)
        return len(source) if end < 0 else end + 1

    def _layout(self, name: str, closing: bool, at: int) -> None:
        if name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if closing else 1))
        out = self.out
        if name == "br" or (name in _BREAKS and out.last != "\n"):
            out.line(at)
        if name in _PARAGRAPHS and closing and out.pieces[-2:] != ["\n", "\n"]:
            out.line(at)


def markup(part: str, source: str) -> View:
    """View HTML: what a reader sees, then every attribute value that can hold text, one a line."""
    scanner = _Scanner(source)
    scanner.walk()
    out = scanner.out
    visible = len(out.starts)
    for start, end in scanner.values:
        if end - start > 1 and not source.startswith("cid:", start):
            out.line(start)
            out.text(source, start, end)
    return View(part, source, "".join(out.pieces), out.starts, out.ends, visible, tuple(scanner.dropped))
