"""Weigh the cues of a message: which phrases speak for which category, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bridge.classify.classification import CATEGORIES
from bridge.classify.cues import TABLES, Cue
from bridge.classify.reading import Reading

QUOTED = 0.25
"""A cue that stands only in quoted text counts this much: it is what the other side wrote."""
QUOTED_BELOW_LITTLE = 0.5
"""The same where the own text is short ("no, still not"): then the quote says what it is about."""
LITTLE = 160
SUBJECT = 0.3
"""A cue that stands in the subject too counts this much more."""
_NEGATION = re.compile(
    r"\b(?:nicht|nich|net|ned|kein\w*|ohne|statt|bitte nicht|not|don't|do not|never|no need to"
    r"|without|ne pas|nie)\s+(?:\w+\s+){0,2}$"
)
_NEGATED_INSIDE = re.compile(
    r"\b(?:nicht|keinesfalls|auf keinen fall) (?:\w+ ){0,1}(?:geloescht|loeschen|entfernt"
    r"|entfernen|raus|heraus)\b|\bnot (?:be )?(?:delete|remove|erase)"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a message; `weight` already counts where it stood."""

    category: str
    cue: Cue
    weight: float


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[str, Cue, re.Pattern[str]], ...]:
    return tuple((name, cue, re.compile(cue.pattern)) for name in CATEGORIES for cue in TABLES[name])


def find(reading: Reading) -> tuple[Hit, ...]:
    """Find every cue of the tables in subject, own text and (at a quarter) quotes."""
    text = f"{reading.folded_subject} . {reading.folded}"
    quoted = QUOTED if len(reading.folded) > LITTLE else QUOTED_BELOW_LITTLE
    hits = []
    for category, cue, pattern in _compiled():
        found = pattern.search(text)
        if found and not (cue.negatable and _negated(text, found)):
            more = SUBJECT * cue.weight if found.start() < len(reading.folded_subject) else 0.0
            hits.append(Hit(category, cue, cue.weight + more))
        elif not found and reading.folded_quoted and pattern.search(reading.folded_quoted):
            hits.append(Hit(category, cue, cue.weight * quoted))
    return tuple(hits)


def scores(hits: tuple[Hit, ...]) -> tuple[float, ...]:
    """Sum the weights a category, in the order of CATEGORIES; each further cue of one category counts less."""
    sums = []
    for name in CATEGORIES:
        weights = sorted((hit.weight for hit in hits if hit.category == name), reverse=True)
        sums.append(sum(weight * (0.6**rank if weight > 0 else 1.0) for rank, weight in enumerate(weights)))
    return tuple(sums)


def _negated(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 40) : found.start()]
    return bool(_NEGATION.search(before) or _NEGATED_INSIDE.search(found[0]))
