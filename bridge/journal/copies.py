"""Copies: the places at which a request's original lies. All copies of a case share its fate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, tuple_, update

from bridge.journal.schema import copies
from bridge.message import Place

PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Copy:
    """One place of a case's original and what became of it: present, moved, erased or lost."""

    id: int
    case_id: int
    place: Place
    state: str


_COLUMNS = (
    copies.c.id,
    copies.c.case_id,
    copies.c.kind,
    copies.c.account,
    copies.c.folder,
    copies.c.uidvalidity,
    copies.c.uid,
    copies.c.state,
)


def _where(place: Place) -> tuple[object, ...]:
    return (
        copies.c.account == place.account,
        copies.c.kind == place.kind,
        copies.c.folder == place.folder,
        copies.c.uidvalidity == place.uidvalidity,
        copies.c.uid == place.uid,
    )


def find(connection: Connection, place: Place) -> Copy | None:
    """Return the copy known at a place, or None."""
    row = connection.execute(select(*_COLUMNS).where(*_where(place))).first()  # type: ignore[arg-type]
    return Copy(row[0], row[1], Place(*row[2:7]), row[7]) if row else None


def add(connection: Connection, case_id: int, place: Place, now: dt.datetime) -> Copy:
    """Note that a case's original lies at `place`; the same place twice is one copy."""
    found = find(connection, place)
    if found is None:
        connection.execute(
            insert(copies).values(
                case_id=case_id,
                kind=place.kind,
                account=place.account,
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                state=PRESENT,
                seen=now,
            )
        )
        found = find(connection, place)
    assert found is not None  # noqa: S101  # inserted above, in the same transaction
    return found


def of_case(connection: Connection, case_id: int, *, state: str | None = None) -> list[Copy]:
    """Return a case's copies in the order in which they were seen."""
    query = select(*_COLUMNS).where(copies.c.case_id == case_id).order_by(copies.c.id)
    if state:
        query = query.where(copies.c.state == state)
    return [Copy(row[0], row[1], Place(*row[2:7]), row[7]) for row in connection.execute(query)]


def mark(connection: Connection, copy_id: int, state: str, place: Place | None = None) -> None:
    """Set what became of a copy and, if it went elsewhere, where it lies now."""
    values: dict[str, object] = {"state": state}
    if place is not None:
        values |= {"folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
    connection.execute(update(copies).where(copies.c.id == copy_id).values(**values))


def lose(connection: Connection, account: str, folder: str, uidvalidity: int) -> None:
    """Note that the places of a folder under an old UIDVALIDITY mean nothing any more."""
    old = (copies.c.account == account, copies.c.folder == folder, copies.c.uidvalidity == uidvalidity)
    connection.execute(update(copies).where(*old, copies.c.state == PRESENT).values(state="lost"))


def unknown(connection: Connection, places: Iterable[Place]) -> list[Place]:
    """Return those places of one folder at which the journal knows no copy, in their order."""
    wanted = list(places)
    known: set[tuple[str, str, int, str]] = set()
    keys = tuple_(copies.c.account, copies.c.folder, copies.c.uidvalidity, copies.c.uid)
    for start in range(0, len(wanted), 200):
        chunk = [(p.account, p.folder, p.uidvalidity, p.uid) for p in wanted[start : start + 200]]
        query = select(copies.c.account, copies.c.folder, copies.c.uidvalidity, copies.c.uid)
        known |= {tuple(row) for row in connection.execute(query.where(keys.in_(chunk)))}
    return [p for p in wanted if (p.account, p.folder, p.uidvalidity, p.uid) not in known]
