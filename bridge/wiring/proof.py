"""What was erased and whether the deletion log holds, for the demo's summary and `log verify`."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from bridge.deletion_log import reading
from bridge.deletion_log.export import verify_stored
from bridge.deletion_log.findings import FAULT
from bridge.deletion_log.tables import entries
from bridge.wiring import Bridge, utc_now
from bridge.wiring.controller import log_of

RESULTS = ("verified", "failed", "unverifiable")


def erased(bridge: Bridge) -> Counter[tuple[str, str]]:
    """Count the results in the deletion log by event and level of proof."""
    with bridge.journal.read() as connection:
        rows = connection.execute(
            select(entries.c.event, entries.c.level).where(entries.c.event.in_(RESULTS))
        )
        return Counter((row[0], row[1]) for row in rows)


def verify_log(bridge: Bridge) -> list[str]:
    """Check every stored log; returns the faults in plain words, nothing when everything holds."""
    texts = []
    with bridge.journal.read() as connection:
        for settings in bridge.settings.for_controllers():
            log = log_of(settings, bridge.keys)
            states = reading.all_logs(connection, log.base)
            keys = [log.sign(log.base).verifier]
            for verdict in verify_stored(connection, states, keys, utc_now()):
                texts += [found.text for found in verdict.findings if found.severity == FAULT]
    return texts
