"""Check a log from its entries and checkpoints alone: one pass, memory that doesn't grow with the log.

1. Each entry is canonical, in its place, of this log, not earlier than the one before; it is hashed into the tree.
2. Where a checkpoint was signed, the root of the entries so far must be the checkpoint's: that is also the
   consistency between any two checkpoints.
3. Announced erasures must have results; the ids of year keys must stay the same.
4. Entry 0 must link to the last checkpoint of the year before.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.deletion_log import tree
from bridge.deletion_log.bundle import read_dropped
from bridge.deletion_log.detail import Link
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.erasures import Open, OpenErasures
from bridge.deletion_log.findings import FAULT, Finding, finding
from bridge.deletion_log.line_reader import Facts, LineReader
from bridge.deletion_log.note import NoteError, VerifierKey, claimed, open_checkpoint
from bridge.deletion_log.patterns import EntryError

MOST = 50
"""Findings of one kind that are listed; more are only counted."""
CLOCK_STEP = dt.timedelta(seconds=5)
"""How far a clock may be set back, as time servers do, before the order of times counts as broken."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `covered` is the size of the largest checkpoint that holds; `counts` are events."""

    origin: str
    size: int
    root: bytes
    findings: tuple[Finding, ...]
    covered: int
    checkpoints: int
    counts: Mapping[str, int] = field(default_factory=dict)
    unlisted: Mapping[str, int] = field(default_factory=dict)
    still_open: Mapping[bytes, Open] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong; notices don't count."""
        return not any(one.severity == FAULT for one in self.findings)


class Audit:
    """Take the entries of one log one by one, then tell the verdict."""

    def __init__(
        self,
        origin: str,
        keys: Sequence[VerifierKey],
        checkpoints: Mapping[str, str],
        now: dt.datetime,
        carried: Mapping[bytes, Open] | None = None,
    ) -> None:
        """Check the checkpoints' signatures.

        `keys` are renamed to `origin`: the log's key is the same for all years. `carried` are the erasures that were
        open at the end of the year before.
        """
        self.origin, self._keys, self._now = origin, [key.renamed(origin) for key in keys], now
        self._year = int(origin.rpartition("/")[2])
        self._findings: list[Finding] = []
        self._seen: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._heads: defaultdict[int, set[bytes]] = defaultdict(set)
        self._tree = tree.Frontier()
        self._time = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
        self._dropped = self._kept = self._covered = self._sound = 0
        self._first_gap: int | None = None
        self._key_ids: dict[str, str] = {}
        self._instance = ""
        self._erasures = OpenErasures(carried)
        self._reader = LineReader()
        self.link = Link("")
        for name, note in checkpoints.items():
            self._take_checkpoint(name, note)

    def take(self, line: bytes) -> None:
        """Take the next entry: its canonical JSON, or what is left of it."""
        index = self._tree.size
        dropped = read_dropped(line)
        if dropped is None:
            self._kept += index > 0
            self._tree.append(tree.leaf_hash(line))
            self._read(index, line)
        else:
            self._dropped += 1
            self._first_gap = index if self._first_gap is None else self._first_gap
            self._tree.append(dropped.leaf)
            if dropped.index != index:
                self.add("entry-out-of-order", index)
        if index + 1 in self._heads:
            self._compare(index + 1)

    def add(self, code: str, index: int | None = None, **values: object) -> None:
        """Add a finding; of each kind only the first are listed."""
        self._seen[code] += 1
        if self._seen[code] <= MOST:
            self._findings.append(finding(code, index, **values))

    def finish(self) -> Verdict:
        """Judge what can only be judged at the end."""
        size = self._tree.size
        if not size:
            self.add("no-entries")
        longest = max(self._heads, default=0)
        if longest > size:
            self.add("log-shorter", size=size, expected=longest)
        if self._dropped and self._kept:
            self.add("partly-dropped", self._first_gap)
        elif self._dropped:
            self.add("contents-expired", count=self._dropped)
        end = self._now if self._now.year == self._year else self._time
        self._findings += self._erasures.judge(end, closed=self._now.year > self._year)
        if size > self._covered:
            self.add("uncovered", count=size - self._covered)
        return Verdict(
            self.origin,
            size,
            self._tree.root(),
            tuple(self._findings),
            self._covered,
            self._sound,
            {str(event): count for event, count in self._counts.items()},
            {code: count - MOST for code, count in self._seen.items() if count > MOST},
            self._erasures.open,
        )

    def _take_checkpoint(self, name: str, note: str) -> None:
        try:
            head, _ = open_checkpoint(note, self._keys)
        except NoteError as error:
            codes = {
                "note.bad-signature": "checkpoint-bad-signature",
                "note.unknown-key": "checkpoint-unknown-key",
            }
            code = codes.get(error.code, "checkpoint-unreadable")
            return self.add(code, name=name)
        if head.origin != self.origin:
            return self.add("checkpoint-other-log", origin=head.origin)
        if self._heads[head.size] and head.root not in self._heads[head.size]:
            self.add("fork", size=head.size)
        self._heads[head.size].add(head.root)
        return None

    def _compare(self, size: int) -> None:
        root = self._tree.root()
        if self._heads[size] == {root}:
            self._covered, self._sound = size, self._sound + 1
        else:
            self.add("log-rewritten", size=size)

    def _read(self, index: int, line: bytes) -> None:
        try:
            facts = self._reader.read(line)
        except EntryError:
            return self.add("entry-unreadable", index)
        entry = facts.like
        if facts.index != index:
            self.add("entry-out-of-order", index)
        if entry.log != self.origin:
            self.add("entry-of-other-log", index)
        self._check_times(facts, index)
        self._check_keys(entry, index)
        self._counts[entry.event] += 1
        if not self._erasures.take(facts, index):
            self.add("result-without-intent", index)
        if index == 0:
            self._check_link(entry)
        return None

    def _check_times(self, entry: Facts, index: int) -> None:
        if entry.write_time < self._time - CLOCK_STEP:
            self.add("time-backwards", index)
        self._time = max(self._time, entry.write_time)
        if entry.event_time > entry.write_time + CLOCK_STEP:
            self.add("event-after-write", index)

    def _check_keys(self, entry: Entry, index: int) -> None:
        key_id = entry.references.key_id
        if key_id:
            year = key_id[:4]
            if not self._year - 1 <= int(year) <= self._year:
                self.add("key-id-foreign", index)
            if self._key_ids.setdefault(year, key_id) != key_id:
                self.add("key-id-changed", index, year=year)
        if self._instance not in ("", entry.instance):
            self.add("instance-changed", index)
        self._instance = entry.instance

    def _check_link(self, entry: Entry) -> None:
        if not isinstance(entry.detail, Link):
            return self.add("link-missing", 0)
        if not entry.detail.checkpoint:
            return self.add("first-log")
        base = self.origin.rpartition("/")[0]
        self.link = entry.detail
        head = claimed(entry.detail.checkpoint)
        if head.origin.rpartition("/")[0] != base or int(head.origin.rpartition("/")[2]) >= self._year:
            return self.add("link-wrong-log", origin=head.origin)
        try:
            open_checkpoint(entry.detail.checkpoint, [key.renamed(head.origin) for key in self._keys])
        except NoteError:
            self.add("link-bad-signature")
        return None


def audit(
    origin: str,
    lines: Iterable[bytes],
    keys: Sequence[VerifierKey],
    checkpoints: Mapping[str, str],
    now: dt.datetime,
) -> Verdict:
    """Check one log; see the module's docstring."""
    check = Audit(origin, keys, checkpoints, now)
    for line in lines:
        check.take(line)
    return check.finish()
