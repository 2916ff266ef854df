"""Read a mail: bytes in, Message out, whatever the bytes are.

The defect codes, and what they mean for a reader:

not the whole mail    too-many-parts, too-deep, truncated, unparsable, encrypted, tnef (content locked in winmail.dat)
structure guessed     no-boundary, bad-boundary, bad-content-type, bad-header, no-headers, empty
content guessed       bad-base64, bad-encoding (unknown transfer encoding), unknown-charset, refused-charset (UTF-7 and
                      the like, read as text), wrong-charset (the label did not fit the bytes), nul (NULs removed)
envelope              no-from (no address in From; Sender may stand in), two-from (the first counts), no-message-id,
                      no-date, bad-date, raw-header (8-bit characters without encoding), x-otrs-header (orders to OTRS,
                      left out of `headers`)
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from bridge.message.addresses import parse_addresses
from bridge.message.body import collect
from bridge.message.mime import Cutter, Defects, Part, begin
from bridge.message.model import Address, Message
from bridge.message.words import decode_words

_MSG_ID = re.compile(r"<[^<>]{1,2000}>")
_MAX_IDS = 300
# Obeyed by OTRS's PostMaster for trusted accounts, so they stop here. X-OTRS-Loop only says "do not answer", and
# X-OTRS-Bridge-Form is the bridge's own: it marks what came by the request form.
_OTRS_ORDERS = "x-otrs-"
_HARMLESS = ("x-otrs-loop", "x-otrs-bridge-form")


def parse(raw: bytes, *, max_parts: int = 200, max_depth: int = 30) -> Message:
    """Parse `raw` into a Message, never raising; what is wrong with it stands in `defects`.

    At most `max_parts` parts are read and `max_depth` nested multiparts entered; beyond, the codes `too-many-parts`
    and `too-deep` tell that the Message is not the whole mail (a subtree too deep stays as one attachment).
    `X-OTRS-*` headers, X-OTRS-Loop and the form's own excepted, are left out of `headers`.
    """
    try:
        return parse_strictly(raw, max_parts=max_parts, max_depth=max_depth)
    except Exception:  # noqa: BLE001 -- one bad mail must not block the box; tests look for the code
        return Message(defects=("unparsable",))


def parse_strictly(raw: bytes, *, max_parts: int = 200, max_depth: int = 30) -> Message:
    """Do what `parse` does, without its net: an error of the parser itself is raised."""
    defects = Defects()
    raw, start = begin(raw)
    root = Cutter(max_parts, max_depth, defects).cut(raw, start, len(raw))
    headers = _headers(root, defects)
    _check(root, headers, raw, defects)
    body = collect(root, defects)
    return Message(
        subject=headers.get("subject", ("",))[0],
        text=body.text,
        html=body.html,
        attachments=tuple(body.attachments),
        sender=_sender(root, defects),
        reply_to=_addresses(root, "reply-to"),
        to=_addresses(root, "to"),
        cc=_addresses(root, "cc"),
        date=_date(headers, defects),
        message_id=(_ids(headers, "message-id", bare=True) or ("",))[0],
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        headers=MappingProxyType(headers),
        defects=defects.codes(),
    )


def _headers(root: Part, defects: Defects) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in root.fields:
        if name.startswith(_OTRS_ORDERS) and name not in _HARMLESS:
            defects.add("x-otrs-header")
            continue
        found.setdefault(name, []).append(decode_words(value))
    return {name: tuple(values) for name, values in found.items()}


def _check(root: Part, headers: dict[str, tuple[str, ...]], raw: bytes, defects: Defects) -> None:
    if not raw.strip():
        defects.add("empty")
    if not headers:
        defects.add("no-headers")
    if "message-id" not in headers:
        defects.add("no-message-id")
    if len(headers.get("from", ())) > 1:
        defects.add("two-from")
    if any(not value.isascii() for _, value in root.fields):
        defects.add("raw-header")
    if any(b"\0" in value for _, value in root.fields):
        defects.add("nul")


def _sender(root: Part, defects: Defects) -> Address | None:
    mailboxes = _addresses(root, "from")
    if not any(a.email for a in mailboxes):
        defects.add("no-from")
        mailboxes = _addresses(root, "sender")[:1] or mailboxes
    return mailboxes[0] if mailboxes else None


def _addresses(root: Part, name: str) -> tuple[Address, ...]:
    values = [value for key, value in root.fields if key == name]
    return tuple(address for value in values[:10] for address in parse_addresses(value))


def _date(headers: dict[str, tuple[str, ...]], defects: Defects) -> dt.datetime | None:
    """Read the first Date; a time without zone counts as UTC (RFC 5322 section 3.3, "-0000")."""
    value = headers.get("date", ("",))[0][:200]
    if not value:
        defects.add("no-date")
        return None
    try:
        date = parsedate_to_datetime(value)
        aware = date if date.tzinfo else date.replace(tzinfo=dt.UTC)
        aware.astimezone(dt.UTC)  # a year at the edge overflows here and not at the reader's
    except (ValueError, TypeError, IndexError, OverflowError):
        defects.add("bad-date")
        return None
    return aware


def _ids(headers: dict[str, tuple[str, ...]], name: str, *, bare: bool = False) -> tuple[str, ...]:
    """Return the message ids of the header `name` with angle brackets, the newest 300, without inner white space."""
    text = " ".join(headers.get(name, ()))
    ids = ["".join(match.split()) for match in _MSG_ID.findall(text)]
    if not ids and bare and text.strip():
        ids = [f"<{text.split()[0].strip('<>')}>"]
    return tuple(ids[-_MAX_IDS:])
