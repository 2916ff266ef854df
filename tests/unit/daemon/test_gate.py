"""The gate before a server: closes once, probes alone, opens for all."""

from __future__ import annotations

import datetime as dt

import pytest

from bridge.act.gate import FIRST, LASTING, MOST, Gate, server_of, surely_away
from bridge.errors import BridgeError
from bridge.otrs.errors import AccessDenied, AuthFailed, Unclear, Unreachable
from bridge.sources.base import ConnectionLost, LoginRefused, NoFolder
from bridge.targets.base import TargetError

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


class Server:
    """A server that is away until it is back; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked, self.there = 0, False

    def probe(self) -> None:
        self.asked += 1
        if not self.there:
            raise BridgeError("away")


def test_an_open_gate_asks_nobody() -> None:
    server = Server()
    assert Gate("otrs").away(NOW, server.probe) == 0.0
    assert server.asked == 0


def test_a_closed_gate_probes_ever_more_seldom_and_at_least_once_a_minute() -> None:
    gate, server = Gate("otrs"), Server()
    assert gate.close(NOW, "otrs.unreachable") == FIRST
    for second in range(3600):
        assert gate.away(NOW + dt.timedelta(seconds=second), server.probe) > 0
    assert 3600 / MOST <= server.asked <= 3600 / MOST + 6


def test_it_opens_with_the_first_probe_that_works_and_begins_anew() -> None:
    gate, server = Gate("otrs"), Server()
    gate.close(NOW, "otrs.unreachable")
    assert gate.away(NOW + dt.timedelta(seconds=FIRST), server.probe) == 2 * FIRST
    server.there = True
    assert gate.away(NOW + dt.timedelta(seconds=3 * FIRST), server.probe) == 0.0
    assert gate.close(NOW, "otrs.unreachable") == FIRST


def test_a_second_failure_does_not_put_the_probe_off() -> None:
    gate, server = Gate("otrs"), Server()
    gate.close(NOW, "otrs.unreachable")
    gate.close(NOW + dt.timedelta(seconds=FIRST), "otrs.unreachable")
    server.there = True
    assert gate.away(NOW + dt.timedelta(seconds=FIRST), server.probe) == 0.0


def test_a_lasting_outage_is_told_once() -> None:
    gate, server = Gate("otrs"), Server()
    assert not gate.lasts(NOW + LASTING)
    gate.close(NOW, "otrs.unreachable")
    assert not gate.lasts(NOW + LASTING - dt.timedelta(seconds=1))
    assert gate.lasts(NOW + LASTING)
    assert not gate.lasts(NOW + LASTING)
    server.there = True
    gate.away(NOW + LASTING, server.probe)
    gate.close(NOW, "otrs.unreachable")
    assert gate.lasts(NOW + LASTING)


@pytest.mark.parametrize(
    ("error", "server", "sure"),
    [
        (Unreachable("x"), "otrs", True),
        (Unclear("x"), "otrs", False),
        (AuthFailed("x"), "otrs", False),
        (AccessDenied("x"), None, False),
        (LoginRefused("x"), "mailbox", True),
        (ConnectionLost("x"), "mailbox", False),
        (NoFolder("x"), None, True),
        (TargetError("x", outcome="not-sent"), "smtp", True),
        (TargetError("x", outcome="unclear"), None, False),
        (TargetError("x", outcome="not-sent", permanent=True), None, True),
        (BridgeError("x"), None, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_which_errors_are_a_servers(error: BridgeError, server: str | None, sure: bool) -> None:
    assert server_of(error) == server
    if server is not None:
        assert surely_away(error) is sure
