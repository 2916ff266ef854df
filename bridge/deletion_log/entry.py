"""One entry of the deletion log: its fields, its canonical JSON (RFC 8785), its strict reading.

An entry must never hold what must itself be erased. So every field is a listed word, a number, a time or a short
pattern; free text has no place to go. What is refused raises `EntryError`, which names the field but never its value.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bridge.deletion_log import words
from bridge.deletion_log.detail import Detail, read_detail, write_detail
from bridge.deletion_log.patterns import (
    DRAFT_PATTERNS,
    ENTRY_PATTERNS,
    REFERENCE_PATTERNS,
    EntryError,
    check_patterns,
)
from bridge.deletion_log.words import (
    Category,
    Cause,
    Event,
    HoldCode,
    Informed,
    Level,
    Method,
    Residue,
    Result,
    Role,
)

FORMAT = "otrs-bridge-log/1"
MAX_OBJECTS = 10**9
MAX_RESIDUAL = 32

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
# For what an entry may hold this writes what RFC 8785 asks for, at a tenth of the cost of the package of that name; a
# test compares the two.
_ENCODE = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Keyed hashes of what was erased, kept and handed over; "" where there is none.

    Each is HMAC(HMAC(year key, case salt), "kind:number") in hex, `key_id` names the year key, `case_salt` ties the
    entries of one case together. They are pseudonyms, hence personal data, until the year key is destroyed.
    """

    key_id: str = ""
    case_salt: str = ""
    original: str = ""
    stub: str = ""
    handover: str = ""

    def __post_init__(self) -> None:
        """Refuse whatever is no keyed hash, and hashes without the key id and salt that they were made with."""
        check_patterns(self, REFERENCE_PATTERNS)
        if (self.original or self.stub or self.handover) and not (self.key_id and self.case_salt):
            raise EntryError("references need a key id and a case salt")

    def __iter__(self) -> Any:
        """Yield the references that are there."""
        return iter([one for one in (self.original, self.stub, self.handover) if one])


@dataclass(frozen=True, slots=True)
class Residual:
    """A place where copies may still lie, and the day by which they age out (None: not known)."""

    place: Residue
    until: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse places that are not listed."""
        if type(self.place) is not Residue:
            raise EntryError("residual: not a listed word")
        if self.until is not None and type(self.until) is not dt.date:
            raise EntryError("residual: not a date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the author of an entry knows; the log adds index, log id, write time and salt when it is appended.

    `event_time` is aware and UTC. `place` is made by `place_label`. `instance` is the id of the key set that the host
    runs with, `version` that of the program. Raises EntryError for whatever is not allowed.
    """

    event: Event
    event_time: dt.datetime
    result: Result
    instance: str
    version: str
    cause: Cause = Cause.NONE
    workflow: str = ""
    workflow_version: str = ""
    category: Category = Category.NONE
    place: str = ""
    references: References = field(default_factory=References)
    objects: int = 0
    method: Method = Method.NONE
    level: Level = Level.NONE
    ordered_by: Role = Role.NONE
    approved_by: Role = Role.NONE
    recipients_informed: Informed = Informed.NOT_APPLICABLE
    residual: tuple[Residual, ...] = ()
    hold: HoldCode = HoldCode.NONE
    detail: Detail | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        for value, kind in zip(_WORD_VALUES(self), _WORD_KINDS, strict=True):
            if type(value) is not kind:
                raise EntryError(f"{kind.__name__}: not a listed word")
        check_patterns(self, DRAFT_PATTERNS)
        _check_time("event_time", self.event_time)
        _number("objects", self.objects, MAX_OBJECTS)
        if type(self.references) is not References:
            raise EntryError("references: not allowed")
        if len(self.residual) > MAX_RESIDUAL or any(type(one) is not Residual for one in self.residual):
            raise EntryError("residual: not allowed")
        if self.result not in words.RESULTS[self.event]:
            raise EntryError("result: does not go with the event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Draft):
    """A whole entry as it stands in the log. `salt` keeps a leaf hash from being guessed once the content is gone."""

    index: int
    log: str
    write_time: dt.datetime
    salt: str

    def __post_init__(self) -> None:
        """Check the fields that the log adds, too."""
        Draft.__post_init__(self)
        _number("index", self.index, 1 << 53)
        _check_time("write_time", self.write_time)
        check_patterns(self, ENTRY_PATTERNS)

    @classmethod
    def of(cls, draft: Draft, *, index: int, log: str, write_time: dt.datetime, salt: str) -> Entry:
        """Complete a draft."""
        fields = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
        return cls(**fields, index=index, log=log, write_time=write_time, salt=salt)

    def to_json(self) -> bytes:
        """Write the canonical JSON (RFC 8785) that is hashed into the tree. Times are cut to milliseconds."""
        return _ENCODE(self._plain()).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Entry:
        """Read an entry strictly: known fields only, listed words only, canonical spelling only."""
        try:
            plain = json.loads(raw)
            # Duplicate keys, spaces, escapes, other orders: all come out different when written again.
            if _ENCODE(plain).encode() != raw:
                raise EntryError("the entry is not in canonical form")
            return cls._from_plain(plain)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise EntryError("this is no entry") from error

    def _plain(self) -> dict[str, Any]:
        references = self.references
        plain: dict[str, Any] = {name: str.__str__(getattr(self, name)) for name in _PLAIN_WORDS}
        plain.update({name: getattr(self, name) for name in _PLAIN_REST})
        plain["format"] = FORMAT
        plain["event_time"] = time_text(self.event_time)
        plain["write_time"] = time_text(self.write_time)
        plain["references"] = {name: getattr(references, name) for name in _REFERENCE_FIELDS}
        plain["residual"] = [
            {"place": one.place.value, "until": one.until.isoformat() if one.until else ""}
            for one in self.residual
        ]
        plain["detail"] = write_detail(self.detail)
        return plain

    @classmethod
    def _from_plain(cls, plain: dict[str, Any]) -> Entry:
        if plain.pop("format") != FORMAT or plain.keys() != _JSON_FIELDS:
            raise EntryError("the fields are not those of the format")
        for name, known in _KNOWN:
            plain[name] = known[plain[name]]
        plain["event_time"] = read_time(plain["event_time"])
        plain["write_time"] = read_time(plain["write_time"])
        if plain["references"].keys() != set(_REFERENCE_FIELDS):
            raise EntryError("references: not allowed")
        plain["references"] = References(**plain["references"])
        if type(plain["residual"]) is not list:
            raise EntryError("residual: not allowed")
        plain["residual"] = tuple(_read_residual(**one) for one in plain["residual"])
        plain["detail"] = read_detail(plain["detail"])
        return cls(**plain)


def place_label(kind: str, *parts: str) -> str:
    """Make a place label of configured names: kind mailbox, otrs, bridge or log; then account or queue, folder, ….

    A host after `@` is dropped, spaces become underscores, any other sign a hyphen; so no address can stand there.
    """
    cleaned = [re.sub(r"[^\w.:/-]", "-", part.split("@")[0].strip().replace(" ", "_")) for part in parts]
    return f"{kind}:{'/'.join(cleaned)}"[: len(kind) + 81]


def time_text(time: dt.datetime) -> str:
    """Write a UTC time with milliseconds and Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def read_time(text: str) -> dt.datetime:
    """Read what `time_text` writes, and nothing else."""
    if not _TIME.fullmatch(text):
        raise EntryError("this is no time in UTC with milliseconds")
    return dt.datetime.fromisoformat(text)


@lru_cache(maxsize=1024)
def _read_residual(place: str, until: str) -> Residual:
    date = dt.date.fromisoformat(until) if until else None
    if date is not None and date.isoformat() != until:
        raise EntryError("residual: not allowed")
    return Residual(Residue(place), date)


def _number(name: str, value: object, most: int) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise EntryError(f"{name}: not a number in range")


def _check_time(name: str, value: dt.datetime) -> None:
    if (
        type(value) is not dt.datetime
        or value.utcoffset() != dt.timedelta(0)
        or not 2000 <= value.year < 2100
    ):
        raise EntryError(f"{name}: not a time in UTC")


_WORDS: tuple[tuple[str, type[Any]], ...] = (
    ("event", Event),
    ("cause", Cause),
    ("category", Category),
    ("method", Method),
    ("level", Level),
    ("result", Result),
    ("ordered_by", Role),
    ("approved_by", Role),
    ("recipients_informed", Informed),
    ("hold", HoldCode),
)
_KNOWN = tuple((name, {word.value: word for word in kind}) for name, kind in _WORDS)
_WORD_KINDS = tuple(kind for _, kind in _WORDS)
_WORD_VALUES = attrgetter(*(name for name, _ in _WORDS))
_PLAIN_WORDS = tuple(name for name, _ in _WORDS)
_PLAIN_REST = (
    "workflow",
    "workflow_version",
    "place",
    "instance",
    "version",
    "objects",
    "index",
    "log",
    "salt",
)
_REFERENCE_FIELDS = ("key_id", "case_salt", "original", "stub", "handover")
_JSON_FIELDS = frozenset(Entry.__dataclass_fields__)
