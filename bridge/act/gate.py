"""Servers that are away: one probe now and then instead of every case's own try, and one log line instead of thousands.

A gate closes at the first failure that is the server's and not the request's. While it is closed no step that needs
the server is begun; requests are taken in, classified and answered all the same. Each time the wait is over, one thread
asks the server for something harmless. Once that works, everything that waits goes on at full speed.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bridge.errors import BridgeError
from bridge.otrs.errors import AuthFailed, OtrsError
from bridge.otrs.errors import Unclear as OtrsUnclear
from bridge.sources.base import ConnectionLost, LoginRefused, MailboxError
from bridge.sources.base import Unreachable as MailboxUnreachable
from bridge.targets.base import TargetError

FIRST, MOST = 2.0, 60.0
LASTING = dt.timedelta(minutes=5)
OTRS, MAILBOX, SMTP = "otrs", "mailbox", "smtp"
_log = structlog.get_logger(__name__)


@dataclass
class Gate:
    """The gate before one server of one controller. `told` says that its outage has been alarmed."""

    server: str
    controller: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    wait: float = FIRST
    told: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def away(self, now: dt.datetime, probe: Callable[[], object]) -> float:
        """Return for how many seconds the server is not worth asking: 0.0 when it is there.

        When the wait is over the caller probes; others are told to wait meanwhile.
        """
        if self.until is None:
            return 0.0
        if now >= self.until and self._lock.acquire(blocking=False):
            try:
                self._probe(now, probe)
            finally:
                self._lock.release()
        until = self.until
        return max((until - now).total_seconds(), 0.1) if until is not None else 0.0

    def close(self, now: dt.datetime, code: str) -> float:
        """Note a failure of the server; returns the seconds until the next probe."""
        if self.since is None:
            self.since = now
            self.until = now + dt.timedelta(seconds=self.wait)
            _log.warning("server away", server=self.server, code=code, controller=self.controller)
        return self.wait

    def lasts(self, now: dt.datetime) -> bool:
        """Tell, once an outage, that it has lasted long enough for a person to know."""
        if self.since is None or self.told or now - self.since < LASTING:
            return False
        self.told = True
        return True

    def _probe(self, now: dt.datetime, probe: Callable[[], object]) -> None:
        try:
            probe()
        except BridgeError:
            self.wait = min(self.wait * 2, MOST)
            self.until = now + dt.timedelta(seconds=self.wait)
            return
        if self.since is not None:
            seconds = round((now - self.since).total_seconds())
            _log.info("server back", server=self.server, seconds=seconds, controller=self.controller)
        self.since = self.until = None
        self.wait, self.told = FIRST, False


def server_of(error: BridgeError) -> str | None:
    """Name the server whose failure this may be; None for an error that is about the request itself."""
    if isinstance(error, MailboxUnreachable | ConnectionLost | LoginRefused):
        return MAILBOX
    if isinstance(error, TargetError):
        return SMTP if error.outcome == "not-sent" and not error.permanent else None
    if isinstance(error, AuthFailed | OtrsUnclear) or (
        isinstance(error, OtrsError) and error.outcome == "not-sent"
    ):
        return OTRS
    return None


def surely_away(error: BridgeError) -> bool:
    """Tell whether an error alone shows that the server is away; the others need a probe to tell."""
    if isinstance(error, MailboxError):
        return not isinstance(error, ConnectionLost)
    return getattr(error, "outcome", "") == "not-sent"
