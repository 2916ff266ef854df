"""What goes to OTRS and what comes back: frozen values that know nothing of the bridge's domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Channel = Literal["Internal", "Email", "Phone"]
SenderType = Literal["agent", "customer", "system"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the web service is and how to log in.

    `url` ends with the web service's name (…/nph-genericinterface.pl/Webservice/Bridge). Time-outs are seconds;
    `timeout_read` bounds each wait for bytes, four times it the whole answer. `ca_file` replaces the system's
    certificate authorities. `timezone` is OTRS's own (setting OTRSTimeZone): every date it tells is in it.
    `max_answer_bytes` bounds what one answer may take in memory.
    """

    url: str
    username: str
    password: str = field(repr=False)
    timeout_connect: float = 10.0
    timeout_read: float = 60.0
    ca_file: str | None = None
    timezone: str = "UTC"
    max_answer_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file to attach. OTRS refuses empty content and renames a file name that the article already has."""

    filename: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    disposition: Literal["attachment", "inline"] = "attachment"


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to add.

    With `send`, OTRS mails it to `to` and `cc` from the queue's address, adds the ticket number to the subject and
    the queue's signature to the body; the channel is then Email. Without it, creation with a ticket puts the
    queue's name in place of `to` and drops `cc`; only an update keeps them. OTRS takes no Message-ID, In-Reply-To or
    References through its interface.
    """

    subject: str = field(repr=False)
    body: str = field(repr=False)
    content_type: str = "text/plain; charset=utf-8"
    channel: Channel = "Internal"
    sender_type: SenderType = "agent"
    visible: bool = False
    from_: str = field(default="", repr=False)
    to: str = field(default="", repr=False)
    cc: str = field(default="", repr=False)
    send: bool = False
    attachments: tuple[NewAttachment, ...] = ()
    notify_agents: bool = True


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to make, with its first article.

    `owner_id` 1 is OTRS's own root user; with None the calling agent becomes the owner, who may read the ticket
    without any right on its queue. `lock` None means unlocked (OTRS itself would lock a ticket made for an owner).
    `pending_until` must be aware; it counts only with a pending state.
    """

    title: str = field(repr=False)
    queue: str
    customer_user: str = field(repr=False)
    article: NewArticle
    state: str = "new"
    priority: str = "3 normal"
    type: str | None = None
    lock: Literal["lock", "unlock"] | None = None
    owner_id: int | None = 1
    pending_until: dt.datetime | None = None
    fields: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)


@dataclass(frozen=True, slots=True)
class CreatedTicket:
    """The answer to TicketCreate."""

    ticket_id: int
    number: str
    article_id: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as OTRS keeps it; `filename` may have been renamed or cleaned by OTRS."""

    filename: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    disposition: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as OTRS keeps it; `body` has been through OTRS's cleaning (see bridge.otrs.normal).

    `article_id` 0 is what stays of an article that OTRS failed to write (an answer of HTTP 500): nothing else is known.
    """

    article_id: int
    subject: str = field(repr=False)
    body: str = field(repr=False)
    from_: str = field(repr=False)
    to: str = field(repr=False)
    cc: str = field(repr=False)
    reply_to: str = field(repr=False)
    content_type: str
    charset: str
    channel: str
    sender_type: str
    visible: bool
    message_id: str = field(repr=False)
    in_reply_to: str = field(repr=False)
    references: str = field(repr=False)
    created: dt.datetime
    create_by: int
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as one TicketGet tells it; dates are aware, UTC. `fields` holds dynamic fields that have a value.

    The owner reads a ticket without any right on its queue; so do, where OTRS has Ticket::Responsible or
    Ticket::Watcher switched on, the responsible agent and watchers.
    """

    ticket_id: int
    number: str
    title: str = field(repr=False)
    queue: str
    queue_id: int
    state: str
    state_type: str
    priority: str
    type: str
    lock: str
    owner: str
    owner_id: int
    responsible_id: int
    customer_user: str = field(repr=False)
    customer_id: str = field(repr=False)
    created: dt.datetime
    changed: dt.datetime
    create_by: int
    change_by: int
    fields: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Remains:
    """What the add-on tells of a ticket. `left` counts rows that still name it, by table; `looked` is how many places.

    `state`: "gone" from the table of tickets, "hidden" (there, but not for this agent), "readable", or "there".
    """

    state: Literal["gone", "hidden", "readable", "there"]
    left: Mapping[str, int]
    looked: int


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a ticket's history. `name` may hold personal content (titles, addresses): never store it."""

    history_type: str
    name: str = field(repr=False)
    created: dt.datetime
    create_by: int
    article_id: int | None
    queue_id: int | None
    owner_id: int | None
