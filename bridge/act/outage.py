"""Tell an outage of a server from a failure of one request, and keep cases from trying while it lasts."""

from __future__ import annotations

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools, Waiting
from bridge.act.gate import MAILBOX, OTRS, SMTP, server_of, surely_away
from bridge.errors import BridgeError
from bridge.plan import Step

# Which server a kind of step can do nothing without; where it is not said, OTRS.
NEEDS = {"move": MAILBOX, "answer": SMTP}


def away(tools: Tools, step: Step) -> Waiting | None:
    """Return how to wait for the server that a step needs, or None when it is there. Nothing is logged."""
    server = NEEDS.get(step.kind, OTRS)
    seconds = seconds_away(tools, server)
    return Waiting(f"{server}-away", seconds, counts=False) if seconds else None


def seconds_away(tools: Tools, server: str) -> float:
    """Return for how many seconds a server is not worth asking; probes it when the wait is over."""
    gate, now = tools.gates[server], tools.clock()
    seconds = gate.away(now, lambda: _probe(tools, server))
    if gate.lasts(now):
        raise_alarm(tools, f"{server}-away")
    return seconds


def is_outage(tools: Tools, error: BridgeError) -> Waiting | None:
    """Return how to wait when an error is the server's and not the request's; such attempts don't count.

    Refused log-ins are the server's too: a changed password must not park a single request. A lost connection can be
    the request's own doing, so the server is asked for something else before it is called away.
    """
    server = server_of(error)
    if server is None or (server == MAILBOX and tools.mailbox is None):
        return None
    if not surely_away(error) and not _confirmed(tools, server):
        return None
    return Waiting(f"{server}-away", tools.gates[server].close(tools.clock(), error.code), counts=False)


def _confirmed(tools: Tools, server: str) -> bool:
    if tools.gates[server].since is not None:
        return True
    try:
        _probe(tools, server)
    except BridgeError:
        return True
    return False


def _probe(tools: Tools, server: str) -> None:
    if server == MAILBOX and tools.mailbox is not None:
        tools.mailbox.state(tools.names.inbox)
    elif server == OTRS:
        tools.otrs.check_login()
    elif server == SMTP:
        tools.smtp.check()
