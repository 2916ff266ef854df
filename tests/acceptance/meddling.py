"""Let somebody else act at a chosen moment of the walk: before or after a certain call of the bridge."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bridge.daemon import Rounds
from bridge.pipeline import Worked
from bridge.wiring import Bridge
from tests.acceptance.world import World

When = Callable[[str, dict[str, Any]], bool]


class Meddler:
    """Stand before a client or mailbox; run `deed` once, before or after the first call for which `when` holds."""

    def __init__(self, target: Any, when: When, deed: Callable[[], None], *, after: bool = False) -> None:
        self._target, self._when, self._deed, self._after = target, when, deed, after
        self.done = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            strikes = not self.done and self._when(name, {"args": args, **kwargs})
            if strikes and not self._after:
                self._strike()
            result = found(*args, **kwargs)
            if strikes and self._after:
                self._strike()
            return result

        return call

    def _strike(self) -> None:
        self.done = True
        self._deed()


@contextmanager
def meddled(
    world: World, part: str, when: When, deed: Callable[[], None], *, after: bool = False
) -> Iterator[tuple[Bridge, Meddler]]:
    """Build the bridge with a meddler before `part` (otrs or mailbox) of its first controller."""
    with world.bridge() as bridge:
        tools = bridge.tools[0]
        meddler = Meddler(getattr(tools, part), when, deed, after=after)
        instead: dict[str, Any] = {part: meddler}
        changed = dataclasses.replace(tools, **instead)
        rounds = bridge.rounds[0]
        mine = Rounds(changed, rounds.schedule, rounds.pool, rounds.log, rounds.dpo)
        yield dataclasses.replace(bridge, tools=(changed,), rounds=(mine,)), meddler


def states(worked: list[Worked]) -> list[tuple[str, str]]:
    """Return state and code of each request."""
    return [(w.state, w.code) for w in worked]


def moves_to(queue: str) -> When:
    """Hold for the update that moves a ticket to a queue."""
    return lambda name, given: name == "update_ticket" and given.get("changes", {}).get("Queue") == queue


def sets_field(field: str, value: str) -> When:
    """Hold for the update that gives a field a value."""
    return lambda name, given: name == "update_ticket" and given.get("fields", {}).get(field) == value


def calls(wanted: str) -> When:
    """Hold for every call of a method."""
    return lambda name, _given: name == wanted
