"""What the tests of the pages share: a desk on SQLite with a Maildir, filled with cases and log entries; people."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, event, insert
from werkzeug.test import TestResponse

from bridge.deletion_log import reading, store, tables
from bridge.deletion_log.entry import Draft, References, Residual, place_label
from bridge.deletion_log.note import Signer
from bridge.deletion_log.references import Kind, case_key, reference
from bridge.deletion_log.words import Category, Cause, Event, Level, Method, Residue, Result, Role
from bridge.journal import Journal, brakes, cases, open_engine, schema, threads
from bridge.journal.people import ask, case_in_full
from bridge.message.model import Place
from bridge.sources.maildir import MaildirMailbox
from bridge.web import accounts
from bridge.web.app import create_app
from bridge.web.form.sending import Post
from bridge.web.limits import limiter
from bridge.web.ports import Controller, Letterbox, RoundState, WebSettings
from bridge.web.secrets import Vault
from bridge.workflow.condition import Condition
from bridge.workflow.model import Create, Erase, Workflow, Workflows

START = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
BASE = "example.org/otrs-bridge"
SECRET = b"s" * 32
YEAR_SECRET = b"y" * 32
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery staple"
NUMBER = "2026112010000017"
PEOPLE = {
    "dora": (accounts.Role.DPO, "main"),
    "anna": (accounts.Role.APPROVER, "main"),
    "otto": (accounts.Role.OPERATOR, "main"),
}


class Broken:
    """A letterbox that fails, as a mail server does."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def append(self, folder: str, raw: bytes, *, received: dt.datetime | None = None) -> Place:
        self.asked += 1
        raise self.error


@dataclass
class BenchDesk:
    """A desk whose clock is set by hand."""

    journal: Journal
    web: WebSettings
    controllers: Sequence[Controller]
    clock: Callable[[], dt.datetime]
    faults: dict[str, str] = field(default_factory=dict)

    def now(self) -> dt.datetime:
        return self.clock()

    def case(self, case_id: int) -> dict[str, Any] | None:
        with self.journal.read() as connection:
            return case_in_full(connection, case_id)

    def ask(self, case_id: int, verb: str) -> str | None:
        with self.journal.write() as connection:
            return ask(connection, case_id, verb, self.now())

    def lift(self, brake_id: int) -> bool:
        with self.journal.write() as connection:
            return brakes.lift(connection, brake_id, "operator", self.now())


@cache
def empty_journal() -> bytes:
    """Return a database with all tables, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        engine = create_engine(f"sqlite:///{path}")
        for metadata in (schema.metadata, tables.metadata, accounts.metadata):
            metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


@cache
def filled_journal() -> bytes:
    """Return a database with people and something to see, made once."""
    with tempfile.TemporaryDirectory() as folder:
        with benched(Path(folder)) as made:
            made.add_people()
            made.fill()
        return (Path(folder) / "journal.db").read_bytes()


def _carelessly(connection: Any, _record: Any) -> None:
    """Don't wait for the disk: no test pulls the plug here."""
    connection.execute("PRAGMA synchronous = OFF")


class Compiled(BytecodeCache):
    """Compile each template once for all tests."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
_STATEMENTS: dict[Any, Any] = {}
_APPLICATIONS: dict[str, Flask] = {}


def erasing_workflow() -> Workflow:
    """Make a workflow that needs an approval."""
    steps = (Create(role="handover", queue="membership"), Create(role="stub", queue="support"), Erase())
    return Workflow("data-protection", 1, "ab" * 32, Condition(), steps, description="Hand over and erase.")


@dataclass
class WebBench:
    """A whole set of pages under test. `now` moves only when a test moves it, or with `real_time`."""

    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    letterbox: Letterbox | None = None
    names: tuple[str, ...] = ("main",)
    real_time: bool = False
    filled: bool = False
    now: dt.datetime = START
    totp: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PEOPLE, TOTP))

    def __post_init__(self) -> None:
        (self.folder / "journal.db").write_bytes(filled_journal() if self.filled else empty_journal())
        engine = open_engine(f"sqlite:///{self.folder / 'journal.db'}")
        event.listen(engine, "connect", _carelessly)
        self.journal = Journal(engine.execution_options(compiled_cache=_STATEMENTS))
        self.key = Ed25519PrivateKey.from_private_bytes(SECRET)
        self.mailbox = MaildirMailbox(self.folder / "mail", account="main")
        self.mailbox.ensure_folder("INBOX")
        self.vault = Vault(SECRET, passes=1, kibibytes=8)
        self.rounds: list[RoundState] = [RoundState("mail", START)]
        web = WebSettings(SECRET, **{"language": "en", **self.settings})
        self.desk = BenchDesk(self.journal, web, [self.controller(name) for name in self.names], self.clock)
        self.app = self._application()

    def _application(self) -> Flask:
        """Return the application for these settings, made once for all tests, with this bench behind it."""
        key = repr(sorted(self.settings.items()))
        if key not in _APPLICATIONS:
            _APPLICATIONS[key] = create_app(self.desk, self.vault)
            _APPLICATIONS[key].jinja_env.bytecode_cache = COMPILED
        found = _APPLICATIONS[key]
        found.extensions |= {"desk": self.desk, "vault": self.vault, "post": Post()}
        limiter.reset()
        return found

    def clock(self) -> dt.datetime:
        """Tell the time."""
        return dt.datetime.now(dt.UTC) if self.real_time else self.now

    def controller(self, name: str) -> Controller:
        """Make a controller."""
        return Controller(
            name=name,
            shown_name=f"Verein {name}",
            letterbox=self.letterbox or self.mailbox,
            inbox="INBOX",
            sender="support@example.org",
            dpo="datenschutz@example.org",
            log=self.log_of(name),
            log_key=Signer(f"{BASE}/{name}", self.key).verifier,
            year_secret=lambda year: YEAR_SECRET if year >= 2026 else None,
            workflows=lambda: Workflows((erasing_workflow(),)),
            rounds=lambda: self.rounds,
            mail_days={"done": 14, "filed": 30},
            by_hand=True,
        )

    def log_of(self, name: str = "main") -> store.DeletionLog:
        """Return a controller's log."""
        return store.DeletionLog(
            f"{BASE}/{name}", lambda origin: Signer(origin, self.key), "0123456789abcdef", "0.1.0"
        )

    def close(self) -> None:
        self.journal.close()

    def client(self) -> Browser:
        """Return a new browser."""
        return Browser(self)

    def add_people(self, people: Mapping[str, tuple[accounts.Role, str]] = PEOPLE) -> None:
        """Make accounts that have had their first log-in."""
        hashed = self.vault.hash(PASSWORD)
        with self.journal.write() as connection:
            for name, (role, controller) in people.items():
                accounts.add(connection, name, role, controller, hashed, self.clock())
                made = accounts.by_name(connection, name)
                assert made is not None
                self.totp[name] = TOTP
                sealed = self.vault.seal(TOTP)
                accounts.set_values(connection, made.id, initial=False, totp=sealed)

    def code(self, name: str) -> str:
        """Return the one-time code that a person's app shows now."""
        return pyotp.TOTP(self.totp[name]).at(int(self.clock().timestamp()))

    def add_case(self, number: int = 1, *, controller: str = "main", **changes: Any) -> int:
        """Put a case into the journal."""
        values = {
            "ref": f"{number:064x}",
            "salt": f"{number:032x}",
            "controller": controller,
            "source": "imap",
            "category": "data-protection",
            "workflow": "data-protection",
            "workflow_version": 1,
            "state": "done",
            "sender": "5" * 64,
            "received": self.clock(),
            "created": self.clock(),
            "updated": self.clock(),
        }
        with self.journal.write() as connection:
            made = connection.execute(insert(schema.cases).values(values | changes))
            key = made.inserted_primary_key
            assert key is not None
            return int(key[0])

    def add_ticket(self, case_id: int, ticket_id: int, number: str, role: str) -> None:
        """Note a ticket of a case."""
        with self.journal.write() as connection:
            threads.add_ticket(
                connection, threads.KnownTicket(case_id, "main", ticket_id, number, role, 0, "open")
            )

    def log_erasure(
        self, number: int, *events: Event, ticket: str = NUMBER, controller: str = "main"
    ) -> None:
        """Append the entries of one erasure, by default intended and verified."""
        salt = f"{number:032x}"
        key = case_key(YEAR_SECRET, salt)
        results = {
            Event.INTENDED: Result.PENDING,
            Event.VERIFIED: Result.GONE,
            Event.FAILED: Result.READABLE,
            Event.UNVERIFIABLE: Result.UNKNOWN,
            Event.HOLD: Result.PENDING,
        }
        with self.journal.write() as connection:
            for what in events or (Event.INTENDED, Event.VERIFIED):
                draft = Draft(
                    event=what,
                    event_time=self.clock(),
                    result=results[what],
                    instance="0123456789abcdef",
                    version="0.1.0",
                    cause=Cause.ARTICLE_17,
                    workflow="data-protection",
                    workflow_version="1",
                    category=Category.DATA_PROTECTION,
                    place=place_label("otrs", "znuny", "LQFB-Support"),
                    references=References(
                        key_id="2026-01234567", case_salt=salt, original=reference(key, Kind.TICKET, ticket)
                    ),
                    objects=1,
                    method=Method.OTRS_ERASING_JOB,
                    level=Level.BY_CONTROL,
                    ordered_by=Role.WORKFLOW,
                    residual=(Residual(Residue.OTRS_BACKUP, dt.date(2026, 12, 20)),),
                )
                store.append(connection, self.log_of(controller), draft, self.clock)

    def checkpoint(self, *, left: bool = True) -> None:
        """Sign a checkpoint, and let it leave."""
        with self.journal.write() as connection:
            state = reading.latest(connection, f"{BASE}/main")
            assert state is not None
            store.checkpoint(connection, self.log_of(), state.origin, self.clock)
            if left:
                store.mark_left(connection, state, state.size, self.clock())

    def fill(self) -> None:
        """Put something on every page."""
        for number in range(1, 8):
            category = "membership" if number % 2 else "technical"
            case_id = self.add_case(
                number, category=category, received=self.clock() - dt.timedelta(weeks=number)
            )
            if number % 2:
                self.log_erasure(number, ticket=f"20261120100000{number}9")
            role = "handover" if number % 2 else "full"
            self.add_ticket(case_id, number, f"20261120200000{number}9", role)
        self.log_erasure(20)
        self.checkpoint()
        self.log_erasure(21, Event.INTENDED, Event.UNVERIFIABLE, ticket="2026112010000025")
        self.add_case(30, state="parked", code="unforeseen", due=self.clock() + dt.timedelta(days=3))
        self.add_case(31, state="held", code="hold-by-person", due=self.clock() - dt.timedelta(days=1))
        self.add_case(32, state="waiting", code="until-acknowledged")
        with self.journal.write() as connection:
            brakes.pull(connection, "main", "source-empty", "inbox", self.clock())
            erasing = {"controller": "main", "case_id": 21, "step": "erase", "run": "r", "at": self.clock()}
            connection.execute(insert(schema.erasures).values(**erasing, result="unverifiable"))

    def mails(self) -> list[bytes]:
        """Return the mails that lie in the inbox."""
        fetched = [self.mailbox.fetch(place, max_bytes=1 << 26).raw for place in self.mailbox.list("INBOX")]
        return [raw for raw in fetched if raw is not None]

    def case_state(self, case_id: int) -> str:
        """Return a case's state."""
        with self.journal.read() as connection:
            found = cases.by_id(connection, case_id)
        assert found is not None
        return found.state


_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_FORM_NUMBER = re.compile(r'name="form_number" value="([^"]+)"')


class Browser:
    """A browser without JavaScript: keeps cookies, sends the tokens of the forms it has seen."""

    def __init__(self, bench: WebBench) -> None:
        self.bench = bench
        self.http: FlaskClient = bench.app.test_client()
        self.token = ""

    def get(self, path: str, **values: Any) -> TestResponse:
        """Get a page and remember its token."""
        answer = self.http.get(path, buffered=True, **values)
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
        return answer

    def post(self, path: str, values: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post a form with the token last seen."""
        return self.http.post(path, data={"csrf_token": self.token, **(values or {})}, **more)

    def log_in(self, name: str, *, code: str | None = None, password: str = PASSWORD) -> TestResponse:
        """Log in with a one-time code."""
        self.bench.now += dt.timedelta(seconds=30)  # no code is taken twice
        self.get("/login")
        shown = self.bench.code(name) if code is None and name in self.bench.totp else code or ""
        answer = self.post("/login", {"name": name, "password": password, "code": shown})
        if answer.status_code == 303:
            self.get(answer.headers["Location"])
        return answer

    def fill_in(self, topic: str, values: Mapping[str, Any], to: str = "main") -> TestResponse:
        """Open a form and send it."""
        page = self.get(f"/request/{to}/{topic}")
        found = _FORM_NUMBER.search(page.text)
        assert found, page.text[:500]
        return self.send(f"/request/{to}/{topic}", {"form_number": found[1], **values})

    def send(self, path: str, values: Mapping[str, Any]) -> TestResponse:
        """Post a form as multipart/form-data; a value that is a list of (name, bytes) is files."""
        body = multipart({"csrf_token": self.token, **values})
        return self.http.post(path, data=body, content_type="multipart/form-data; boundary=BOUNDARY")


def multipart(values: Mapping[str, Any]) -> bytes:
    """Write multipart/form-data in memory (the test client's own writer uses temporary files)."""
    parts = []
    for name, value in values.items():
        files = value if isinstance(value, list) else [(None, str(value).encode())]
        for file, content in files:
            named = (
                f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file is not None else ""
            )
            head = f'--BOUNDARY\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + b"--BOUNDARY--\r\n"


@contextmanager
def benched(folder: Path, **changes: Any) -> Iterator[WebBench]:
    """Make a bench and close it."""
    made = WebBench(folder, **changes)
    try:
        yield made
    finally:
        made.close()
