"""Appending: one index after the other, one log a year, everything inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, event, func, select, update

from bridge.deletion_log import reading, store, tables, tree
from bridge.deletion_log.detail import Link
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.note import Checkpoint, Note, open_checkpoint
from bridge.deletion_log.patterns import EntryError
from bridge.deletion_log.words import Event


def test_the_first_entry_opens_the_log_and_has_no_year_before(bench: Any) -> None:
    assert bench.append() == 1
    first, second = (Entry.from_json(body) for body in bench.bodies())
    assert (first.event, first.detail, first.index) == (Event.CHECKPOINT, Link(""), 0)
    assert (second.event, second.index, second.log) == (
        Event.INTENDED,
        1,
        "example.org/otrs-bridge/verein/2026",
    )
    assert first.write_time < second.write_time
    assert first.salt != second.salt


def test_indexes_are_the_sizes_and_the_root_is_that_of_the_bodies(bench: Any) -> None:
    assert [bench.append() for _ in range(40)] == list(range(1, 41))
    frontier = tree.Frontier()
    for body in bench.bodies():
        frontier.append(tree.leaf_hash(body))
    assert bench.state().size == frontier.size == 41
    assert reading.root(bench.connection, bench.state()) == frontier.root()


def test_there_is_one_row_for_each_complete_subtree(bench: Any) -> None:
    for _ in range(20):
        bench.append()
    count = bench.connection.execute(select(func.count()).select_from(tables.nodes)).scalar_one()
    assert count == 21 + 10 + 5 + 2 + 1


def test_an_append_falls_with_its_transaction(bench: Any) -> None:
    bench.append()
    bench.connection.commit()
    bench.append()
    bench.connection.rollback()
    assert bench.state().size == 2
    assert bench.append() == 2
    assert reading.root(bench.connection, bench.state()) == reading.root(bench.connection, bench.state(), 3)


def test_a_refused_entry_leaves_nothing_behind(bench: Any, make_draft: Any) -> None:
    bench.append()
    with pytest.raises(EntryError):
        bench.append(make_draft(place="otrs:Erika Mustermann"))
    assert bench.state().size == 2


def test_only_configured_places_when_they_are_given(bench: Any, make_draft: Any) -> None:
    log = bench.log
    log = store.DeletionLog(log.base, log.sign, log.instance, log.version, frozenset({"otrs:a/b"}))
    store.append(bench.connection, log, make_draft(place="otrs:a/b"), bench.clock)
    with pytest.raises(store.StoreError, match="place") as refused:
        store.append(bench.connection, log, make_draft(place="otrs:a/c"), bench.clock)
    assert refused.value.permanent


def test_the_year_changes_and_the_new_log_holds_the_last_checkpoint_of_the_old_one(bench: Any) -> None:
    bench.fill(3)
    origin = bench.state().origin
    bench.now = dt.datetime(2026, 12, 31, 23, 59, 59, 998000, tzinfo=dt.UTC)
    bench.append()  # looks at the clock twice: still 2026
    bench.append()
    new = bench.state()
    assert (new.year, new.size, new.origin) == (2027, 2, "example.org/otrs-bridge/verein/2027")
    old = reading.find(bench.connection, origin)
    assert old is not None
    assert old.size == 8
    opening = Entry.from_json(bench.bodies()[0])
    assert isinstance(opening.detail, Link)
    head, _ = open_checkpoint(opening.detail.checkpoint, [bench.public.renamed(old.origin)])
    assert head == Checkpoint(old.origin, 8, reading.root(bench.connection, old))
    assert reading.notes(bench.connection, old) == {8: opening.detail.checkpoint}


def test_a_year_without_entries_is_skipped(bench: Any) -> None:
    bench.append()
    bench.now = bench.now.replace(year=2029)
    bench.append()
    assert [state.year for state in reading.all_logs(bench.connection)] == [2026, 2029]


def test_a_clock_that_falls_back_does_not_write_to_a_closed_log(bench: Any) -> None:
    bench.append()
    bench.now = bench.now.replace(year=2027)
    bench.append()
    bench.now = bench.now.replace(year=2026)
    bench.append()
    assert bench.state().year == 2027
    assert [state.size for state in reading.all_logs(bench.connection)] == [2, 3]


def test_a_checkpoint_is_signed_once_for_a_size(bench: Any) -> None:
    bench.fill(2)
    first = bench.checkpoint()
    assert bench.checkpoint() == first
    bench.append()
    second = bench.checkpoint()
    key = bench.public.renamed(bench.state().origin)
    assert [open_checkpoint(note, [key])[0].size for note in (first, second)] == [5, 6]
    assert list(reading.notes(bench.connection, bench.state())) == [5, 6]


def test_no_checkpoint_of_a_log_that_is_not_there(bench: Any) -> None:
    with pytest.raises(store.StoreError):
        store.checkpoint(bench.connection, bench.log, "example.org/otrs-bridge/verein/2026", bench.clock)


def test_what_left_is_remembered(bench: Any) -> None:
    bench.fill(1)
    bench.checkpoint()
    assert reading.last_left(bench.connection, bench.state()) is None
    store.mark_left(bench.connection, bench.state(), 3, bench.now)
    size, when = reading.last_left(bench.connection, bench.state()) or (0, "")
    assert (size, when[:10]) == (3, "2026-11-20")
    store.keep_token(bench.connection, bench.state(), 3, b"token")
    with pytest.raises(store.StoreError, match="checkpoint"):
        store.mark_left(bench.connection, bench.state(), 4, bench.now)


def test_a_cosignature_is_kept_with_its_checkpoint(bench: Any) -> None:
    bench.fill(1)
    note = Note.parse(bench.checkpoint())
    more = str(note.adding(bench.log.sign("dpo.example").cosign(note.text, 1_800_000_000)))
    store.keep_note(bench.connection, bench.state(), 3, more)
    assert reading.notes(bench.connection, bench.state()) == {3: more}


def test_proofs_from_the_stored_nodes_hold(bench: Any) -> None:
    bench.fill(17)
    state, bodies = bench.state(), bench.bodies()
    roots = [reading.root(bench.connection, state, size) for size in range(state.size + 1)]
    for index, body in enumerate(bodies):
        proof = reading.inclusion_proof(bench.connection, state, index, state.size)
        assert tree.verify_inclusion(tree.leaf_hash(body), index, state.size, proof, roots[-1])
        proof = reading.consistency_proof(bench.connection, state, index, state.size)
        assert tree.verify_consistency(index, state.size, roots[index], roots[-1], proof)


def test_missing_nodes_are_an_error_of_their_own(bench: Any) -> None:
    bench.fill(3)
    bench.connection.execute(delete(tables.nodes).where(tables.nodes.c.position == 64 * 2))
    with pytest.raises(store.StoreError) as missing:
        reading.inclusion_proof(bench.connection, bench.state(), 3, 7)
    assert missing.value.code == "log.nodes-missing"


def test_rows_are_read_in_pieces_and_in_order(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.fill(10)
    monkeypatch.setattr(reading, "_CHUNK", 4)
    state = bench.state()
    assert [row.index for row in reading.rows(bench.connection, state)] == list(range(21))
    assert [row.index for row in reading.rows(bench.connection, state, 3, 9)] == list(range(3, 9))
    assert reading.row(bench.connection, state, 20) is not None
    assert reading.row(bench.connection, state, 21) is None


def test_a_row_without_contents_has_no_entry(bench: Any) -> None:
    bench.append()
    bench.connection.execute(update(tables.entries).where(tables.entries.c.position == 1).values(body=None))
    found = reading.row(bench.connection, bench.state(), 1)
    assert found is not None
    assert found.entry is None


def test_the_searchable_columns_are_those_of_the_body(bench: Any) -> None:
    bench.fill(1)
    row = bench.connection.execute(select(tables.entries).where(tables.entries.c.position == 2)).one()
    entry = Entry.from_json(row.body)
    assert (row.event, row.category, row.level) == (entry.event, entry.category, entry.level)
    assert (row.case_salt, row.reference) == (entry.references.case_salt, entry.references.original)


def test_appends_side_by_side_leave_no_gap(tmp_path: Path, bench: Any, make_draft: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/log.db", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def plain(raw: Any, _: object) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        store.metadata.create_all(connection)
    found: list[int] = []

    def work() -> None:
        for _ in range(25):
            with engine.begin() as connection:
                found.append(store.append(connection, bench.log, make_draft()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert sorted(found) == list(range(1, 101))
