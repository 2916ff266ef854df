"""Two controllers in one deployment: each its own mailbox, OTRS, data protection officer and deletion log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bridge.deletion_log.tables import entries, logs
from bridge.errors import BridgeError
from bridge.journal import Journal, cases, open_engine
from bridge.sandbox.faults import Fault
from tests.acceptance.world import World, mail, sandbox_world
from tests.faults.hosts import hosts, until

PATIENCE = 120.0  # seconds until what must come counts as missing; no measure of anything
ERASE = mail(
    "Auskunft nach Art. 15 DSGVO", "Bitte geben Sie mir Auskunft nach Art. 15 DSGVO.\n\nJördis Ährenfeld\n"
)
LOGIN = mail("Passwort vergessen", "Hallo,\n\nich habe mein Passwort vergessen und komme nicht mehr rein.\n")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Give two worlds; the first one's configuration names both as controllers."""
    folders = tmp_path / "north", tmp_path / "south"
    for folder in folders:
        folder.mkdir()
    with sandbox_world(folders[0]) as north, sandbox_world(folders[1]) as south:
        north.config["controllers"] = [
            _controller("north", north, "dpo-north@example.org"),
            _controller("south", south, "dpo-south@example.org"),
        ]
        yield north, south


def _controller(name: str, world: World, dpo: str) -> dict[str, object]:
    own = {key: world.config[key] for key in ("mailbox", "otrs", "smtp")}
    return {"name": name, "dpo": dpo, "deletion_log": {"origin": f"{name}.example.org/otrs-bridge"}, **own}


def test_each_controller_keeps_to_itself(pair: tuple[World, World]) -> None:
    north, south = pair
    north.deliver(ERASE, LOGIN)
    south.deliver(ERASE)
    with north.bridge() as bridge:
        worked = bridge.once()
        assert sorted(w.category for w in worked) == ["data-protection", "data-protection", "login"]
        assert {w.state for w in worked} == {"done"}
        check_apart(bridge.journal)
    assert [len(world.tickets("membership")) for world in pair] == [1, 1]
    assert [len(world.tickets("support")) for world in pair] == [2, 1]  # a stub each, and the login
    assert north.answers("dpo-north@example.org")
    assert not north.answers("dpo-south@example.org")
    assert south.answers("dpo-south@example.org")


def check_apart(journal: Journal) -> None:
    """The same mail to both is two cases, erased once in each controller's own log, under its own origin."""
    with journal.read() as connection:
        found = cases.listing(connection)
        verified = (
            select(logs.c.origin)
            .join(entries, entries.c.log_id == logs.c.id)
            .where(entries.c.event == "verified")
        )
        origins = sorted(connection.execute(verified).scalars())
    assert sorted(case.controller for case in found if case.category == "data-protection") == [
        "north",
        "south",
    ]
    assert len({case.ref for case in found}) == len(found)
    assert [origin.rpartition("/")[0] for origin in origins] == [
        "north.example.org/otrs-bridge/north",
        "south.example.org/otrs-bridge/south",
    ]


def test_an_outage_of_one_stops_only_itself(pair: tuple[World, World]) -> None:
    north, south = pair
    assert north.sandbox is not None
    north.once()
    north.deliver(LOGIN)
    south.deliver(LOGIN)
    north.sandbox.faults.arm("*", Fault.ERROR_BEFORE, times=1000)
    with north.bridge() as bridge, pytest.raises(BridgeError):
        bridge.once()
    assert len(south.tickets("support")) == 1
    north.sandbox.faults.clear()
    assert north.tickets("support") == []


@pytest.mark.servers
@pytest.mark.timeout(300)
def test_two_hosts_share_two_controllers(pair: tuple[World, World], postgres_url: str) -> None:
    north, south = pair
    north.config |= {"journal": postgres_url, "poll_seconds": 1, "workers": 2, "takeover_seconds": 3}
    north.once()
    north.deliver(ERASE, LOGIN)
    south.deliver(ERASE)
    journal = Journal(open_engine(postgres_url))

    def done() -> list[str]:
        with journal.read() as connection:
            return [case.state for case in cases.listing(connection)]

    with hosts(north.path) as team:
        team.start()
        team.start()
        until(lambda: done() == ["done"] * 3, PATIENCE, lambda: f"{done()} {team.logged()}")
    check_apart(journal)
    journal.close()
    assert [len(world.tickets("membership")) for world in pair] == [1, 1]
