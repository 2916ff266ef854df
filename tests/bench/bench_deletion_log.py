"""Measure the deletion log: appends a second with full durability, full verification, single proofs, memory.

Run it alone on the machine:  python tests/bench/bench_deletion_log.py [ENTRIES] [APPENDS]
ENTRIES (default 1,000,000) are filled in large transactions; APPENDS (default 3,000) are one transaction each with
synchronous = FULL. Exits 1 when a target is missed: 500 appends/s, verification < 60 s and < 200 MB at a million
entries (scaled for fewer), one proof < 5 ms.
"""

from __future__ import annotations

import datetime as dt
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, create_engine, event

from bridge.deletion_log import export, reading, store, tree
from bridge.deletion_log.entry import Draft, Entry, References, Residual
from bridge.deletion_log.note import Signer, VerifierKey
from bridge.deletion_log.references import case_key, new_salt, reference
from bridge.deletion_log.verify import verify_bundles
from bridge.deletion_log.words import Category, Cause, Event, Level, Method, Residue, Result, Role

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG = store.DeletionLog(
    "example.org/otrs-bridge/verein", lambda origin: Signer(origin, KEY), "0123456789abcdef", "0.1.0"
)
NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
BATCH = 5_000


def draft(references: References, kind: Event) -> Draft:
    """Make an entry of usual size."""
    return Draft(
        event=kind,
        event_time=NOW,
        result=Result.PENDING if kind is Event.INTENDED else Result.GONE,
        instance=LOG.instance,
        version=LOG.version,
        cause=Cause.WORKFLOW,
        workflow="data-protection",
        workflow_version="3",
        category=Category.DATA_PROTECTION,
        place="otrs:znuny/LQFB-Support",
        references=references,
        objects=1,
        method=Method.OTRS_ERASING_JOB,
        level=Level.BY_CONTROL,
        ordered_by=Role.WORKFLOW,
        residual=(Residual(Residue.OTRS_BACKUP, dt.date(2026, 8, 1)), Residual(Residue.NOTIFICATION_MAILS)),
    )


def drafts(number: int) -> list[Draft]:
    """Make the two entries of one case."""
    salt = new_salt()
    key = case_key(bytes(32), salt)
    made = (reference(key, reference_kind, str(number)) for reference_kind in ("ticket",) * 3)  # type: ignore[arg-type]
    original, stub, handover = made
    found = References(
        key_id="2026-01234567", case_salt=salt, original=original, stub=stub, handover=handover
    )
    return [draft(found, Event.INTENDED), draft(found, Event.VERIFIED)]


def engine_for(path: Path, synchronous: str) -> Engine:
    """Open a database as the journal does."""
    engine = create_engine(f"sqlite:///{path}")

    def connect(raw: Any, _: object) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute(f"PRAGMA synchronous = {synchronous}")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def appends(path: Path, number: int) -> float:
    """Append one entry a transaction, durably; return entries a second."""
    engine = engine_for(path, "FULL")
    todo = [one for case in range(number // 2) for one in drafts(case)]
    started = time.perf_counter()
    for one in todo:
        with engine.begin() as connection:
            store.append(connection, LOG, one)
    taken = time.perf_counter() - started
    engine.dispose()
    return len(todo) / taken


def bare_commits(path: Path, number: int) -> float:
    """Return how many durable transactions of one row this disk takes a second: the ceiling of every append."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("CREATE TABLE bare (content BLOB)")
    started = time.perf_counter()
    for _ in range(number):
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO bare VALUES (?)", (bytes(2000),))
        raw.execute("COMMIT")
    taken = time.perf_counter() - started
    raw.close()
    return number / taken


def fill(path: Path, number: int) -> None:
    """Fill the log up in large transactions."""
    engine = engine_for(path, "OFF")
    with engine.begin() as connection:
        state = reading.latest(connection, LOG.base)
    assert state is not None
    while state.size < number:
        with engine.begin() as connection:
            bodies: list[bytes] = []
            for one in (
                two for case in range(min(BATCH, number - state.size) // 2 + 1) for two in drafts(case)
            ):
                entry = Entry.of(
                    one,
                    index=state.size + len(bodies),
                    log=state.origin,
                    write_time=dt.datetime.now(dt.UTC),
                    salt=new_salt(),
                )
                bodies.append(entry.to_json())
            state = store.insert_raw(connection, state, bodies)
    engine.dispose()


def proofs(connection: Connection, state: reading.LogState) -> tuple[float, float]:
    """Return the median milliseconds of an inclusion and of a consistency proof."""
    root = reading.root(connection, state)
    taken: list[list[float]] = [[], []]
    for step in range(500):
        index = (step * 7919 + 1) % state.size
        started = time.perf_counter()
        proof = reading.inclusion_proof(connection, state, index, state.size)
        taken[0].append(time.perf_counter() - started)
        row = reading.row(connection, state, index)
        assert row is not None
        assert tree.verify_inclusion(row.leaf, index, state.size, proof, root)
        started = time.perf_counter()
        reading.consistency_proof(connection, state, index, state.size)
        taken[1].append(time.perf_counter() - started)
    return statistics.median(taken[0]) * 1000, statistics.median(taken[1]) * 1000


def verify(path: Path) -> None:
    """Verify an export in a process of its own; print seconds and megabytes."""
    started = time.perf_counter()
    verdict = verify_bundles(
        [path], [VerifierKey("x", KEY.public_key().public_bytes_raw())], dt.datetime.now(dt.UTC)
    )[0]
    taken = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert verdict.ok, verdict.findings
    print(f"{verdict.size} {taken:.2f} {memory:.0f}")


def main() -> int:
    """Measure everything and compare with the targets."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    single = int(sys.argv[2]) if len(sys.argv) > 2 else 3_000
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "log.db"
        engine = engine_for(path, "FULL")
        with engine.begin() as connection:
            store.metadata.create_all(connection)
        bare = bare_commits(Path(folder) / "bare.db", single)
        fresh = appends(path, single)
        fill(path, number)
        grown = appends(path, single)
        with engine.begin() as connection:
            state = reading.latest(connection, LOG.base)
            assert state is not None
            store.checkpoint(connection, LOG, state.origin)
            inclusion, consistency = proofs(connection, state)
            started = time.perf_counter()
            found = export.verify_stored(
                connection, [state], [Signer("x", KEY).verifier], dt.datetime.now(dt.UTC)
            )
            stored = time.perf_counter() - started
            assert found[0].ok, found[0].findings
            export.export(connection, state, Path(folder) / "export", Signer(state.origin, KEY).verifier)
        engine.dispose()
        words = [sys.executable, __file__, "--verify", str(Path(folder) / "export")]
        size, seconds, memory = subprocess.run(
            words, capture_output=True, text=True, check=True
        ).stdout.split()
    print(f"bare durable commits/s      {bare:8.0f}")
    print(f"appends/s, empty log        {fresh:8.0f}")
    print(f"appends/s, {state.size} entries {grown:8.0f}")
    print(f"inclusion proof, ms         {inclusion:8.2f}")
    print(f"consistency proof, ms       {consistency:8.2f}")
    print(f"log verify (stored), s      {stored:8.1f}")
    print(f"witness verify (export), s  {float(seconds):8.1f}   of {size} entries, {memory} MB")
    share = state.size / 1_000_000
    slowest = max(stored, float(seconds))
    return int(
        min(fresh, grown) < 500
        or max(inclusion, consistency) > 5
        or slowest > 60 * share
        or float(memory) > 200
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--verify"]:
        verify(Path(sys.argv[2]))
    else:
        sys.exit(main())
