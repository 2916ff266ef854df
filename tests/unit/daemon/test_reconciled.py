"""The last reconciliation, kept as numbers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import create_engine

from bridge.journal import Journal, reconciled
from bridge.journal.reconciled import Reconciliation
from bridge.journal.schema import metadata

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def test_the_newest_takes_the_place_of_the_one_before() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    journal = Journal(engine)
    first = Reconciliation(NOW, {"done": 7}, {"back": 2, "not-there": 1})
    second = Reconciliation(NOW + dt.timedelta(days=1), {"done": 9, "inbox": 0}, {})
    with journal.write() as connection:
        assert reconciled.last(connection, "main") is None
        reconciled.keep(connection, "other", first)
        reconciled.keep(connection, "main", first)
        assert reconciled.last(connection, "main") == first
        reconciled.keep(connection, "main", second)
        assert reconciled.last(connection, "main") == second
        assert reconciled.last(connection, "other") == first
    assert second.even
    assert not first.even
    journal.close()
