"""Fingerprints of people (keyed hashes under expiring keys), by which a second accreditation is noticed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from bridge.journal.schema import fingerprints
from bridge.journal.upsert import insert_new


def note(
    connection: Connection,
    controller: str,
    case_id: int,
    key_id: str,
    hashes: Collection[str],
    now: dt.datetime,
) -> None:
    """Keep the fingerprints of a case's person, made with one key."""
    for one in hashes:
        row = {"controller": controller, "case_id": case_id, "key_id": key_id, "hash": one, "at": now}
        insert_new(connection, fingerprints, row)


def others(connection: Connection, controller: str, case_id: int, hashes: Sequence[str]) -> list[int]:
    """Return the other cases that have one of these fingerprints, the oldest first."""
    where = (fingerprints.c.controller == controller, fingerprints.c.hash.in_(hashes))
    query = select(fingerprints.c.case_id).where(*where, fingerprints.c.case_id != case_id).distinct()
    return sorted(connection.execute(query).scalars())


def forget_hashes(connection: Connection, controller: str, hashes: Sequence[str]) -> int:
    """Delete these fingerprints, whichever case they came from: a person's own erasure. Returns their number."""
    where = (fingerprints.c.controller == controller, fingerprints.c.hash.in_(hashes))
    return connection.execute(delete(fingerprints).where(*where)).rowcount


def forget_case(connection: Connection, case_id: int) -> int:
    """Delete the fingerprints of one case."""
    return connection.execute(delete(fingerprints).where(fingerprints.c.case_id == case_id)).rowcount


def forget_keys(connection: Connection, key_ids: Sequence[str]) -> int:
    """Delete what was made with keys that are destroyed: nobody can recognise it any more."""
    return connection.execute(delete(fingerprints).where(fingerprints.c.key_id.in_(key_ids))).rowcount
