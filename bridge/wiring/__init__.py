"""Put the bridge together from its settings."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.engine import make_url

from bridge import keys as key_folder
from bridge.act.base import Tools
from bridge.daemon import Daemon, Rounds
from bridge.daemon.single import only_one
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.journal import Journal, brakes, meta, open_engine
from bridge.journal.people import ask, case_in_full
from bridge.journal.schema_version import migrate
from bridge.keys import Keys
from bridge.pipeline import Worked
from bridge.settings import Settings
from bridge.wiring.check import Problem, SetUpProblems, problems_of
from bridge.wiring.controller import Shared, log_of, schedule_of, tools_of
from bridge.wiring.logs import configure_logs

if TYPE_CHECKING:
    from bridge.distributed import SharedDaemon

_log = structlog.get_logger(__name__)

__all__ = ["Bridge", "SetUpProblems", "build", "open_journal", "utc_now"]


def utc_now() -> dt.datetime:
    """Return the time, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass
class Bridge:
    """The bridge of one configuration: a journal, keys, and the tools and rounds of each controller."""

    settings: Settings
    journal: Journal
    keys: Keys
    tools: tuple[Tools, ...]
    rounds: tuple[Rounds, ...]
    _stack: ExitStack = field(repr=False)

    def check(self, *, starting: bool = False) -> None:
        """Look at every server and name; raises SetUpProblems with all that is wrong.

        `starting` is for the daemon: a server that answered before and is away now is an outage, which it waits for;
        one that never answered is taken for a mistake in the configuration.
        """
        found = {tools.controller: list(problems_of(tools)) for tools in self.tools}
        with self.journal.write() as connection:
            for controller, problems in found.items():
                if not problems:
                    meta.put(connection, f"checked-{controller}", "yes")
            known = {name for name in found if meta.get(connection, f"checked-{name}")}
        fatal = {
            name for name, each in found.items() if not _only_away(each) or not starting or name not in known
        }
        if any(found[name] for name in fatal):
            raise SetUpProblems([problem.text for problems in found.values() for problem in problems])
        for controller, problems in found.items():
            if problems:
                _log.warning("started during an outage", controller=controller)

    def once(self) -> list[Worked]:
        """Run every round of every controller once."""
        with self.alone():
            self._check_logs()
            worked = [done for rounds in self.rounds for done in rounds.everything()]
            failed = [f"{name}: {code}" for rounds in self.rounds for name, code in rounds.faults.items()]
        if failed:
            raise BridgeError(
                _("Not everything could be looked at: {faults}").format(faults=", ".join(failed))
            )
        return worked

    def serve(self, stop: threading.Event, beside: Callable[[], Callable[[], object]] | None = None) -> None:
        """Run the daemon until `stop` is set; `beside` starts what runs along and returns how to end it."""
        with self.alone():
            self._check_logs()
            self._daemon(stop, beside).run()
        for rounds in self.rounds:
            if rounds.refused is not None:
                raise rounds.refused

    def _daemon(
        self, stop: threading.Event, beside: Callable[[], Callable[[], object]] | None
    ) -> Daemon | SharedDaemon:
        """Make the daemon that fits the journal: alone on SQLite, one of many on PostgreSQL."""
        if self.journal.sqlite:
            return Daemon(self.rounds, self.settings.poll_seconds, stop, beside=beside)
        try:
            from bridge.distributed import SharedDaemon
        except ImportError:
            text = _("A journal on PostgreSQL needs the extra packages: otrs-bridge[postgres]")
            raise BridgeError(text, code="journal.extra-missing", permanent=True) from None
        return SharedDaemon(
            self.journal,
            self.rounds,
            self.settings.poll_seconds,
            name=self.tools[0].owner,
            threads=self.settings.workers,
            stop=stop,
            takeover_seconds=self.settings.takeover_seconds,
            beside=beside,
        )

    def _check_logs(self) -> None:
        for rounds in self.rounds:
            rounds.check_log()

    def case(self, case_id: int) -> dict[str, Any] | None:
        """Describe one case with receipts, places and tickets; None when there is none."""
        with self.journal.read() as connection:
            return case_in_full(connection, case_id)

    def ask(self, case_id: int, verb: str) -> str | None:
        """Do what a person asks of a case: retry, hold, release; the new state, None when that is not possible."""
        with self.journal.write() as connection:
            return ask(connection, case_id, verb, utc_now())

    def lift(self, brake_id: int) -> bool:
        """Lift a brake in the operator's name."""
        with self.journal.write() as connection:
            return brakes.lift(connection, brake_id, "operator", utc_now())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make sure that no other process works with this journal. Raises AlreadyRunningError."""
        with only_one(_database(self.settings.journal)):
            yield


@contextmanager
def build(settings: Settings, *, config: Path | None = None, clock: Any = utc_now) -> Iterator[Bridge]:
    """Open the journal, load the keys (made when there are none yet), make every controller's tools; close all at last.

    Nothing is connected to yet. Raises BridgeError for what is wrong with journal, keys or workflows.
    """
    configure_logs(settings.log_level)
    with ExitStack() as stack:
        journal = open_journal(settings)
        stack.callback(journal.close)
        keys = _keys(Path(settings.keys), journal, clock())
        owner = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        shared = Shared(journal, keys, clock, secrets.token_hex(8), owner, config, Path(settings.keys))
        controllers = settings.for_controllers()
        tools = tuple(tools_of(one, shared) for one in controllers)
        for one in tools:
            stack.callback(one.otrs.close)
            if one.mailbox is not None:
                stack.callback(one.mailbox.close)
        pool = stack.enter_context(ThreadPoolExecutor(settings.workers, thread_name_prefix="worker"))
        rounds = tuple(
            Rounds(t, schedule_of(s), pool, log_of(s, keys), s.dpo)
            for t, s in zip(tools, controllers, strict=True)
        )
        yield Bridge(settings, journal, keys, tools, rounds, stack)


def open_journal(settings: Settings) -> Journal:
    """Open the journal and bring its tables up to date."""
    journal = Journal(open_engine(settings.journal))
    migrate(journal.engine)
    return journal


def _keys(folder: Path, journal: Journal, now: dt.datetime) -> Keys:
    """Load the keys; make them when the folder is empty and the journal has never seen any (design, section 7)."""
    with journal.read() as connection:
        known = meta.get(connection, "key-set")
    if key_folder.is_empty(folder) and known is not None:
        raise BridgeError(
            _("The key folder is empty, but this journal was written with keys. Bring the keys back first."),
            code="keys.lost",
            permanent=True,
        )
    key_folder.init(folder, now)
    keys = key_folder.load(folder)
    if known is not None and known != keys.id:
        raise BridgeError(
            _("These keys are not those that the journal was written with."),
            code="keys.other",
            permanent=True,
        )
    if known is None:
        with journal.write() as connection:
            meta.put(connection, "key-set", keys.id)
    return keys


def _only_away(problems: list[Problem]) -> bool:
    return all(problem.outage for problem in problems)


def _database(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
