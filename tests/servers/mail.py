"""What tests can do with the real mailbox server and the SMTP sink."""

from __future__ import annotations

import imaplib
import json
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.traces import Trace, search_files


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A fresh account at Dovecot.

    `port` speaks plain and STARTTLS, `tls_port` implicit TLS; `ca_file` signs the certificate (localhost, 127.0.0.1).
    """

    host: str
    port: int
    tls_port: int
    username: str
    password: str
    ca_file: Path
    files: Path

    def connect(self) -> imaplib.IMAP4:
        """Return a logged-in plain connection with INBOX selected; use it as a context manager."""
        connection = imaplib.IMAP4(self.host, self.port, timeout=30)
        connection.login(self.username, self.password)
        connection.select("INBOX")
        return connection

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into a folder; it is made when missing."""
        with self.connect() as connection:
            if folder != "INBOX":
                connection.create(folder)
            for mail in mails:
                status, answer = connection.append(folder, "", time.time(), mail)
                assert status == "OK", answer

    def contents(self, folder: str = "INBOX") -> list[bytes]:
        """Return all mails of a folder in order of UID; none when the folder does not exist."""
        with self.connect() as connection:
            if connection.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            found = connection.uid("SEARCH", "ALL")[1][0].split()
            parts = [connection.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0] for uid in found]
        return [bytes(part[1]) for part in parts if isinstance(part, tuple)]

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        with self.connect() as connection:
            lines = connection.list()[1]
        texts = [line.decode() for line in lines if isinstance(line, bytes)]
        return sorted(text.partition(' "/" ')[2].strip('"') for text in texts)

    def file_traces(self, *needles: str) -> list[Trace]:
        """Return every file of this account, index caches included, that holds one of the needles."""
        return search_files([self.files], needles)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that the sink kept."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    authenticated: bool


@dataclass(frozen=True, slots=True)
class Sink:
    """The SMTP sink, shared by all tests: look for your own recipients.

    `port` is plain with STARTTLS on offer, `tls_port` implicit TLS; any user name with `password` may authenticate.
    smtp_sink.py lists the recipients that make it misbehave.
    """

    host: str
    port: int
    tls_port: int
    password: str
    ca_file: Path
    folder: Path

    def messages(self, recipient: str | None = None) -> list[Kept]:
        """Return what was kept, oldest first; only what went to `recipient`, if given."""
        kept = [_kept(path) for path in sorted(self.folder.glob("*.json"))]
        return [each for each in kept if recipient is None or recipient in each.recipients]

    def wait_for(self, recipient: str, count: int = 1, seconds: float = 10.0) -> list[Kept]:
        """Wait until at least `count` messages to `recipient` are kept; fail after `seconds`."""
        deadline = time.monotonic() + seconds
        while len(found := self.messages(recipient)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} messages arrived"
            time.sleep(0.02)
        return found


def _kept(path: Path) -> Kept:
    facts = json.loads(path.read_text())
    recipients: Sequence[str] = facts["recipients"]
    content = path.with_suffix(".eml").read_bytes()
    return Kept(facts["sender"], tuple(recipients), content, facts["tls"], facts["authenticated"])


def client_context(ca_file: Path) -> ssl.SSLContext:
    """Return a TLS context that trusts the test CA only."""
    return ssl.create_default_context(cafile=str(ca_file))
