"""Compose mails that the bridge sends: answers, notices to the operator, checkpoints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from bridge.message.encode import (
    ComposeError,
    address_header,
    attachment_part,
    date_header,
    ids_header,
    multipart,
    text_header,
    text_part,
)
from bridge.message.model import Address, Attachment, Message

__all__ = ["AutoSubmitted", "ComposeError", "Draft", "compose", "reply_references", "reply_subject"]

AutoSubmitted = Literal["auto-replied", "auto-generated", "no"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be composed. `message_id` is given by the caller, with angle brackets, the same at every attempt.

    `auto_submitted` is by RFC 3834: auto-replied for an answer, auto-generated for a notice, no for what a person
    wrote. `in_reply_to` and `references` keep their angle brackets; malformed ones are left out.
    """

    sender: Address = field(repr=False)
    to: tuple[Address, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str = field(repr=False)
    date: dt.datetime
    auto_submitted: AutoSubmitted = "auto-replied"
    cc: tuple[Address, ...] = field(default=(), repr=False)
    reply_to: tuple[Address, ...] = field(default=(), repr=False)
    in_reply_to: str = field(default="", repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)


def compose(draft: Draft) -> bytes:
    """Return the mail as bytes with CRLF line ends, 7-bit clean; the same draft gives the same bytes.

    Raises ComposeError when sender, recipients or Message-ID can't stand in a header. Headers are written from the
    draft alone: nothing of an incoming mail travels, X-OTRS-* neither. X-Auto-Response-Suppress keeps Exchange
    from answering what is automatic.
    """
    if not draft.to:
        raise ComposeError("no recipient")
    message_id = ids_header("Message-ID", [draft.message_id])
    if not message_id:
        raise ComposeError("no valid Message-ID")
    head = [
        address_header("From", [draft.sender]),
        address_header("To", draft.to),
        address_header("Cc", draft.cc),
        address_header("Reply-To", draft.reply_to),
        text_header("Subject", draft.subject),
        date_header(draft.date),
        message_id,
        ids_header("In-Reply-To", [draft.in_reply_to]),
        ids_header("References", draft.references),
    ]
    if draft.auto_submitted != "no":
        head.append(
            f"Auto-Submitted: {draft.auto_submitted}\r\nX-Auto-Response-Suppress: All\r\n".encode("ascii")
        )
    return b"".join(head) + b"MIME-Version: 1.0\r\n" + _body(draft)


def _body(draft: Draft) -> bytes:
    text = text_part(draft.text)
    if not draft.attachments:
        return text if text.endswith(b"\r\n") else text + b"\r\n"
    return multipart([text, *(attachment_part(attachment) for attachment in draft.attachments)])


def reply_references(message: Message) -> tuple[str, ...]:
    """Return the References of an answer to `message` (RFC 5322 section 3.6.4)."""
    earlier = message.references or message.in_reply_to[:1]
    return (*earlier, message.message_id) if message.message_id else earlier


def reply_subject(subject: str) -> str:
    """Return `subject` with one "Re: " before it, none added where one stands already."""
    stripped = subject.strip()
    return stripped if stripped[:3].lower() in ("re:", "aw:") else f"Re: {stripped}".rstrip()
