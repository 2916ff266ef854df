"""Never a false `verified`: whatever others do in between ends in hold, failed or unverifiable, and heals later."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bridge.pipeline import Worked
from bridge.wiring import Bridge
from tests.acceptance.actions import Actions
from tests.acceptance.meddling import When, calls, meddled, moves_to, sets_field, states
from tests.acceptance.world import World, mail, plain

BODY = "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld"
SUBJECT = "Löschung meiner Daten"


def events(world: World) -> list[str]:
    return [event for event, _level in world.log_events()]


def again(world: World, case_id: int = 1) -> list[Worked]:
    """Let the case's next attempt be due now, and run a round."""
    with world.bridge() as bridge:
        due_now(bridge, case_id)
        return bridge.once()


def due_now(bridge: Bridge, case_id: int) -> None:
    from bridge.journal import cases

    with bridge.journal.write() as connection:
        cases.change(connection, case_id, bridge.tools[0].clock(), next_attempt=None)


def erasing(world: World) -> str:
    name: str = world.config["otrs"]["queues"]["erasing"]
    return name


def run(
    world: World, part: str, when: When, deed: Callable[[], None], *, after: bool = False
) -> list[Worked]:
    with meddled(world, part, when, deed, after=after) as (bridge, meddler):
        worked = bridge.once()
        assert meddler.done, "the moment for the meddling never came"
        return worked


def test_right_on_the_erasing_queue_revoked_between_erase_and_check(world: World) -> None:
    act = Actions(world)
    act.create("support", SUBJECT, BODY)
    worked = run(
        world, "otrs", sets_field("BridgeErase", "erase"), lambda: act.erasing_right(on=False), after=True
    )
    assert states(worked) == [("waiting", "erasure-unverifiable")]
    assert events(world) == ["intended", "executed", "unverifiable"]
    act.erasing_right(on=True)
    assert states(again(world)) == [("done", "")]
    assert events(world)[-1] == "verified"


def test_right_revoked_before_the_erase_is_sent(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    worked = run(world, "otrs", sets_field("BridgeErase", ""), lambda: act.erasing_right(on=False))
    assert states(worked) == [("waiting", "erasure-unverifiable")]
    assert act.exists(ticket)
    assert "verified" not in events(world)
    act.erasing_right(on=True)
    assert states(again(world)) == [("done", "")]
    assert not act.exists(ticket)


def test_erasing_job_disabled(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    act.erasing_job(on=False)
    assert states(world.once()) == [("waiting", "erasure-failed")]
    assert act.exists(ticket)
    assert events(world)[-1] == "failed"
    act.erasing_job(on=True)
    again(world)
    assert states(again(world)) in ([("done", "")], [])
    assert not act.exists(ticket)
    assert events(world)[-1] == "verified"


def test_original_added_to_before_the_move(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    worked = run(
        world, "otrs", moves_to(erasing(world)), lambda: act.add_article(ticket, "Noch etwas Wichtiges")
    )
    assert states(worked) == [("held", "changed-since-hand-over")]
    assert act.exists(ticket)
    assert [t.ticket_id for t in world.tickets("support") if t.ticket_id == ticket] == [ticket]
    assert "executed" not in events(world)
    with world.bridge() as bridge:
        assert bridge.ask(1, "release") == "waiting"
        bridge.once()
    assert not act.exists(ticket)
    assert "Noch etwas Wichtiges" in "".join(plain(t) for t in world.tickets("membership"))
    assert events(world)[-1] == "verified"


def test_original_merged_into_another(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    other = act.create("admins", "Ein anderes Ticket", "Anderer Text")
    worked = run(world, "otrs", moves_to(erasing(world)), lambda: act.merge(other, ticket))
    assert states(worked) == [("held", "merged")]
    assert act.exists(ticket)
    assert "verified" not in events(world)


def test_original_moved_away_by_another_agent(world: World) -> None:
    """The bridge finds it wherever its rights reach; the move is the agent's and harms nothing."""
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    worked = run(world, "otrs", moves_to(erasing(world)), lambda: act.move(ticket, "admins"))
    assert states(worked) == [("done", "")]
    assert not act.exists(ticket)


def test_a_ticket_that_the_bridge_owns_is_disowned_first(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)
    act.own_by_bridge(ticket)
    worked = run(
        world, "otrs", sets_field("BridgeErase", "erase"), lambda: act.erasing_right(on=False), after=True
    )
    assert states(worked) == [("waiting", "erasure-unverifiable")]
    act.erasing_right(on=True)
    assert states(again(world)) == [("done", "")]


def test_erase_field_set_by_an_agent_elsewhere_erases_nothing(world: World) -> None:
    act = Actions(world)
    ticket = act.create("admins", "Irgendein Ticket", "Text")
    act.set_field(ticket, "BridgeErase", "erase")
    assert act.exists(ticket)


@pytest.mark.parametrize("after", [False, True], ids=["before-the-move", "after-the-move"])
def test_mail_moved_away_by_another_client(world: World, after: bool) -> None:
    raw = mail(SUBJECT, BODY)
    world.deliver(raw)
    source = "Bridge/Erasing" if after else "INBOX"

    def take_away() -> None:
        with world.mailbox() as other:
            other.ensure_folder("Trash")
            for place in other.list(source):
                other.move(place, "Trash")

    worked = run(world, "mailbox", calls("expunge" if after else "move"), take_away)
    assert worked[0].state in {"done", "waiting"}
    if worked[0].state != "done":
        assert "verified" not in events(world)
        again(world)
    assert world.folder_mails("Trash") == []
    assert world.folder_mails("Bridge/Erasing") == []
    assert events(world)[-1] == "verified"


def test_mail_deleted_by_another_client_is_unverifiable(world: World) -> None:
    """Somebody expunged it before the bridge's move: it is nowhere, and that proves nothing."""
    world.deliver(mail(SUBJECT, BODY))

    def delete() -> None:
        with world.mailbox() as other:
            for place in other.list("INBOX"):
                other.expunge(place)

    worked = run(world, "mailbox", calls("move"), delete)
    assert states(worked) == [("waiting", "erasure-unverifiable")]
    assert events(world) == ["intended", "unverifiable"]


def test_a_stranger_who_names_a_ticket_number_touches_no_other_case(world: World) -> None:
    world.deliver(mail("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen."))
    world.once()
    (ticket,) = world.tickets("support")
    world.deliver(
        mail(f"[Ticket#{ticket.number}] bitte löschen", BODY, sender="Fremder <fremd@stranger.example>")
    )
    (worked,) = world.once()
    assert (worked.category, worked.state) == ("data-protection", "done")
    still = [t for t in world.tickets("support") if t.ticket_id == ticket.ticket_id]
    assert len(still) == 1
    assert len(still[0].articles) == 1


def test_erase_off_in_the_file_stops_a_running_bridge(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", SUBJECT, BODY)

    def switch_off() -> None:
        time.sleep(0.02)
        world.config["erase"] = "off"
        world.write()

    worked = run(world, "otrs", calls("create_ticket"), switch_off, after=True)
    assert states(worked) == [("waiting", "erase-off")]
    assert act.exists(ticket)
    assert events(world) == []
    world.config["erase"] = "on"
    assert states(again(world)) == [("done", "")]
    assert not act.exists(ticket)
