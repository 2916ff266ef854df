"""No personal data at rest: canary words in every part of a request are found nowhere but where they belong."""

from __future__ import annotations

import base64
import logging
import tempfile
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from bridge.otrs.model import Ticket
from bridge.sandbox.faults import Fault
from tests.acceptance.actions import Actions
from tests.acceptance.world import World
from tests.servers.traces import Trace, found_in, search_files

# Tables that may hold a canary: rows of the membership ticket itself.
OF_A_TICKET = {"ticket_id", "article_id"}


@dataclass(frozen=True)
class Canaries:
    """Words that occur in one request only, one for each of its parts."""

    subject: str
    body: str
    html: str
    filename: str
    content: str
    sender: str
    address: str
    message_id: str

    @property
    def all(self) -> tuple[str, ...]:
        return (
            self.subject, self.body, self.html, self.filename,
            self.content, self.sender, self.address, self.message_id,
        )  # fmt: skip


def canaries() -> Canaries:
    """Make words that no dictionary holds; letters only, so that no detector of numbers sees them."""
    mark = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:10])
    return Canaries(*(f"{part}{mark}" for part in ("quz", "vex", "jyl", "wob", "kif", "zam", "dux", "pim")))


def mail_of(word: Canaries, *, extra: str = "") -> bytes:
    """Write a data-protection request that says each word in its part; its sender's name is one of them."""
    boundary, inner = "outer", "inner"
    attachment = base64.encodebytes(f"Anlage {word.content}".encode()).decode().replace("\n", "\r\n")
    asking = "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO."
    lines = [
        f"From: Jördis {word.sender.title()} <{word.address}@post.example>".replace(
            "ö", "=?utf-8?q?=C3=B6?="
        ),
        "To: support@example.org",
        f"Subject: Antrag von {word.subject.title()}",
        "Date: Tue, 24 Nov 2026 10:00:00 +0100",
        f"Message-ID: <{word.message_id}@post.example>",
        "MIME-Version: 1.0",
        f"Content-Type: multipart/mixed; boundary={boundary}",
        "",
        f"--{boundary}",
        f"Content-Type: multipart/alternative; boundary={inner}",
        "",
        f"--{inner}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"{asking} {extra}",
        f"Ich heiße {word.body.title()} und wohne in der {word.body.title()}straße 7.",
        "",
        f"--{inner}",
        "Content-Type: text/html; charset=utf-8",
        "",
        f"<p>{asking} Ich heiße <b>{word.html.title()}</b>.</p>",
        "",
        f"--{inner}--",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{word.filename}.txt"',
        "",
        f"{attachment}--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode()


def own_places(world: World) -> list[Path]:
    """Return where the bridge itself may write: its folder (journal, WAL, keys, Maildir) and the temporary folder."""
    return [world.folder]


def new_temporary_files(since: float) -> list[Path]:
    """Return files in the temporary folder that changed since; those of other tests' runs are looked at too."""
    found = []
    for path in Path(tempfile.gettempdir()).iterdir():
        try:
            if path.is_file() and path.stat().st_mtime >= since:
                found.append(path)
        except OSError:
            continue
    return found


def assert_no_word_at_home(world: World, words: tuple[str, ...], since: float, *logs: str) -> None:
    """Look through the bridge's own folder, temporary files and all that was logged."""
    assert search_files(own_places(world), words) == []
    assert search_files(new_temporary_files(since), words) == []
    for log in logs:
        assert found_in(log.encode(), words) == []


def rows_elsewhere(world: World, traces: Iterable[Trace], ticket_id: int) -> list[Trace]:
    """Return the rows that do not belong to a ticket, followed by its own id or that of one of its articles."""
    articles = {row[0] for row in world.znuny.sql("SELECT id FROM article WHERE ticket_id = %s", ticket_id)}
    left = []
    for trace in traces:
        names = {
            row[0]
            for row in world.znuny.sql(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", trace.place
            )
        }
        if trace.place == "ticket":
            belongs = int(trace.row) == ticket_id
        else:
            belongs = any(
                value in ({ticket_id} if owner == "ticket_id" else articles)
                for owner in sorted(names & OF_A_TICKET)
                for (value,) in world.znuny.sql(
                    f"SELECT {owner} FROM {trace.place} WHERE id = %s", int(trace.row)
                )
            )
        if not belongs:
            left.append(trace)
    return left


def files_elsewhere(world: World, traces: Iterable[Trace], ticket: Ticket) -> list[Trace]:
    """Return the files that are neither in a folder of one of the ticket's articles nor its entry in the cache."""
    rows = world.znuny.sql("SELECT id FROM article WHERE ticket_id = %s", ticket.ticket_id)
    articles = {str(row[0]) for row in rows}
    left = [trace for trace in traces if not articles & set(Path(trace.place).parts)]
    return [trace for trace in left if not _is_cached(Path(trace.place), {ticket.number, *articles})]


def _is_cached(path: Path, marks: set[str]) -> bool:
    """Tell whether a file of Znuny's cache is about a ticket: it names its number or one of its articles."""
    if "CacheFileStorable" not in path.parts:
        return False
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return True  # it is gone, so nothing is kept there
    return any(mark.encode() in content for mark in marks)


def others_of(world: World, but: Ticket | None = None) -> bytes:
    """Return all that the sandbox's OTRS keeps, one ticket left out."""
    assert world.sandbox is not None
    kept = [asdict(one) for one in world.sandbox.tickets() if but is None or one.ticket_id != but.ticket_id]
    return repr(kept).encode()


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Let every library log all it can."""
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.timeout(400)  # reading every row and file of Znuny takes its time
def test_a_mailed_request_leaves_its_words_in_the_membership_ticket_only(
    world: World, capfd: pytest.CaptureFixture[str], loud: pytest.LogCaptureFixture
) -> None:
    since, word = time.time() - 1, canaries()
    world.config["log_level"] = "debug"
    world.deliver(
        mail_of(word, extra=f"Mein Zeichen ist {word.body}, {word.html.upper()}47 und {word.sender}_x.")
    )
    with world.bridge() as bridge:
        assert [(w.category, w.state) for w in bridge.once()] == [("data-protection", "done")]
        logged = capfd.readouterr()
        # The journal is still open, so its WAL file is there too.
        assert_no_word_at_home(world, word.all, since, logged.err, logged.out, loud.text)
    assert_no_word_at_home(world, word.all, since)
    (handover,) = world.tickets("membership")
    if world.sandbox is None:
        found = world.znuny.database_traces(*word.all)
        assert {trace.needle for trace in found} == set(word.all)
        assert rows_elsewhere(world, found, handover.ticket_id) == []
        assert files_elsewhere(world, world.znuny.file_traces(*word.all), handover) == []
        assert world.mailbox_at.file_traces(*word.all) == []
    else:
        others = others_of(world, handover)
        assert b"Art. 17" in others, "the stub's text is not looked at"
        assert found_in(others, word.all) == []


@pytest.mark.timeout(400)
def test_a_request_born_in_otrs_leaves_its_words_in_the_membership_ticket_only(
    world: World, capfd: pytest.CaptureFixture[str], loud: pytest.LogCaptureFixture
) -> None:
    since, word = time.time() - 1, canaries()
    words = (word.subject, word.body, word.sender, word.address)
    world.config["log_level"] = "debug"
    body = (
        "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.\n\n"
        f"Jördis {word.sender.title()}\n{word.body.title()}straße 7"
    )
    sender = f"Jördis {word.sender.title()} <{word.address}@post.example>"
    original = Actions(world).create("support", f"Antrag von {word.subject.title()}", body, sender=sender)
    assert [(w.category, w.state) for w in world.once()] == [("data-protection", "done")]
    logged = capfd.readouterr()
    assert_no_word_at_home(world, words, since, logged.err, logged.out, loud.text)
    assert not Actions(world).exists(original)
    (handover,) = world.tickets("membership")
    if world.sandbox is None:
        found = world.znuny.database_traces(*words)
        assert {trace.needle for trace in found} == set(words)
        assert rows_elsewhere(world, found, handover.ticket_id) == []
        assert files_elsewhere(world, world.znuny.file_traces(*words), handover) == []
        assert world.mailbox_at.file_traces(*words) == []
    else:
        assert found_in(others_of(world, handover), words) == []


@pytest.mark.parametrize(
    "fault",
    [Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.HTML_AFTER, Fault.TRUNCATED_AFTER, Fault.DROP_AFTER],
)
def test_failures_of_otrs_are_told_without_a_word_of_the_request(
    sandbox: World, capfd: pytest.CaptureFixture[str], loud: pytest.LogCaptureFixture, fault: Fault
) -> None:
    since, word = time.time() - 1, canaries()
    sandbox.config["log_level"] = "debug"
    sandbox.deliver(mail_of(word))
    assert sandbox.sandbox is not None
    sandbox.sandbox.faults.arm("TicketCreate", fault, times=1)
    (worked,) = sandbox.once()
    assert worked.state == "waiting"
    logged = capfd.readouterr()
    assert "step failed" in logged.err
    for log in (logged.err, logged.out, loud.text):
        assert found_in(log.encode(), word.all) == []
    assert search_files([*sandbox.folder.glob("journal.db*"), sandbox.folder / "keys"], word.all) == []
    assert search_files(new_temporary_files(since), word.all) == []


def test_a_refused_answer_is_told_without_a_word_of_the_request(
    sandbox: World, capfd: pytest.CaptureFixture[str], loud: pytest.LogCaptureFixture
) -> None:
    word = canaries()
    sandbox.config["log_level"] = "debug"
    sandbox.config["smtp"]["port"] = 1  # nobody listens there
    asking = "Hallo, wie werde ich Mitglied bei euch? Was kostet das und welche Unterlagen brauche ich?"
    from tests.acceptance.world import mail

    sandbox.deliver(
        mail(f"Mitglied werden {word.subject}", asking, sender=f"{word.sender} <{word.address}@post.example>")
    )
    (worked,) = sandbox.once()
    assert worked.state == "waiting"
    logged = capfd.readouterr()
    assert "smtp" in logged.err
    for log in (logged.err, logged.out, loud.text):
        assert found_in(log.encode(), word.all) == []
    assert search_files([*sandbox.folder.glob("journal.db*"), sandbox.folder / "keys"], word.all) == []


def test_parking_and_unforeseen_errors_tell_no_word_of_the_request(
    sandbox: World,
    capfd: pytest.CaptureFixture[str],
    loud: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bridge.act import decision

    word = canaries()

    def breaks(message: object, **_more: object) -> None:
        raise ValueError(f"can't classify {message!r} {word.body}")

    monkeypatch.setattr(decision, "classify", breaks)
    sandbox.config["log_level"] = "debug"
    sandbox.deliver(mail_of(word))
    (worked,) = sandbox.once()
    assert (worked.state, worked.code) == ("parked", "unforeseen")
    logged = capfd.readouterr()
    assert "unforeseen" in logged.err
    for log in (logged.err, logged.out, loud.text):
        assert found_in(log.encode(), word.all) == []
    assert search_files([*sandbox.folder.glob("journal.db*"), sandbox.folder / "keys"], word.all) == []
    assert found_in(others_of(sandbox), word.all) == []
    alarms = sandbox.answers("ops@example.org")
    assert alarms
    assert found_in(b"".join(alarms), word.all) == []


def test_an_error_outside_every_case_reaches_no_log_with_its_text(
    sandbox: World,
    capfd: pytest.CaptureFixture[str],
    loud: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The scheduler would print it whole, with the request's words in the exception's text."""
    from bridge.daemon import rounds

    word = canaries()

    def breaks(*_given: object) -> None:
        raise RuntimeError(word.body)

    monkeypatch.setattr(rounds, "mail_round", breaks)
    with sandbox.bridge() as bridge:
        assert bridge.rounds[0].mail() == []
    logged = capfd.readouterr()
    assert "unforeseen" in logged.err
    assert found_in((logged.err + logged.out + loud.text).encode(), word.all) == []
