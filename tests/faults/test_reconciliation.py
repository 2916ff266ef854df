"""The daily reconciliation: even in ordinary times; an alarm with codes and counts when anything is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bridge.daemon.reconciliation import reconcile
from bridge.journal import reconciled
from bridge.wiring import Bridge, utc_now
from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail
from tests.bench.mixed import mixed_mails

PERSONAL = "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld"


def look(bridge: Bridge) -> dict[str, int]:
    rounds = bridge.rounds[0]
    return dict(reconcile(rounds.tools, rounds.schedule.watch).differences)


def later(world: World) -> None:
    world.clock = lambda: utc_now() + dt.timedelta(hours=1)


def test_everything_is_where_it_should_be(world: World) -> None:
    act = Actions(world)
    world.deliver(*mixed_mails(14))
    act.create("support", "Löschung", PERSONAL)
    act.create("support", "Passwort vergessen", "Ich habe mein Passwort vergessen.")
    world.once()
    later(world)
    with world.bridge() as bridge:
        assert look(bridge) == {}
        with bridge.journal.read() as connection:
            kept = reconciled.last(connection, "main")
    assert kept is not None
    assert kept.even
    assert kept.counts["inbox"] == 0
    assert kept.counts["with-tickets"] == kept.counts["found-in-otrs"] > 5


def vanish(world: World) -> None:
    with world.mailbox() as box:
        box.expunge(box.list("INBOX")[0])


def too_much_in_erasing(world: World) -> None:
    world.deliver(mail("Was?", "Wer hat das hierher gelegt?"), folder="Bridge/Erasing")


def out_of_parked(world: World) -> None:
    world.deliver(mail("Was?", "Wer hat das hierher gelegt?"), folder="Bridge/Parked")


def ticket_gone(world: World) -> None:
    assert world.sandbox is not None
    world.sandbox.delete(world.tickets("support")[0].ticket_id)


def unseen_mail(world: World) -> None:
    world.deliver(mail("Neu", "Noch nicht gesehen"))


def unseen_ticket(world: World) -> None:
    Actions(world).create("support", "Neu", "Noch nicht gesehen")


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (too_much_in_erasing, "erasing-left"),
        (out_of_parked, "parked-differs"),
        (ticket_gone, "tickets-gone"),
        (unseen_mail, "not-taken-in"),
        (unseen_ticket, "tickets-not-taken-in"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_difference_is_an_alarm(sandbox: World, deed: Callable[[World], None], code: str) -> None:
    sandbox.deliver(mail("Passwort vergessen", "Ich habe mein Passwort vergessen."))
    sandbox.once()
    deed(sandbox)
    later(sandbox)
    with sandbox.bridge() as bridge:
        assert look(bridge) == {code: 1}
    (alarm,) = sandbox.answers("ops@example.org")
    assert f"{code}: 1".encode() in alarm


def test_an_open_case_whose_mail_is_gone_differs(sandbox: World) -> None:
    sandbox.config["erase"] = "off"
    sandbox.deliver(mail("Löschung", PERSONAL))
    sandbox.once()
    vanish(sandbox)
    later(sandbox)
    with sandbox.bridge() as bridge:
        assert look(bridge) == {"not-there": 1}


def test_once_a_day(sandbox: World) -> None:
    with sandbox.bridge() as bridge:
        assert bridge.rounds[0].reconciliation() is not None
        assert bridge.rounds[0].reconciliation() is None
    sandbox.clock = lambda: utc_now() + dt.timedelta(days=1)
    with sandbox.bridge() as bridge:
        assert bridge.rounds[0].reconciliation() is not None
