"""Fixtures of acceptance and fault tests: the worlds that a test can run in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import World, real_world, sandbox_world


@pytest.fixture(
    params=[
        "sandbox",
        pytest.param("postgres", marks=pytest.mark.servers),
        pytest.param("real", marks=pytest.mark.servers),
    ]
)
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
