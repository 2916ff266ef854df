"""Render HTML as plain text: nothing is fetched, nothing is run, and the time is linear in the input.

The standard library's HTMLParser is not used: on unclosed comments and declarations its time is quadratic
(CVE-2025-6069), which one mail could use to stop a worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_TO_QUOTE_OR_END = re.compile(r"[^>\"']*")
_ATTRIBUTE = re.compile(
    r"\b(href|alt)\s*=\s*(?:\"([^\"]{0,4000})\"|'([^']{0,4000})'|([^\s\"'>]{1,4000}))", re.I
)
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_LONG_NUMBER = re.compile(r"&#(?:[xX][0-9a-fA-F]{7}|[0-9]{8})[0-9a-fA-F]*;?")
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff\x00")
_UNREAD = frozenset({"script", "style", "title"})
_BLOCKS = (
    "address article aside body center dd div dl dt fieldset figcaption figure footer form head header html legend li "
    "main nav ol section table tbody tfoot thead tr ul"
)
_SPACED = "blockquote h1 h2 h3 h4 h5 h6 p pre hr"
_KINDS = (
    dict.fromkeys(_BLOCKS.split(), "block")
    | dict.fromkeys(_SPACED.split(), "spaced")
    | {"br": "br", "td": "cell", "th": "cell", "a": "link", "img": "image"}
)
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_MAX_QUOTES = 20
RULE = "_" * 32
MAX_LENGTH = 3_000_000
CUT = " […]"


def to_text(html: str) -> str:
    """Return what a person would read in `html`: blocks on lines of their own, quotes as `> `, links with their target.

    Scripts, style sheets, comments and the title are left out; text hidden by style is kept, so that nothing
    stays unread. Blank lines are single, and the result ends with one line end (or is ""). What is longer than
    MAX_LENGTH characters is cut there, with "[…]" at the end.
    """
    page = _Page()
    for text, name, tag in _tokens(html[:MAX_LENGTH]):
        if text:
            page.text(text)
        elif name[:1] == "/":
            page.close(name[1:])
        elif name:
            page.open(name, tag)
    if len(html) > MAX_LENGTH:
        page.text(CUT)
    return page.finish()


def _tokens(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield (characters, "", "") for text and ("", name, tag with attributes) for tags (a closing name has its `/`)."""
    at = 0
    never: set[str] = set()  # closing strings that do not occur any more: searching again would be quadratic
    while markup := _MARKUP.search(html, at):
        start = markup.start()
        if start > at:
            yield html[at:start], "", ""
        found = _NAME.match(html, start + 1)
        if found:
            name = found[0].lower()
            at = _tag_end(html, found.end(), never)
            yield "", name, html[start + 1 : at]
            if name in _UNREAD:
                at = _skip(html, name, at, never)
        else:
            opening, closing = ("<!--", "-->") if html.startswith("<!--", start) else ("<", ">")
            end = _find(html, closing, start + len(opening), never)
            at = end + len(closing) if end >= 0 else start + len(opening)
    yield html[at:], "", ""


def _find(html: str, what: str, at: int, never: set[str]) -> int:
    if what in never:
        return -1
    found = html.find(what, at)
    if found < 0:
        never.add(what)
    return found


def _tag_end(html: str, at: int, never: set[str]) -> int:
    """Return the index after the tag's `>`; quotes count only after an equals sign, as in the HTML standard."""
    while True:
        step = _TO_QUOTE_OR_END.match(html, at)
        at = step.end() if step else at
        if at >= len(html):
            return len(html)
        if html[at] == ">":
            return at + 1
        if html[max(0, at - 8) : at].rstrip().endswith("="):
            closing = _find(html, html[at], at + 1, never)
            at = closing if closing >= 0 else at
        at += 1


def _skip(html: str, name: str, at: int, never: set[str]) -> int:
    """Return where the element `name`, whose content is not text, is closed; unclosed, its content is read."""
    for closing in (f"</{name}", f"</{name.upper()}"):
        end = _find(html, closing, at, never)
        if end >= 0:
            return end
    return at


@dataclass(slots=True)
class _Page:
    """The text so far: finished lines, the line being written, and where it stands."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0
    quotes_above: int = 0
    preformatted: int = 0
    lists: list[int] = field(default_factory=list)
    link: tuple[str, int] | None = None
    blank: bool = False

    def text(self, raw: str) -> None:
        if "&" in raw:
            raw = unescape(_LONG_NUMBER.sub("\ufffd", raw))
        raw = raw.translate(_INVISIBLE)
        if self.preformatted:
            first, *rest = raw.replace("\r\n", "\n").split("\n")
            self.line.append(first)
            for following in rest:
                self._end_line()
                self.line.append(following)
            return
        raw = _SPACE.sub(" ", raw)
        if not self.line or self.line[-1].endswith(" "):
            raw = raw.lstrip(" ")
        if raw:
            self.line.append(raw)

    def open(self, name: str, tag: str) -> None:
        kind = _KINDS.get(name)
        if kind == "br":
            self._end_line(keep_empty=True)
        elif kind == "spaced":
            self._space()
            self._open_spaced(name)
        elif kind == "block":
            self._block()
            self._open_block(name)
        elif kind == "cell":
            self.text(" ")
        elif kind == "link":
            self.link = (_attribute(tag, "href"), len(self.line))
        elif kind == "image":
            alt = _attribute(tag, "alt").strip()
            self.text(f"[{alt}]" if alt else "")

    def _open_spaced(self, name: str) -> None:
        if name == "blockquote":
            self.quotes = min(self.quotes + 1, _MAX_QUOTES)
        elif name == "pre":
            self.preformatted += 1
        elif name == "hr":
            self.line.append(RULE)
            self._end_line()

    def _open_block(self, name: str) -> None:
        if name in ("ul", "ol"):
            self.lists.append(0 if name == "ol" else -1)
        elif name == "li":
            if self.lists and self.lists[-1] >= 0:
                self.lists[-1] += 1
                self.line.append(f"{self.lists[-1]}. ")
            else:
                self.line.append("- ")

    def close(self, name: str) -> None:
        kind = _KINDS.get(name)
        if kind == "spaced":
            self._space()
            if name == "blockquote":
                self.quotes = max(0, self.quotes - 1)
            elif name == "pre":
                self.preformatted = max(0, self.preformatted - 1)
        elif kind == "block":
            self._block()
            if name in ("ul", "ol") and self.lists:
                self.lists.pop()
        elif kind == "link" and self.link:
            self._close_link(*self.link)
            self.link = None

    def _close_link(self, target: str, start: int) -> None:
        shown = "".join(self.line[start:])
        plain = target.strip()
        if plain.lower().startswith(("http://", "https://")) and len(plain) <= 1000:
            bare = re.sub(r"^https?://", "", plain, flags=re.I).rstrip("/")
            if bare not in shown:
                self.line.append(f" <{plain}>")

    def _block(self) -> None:
        if self.line:
            self._end_line()

    def _space(self) -> None:
        self._block()
        self.blank = bool(self.lines)

    def _end_line(self, *, keep_empty: bool = False) -> None:
        text = "".join(self.line)
        self.line = []
        if self.link:
            self.link = (self.link[0], 0)
        if not text.strip() and not self.preformatted:
            self.blank = self.blank or (keep_empty and bool(self.lines))
            return
        prefix = ">" * self.quotes + " " if self.quotes else ""
        if self.blank:
            self.lines.append(">" * min(self.quotes, self.quotes_above))
        self.blank, self.quotes_above = False, self.quotes
        self.lines.append(prefix + (text.rstrip() if self.preformatted else text.strip()))

    def finish(self) -> str:
        self._end_line()
        text = "\n".join(self.lines).strip("\n")
        return text + "\n" if text else ""


def _attribute(tag: str, name: str) -> str:
    for match in _ATTRIBUTE.finditer(tag[:10_000]):
        if match[1].lower() == name:
            return unescape(_LONG_NUMBER.sub("", match[2] or match[3] or match[4] or ""))
    return ""
