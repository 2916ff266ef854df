"""The rounds of one controller: mail, queues, cases that wait, admins' answers, retention."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.act.outage import seconds_away
from bridge.daemon.carry import carry_round
from bridge.daemon.checkpoints import checkpoint_round
from bridge.daemon.mail import mail_round
from bridge.daemon.queue import queue_round
from bridge.daemon.reconciliation import reconcile_daily
from bridge.daemon.reminders import reminder_round
from bridge.daemon.restore import LogForkedError, LogShorterError, check_log
from bridge.daemon.retention import expire_people, forget, retention_run
from bridge.daemon.wheel import wheel_round
from bridge.deletion_log.store import DeletionLog
from bridge.errors import BridgeError, place_of
from bridge.journal import cases
from bridge.journal.cases import Case
from bridge.journal.reconciled import Reconciliation
from bridge.pipeline import Worked, work

_log = structlog.get_logger(__name__)
Place = TypeVar("Place")
Result = TypeVar("Result")


def _not_yet() -> bool:
    return False


WAITING_SECONDS = 5


def timetable(poll_seconds: int) -> dict[str, float]:
    """Tell by its name how often each round runs, in seconds."""
    return {
        "mail": poll_seconds,
        "queues": poll_seconds,
        "answers": poll_seconds,
        "wheel": poll_seconds,
        "waiting": min(poll_seconds, WAITING_SECONDS),
        "retention": 3600,
        "checkpoints": 600,
        "deadlines": 3600,
        "reconciliation": 3600,
    }


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a controller's rounds look at and how long things are kept (days)."""

    watch: tuple[str, ...] = ()
    mail_days: Mapping[str, int] = field(default_factory=dict)
    case_days: int = 90
    remind_days: int = 7


@dataclass
class Rounds:
    """Run the rounds of one controller. Each kind runs at most once at a time; failures stop only themselves."""

    tools: Tools
    schedule: Schedule
    pool: Executor
    log: DeletionLog
    dpo: str
    report: Callable[[list[Worked]], None] = lambda _worked: None
    faults: dict[str, str] = field(default_factory=dict)
    last: dict[str, dt.datetime] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    refused: BridgeError | None = None
    _log_checked: bool = False
    _begun: set[str] = field(default_factory=set)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    def check_log(self) -> None:
        """Compare the deletion log with the checkpoints that left, before the first round and until that was possible.

        Raises LogShorterError or LogForkedError. With the mailbox away it is not known yet; nothing is erased then.
        """
        if self._log_checked:
            return
        try:
            check_log(self.tools, self.log)
        except (LogShorterError, LogForkedError) as error:
            self.refused = error
            self.stop.set()
            raise
        except BridgeError as error:
            if "log" not in self._begun:
                self._begun.add("log")
                _log.warning("log not compared yet", code=error.code, controller=self.tools.controller)
            return
        self._log_checked = True

    def everything(self) -> list[Worked]:
        """Run every round once; returns what became of the requests worked."""
        worked = [*self.mail(), *self.queues(), *self.wheel(), *self.waiting()]
        self.answers()
        self.deadlines()
        self.retention()
        self.checkpoints()
        return worked

    def mail(self) -> list[Worked]:
        """Take in new mail."""

        def look() -> list[Worked]:
            self.check_log()
            return mail_round(self.begin(), self.spread)

        return self._requests("mail", look)

    def queues(self) -> list[Worked]:
        """Take in new tickets of the watched queues."""
        return self._requests("queues", lambda: queue_round(self.begin(), self.schedule.watch, self.spread))

    def waiting(self) -> list[Worked]:
        """Go on with cases whose next attempt is due."""
        tools = self.begin()
        return self._requests(
            "waiting", lambda: [w for w in self.spread(lambda case: work(tools, case), self.due()) if w]
        )

    def due(self, case_id: int | None = None) -> list[Case]:
        """Return the cases whose next attempt is due, or the one that is asked for if it is."""
        tools = self.tools
        closed = {f"{server}-away" for server in tools.gates if seconds_away(tools, server)}
        with tools.journal.read() as connection:
            found = cases.due_cases(connection, tools.controller, tools.clock(), case_id=case_id)
        return [case for case in found if case.code not in closed]

    def named(self, name: str) -> Callable[[], object]:
        """Return a round by its name in the timetable."""
        rounds: dict[str, Callable[[], object]] = {
            "mail": self.mail,
            "queues": self.queues,
            "answers": self.answers,
            "wheel": self.wheel,
            "waiting": self.waiting,
            "deadlines": self.deadlines,
            "retention": self.retention,
            "checkpoints": self.checkpoints,
            "reconciliation": self.reconciliation,
        }
        return rounds[name]

    def wheel(self) -> list[Worked]:
        """Do what people ask for in OTRS by category and action."""
        watch, days = self.schedule.watch, self.schedule.mail_days.get("done", 0)
        return self._requests("wheel", lambda: wheel_round(self.begin(), watch, days))

    def deadlines(self) -> int:
        """Remind people of time limits."""
        days = self.schedule.remind_days
        return self.guarded("deadlines", lambda: reminder_round(self.tools, self.dpo, days)) or 0

    def answers(self) -> int:
        """Carry over admins' answers."""
        return self.guarded("answers", lambda: carry_round(self.tools)) or 0

    def checkpoints(self) -> int:
        """Let checkpoints of the deletion log leave that are due."""
        return self.guarded("checkpoints", lambda: checkpoint_round(self.tools, self.log, self.dpo)) or 0

    def reconciliation(self) -> Reconciliation | None:
        """Compare, once a day, what the journal believes with what mailbox and OTRS show."""
        return self.guarded("reconciliation", lambda: reconcile_daily(self.tools, self.schedule.watch))

    def retention(self) -> int:
        """Expunge what is past its period and take the ids from old cases."""
        forgotten = self.guarded("forget", lambda: forget(self.tools, self.schedule.case_days)) or 0
        if forgotten:
            _log.info("cases forgotten", number=forgotten)
        self.guarded("expiry", lambda: expire_people(self.tools))
        return self.guarded("retention", lambda: retention_run(self.begin(), self.schedule.mail_days)) or 0

    def spread(
        self, work_one: Callable[[Place], Result | None], places: Iterable[Place]
    ) -> Iterable[Result | None]:
        """Work side by side in the pool's threads; once `stop` is set, what is not in hand yet is left for later."""
        return self.pool.map(lambda place: None if self.stop.is_set() else work_one(place), places)

    def begin(self, run: str = "") -> Tools:
        """Begin a run, or go on with one that another host began: the limit of erasures in one run counts by it."""
        erase_on = self.tools.erase_on if self._log_checked else _not_yet
        return replace(self.tools, run=run or secrets.token_hex(8), erase_on=erase_on)

    def _requests(self, name: str, run: Callable[[], list[Worked]]) -> list[Worked]:
        worked = self.guarded(name, run) or []
        if worked:
            self.report(worked)
        return worked

    def guarded(self, name: str, run: Callable[[], Result]) -> Result | None:
        """Run one kind of round unless it runs already; an outage is told once, at its start and at its end."""
        lock = self._locks.setdefault(name, threading.Lock())
        if not lock.acquire(blocking=False):
            return None
        try:
            result = run()
        except BridgeError as error:
            if self.faults.get(name) != error.code:
                self.faults[name] = error.code
                _log.warning("round failed", round=name, code=error.code, controller=self.tools.controller)
                raise_alarm(self.tools, f"{name}-{error.code}")
            return None
        except Exception as error:  # noqa: BLE001  # its text may hold content: neither log nor scheduler may see it
            kind = type(error).__name__
            _log.error(
                "unforeseen", round=name, kind=kind, at=place_of(error), controller=self.tools.controller
            )
            self.faults[name] = "unforeseen"
            raise_alarm(self.tools, f"{name}-unforeseen")
            return None
        else:
            if name not in self._begun:
                self._begun.add(name)
                _log.info("first round done", round=name, controller=self.tools.controller)
            if self.faults.pop(name, None):
                _log.info("round works again", round=name, controller=self.tools.controller)
            return result
        finally:
            lock.release()
