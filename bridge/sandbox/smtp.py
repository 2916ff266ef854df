"""A tiny SMTP receiver for the demo and for tests: takes any mail, keeps it in memory, sends nothing on."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

_LIMIT = 64 * 1024 * 1024
_ADDRESS = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as it came: envelope addresses and bytes."""

    sender: str = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)
    content: bytes = field(repr=False)

    def message(self) -> EmailMessage:
        """Return the mail parsed, with the modern policy."""
        return message_from_bytes(self.content, _class=EmailMessage, policy=SMTP)


class SandboxSmtp:
    """Listen on a loopback port and keep what comes; a context manager.

    `refuse` holds addresses that get a 550, `broken` answers every DATA with a 451.
    """

    def __init__(self, port: int = 0) -> None:
        self.mails: list[ReceivedMail] = []
        self.refuse: set[str] = set()
        self.broken = False
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Session)
        self._server.sink = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox-smtp", daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; what came stays readable."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def received(self) -> list[ReceivedMail]:
        """Return what has come so far, oldest first."""
        with self.lock:
            return list(self.mails)

    def take(self, sender: str, recipients: tuple[str, ...], content: bytes) -> None:
        """Keep a mail, from the network or from the sandbox's OTRS."""
        with self.lock:
            self.mails.append(ReceivedMail(sender, recipients, content))

    def take_message(self, message: EmailMessage) -> None:
        """Keep a message that the sandbox's OTRS sent."""
        self.take(str(message["From"]), (str(message["To"]),), message.as_bytes(policy=SMTP))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    sink: SandboxSmtp

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about clients that hang up."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 60
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._sender, self._recipients = "", list[str]()
        self._say("220 sandbox.invalid ESMTP")
        while line := self.rfile.readline(4096):
            words = line.decode("utf-8", "replace").strip()
            verb = words.split(" ", 1)[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._answer(verb, words)

    def _answer(self, verb: str, words: str) -> None:
        simple = {"HELO": "250 sandbox.invalid", "NOOP": "250 ok", "RSET": "250 ok", "VRFY": "252 perhaps"}
        if verb == "EHLO":
            self._say("250-sandbox.invalid", f"250-SIZE {_LIMIT}", "250-8BITMIME", "250 SMTPUTF8")
        elif verb == "MAIL":
            self._sender, self._recipients = _address(words), []
            self._say("250 ok")
        elif verb == "RCPT":
            self._recipient(_address(words))
        elif verb == "DATA":
            self._data()
        else:
            self._say(simple.get(verb, "502 not implemented"))

    def _recipient(self, address: str) -> None:
        if address in self.server.sink.refuse:
            self._say("550 no such user")
            return
        self._recipients.append(address)
        self._say("250 ok")

    def _data(self) -> None:
        if not self._recipients:
            self._say("503 no recipients")
            return
        self._say("354 go on")
        lines, size = [], 0
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            size += len(line)
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.server.sink.broken or size > _LIMIT:
            self._say("552 too large" if size > _LIMIT else "451 try later")
            return
        self.server.sink.take(self._sender, tuple(self._recipients), b"".join(lines))
        self._say("250 kept")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def _address(words: str) -> str:
    found = _ADDRESS.search(words)
    return found.group(1) if found else ""
