"""SMTP against a tiny server that breaks off at each stage."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from bridge.targets.base import TargetError
from bridge.targets.smtp import SmtpSettings, SmtpTarget

MAIL = b"Subject: x\r\n\r\nHallo\r\n"


class Server:
    """Answers by the first word of a line; None breaks off. `content` answers the final dot."""

    def __init__(self) -> None:
        self.answers: dict[bytes, bytes | None] = {
            b"GREETING": b"220 ready\r\n",
            b"EHLO": b"250-here\r\n250 8BITMIME\r\n",
            b"DATA": b"354 go\r\n",
            b"CONTENT": b"250 kept\r\n",
        }
        self.lines: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._socket.accept()
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, iter(lines))

    def _talk(self, connection: socket.socket, lines: Iterator[bytes]) -> None:
        word = b"GREETING"
        while True:
            answer = self.answers.get(word, b"250 OK\r\n")
            if answer is None:
                return
            connection.sendall(answer)
            if word == b"DATA" and answer.startswith(b"354"):
                while (line := next(lines, b".\r\n")) != b".\r\n":
                    self.lines.append(line)
                word = b"CONTENT"
                continue
            line = next(lines, b"")
            if not line:
                return
            self.lines.append(line)
            word = line.split(b" ")[0].strip().upper()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def failing(
    server: Server, raw: bytes = MAIL, recipients: tuple[str, ...] = ("b@example.org",)
) -> TargetError:
    target = SmtpTarget(SmtpSettings("127.0.0.1", server.port, timeout=2.0))
    with pytest.raises(TargetError) as caught:
        target.send(raw, sender="", recipients=recipients)
    return caught.value


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        (b"GREETING", "not-sent"),
        (b"EHLO", "not-sent"),
        (b"MAIL", "not-sent"),
        (b"RCPT", "not-sent"),
        (b"DATA", "not-sent"),
        (b"CONTENT", "unclear"),
    ],
)
def test_where_the_connection_breaks_decides(server: Server, word: bytes, outcome: str) -> None:
    server.answers[word] = None
    error = failing(server)
    assert (error.outcome, error.permanent) == (outcome, False)


@pytest.mark.parametrize("word", [b"MAIL", b"RCPT", b"DATA", b"CONTENT"])
@pytest.mark.parametrize(("reply", "permanent"), [(b"550 no\r\n", True), (b"421 closing\r\n", False)])
def test_a_reply_is_a_refusal_at_every_stage(
    server: Server, word: bytes, reply: bytes, permanent: bool
) -> None:
    server.answers[word] = reply
    error = failing(server)
    assert (error.outcome, error.permanent, error.code) == ("refused", permanent, "smtp.refused")


def test_nobody_listening_is_not_sent(server: Server) -> None:
    server.close()
    assert failing(server).outcome == "not-sent"


def test_8bit_content_is_announced(server: Server) -> None:
    SmtpTarget(SmtpSettings("127.0.0.1", server.port)).send(
        "ü".encode(), sender="", recipients=["b@example.org"]
    )
    assert any(b"BODY=8BITMIME" in line for line in server.lines)


def test_a_host_in_unicode_travels_as_idna(server: Server) -> None:
    SmtpTarget(SmtpSettings("127.0.0.1", server.port)).send(MAIL, sender="", recipients=["b@büro.example"])
    assert b"rcpt TO:<b@xn--bro-hoa.example>\r\n" in server.lines


@pytest.mark.parametrize(
    "bad", ["", "b", "b@", "b@x y", "b@x>\r\nRCPT TO:<c@d", "ü@example.org", "<b@example.org>"]
)
def test_an_address_that_can_not_be_one_is_not_sent(server: Server, bad: str) -> None:
    error = failing(server, recipients=(bad,))
    assert (error.outcome, error.permanent, error.code) == ("not-sent", True, "smtp.bad-address")
    assert server.lines == []


def test_plain_text_goes_to_loopback_only() -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(SmtpSettings("mail.example.org")).check()
    assert caught.value.code == "smtp.plaintext-refused"


def test_starttls_that_is_not_offered_is_permanent(server: Server) -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(SmtpSettings("127.0.0.1", server.port, tls="starttls")).check()
    assert (caught.value.code, caught.value.permanent) == ("smtp.unsupported", True)
