"""Make a request of an OTRS ticket: its original is a deterministic RFC 5322 rendering of what the ticket holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import MappingProxyType
from typing import Protocol

from bridge.message.addresses import parse_addresses
from bridge.message.charsets import decode
from bridge.message.encode import (
    attachment_part,
    clean,
    date_header,
    ids_header,
    multipart,
    text_header,
    text_part,
)
from bridge.message.model import Address, Attachment, Message, Place, Request

_HTML_BODY = "file-2"  # the name under which OTRS lists the HTML body of an article among its attachments


class AttachmentLike(Protocol):
    """An attachment of an article; `content` is decoded."""

    @property
    def filename(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


class ArticleLike(Protocol):
    """An article of a ticket as the GenericInterface tells it; `from_`, `to`, `cc` and the ids are header texts."""

    @property
    def article_id(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def from_(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def cc(self) -> str: ...
    @property
    def created(self) -> dt.datetime: ...
    @property
    def message_id(self) -> str: ...
    @property
    def in_reply_to(self) -> str: ...
    @property
    def references(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def sender_type(self) -> str: ...
    @property
    def visible(self) -> bool: ...
    @property
    def attachments(self) -> Sequence[AttachmentLike]: ...


class TicketLike(Protocol):
    """A ticket with its articles in the order of their creation; dates are aware."""

    @property
    def ticket_id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def created(self) -> dt.datetime: ...
    @property
    def customer_user(self) -> str: ...
    @property
    def articles(self) -> Sequence[ArticleLike]: ...


def from_ticket(ticket: TicketLike, *, account: str = "otrs") -> Request:
    """Return the request that `ticket` is; the same ticket gives the same bytes.

    The message's text is the bodies of all articles in order. State, owner, queue and dynamic fields are left out
    of the original, because the bridge's own steps change them. Raises nothing.
    """
    place = Place("otrs", account, ticket.queue, 0, str(ticket.ticket_id))
    return Request(place, _message(ticket), _render(ticket), ticket.created.astimezone(dt.UTC))


def _message(ticket: TicketLike) -> Message:
    first = _opening(ticket)
    sender = _sender(ticket, first)
    bodies = [article.body.replace("\r\n", "\n") for article in ticket.articles if article.body.strip()]
    pages = [_page(a) for article in ticket.articles for a in article.attachments if _is_page(a)]
    return Message(
        subject=clean(ticket.title),
        text="\n\n".join(body.strip("\n") for body in bodies) + "\n" if bodies else "",
        html="\n".join(pages),
        attachments=tuple(
            _copy(a) for article in ticket.articles for a in article.attachments if not _is_page(a)
        ),
        sender=sender,
        to=parse_addresses(_octets(first.to)) if first else (),
        cc=parse_addresses(_octets(first.cc)) if first else (),
        date=ticket.created,
        message_id=first.message_id.strip() if first else "",
        in_reply_to=tuple(first.in_reply_to.split()) if first else (),
        references=tuple(first.references.split()) if first else (),
        headers=MappingProxyType({}),
        defects=() if sender else ("no-from",),
    )


def _opening(ticket: TicketLike) -> ArticleLike | None:
    """Return the first article by a customer, else the first."""
    customers = [article for article in ticket.articles if article.sender_type == "customer"]
    return next(iter([*customers, *ticket.articles]), None)


def _sender(ticket: TicketLike, first: ArticleLike | None) -> Address | None:
    from_ = parse_addresses(_octets(first.from_)) if first else ()
    return next(
        iter([*(a for a in from_ if a.email), *parse_addresses(_octets(ticket.customer_user)), *from_]), None
    )


def _octets(text: str) -> bytes:
    return clean(text).encode()


def _is_page(attachment: AttachmentLike) -> bool:
    return attachment.filename == _HTML_BODY and attachment.content_type.lower().startswith("text/html")


def _page(attachment: AttachmentLike) -> str:
    charset = attachment.content_type.lower().partition("charset=")[2].strip("\"' ;")
    return decode(attachment.content, charset)[0].replace("\r\n", "\n").replace("\0", "")


def _copy(attachment: AttachmentLike) -> Attachment:
    kind, _, rest = attachment.content_type.partition(";")
    charset = rest.lower().partition("charset=")[2].strip("\"' ;")
    return Attachment(attachment.filename, kind.strip().lower(), attachment.content, charset)


def _render(ticket: TicketLike) -> bytes:
    head = [
        text_header("From", ticket.customer_user),
        text_header("Subject", ticket.title),
        date_header(ticket.created),
        text_header("X-Ticket-Number", ticket.number),
        text_header("X-Ticket-Id", str(ticket.ticket_id)),
        b"MIME-Version: 1.0\r\n",
    ]
    parts = [
        b"Content-Type: message/rfc822\r\n\r\n" + _render_article(article) for article in ticket.articles
    ]
    return b"".join(head) + (multipart(parts) if parts else text_part("") + b"\r\n")


def _render_article(article: ArticleLike) -> bytes:
    head = [
        text_header("From", article.from_),
        text_header("To", article.to),
        text_header("Cc", article.cc) if article.cc else b"",
        text_header("Subject", article.subject),
        date_header(article.created),
        ids_header("Message-ID", [article.message_id.strip()]),
        ids_header("In-Reply-To", article.in_reply_to.split()),
        ids_header("References", article.references.split()),
        text_header("X-Article-Id", str(article.article_id)),
        text_header("X-Article-Channel", article.channel),
        text_header("X-Article-Sender-Type", article.sender_type),
        text_header("X-Article-Visible-For-Customer", "yes" if article.visible else "no"),
        b"MIME-Version: 1.0\r\n",
    ]
    parts = [text_part(article.body), *(attachment_part(_copy(a)) for a in article.attachments)]
    return b"".join(head) + (multipart(parts) if len(parts) > 1 else parts[0])
