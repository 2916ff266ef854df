"""Brakes: limits and doubts stop erasing and nothing else, tell the operator, and let go when a person lifts them."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import threading
import uuid
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.pipeline import Worked
from bridge.sandbox.faults import Fault
from bridge.sources.base import FolderState
from bridge.sources.maildir import MaildirMailbox
from tests.acceptance.actions import Actions
from tests.acceptance.meddling import calls, meddled, states
from tests.acceptance.world import World, mail

ASKING = "Hallo, ich habe mein Passwort vergessen und komme nicht mehr rein."
ERASURE = "Bitte löschen Sie alle meine Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld"


@pytest.fixture(autouse=True)
def operator(request: pytest.FixtureRequest) -> str:
    """Give every test an operator of its own, whose alarms it can count."""
    name = next(name for name in ("sandbox", "real", "world") if name in request.fixturenames)
    world: World = request.getfixturevalue(name)
    world.config["operator"] = f"ops+{uuid.uuid4().hex[:10]}@example.org"
    return str(world.config["operator"])


def erasures(count: int) -> list[bytes]:
    return [mail(f"Löschung {number}", f"{ERASURE}\nNummer {number}") for number in range(count)]


def alarms(world: World) -> list[str]:
    """Return the codes of the alarms that the operator got."""
    found = []
    for raw in world.answers(world.config["operator"]):
        subject = next(line for line in raw.decode().splitlines() if line.startswith("Subject:"))
        found.append(subject.partition("[otrs-bridge] ")[2].strip())
    return found


def again(world: World) -> list[Worked]:
    """Let waiting cases be due now, and run a round."""
    from bridge.journal import cases

    with world.bridge() as bridge:
        with bridge.journal.write() as connection:
            for case in cases.listing(connection, states=["waiting"]):
                cases.change(connection, case.id, bridge.tools[0].clock(), next_attempt=None)
        return bridge.once()


def command(world: World, *arguments: str) -> str:
    world.write()
    result = CliRunner().invoke(main, ["--config", str(world.path), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def brakes_on(world: World) -> dict[str, int]:
    """Return the brakes that `cases list` shows: code and number."""
    lines = [json.loads(line) for line in command(world, "cases", "list", "--json").splitlines()]
    return {line["code"]: line["brake"] for line in lines if "brake" in line}


def assert_braked(world: World, code: str, waiting: int = 1) -> None:
    """See that nothing is erased, that mail is taken in all the same, and that the operator knows."""
    assert list(brakes_on(world)) == [code]
    assert alarms(world).count(code) == 1
    before = Counter(world.log_events())
    world.deliver(mail("Passwort vergessen", ASKING))
    worked = again(world)
    assert Counter(states(worked)) == Counter({("waiting", code): waiting, ("done", ""): 1})
    assert Counter(world.log_events()) == before
    assert alarms(world).count(code) == 1


def assert_lifted(world: World, code: str, count: int = 1) -> None:
    """Lift the brake as the operator does, and see that erasing goes on."""
    command(world, "cases", "lift", str(brakes_on(world)[code]))
    assert brakes_on(world) == {}
    assert states(again(world)) == [("done", "")] * count
    assert world.folder_mails("INBOX") == []


# --- limits ----------------------------------------------------------------------------------------------------------


def test_at_most_so_many_erasures_begin_in_one_run(world: World) -> None:
    world.config["limits"]["erasures_per_run"] = 2
    world.deliver(*erasures(5), mail("Passwort vergessen", ASKING))
    worked = Counter(states(world.once()))
    assert worked == Counter({("done", ""): 3, ("waiting", "limit-per-run"): 3})
    assert len(world.folder_mails("INBOX")) == 3
    assert alarms(world) == ["limit-per-run"]
    assert Counter(states(again(world))) == Counter({("done", ""): 2, ("waiting", "limit-per-run"): 1})
    assert states(again(world)) == [("done", "")]
    assert world.folder_mails("INBOX") == []


def test_at_most_so_many_erasures_begin_in_one_hour(sandbox: World) -> None:
    now = dt.datetime.now(dt.UTC)
    sandbox.clock = lambda: now
    sandbox.config["limits"]["erasures_per_hour"] = 2
    sandbox.deliver(*erasures(3))
    assert Counter(states(sandbox.once())) == Counter({("done", ""): 2, ("waiting", "limit-per-hour"): 1})
    assert alarms(sandbox) == ["limit-per-hour"]
    sandbox.clock = lambda: now + dt.timedelta(minutes=50)
    assert states(again(sandbox)) == [("waiting", "limit-per-hour")]
    sandbox.clock = lambda: now + dt.timedelta(minutes=61)
    assert states(again(sandbox)) == [("done", "")]


def test_tickets_count_as_mails_do(sandbox: World) -> None:
    sandbox.config["limits"]["erasures_per_hour"] = 2
    act = Actions(sandbox)
    tickets = [act.create("support", f"Löschung {number}", ERASURE) for number in range(2)]
    sandbox.deliver(*erasures(2))
    assert Counter(states(sandbox.once()))["done", ""] == 2
    left = len(sandbox.folder_mails("INBOX")) + sum(act.exists(ticket) for ticket in tickets)
    assert left == 2


def test_a_daemon_s_limit_is_for_each_round_not_for_its_life(sandbox: World) -> None:
    sandbox.config["limits"]["erasures_per_run"] = 1
    with sandbox.bridge() as bridge:
        for one in erasures(3):
            sandbox.deliver(one)
            assert states(bridge.rounds[0].mail()) == [("done", "")]


# --- doubts ----------------------------------------------------------------------------------------------------------


def new_uidvalidity(world: World, folder: str) -> None:
    """Lose the folder's UIDVALIDITY as a restore or a move to another server does; the mails stay."""
    if world.sandbox is not None:
        (world.folder / "Maildir" / f".{folder}" / "bridge-uidvalidity").unlink()
        return
    mails = world.mailbox_at.contents(folder)
    with world.mailbox_at.connect() as connection:
        connection.delete(folder)
    world.mailbox_at.deliver(*mails, folder=folder)


def test_a_changed_uidvalidity_stops_erasing(world: World) -> None:
    world.config["mailbox"]["folder"] = "Eingang"
    world.config["erase"] = "off"
    world.deliver(*erasures(1), folder="Eingang")
    assert states(world.once()) == [("waiting", "erase-off")]
    new_uidvalidity(world, "Eingang")
    world.config["erase"] = "on"
    assert set(states(again(world))) == {("waiting", "uidvalidity-changed")}
    assert len(world.folder_mails("Eingang")) == 1
    assert list(brakes_on(world)) == ["uidvalidity-changed"]
    assert alarms(world).count("uidvalidity-changed") == 1
    world.deliver(mail("Passwort vergessen", ASKING), folder="Eingang")
    assert ("done", "") in states(again(world))
    assert_lifted(world, "uidvalidity-changed")
    assert world.folder_mails("Eingang") == []
    assert world.log_events() == [("intended", "none"), ("executed", "none"), ("verified", "in-mailbox")]
    assert len(world.tickets("membership")) == 1


@pytest.mark.servers
def test_a_mailbox_that_was_restored_stops_erasing(real: World, tmp_path: Path) -> None:
    """Its UIDNEXT falls, so uids will be given to other mails than before."""
    backup = tmp_path / "backup"
    real.deliver(mail("Passwort vergessen", ASKING))
    assert states(real.once()) == [("done", "")]
    real.once()
    subprocess.run(["cp", "-a", str(real.mailbox_at.files), str(backup)], check=True)
    real.config["erase"] = "off"
    real.deliver(*erasures(2))
    assert states(real.once()) == [("waiting", "erase-off")] * 2
    shutil.rmtree(real.mailbox_at.files)
    subprocess.run(["cp", "-a", str(backup), str(real.mailbox_at.files)], check=True)
    real.config["erase"] = "on"
    real.once()
    assert list(brakes_on(real)) == ["uidnext-fell"]
    assert alarms(real) == ["uidnext-fell"]


def test_a_fallen_uidnext_stops_erasing(sandbox: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = MaildirMailbox.state
    uidnext = 100

    def state(self: MaildirMailbox, folder: str) -> FolderState:
        found = told(self, folder)
        return FolderState(found.uidvalidity, uidnext, found.count)

    monkeypatch.setattr(MaildirMailbox, "state", state)
    sandbox.config["erase"] = "off"
    sandbox.deliver(*erasures(1))
    assert states(sandbox.once()) == [("waiting", "erase-off")]
    uidnext = 90
    sandbox.config["erase"] = "on"
    assert states(again(sandbox)) == [("waiting", "uidnext-fell")]
    assert_braked(sandbox, "uidnext-fell")
    assert_lifted(sandbox, "uidnext-fell")


def test_a_source_that_is_suddenly_empty_stops_erasing(world: World) -> None:
    world.config["erase"] = "off"
    world.deliver(*erasures(6))
    assert states(world.once()) == [("waiting", "erase-off")] * 6
    with world.mailbox() as other:
        for place in other.list("INBOX"):
            other.expunge(place)
    world.config["erase"] = "on"
    assert set(states(again(world))) == {("waiting", "source-empty")}
    assert_braked(world, "source-empty", waiting=6)
    command(world, "cases", "lift", str(brakes_on(world)["source-empty"]))
    assert {state for state, _code in states(again(world))} <= {"waiting", "parked", "held"}
    assert "verified" not in {event for event, _level in world.log_events()}


def test_a_source_that_the_bridge_itself_emptied_stops_nothing(sandbox: World) -> None:
    sandbox.deliver(*erasures(6), *(mail(f"Passwort vergessen {n}", ASKING) for n in range(6)))
    assert {state for state, _code in states(sandbox.once())} == {"done"}
    sandbox.once()
    assert brakes_on(sandbox) == {}


def test_a_search_that_was_not_filtered_stops_erasing(sandbox: World) -> None:
    act = Actions(sandbox)
    foreign = act.create("admins", "Löschung meiner Daten", ERASURE)
    assert sandbox.sandbox is not None
    sandbox.sandbox.faults.arm("TicketSearch", Fault.UNFILTERED, times=1)
    sandbox.once()
    assert act.exists(foreign)
    sandbox.sandbox.faults.clear()
    sandbox.deliver(*erasures(1))
    assert states(again(sandbox)) == [("waiting", "search-not-filtered")]
    assert_braked(sandbox, "search-not-filtered")
    assert_lifted(sandbox, "search-not-filtered")
    assert act.exists(foreign)


def test_an_otrs_that_was_restored_stops_erasing(sandbox: World) -> None:
    """It gives out ticket ids that the journal knows from before."""
    assert sandbox.sandbox is not None
    backup = sandbox.sandbox.snapshot()
    sandbox.deliver(mail("Passwort vergessen", ASKING))
    assert states(sandbox.once()) == [("done", "")]
    sandbox.sandbox.restore(backup)
    sandbox.deliver(*erasures(1))
    assert states(sandbox.once()) == [("waiting", "otrs-restored")]
    assert_braked(sandbox, "otrs-restored")
    assert_lifted(sandbox, "otrs-restored")


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_between_two_steps_stops_the_case_at_once(world: World) -> None:
    one = mail("Löschung", ERASURE)
    world.deliver(one)

    def hold() -> None:
        command(world, "cases", "hold", "1")

    with meddled(world, "otrs", calls("create_ticket"), hold, after=True) as (bridge, meddler):
        bridge.once()
        assert meddler.done
    assert again(world) == []
    assert world.folder_mails("INBOX") == [one]
    assert world.log_events() == []
    command(world, "cases", "release", "1")
    assert states(again(world)) == [("done", "")]
    assert world.folder_mails("INBOX") == []
    assert len(world.tickets("membership")) == 1


def test_a_hold_during_the_erasure_is_not_forgotten(sandbox: World) -> None:
    """A worker that has the case in hand must not write another state over the hold."""
    sandbox.deliver(mail("Löschung", ERASURE))
    held = threading.Event()

    def hold() -> None:
        command(sandbox, "cases", "hold", "1")
        held.set()

    with meddled(sandbox, "mailbox", calls("move"), hold, after=True) as (bridge, _meddler):
        bridge.once()
        shown = bridge.case(1)
    assert held.is_set()
    assert shown is not None
    assert (shown["state"], shown["code"]) == ("held", "hold-by-person")
    command(sandbox, "cases", "release", "1")
    assert states(again(sandbox)) == [("done", "")]


@pytest.mark.parametrize("role", ["support", "membership"], ids=["stub", "hand-over"])
def test_a_hold_set_in_otrs_stops_the_erasure(world: World, role: str) -> None:
    one = mail("Löschung", ERASURE)
    world.config["erase"] = "off"
    world.deliver(one)
    assert states(world.once()) == [("waiting", "erase-off")]
    (ticket,) = world.tickets(role)
    act = Actions(world)
    act.set_field(ticket.ticket_id, "BridgeAction", "hold")
    world.config["erase"] = "on"
    again(world)
    assert state_of(world) == "held"
    assert world.folder_mails("INBOX") == [one]
    assert "executed" not in {event for event, _level in world.log_events()}
    command(world, "cases", "release", "1")
    again(world)
    assert state_of(world) == "done"
    assert world.folder_mails("INBOX") == []


def state_of(world: World) -> str:
    shown = json.loads(command(world, "cases", "show", "1", "--json"))
    return str(shown["state"])
