"""Servers away for a while: nothing lost or doubled, nothing parked, quiet logs, full speed afterwards."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bridge.journal.schema import cases
from bridge.sandbox import Fault, SandboxOtrs
from bridge.wiring import Bridge, utc_now
from tests.acceptance.world import World, mail

STEP = dt.timedelta(seconds=5)


class FastClock:
    """Show the time that a test says."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return utc_now() + self.ahead

    def move(self) -> None:
        self.ahead += STEP


def outcome(bridge: Bridge) -> Counter[tuple[str, int]]:
    with bridge.journal.read() as connection:
        return Counter(tuple(row) for row in connection.execute(select(cases.c.state, cases.c.attempts)))


def requests(number: int) -> list[bytes]:
    return [
        mail(
            "Passwort vergessen",
            f"Ich habe mein Passwort vergessen ({n}).",
            sender=f"N {n} <n{n}@post.example>",
        )
        for n in range(number)
    ]


def round_(bridge: Bridge) -> None:
    """One tick of the daemon: what its timers do, one after the other."""
    for rounds in bridge.rounds:
        rounds.mail()
        rounds.queues()
        rounds.waiting()


FAULTS = [Fault.DROP_BEFORE, Fault.ERROR_BEFORE, Fault.HTML_BEFORE]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_ten_minutes_without_otrs_under_steady_mail(sandbox: World, fault: Fault) -> None:
    """A proxy that answers 500 or a page of HTML is an outage as much as a closed port."""
    assert sandbox.sandbox is not None
    clock = sandbox.clock = FastClock()
    with sandbox.bridge() as bridge:
        round_(bridge)
        sandbox.sandbox.faults.arm("*", fault, times=1_000_000)
        before = sum(sandbox.sandbox.calls().values())
        with capture_logs() as lines:
            for raw in requests(30):
                sandbox.deliver(raw)
                for _ in range(4):  # four times five seconds: one request every twenty, for ten minutes
                    round_(bridge)
                    clock.move()
        asked = sum(sandbox.sandbox.calls().values()) - before
        assert outcome(bridge) == {("waiting", 0): 30}
        assert [line["event"] for line in lines].count("server away") == 1
        assert len(lines) <= 12, [line["event"] for line in lines]
        assert asked < 400
        sandbox.sandbox.faults.clear()
        for _ in range(13):  # the longest wait between two probes is a minute
            clock.move()
            round_(bridge)
        assert outcome(bridge) == {("done", 0): 30}
    assert len(sandbox.tickets("support")) == 30


def test_a_mail_server_away_sends_no_answer_twice_and_none_too_few(sandbox: World) -> None:
    clock = sandbox.clock = FastClock()
    port, sandbox.config["smtp"]["port"] = sandbox.config["smtp"]["port"], 9
    sandbox.deliver(*joining(5))
    with sandbox.bridge() as bridge, capture_logs() as lines:
        for _ in range(60):
            round_(bridge)
            clock.move()
        assert outcome(bridge) == {("waiting", 0): 5}
        assert len(lines) <= 12, [line["event"] for line in lines]
    sandbox.config["smtp"]["port"] = port
    with sandbox.bridge() as bridge:
        clock.move()
        round_(bridge)
        assert outcome(bridge) == {("done", 0): 5}
    assert [len(sandbox.answers(f"neu{n}@post.example")) for n in range(5)] == [1] * 5


def joining(number: int) -> list[bytes]:
    text = "Wie kann ich bei euch Mitglied werden? Wo kann ich mich anmelden?"
    return [mail("Wie werde ich Mitglied?", text, sender=f"Neu <neu{n}@post.example>") for n in range(number)]


def test_otrs_stopped_and_started_again(sandbox: World) -> None:
    """A closed port; the same tickets behind another start of the server."""
    otrs = sandbox.sandbox
    assert otrs is not None
    clock = sandbox.clock = FastClock()
    with sandbox.bridge() as bridge:
        round_(bridge)
        backup, port = otrs.snapshot(), otrs.port
        otrs.stop()
        sandbox.deliver(*requests(10))
        for _ in range(20):
            round_(bridge)
            clock.move()
        assert outcome(bridge) == {("waiting", 0): 10}
        with SandboxOtrs(port=port) as again:
            again.restore(backup)
            for _ in range(13):
                clock.move()
                round_(bridge)
            assert outcome(bridge) == {("done", 0): 10}
            assert len(again.in_queue("LQFB-Support")) == 10


def test_requests_that_need_no_otrs_go_on_without_it(sandbox: World) -> None:
    assert sandbox.sandbox is not None
    sandbox.clock = FastClock()
    sandbox.sandbox.faults.arm("*", Fault.DROP_BEFORE, times=1_000_000)
    sandbox.deliver(*requests(1))
    sandbox.deliver(*joining(1))
    with sandbox.bridge() as bridge:
        round_(bridge)
        assert outcome(bridge) == {("waiting", 0): 1, ("done", 0): 1}
    assert len(sandbox.answers("neu0@post.example")) == 1


def test_a_changed_password_parks_nothing(sandbox: World) -> None:
    assert sandbox.sandbox is not None
    clock = sandbox.clock = FastClock()
    sandbox.deliver(*requests(3))
    sandbox.sandbox.set_password("bridge", "another")
    sandbox.sandbox.expire_sessions()
    with sandbox.bridge() as bridge:
        for _ in range(60):
            round_(bridge)
            clock.move()
        assert outcome(bridge) == {("waiting", 0): 3}
        sandbox.sandbox.set_password("bridge", "bridge-secret")
        for _ in range(13):
            clock.move()
            round_(bridge)
        assert outcome(bridge) == {("done", 0): 3}


def test_a_request_that_breaks_otrs_alone_does_not_stop_the_others(sandbox: World) -> None:
    """Unclear answers to one kind of call while the log-in works are the request's own: they count, and park it."""
    assert sandbox.sandbox is not None
    clock = sandbox.clock = FastClock()
    sandbox.config["limits"]["attempts"] = 2
    sandbox.deliver(*requests(1))
    sandbox.sandbox.faults.arm("TicketCreate", Fault.ERROR_BEFORE, times=2)
    with sandbox.bridge() as bridge:
        round_(bridge)
        sandbox.deliver(*requests(1))
        for _ in range(6):
            clock.move()
            round_(bridge)
        states = Counter(state for (state, _n), count in outcome(bridge).items() for _ in range(count))
    assert states["done"] + states["parked"] == 2


def test_a_mailbox_away_parks_nothing_and_stops_only_itself(sandbox: World) -> None:
    """Two controllers, one with a broken mailbox: the other's requests are worked as ever."""
    clock = sandbox.clock = FastClock()
    two_controllers(sandbox)
    broken = sandbox.folder / "Maildir-second"
    with sandbox.bridge() as bridge:
        round_(bridge)
        shutil.move(broken, sandbox.folder / "aside")
        sandbox.deliver(*requests(5))
        with capture_logs() as lines:
            for _ in range(60):
                round_(bridge)
                clock.move()
        assert outcome(bridge) == {("done", 0): 5}
        assert len(lines) <= 8, [line["event"] for line in lines]
        assert list(bridge.rounds[0].faults) == []
        assert list(bridge.rounds[1].faults) == ["mail"]
        shutil.move(sandbox.folder / "aside", broken)
        round_(bridge)
        assert list(bridge.rounds[1].faults) == []


def two_controllers(world: World) -> None:
    shared = {
        name: world.config.pop(name)
        for name in ("mailbox", "otrs", "smtp", "operator", "dpo", "deletion_log")
    }
    second: dict[str, Any] = {
        **shared,
        "mailbox": {**shared["mailbox"], "path": str(world.folder / "Maildir-second")},
    }
    shutil.copytree(world.folder / "Maildir", world.folder / "Maildir-second")
    world.config["controllers"] = [{"name": "first", **shared}, {"name": "second", **second}]
