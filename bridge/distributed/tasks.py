"""What the jobs do: exactly what the daemon's threads do, called with what the job holds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bridge.act.base import Tools
from bridge.daemon import Rounds
from bridge.daemon.mail import mail_round, take_in_safely
from bridge.daemon.queue import queue_round, take_ticket_safely
from bridge.distributed import jobs
from bridge.errors import BridgeError, place_of
from bridge.journal import copies
from bridge.message.model import Place
from bridge.pipeline import Worked, work

_log = structlog.get_logger(__name__)
Target = TypeVar("Target")


@dataclass(frozen=True, slots=True)
class Tasks:
    """Do the jobs of all controllers. None of these raises: whatever fails is found again by a later round."""

    rounds: Sequence[Rounds]

    def look(self, controller: str, name: str) -> None:
        """Run one round; what it finds becomes jobs, for whichever host is free."""
        one = self._of(controller)

        def found() -> None:
            jobs.enqueue(one.tools.journal, _found(one, name))

        if name in {"mail", "queues", "waiting"}:
            _guarded("look", found)
        else:
            one.named(name)()

    def mail(
        self, controller: str, run: str, kind: str, account: str, folder: str, uidvalidity: int, uid: str
    ) -> None:
        """Take in one mail, unless another host has done so since it was seen."""
        one = self._of(controller)
        place = Place(kind, account, folder, uidvalidity, uid)

        def take() -> Worked | None:
            with one.tools.journal.read() as connection:
                if not copies.unknown(connection, [place]):
                    return None
            return take_in_safely(_tools(one, run), place)

        _report(one, _guarded("mail", take))

    def ticket(self, controller: str, run: str, ticket_id: int) -> None:
        """Take in one ticket."""
        one = self._of(controller)

        def take() -> Worked | None:
            return take_ticket_safely(_tools(one, run), one.schedule.watch, ticket_id)

        _report(one, _guarded("ticket", take))

    def case(self, controller: str, run: str, case_id: int) -> None:
        """Go on with one case, if it is still due."""
        one = self._of(controller)

        def go_on() -> Worked | None:
            due = one.due(case_id)
            return work(_tools(one, run), due[0]) if due else None

        _report(one, _guarded("case", go_on))

    def _of(self, controller: str) -> Rounds:
        return next(one for one in self.rounds if one.tools.controller == controller)


def _found(one: Rounds, name: str) -> list[jobs.Job]:
    """Look at a source and make a job of each thing there is to do; nothing is worked here."""
    run, controller = secrets.token_hex(8), one.tools.controller
    made: list[jobs.Job] = []

    def spread(
        make: Callable[[str, str, Target], jobs.Job],
    ) -> Callable[[object, Iterable[Target]], list[None]]:
        def keep(_work: object, targets: Iterable[Target]) -> list[None]:
            made.extend(make(controller, run, target) for target in targets)
            return []

        return keep

    match name:
        case "mail":
            one.guarded(name, lambda: mail_round(_tools(one, run), spread(jobs.mail)))
        case "queues":
            one.guarded(name, lambda: queue_round(_tools(one, run), one.schedule.watch, spread(jobs.ticket)))
        case _:
            one.guarded(name, lambda: spread(jobs.case)(work, [case.id for case in one.due()]))
    return made


def _tools(one: Rounds, run: str) -> Tools:
    """Count erasures as part of the run that found the request, whichever host works it.

    Each host compares the deletion log by itself, as the daemon does before its first round.
    """
    one.check_log()
    return one.begin(run)


def _report(one: Rounds, worked: Worked | None) -> None:
    if worked is not None:
        one.report([worked])


def _guarded(task: str, call: Callable[[], Target]) -> Target | None:
    try:
        return call()
    except BridgeError as error:
        _log.warning("job failed", task=task, code=error.code)
    except Exception as error:  # noqa: BLE001  # its text may hold content: Procrastinate must not see it
        _log.error("unforeseen", task=task, kind=type(error).__name__, at=place_of(error))
    return None
