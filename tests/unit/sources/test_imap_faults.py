"""IMAP against a small server that misbehaves in the ways that were met: stalls, cuts, half answers."""

from __future__ import annotations

import base64
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bridge.message import Place
from bridge.sources.base import (
    AppendUnconfirmed,
    ConnectionLost,
    LoginRefused,
    MailboxError,
    Refused,
    Unreachable,
    Unsupported,
    Vanished,
)
from bridge.sources.imap import ImapMailbox
from bridge.sources.imap_connection import ImapSettings, Tokens
from bridge.transport import Backoff

CAPABILITIES = b"IMAP4rev1 UIDPLUS MOVE IDLE"


class Talk:
    """One connection, for answers that go to and fro."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def say(self, answer: bytes) -> None:
        self._connection.sendall(answer)

    def line(self) -> bytes:
        return self._lines.readline()

    def literal(self, command: bytes) -> bytes:
        """Ask for the literal that `command` announces, and read it with the line end after it."""
        self.say(b"+ go\r\n")
        return self._lines.read(int(command.rpartition(b"{")[2].rstrip(b"}\r\n")) + 2)

    def close(self) -> None:
        self._lines.close()

    def hang_up(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)


Answer = Callable[[bytes, bytes, Talk], bytes | None]


class Server:
    """Answers each command by `answers[verb](tag, line, talk)`; None hangs up, b"" keeps silent. Counts what it saw."""

    def __init__(self) -> None:
        self.capabilities = CAPABILITIES
        self.answers: dict[bytes, Answer] = {}
        self.seen: list[bytes] = []
        self.connections = 0
        self.greeting = b"* OK ready\r\n"
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for each in [self._socket, *self._open]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, ValueError),
            connection,
            contextlib.closing(Talk(connection)) as talk,
        ):
            talk.say(self.greeting)
            while line := talk.line():
                answer = self._answer(line.strip(), talk)
                if answer is None:
                    talk.hang_up()
                    return
                talk.say(answer)

    def _answer(self, line: bytes, talk: Talk) -> bytes | None:
        tag, _, rest = line.partition(b" ")
        words = rest.upper().split()
        verb = b" ".join(words[:2]) if words[:1] == [b"UID"] else words[0]
        self.seen.append(verb)
        if verb in self.answers:
            return self.answers[verb](tag, line, talk)
        return self.usual(verb, tag)

    def usual(self, verb: bytes, tag: bytes) -> bytes:
        done = tag + b" OK done\r\n"
        if verb == b"CAPABILITY":
            return b"* CAPABILITY " + self.capabilities + b"\r\n" + done
        if verb == b"LIST":
            return b'* LIST (\\Noselect) "/" ""\r\n' + done
        if verb in (b"SELECT", b"EXAMINE"):
            return b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 3] n\r\n" + done
        return done


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def opened(server: Server, *, tokens: Tokens | None = None, read: float = 5.0) -> ImapMailbox:
    settings = ImapSettings(
        "127.0.0.1", "user", port=server.port, tls="none", password="secret", tokens=tokens, read_timeout=read
    )  # fmt: skip
    return ImapMailbox(settings, account="main")


@pytest.fixture
def box(server: Server) -> Iterator[ImapMailbox]:
    found = opened(server)
    yield found
    found.close()


def place(uid: int = 1, uidvalidity: int = 7) -> Place:
    return Place("imap", "main", "INBOX", uidvalidity, str(uid))


def test_a_uid_above_all_others_is_not_taken_for_new(server: Server, box: ImapMailbox) -> None:
    server.answers[b"UID SEARCH"] = lambda tag, _line, _talk: b"* SEARCH 2\r\n" + tag + b" OK done\r\n"
    assert box.list("INBOX", above=2) == []
    assert box.list("INBOX", above=1) == [place(2)]


def test_an_empty_fetch_is_a_vanished_mail(box: ImapMailbox) -> None:
    with pytest.raises(Vanished):
        box.fetch(place(), max_bytes=100)


def test_answers_for_other_mails_are_not_taken_for_ours(server: Server, box: ImapMailbox) -> None:
    server.answers[b"UID FETCH"] = lambda tag, _line, _talk: (
        b"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n" + tag + b" OK done\r\n"
    )
    assert box.exists(place(1)) is False
    with pytest.raises(Vanished):
        box.fetch(place(1), max_bytes=100)


def test_a_stalled_server_ends_in_an_error_in_time(server: Server) -> None:
    server.answers[b"UID SEARCH"] = lambda _tag, _line, _talk: b""
    box = opened(server, read=0.2)
    begun = time.monotonic()
    with pytest.raises(ConnectionLost, match="TimeoutError"):
        box.list("INBOX")
    assert time.monotonic() - begun < 10
    box.close()


def test_a_stall_at_log_in_is_no_refusal(server: Server) -> None:
    server.answers[b"LOGIN"] = lambda _tag, _line, _talk: b""
    box = opened(server, read=0.2)
    with pytest.raises(MailboxError) as caught:
        box.list("INBOX")
    assert not caught.value.permanent


def test_a_silent_server_is_unreachable(server: Server) -> None:
    server.greeting = b""
    settings = ImapSettings(
        "127.0.0.1", "user", port=server.port, tls="none", password="x", connect_timeout=0.2
    )
    with pytest.raises(Unreachable):
        ImapMailbox(settings, account="main").folders()


def test_nobody_listening_is_unreachable_and_not_asked_again_at_once(server: Server) -> None:
    server.close()
    now = [100.0]
    settings = ImapSettings("127.0.0.1", "user", port=server.port, tls="none", password="x")
    box = ImapMailbox(
        settings, account="main", backoff=Backoff(4.0, clock=lambda: now[0], jitter=lambda: 1.0)
    )
    with pytest.raises(Unreachable) as first:
        box.folders()
    with pytest.raises(Unreachable) as second:
        box.folders()
    now[0] += 4.1
    with pytest.raises(Unreachable) as third:
        box.folders()
    codes = [caught.value.code for caught in (first, second, third)]
    assert codes == ["mailbox.unreachable", "mailbox.backing-off", "mailbox.unreachable"]


def test_a_connection_that_died_while_idle_is_replaced(server: Server, box: ImapMailbox) -> None:
    box.list("INBOX")
    cut = iter([None])
    server.answers[b"SELECT"] = lambda tag, _line, _talk: next(cut, server.usual(b"SELECT", tag))
    assert box.list("INBOX") == []
    assert server.connections == 2


def test_a_server_that_always_cuts_is_asked_twice_only(server: Server, box: ImapMailbox) -> None:
    box.list("INBOX")
    server.answers[b"UID SEARCH"] = lambda _tag, _line, _talk: None
    with pytest.raises(ConnectionLost):
        box.list("INBOX")
    assert server.seen.count(b"UID SEARCH") == 3
    assert server.connections == 2


def test_a_server_without_move_is_refused_and_nothing_is_copied(server: Server, box: ImapMailbox) -> None:
    server.capabilities = b"IMAP4rev1 UIDPLUS"
    with pytest.raises(Unsupported) as caught:
        box.move(place(), "Done")
    assert (caught.value.code, caught.value.permanent) == ("mailbox.no-move", True)
    assert b"UID COPY" not in server.seen


def test_a_server_without_uidplus_gets_no_expunge_at_all(server: Server, box: ImapMailbox) -> None:
    server.capabilities = b"IMAP4rev1 MOVE"
    with pytest.raises(Unsupported):
        box.expunge(place())
    assert not {b"EXPUNGE", b"UID STORE", b"UID EXPUNGE", b"CLOSE"} & set(server.seen)


def test_expunge_names_the_uid(server: Server, box: ImapMailbox) -> None:
    server.answers[b"UID EXPUNGE"] = lambda tag, line, _talk: (
        tag + (b" OK done\r\n" if line.endswith(b"UID EXPUNGE 2") else b" BAD\r\n")
    )
    box.expunge(place(2))
    assert b"UID EXPUNGE" in server.seen
    assert b"EXPUNGE" not in server.seen


@pytest.mark.parametrize("last", [b" OK done\r\n", None], ids=["no APPENDUID", "cut"])
def test_an_append_without_its_uid_is_unconfirmed_and_not_repeated(
    server: Server, box: ImapMailbox, last: bytes | None
) -> None:
    box.list("INBOX")
    server.answers[b"APPEND"] = lambda tag, line, talk: talk.literal(line) and (tag + last if last else None)
    with pytest.raises(AppendUnconfirmed):
        box.append("INBOX", b"hello hello")
    assert server.seen.count(b"APPEND") == 1


def test_a_refused_append_is_no_unconfirmed_one(server: Server, box: ImapMailbox) -> None:
    server.answers[b"APPEND"] = lambda tag, _line, _talk: tag + b" NO [OVERQUOTA] full\r\n"
    with pytest.raises(Refused, match="OVERQUOTA"):
        box.append("INBOX", b"hello")


def test_a_wrong_password_is_permanent_and_quotes_nobody(server: Server, box: ImapMailbox) -> None:
    server.answers[b"LOGIN"] = lambda tag, _line, _talk: (
        tag + b" NO [AUTHENTICATIONFAILED] user secret refused\r\n"
    )
    with pytest.raises(LoginRefused) as caught:
        box.folders()
    assert caught.value.permanent
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_busy_login_server_is_temporary(server: Server, box: ImapMailbox) -> None:
    server.answers[b"LOGIN"] = lambda tag, _line, _talk: tag + b" NO [UNAVAILABLE] try later\r\n"
    with pytest.raises(Unreachable) as caught:
        box.folders()
    assert not caught.value.permanent


def test_nonsense_is_a_lost_connection(server: Server, box: ImapMailbox) -> None:
    server.answers[b"UID SEARCH"] = lambda tag, _line, _talk: b"* SEARCH one (\r\n" + tag + b" OK done\r\n"
    with pytest.raises(ConnectionLost) as caught:
        box.list("INBOX")
    assert caught.value.__cause__ is None


def test_plain_text_goes_to_loopback_only() -> None:
    box = ImapMailbox(ImapSettings("mail.example.org", "user", tls="none", password="x"), account="main")
    with pytest.raises(Unsupported) as caught:
        box.folders()
    assert caught.value.code == "mailbox.plaintext-refused"


def test_an_idle_connection_closed_by_the_server_does_not_spin(server: Server, box: ImapMailbox) -> None:
    server.answers[b"IDLE"] = lambda _tag, _line, _talk: None
    stop = threading.Event()
    begun = time.monotonic()
    assert box.wait("INBOX", 0.4, stop) is True
    assert 0.3 < time.monotonic() - begun < 10
    assert server.connections == 1


def test_an_idle_connection_closed_later_is_noticed(server: Server, box: ImapMailbox) -> None:
    def idle(_tag: bytes, _line: bytes, talk: Talk) -> bytes:
        threading.Timer(0.1, talk.hang_up).start()
        return b"+ idling\r\n"

    server.answers[b"IDLE"] = idle
    begun = time.monotonic()
    assert box.wait("INBOX", 30, threading.Event()) is True
    assert time.monotonic() - begun < 10


def test_a_bye_ends_the_wait(server: Server, box: ImapMailbox) -> None:
    def idle(_tag: bytes, _line: bytes, talk: Talk) -> None:
        talk.say(b"+ idling\r\n* BYE shutting down\r\n")

    server.answers[b"IDLE"] = idle
    assert box.wait("INBOX", 0.3, threading.Event()) is True


def test_a_mail_that_came_in_one_breath_with_the_idling_is_not_missed(
    server: Server, box: ImapMailbox
) -> None:
    def idle(tag: bytes, _line: bytes, talk: Talk) -> bytes:
        server.answers[b"SELECT"] = lambda tag, _, __: server.usual(b"SELECT", tag).replace(
            b"UIDNEXT 3", b"UIDNEXT 4"
        )
        talk.say(b"+ idling\r\n* 3 EXISTS\r\n")
        talk.line()
        return tag + b" OK done\r\n"

    box.list("INBOX")
    server.answers[b"IDLE"] = idle
    begun = time.monotonic()
    assert box.wait("INBOX", 30, threading.Event()) is True
    assert time.monotonic() - begun < 10


def test_without_idle_it_looks_itself(server: Server, box: ImapMailbox) -> None:
    server.capabilities = b"IMAP4rev1 UIDPLUS MOVE"
    box.list("INBOX")
    assert box.wait("INBOX", 0.2, threading.Event()) is False
    server.answers[b"SELECT"] = lambda tag, _, __: server.usual(b"SELECT", tag).replace(
        b"UIDNEXT 3", b"UIDNEXT 4"
    )
    assert box.wait("INBOX", 30, threading.Event()) is True


def test_chatter_is_no_news(server: Server, box: ImapMailbox) -> None:
    def idle(tag: bytes, _line: bytes, talk: Talk) -> bytes:
        talk.say(b"+ idling\r\n* OK Still here\r\n")
        assert talk.line() == b"DONE\r\n"
        return tag + b" OK done\r\n"

    server.answers[b"IDLE"] = idle
    assert box.wait("INBOX", 0.3, threading.Event()) is False


def test_an_unreachable_server_is_no_error_to_wait_for(server: Server, box: ImapMailbox) -> None:
    server.close()
    assert box.wait("INBOX", 0.2, threading.Event()) is True


class FakeTokens(Tokens):
    def __init__(self) -> None:
        self.asked: list[bool] = []

    def __call__(self, *, fresh: bool = False) -> str:
        self.asked.append(fresh)
        return "new" if fresh else "old"


def test_a_refused_token_is_replaced_once(server: Server) -> None:
    got: list[bytes] = []

    def authenticate(tag: bytes, _line: bytes, talk: Talk) -> bytes:
        talk.say(b"+ \r\n")
        got.append(base64.b64decode(talk.line()))
        return tag + (b" OK in\r\n" if b"Bearer new" in got[-1] else b" NO [AUTHENTICATIONFAILED] no\r\n")

    server.answers[b"AUTHENTICATE"] = authenticate
    tokens = FakeTokens()
    box = opened(server, tokens=tokens)
    assert box.list("INBOX") == []
    assert tokens.asked == [False, True]
    assert got[0] == b"user=user\x01auth=Bearer old\x01\x01"
    box.close()


def test_the_library_logs_no_mail(server: Server, box: ImapMailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    box.list("INBOX")
    assert not [record for record in caplog.records if record.name.startswith("imapclient")]
