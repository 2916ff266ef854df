"""What flows through the bridge: requests and their parts. All of it is frozen and lives in memory only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322: display name (decoded, may be empty) and address (may be empty, lower-cased host)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that is not the readable text. `filename` is decoded and may be empty; `content` is decoded bytes."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    charset: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A mail or ticket, decoded, whatever shape it came in.

    `text` is the decoded text/plain body: LF line ends, format=flowed joined, "" where there is none.
    `html` is the decoded text/html body, "" where there is none. Several text parts are joined by a blank line.
    `headers` maps lower-case names to all decoded values in order. `message_id`, `in_reply_to` and `references`
    keep their angle brackets. `defects` are codes of what was wrong ("no-from", "bad-charset", …), never content.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: dt.datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an original lies; a place is not an identity (a move or a new UIDVALIDITY changes it).

    `kind` is imap, maildir or otrs. For IMAP `uid` is the decimal UID; for Maildir the unique part of the file
    name; for OTRS the decimal ticket id, with the queue as `folder` and 0 as `uidvalidity`.
    """

    kind: str
    account: str
    folder: str
    uidvalidity: int
    uid: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came from a source: where it lies, its untouched bytes, what was read from them.

    `original` is byte for byte what the source holds (for a ticket: a deterministic RFC 5322 rendering of it).
    `received` is the server's receipt (INTERNALDATE, or creation in OTRS), aware, UTC.
    """

    place: Place
    message: Message
    original: bytes = field(repr=False)
    received: dt.datetime
