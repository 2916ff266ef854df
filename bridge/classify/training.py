"""Learn from corrected tickets: train again in memory, measure by cross-validation, keep the old model on no gain.

Nothing of the texts is kept but n-grams that several of them share (`fitting.MIN_TEXTS`); give redacted texts.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources

from bridge.classify.classification import CATEGORIES, PERSONAL
from bridge.classify.fitting import Example, Options, TrainingError, example, fit, score, with_fold
from bridge.classify.model import Model, shipped
from bridge.message import Message

EXAMPLES = "examples.jsonl.gz"
FEWEST = 20
"""Below this many corrected tickets cross-validation says nothing."""
CORRECTED = 3.0
"""A corrected ticket counts as much as this many texts of the shipped set: it is the operator's own mail."""
LEAST_GAIN = 0.005


@dataclass(frozen=True, slots=True)
class Change:
    """How many of the corrected tickets would move from one category to another, and how many of them rightly."""

    before: str
    after: str
    count: int
    right: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training came to. `content` is the new model's file, None where the old one stays; `reason` is a code.

    Accuracies and recalls are measured on the corrected tickets, the new model's on those it was not trained with.
    Codes: gain, no-gain, personal-recall-fell.
    """

    content: bytes | None
    reason: str
    texts: int
    accuracy_before: float
    accuracy_after: float
    personal_recall_before: float
    personal_recall_after: float
    changes: tuple[Change, ...]


def retrain(
    pairs: Iterable[tuple[str, str]],
    *,
    current: Model | None = None,
    base: Sequence[Example] | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
) -> Outcome:
    """Train with (text, category) pairs besides the shipped set; `text` is redacted subject, line end, redacted body.

    Steps: read the pairs; hold a fifth back in turn, train on the rest and the shipped set, classify the fifth;
    compare with `current` (default: the shipped model) on the same tickets; train on everything only when accuracy
    rises and the recall of data-protection and membership doesn't fall. Raises TrainingError for unknown
    categories, fewer than FEWEST pairs, or without scikit-learn.
    """
    examples = corrected(pairs)
    old = current or shipped()
    background = shipped_examples() if base is None else tuple(base)
    before = [_best(score(old, one)) for one in examples]
    unseen = {one.source: _best(logits) for one, logits in with_fold(examples, background, options)}
    after = [unseen[one.source] for one in examples]
    wanted = [one.category for one in examples]
    reason = _verdict(wanted, before, after)
    origin = {"texts": len(background) + len(examples), "corrected": len(examples)}
    content = fit([*background, *examples], options, origin) if reason == "gain" else None
    return Outcome(
        content=content,
        reason=reason,
        texts=len(examples),
        accuracy_before=_accuracy(wanted, before),
        accuracy_after=_accuracy(wanted, after),
        personal_recall_before=_personal_recall(wanted, before),
        personal_recall_after=_personal_recall(wanted, after),
        changes=_changes(wanted, before, after),
    )


def corrected(pairs: Iterable[tuple[str, str]]) -> list[Example]:
    """Read (text, category) pairs as examples. Raises TrainingError for unknown categories or too few pairs."""
    examples = []
    for number, (text, category) in enumerate(pairs):
        if category not in CATEGORIES:
            raise TrainingError(
                "a corrected ticket has an unknown category", code="classify.unknown-category"
            )
        subject, _, body = text.partition("\n")
        source = -1 - number  # apart from the numbers of the shipped set
        examples.append(
            example(Message(subject=subject, text=body), category, source=source, weight=CORRECTED)
        )
    if len(examples) < FEWEST:
        raise TrainingError(f"training needs at least {FEWEST} corrected tickets", code="classify.too-few")
    return examples


def shipped_examples() -> tuple[Example, ...]:
    """Read the redacted labelled set that comes with the bridge (made by scripts/train_classifier.py)."""
    content = gzip.decompress(resources.files("bridge.classify").joinpath(EXAMPLES).read_bytes())
    return tuple(
        replace(
            example(Message(subject=fields["subject"], text=fields["text"]), fields["category"]),
            source=number,
        )
        for number, fields in enumerate(map(json.loads, content.decode("utf-8").splitlines()))
    )


def _best(logits: Sequence[float]) -> str:
    return CATEGORIES[max(range(len(logits)), key=logits.__getitem__)]


def _verdict(wanted: Sequence[str], before: Sequence[str], after: Sequence[str]) -> str:
    if _accuracy(wanted, after) < _accuracy(wanted, before) + LEAST_GAIN:
        return "no-gain"
    if _personal_recall(wanted, after) < _personal_recall(wanted, before):
        return "personal-recall-fell"
    return "gain"


def _accuracy(wanted: Sequence[str], got: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(wanted, got, strict=True)) / len(wanted)


def _personal_recall(wanted: Sequence[str], got: Sequence[str]) -> float:
    """Give the share of personal requests that are taken for one of the personal categories (1 where there is none)."""
    mine = [category in PERSONAL for want, category in zip(wanted, got, strict=True) if want in PERSONAL]
    return sum(mine) / len(mine) if mine else 1.0


def _changes(wanted: Sequence[str], before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    moved: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for want, old, new in zip(wanted, before, after, strict=True):
        if old != new:
            moved[old, new] += 1
            right[old, new] += want == new
    return tuple(Change(old, new, n, right[old, new]) for (old, new), n in moved.most_common())
