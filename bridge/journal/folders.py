"""What was last seen of each mail folder and OTRS instance: how a restore or an emptied source is noticed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from bridge.journal.schema import cursors, folders
from bridge.journal.upsert import insert_new

# So many mails gone at once, none of them taken by us, look like an emptied or wrong folder.
SUDDENLY = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A folder's UIDVALIDITY, UIDNEXT and number of mails."""

    uidvalidity: int
    uidnext: int
    count: int


def compare(before: Seen | None, now: Seen, taken: int) -> str | None:
    """Tell what is wrong with a folder, given how many mails we took from it since; None when nothing is.

    >>> compare(Seen(1, 10, 3), Seen(2, 4, 3), 0)
    'uidvalidity-changed'
    """
    if before is None:
        return None
    if before.uidvalidity != now.uidvalidity:
        return "uidvalidity-changed"
    if now.uidnext < before.uidnext:
        return "uidnext-fell"
    if now.count == 0 and before.count - taken >= SUDDENLY:
        return "source-empty"
    return None


def last_seen(connection: Connection, account: str, folder: str) -> tuple[Seen | None, int]:
    """Return what was last seen of a folder and how many mails we took from it since."""
    query = select(folders.c.uidvalidity, folders.c.uidnext, folders.c.count, folders.c.expected)
    row = connection.execute(query.where(folders.c.account == account, folders.c.folder == folder)).first()
    return (Seen(row[0], row[1], row[2]), row[3]) if row else (None, 0)


def note(connection: Connection, account: str, folder: str, seen: Seen, now: dt.datetime) -> None:
    """Keep what is seen of a folder now; the count of taken mails starts again at 0."""
    where = (folders.c.account == account, folders.c.folder == folder)
    values: dict[str, object] = {
        "uidvalidity": seen.uidvalidity,
        "uidnext": seen.uidnext,
        "count": seen.count,
        "expected": 0,
        "seen": now,
    }
    if not insert_new(connection, folders, {"account": account, "folder": folder, **values}):
        connection.execute(update(folders).where(*where).values(**values))


def took(connection: Connection, account: str, folder: str, number: int = 1) -> None:
    """Count a mail that we moved away ourselves."""
    where = (folders.c.account == account, folders.c.folder == folder)
    connection.execute(update(folders).where(*where).values(expected=folders.c.expected + number))


def cursor(connection: Connection, instance: str, name: str) -> tuple[int | None, dt.datetime | None]:
    """Return a named position (number, time) of an OTRS instance; (None, None) at first."""
    query = select(cursors.c.number, cursors.c.at)
    row = connection.execute(query.where(cursors.c.instance == instance, cursors.c.name == name)).first()
    return (row[0], row[1]) if row else (None, None)


def set_cursor(
    connection: Connection,
    instance: str,
    name: str,
    *,
    number: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Set a named position."""
    where = (cursors.c.instance == instance, cursors.c.name == name)
    values = {"number": number, "at": at}
    if not insert_new(connection, cursors, {"instance": instance, "name": name, **values}):
        connection.execute(update(cursors).where(*where).values(**values))


def turn(connection: Connection, instance: str, name: str, now: dt.datetime, every: dt.timedelta) -> bool:
    """Take one's turn at something that is done once in a time by whoever comes first; False when it was done."""
    if insert_new(connection, cursors, {"instance": instance, "name": name, "number": None, "at": now}):
        return True
    due = (cursors.c.instance == instance, cursors.c.name == name, cursors.c.at <= now - every)
    return connection.execute(update(cursors).where(*due).values(at=now)).rowcount == 1
