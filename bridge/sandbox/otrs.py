"""The embedded OTRS that `demo` and tests start: a server, and hands to do what agents do."""

from __future__ import annotations

import copy
import datetime as dt
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bridge.otrs import Endpoint
from bridge.sandbox.desk import Desk, ErasingJob
from bridge.sandbox.faults import Faults
from bridge.sandbox.pages import Pages
from bridge.sandbox.server import SERVICE, Server
from bridge.sandbox.smtp import SandboxSmtp
from bridge.sandbox.state import ROOT, Agent, State, StoredArticle, StoredTicket

QUEUES = (
    "LQFB-Support",
    "LQFB-Administration",
    "Mitgliederverwaltung",
    "LQFB-Sonstiges",
    "Bridge-Erase",
)
FIELDS = ("BridgeRef", "BridgeState", "BridgeCategory", "BridgeAction", "BridgeReason", "BridgeErase")
BRIDGE = "bridge"


@dataclass(frozen=True, slots=True)
class Backup:
    """All tickets and the last ids at one moment."""

    tickets: dict[int, StoredTicket] = field(repr=False)
    counters: dict[str, int]


class SandboxOtrs:
    """An OTRS in memory on a loopback port; a context manager.

    It starts with the queues, the fields and the erasing job of the design, the agents `bridge` (rw on every queue) and
    `agent` (rw on every queue but the erasing one), and the control ticket, owned by root. Whatever `agent` does
    here, it does without asking for rights: it stands for anyone who may.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        queues: Iterable[str] = QUEUES,
        erasing_queue: str = "Bridge-Erase",
        fields: Iterable[str] = FIELDS,
        erase_field: str = "BridgeErase",
        control_title: str = "Kontrollticket",
        smtp: SandboxSmtp | None = None,
    ) -> None:
        self.faults = Faults()
        self.job = ErasingJob(erasing_queue, erase_field)
        self._state = State(queues, fields)
        self._desk = Desk(self._state, self.job, self.faults)
        if smtp is not None:
            self._desk.deliver = lambda sent: smtp.take_message(sent.message)
        names = list(self._state.queues)
        self.add_agent(BRIDGE, "bridge-secret", dict.fromkeys(names, "rw"))
        self.add_agent("agent", "agent-secret", {name: "rw" for name in names if name != erasing_queue})
        control = self.create_ticket(
            control_title, erasing_queue, "This ticket must stay.", agent="root@localhost"
        )
        self.control_ticket_id = control
        self._server = Server(port, self._desk, self.faults, Pages(self._state, smtp).page)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-otrs", daemon=True
        )

    # --- running -------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Let held calls go and stop serving."""
        self.faults.clear()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def page_url(self) -> str:
        """Where a person can look at it."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def url(self) -> str:
        """The web service's address."""
        return f"http://127.0.0.1:{self.port}{SERVICE}"

    def endpoint(self, login: str = BRIDGE, *, timeout_read: float = 10.0) -> Endpoint:
        """Return how an agent reaches it."""
        agent = self._state.agents[login]
        return Endpoint(self.url, login, agent.password, timeout_connect=5.0, timeout_read=timeout_read)

    def calls(self) -> dict[str, int]:
        """Count the requests so far, by operation."""
        return dict(self._server.calls)

    # --- agents --------------------------------------------------------------------------------------------------

    def add_agent(self, login: str, password: str, rights: Mapping[str, str]) -> int:
        """Add an agent with rights by queue (words: ro, move_into, create, note, owner, priority, rw)."""
        with self._state.lock:
            agent = self._state.add_agent(login, password)
            agent.rights.update(rights)
            return agent.agent_id

    def agent_id(self, login: str) -> int:
        """Return an agent's id."""
        return self._agent(login).agent_id

    def set_right(self, login: str, queue: str, right: str) -> None:
        """Give rights on a queue (words as for `add_agent`), or take every right with ""."""
        with self._state.lock:
            self._state.agents[login].rights[queue] = right

    def set_password(self, login: str, password: str) -> None:
        """Change a password; sessions stay good, as in OTRS."""
        with self._state.lock:
            self._state.agents[login].password = password

    def expire_sessions(self) -> None:
        """Forget every session, as OTRS does after a time or a clean-up."""
        with self._state.lock:
            self._state.sessions.clear()

    # --- looking -------------------------------------------------------------------------------------------------

    def tickets(self) -> list[StoredTicket]:
        """Return copies of all tickets, the control ticket too, oldest first."""
        with self._state.lock:
            return copy.deepcopy(list(self._state.tickets.values()))

    def ticket(self, ticket_id: int) -> StoredTicket | None:
        """Return a copy of a ticket, None when it is truly gone."""
        with self._state.lock:
            return copy.deepcopy(self._state.tickets.get(ticket_id))

    def in_queue(self, queue: str) -> list[StoredTicket]:
        """Return copies of a queue's tickets, without the control ticket."""
        return [
            one for one in self.tickets() if one.queue == queue and one.ticket_id != self.control_ticket_id
        ]

    # --- acting as agents do -------------------------------------------------------------------------------------

    def create_ticket(  # noqa: PLR0913 - each has its default; tests name what they mean
        self,
        title: str,
        queue: str,
        body: str,
        *,
        customer_user: str = "someone@example.org",
        from_: str = "",
        agent: str = "agent",
        state: str = "new",
        channel: str = "Internal",
        owner: str | None = None,
    ) -> int:
        """Make a ticket that was born in OTRS (by phone, by an agent, by OTRS's own mail fetch); return the id."""
        with self._state.lock:
            actor = self._agent(agent)
            ticket = self._desk.create(
                actor, title=title, queue=queue, customer_user=customer_user, state=state
            )
            article = StoredArticle(0, title, body, from_=from_ or customer_user, to=queue, channel=channel)
            article.sender_type = "customer" if channel != "Internal" else "agent"
            self._desk.add_article(actor, ticket, article)
            self._desk.set_owner(actor, ticket, self._agent(owner).agent_id if owner else ROOT)
            return ticket.ticket_id

    def add_article(
        self,
        ticket_id: int,
        subject: str,
        body: str,
        *,
        agent: str = "agent",
        visible: bool = False,
        channel: str = "Internal",
    ) -> int:
        """Add an article to a ticket; return its id."""
        with self._state.lock:
            article = StoredArticle(0, subject, body, from_=agent, visible=visible, channel=channel)
            return self._desk.add_article(self._agent(agent), self._ticket(ticket_id), article).article_id

    def attach(self, ticket_id: int, filename: str, content_type: str, content: bytes) -> None:
        """Attach a file to a ticket's last article."""
        with self._state.lock:
            article = self._ticket(ticket_id).articles[-1]
            self._desk.attach(article, filename, content_type, content, "attachment")

    def move(self, ticket_id: int, queue: str, *, agent: str = "agent") -> None:
        """Move a ticket."""
        with self._state.lock:
            self._desk.move(self._agent(agent), self._ticket(ticket_id), queue)

    def set_state(self, ticket_id: int, state: str, *, agent: str = "agent") -> None:
        """Set a ticket's state."""
        with self._state.lock:
            self._desk.set_state(self._agent(agent), self._ticket(ticket_id), state)

    def set_owner(self, ticket_id: int, owner: str, *, agent: str = "agent") -> None:
        """Hand a ticket to an agent."""
        with self._state.lock:
            self._desk.set_owner(self._agent(agent), self._ticket(ticket_id), self._agent(owner).agent_id)

    def set_field(self, ticket_id: int, name: str, value: str, *, agent: str = "agent") -> None:
        """Set a dynamic field; the erasing job runs after it as after any request."""
        with self._state.lock:
            self._desk.set_field(self._agent(agent), self._ticket(ticket_id), name, value)
            self._desk.finish()

    def merge(self, main_id: int, merged_id: int, *, agent: str = "agent") -> None:
        """Merge one ticket into another."""
        with self._state.lock:
            self._desk.merge(self._agent(agent), self._ticket(main_id), self._ticket(merged_id))

    def date_tickets(self, created: Mapping[int, dt.datetime]) -> None:
        """Give tickets other times of creation, for tests of paging and retention."""
        with self._state.lock:
            for ticket_id, moment in created.items():
                self._ticket(ticket_id).created = moment

    def delete(self, ticket_id: int) -> None:
        """Delete a ticket for good, as an admin's own job might."""
        with self._state.lock:
            self._desk.delete(self._ticket(ticket_id))

    def snapshot(self) -> Backup:
        """Return a backup of all tickets and id counters, in memory."""
        with self._state.lock:
            return Backup(copy.deepcopy(self._state.tickets), self._state.counters())

    def restore(self, backup: Backup) -> None:
        """Put a backup back: what came after it is gone, and its ids will be given out again."""
        with self._state.lock:
            self._state.tickets.clear()
            self._state.tickets.update(copy.deepcopy(backup.tickets))
            self._state.set_counters(backup.counters)

    def _ticket(self, ticket_id: int) -> StoredTicket:
        return self._state.tickets[ticket_id]

    def _agent(self, login: str) -> Agent:
        return self._state.agents[login]
