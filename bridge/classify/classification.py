"""The answer of the classifier as frozen values: nine fixed category names, confidence, and reasons as data."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.workflow.condition import CATEGORIES

__all__ = ["CATEGORIES", "PERSONAL", "UNREAD", "Classification", "Reason"]
# Every weight vector of the model follows the order of CATEGORIES.

PERSONAL = frozenset({"data-protection", "membership"})
"""Categories whose requests only membership management may keep; they lean to recall."""

UNREAD = frozenset({"automated", "spam"})
"""Categories that are filed without a ticket: a person's mail here would be lost to everybody."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a category was chosen: a stable code, a text for people (translated), a weight in log-odds.

    Texts are fixed sentences; they never quote the request.
    """

    code: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Classification:
    """What a request is about.

    `confidence` is a calibrated probability that `category` is right. `review` asks that a person decides:
    the classifier is unsure, or two concerns stand side by side (`concerns` then names both, the chosen
    category first). `language` is an ISO 639-1 code, guessed from the request's own text.
    """

    category: str
    confidence: float
    decided_by: str
    reasons: tuple[Reason, ...] = ()
    review: bool = False
    runner_up: str | None = None
    concerns: tuple[str, ...] = ()
    language: str = "de"
