"""What the sandbox's OTRS holds, in memory only: agents, queues, tickets, articles, history."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ROOT = 1  # OTRS's own root user
STATES = {
    "new": (1, "new"),
    "closed successful": (2, "closed"),
    "closed unsuccessful": (3, "closed"),
    "open": (4, "open"),
    "removed": (5, "removed"),
    "pending reminder": (6, "pending reminder"),
    "pending auto close+": (7, "pending auto"),
    "pending auto close-": (8, "pending auto"),
    "merged": (9, "merged"),
}
PRIORITIES = {"1 very low": 1, "2 low": 2, "3 normal": 3, "4 high": 4, "5 very high": 5}
LOCKS = {"unlock": 1, "lock": 2}
CHANNELS = {"Email": 1, "Phone": 2, "Internal": 3}
# Fields that take none but these values; all others are plain text.
DROPDOWNS = {
    "BridgeCategory": (
        "data-protection",
        "membership",
        "joining-leaving",
        "login",
        "technical",
        "new-instance",
        "other",
        "automated",
        "spam",
    ),
    "BridgeAction": (
        "forward",
        "to-admins",
        "hold",
        "release",
        "erase-now",
        "extend-complexity",
        "extend-number",
    ),
}
SENDER_TYPES = {"agent": 1, "system": 2, "customer": 3}


@dataclass(slots=True)
class Agent:
    """An agent; `rights` maps a queue's name to words: ro, move_into, create, note, owner, priority, or rw for all."""

    agent_id: int
    login: str
    password: str = field(repr=False)
    rights: dict[str, str] = field(default_factory=dict)

    def may(self, queue: str, right: str) -> bool:
        """Tell whether the agent's groups give `right` on the queue; move and close come with rw alone."""
        held = self.rights.get(queue, "").split()
        return "rw" in held or right in held


@dataclass(slots=True)
class StoredAttachment:
    """A file of an article."""

    file_id: int
    filename: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    disposition: str = ""
    content_id: str = ""


@dataclass(slots=True)
class StoredArticle:
    """An article as it lies in the database."""

    article_id: int
    subject: str = field(repr=False)
    body: str = field(repr=False)
    from_: str = field(default="", repr=False)
    to: str = field(default="", repr=False)
    cc: str = field(default="", repr=False)
    content_type: str = "text/plain; charset=utf-8"
    channel: str = "Internal"
    sender_type: str = "agent"
    visible: bool = False
    message_id: str = field(default="", repr=False)
    in_reply_to: str = field(default="", repr=False)
    references: str = field(default="", repr=False)
    created: dt.datetime = _EPOCH
    create_by: int = ROOT
    attachments: list[StoredAttachment] = field(default_factory=list)
    broken: bool = False


@dataclass(slots=True)
class StoredTicket:
    """A ticket as it lies in the database."""

    ticket_id: int
    number: str
    title: str = field(repr=False)
    queue: str
    customer_user: str = field(repr=False)
    state: str = "new"
    priority: str = "3 normal"
    lock: str = "unlock"
    owner_id: int = ROOT
    responsible_id: int = ROOT
    create_by: int = ROOT
    change_by: int = ROOT
    created: dt.datetime = _EPOCH
    changed: dt.datetime = _EPOCH
    pending_until: dt.datetime | None = None
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    articles: list[StoredArticle] = field(default_factory=list)
    history: list[HistoryLine] = field(default_factory=list)


@dataclass(slots=True)
class HistoryLine:
    """One line of a ticket's history, with the ticket's attributes at that time."""

    history_type: str
    name: str = field(repr=False)
    created: dt.datetime
    create_by: int
    article_id: int
    queue: str
    owner_id: int
    state: str


class State:
    """The whole of it, behind one lock; ids only ever grow."""

    def __init__(self, queues: Iterable[str], fields: Iterable[str]) -> None:
        self.lock = threading.RLock()
        self.queues = {name: number for number, name in enumerate(queues, start=5)}
        self.fields = list(fields)
        self.agents: dict[str, Agent] = {}
        self.tickets: dict[int, StoredTicket] = {}
        self.sessions: dict[str, str] = {}
        self._last = {"ticket": 0, "article": 0, "file": 0, "agent": ROOT}
        self.add_agent("root@localhost", "")

    def next_id(self, kind: str) -> int:
        """Return the next id of a kind: ticket, article, file or agent."""
        self._last[kind] += 1
        return self._last[kind]

    def add_agent(self, login: str, password: str) -> Agent:
        """Add an agent without any right; the first one is the root user."""
        number = self.next_id("agent") if self.agents else ROOT
        agent = self.agents[login] = Agent(number, login, password)
        return agent

    def counters(self) -> dict[str, int]:
        """Return the last id of each kind."""
        return dict(self._last)

    def set_counters(self, counters: dict[str, int]) -> None:
        """Set the last ids back or forth, as restoring a backup does."""
        self._last = dict(counters)

    def agent_login(self, agent_id: int) -> str:
        """Return an agent's login name, "" for an unknown id."""
        return next((one.login for one in self.agents.values() if one.agent_id == agent_id), "")

    def may(self, agent: Agent, ticket: StoredTicket, right: str) -> bool:
        """Tell whether OTRS would let the agent: root and owner always, else by the queue's rights."""
        if agent.agent_id in (ROOT, ticket.owner_id):
            return True
        return agent.may(ticket.queue, right)

    def new_number(self, ticket_id: int, now: dt.datetime) -> str:
        """Return a ticket number of the DateChecksum kind: date, system id, counter, check digit."""
        digits = f"{now:%Y%m%d}10{ticket_id:05d}"
        return digits + str(-sum(int(d) * w for d, w in zip(digits, (1, 2) * 8, strict=False)) % 10)


def now() -> dt.datetime:
    """Return the present, as precise as OTRS's tables."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
