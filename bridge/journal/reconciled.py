"""The last daily reconciliation, kept as numbers only, for the review page and the metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from bridge.journal import folders
from bridge.journal.schema import cursors

PREFIX = "reconciled-"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the journal believes against what mailbox and OTRS show.

    `counts` are what was compared, by name; `differences` how many requests don't fit, by code. A case with its
    hand-over, its stub and the follow-ups that joined it counts once.
    """

    at: dt.datetime
    counts: Mapping[str, int]
    differences: Mapping[str, int]

    @property
    def even(self) -> bool:
        """Tell whether everything is where it should be."""
        return not self.differences


def keep(connection: Connection, controller: str, found: Reconciliation) -> None:
    """Keep the newest reconciliation in place of the one before."""
    mine = (cursors.c.instance == controller, cursors.c.name.startswith(PREFIX))
    connection.execute(delete(cursors).where(*mine))
    folders.set_cursor(connection, controller, PREFIX, at=found.at)
    for kind, numbers in (("count", found.counts), ("differs", found.differences)):
        for name, number in numbers.items():
            folders.set_cursor(connection, controller, f"{PREFIX}{kind}-{name}", number=number, at=found.at)


def last(connection: Connection, controller: str) -> Reconciliation | None:
    """Return the newest reconciliation of a controller; None before the first."""
    query = select(cursors.c.name, cursors.c.number, cursors.c.at).where(
        cursors.c.instance == controller, cursors.c.name.startswith(PREFIX)
    )
    rows = {row.name.removeprefix(PREFIX): row for row in connection.execute(query)}
    if "" not in rows:
        return None
    numbers = {name: int(row.number or 0) for name, row in rows.items() if name}
    split = {
        kind: {n.removeprefix(f"{kind}-"): v for n, v in numbers.items() if n.startswith(f"{kind}-")}
        for kind in ("count", "differs")
    }
    return Reconciliation(rows[""].at, split["count"], split["differs"])
