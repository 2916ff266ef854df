"""Look at the server for outgoing mail: connection, log-in, and whether it would take mail to operator and DPO."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.doctor.finding import Finding, found
from bridge.settings import ControllerSettings
from bridge.targets.base import TargetError
from bridge.targets.smtp import SmtpTarget

_OUTCOMES = {
    "smtp.certificate": "certificate",
    "smtp.login-refused": "login",
    "smtp.unsupported": "unsupported",
    "smtp.plaintext-refused": "plaintext",
}


def examine_smtp(target: SmtpTarget, settings: ControllerSettings) -> Iterator[Finding]:
    """Connect, log in, and offer both addresses without sending anything."""
    try:
        target.check()
    except TargetError as error:
        yield found("smtp.connection", _OUTCOMES.get(error.code, "unreachable"), text=error, section="smtp")
        return
    yield found("smtp.connection")
    sound = True
    for key, recipient in (("operator", settings.operator), ("dpo", settings.dpo)):
        try:
            target.check(recipients=[recipient])
        except TargetError as error:
            sound = False
            yield found("smtp.recipients", "refused", key=key, text=error)
    if sound:
        yield found("smtp.recipients")
