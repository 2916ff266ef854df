"""One face for the sandbox and for the real Znuny: what the contract tests need done behind the client's back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from typing import Any, Protocol

import requests

from bridge.otrs import Endpoint, OtrsClient
from bridge.sandbox import SandboxOtrs, SandboxSmtp
from tests.servers.mail import Sink
from tests.servers.znuny import Agent, Queue, QueueSet, Znuny

Rights = str  # words: ro, move_into, create, note, owner, priority, rw; "" takes all


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came: status, JSON or text; status 0 for a connection that ended without one."""

    status: int
    body: Any

    def error(self) -> tuple[str, str]:
        """Return code and message of an Error answer, blanks for any other."""
        error = self.body.get("Error", {}) if isinstance(self.body, dict) else {}
        return str(error.get("ErrorCode", "")), str(error.get("ErrorMessage", ""))


class World(Protocol):
    """An OTRS with the bridge's queues, its agent, another agent (rw on support and other), job and control ticket."""

    queues: dict[str, str]
    control_id: int
    customer: str

    def endpoint(self, who: str = "bridge") -> Endpoint: ...
    def agent_id(self, who: str) -> int: ...
    def create(self, queue: str, body: str = "Text", *, owner: str | None = None) -> int: ...
    def add_article(self, ticket_id: int, body: str) -> int: ...
    def move(self, ticket_id: int, queue: str) -> None: ...
    def merge(self, main_id: int, merged_id: int) -> None: ...
    def set_field(self, ticket_id: int, name: str, value: str) -> None: ...
    def set_right(self, queue: str, rights: Rights) -> None: ...
    def enable_job(self, enabled: bool) -> None: ...
    def delete(self, ticket_id: int) -> None: ...
    def exists(self, ticket_id: int) -> bool: ...
    def expire_sessions(self) -> None: ...
    def bulk(self, queue: str, count: int) -> list[int]: ...
    def subjects_sent_to(self, address: str) -> list[str]: ...


class SandboxWorld:
    """The sandbox, fresh for each test."""

    customer = "erika@example.org"

    def __init__(self, sandbox: SandboxOtrs, smtp: SandboxSmtp) -> None:
        self._sandbox, self._smtp = sandbox, smtp
        self.queues = {
            "support": "LQFB-Support",
            "admins": "LQFB-Administration",
            "membership": "Mitgliederverwaltung",
            "other": "LQFB-Sonstiges",
            "erasing": "Bridge-Erase",
        }
        self.control_id = sandbox.control_ticket_id

    def endpoint(self, who: str = "bridge") -> Endpoint:
        return self._sandbox.endpoint(who)

    def agent_id(self, who: str) -> int:
        return self._sandbox.agent_id(who)

    def create(self, queue: str, body: str = "Text", *, owner: str | None = None) -> int:
        return self._sandbox.create_ticket("Anfrage", queue, body, customer_user=self.customer, owner=owner)

    def add_article(self, ticket_id: int, body: str) -> int:
        return self._sandbox.add_article(ticket_id, "Notiz", body)

    def move(self, ticket_id: int, queue: str) -> None:
        self._sandbox.move(ticket_id, queue)

    def merge(self, main_id: int, merged_id: int) -> None:
        self._sandbox.merge(main_id, merged_id)

    def set_field(self, ticket_id: int, name: str, value: str) -> None:
        self._sandbox.set_field(ticket_id, name, value)

    def set_right(self, queue: str, rights: Rights) -> None:
        self._sandbox.set_right("bridge", queue, rights)

    def enable_job(self, enabled: bool) -> None:
        self._sandbox.job.enabled = enabled

    def delete(self, ticket_id: int) -> None:
        self._sandbox.delete(ticket_id)

    def exists(self, ticket_id: int) -> bool:
        return self._sandbox.ticket(ticket_id) is not None

    def expire_sessions(self) -> None:
        self._sandbox.expire_sessions()

    def bulk(self, queue: str, count: int) -> list[int]:
        made = [self.create(queue) for _ in range(count)]
        self._sandbox.date_tickets({one: _second(index) for index, one in enumerate(made)})
        return made

    def subjects_sent_to(self, address: str) -> list[str]:
        return [str(one.message()["Subject"]) for one in self._smtp.received() if address in one.recipients]


class ZnunyWorld:
    """A private set of queues, agents and job on the real Znuny."""

    def __init__(self, znuny: Znuny, queues: QueueSet, sink: Sink) -> None:
        self._znuny, self._set, self._sink = znuny, queues, sink
        self.queues = queues.names
        self.control_id = queues.control_id
        self.customer = f"erika@{queues.bridge.login}.example.org"

    def _agent(self, who: str) -> Agent:
        return self._set.bridge if who == "bridge" else self._set.agent_support

    def _queue(self, name: str) -> Queue:
        found: Queue = getattr(self._set, next(key for key, known in self.queues.items() if known == name))
        return found

    def endpoint(self, who: str = "bridge") -> Endpoint:
        agent = self._agent(who)
        return Endpoint(self._znuny.webservice, agent.login, agent.password)

    def agent_id(self, who: str) -> int:
        return self._agent(who).id

    def create(self, queue: str, body: str = "Text", *, owner: str | None = None) -> int:
        by = self._agent(owner) if owner else None
        return self._znuny.create(self._queue(queue), "Anfrage", body, sender=self.customer, by=by)

    def add_article(self, ticket_id: int, body: str) -> int:
        return self._znuny.add_article(ticket_id, body, by=self._agent("agent"))

    def move(self, ticket_id: int, queue: str) -> None:
        self._znuny.move(ticket_id, self._queue(queue))

    def merge(self, main_id: int, merged_id: int) -> None:
        self._znuny.merge(merged_id, main_id)

    def set_field(self, ticket_id: int, name: str, value: str) -> None:
        self._znuny.set_field(ticket_id, name, value)

    def set_right(self, queue: str, rights: Rights) -> None:
        self._znuny.set_rights(self._set.bridge, self._queue(queue), *rights.split())

    def enable_job(self, enabled: bool) -> None:
        self._znuny.enable_erasing_job(self._set, enabled)

    def delete(self, ticket_id: int) -> None:
        self._znuny.delete(ticket_id)

    def exists(self, ticket_id: int) -> bool:
        return self._znuny.exists(ticket_id)

    def expire_sessions(self) -> None:
        self._znuny.sql(
            "DELETE FROM sessions WHERE session_id IN "
            "(SELECT session_id FROM sessions WHERE data_key = 'UserLogin' AND data_value = %s)",
            self._set.bridge.login,
        )

    def bulk(self, queue: str, count: int) -> list[int]:
        first = self.create(queue)
        rows = self._znuny.sql(_BULK, count - 1, first)
        made = [first, *(int(row[0]) for row in rows)]
        for index, one in enumerate(made):
            self._znuny.sql("UPDATE ticket SET create_time = %s WHERE id = %s", _naive(index), one)
        return made

    def subjects_sent_to(self, address: str) -> list[str]:
        self._znuny.send_mail()
        mails = [message_from_bytes(one.content, policy=SMTP) for one in self._sink.messages(address)]
        return [str(one["Subject"]) for one in mails]


_BULK = """
INSERT INTO ticket (tn, title, queue_id, ticket_lock_id, type_id, user_id, responsible_user_id, ticket_priority_id,
  ticket_state_id, customer_user_id, timeout, until_time, escalation_time, escalation_update_time,
  escalation_response_time, escalation_solution_time, archive_flag, create_time, create_by, change_time, change_by)
SELECT tn || '-' || n, 'bulk', queue_id, 1, 1, 1, 1, 3, 1, 'x', 0, 0, 0, 0, 0, 0, 0, create_time, 1, now(), 1
FROM generate_series(1, %s) n, ticket WHERE id = %s ORDER BY n RETURNING id
"""


def _second(index: int) -> dt.datetime:
    """Return times of which three follow each other in one second."""
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=index // 3)


def _naive(index: int) -> dt.datetime:
    return _second(index).replace(tzinfo=None)


def session_of(client: OtrsClient) -> str:
    """Return the client's session id, logging in where there is none yet."""
    return client._session(client._wire())


def raw(
    world: World, method: str, route: str, body: object, *, session: str | None = None, who: str = "bridge"
) -> Raw:
    """Send what the client would never send, and return what comes."""
    endpoint = world.endpoint(who)
    if session is None:
        client = OtrsClient(endpoint)
        session = session_of(client)
        client.close()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "X-OTRS-Header-SessionID": session}
    try:
        answer = requests.request(method, endpoint.url + route, data=data, headers=headers, timeout=30)
    except requests.ConnectionError:
        return Raw(0, "")
    try:
        return Raw(answer.status_code, answer.json())
    except ValueError:
        return Raw(answer.status_code, answer.text)
