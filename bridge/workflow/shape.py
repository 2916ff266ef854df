"""How a workflow file is written. The JSON Schema for editors comes from here, the objects from `load`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from bridge.i18n import gettext as _
from bridge.workflow.model import Cause, Folder, Method, Priority, Queue, Redact, Role, Title
from bridge.workflow.problem import RefusedValue
from bridge.workflow.written import Clock, Duration, Language, Many, Words

Category = Literal[
    "data-protection", "membership", "joining-leaving", "login", "technical", "new-instance", "other",
    "automated", "spam",
]  # fmt: skip
Source = Literal["mail", "form", "otrs"]
DataType = Literal[
    "person", "email", "phone", "address", "city_zip", "birthdate", "iban", "card_no", "tax_id", "insurance_no",
    "id_card", "member_no", "invite_code", "password", "ip", "handle", "url_personal", "plate",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Shape(BaseModel):
    """What all parts of a file have in common: no unknown keys, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ConfidenceShape(Shape):
    """How sure the classification must be."""

    at_least: float = Field(ge=0, le=1)
    """From 0 to 1."""


class HoursShape(Shape):
    """A time of day, in the bridge's time zone."""

    start: Clock = Field(default=dt.time(0), alias="from")
    """First minute, such as 22:00."""
    end: Clock = Field(default=dt.time(0), alias="to")
    """First minute that is outside again; may be earlier than `from`, then it spans midnight."""
    days: Annotated[tuple[Weekday, ...], Many] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    """Days on which the time begins."""


class ConditionShape(Shape):
    """For which requests the workflow is meant. All that is given must hold; in a list any one value is enough."""

    category: Annotated[tuple[Category, ...], Many] = ()
    """What the request is."""
    review: bool = False
    """true: only requests that the bridge is unsure of. Otherwise only those that it is sure of."""
    candidates: Annotated[tuple[Category, ...], Many] = ()
    """One of these is among the two likeliest categories."""
    confidence: ConfidenceShape = ConfidenceShape(at_least=0)
    """How sure the classification must be."""
    language: Annotated[tuple[Language, ...], Many] = ()
    """Language of the request, as two letters."""
    sender_domain: Annotated[tuple[Words, ...], Many] = ()
    """Domain of the sender, or one above it: example.org includes mail.example.org."""
    has_attachments: bool | None = None
    """Whether the request has attachments."""
    contains: Annotated[tuple[DataType, ...], Many] = ()
    """Personal data of one of these types was found."""
    source: Annotated[tuple[Source, ...], Many] = ()
    """Where the request came from."""
    subject_contains: Annotated[tuple[Words, ...], Many] = ()
    """Words in the subject; upper and lower case are the same."""
    hours: HoursShape | None = None
    """When the request was received."""


class DeadlineShape(Shape):
    """A period that begins when the server received the request, and never stops."""

    months: int = Field(default=0, ge=0, le=24)
    """Calendar months."""
    days: int = Field(default=0, ge=0, le=731)
    """Days, added to the months."""
    remind_days: int = Field(default=7, ge=0, le=90)
    """Days before its end at which people are reminded."""

    @model_validator(mode="after")
    def _not_at_once(self) -> Self:
        if not self.months and not self.days:
            raise RefusedValue("no-period", _("give months, days or both"))
        return self


class CreateShape(Shape):
    """Make a ticket. For a request that began as a ticket, role `full` moves that ticket instead."""

    role: Role
    """What the ticket is for: full, admins, handover (to membership management), stub (what stays), other."""
    queue: Queue
    """Queue, by its name in the configuration's `otrs.queues`."""
    redact: Redact | None = None
    """Which personal data is redacted: none, secrets (passwords and codes), all. Set by the role if left out."""
    keep: Annotated[tuple[DataType, ...], Many] = ()
    """Types that stay readable though redacted."""
    attachments: bool | None = None
    """Whether attachments go with it. Set by the role if left out."""
    original: bool | None = None
    """Whether the untouched mail goes with it as original.eml. Set by the role if left out."""
    title: Title | None = None
    """The subject, the subject redacted like the text, or a generic title. Original only where redact is none."""
    priority: Priority = "normal"
    """Priority; `by cue` puts an outage above an error above a question."""
    state: Words | None = None
    """State, as OTRS spells it. `new`, or `pending reminder` where `pending` is given."""
    checklist: Words | None = None
    """Key of a text that is added as a checklist."""
    pending: Literal["deadline"] | None = None
    """`deadline`: the ticket waits until the workflow's deadline."""


class AnswerShape(Shape):
    """Send an automatic answer."""

    text: Words
    """Key of the text."""
    once_per_days: int = Field(default=7, ge=1, le=366)
    """At most one answer to a sender in so many days."""


class FileShape(Shape):
    """End a mail without erasing it."""

    folder: Folder
    """Folder, by its name in the configuration's `mailbox.folders`."""


class CloseShape(Shape):
    """End a request that began as a ticket: it gets its category, is closed and kept."""

    state: Words = "closed successful"
    """State, as OTRS spells it."""


class EraseShape(Shape):
    """Erase the original, with proof. Must be the last step."""

    what: Literal["original"] = "original"
    """Only the original can be erased."""
    until: Literal["immediately", "acknowledged"] = "immediately"
    """`acknowledged`: wait until membership management has confirmed the hand-over in OTRS."""
    after: Duration | None = None
    """Wait so long after the last receipt, such as 24h."""
    method: Method = "auto"
    """`auto`: expunge for mail, the erasing job for tickets."""
    receipts: tuple[Words, ...] = ("handover", "stub")
    """Roles of the steps that must be done and read back before."""

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if self.after is not None and "until" in self.model_fields_set:
            raise RefusedValue("two-moments", _("give either until or after"))
        return self


class NoteShape(Shape):
    """Write an internal note."""

    role: Role | Literal["original"]
    """Which ticket: the one made with that role, or `original`."""
    text: Words
    """Key of the text."""


class ParkShape(Shape):
    """Leave the request to a person."""

    code: str = Field(pattern=r"^[a-z][a-z0-9.-]*$")
    """Reason, as a code that lists and tickets show."""


class StepShape(Shape):
    """One step: exactly one of these keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    unknown_code: ClassVar[str] = "unknown-step"

    create: CreateShape | None = None
    """Make a ticket."""
    answer: AnswerShape | None = None
    """Send an automatic answer."""
    file: FileShape | None = None
    """End a mail without erasing it."""
    close: CloseShape | None = None
    """End a request that began as a ticket."""
    erase: EraseShape | None = None
    """Erase the original. Must be the last step."""
    note: NoteShape | None = None
    """Write an internal note."""
    park: ParkShape | None = None
    """Leave the request to a person."""

    @model_validator(mode="before")
    @classmethod
    def _nothing_below(cls, content: Any) -> Any:
        """Let `- close:` mean a step with its defaults, and complain about `- create:` by what it lacks."""
        if not isinstance(content, dict):
            return content
        return {key: {} if below is None else below for key, below in content.items()}

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise RefusedValue(
                "not-one-step", _("a step has exactly one kind; begin each step with its own dash")
            )
        return self


class WorkflowShape(Shape):
    """One workflow of OTRS bridge. Its name is the name of the file."""

    version: int = Field(ge=1)
    """Count it up with every change. A version that erases must be approved before it runs."""
    description: str = ""
    """What the workflow is for, in a sentence."""
    when: ConditionShape
    """For which requests it is meant."""
    rank: int = Field(default=0, ge=-1000, le=1000)
    """A higher rank is asked first; at equal rank the workflow that demands more."""
    deadline: DeadlineShape | None = None
    """Until when the request must be answered."""
    log_cause: Cause = "workflow"
    """Cause that the deletion log names."""
    steps: tuple[StepShape, ...] = Field(min_length=1)
    """What is done, in this order."""
    then: Words | None = None
    """Name of a workflow whose steps follow."""
    texts: dict[str, dict[Language, Words]] = Field(default_factory=dict)
    """Texts by key and language, with {ticket_number}, {deadline}, {controller} and {self_service} in them."""


def json_schema() -> dict[str, Any]:
    """Describe workflow files for editors (JSON Schema 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **WorkflowShape.model_json_schema()}
