"""Cut raw bytes into MIME parts (RFC 5322, 2046) by offsets: linear, without copies, with hard limits.

The standard library's parser decodes every line into an object of its own (30 MB of short lines: 7 s and 1.4 GB,
measured) and recurses without a limit, so the cutting is done here on the bytes; what it accepts follows the
compat32 policy, which reads everything.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.message.params import parse_params
from bridge.message.words import base64_octets

MAX_HEADER_BLOCK = 1 << 20
MAX_HEADER_VALUE = 1 << 16
MAX_HEADERS = 1000
_MAX_DELIMITERS = 100_000
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_GUESS = re.compile(rb"(?<![^\n])--([!-~][ -~]{0,69}?)[ \t]*\r?\n(?:Content-|\r?\n)", re.IGNORECASE)
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r*\n|\Z)")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_LEAF_ENCODINGS = {"", "7bit", "8bit", "binary", "base64", "quoted-printable"}
_UU_ENCODINGS = {"x-uuencode", "uuencode", "x-uue", "uue"}


@dataclass(slots=True)
class Part:
    """One part: `fields` in order with raw unfolded values; `children` of a multipart, else `octets[start:end]`."""

    octets: bytes = field(repr=False)
    start: int
    end: int
    fields: list[tuple[str, bytes]] = field(repr=False)
    content_type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict, repr=False)
    disposition: str = ""
    disposition_params: dict[str, str] = field(default_factory=dict, repr=False)
    encoding: str = ""
    children: list[Part] = field(default_factory=list, repr=False)

    def first(self, name: str) -> bytes:
        """Return the first value of the header `name` (lower case), b"" where there is none."""
        return next((value for key, value in self.fields if key == name), b"")

    def content(self, defects: Defects) -> bytes:
        """Return the decoded octets of a leaf; what can't be decoded is kept as far as it goes."""
        raw = self.octets[self.start : self.end]
        if self.encoding == "base64":
            octets, sound = base64_octets(raw)
            if not sound:
                defects.add("bad-base64")
            return octets
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(raw)
        if self.encoding in _UU_ENCODINGS:
            return uudecode(raw)
        if self.encoding not in _LEAF_ENCODINGS:
            defects.add("bad-encoding")
        return raw


class Defects:
    """Collects defect codes, each once, in the order of their finding."""

    def __init__(self) -> None:
        self._codes: dict[str, None] = {}

    def add(self, *codes: str) -> None:
        self._codes.update(dict.fromkeys(codes))

    def codes(self) -> tuple[str, ...]:
        return tuple(self._codes)


def uudecode(raw: bytes) -> bytes:
    """Decode a uuencoded body line by line; lines that are none are skipped."""
    out = []
    for line in raw.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)


def begin(raw: bytes) -> tuple[bytes, int]:
    """Return the bytes with line ends that can be split at LF, and where the header of the message starts."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    blank = re.match(rb"[\r\n]+(?=[!-9;-~]+:)", raw)
    return raw, blank.end() if blank else 0


def header_block(raw: bytes, start: int, end: int) -> tuple[list[tuple[bytes, bytes]], int, bool]:
    """Read header fields from `start`; return them (raw names and unfolded values), where the body starts, soundness.

    A line that is no field ends the block, unless a field follows right after it (`>From ` lines and the like).
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    sound = True
    at = start
    limit = min(end, start + MAX_HEADER_BLOCK)
    while at < end:
        stop = raw.find(b"\n", at, end)
        after = end if stop < 0 else stop + 1
        line = raw[at : min(after, at + 2 * MAX_HEADER_VALUE)].rstrip(b"\r\n")
        match = _FIELD.match(line)
        if not line:
            at = after
            break
        if at > limit or len(fields) > MAX_HEADERS:
            sound = False
        elif line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif match:
            fields.append((match[1], [line[match.end() :]]))
        elif line.startswith(b"From ") and at == start:
            pass
        elif _FIELD.match(raw, after, end) and fields:
            sound = False
        else:
            return _unfolded(fields), at, False
        at = after
    values = _unfolded(fields)
    return values, at, sound and not any(len(value) == MAX_HEADER_VALUE for _, value in values)


def _unfolded(fields: list[tuple[bytes, list[bytes]]]) -> list[tuple[bytes, bytes]]:
    return [(name, b"".join(lines).strip()[:MAX_HEADER_VALUE]) for name, lines in fields]


@dataclass(slots=True)
class Cutter:
    """Cuts one message; the limits hold for the whole of it."""

    max_parts: int
    max_depth: int
    defects: Defects
    parts: int = 0
    delimiters: int = 0

    def cut(self, octets: bytes, start: int, end: int, depth: int = 0, default: str = "text/plain") -> Part:
        """Read the part in `octets[start:end]` with its children."""
        fields, body, sound = header_block(octets, start, end)
        if not sound:
            self.defects.add("bad-header")
        part = Part(octets, body, end, [(name.decode("ascii").lower(), value) for name, value in fields])
        self._describe(part, default)
        self.parts += 1
        if part.content_type.startswith("multipart/"):
            if depth >= self.max_depth:
                self.defects.add("too-deep")
            else:
                self._descend(part, depth)
        return part

    def _describe(self, part: Part, default: str) -> None:
        kind, part.params = parse_params(part.first("content-type"))
        part.content_type = kind if _TYPE.fullmatch(kind) else default
        if kind and kind != part.content_type:
            self.defects.add("bad-content-type")
        part.disposition, part.disposition_params = parse_params(part.first("content-disposition"))
        words = part.first("content-transfer-encoding").decode("ascii", "replace").lower().split()
        part.encoding = words[0].strip("\"';") if words else ""

    def _descend(self, part: Part, depth: int) -> None:
        if part.encoding in ("base64", "quoted-printable"):  # forbidden by RFC 2045 section 6.4, and met
            part.octets = part.content(self.defects)
            part.start, part.end, part.encoding = 0, len(part.octets), ""
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for start, end in self._spans(part):
            if self.parts >= self.max_parts:
                self.defects.add("too-many-parts")
                return
            part.children.append(self.cut(part.octets, start, end, depth + 1, default))
        if not part.children:
            part.content_type = "text/plain"

    def _spans(self, part: Part) -> Iterator[tuple[int, int]]:
        """Yield the bodies between the delimiter lines; a boundary that is missing or wrong is guessed."""
        boundary = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
        if not boundary:
            self.defects.add("no-boundary")
        opened = self._next(part, boundary, part.start) if boundary else None
        if opened is None:
            if boundary:
                self.defects.add("bad-boundary")
            guess = _GUESS.search(part.octets, part.start, min(part.end, part.start + MAX_HEADER_BLOCK))
            if guess is None:
                return
            boundary = guess[1]
            opened = self._next(part, boundary, part.start)
        if opened is not None and opened[2]:
            part.end = part.start  # closed before it began
        while opened is not None and not opened[2]:
            following = self._next(part, boundary, opened[1])
            if following is None:
                self.defects.add("truncated")
                yield opened[1], part.end
                return
            end = following[0]
            end -= 2 if part.octets[opened[1] : end].endswith(b"\r\n") else 1
            yield opened[1], max(opened[1], end)
            opened = following

    def _next(self, part: Part, boundary: bytes, at: int) -> tuple[int, int, bool] | None:
        """Find the next delimiter line from `at`: its start, the end of its line, and whether it closes."""
        needle = b"--" + boundary
        while self.delimiters < _MAX_DELIMITERS:
            found = self._line_start(part, needle, at)
            if found < 0:
                return None
            self.delimiters += 1
            tail = _DELIMITER_END.match(part.octets, found + len(needle), part.end)
            if tail:
                return found, tail.end(), tail[1] is not None
            at = found + len(needle)
        self.defects.add("too-many-parts")
        return None

    @staticmethod
    def _line_start(part: Part, needle: bytes, at: int) -> int:
        if part.octets.startswith(needle, at, part.end) and (at == 0 or part.octets[at - 1] == 0x0A):
            return at
        found = part.octets.find(b"\n" + needle, at, part.end)
        return found + 1 if found >= 0 else -1
