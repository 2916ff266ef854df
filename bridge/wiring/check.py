"""Check the set-up against the servers before the first request: every problem at once, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.act.base import Tools
from bridge.erasure.ticket import TicketErasure, find_control
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.otrs.errors import AccessDenied, InvalidParameter, Unclear
from bridge.otrs.errors import Unreachable as OtrsUnreachable
from bridge.otrs.model import NewArticle, NewTicket
from bridge.sources.base import ConnectionLost, Unreachable

NO_SUCH_FIELD = "BridgeNoSuchField"


class SetUpProblems(BridgeError):
    """Hold everything that is wrong with the set-up, one text each."""

    code = "set-up.faulty"
    permanent = True

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        super().__init__("\n".join(texts))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in plain words; an outage may pass by itself."""

    text: str
    outage: bool = False


def problems_of(tools: Tools) -> Iterator[Problem]:
    """Yield what is wrong with one controller's mailbox and OTRS."""
    yield from _mailbox(tools)
    yield from _otrs(tools)


def _mailbox(tools: Tools) -> Iterator[Problem]:
    if tools.mailbox is None:
        return
    try:
        tools.mailbox.state(tools.names.inbox)
        for name in tools.names.folders.values():
            tools.mailbox.ensure_folder(name)
    except BridgeError as error:
        text = _("{controller}: mailbox: {text} (code {code})").format(
            controller=tools.controller, text=error, code=error.code
        )
        yield Problem(text, isinstance(error, (Unreachable, ConnectionLost)) and not error.permanent)


def _otrs(tools: Tools) -> Iterator[Problem]:
    try:
        tools.otrs.check_login()
    except BridgeError as error:
        text = _("{controller}: OTRS: {text} (code {code})").format(
            controller=tools.controller, text=error, code=error.code
        )
        yield Problem(text, isinstance(error, (OtrsUnreachable, Unclear)))
        return
    for role, queue in tools.names.queues.items():
        wrong = _queue(tools, queue)
        if wrong:
            yield Problem(f"{tools.controller}: otrs.queues.{role}: {wrong}")
    yield from _control(tools)


def _queue(tools: Tools, queue: str) -> str | None:
    """Ask OTRS to make a ticket that it must refuse for its field: it looks at queue and rights first, makes nothing.

    A faulty state would be refused before the rights are looked at (measured on Znuny 6.5).
    """
    article = NewArticle(subject="probe", body="probe")
    probe = NewTicket(
        title="probe", queue=queue, customer_user="probe", article=article, fields={NO_SUCH_FIELD: "x"}
    )
    try:
        tools.otrs.create_ticket(probe)
    except InvalidParameter as error:
        if "queue" in error.parameter.lower():
            return _("OTRS knows no queue named {queue}, or hides it").format(queue=queue)
        return None
    except AccessDenied:
        return _("no right to make tickets in {queue}").format(queue=queue)
    except BridgeError as error:
        return _("{text} (code {code})").format(text=error, code=error.code)
    return None


def _control(tools: Tools) -> Iterator[Problem]:
    names = tools.names
    wanted = TicketErasure(
        client=tools.otrs,
        ticket_id=0,
        queue=names.queues["erasing"],
        field=names.fields["erase"],
        value=names.erase_value,
        control_title=names.control_title,
        expected={},
        fingerprint=lambda _ticket: {},
    )
    try:
        if find_control(wanted) is None:
            text = _("{controller}: no control ticket can be read in {queue}; see setup-otrs")
            yield Problem(text.format(controller=tools.controller, queue=names.queues["erasing"]))
    except BridgeError as error:
        yield Problem(f"{tools.controller}: {error} ({error.code})")
