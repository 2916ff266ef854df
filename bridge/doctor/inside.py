"""Ask the add-on inside OTRS about what can't be seen from outside; without it, say where to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.doctor.bare import Bare
from bridge.doctor.finding import Finding, found
from bridge.settings.connections import Otrs

ROUTE = "/BridgeSetUp"


def inside(bare: Bare, otrs: Otrs) -> Iterator[Finding]:
    """Yield what the add-on tells: logging, screens, erasing job, rights in the erasing group, daemon."""
    asked = {
        "EraseField": otrs.fields.erase,
        "EraseValue": otrs.erase_value,
        "ErasingQueue": otrs.queues.erasing,
    }
    session = bare.log_in()
    answer = bare.call("POST", ROUTE, asked, session)
    names = {
        "webservice": otrs.url.rpartition("/")[2],
        "field": otrs.fields.erase,
        "value": otrs.erase_value,
        "queue": otrs.queues.erasing,
        "agent": otrs.username,
    }
    if "DebugThreshold" not in answer.content:
        yield found("otrs.inside", "missing" if otrs.proof == "in-database" else "unseen", **names)
        return
    yield from _faults(answer.content, names) or [found("otrs.inside")]


def _faults(told: Mapping[str, Any], names: Mapping[str, str]) -> list[Finding]:
    wrong: list[Finding] = []

    def note(outcome: str, **values: object) -> None:
        wrong.append(found("otrs.inside", outcome, **names, **values))

    if told["DebugThreshold"] != "error":
        note("debug", level=told["DebugThreshold"])
    if told.get("Screens"):
        note("on-screen", screens=", ".join(map(str, told["Screens"])))
    if told.get("Others"):
        note("others", agents=", ".join(map(str, told["Others"])))
    if told.get("FollowUp") and told["FollowUp"] != "new ticket":
        note("follow-up")
    if told.get("Jobs"):
        note("job", text=", ".join(map(str, told["Jobs"])))
    if not told.get("DaemonRunning"):
        note("daemon")
    return wrong
