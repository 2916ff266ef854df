"""Requests that came into OTRS another way: taken from the watched queue, erased by control ticket where personal."""

from __future__ import annotations

from tests.acceptance.actions import Actions
from tests.acceptance.world import World, plain

ERASURE = (
    "Guten Tag,\n\nbitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO. Mitgliedsnummer 47110.\n\n"
    "Jördis Ährenfeld"
)


def test_a_personal_ticket_is_handed_over_and_erased_by_control(world: World) -> None:
    act = Actions(world)
    original = act.create("support", "Löschung meiner Daten", ERASURE)
    assert [(w.category, w.state) for w in world.once()] == [("data-protection", "done")]
    assert not act.exists(original)
    (handover,) = world.tickets("membership")
    assert "Jördis Ährenfeld" in plain(handover)
    assert "original.eml" in plain(handover)
    (stub,) = world.tickets("support")
    assert "hrenfeld" not in plain(stub)
    assert "47110" not in plain(stub)
    assert world.log_events() == [("intended", "none"), ("executed", "none"), ("verified", "by-control")]
    assert world.once() == []


def test_a_login_ticket_stays_and_gets_its_category(world: World) -> None:
    act = Actions(world)
    ticket = act.create("support", "Passwort vergessen", "Ich komme nicht mehr rein, Passwort vergessen.")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    (found,) = world.tickets("support")
    assert found.ticket_id == ticket
    assert found.fields["BridgeCategory"] == "login"
    assert world.once() == []


def test_spam_born_in_otrs_is_closed_and_kept(world: World) -> None:
    act = Actions(world)
    act.create(
        "support",
        "You won the lottery!!!",
        "Claim your $1,000,000 prize now, send your bank details to claim@lotto.example today. Cheap loan offer!",
    )
    assert [(w.category, w.state) for w in world.once()] == [("spam", "done")]
    (found,) = world.tickets("support")
    assert found.state_type == "closed"
    assert found.fields["BridgeCategory"] == "spam"


def test_a_technical_ticket_gets_a_redacted_one_beside_it(world: World) -> None:
    act = Actions(world)
    act.create("support", "Fehler 500", "Beim Abstimmen kommt HTTP 500.\n\nJördis Ährenfeld")
    assert [(w.category, w.state) for w in world.once()] == [("technical", "done")]
    (full,) = world.tickets("support")
    (admins,) = world.tickets("admins")
    assert full.number in plain(admins)
    assert admins.number in plain(full)
    assert "hrenfeld" not in plain(admins)
