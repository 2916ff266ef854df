"""Kill -9 while a person's correction is carried out, there and back: nothing lost, nothing twice, the log true."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail, plain
from tests.faults.harness import Stream, zygote

KILLS = int(os.environ.get("OTRS_BRIDGE_KILLS", "40"))
SEED = int(os.environ.get("OTRS_BRIDGE_SEED", "20261124"))
LOGIN = ("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen.\n\nJördis Ährenfeld")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(2))
def test_random_kills_while_supporters_steer(sandbox: World, part: int) -> None:
    raw = mail(*LOGIN)
    sandbox.deliver(raw)
    act = Actions(sandbox)
    called = act.create("support", *LOGIN)
    sandbox.once()
    with zygote() as bridges:
        stream = Stream(sandbox, bridges, SEED + part)
        for one in sandbox.tickets("support"):
            act.set_field(one.ticket_id, "BridgeCategory", "membership")
        stream.work(KILLS // 4)
    assert stream.states() == {"done": 2}
    assert not doubled(sandbox)
    handed = [one for one in sandbox.tickets("membership") if one.state_type != "closed"]
    assert len(handed) == 2
    files = [f.content for one in handed for a in one.articles for f in a.attachments]
    assert files.count(raw) == 1
    assert sandbox.folder_mails("Bridge/Done") == []
    assert not act.exists(called)
    assert all("hrenfeld" not in plain(one) for one in sandbox.tickets("support"))
    events = Counter(event for event, _level in sandbox.log_events())
    assert (events["intended"], events["executed"], events["verified"]) == (3, 3, 3)


@pytest.mark.timeout(3600)
def test_random_kills_while_a_hand_over_is_taken_back(sandbox: World) -> None:
    sandbox.deliver(
        mail("Auskunft nach Art. 15 DSGVO", "Bitte Auskunft über meine Daten.\n\nJördis Ährenfeld")
    )
    sandbox.once()
    act = Actions(sandbox)
    (stub,) = sandbox.tickets("support")
    act.set_field(stub.ticket_id, "BridgeCategory", "login")
    with zygote() as bridges:
        stream = Stream(sandbox, bridges, SEED)
        stream.work(KILLS // 4)
    assert stream.states() == {"done": 1}
    assert not doubled(sandbox)
    (full,) = [one for one in sandbox.tickets("support") if one.state_type != "closed"]
    assert "Jördis Ährenfeld" in plain(full)
    assert [one.state_type for one in sandbox.tickets("membership")] == ["closed"]
    assert [event for event, _ in sandbox.log_events()].count("override") == 1


def doubled(world: World) -> dict[str, int]:
    """Return references that more than one ticket carries."""
    roles = ("support", "admins", "membership", "other", "erasing")
    refs = Counter(t.fields.get("BridgeRef", "") for role in roles for t in world.tickets(role))
    return {ref: number for ref, number in refs.items() if ref and number > 1}
