"""Time limits: a month from receipt, reminded once before and once after, extended with a reason, never stopped."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from dataclasses import dataclass
from typing import Any

import pytest

from bridge.journal import approvals, cases
from bridge.journal.approvals import Approval
from bridge.journal.deadlines import Due, open_deadlines
from tests.acceptance.actions import Actions
from tests.acceptance.running import program
from tests.acceptance.world import World, mail, plain

ACCESS = ("Auskunft nach Art. 15 DSGVO", "Bitte Auskunft über meine Daten.\n\nJördis Ährenfeld")
DAY = dt.timedelta(days=1)


@dataclass
class Clock:
    """A clock that can be put forward."""

    ahead: dt.timedelta = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@pytest.fixture
def clock(world: World) -> Clock:
    made = Clock()
    world.clock = made
    return made


def limits(world: World) -> list[Due]:
    with world.bridge() as bridge, bridge.journal.read() as connection:
        return open_deadlines(connection, "main")


def case_of(world: World, number: int = 1) -> Any:
    with world.bridge() as bridge, bridge.journal.read() as connection:
        return cases.by_id(connection, number)


def reminders(world: World, recipient: str, kind: str) -> list[str]:
    found = [email.message_from_bytes(one, policy=email.policy.default) for one in world.answers(recipient)]
    return [one.get_content() for one in found if kind in str(one["Subject"])]


def use_own_addresses(world: World) -> None:
    world.config["operator"] = f"ops+{world.folder.name}@example.org"
    world.config["dpo"] = f"dpo+{world.folder.name}@example.org"


def test_people_are_reminded_once_before_and_once_after(world: World, clock: Clock) -> None:
    use_own_addresses(world)
    world.deliver(mail(*ACCESS))
    world.once()
    (due,) = limits(world)
    assert (due.category, due.state, due.provisional) == ("data-protection", "done", False)
    assert 27 * DAY < due.due - due.received < 32 * DAY
    world.once()
    assert reminders(world, world.config["dpo"], "deadline") == []
    clock.ahead = due.due - dt.datetime.now(dt.UTC) - 6 * DAY
    world.once()
    world.once()
    (text,) = reminders(world, world.config["dpo"], "deadline-near")
    assert "hrenfeld" not in text
    assert len(reminders(world, world.config["operator"], "deadline-near")) == 1
    (handover,) = world.tickets("membership")
    assert [a.body for a in handover.articles if "endet bald" in a.body]
    clock.ahead += 7 * DAY
    world.once()
    world.once()
    assert len(reminders(world, world.config["dpo"], "deadline-near")) == 1
    assert len(reminders(world, world.config["dpo"], "deadline-over")) == 1
    assert [one.case_id for one in limits(world)] == [1]


def test_nobody_is_reminded_of_what_is_answered(world: World, clock: Clock) -> None:
    use_own_addresses(world)
    world.deliver(mail(*ACCESS))
    world.once()
    (handover,) = world.tickets("membership")
    Actions(world).close(handover.ticket_id, "closed successful")
    clock.ahead = 29 * DAY
    world.once()
    assert reminders(world, world.config["dpo"], "deadline") == []
    assert limits(world) == []


def test_an_agent_extends_with_a_reason_and_only_once(world: World, clock: Clock) -> None:
    use_own_addresses(world)
    world.deliver(mail(*ACCESS))
    world.once()
    before = case_of(world).due
    (handover,) = world.tickets("membership")
    act = Actions(world)
    act.set_field(handover.ticket_id, "BridgeAction", "extend-complexity")
    assert [w.state for w in world.once()] == ["done"]
    after = case_of(world).due
    assert 58 * DAY < after - before < 63 * DAY
    (handover,) = world.tickets("membership")
    assert handover.state_type.startswith("pending")
    assert "Komplexität" in plain(handover)
    assert f"{after:%Y-%m-%d}" in plain(handover)
    act.set_field(handover.ticket_id, "BridgeAction", "extend-number")
    assert world.once() == []
    assert case_of(world).due == after
    (handover,) = world.tickets("membership")
    assert handover.fields["BridgeReason"].startswith("Nicht verlängert")
    clock.ahead = before - dt.datetime.now(dt.UTC) + DAY
    world.once()
    assert reminders(world, world.config["dpo"], "deadline") == []


def test_the_command_extends(sandbox: World) -> None:
    sandbox.deliver(mail(*ACCESS))
    sandbox.once()
    before = case_of(sandbox).due
    done = program(sandbox, "cases", "extend", "1", "--months", "1", "--reason", "number")
    assert done.returncode == 0, done.stderr
    assert case_of(sandbox).due > before
    assert [w.state for w in sandbox.once()] == ["done"]
    (handover,) = sandbox.tickets("membership")
    assert "Anzahl der Anfragen" in plain(handover)
    again = program(sandbox, "cases", "extend", "1", "--reason", "number")
    assert again.returncode != 0


def test_the_clock_runs_for_parked_requests(world: World) -> None:
    world.config["limits"]["parts"] = 1
    attached = (("a.txt", "text/plain", b"x"), ("b.txt", "text/plain", b"y"))
    world.deliver(mail(*ACCESS, attachments=attached))
    assert [w.state for w in world.once()] == ["parked"]
    (due,) = limits(world)
    assert (due.state, due.provisional) == ("parked", True)
    assert 27 * DAY < due.due - due.received < 32 * DAY


def test_an_original_is_hidden_until_membership_management_takes_it(world: World) -> None:
    wait_for_acknowledgement(world)
    act = Actions(world)
    original = act.create("support", *ACCESS)
    assert [(w.state, w.code) for w in world.once()] == [("waiting", "until-acknowledged")]
    assert act.exists(original)
    assert original not in [one.ticket_id for one in world.tickets("support")]
    hidden = next(one for one in world.tickets("erasing") if one.ticket_id == original)
    assert hidden.lock == "lock"
    (handover,) = world.tickets("membership")
    act.take(handover.ticket_id)
    finish(world)
    assert not act.exists(original)
    assert world.log_events()[-1] == ("verified", "by-control")


@pytest.mark.parametrize("how", ["closed unsuccessful", "moved back"])
def test_what_membership_management_rejects_comes_back(world: World, how: str) -> None:
    wait_for_acknowledgement(world)
    act = Actions(world)
    original = act.create("support", *ACCESS)
    world.once()
    (handover,) = world.tickets("membership")
    if how == "moved back":
        act.move(handover.ticket_id, "support")
    else:
        act.close(handover.ticket_id, how)
    assert [(w.category, w.state) for w in world.once()] == [("other", "done")]
    back = next(one for one in world.tickets("support") if one.ticket_id == original)
    assert (back.state_type, back.lock) == ("open", "unlock")
    assert [one.state_type for one in world.tickets("membership")] == ["closed"]
    assert [event for event, _ in world.log_events()] == ["override"]
    act.set_field(original, "BridgeCategory", "login")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]


def test_a_rejected_mail_becomes_a_ticket_for_support(world: World) -> None:
    wait_for_acknowledgement(world)
    raw = mail(*ACCESS)
    world.deliver(raw)
    assert [(w.state, w.code) for w in world.once()] == [("waiting", "until-acknowledged")]
    assert world.folder_mails("INBOX") == [raw]
    (handover,) = world.tickets("membership")
    Actions(world).close(handover.ticket_id, "closed unsuccessful")
    assert [(w.category, w.state) for w in world.once()] == [("other", "done")]
    assert world.folder_mails("Bridge/Done") == [raw]
    (full,) = [one for one in world.tickets("support") if one.state_type != "closed"]
    assert "hrenfeld" in plain(full)


def wait_for_acknowledgement(world: World) -> None:
    """Copy the shipped workflows and let the hand-over be confirmed before anything is erased."""
    from tests.acceptance.world import WORKFLOWS

    folder = world.folder / "workflows"
    folder.mkdir()
    for path in WORKFLOWS.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("until: immediately", "until: acknowledged")
        (folder / path.name).write_text(text, encoding="utf-8")
    world.config["workflows"] = str(folder)
    with world.bridge() as bridge, bridge.journal.write() as connection:
        now = bridge.tools[0].clock()
        for one in (one for one in bridge.tools[0].workflows() if one.erases):
            approvals.give(connection, "main", Approval("workflow", one.digest, "approver", "2", now))


def finish(world: World) -> None:
    """Run the waiting case once more, though its next look is minutes away."""
    with world.bridge() as bridge:
        with bridge.journal.write() as connection:
            cases.change(connection, 1, bridge.tools[0].clock(), next_attempt=None)
        assert [w.state for w in bridge.once()] == ["done"]
