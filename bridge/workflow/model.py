"""What a workflow says: for which requests it is meant, and which steps it takes, in order.

All of it is frozen and pure. Files become these objects in `load`; `plan` turns them into what one request
needs.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, Literal, get_args

from bridge.errors import BridgeError
from bridge.workflow.condition import Condition, Facts

Role = Literal["full", "admins", "handover", "stub", "other"]
Queue = Literal["support", "admins", "membership", "other"]
Redact = Literal["none", "secrets", "all"]
Title = Literal["original", "redacted", "generic"]
Priority = Literal["very low", "low", "normal", "high", "very high", "by cue"]
Folder = Literal["filed", "done", "parked"]
Until = Literal["immediately", "acknowledged", "after"]
Method = Literal["auto", "expunge", "erasing job"]
Cause = Literal["workflow", "request Art. 17", "period", "manual"]

ROLES: tuple[str, ...] = get_args(Role)
QUEUES: tuple[str, ...] = get_args(Queue)
PLACEHOLDERS = ("ticket_number", "deadline", "controller", "self_service")

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class NoWorkflowError(BridgeError):
    """Say that no workflow fits; such a request is parked. In loaded sets it can't happen."""

    code = "workflow.none-fits"
    permanent = True


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period from the server's receipt on, never from a later step (Art. 12(3) GDPR: "of receipt").

    Months are calendar months: from 31 January the month ends on 28 or 29 February (Regulation 1182/71 Art.
    3(2)(c)). `remind_days` is how many days before its end people are reminded.
    """

    months: int = 0
    days: int = 0
    remind_days: int = 7

    def end(self, received: dt.datetime) -> dt.datetime:
        """Tell when the period that began with `received` is over, in the time zone of `received`."""
        months = received.month - 1 + self.months
        year, month = received.year + months // 12, months % 12 + 1
        day = min(received.day, calendar.monthrange(year, month)[1])
        return received.replace(year=year, month=month, day=day) + dt.timedelta(days=self.days)

    def remind(self, received: dt.datetime) -> dt.datetime:
        """Tell when to remind people, never before the receipt itself."""
        return max(received, self.end(received) - dt.timedelta(days=self.remind_days))


@dataclass(frozen=True, slots=True)
class Create:
    """Make a ticket. For a request born in OTRS, role `full` means: move that ticket to the queue instead.

    `keep` names types (`contains` in conditions) that stay readable though redacted. `checklist` and the
    texts of other steps are keys of `Workflow.texts`. `pending` is the time until which the ticket waits,
    counted from receipt.
    """

    kind: ClassVar[Literal["create"]] = "create"
    role: Role
    queue: Queue
    redact: Redact = "none"
    keep: frozenset[str] = frozenset()
    attachments: bool = False
    original: bool = False
    title: Title = "original"
    priority: Priority = "normal"
    state: str = "new"
    checklist: str = ""
    pending: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Send an automatic answer (RFC 3834), to one sender at most once in `once_per_days` days."""

    kind: ClassVar[Literal["answer"]] = "answer"
    text: str
    once_per_days: int = 7


@dataclass(frozen=True, slots=True)
class File:
    """End a mail without erasing it: move it to a folder. Does nothing for a request born in OTRS."""

    kind: ClassVar[Literal["file"]] = "file"
    folder: Folder


@dataclass(frozen=True, slots=True)
class Close:
    """End a request born in OTRS: set its category, close and keep it. Does nothing for a mail."""

    kind: ClassVar[Literal["close"]] = "close"
    state: str = "closed successful"


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the original, once every step named in `receipts` has its receipt. Always the last step.

    `until`: `immediately`, `acknowledged` (membership management confirmed the hand-over) or `after` (a
    delay from the last receipt on). `method` `auto` means expunge for mail and the erasing job for tickets.
    """

    kind: ClassVar[Literal["erase"]] = "erase"
    what: Literal["original"] = "original"
    until: Until = "immediately"
    after: dt.timedelta | None = None
    method: Method = "auto"
    receipts: tuple[str, ...] = ("handover", "stub")


@dataclass(frozen=True, slots=True)
class Note:
    """Write an internal note into the ticket with that role (`original`: the one born in OTRS)."""

    kind: ClassVar[Literal["note"]] = "note"
    role: Role | Literal["original"]
    text: str


@dataclass(frozen=True, slots=True)
class Park:
    """Leave the request to a person: a ticket without content that names `code`, mail in `parked`."""

    kind: ClassVar[Literal["park"]] = "park"
    code: str


StepSpec = Create | Answer | File | Close | Erase | Note | Park
STEPS: tuple[type[StepSpec], ...] = get_args(StepSpec)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One way through the bridge. `steps` holds those of `then` as well, so nobody else has to follow it.

    `digest` is the SHA-256 (hex) of what the file says, comments and layout apart; approvals are given to it.
    `rank`: a higher one is asked first; at equal rank the condition that demands more.
    """

    name: str
    version: int
    digest: str
    when: Condition
    steps: tuple[StepSpec, ...]
    deadline: Deadline | None = None
    log_cause: Cause = "workflow"
    rank: int = 0
    then: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    description: str = ""

    @property
    def erases(self) -> bool:
        """Tell whether it erases anything, and so needs an approval of its digest before it may run."""
        return any(isinstance(step, Erase) for step in self.steps)

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort workflows in the order in which they are asked."""
        return (-self.rank, -self.when.demands, self.name)

    def created(self, role: str) -> Create | None:
        """Find the step that makes the ticket of that role."""
        return next((step for step in self.steps if isinstance(step, Create) and step.role == role), None)

    def text(self, key: str, language: str) -> str:
        """Give a text in a language, else in English, else in any; placeholders still in it (see `fill`)."""
        forms = self.texts[key]
        return forms.get(language) or forms.get("en") or next(iter(forms.values()))


@dataclass(frozen=True, slots=True)
class Workflows:
    """All workflows of a controller, in the order in which they are asked."""

    ordered: tuple[Workflow, ...]

    def __iter__(self) -> Iterator[Workflow]:
        return iter(self.ordered)

    def __len__(self) -> int:
        return len(self.ordered)

    def choose(self, facts: Facts) -> Workflow:
        """Choose the first workflow whose condition fits. Raises `NoWorkflowError`."""
        for workflow in self.ordered:
            if workflow.when.matches(facts):
                return workflow
        raise NoWorkflowError(f"no workflow for category {facts.category!r}, review {facts.review}")

    def named(self, name: str) -> Workflow | None:
        """Find a workflow by its name, such as one that a case was begun with."""
        return next((workflow for workflow in self.ordered if workflow.name == name), None)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put `values` into a text's placeholders, once only; a missing one becomes empty."""
    return _PLACEHOLDER.sub(
        lambda found: values.get(found[1], "") if found[1] in PLACEHOLDERS else found[0], text
    )
