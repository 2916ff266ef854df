"""What people decided about a case in OTRS: its turns, one receipt each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.journal.receipts import Receipt

TURN = "turn-"


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a case so far. `settled`: the last one is shown on the tickets; `seen` is what they showed before.

    `wishes` are what was asked for, in order, each with the ticket on which it was.
    """

    count: int = 0
    settled: bool = True
    seen: Mapping[str, str] = field(default_factory=dict)
    wishes: tuple[tuple[str, int], ...] = ()

    def is_pending(self, wish: str, ticket_id: int) -> bool:
        """Tell whether this very wish is what the last turn is about, and not yet shown."""
        return not self.settled and self.wishes[-1:] == ((wish, ticket_id),)


def turns_of(known: Mapping[str, Receipt]) -> Turns:
    """Read the turns off a case's receipts."""
    numbers = sorted(int(key.removeprefix(TURN)) for key in known if key.startswith(TURN))
    if not numbers:
        return Turns()
    all_attrs: list[Mapping[str, Any]] = [known[f"{TURN}{number}"].attrs for number in numbers]
    shown = known.get(f"mark-t{numbers[-1]}")
    return Turns(
        numbers[-1],
        shown is not None and shown.done,
        all_attrs[-1]["seen"],
        tuple((attrs["wish"], attrs["ticket"]) for attrs in all_attrs),
    )
