"""What the tests of the deletion log share: a log on SQLite with a clock that is set by hand, drafts of entries."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, create_engine

from bridge.deletion_log import reading, store
from bridge.deletion_log.entry import Draft, References, Residual, place_label
from bridge.deletion_log.note import Signer, VerifierKey
from bridge.deletion_log.words import RESULTS, Category, Cause, Event, Level, Method, Residue, Result, Role

BASE = "example.org/otrs-bridge/verein"
START = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)


def make_draft(number: int = 1, kind: Event = Event.INTENDED, **changes: object) -> Draft:
    """Make a draft about case `number`."""
    results = {
        Event.INTENDED: Result.PENDING,
        Event.EXECUTED: Result.OK,
        Event.VERIFIED: Result.GONE,
        Event.FAILED: Result.READABLE,
        Event.UNVERIFIABLE: Result.UNKNOWN,
    }
    draft = Draft(
        event=kind,
        event_time=START,
        result=results.get(kind, min(RESULTS[kind])),
        instance="0123456789abcdef",
        version="0.1.0",
        cause=Cause.WORKFLOW,
        workflow="data-protection",
        workflow_version="3",
        category=Category.DATA_PROTECTION,
        place=place_label("otrs", "znuny", "LQFB-Support"),
        references=References(
            key_id="2026-01234567",
            case_salt=f"{number:032x}",
            original=f"{number:064x}",
            stub=f"{number + 1:064x}",
        ),
        objects=1,
        method=Method.OTRS_ERASING_JOB,
        level=Level.BY_CONTROL,
        ordered_by=Role.WORKFLOW,
        approved_by=Role.SECOND_APPROVER,
        residual=(Residual(Residue.OTRS_BACKUP, dt.date(2027, 2, 1)),),
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


@dataclass
class Bench:
    """A log under test."""

    connection: Connection
    now: dt.datetime = START
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def log(self) -> store.DeletionLog:
        return store.DeletionLog(BASE, lambda origin: Signer(origin, self.key), "0123456789abcdef", "0.1.0")

    @property
    def public(self) -> VerifierKey:
        return Signer(BASE, self.key).verifier

    def clock(self) -> dt.datetime:
        """Tell the time: each look costs a millisecond."""
        self.now += dt.timedelta(milliseconds=1)
        return self.now

    def append(self, draft: Draft | None = None) -> int:
        return store.append(self.connection, self.log, draft or make_draft(), self.clock)

    def fill(self, cases: int, first: int = 1) -> None:
        """Append an intention and its verified result for each case."""
        for number in range(first, first + cases):
            self.append(make_draft(number))
            self.append(make_draft(number, Event.VERIFIED))

    def state(self) -> reading.LogState:
        found = reading.latest(self.connection, BASE)
        assert found is not None
        return found

    def checkpoint(self) -> str:
        return store.checkpoint(self.connection, self.log, self.state().origin, self.clock)

    def bodies(self, start: int = 0) -> list[bytes]:
        return [
            row.body for row in reading.rows(self.connection, self.state(), start) if row.body is not None
        ]


@cache
def empty_tables() -> bytes:
    """Make the tables once; every test starts from a copy."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        store.metadata.create_all(connection)
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        content = raw.serialize()
    engine.dispose()
    return content


def connect() -> Connection:
    """Open a database in memory with empty tables."""

    def copy() -> sqlite3.Connection:
        raw = sqlite3.connect(":memory:")
        raw.deserialize(empty_tables())
        raw.execute("PRAGMA foreign_keys = ON")
        return raw

    return create_engine("sqlite://", creator=copy).connect()


@pytest.fixture
def bench() -> Iterator[Bench]:
    connection = connect()
    yield Bench(connection)
    connection.close()
    connection.engine.dispose()


@pytest.fixture
def other() -> Iterator[Bench]:
    connection = connect()
    yield Bench(connection)
    connection.close()
    connection.engine.dispose()


@pytest.fixture(name="make_draft")
def make_draft_fixture() -> object:
    return make_draft
