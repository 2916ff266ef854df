"""Read many entries fast and as strictly as `Entry.from_json`.

Most entries of a log differ only in index, times, salts and references. What is left when those are cut out is the
entry's shape. A shape that one entry was read strictly with is remembered; another line of the same shape, whose
differing parts match their own patterns, is then valid as well. Everything else is read the strict way. A test holds
the two against each other, byte by byte.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bridge.deletion_log.entry import Entry, read_time
from bridge.deletion_log.patterns import EntryError

_TIME = rb"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)"
_HASH = rb"([0-9a-f]{64}|)"
# Sixteen digits are below the format's limit of 2**53; longer numbers are read the strict way.
_LINE = re.compile(
    rb'(\{[^{}]*"detail":null,[^{}]*?"event_time":")' + _TIME + rb'("[^{}]*?,"index":)(0|[1-9][0-9]{0,14})'
    rb'(,[^{}]*"references":\{"case_salt":")([0-9a-f]{32}|)(","handover":")'
    + _HASH
    + rb'(","key_id":"[^"]*",'
    rb'"original":")' + _HASH + rb'(","stub":")' + _HASH + rb'("\},"residual":\[[^\[\]]*\],[^{}]*?,"salt":")'
    rb'([0-9a-f]{32})("[^{}]*?,"write_time":")' + _TIME + rb'("\})'
)
_MOST_SHAPES = 4096


@dataclass(frozen=True, slots=True)
class Facts:
    """What an audit needs of an entry. `like` has the same words and labels, but perhaps other times and hashes."""

    like: Entry
    index: int
    event_time: dt.datetime
    write_time: dt.datetime
    case_salt: str
    original: str


class LineReader:
    """Remember the shapes of entries that were read."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[bytes | bool, ...], Entry] = {}

    def read(self, line: bytes) -> Facts:
        """Read a line; raise EntryError for whatever `Entry.from_json` refuses."""
        match = _LINE.fullmatch(line)
        if match is None:
            return _facts(Entry.from_json(line))
        parts = match.groups()
        salted, handed, original, stub = parts[5], parts[7], parts[9], parts[11]
        shape = (*parts[::2], not salted, not handed, not original, not stub)
        like = self._shapes.get(shape)
        if like is None:
            like = Entry.from_json(line)
            if len(self._shapes) < _MOST_SHAPES:
                self._shapes[shape] = like
            return _facts(like)
        try:
            event_time, write_time = read_time(parts[1].decode()), read_time(parts[15].decode())
        except ValueError as error:
            raise EntryError("this is no time") from error
        if not (2000 <= event_time.year < 2100 and 2000 <= write_time.year < 2100):
            raise EntryError("this is no time of the log")
        return Facts(like, int(parts[3]), event_time, write_time, salted.decode(), original.decode())


def _facts(entry: Entry) -> Facts:
    references = entry.references
    return Facts(
        entry, entry.index, entry.event_time, entry.write_time, references.case_salt, references.original
    )
