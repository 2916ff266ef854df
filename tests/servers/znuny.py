"""What tests can do with the real Znuny: look into its database and files, and act as other agents."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import state as places
from tests.servers.queue_set import Agent, Queue, QueueSet
from tests.servers.traces import Trace, search_database, search_files
from tests.servers.web_session import WebSession
from tests.servers.znuny_setup import arguments

__all__ = ["Agent", "Queue", "QueueSet", "RejectedError", "WebSession", "Znuny"]

# Everything that Znuny and its web server write; tests look for personal data in all of it.
FOLDERS = (Path("/var/lib/otrs"), Path("/var/spool/otrs"), Path("/var/log/otrs"))
ROOT = 1


class RejectedError(RuntimeError):
    """Znuny refused a command of a test."""


class Znuny:
    """The running Znuny.

    `url` ends in `/otrs/`; `webservice` is what the configuration calls `otrs.url`. Threads may share one object.
    """

    def __init__(self, servers: dict[str, Any]) -> None:
        self.servers = servers
        self.url: str = servers["urls"]["znuny"]
        self.webservice: str = servers["urls"]["webservice"]
        # Znuny's first agent has its stock password, and no rights in the queues of the tests.
        self.root = Agent(ROOT, "root@localhost", "root", 0)
        self._standard: dict[str, Any] = servers["znuny"]
        self._lock = threading.Lock()
        self._perl: subprocess.Popen[bytes] | None = None
        self._connection: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """End the Perl process and the database connection."""
        if self._perl is not None:
            assert self._perl.stdin is not None
            assert self._perl.stdout is not None
            self._perl.stdin.close()
            self._perl.wait(10)
            self._perl.stdout.close()
            self._perl = None
        if self._connection is not None:
            self._connection.close()

    # -- sets of queues -----------------------------------------------------------------------------------------

    def standard_queues(self) -> QueueSet:
        """Return the set under the names of the example configuration; shared by all tests."""
        return self._queue_set(arguments(self.servers), self._standard)

    def new_queues(self, prefix: str | None = None) -> QueueSet:
        """Make a private set: queues `<prefix>-Support` and so on, agents, erasing job, control ticket."""
        wanted = arguments(self.servers, prefix or f"T{uuid.uuid4().hex[:8]}")
        try:
            found = self.perl("setup", arguments=wanted)
        except RejectedError:
            # Two workers that set up at once can read each other's stale cache of groups; what is there is kept.
            time.sleep(0.5)
            found = self.perl("setup", arguments=wanted)
        return self._queue_set(wanted, found)

    def drop_queues(self, queues: QueueSet) -> None:
        """Delete the set's erasing job and rights and make it invalid: what piles up makes Znuny slow."""
        agents, guarded = queues.agents, queues.all
        self.perl(
            "teardown",
            job=queues.job,
            role_ids=[agent.role_id for agent in agents],
            user_ids=[agent.id for agent in agents],
            group_ids=[queue.group_id for queue in guarded],
            queue_ids=[queue.id for queue in guarded],
        )

    def _queue_set(self, wanted: dict[str, Any], found: dict[str, Any]) -> QueueSet:
        passwords = self.servers["passwords"]

        def agent(facts: dict[str, Any], password: str) -> Agent:
            return Agent(int(facts["id"]), facts["login"], passwords[password], int(facts["role_id"]))

        queues = {
            key: Queue(int(facts["id"]), facts["name"], int(facts["group_id"]))
            for key, facts in found["queues"].items()
        }
        people = [agent(facts, "agents") for facts in found["people"]]
        return QueueSet(
            **queues,
            bridge=agent(found["agent"], "bridge"),
            agent_support=people[0],
            agent_mv=people[1],
            agent_admin=people[2],
            address=wanted["address"]["email"],
            job=found["job"],
            control_id=int(found["control"]["id"]),
            control_number=found["control"]["number"],
        )

    # -- acting inside Znuny ------------------------------------------------------------------------------------

    def perl(self, command: str, **given: Any) -> Any:
        """Run one command of agent.pl; raise RejectedError with Znuny's reason. Events have run when it returns."""
        with self._lock:
            perl = self._perl or self._start_perl()
            assert perl.stdin is not None
            assert perl.stdout is not None
            perl.stdin.write(json.dumps({"command": command, **given}).encode() + b"\n")
            perl.stdin.flush()
            line = perl.stdout.readline()
        if not line:
            raise RejectedError(f"agent.pl ended at {command}; see {places.state_folder() / 'agent.log'}")
        answer = json.loads(line)
        if "error" in answer:
            raise RejectedError(f"{command}: {answer['error']}")
        return answer["value"]

    def _start_perl(self) -> subprocess.Popen[bytes]:
        folder = places.state_folder()
        with (folder / "agent.log").open("ab") as log:
            self._perl = subprocess.Popen(
                ["runuser", "-u", "otrs", "--", "perl", str(folder / "agent.pl")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=places.ZNUNY_HOME,
            )
        return self._perl

    def create(
        self,
        queue: Queue,
        subject: str = "Anfrage",
        body: str = "Text",
        *,
        sender: str = "Erika Beispiel <erika@example.org>",
        by: Agent | None = None,
        state: str = "open",
        channel: str = "Email",
        attachments: Sequence[tuple[str, str, bytes]] = (),
    ) -> int:
        """Create a ticket as by telephone or by an agent, not through the web service; return its id.

        Attachments are (file name, content type, content). Owner is `by`, else agent 1.
        """
        ticket_id = self.perl(
            "create", queue=queue.name, title=subject, subject=subject, body=body, channel=channel, state=state,
            customer=sender, to=queue.name, visible=True, user_id=by.id if by else ROOT,
            attachments=_encode(attachments),
            **{"from": sender},
        )  # fmt: skip
        return int(ticket_id)

    def add_article(
        self,
        ticket_id: int,
        body: str,
        *,
        by: Agent | None = None,
        subject: str = "Notiz",
        visible: bool = False,
        channel: str = "Internal",
        to: str = "",
        attachments: Sequence[tuple[str, str, bytes]] = (),
    ) -> int:
        """Add an agent's article and return its id. Nothing is sent by mail."""
        return int(
            self.perl(
                "article", ticket_id=ticket_id, subject=subject, body=body, visible=visible, channel=channel, to=to,
                user_id=by.id if by else ROOT, attachments=_encode(attachments),
                **{"from": by.login if by else "root"},
            )
        )  # fmt: skip

    def merge(self, ticket_id: int, into: int, by: Agent | None = None) -> None:
        """Merge a ticket into another: its articles move over."""
        self.perl("merge", ticket_id=ticket_id, main_id=into, user_id=by.id if by else ROOT)

    def move(self, ticket_id: int, queue: Queue, by: Agent | None = None) -> None:
        """Move a ticket to a queue."""
        self.perl("move", ticket_id=ticket_id, queue=queue.name, user_id=by.id if by else ROOT)

    def set_owner(self, ticket_id: int, owner: Agent, by: Agent | None = None) -> None:
        """Give a ticket to another agent."""
        self.perl("owner", ticket_id=ticket_id, owner_id=owner.id, user_id=by.id if by else ROOT)

    def set_state(self, ticket_id: int, state: str, by: Agent | None = None) -> None:
        """Set a ticket's state by its English name."""
        self.perl("state", ticket_id=ticket_id, state=state, user_id=by.id if by else ROOT)

    def set_field(self, ticket_id: int, field: str, value: str, by: Agent | None = None) -> None:
        """Set a dynamic field, as on an agent's screen; events run."""
        self.perl("field", ticket_id=ticket_id, field=field, value=value, user_id=by.id if by else ROOT)

    def delete(self, ticket_id: int) -> None:
        """Delete a ticket behind everybody's back."""
        self.perl("delete", ticket_id=ticket_id)

    def ticket(self, ticket_id: int) -> dict[str, Any] | None:
        """Return a ticket as agent 1 sees it, whatever the rights; None when it is not there."""
        found: dict[str, Any] | None = self.perl("ticket", ticket_id=ticket_id)
        return found

    def set_rights(self, agent: Agent, queue: Queue, *rights: str) -> None:
        """Set what an agent may do in a queue: `ro`, `move_into`, `create`, `note`, `owner`, `priority`, `rw`.

        No right at all takes everything away.
        """
        self.perl("rights", role_id=agent.role_id, group_id=queue.group_id, rights=list(rights))

    def enable_erasing_job(self, queues: QueueSet, enabled: bool) -> None:
        """Switch the set's erasing job on or off."""
        self.perl("job_valid", job=queues.job, valid=enabled)

    def postmaster(self, mail: bytes, queue: Queue | None = None, *, trusted: bool = False) -> int:
        """Feed a mail through Znuny's own PostMaster and return the ticket's id."""
        given = {
            "mail": base64.b64encode(mail).decode(),
            "queue": queue.name if queue else None,
            "trusted": trusted,
        }
        return int(self.perl("postmaster", **given)["ticket_id"])

    def fetch_mailbox(self, host: str, port: int, username: str, password: str, queue: Queue) -> None:
        """Let Znuny fetch a mailbox's INBOX by its own MailAccountFetch (plain IMAP) until it is empty."""
        self.perl(
            "fetch", login=username, password=password, host=f"{host}:{port}", type="IMAP", queue=queue.name
        )

    def send_mail(self) -> int:
        """Send what waits in Znuny's mail queue (its daemon does so every ten seconds); return how many were sent."""
        return int(self.perl("send_mail"))

    # -- looking behind -----------------------------------------------------------------------------------------

    def connection(self) -> psycopg.Connection[Any]:
        """Return an own connection to Znuny's database, in autocommit mode."""
        if self._connection is None:
            self._connection = psycopg.connect(
                host=self.servers["host"],
                port=self.servers["ports"]["postgres"],
                user="otrs",
                password=self.servers["passwords"]["znuny_database"],
                dbname="otrs",
                autocommit=True,
            )
        return self._connection

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a query (values as `%s`) in Znuny's database and return its rows."""
        cursor = self.connection().execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def exists(self, ticket_id: int) -> bool:
        """Tell whether the ticket's row is in the database."""
        return bool(self.sql("SELECT 1 FROM ticket WHERE id = %s", ticket_id))

    def database_traces(self, *needles: str) -> list[Trace]:
        """Return every database row that holds one of the needles, base64 and quoted-printable seen through."""
        return search_database(self.connection(), needles)

    def file_traces(self, *needles: str) -> list[Trace]:
        """Return every file of Znuny and Apache that holds one of the needles (article storage, cache, spool, logs)."""
        logs = places.state_folder()
        return search_files([*FOLDERS, logs / "znuny", *logs.glob("apache-*.log")], needles)

    # -- the web service, bare ----------------------------------------------------------------------------------

    def session(self, agent: Agent) -> WebSession:
        """Log an agent in at the web service."""
        return WebSession(self.webservice, agent)


def _encode(attachments: Sequence[tuple[str, str, bytes]]) -> list[dict[str, str]]:
    return [
        {"Filename": name, "ContentType": kind, "Content": base64.b64encode(content).decode()}
        for name, kind, content in attachments
    ]
