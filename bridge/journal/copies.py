"""Copies: the places at which a request's original lies. All copies of a case share its fate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from bridge.journal.schema import copies
from bridge.journal.upsert import insert_new
from bridge.message import Place

PRESENT = "present"
BACK = "back"


@dataclass(frozen=True, slots=True)
class Copy:
    """One place of a case's original and what became of it: present, moved, erased, lost, or back.

    `back`: it was erased, and lies there again after a restore.
    """

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


_PLACE = ("account", "kind", "folder", "uidvalidity", "uid")
_AT = select(*_COLUMNS).where(*(copies.c[name] == bindparam(name) for name in _PLACE))


def find(connection: Connection, place: Place) -> Copy | None:
    """Return the copy known at a place, or None."""
    row = connection.execute(_AT, {name: getattr(place, name) for name in _PLACE}).first()
    return Copy(row[0], row[1], Place(*row[2:7]), row[7]) if row else None


def add(connection: Connection, case_id: int, place: Place, now: dt.datetime) -> Copy:
    """Note that a case's original lies at `place`; the same place twice is one copy."""
    found = find(connection, place)
    if found is None:
        where = {name: getattr(place, name) for name in _PLACE}
        insert_new(connection, copies, {"case_id": case_id, "state": PRESENT, "seen": now, **where})
        found = find(connection, place)
    assert found is not None  # noqa: S101  # inserted above, or by another worker who was quicker
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


def release(connection: Connection, copy_id: int) -> None:
    """Give a place back: a restored server gave its uid or ticket id to something else."""
    where = copies.c.id == copy_id
    connection.execute(update(copies).where(where).values(state="lost", uid=f"released-{copy_id}"))


def gone_from(connection: Connection, places: Iterable[Place]) -> list[Copy]:
    """Return the copies at these places that the journal believes not to be there any more (moved, erased, lost)."""
    by_folder: dict[tuple[str, str, str, int], list[str]] = {}
    for place in places:
        by_folder.setdefault(_folder(place), []).append(place.uid)
    found: list[Copy] = []
    for folder, uids in by_folder.items():
        for start in range(0, len(uids), 500):
            where = (*_in(folder), copies.c.uid.in_(uids[start : start + 500]))
            query = select(*_COLUMNS).where(*where, copies.c.state.not_in((PRESENT, BACK)))
            found += [Copy(row[0], row[1], Place(*row[2:7]), row[7]) for row in connection.execute(query)]
    return found


def _in(folder: tuple[str, str, str, int]) -> list[ColumnElement[bool]]:
    columns = (copies.c.account, copies.c.kind, copies.c.folder, copies.c.uidvalidity)
    return [column == value for column, value in zip(columns, folder, strict=True)]


def unknown(connection: Connection, places: Iterable[Place]) -> list[Place]:
    """Return those places of one folder at which the journal knows no copy, in their order.

    Each question names all columns of the index but the last, so that it costs the same however many copies are old.
    """
    wanted = list(places)
    by_folder: dict[tuple[str, str, str, int], list[str]] = {}
    for place in wanted:
        by_folder.setdefault(_folder(place), []).append(place.uid)
    known = {(where, uid) for where, uids in by_folder.items() for uid in _known(connection, where, uids)}
    return [place for place in wanted if (_folder(place), place.uid) not in known]


def _folder(place: Place) -> tuple[str, str, str, int]:
    return (place.account, place.kind, place.folder, place.uidvalidity)


def _known(connection: Connection, folder: tuple[str, str, str, int], uids: list[str]) -> Iterator[str]:
    same_folder = _in(folder)
    for start in range(0, len(uids), 500):
        query = select(copies.c.uid).where(*same_folder, copies.c.uid.in_(uids[start : start + 500]))
        yield from connection.execute(query).scalars()
