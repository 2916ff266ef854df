"""The deletion log on PostgreSQL: appends from several workers, one index after the other."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine

from bridge.deletion_log import export, reading, store
from bridge.deletion_log.entry import Draft
from bridge.deletion_log.note import Signer
from bridge.deletion_log.words import Event, Method, Result

pytestmark = pytest.mark.servers

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG = store.DeletionLog(
    "example.org/otrs-bridge/main", lambda origin: Signer(origin, KEY), "0123456789abcdef", "1"
)


def test_workers_side_by_side_leave_no_gap_even_when_they_open_the_log(postgres_url: str) -> None:
    engine = create_engine(postgres_url, pool_size=6)
    store.metadata.create_all(engine)
    found: list[int] = []

    def work() -> None:
        for event, result in ((Event.INTENDED, Result.PENDING), (Event.VERIFIED, Result.GONE)) * 10:
            draft = Draft(
                event=event,
                event_time=dt.datetime.now(dt.UTC),
                result=result,
                instance=LOG.instance,
                version="1",
                place="mailbox:a/Done",
                method=Method.IMAP_EXPUNGE,
            )
            with engine.begin() as connection:
                found.append(store.append(connection, LOG, draft))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 121))
    with engine.begin() as connection:
        state = reading.latest(connection, LOG.base)
        assert state is not None
        store.checkpoint(connection, LOG, state.origin)
        keys = [Signer("log", KEY).verifier]
        (verdict,) = export.verify_stored(connection, [state], keys, dt.datetime.now(dt.UTC))
    engine.dispose()
    assert (verdict.ok, verdict.size, verdict.covered) == (True, 121, 121)


def test_an_append_falls_with_its_transaction(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    store.metadata.create_all(engine)
    draft = Draft(
        event=Event.RELEASED,
        event_time=dt.datetime.now(dt.UTC),
        result=Result.NONE,
        instance=LOG.instance,
        version="1",
    )
    with engine.connect() as connection:
        store.append(connection, LOG, draft)
        connection.rollback()
        assert store.append(connection, LOG, draft) == 1
        connection.commit()
    engine.dispose()
