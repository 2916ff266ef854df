"""The two worlds that every contract test runs in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.otrs import OtrsClient
from bridge.sandbox import SandboxOtrs, SandboxSmtp
from tests.contract.worlds import SandboxWorld, World, ZnunyWorld


@pytest.fixture(params=["sandbox", pytest.param("znuny", marks=pytest.mark.servers)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Return an OTRS with queues, agents, erasing job and control ticket of its own."""
    if request.param == "znuny":
        queues = request.getfixturevalue("znuny_queues")
        yield ZnunyWorld(request.getfixturevalue("znuny"), queues, request.getfixturevalue("smtp"))
        return
    with SandboxSmtp() as smtp, SandboxOtrs(smtp=smtp) as sandbox:
        for queue, rights in (
            ("LQFB-Administration", "move_into"),
            ("Mitgliederverwaltung", "move_into"),
        ):
            sandbox.set_right("agent", queue, rights)
        yield SandboxWorld(sandbox, smtp)


@pytest.fixture
def client(world: World) -> Iterator[OtrsClient]:
    """Return the bridge's client."""
    made = OtrsClient(world.endpoint())
    yield made
    made.close()
