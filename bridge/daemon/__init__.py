"""The daemon: timers, worker threads, a clean stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bridge.act.base import Tools
from bridge.daemon.rounds import Rounds, Schedule, timetable
from bridge.errors import BridgeError

__all__ = ["Daemon", "Rounds", "Schedule", "timetable", "watch"]

_log = structlog.get_logger(__name__)
IDLE_SECONDS = 240.0  # RFC 2177 asks for less than 29 minutes; many routers forget a connection after five


@dataclass
class Daemon:
    """Run the rounds of all controllers by the clock until `stop` is set; the requests in hand are finished."""

    rounds: Sequence[Rounds]
    poll_seconds: int
    stop: threading.Event = field(default_factory=threading.Event)
    daily: Sequence[Callable[[], object]] = ()
    idle: bool = True
    beside: Callable[[], Callable[[], object]] | None = None

    def run(self) -> None:
        """Start timers and wake-up threads, wait for `stop`, then let everything come to its end.

        `beside` starts what runs along, such as the pages, once the first rounds are on their way, and returns how to
        end it; what it raises stops the daemon.
        """
        for one in self.rounds:
            one.stop = self.stop
        scheduler = self._scheduler()
        scheduler.start()
        wakers = [self._waker(one) for one in self.rounds if self.idle and one.tools.mailbox is not None]
        _log.info("started", controllers=len(self.rounds), poll_seconds=self.poll_seconds)
        end_beside: Callable[[], object] = bool
        try:
            if self.beside is not None:
                end_beside = self.beside()
            self.stop.wait()
        finally:
            self.stop.set()
            _log.info("stopping")
            end_beside()
            scheduler.shutdown(wait=True)
            for waker in wakers:
                waker.join(timeout=30)
            _log.info("stopped")

    def _scheduler(self) -> BackgroundScheduler:
        workers = max(4, 4 * len(self.rounds))
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(workers)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for one in self.rounds:
            for name, seconds in timetable(self.poll_seconds).items():
                call, often = self._unless_stopping(one.named(name)), seconds <= self.poll_seconds
                scheduler.add_job(call, "interval", seconds=seconds, jitter=None if often else seconds / 12)
                if often:
                    scheduler.add_job(call)
        for call_daily in self.daily:
            scheduler.add_job(self._unless_stopping(call_daily), "interval", hours=24, jitter=600)
        return scheduler

    def _unless_stopping(self, call: Callable[[], object]) -> Callable[[], None]:
        def guarded() -> None:
            if not self.stop.is_set():
                call()

        return guarded

    def _waker(self, one: Rounds) -> threading.Thread:
        args = (one.tools, self.stop, self.poll_seconds, one.mail)
        thread = threading.Thread(target=watch, args=args, name=f"idle-{one.tools.controller}")
        thread.start()
        return thread


def watch(tools: Tools, stop: threading.Event, poll_seconds: int, news: Callable[[], object]) -> None:
    """Call `news` whenever the mailbox says that something may be new, until `stop`; the timer is there for the rest.

    What `news` raises ends the watch.
    """
    mailbox = tools.mailbox
    assert mailbox is not None, "only mailboxes are waited for"  # noqa: S101
    while not stop.is_set():
        try:
            found = mailbox.wait(tools.names.inbox, IDLE_SECONDS, stop)
        except BridgeError as error:
            _log.debug("idle failed", code=error.code)
            stop.wait(min(poll_seconds, 30))
            continue
        if found and not stop.is_set():
            news()
