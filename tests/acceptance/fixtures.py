"""Fixtures of acceptance and fault tests: the worlds that a test can run in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import World, real_world, sandbox_world

# The journal's own tests run on both databases; of the walk, these modules do as well.
ON_POSTGRES = ("test_categories", "test_never_false", "test_retention")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that ask for a world in the sandbox and on the real servers, some with a journal on PostgreSQL too."""
    if "world" not in metafunc.fixturenames:
        return
    servers = pytest.mark.servers
    worlds = ["sandbox", pytest.param("real", marks=servers)]
    if metafunc.module.__name__.rpartition(".")[2] in ON_POSTGRES:
        worlds.append(pytest.param("postgres", marks=servers))
    metafunc.parametrize("world", worlds, indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Run the test in each world: the sandbox with a journal on SQLite and on PostgreSQL, and the real servers."""
    if request.param != "real":
        with sandbox_world(tmp_path) as made:
            if request.param == "postgres":
                made.config["journal"] = request.getfixturevalue("postgres_url")
            yield made
        return
    parts: list[Any] = [request.getfixturevalue(n) for n in ("znuny", "znuny_queues", "mailbox", "smtp")]
    with real_world(tmp_path, *parts) as made:
        yield made


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[World]:
    """Run the test in the sandbox only: for what a real server can't be made to do."""
    with sandbox_world(tmp_path) as made:
        yield made


@pytest.fixture
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Run the test on the real servers only."""
    parts: list[Any] = [request.getfixturevalue(n) for n in ("znuny", "znuny_queues", "mailbox", "smtp")]
    with real_world(tmp_path, *parts) as made:
        yield made
