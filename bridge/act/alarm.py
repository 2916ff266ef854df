"""Tell the operator that something needs a person: an error in the log and a mail, at most one an hour a kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import structlog

from bridge.act.base import Tools
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.journal import folders
from bridge.message.compose import Draft, compose
from bridge.message.model import Address

QUIET = dt.timedelta(hours=1)
_NONE: Mapping[str, int] = MappingProxyType({})
_log = structlog.get_logger(__name__)


def raise_alarm(
    tools: Tools, code: str, case_id: int | None = None, counts: Mapping[str, int] = _NONE
) -> None:
    """Log an alarm and mail it to the operator, with counts by code. Never raises: an alarm must not stop the walk."""
    _log.error("alarm", code=code, case=case_id, controller=tools.controller)
    now = tools.clock()
    try:
        with tools.journal.write() as connection:
            if not folders.turn(connection, tools.controller, f"alarm-{code}", now, QUIET):
                return
        _mail(tools, code, case_id, counts)
    except BridgeError as error:
        _log.error("alarm not mailed", code=error.code)


def _mail(tools: Tools, code: str, case_id: int | None, counts: Mapping[str, int]) -> None:
    if not tools.wording.operator:
        return
    lines = [
        _("The bridge needs a person."),
        _("Code: {code}").format(code=code),
        _("Case: {case}").format(case=case_id if case_id is not None else "-"),
        _("Controller: {controller}").format(controller=tools.controller),
        *(f"{name}: {number}" for name, number in counts.items()),
        _("See: otrs-bridge cases list; otrs-bridge doctor"),
    ]
    now = tools.clock()
    mark = tools.secrets.message(f"{code} {now.isoformat()}")[:24]
    draft = Draft(
        sender=Address("", tools.wording.sender),
        to=(Address("", tools.wording.operator),),
        subject=f"[otrs-bridge] {code}",
        text="\n".join(lines) + "\n",
        message_id=f"<alarm.{mark}@otrs-bridge.invalid>",
        date=now,
        auto_submitted="auto-generated",
    )
    tools.smtp.send(compose(draft), sender="", recipients=[tools.wording.operator])
