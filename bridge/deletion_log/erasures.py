"""Follow announced erasures to their results, as a check reads the log."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.deletion_log.findings import Finding, finding
from bridge.deletion_log.line_reader import Facts
from bridge.deletion_log.words import Event, Method

PATIENCE = dt.timedelta(days=7)
"""How long an announced erasure may stay without a result."""
AT_YEARS_END = dt.timedelta(days=31)
"""How long before the end of a closed log an announcement may lie whose result stands in the next one."""

_RESULTS = frozenset({Event.EXECUTED, Event.VERIFIED, Event.FAILED, Event.UNVERIFIABLE})
_FOLLOWED = _RESULTS | {Event.INTENDED, Event.HOLD, Event.RELEASED}
_UNANSWERED = frozenset({Event.INTENDED, Event.EXECUTED, Event.RELEASED})
_OWN_ACTS = frozenset({Method.NONE, Method.CONTENT_DROP, Method.KEY_UNLINK})
_COUNTED = {
    Event.FAILED: "failed-open",
    Event.UNVERIFIABLE: "unverifiable-open",
    Event.HOLD: "held-open",
}


@dataclass(frozen=True, slots=True)
class Open:
    """An erasure that is not verified: the entry that announced it, its time, and what was last said of it."""

    index: int
    time: dt.datetime
    last: Event


class OpenErasures:
    """Keep what is open, under sixteen bytes that name the case and its original (or the place of a regular run)."""

    def __init__(self, carried: Mapping[bytes, Open] | None = None) -> None:
        self.open: dict[bytes, Open] = dict(carried or {})

    def take(self, facts: Facts, index: int) -> bool:
        """Take the next entry; False when it reports a result of something that was never announced."""
        entry = facts.like
        if entry.event not in _FOLLOWED or entry.method in _OWN_ACTS:
            return True
        key = _key(facts)
        before = self.open.get(key)
        if entry.event is Event.VERIFIED:
            return self.open.pop(key, None) is not None
        if before is None or (entry.event is Event.INTENDED and before.last not in _UNANSWERED):
            before_known = before is not None or entry.event not in _RESULTS
            self.open[key] = Open(index, facts.write_time, entry.event)
            return before_known
        self.open[key] = Open(before.index, before.time, entry.event)
        return True

    def judge(self, end: dt.datetime, *, closed: bool) -> Iterator[Finding]:
        """Tell what is open at `end`; `closed`: the log's year is over, results may stand in the next log."""
        patience = AT_YEARS_END if closed else PATIENCE
        for one in self.open.values():
            if one.last in _UNANSWERED:
                late = end - one.time > patience
                soft = "intent-open-at-end" if closed else "intent-open"
                yield finding("intent-without-result" if late else soft, one.index)
        for event, code in _COUNTED.items():
            indexes = [one.index for one in self.open.values() if one.last is event]
            if indexes:
                yield finding(code, min(indexes), count=len(indexes))


def _key(facts: Facts) -> bytes:
    named = facts.case_salt + facts.original or f"{facts.like.cause} {facts.like.place}"
    return hashlib.sha256(named.encode()).digest()[:16]
