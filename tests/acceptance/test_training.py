"""What `train` reads: redacted texts with the categories that people set, and nothing that nobody looked at."""

from __future__ import annotations

import json

from bridge.act.corrected import corrected_tickets
from tests.acceptance.actions import Actions
from tests.acceptance.running import program
from tests.acceptance.world import World, mail

LOGIN = "Hallo, ich habe mein Passwort vergessen.\n\nJördis Ährenfeld, Mitgliedsnummer 47110"


def test_corrections_and_confirmations_are_read_redacted(world: World) -> None:
    world.deliver(*(mail(f"Passwort vergessen {word}", LOGIN) for word in ("eins", "zwei", "drei")))
    world.once()
    act = Actions(world)
    tickets = {one.title.split()[-1]: one.ticket_id for one in world.tickets("support")}
    act.set_field(tickets["eins"], "BridgeCategory", "technical")
    act.close(tickets["zwei"], "closed successful")
    world.once()
    with world.bridge() as bridge:
        found = list(corrected_tickets(bridge.tools[0]))
    assert sorted((one.category, one.decided) for one in found) == [
        ("login", "login"),
        ("technical", "login"),
    ]
    for one in found:
        assert "Passwort" in one.text
        assert "hrenfeld" not in one.text
        assert "47110" not in one.text


def test_too_few_tickets_are_said_so(sandbox: World) -> None:
    sandbox.deliver(mail("Passwort vergessen", LOGIN))
    sandbox.once()
    done = program(sandbox, "train", "--json")
    assert done.returncode != 0
    assert "classify.too-few" in done.stderr


def test_a_corrected_request_that_was_handed_over_teaches_too(sandbox: World) -> None:
    sandbox.deliver(mail("Passwort vergessen", LOGIN))
    sandbox.once()
    (ticket,) = sandbox.tickets("support")
    Actions(sandbox).set_field(ticket.ticket_id, "BridgeCategory", "membership")
    sandbox.once()
    with sandbox.bridge() as bridge:
        (found,) = corrected_tickets(bridge.tools[0])
    assert (found.category, found.decided, found.changed) == ("membership", "login", True)
    assert json.dumps(found.text).count("47110") == 0
