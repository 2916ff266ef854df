"""Hand the log out: as lines, as an export for the DPO, as a source for checking it where it lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from bridge.deletion_log import reading
from bridge.deletion_log.audit import MOST, Verdict
from bridge.deletion_log.bundle import Dropped, write_bundle
from bridge.deletion_log.findings import finding
from bridge.deletion_log.note import VerifierKey
from bridge.deletion_log.reading import LogState, Row
from bridge.deletion_log.tree import leaf_hash
from bridge.deletion_log.verify import Source, note_origin, verify_sources, with_findings
from bridge.i18n import gettext as _


def line(row: Row) -> bytes:
    """Write one stored entry as a line of an export, without its newline."""
    return Dropped(row.index, row.leaf).line() if row.body is None else row.body


def export(connection: Connection, state: LogState, path: Path, key: VerifierKey) -> int:
    """Write the log as an export (see `bundle`) and return the number of entries; BundleError when it can't be."""
    lines = (line(row) for row in reading.rows(connection, state))
    notes = list(reading.notes(connection, state).items())
    return write_bundle(path, lines, notes, [key.renamed(state.origin)], readme(state))


def readme(state: LogState) -> str:
    """Say what an export is and how it is checked, in the language in force."""
    text = _(
        "This is an export of the deletion log {origin} with {size} entries.\n"
        "\n"
        "entries.jsonl   one entry a line, exactly as it was hashed\n"
        "checkpoints/    signed checkpoints: they fix what the log held when they were made\n"
        "keys.txt        the public key of the log; trust the one that you were given in person\n"
        "\n"
        "Check it with:  otrs-bridge witness verify --key KEY THIS-FOLDER\n"
        "It needs neither the bridge nor its database. References are pseudonyms: treat them as personal data.\n"
    )
    return text.format(origin=state.origin, size=state.size)


def source(connection: Connection, state: LogState, wrong: list[int] | None = None) -> Source:
    """Let the stored log be checked like an export.

    `wrong` collects the indexes of entries whose stored hash isn't that of their contents.
    """

    def read() -> Iterator[bytes]:
        for row in reading.rows(connection, state):
            if wrong is not None and row.body is not None and leaf_hash(row.body) != row.leaf:
                wrong.append(row.index)
            yield line(row)

    @contextmanager
    def lines() -> Iterator[Iterator[bytes]]:
        yield read()

    notes = {f"{size:012d}.txt": note for size, note in reading.notes(connection, state).items()}
    return Source(state.origin, lines, notes)


def verify_stored(
    connection: Connection,
    states: Sequence[LogState],
    keys: Sequence[VerifierKey],
    now: dt.datetime,
    checkpoints: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """Check the logs where they lie: as an export, and whether the stored hashes are those of the entries.

    `checkpoints` are more of them, by name, such as those filed in the mailbox.
    """
    by_origin = {state.origin: state for state in states}
    wrong: dict[str, list[int]] = {origin: [] for origin in by_origin}
    sources = []
    for state in states:
        more = {name: note for name, note in (checkpoints or {}).items() if note_origin(note) == state.origin}
        found = source(connection, state, wrong[state.origin])
        sources.append(replace(found, checkpoints={**found.checkpoints, **more}))
    return [
        _with_stored(connection, by_origin[verdict.origin], verdict, wrong[verdict.origin])
        for verdict in verify_sources(sources, keys, now)
    ]


def _with_stored(connection: Connection, state: LogState, verdict: Verdict, wrong: list[int]) -> Verdict:
    findings = [finding("hash-differs", index) for index in sorted(set(wrong))[:MOST]]
    try:
        same = reading.root(connection, state) == verdict.root
    except reading.StoreError:
        same = False
    return with_findings(verdict, *findings, *(() if same else (finding("hashes-differ"),)))
