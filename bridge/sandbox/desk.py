"""The work OTRS does on tickets, whoever asks for it: create, change, add articles, merge, delete, the erasing job."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser

from bridge.sandbox.faults import Fault, Faults
from bridge.sandbox.state import (
    ROOT,
    STATES,
    Agent,
    HistoryLine,
    State,
    StoredArticle,
    StoredAttachment,
    StoredTicket,
    now,
)


@dataclass(slots=True)
class ErasingJob:
    """The GenericAgent job: at the event of its field it deletes a ticket that has the value and lies in the queue."""

    queue: str
    field: str
    value: str = "erase"
    enabled: bool = True


@dataclass(slots=True)
class Sent:
    """A mail that OTRS sent for an article."""

    to: str = field(repr=False)
    message: EmailMessage = field(repr=False)


class Desk:
    """Change tickets in `state`. Callers hold `state.lock`, check rights, and call `finish` once a request is over."""

    def __init__(self, state: State, job: ErasingJob, faults: Faults) -> None:
        self.state, self.job, self.faults = state, job, faults
        self.deliver: Callable[[Sent], None] = lambda _sent: None
        self._field_events: list[tuple[int, str]] = []

    def create(
        self,
        agent: Agent,
        *,
        title: str,
        queue: str,
        customer_user: str,
        state: str = "new",
        priority: str = "3 normal",
    ) -> StoredTicket:
        """Make a ticket without articles, unlocked, owned by root."""
        ticket_id, moment = self.state.next_id("ticket"), now()
        ticket = StoredTicket(
            ticket_id=ticket_id,
            number=self.state.new_number(ticket_id, moment),
            title=title[:255],
            queue=queue,
            customer_user=customer_user,
            state=state,
            priority=priority,
            create_by=agent.agent_id,
            change_by=agent.agent_id,
            created=moment,
            changed=moment,
        )
        self.state.tickets[ticket_id] = ticket
        self.note(agent, ticket, "NewTicket", f"%%{ticket.number}%%{queue}%%{priority}%%{state}%%{ticket_id}")
        return ticket

    def note(self, agent: Agent, ticket: StoredTicket, kind: str, name: str, article_id: int = 0) -> None:
        """Add a line to the history and stamp the ticket as changed."""
        moment = now()
        ticket.changed, ticket.change_by = moment, agent.agent_id
        line = HistoryLine(
            kind, name, moment, agent.agent_id, article_id, ticket.queue, ticket.owner_id, ticket.state
        )
        ticket.history.append(line)

    def move(self, agent: Agent, ticket: StoredTicket, queue: str) -> None:
        """Put the ticket into another queue; OTRS unlocks it then."""
        if queue != ticket.queue:
            old, ticket.queue = ticket.queue, queue
            numbers = self.state.queues
            self.note(agent, ticket, "Move", f"%%{queue}%%{numbers[queue]}%%{old}%%{numbers[old]}")
            self.set_lock(self.root(), ticket, "unlock")

    def set_state(self, agent: Agent, ticket: StoredTicket, state: str) -> None:
        """Set the state; closing unlocks."""
        if STATES[state][1] == "closed":
            self.set_lock(agent, ticket, "unlock")
        if state != ticket.state:
            old, ticket.state = ticket.state, state
            self.note(agent, ticket, "StateUpdate", f"%%{old}%%{state}%%")

    def set_lock(self, agent: Agent, ticket: StoredTicket, lock: str) -> None:
        """Lock or unlock."""
        if lock != ticket.lock:
            ticket.lock = lock
            self.note(agent, ticket, lock.capitalize(), f"%%{lock}")

    def set_owner(self, agent: Agent, ticket: StoredTicket, owner_id: int) -> None:
        """Hand the ticket to another agent."""
        if owner_id != ticket.owner_id:
            ticket.owner_id = owner_id
            self.note(agent, ticket, "OwnerUpdate", f"%%{self.state.agent_login(owner_id)}%%{owner_id}")

    def set_field(self, agent: Agent, ticket: StoredTicket, name: str, value: str) -> None:
        """Set a dynamic field; an event is fired only when the value changes."""
        old = ticket.fields.get(name, "")
        if value == old:
            return
        ticket.fields[name] = value
        if not value:
            del ticket.fields[name]
        kind = "TicketDynamicFieldUpdate"
        self.note(agent, ticket, kind, f"%%FieldName%%{name}%%Value%%{value}%%OldValue%%{old}")
        self._field_events.append((ticket.ticket_id, name))

    def add_article(
        self,
        agent: Agent,
        ticket: StoredTicket,
        article: StoredArticle,
        *,
        html: str = "",
        send: bool = False,
    ) -> StoredArticle:
        """Store the article with the next id; `html` becomes an attachment as OTRS does with HTML bodies."""
        article.article_id = self.state.next_id("article")
        article.created, article.create_by = now(), agent.agent_id
        if html:
            self.attach(article, "file-2", 'text/html; charset="utf-8"', html.encode(), "inline")
        if send:
            self._send(ticket, article)
        ticket.articles.append(article)
        self.note(agent, ticket, "SendAnswer" if send else "AddNote", "%%Note", article.article_id)
        return article

    def break_article(self, agent: Agent, ticket: StoredTicket) -> None:
        """Leave what OTRS leaves of an article that its database refused: a row without content."""
        broken = StoredArticle(self.state.next_id("article"), "", "", created=now(), broken=True)
        broken.create_by = agent.agent_id
        ticket.articles.append(broken)

    def attach(
        self, article: StoredArticle, filename: str, content_type: str, content: bytes, disposition: str
    ) -> None:
        """Attach a file under a free name, as ArticleWriteAttachment does."""
        wanted = re.sub(r"^\s+|\r|\n|\s+$", "", filename).lstrip(".")
        used, name = {one.filename for one in article.attachments}, wanted
        stem, dot, extension = wanted.rpartition(".")
        for number in range(1, 51):
            if name in used:
                name = f"{stem}-{number}.{extension}" if dot else f"{wanted}-{number}"
        file_id = self.state.next_id("file")
        article.attachments.append(StoredAttachment(file_id, name, content_type, content, disposition))

    def _send(self, ticket: StoredTicket, article: StoredArticle) -> None:
        article.channel = "Email"
        if f"Ticket#{ticket.number}" not in article.subject:
            article.subject = f"[Ticket#{ticket.number}] {article.subject}"
        article.message_id = f"<{article.article_id}.{ticket.ticket_id}@sandbox.invalid>"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = article.from_, article.to, article.subject
        if article.cc:
            message["Cc"] = article.cc
        message["Message-ID"] = article.message_id
        message.set_content(article.body)
        for file in article.attachments:
            kind, _, subtype = file.content_type.partition(";")[0].partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.filename)
        self.deliver(Sent(article.to, message))

    def merge(self, agent: Agent, main: StoredTicket, merged: StoredTicket) -> None:
        """Move all articles into `main`; what stays of `merged` is a note, the state merged, and its fields."""
        main.articles.extend(merged.articles)
        main.articles.sort(key=lambda one: one.article_id)
        main.history.extend(line for line in merged.history if line.article_id)
        merged.articles = []
        merged.history = [line for line in merged.history if not line.article_id]
        body = f"Merged Ticket {merged.number} to {main.number}."
        self.add_article(agent, merged, StoredArticle(0, "Ticket Merged", body, visible=True))
        name = f"%%{merged.number}%%{merged.ticket_id}%%{main.number}%%{main.ticket_id}"
        for ticket in (merged, main):
            self.note(agent, ticket, "Merged", name)
        self.set_state(agent, merged, "merged")
        self.set_lock(agent, merged, "unlock")

    def delete(self, ticket: StoredTicket) -> None:
        """Delete the ticket, in OTRS's order, or stop half-way where a fault says so."""
        ticket.fields.clear()
        ticket.history.clear()
        if self.faults.strike("delete", Fault.HALF_DELETED):
            return
        ticket.articles.clear()
        if self.faults.strike("delete", Fault.SHELL_DELETED):
            return
        self.state.tickets.pop(ticket.ticket_id, None)

    def finish(self) -> None:
        """Run what OTRS runs at the end of a request: the erasing job for each field event."""
        events, self._field_events = self._field_events, []
        for ticket_id, name in events:
            ticket = self.state.tickets.get(ticket_id)
            if ticket is None or name != self.job.field or not self.job.enabled:
                continue
            value = ticket.fields.get(name, "")
            if ticket.queue == self.job.queue and value.lower() == self.job.value.lower():
                self.delete(ticket)

    def root(self) -> Agent:
        """Return OTRS's own root user."""
        return next(one for one in self.state.agents.values() if one.agent_id == ROOT)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("br", "p", "div", "li", "tr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str) -> str:
    """Return roughly what OTRS's HTMLUtils make of HTML."""
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts).strip()


def pending(values: Mapping[str, object]) -> dt.datetime:
    """Return the time that a PendingTime hash means."""
    if "Diff" in values:
        return now() + dt.timedelta(minutes=int(str(values["Diff"])))
    year, month, day, hour, minute = (
        int(str(values[key])) for key in ("Year", "Month", "Day", "Hour", "Minute")
    )
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)
