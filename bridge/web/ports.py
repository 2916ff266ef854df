"""What the pages need of the rest of the bridge. Wiring satisfies it; the pages know no concrete system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from bridge.deletion_log.note import VerifierKey
from bridge.deletion_log.store import DeletionLog
from bridge.journal import Journal
from bridge.message.model import Place
from bridge.workflow.model import Workflows


class Letterbox(Protocol):
    """Where the form puts its requests: a mailbox (bridge.sources.base.Mailbox) satisfies it."""

    def append(self, folder: str, raw: bytes, *, received: dt.datetime | None = None) -> Place:
        """Store a mail and return where it surely lies; raise a BridgeError when that is not known."""


@dataclass(frozen=True, slots=True)
class RoundState:
    """One kind of round: when it last ended well (None: not yet), and the code of its fault ("" when it works)."""

    name: str
    last: dt.datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller as the pages see it.

    `sender` is the support address that form requests are addressed to; `dpo` the contact that Art. 13 GDPR asks for.
    `year_secret` gives the secret of a year key, None when there is none any more. `by_hand`: approved orders to
    erase by hand are carried out by somebody, so they may be given.
    """

    name: str
    shown_name: str
    letterbox: Letterbox | None
    inbox: str
    sender: str
    dpo: str
    log: DeletionLog = field(repr=False)
    log_key: VerifierKey
    year_secret: Callable[[int], bytes | None] = field(repr=False)
    workflows: Callable[[], Workflows] = field(repr=False)
    rounds: Callable[[], Sequence[RoundState]] = field(repr=False, default=tuple)
    erase_on: Callable[[], bool] = field(repr=False, default=lambda: False)
    tz: dt.tzinfo = dt.UTC
    message_bytes: int = 26_214_400
    mail_days: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    log_years: int = 3
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages are reached. `secret` (32 bytes or more) signs cookies and seals TOTP secrets.

    It must stay the same over restarts and lie outside the database, such as a subkey of the reference key.
    """

    secret: bytes = field(repr=False)
    public_url: str = ""
    trusted_proxies: int = 0
    session_minutes: int = 30
    form: bool = True
    form_per_hour: int = 20
    language: str = "de"

    @property
    def https(self) -> bool:
        """Tell whether people reach the pages by TLS."""
        return self.public_url.startswith("https://")


class Desk(Protocol):
    """Everything behind the pages."""

    @property
    def journal(self) -> Journal:
        """Return the journal, whose database holds accounts and deletion log as well."""

    @property
    def web(self) -> WebSettings:
        """Return how the pages are reached."""

    @property
    def controllers(self) -> Sequence[Controller]:
        """Return the controllers, at least one."""

    def now(self) -> dt.datetime:
        """Return the time, aware, UTC."""

    def case(self, case_id: int) -> dict[str, Any] | None:
        """Describe a case as bridge.journal.people.case_in_full does; None when there is none."""

    def ask(self, case_id: int, verb: str) -> str | None:
        """Retry, hold or release a case; the new state, None when that is not possible."""

    def lift(self, brake_id: int) -> bool:
        """Lift a brake; False when it is not on."""
