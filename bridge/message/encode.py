"""Write header fields and MIME parts as bytes: the same input gives the same bytes, and none starts a new header."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from urllib.parse import quote

from bridge.errors import BridgeError
from bridge.message.model import Address, Attachment

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\x00-\x1f]+@[A-Za-z0-9.-]+|\"[^\"\r\n\\]+\"@[A-Za-z0-9.-]+")
_MSG_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_LINE = 76
_MAX_IDS = 30


class ComposeError(BridgeError):
    """Something can't stand in a mail header; the text names the field, never its value."""

    code = "compose.refused"
    permanent = True


def clean(text: str) -> str:
    """Return `text` on one line: line ends and control characters become one space, lone surrogates vanish."""
    return _UNSAFE.sub(" ", text).encode("utf-8", "ignore").decode().strip()


def text_header(name: str, text: str) -> bytes:
    """Write an unstructured header, folded; text that is not plain ASCII as RFC 2047 words."""
    text = clean(text)
    plain = (
        text.isascii() and "=?" not in text and all(len(word) < _LINE - len(name) for word in text.split(" "))
    )
    words = text.split(" ") if plain else _encoded_words(text)
    return _folded(name, words)


def _encoded_words(text: str) -> list[str]:
    words, chunk = [], ""
    for character in text:
        if len((chunk + character).encode()) > 42:
            words.append(chunk)
            chunk = ""
        chunk += character
    return [f"=?utf-8?B?{base64.b64encode(word.encode()).decode()}?=" for word in [*words, chunk] if word]


def _folded(name: str, words: Iterable[str]) -> bytes:
    lines = [name + ":"]
    for word in words:
        if len(lines[-1]) + len(word) >= _LINE and lines[-1] != name + ":" and word:
            lines.append("")
        lines[-1] += " " + word
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def address_header(name: str, addresses: Sequence[Address]) -> bytes:
    """Write an address header, b"" for no address; raise ComposeError for an address that can't be one."""
    if not addresses:
        return b""
    words: list[str] = []
    for address in addresses:
        words += [*_display(address.name), f"<{ascii_email(address.email, name)}>,"]
    words[-1] = words[-1].removesuffix(",")
    return _folded(name, words)


def ascii_email(email: str, name: str) -> str:
    """Return the address with its host in IDNA form; `name` is the header named in a ComposeError."""
    local, at, host = email.rpartition("@")
    try:
        written = local + at + host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ComposeError(f"no valid host in {name}") from error
    if not written.isascii() or not _EMAIL.fullmatch(written):
        raise ComposeError(f"no valid address in {name}")
    return written


def _display(name: str) -> list[str]:
    name = clean(name)
    if not name:
        return []
    if not name.isascii() or "=?" in name:
        return _encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name.split()
    return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']


def ids_header(name: str, ids: Iterable[str]) -> bytes:
    """Write a header of message ids; malformed ones are left out, of many the first and the newest 29 stay."""
    kept = list(dict.fromkeys(i for i in ids if _MSG_ID.fullmatch(i)))
    if len(kept) > _MAX_IDS:
        kept = kept[:1] + kept[1 - _MAX_IDS :]
    return _folded(name, kept) if kept else b""


def date_header(date: dt.datetime) -> bytes:
    """Write Date; a naive time counts as UTC."""
    aware = date if date.tzinfo else date.replace(tzinfo=dt.UTC)
    return f"Date: {format_datetime(aware)}\r\n".encode("ascii")


def text_part(text: str) -> bytes:
    """Write a text/plain part with its headers: 7bit where it fits, else quoted-printable UTF-8."""
    lf = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    octets = lf.encode("utf-8", "replace")
    if octets.isascii() and all(len(line) <= 990 for line in octets.split(b"\n")):
        return (
            b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + _crlf(octets)
        )
    encoded = binascii.b2a_qp(octets, quotetabs=False, istext=True, header=False)
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + _crlf(encoded)


def _crlf(octets: bytes) -> bytes:
    return octets.replace(b"\n", b"\r\n")


def attachment_part(attachment: Attachment) -> bytes:
    """Write an attachment in base64, so that its octets arrive untouched.

    RFC 2046 section 5.2.1 forbids base64 for message/*: such content travels as application/octet-stream, which
    keeps it byte for byte where 8bit would let servers change line ends.
    """
    kind = attachment.content_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    charset = attachment.charset if re.fullmatch(r"[A-Za-z0-9_.:-]{1,40}", attachment.charset) else ""
    suffix = f"; charset={charset}" if charset and kind.startswith("text/") else ""
    disposition = "inline" if attachment.inline else "attachment"
    head = (
        f"Content-Type: {kind}{suffix}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {disposition}{_filename(attachment.filename)}\r\n\r\n"
    )
    return head.encode("ascii") + _crlf(base64.encodebytes(attachment.content))


def _filename(name: str) -> str:
    """Write the file name by RFC 2231, long ones in pieces of whole octets."""
    name = clean(name)
    if not name:
        return ""
    if re.fullmatch(r"[A-Za-z0-9 ._-]{1,60}", name):
        return f';\r\n filename="{name}"'
    octets = re.findall(r"%..|.", quote(name, safe="._-"))
    pieces = ["".join(octets[at : at + 18]) for at in range(0, len(octets), 18)]
    if len(pieces) == 1:
        return f";\r\n filename*=utf-8''{pieces[0]}"
    pieces[0] = "utf-8''" + pieces[0]
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))


def multipart(parts: Sequence[bytes], subtype: str = "mixed") -> bytes:
    """Join parts under a boundary that follows from their content, so that none of them can contain it by design."""
    digest = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    boundary = f"=_{digest[:40]}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    delimiter = b"--" + boundary.encode("ascii")
    return head + b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"
