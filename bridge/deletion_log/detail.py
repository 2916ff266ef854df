"""What some events add to an entry: the link to the year before, a review, a destroyed key, a restore, an override.

As in the entry itself every field is a listed word, a number or a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from bridge.deletion_log.note import Checkpoint, Note, NoteError
from bridge.deletion_log.patterns import KEY_ID, LOG_ID, NONCE, EntryError

MAX_COUNT = 1 << 53


class ReviewFinding(StrEnum):
    """What a review may find, in words that need no free text; the words themselves go into the DPO's own file."""

    COUNTS_DIFFER = "counts-differ"
    SAMPLE_DIFFERS = "sample-differs"
    VERIFIER_FAULT = "verifier-fault"
    UNVERIFIABLE_OPEN = "unverifiable-open"
    FAILED_OPEN = "failed-open"
    HOLD_TOO_LONG = "hold-too-long"
    DEADLINE_MISSED = "deadline-missed"
    RETENTION_MISSED = "retention-missed"
    CHECKPOINT_LATE = "checkpoint-late"
    APPROVAL_MISSING = "approval-missing"
    OTHER = "other"


class OverrideOf(StrEnum):
    """What a person decided against or instead of the program's own rule."""

    BRAKE = "brake"
    MANUAL_ERASURE = "manual-erasure"
    WORKFLOW_APPROVAL = "workflow-approval"
    RESTORE_ACCEPTED = "restore-accepted"
    HOST_CHANGED = "host-changed"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Link:
    """Entry 0: the last checkpoint of the year before, as a signed note; "" in the first log of a controller."""

    kind: ClassVar[str] = "link"
    checkpoint: str

    def __post_init__(self) -> None:
        """Refuse whatever is no checkpoint with exactly its log's own signature."""
        if self.checkpoint != "":
            _check_link(self.checkpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review by the DPO: entries `first` up to (not including) `end`, a random sample, and the reconciliation.

    Mail taken in = tickets + answers + filed + parked; forwarded = erased + held + failed. The sample is drawn with
    `seed`, so that it can be drawn again.
    """

    kind: ClassVar[str] = "review"
    first: int
    end: int
    checkpoint_size: int
    verifier_faults: int
    seed: str
    sample: int
    sample_faults: int
    taken_in: int
    tickets: int
    answers: int
    filed: int
    parked: int
    forwarded: int
    erased: int
    held: int
    failed: int
    findings: tuple[ReviewFinding, ...] = ()

    def __post_init__(self) -> None:
        """Check numbers, seed and findings."""
        for one in fields(self):
            if one.name not in ("seed", "findings"):
                _count(getattr(self, one.name))
        if type(self.seed) is not str or not NONCE.fullmatch(self.seed):
            raise EntryError("seed: not allowed")
        if len(self.findings) > len(ReviewFinding) or any(
            type(one) is not ReviewFinding for one in self.findings
        ):
            raise EntryError("findings: not listed words")

    @property
    def reconciled(self) -> bool:
        """Tell whether both sums come out even."""
        taken_in = self.tickets + self.answers + self.filed + self.parked
        return self.taken_in == taken_in and self.forwarded == self.erased + self.held + self.failed


@dataclass(frozen=True, slots=True)
class KeyDestroyed:
    """The year key that was destroyed."""

    kind: ClassVar[str] = "key"
    key_id: str

    def __post_init__(self) -> None:
        """Check the key id."""
        if type(self.key_id) is not str or not KEY_ID.fullmatch(self.key_id):
            raise EntryError("key_id: not allowed")


@dataclass(frozen=True, slots=True)
class ContentDrop:
    """The contents of `entries` entries of the log of `year` were dropped, their hashes kept."""

    kind: ClassVar[str] = "content-drop"
    year: int
    entries: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        _count(self.year)
        _count(self.entries)


@dataclass(frozen=True, slots=True)
class Restore:
    """After a restore: entries found, entries of the latest checkpoint, entries imported, erasures done again."""

    kind: ClassVar[str] = "restore"
    found: int
    expected: int
    imported: int
    replayed: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        for one in fields(self):
            _count(getattr(self, one.name))


@dataclass(frozen=True, slots=True)
class Override:
    """What was overridden."""

    kind: ClassVar[str] = "override"
    of: OverrideOf

    def __post_init__(self) -> None:
        """Check the word."""
        if type(self.of) is not OverrideOf:
            raise EntryError("of: not a listed word")


Detail = Link | Review | KeyDestroyed | ContentDrop | Restore | Override
_KINDS: dict[str, type[Any]] = {
    one.kind: one for one in (Link, Review, KeyDestroyed, ContentDrop, Restore, Override)
}


def write_detail(detail: Detail | None) -> dict[str, Any] | None:
    """Turn a detail into plain JSON values."""
    if detail is None:
        return None
    plain: dict[str, Any] = {"kind": detail.kind}
    for one in fields(detail):
        value = getattr(detail, one.name)
        if isinstance(value, tuple):
            value = [str(word) for word in value]
        plain[one.name] = str(value) if isinstance(value, str) else value
    return plain


def read_detail(plain: dict[str, Any] | None) -> Detail | None:
    """Read a detail strictly; raise EntryError, ValueError, KeyError or TypeError when it isn't one."""
    if plain is None:
        return None
    values = dict(plain)
    kind = _KINDS[values.pop("kind")]
    if values.keys() != {one.name for one in fields(kind)}:
        raise EntryError("detail: not allowed")
    if "findings" in values:
        if type(values["findings"]) is not list:
            raise EntryError("findings: not allowed")
        values["findings"] = tuple(map(ReviewFinding, values["findings"]))
    if kind is Override:
        values["of"] = OverrideOf(values["of"])
    made: Detail = kind(**values)
    return made


def _check_link(text: str) -> None:
    try:
        note = Note.parse(text)
        checkpoint = Checkpoint.parse(note.text)
    except (NoteError, TypeError, AttributeError) as error:
        raise EntryError("checkpoint: not allowed") from error
    if not LOG_ID.fullmatch(checkpoint.origin):
        raise EntryError("checkpoint: its origin is no log id")
    own = [one for one in note.signatures if one.name == checkpoint.origin]
    if len(own) != len(note.signatures) or len(own) != 1 or len(own[0].value) != 64 or checkpoint.extensions:
        raise EntryError("checkpoint: must carry exactly its log's own signature")


def _count(value: object) -> None:
    if type(value) is not int or not 0 <= value <= MAX_COUNT:
        raise EntryError("not a number in range")
