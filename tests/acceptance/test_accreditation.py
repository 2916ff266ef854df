"""Double accreditation: membership management is told, and nothing at all is kept unless that is turned on."""

from __future__ import annotations

from sqlalchemy import func, select

from bridge.journal.schema import fingerprints
from tests.acceptance.world import World, mail, plain

ASKS = (
    "Akkreditierung",
    "Guten Tag,\n\nich möchte meine Akkreditierung: Jördis Ährenfeld, geboren am 03.04.1971, Mitgliedsnummer 47110.\n\n"
    "Jördis Ährenfeld",
)
AGAIN = (
    "Mitgliedsdaten",
    "Hallo, meine Mitgliedsdaten stimmen nicht. Bitte Akkreditierung prüfen, geboren am 3.4.1971.\n\nJördis Ährenfeld",
)
ERASE = (
    "Löschung",
    "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO. Mitgliedsnummer 47110.\n\n"
    "Jördis Ährenfeld",
)
HINT = "schon akkreditiert"


def kept(world: World) -> int:
    with world.bridge() as bridge, bridge.journal.read() as connection:
        return connection.execute(select(func.count()).select_from(fingerprints)).scalar_one()


def test_nothing_is_kept_unless_it_is_turned_on(sandbox: World) -> None:
    sandbox.deliver(mail(*ASKS), mail(*ASKS))
    assert {w.category for w in sandbox.once()} == {"membership"}
    assert kept(sandbox) == 0
    assert all(HINT not in plain(one) for one in sandbox.tickets("membership"))


def test_the_second_request_gets_a_hint(world: World) -> None:
    world.config["double_accreditation"] = {"enabled": "on"}
    world.deliver(mail(*ASKS))
    assert [(w.category, w.state) for w in world.once()] == [("membership", "done")]
    assert kept(world) > 0
    world.deliver(mail(*AGAIN, sender="Jördis Ährenfeld <anders@mail.example>"))
    assert [(w.category, w.state) for w in world.once()] == [("membership", "done")]
    first, second = world.tickets("membership")
    assert HINT not in plain(first)
    assert HINT in plain(second)
    assert all(HINT not in plain(one) for one in world.tickets("support"))


def test_who_asks_for_erasure_is_forgotten(sandbox: World) -> None:
    sandbox.config["double_accreditation"] = {"enabled": "on"}
    sandbox.deliver(mail(*ASKS))
    sandbox.once()
    before = kept(sandbox)
    sandbox.deliver(mail(*ERASE))
    assert [(w.category, w.state) for w in sandbox.once()] == [("data-protection", "done")]
    assert kept(sandbox) == before - 1  # what the request itself tells of the person: the number
