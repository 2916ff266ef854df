"""Examine a whole set-up, from the configuration to a test ticket that is erased for real."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bridge.doctor.bare import Bare
from bridge.doctor.finding import Finding, found
from bridge.doctor.here import examine_here
from bridge.doctor.inside import inside
from bridge.doctor.mailbox import examine_mailbox, provider
from bridge.doctor.orphans import orphans
from bridge.doctor.otrs import connection, control, get_routes, queues, routes
from bridge.doctor.outgoing import examine_smtp
from bridge.doctor.round import Round
from bridge.errors import place_of
from bridge.settings import ControllerSettings, Settings, SettingsProblems, load_settings
from bridge.wiring.controller import imap_of, mailbox_of, otrs_of, smtp_of
from bridge.workflow.load import load
from bridge.workflow.problem import FoundProblems

Clock = Callable[[], dt.datetime]


AREAS = ("here", "mailbox", "smtp", "otrs")


def examine(
    path: Path, clock: Clock, *, settings: Settings | None = None, areas: Collection[str] = AREAS
) -> Iterator[Finding]:
    """Yield every finding, as soon as it is there:

    1. Configuration; without a sound one nothing else can be looked at.
    2. This machine (area `here`): keys, disk, journal, deletion log.
    3. For each controller its mailbox, outgoing mail and OTRS.

    It makes what is needed for trying (folders of the mailbox, a test mail, a test ticket that is erased whatever
    `erase:` says) and takes mail and ticket away again. No journal and no key is made or changed.
    """
    try:
        settings = settings or load_settings(path)
    except SettingsProblems as problems:
        yield from (found("configuration", "faulty", problem=one) for one in problems.problems)
        return
    yield _rights(path)
    if "here" in areas:
        yield from _guarded("here", examine_here(settings, clock()))
    for controller in settings.for_controllers():
        for area, look in _LOOKS.items():
            if area in areas:
                for finding in _guarded(area, look(controller, clock)):
                    yield replace(finding, controller=controller.name)


def _guarded(area: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Let an unforeseen error in one area be a finding, so that the other areas are still looked at."""
    try:
        yield from findings
    except Exception as error:  # noqa: BLE001  # its text may hold content of a server; only kind and place are told
        yield found("doctor", "failed", area=area, kind=type(error).__name__, at=place_of(error))


def _here(settings: ControllerSettings, _clock: Clock) -> Iterator[Finding]:
    yield found("erase-switch", "ok" if settings.erase else "off")
    yield from _workflows(settings)


def _mailbox(settings: ControllerSettings, clock: Clock) -> Iterator[Finding]:
    with closing(mailbox_of(settings)) as mailbox:
        yield from examine_mailbox(mailbox, settings.mailbox, clock())
    if settings.mailbox.kind == "imap":
        yield from provider(imap_of(settings))


def _smtp(settings: ControllerSettings, _clock: Clock) -> Iterator[Finding]:
    yield from examine_smtp(smtp_of(settings), settings)


def _otrs(settings: ControllerSettings, clock: Clock) -> Iterator[Finding]:
    otrs = settings.otrs
    with closing(otrs_of(settings)) as client, closing(Bare(otrs)) as bare:
        reached = list(connection(otrs, client))
        yield from reached
        if any(one.check == "otrs.connection" and one.verdict == "fault" for one in reached):
            return
        yield from (routed := list(routes(bare)))
        yield from get_routes(bare, otrs)
        if any(one.verdict == "fault" for one in (*reached, *routed)):
            yield found("otrs.erasing", "skipped")
            return
        barred = list(queues(client, otrs.queues.model_dump()))
        yield from barred
        yield from control(client, otrs)
        walk = Round(client, otrs, clock())
        told = {(one.check, one.reason) for one in barred}
        yield from (one for one in walk.run() if (one.check, one.reason) not in told)
        if walk.creator:
            yield from orphans(client, otrs, walk.creator, clock())
        yield from inside(bare, otrs)


def _rights(path: Path) -> Finding:
    open_to_others = path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return found("configuration", "changeable", file=path) if open_to_others else found("configuration")


def _workflows(settings: ControllerSettings) -> Iterator[Finding]:
    try:
        load(settings.workflow_folder)
    except FoundProblems as problems:
        yield from (found("workflows", "faulty", problem=one) for one in problems.problems)
    else:
        yield found("workflows")


_LOOKS: dict[str, Callable[[ControllerSettings, Clock], Iterator[Finding]]] = {
    "here": _here,
    "mailbox": _mailbox,
    "smtp": _smtp,
    "otrs": _otrs,
}
