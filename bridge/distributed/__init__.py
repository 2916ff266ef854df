"""Many hosts, one journal on PostgreSQL: the daemon's own rounds and the one walk, spread by Procrastinate's jobs.

- A source is looked at by one host at a time: a round is a job, its lock is the source's name.
- A request is worked by one host at a time: a job for each mail, ticket or case, and the journal's lease besides.
- A host that died is buried by any other after `takeover_seconds`: its leases and its jobs are free again.

Whatever a job would have done is found again by the next round: losing all jobs would lose nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status

from bridge.daemon import Rounds
from bridge.distributed.idle import watch_by_one
from bridge.distributed.jobs import QUEUE
from bridge.distributed.keeping import Keeper
from bridge.distributed.schema import bring_up
from bridge.distributed.tasks import Tasks
from bridge.errors import place_of
from bridge.journal import Journal

__all__ = ["SharedDaemon", "bring_up"]

_log = structlog.get_logger(__name__)
PAUSE_SECONDS = 5.0


@dataclass
class SharedDaemon:
    """Run one host's share of the work until `stop` is set; the requests in hand are finished, the rest is left.

    `threads` requests are worked side by side. `name` must begin the owner of every lease that this host takes.
    """

    journal: Journal
    rounds: Sequence[Rounds]
    poll_seconds: int
    name: str
    threads: int
    stop: threading.Event = field(default_factory=threading.Event)
    takeover_seconds: float = 30.0
    idle: bool = True
    beside: Callable[[], Callable[[], object]] | None = None

    def run(self) -> None:
        """Sign on, start the clock and the wake-up threads, work jobs until `stop`, sign off."""
        bring_up(self.journal)
        for one in self.rounds:
            one.stop = self.stop
        keeper = Keeper(
            self.journal,
            self.rounds,
            self.poll_seconds,
            self.name,
            self.threads,
            self.takeover_seconds,
            self.stop,
        )
        keeper.sign_on()
        beside = [threading.Thread(target=keeper.run, name="keeper"), *self._wakers()]
        for thread in beside:
            thread.start()
        _log.info("started", controllers=len(self.rounds), poll_seconds=self.poll_seconds, worker=self.name)
        end_beside: Callable[[], object] = bool
        try:
            if self.beside is not None:
                end_beside = self.beside()
            self._work()
        finally:
            self.stop.set()
            _log.info("stopping")
            end_beside()
            for thread in beside:
                thread.join(timeout=30)
            keeper.sign_off()
            _log.info("stopped")

    def _wakers(self) -> list[threading.Thread]:
        args = (self.journal, self.stop, self.poll_seconds)
        return [
            threading.Thread(
                target=watch_by_one, args=(one.tools, *args), name=f"idle-{one.tools.controller}"
            )
            for one in self.rounds
            if self.idle and one.tools.mailbox is not None
        ]

    def _work(self) -> None:
        """Work jobs; when the database goes away, begin anew as soon as it is back."""
        away = False
        while not self.stop.is_set():
            try:
                asyncio.run(self._worker())
            except Exception as error:  # noqa: BLE001  # whatever ends the worker: its jobs are safe, begin anew
                if not away:
                    _log.warning("jobs away", kind=type(error).__name__, at=place_of(error))
                away = True
            else:
                away = False
            self.stop.wait(PAUSE_SECONDS)

    async def _worker(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.threads + 2, thread_name_prefix="worker"))
        app = self._app()
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    name=self.name,
                    concurrency=self.threads,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    update_heartbeat_interval=self.takeover_seconds / 6,
                    stalled_worker_timeout=self.takeover_seconds,
                    fetch_job_polling_interval=1.0,
                )
            )
            sweeping = asyncio.create_task(self._sweep(app))
            stopping = asyncio.create_task(self._until_stop())
            await asyncio.wait({working, sweeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (sweeping, stopping, working):
                task.cancel()  # the worker takes this as the wish to stop once the jobs in hand are done
            with suppress(asyncio.CancelledError):
                await working
            with suppress(asyncio.CancelledError):
                await sweeping

    async def _until_stop(self) -> None:
        while not self.stop.is_set():
            await asyncio.sleep(0.1)

    async def _sweep(self, app: App) -> None:
        """Give jobs of dead hosts to the living; where the same is queued anew already, the old one just goes."""
        manager = app.job_manager
        while True:
            await asyncio.sleep(self.takeover_seconds / 6)
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self.takeover_seconds):
                try:
                    await manager.retry_job(job)
                except UniqueViolation:
                    with suppress(ConnectorException):
                        await manager.finish_job(job, Status.FAILED, delete_job=True)
                except ConnectorException:  # another host swept it first
                    continue
            await manager.prune_stalled_workers(self.takeover_seconds * 2)

    def _app(self) -> App:
        url = self.journal.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        named = {"application_name": "otrs-bridge jobs"}
        app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4, kwargs=named))
        tasks = Tasks(self.rounds)
        for name, task in (
            ("look", tasks.look),
            ("mail", tasks.mail),
            ("ticket", tasks.ticket),
            ("case", tasks.case),
        ):
            app.task(name=name, queue=QUEUE)(task)
        return app
