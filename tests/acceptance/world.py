"""The bridge with all it talks to, in two worlds: the embedded sandbox, and real Znuny, Dovecot and SMTP server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import yaml

from bridge.otrs.client import OtrsClient
from bridge.otrs.model import Endpoint, Ticket
from bridge.pipeline import Worked
from bridge.sandbox import SandboxOtrs, SandboxSmtp
from bridge.settings import load_settings
from bridge.sources.base import Mailbox
from bridge.wiring import Bridge, build

WORKFLOWS = Path(__file__).parents[2] / "workflows"
QUEUES = {
    "support": "LQFB-Support",
    "admins": "LQFB-Administration",
    "membership": "Mitgliederverwaltung",
    "other": "LQFB-Sonstiges",
    "erasing": "Bridge-Erase",
}


class Readers(Protocol):
    """Give a client of an agent who may read a queue."""

    def __call__(self, role: str) -> OtrsClient: ...


@dataclass
class World:
    """One world for one test. `config` may be changed before the bridge is built."""

    name: str
    folder: Path
    config: dict[str, Any]
    reader: Readers
    answers: Callable[[str], list[bytes]]
    sandbox: SandboxOtrs | None = None
    znuny: Any = None
    queues: Any = None
    mailbox_at: Any = None
    clock: Any = None
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "bridge.yaml"

    def write(self) -> None:
        """Write the configuration file anew, so that a running bridge sees what changed."""
        text = yaml.safe_dump(self.config, allow_unicode=True)
        if self.path.exists() and self.path.read_text(encoding="utf-8") == text:
            return
        draft = self.path.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.path)  # a bridge that reads half a file takes erasing for switched off

    @contextmanager
    def bridge(self) -> Iterator[Bridge]:
        """Build the bridge from the configuration as it is now; each time is one start of the program."""
        self.write()
        more = {"clock": self.clock} if self.clock else {}
        with build(load_settings(self.path), config=self.path, **more) as bridge:
            yield bridge

    def once(self) -> list[Worked]:
        """Start the bridge, run one round, stop it."""
        with self.bridge() as bridge:
            return bridge.once()

    @contextmanager
    def mailbox(self) -> Iterator[Mailbox]:
        """Give a mailbox client of its own, as another program would have."""
        from bridge.wiring.controller import mailbox_of

        self.write()
        box = mailbox_of(load_settings(self.path).for_controllers()[0])
        try:
            yield box
        finally:
            box.close()

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder, as the mail server does."""
        with self.mailbox() as box:
            box.ensure_folder(folder)
            for raw in mails:
                box.append(folder, raw)

    def folder_mails(self, folder: str) -> list[bytes]:
        """Return what lies in a folder of the mailbox."""
        with self.mailbox() as box:
            if folder not in box.folders():
                return []
            return [box.fetch(place, max_bytes=1 << 30).raw or b"" for place in box.list(folder)]

    def tickets(self, role: str) -> list[Ticket]:
        """Return the tickets of a queue as an agent who may read it sees them, oldest first."""
        client = self.reader(role)
        queue = self.config["otrs"]["queues"][role]
        ids = client.search_all({"Queues": [queue]})
        found = [client.get_ticket(one, articles=True, attachments=True) for one in sorted(ids)]
        return [t for t in found if t.queue == queue and t.title != "Kontrollticket"]

    def log_events(self) -> list[tuple[str, str]]:
        """Return event and level of every deletion-log entry, in order."""
        from sqlalchemy import select

        from bridge.deletion_log.tables import entries

        with self.bridge() as bridge, bridge.journal.read() as connection:
            rows = connection.execute(select(entries.c.event, entries.c.level).order_by(entries.c.position))
            return [(row[0], row[1]) for row in rows if row[0] != "checkpoint"]


def mail(
    subject: str,
    body: str,
    *,
    sender: str = "Jördis Ährenfeld <joerdis.aehrenfeld@post.example>",
    attachments: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """Compose a mail as people send it; every mail has a Message-ID of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "LQFB Support <support@example.org>"
    message["Subject"] = subject
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 +0100"
    message["Message-ID"] = f"<{uuid.uuid4().hex}@post.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    for filename, content_type, content in attachments:
        main, _, sub = content_type.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def base_config(folder: Path) -> dict[str, Any]:
    """Return what both worlds have in common."""
    return {
        "operator": "ops@example.org",
        "dpo": "datenschutz@example.org",
        "journal": f"sqlite:///{folder / 'journal.db'}",
        "deletion_log": {"origin": "example.org/otrs-bridge"},
        "keys": str(folder / "keys"),
        "workflows": str(WORKFLOWS),
        "erase": "on",
        "language": "de",
        "limits": {"lease_seconds": 30},
    }


def secret_file(folder: Path, name: str, secret: str) -> str:
    """Write a secret as an operator would."""
    path = folder / name
    path.write_text(secret)
    path.chmod(0o600)
    return str(path)


@contextmanager
def sandbox_world(folder: Path) -> Iterator[World]:
    """Bring up the embedded servers for one test."""
    with SandboxSmtp() as smtp, SandboxOtrs(smtp=smtp) as otrs:
        clients: list[OtrsClient] = []

        def reader(role: str) -> OtrsClient:
            endpoint = otrs.endpoint("bridge" if role == "erasing" else "agent")
            clients.append(OtrsClient(endpoint))
            return clients[-1]

        config = base_config(folder) | {
            "mailbox": {"kind": "maildir", "path": str(folder / "Maildir")},
            "otrs": {
                "url": otrs.url,
                "username": "bridge",
                "password_file": secret_file(folder, "otrs.password", "bridge-secret"),
                "queues": dict(QUEUES),
                "watch": [QUEUES["support"]],
                "server_timeout_seconds": 1,
            },
            "smtp": {"host": "127.0.0.1", "port": smtp.port, "tls": "none", "from": "support@example.org"},
        }
        for sub in ("cur", "new", "tmp"):
            (folder / "Maildir" / sub).mkdir(parents=True)
        yield World(
            "sandbox",
            folder,
            config,
            reader,
            lambda recipient: [m.content for m in smtp.received() if recipient in m.recipients],
            sandbox=otrs,
        )
        for client in clients:
            client.close()


@contextmanager
def real_world(folder: Path, znuny: Any, queues: Any, mailbox: Any, smtp: Any) -> Iterator[World]:
    """Point the bridge at the real servers, with queues and mailbox that only this test has."""
    clients: list[OtrsClient] = []
    agents = {
        "support": queues.agent_support,
        "admins": queues.agent_admin,
        "membership": queues.agent_mv,
        "other": queues.agent_support,
        "erasing": queues.bridge,
    }

    def reader(role: str) -> OtrsClient:
        agent = agents[role]
        clients.append(OtrsClient(Endpoint(znuny.webservice, agent.login, agent.password)))
        return clients[-1]

    sender = f"support+{uuid.uuid4().hex[:10]}@example.org"
    config = base_config(folder) | {
        "mailbox": {
            "kind": "imap",
            "host": mailbox.host,
            "port": mailbox.tls_port,
            "tls": "implicit",
            "ca_file": str(mailbox.ca_file),
            "username": mailbox.username,
            "password_file": secret_file(folder, "mailbox.password", mailbox.password),
        },
        "otrs": {
            "url": znuny.webservice,
            "username": queues.bridge.login,
            "password_file": secret_file(folder, "otrs.password", queues.bridge.password),
            "queues": queues.names,
            "watch": [queues.support.name],
            "server_timeout_seconds": 5,
        },
        "smtp": {"host": smtp.host, "port": smtp.port, "tls": "none", "from": sender},
    }
    yield World(
        "real",
        folder,
        config,
        reader,
        lambda recipient: [m.content for m in smtp.messages(recipient)],
        znuny=znuny,
        queues=queues,
        mailbox_at=mailbox,
    )
    for client in clients:
        client.close()


def plain(ticket: Ticket) -> str:
    """Return everything of a ticket that can be read, as one text."""
    parts: list[object] = [ticket.title, ticket.customer_user, ticket.customer_id, dict(ticket.fields)]
    for one in ticket.articles:
        parts += [one.subject, one.body, one.from_, one.to, one.cc, one.reply_to, one.message_id]
        parts += [(file.filename, file.content) for file in one.attachments]
    return "\n".join(str(part) for part in parts)
