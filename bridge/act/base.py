"""What every step needs: the tools of one controller, the case in hand, and the ways in which a step ends."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection

from bridge.act.gate import MAILBOX, OTRS, SMTP, Gate
from bridge.classify import Model
from bridge.errors import BridgeError
from bridge.journal import Journal
from bridge.journal.brakes import Limits
from bridge.journal.cases import Case
from bridge.journal.receipts import Receipt
from bridge.keys.expiring import ExpiringKeys
from bridge.message import Message, Request
from bridge.otrs.client import OtrsClient
from bridge.plan import Plan, Step
from bridge.redact.model import Mode, Redaction
from bridge.sources.base import Mailbox
from bridge.targets.smtp import SmtpTarget
from bridge.workflow.model import Workflows


@dataclass(frozen=True, slots=True)
class Done:
    """The step is done and its receipt is in the journal."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step can't be finished now; try again. `counts` is False for outages, which are nobody's fault."""

    code: str
    seconds: float
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A person or a brake stopped the case; nothing more is done until a person lets it go on."""

    code: str


@dataclass(frozen=True, slots=True)
class Parked:
    """The bridge can't go on; a person has to decide."""

    code: str


Outcome = Done | Waiting | Held | Parked


class StepError(BridgeError):
    """Report that a step was done but reads back otherwise than it was meant."""

    code = "step.not-as-meant"


class Secrets(Protocol):
    """Keyed hashes and references (see bridge.keys)."""

    def reference(self, case_ref: str, step: str) -> str: ...
    def identity(self, *parts: bytes) -> str: ...
    def digest(self, content: bytes) -> str: ...
    def sender(self, email: str) -> str: ...
    def message(self, message_id: str) -> str: ...
    def case_salts(self, case_ref: str, year: int | None = None) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Deed:
    """What the deletion log is told: labels, references and counts, never content.

    `place` is where the original lay, by its kind (mailbox or otrs) and the configured names of account and folder or
    queue. `original`, `stub` and `handover` are numbers that the log keeps as keyed hashes only.
    """

    event: str
    place: tuple[str, str, str]
    method: str
    level: str = ""
    code: str = ""
    cause: str = "workflow"
    original: tuple[str, str] | None = None
    tickets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    objects: int = 1
    ordered_by: str = "workflow"
    approved_by: str = "none"


class Log(Protocol):
    """Append to the deletion log inside the caller's transaction (see bridge.deletion_log)."""

    def append(self, connection: Connection, case: Case, deed: Deed, now: dt.datetime) -> None: ...
    def append_run(self, connection: Connection, deed: Deed, now: dt.datetime) -> None: ...
    def erased_under(
        self, connection: Connection, salts: Sequence[str], kind: str, number: str
    ) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """How things are called in this controller's OTRS and mailbox."""

    queues: Mapping[str, str]
    fields: Mapping[str, str]
    folders: Mapping[str, str]
    erase_value: str = "erase"
    control_title: str = "Kontrollticket"
    instance: str = "otrs"
    inbox: str = "INBOX"
    ticket_hook: str = "Ticket#"
    in_database: bool = False  # erased tickets are proved by the add-on inside OTRS


@dataclass(frozen=True, slots=True)
class Wording:
    """What answers and tickets need to be worded: language, addresses, texts of the controller."""

    language: str = "de"
    sender: str = ""
    operator: str = ""
    controller: str = ""
    own_addresses: frozenset[str] = frozenset()
    self_service: Callable[[str, str], str] = lambda _request, _language: ""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times and numbers that bound trying: seconds, and attempts before a case is parked."""

    lease_seconds: int = 120
    server_timeout: int = 300
    attempts: int = 8
    backoff: float = 5.0
    backoff_most: float = 900.0
    message_bytes: int = 26_214_400
    parts: int = 200
    answers_per_hour: int = 60
    answer_days: int = 7


@dataclass(frozen=True)
class Tools:
    """Everything that the walk of one controller's requests uses."""

    controller: str
    journal: Journal
    secrets: Secrets
    otrs: OtrsClient
    mailbox: Mailbox | None
    smtp: SmtpTarget
    log: Log
    names: Names
    wording: Wording
    pace: Pace
    limits: Limits
    workflows: Callable[[], Workflows]
    clock: Callable[[], dt.datetime]
    erase_on: Callable[[], bool]
    run: str
    owner: str
    maildir: bool = False
    approved: frozenset[str] = frozenset()  # digests of the workflows that come with the program
    started: dt.datetime | None = None
    model: Model | None = None
    review_below: float = 0.0
    people: ExpiringKeys | None = None  # only where double accreditation is looked for
    gates: Mapping[str, Gate] = field(
        default_factory=lambda: {one: Gate(one) for one in (OTRS, MAILBOX, SMTP)}
    )

    def claimant(self) -> Tools:
        """Return tools with an owner of their own: a thread whose lease ran out is not the one that has it now."""
        return replace(self, owner=f"{self.owner[:60]}.{secrets.token_hex(4)}")


@dataclass
class Job:
    """One case in hand, with its request in memory for as long as the job lasts."""

    tools: Tools
    case: Case
    plan: Plan
    load: Callable[[], Request]
    receipts: dict[str, Receipt]
    decided: dict[str, Any] = field(default_factory=dict)
    _request: Request | None = None
    _redactions: dict[tuple[str, tuple[str, ...]], Redaction] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        """The request, fetched anew from its place when a crash lost it."""
        if self._request is None:
            self._request = self.load()
        return self._request

    @property
    def message(self) -> Message:
        return self.request.message

    def redaction(self, mode: Mode, keep: tuple[str, ...]) -> Redaction:
        """Redact once for each way of reading."""
        from bridge.redact import Policy, redact  # its tables are loaded at first use

        key = (mode, keep)
        if key not in self._redactions:
            self._redactions[key] = redact(
                self.message, policy=Policy(mode, frozenset(kind.upper() for kind in keep))
            )
        return self._redactions[key]

    def receipt(self, step: str) -> Receipt | None:
        """Return a step's receipt if the step is done."""
        found = self.receipts.get(step)
        return found if found and found.done else None

    def created(self, role: str) -> Mapping[str, Any] | None:
        """Return ids of the ticket that this case made in a role; the newest one where a person had it made again."""
        again = sorted(
            (int(number), key)
            for key in self.receipts
            if (number := key.removeprefix(f"{role}-t")) != key and number.isdecimal()
        )
        for key in (*(key for _number, key in reversed(again)), role):
            found = self.receipt(key)
            if found and "ticket_id" in found.attrs:
                return found.attrs
        return None

    def now(self) -> dt.datetime:
        return self.tools.clock()


class Kind(Protocol):
    """One kind of step. Each method may be called again after a crash; only `act` changes anything outside.

    A `repeatable` step does the same once or twice, so an unclear end needs no probing.
    """

    @property
    def repeatable(self) -> bool: ...

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Return what has to be known to recognise the effect later, before the first attempt."""

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Look whether an earlier attempt took effect; return its receipt's contents or None."""

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Do it; return the receipt's contents."""

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read back that it is done as meant; return the receipt's final contents. Raises StepError."""

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Write what follows from the receipt into the journal, in the receipt's own transaction."""
