"""The journal's own promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event

from bridge.journal import (
    Journal,
    approvals,
    cases,
    claims,
    copies,
    folders,
    meta,
    open_engine,
    receipts,
    threads,
)
from bridge.journal.approvals import Approval
from bridge.journal.cases import NewCase
from bridge.journal.schema import meta as meta_table
from bridge.journal.schema_version import migrate
from bridge.journal.threads import KnownTicket
from bridge.journal.upsert import insert_new
from bridge.message.model import Place
from tests.bench.old_cases import fill

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
Result = TypeVar("Result")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Give an empty journal in each kind of database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'journal.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    made = Journal(open_engine(url))
    migrate(made.engine)
    yield made
    made.close()


def new_case(ref: str = "a" * 64) -> NewCase:
    """Return what is known of a request at first."""
    return NewCase(ref, "main", "mail", NOW, sender=None, digest=None, size=None)


def at_once(number: int, call: Callable[[int], Result]) -> list[Result]:
    """Run a call in several threads that all begin together."""
    barrier = threading.Barrier(number)

    def begin(one: int) -> Result:
        barrier.wait(10)
        return call(one)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))


def test_a_row_is_new_once(journal: Journal) -> None:
    with journal.write() as connection:
        assert insert_new(connection, meta_table, {"name": "a", "value": "b"})
        assert not insert_new(connection, meta_table, {"name": "a", "value": "c"})
        assert meta.get(connection, "a") == "b"


def test_the_same_request_seen_by_many_at_once_is_one_case(journal: Journal) -> None:
    def open_it(_one: int) -> int:
        with journal.write() as connection:
            return cases.open_case(connection, new_case(), NOW).id

    assert len(set(at_once(6, open_it))) == 1


def test_everything_seen_twice_at_once_is_kept_once(journal: Journal) -> None:
    with journal.write() as connection:
        case = cases.open_case(connection, new_case(), NOW).id
    place = Place("imap", "main", "INBOX", 7, "1")

    def see(_one: int) -> int:
        with journal.write() as connection:
            found = copies.add(connection, case, place, NOW).id
            threads.add_ticket(connection, KnownTicket(case, "main", 1, "1001", "full", 0, "open"))
            threads.add_message(connection, "b" * 64, case)
            receipts.put(connection, case, "seen", "done", NOW, {"articles": {}})
            folders.set_cursor(connection, "main", "admins-changed", at=NOW)
            return found

    assert len(set(at_once(6, see))) == 1
    with journal.read() as connection:
        assert len(copies.of_case(connection, case)) == 1
        assert copies.unknown(connection, [place, Place("imap", "main", "INBOX", 7, "2")]) == [
            Place("imap", "main", "INBOX", 7, "2")
        ]
        assert folders.cursor(connection, "main", "admins-changed") == (None, NOW)


def test_one_of_many_gets_the_case(journal: Journal) -> None:
    with journal.write() as connection:
        case = cases.open_case(connection, new_case(), NOW).id

    def claim(one: int) -> bool:
        with journal.write() as connection:
            return claims.claim(connection, case, f"worker-{one}", NOW, 60)

    assert sorted(at_once(6, claim)) == [False] * 5 + [True]


def test_a_done_step_stays_done(journal: Journal) -> None:
    with journal.write() as connection:
        case = cases.open_case(connection, new_case(), NOW).id
        receipts.put(connection, case, "full", "done", NOW, {"ticket_id": 1})
        receipts.put(connection, case, "full", "sent", NOW, {})
        found = receipts.of_case(connection, case)["full"]
        assert found.done
        assert found.attrs == {"ticket_id": 1}


def test_an_approval_counts_once_for_each_account(journal: Journal) -> None:
    with journal.write() as connection:
        given = [
            approvals.give(connection, "main", Approval("erasure", "c" * 64, "approver", account, NOW))
            for account in ("1", "1", "2")
        ]
    assert given == [True, False, True]


def test_a_late_copy_opens_what_was_done(journal: Journal) -> None:
    with journal.write() as connection:
        case = cases.open_case(connection, new_case(), NOW).id
        cases.finish(connection, case, NOW)
        assert cases.due_cases(connection, "main", NOW) == []
        cases.reopen(connection, case, NOW)
        (due,) = cases.due_cases(connection, "main", NOW)
        assert (due.state, due.code, due.finished) == ("waiting", "late-copy", None)


def test_old_cases_are_never_read_through(journal: Journal) -> None:
    """What a poll round asks is answered through indexes: however many old cases there are, it costs the same."""
    fill(journal, 3000, "main", NOW)
    places = [Place("maildir", "main", "INBOX", 1, str(uid)) for uid in range(2990, 3010)]
    with journal.write() as connection, asked(connection) as questions:
        assert len(copies.unknown(connection, places)) == 9
        assert cases.due_cases(connection, "main", NOW) == []
        assert threads.by_role(connection, "main", "admins") == []
        assert threads.known_ids(connection, "main", [1, -5]) == {-5}
        assert threads.case_of_messages(connection, ["d" * 64], "main") is None
        assert cases.forget_finished(connection, NOW - dt.timedelta(days=1), NOW) == 0
    with journal.write() as connection:
        if not journal.sqlite:  # with so few rows it would rather read them all
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        assert [scan for question in questions for scan in scans(connection, question)] == []


@contextmanager
def asked(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give the SELECTs of the block with their values."""
    found: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)


def scans(connection: Connection, question: tuple[str, Any]) -> list[str]:
    """Return those lines of the plan that read a whole table or a whole index."""
    statement, values = question
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row[-1] for row in rows if row[-1].startswith("SCAN")]
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
    return [line for line in plan if "Seq Scan" in line]
