"""One line of a cue table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that speaks for a category: code, weight in log-odds (negative: against), pattern, reason.

    `negatable` cues don't count behind a negation ("ich will nicht gelöscht werden").
    """

    code: str
    weight: float
    pattern: str
    reason: str
    negatable: bool = False
