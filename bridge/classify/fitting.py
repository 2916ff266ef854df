"""Train the linear model: from the labelled set in the repository, or again with corrected tickets.

Needs scikit-learn (extra `train`); running the model does not. Texts stay in memory: the model keeps n-grams that
at least `MIN_TEXTS` texts share, and redaction comes before, so that no name or number of one person enters it.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from bridge.classify.classification import CATEGORIES
from bridge.classify.model import FORMAT, Model, cue_features, features, from_fields
from bridge.classify.reading import Reading, fold, read
from bridge.classify.rules import Hit, find
from bridge.errors import BridgeError
from bridge.message import Message

MIN_TEXTS = 3
"""A word or n-gram enters the model only when this many texts share it."""
SCALE = 1000
LARGEST = 1 << 19  # of a weight times rarity times SCALE: the lanes of the packed sum (model.py) stay apart
_PARTS = {"words": 1.0, "grams": 1.0}


class TrainingError(BridgeError):
    """Training is not possible: scikit-learn is missing, or too few texts."""

    code = "classify.training"
    permanent = True


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text, read once: what the model sees of it, and its category."""

    words: frozenset[str]
    grams: frozenset[str]
    cues: Mapping[str, float]
    category: str
    source: int = 0
    """Number of the text it was made from: variants of one text never stand on both sides of a cross-validation."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """What training can be told. The defaults were chosen by cross-validation on the training part only."""

    strength: float = 4.0
    folds: int = 5
    seed: int = 20
    most_words: int = 9_000
    most_grams: int = 16_000


def example(
    message: Message, category: str, *, redacted: str | None = None, source: int = 0, weight: float = 1.0
) -> Example:
    """Read a labelled message. `redacted` is what the model will look at (subject, line end, body)."""
    reading = read(message)
    return _example(reading, find(reading), category, redacted, source, weight)


def _example(
    reading: Reading, hits: Sequence[Hit], category: str, redacted: str | None, source: int, weight: float
) -> Example:
    words, grams = features(reading, redacted)
    return Example(frozenset(words), frozenset(grams), cue_features(hits), category, source, weight)


def fit(
    examples: Sequence[Example], options: Options = Options(), origin: Mapping[str, Any] | None = None
) -> bytes:
    """Train on all examples, calibrate by cross-validation, and give the bytes of the model file.

    The same examples and options give the same bytes. Raises TrainingError without scikit-learn.
    """
    fields = _fit_fields(examples, options)
    fields["temperature"] = round(_temperature(cross_validate(examples, options)), 4)
    fields["origin"] = dict(origin or {})
    return dumps(fields)


def cross_validate(
    examples: Sequence[Example], options: Options = Options()
) -> list[tuple[Example, tuple[float, ...]]]:
    """Give every example with the uncalibrated log-odds of a model that has not seen its text."""
    return with_fold(examples, (), options)


def with_fold(
    examples: Sequence[Example], background: Sequence[Example], options: Options
) -> list[tuple[Example, tuple[float, ...]]]:
    """Do what `cross_validate` does, with a background that is in every training and in no measurement."""
    sources = sorted({e.source for e in examples})
    random.Random(options.seed).shuffle(sources)  # noqa: S311 - reproducible folds, no secret
    fold_of = {source: n % options.folds for n, source in enumerate(sources)}
    result = []
    for part in range(options.folds):
        inside = [*background, *(e for e in examples if fold_of[e.source] != part)]
        model = from_fields(_fit_fields(inside, options))
        result += [(e, score(model, e)) for e in examples if fold_of[e.source] == part]
    return result


def score(model: Model, one: Example) -> tuple[float, ...]:
    """Score an example as `Model.logits` scores a message."""
    return model.total(one.words, one.grams, one.cues)


def _fit_fields(examples: Sequence[Example], options: Options) -> dict[str, Any]:
    numpy, sparse, logistic = _import()
    words = _vocabulary((e.words for e in examples), options.most_words)
    grams = _vocabulary((e.grams for e in examples), options.most_grams)
    cues = {name: n for n, name in enumerate(sorted({name for e in examples for name in e.cues}))}
    matrix = sparse.hstack(
        [
            _tfidf(sparse, [e.words for e in examples], words),
            _tfidf(sparse, [e.grams for e in examples], grams),
            _cue_matrix(sparse, [e.cues for e in examples], cues),
        ]
    ).tocsr()
    labels = [CATEGORIES.index(e.category) for e in examples]
    if len(set(labels)) < 2:
        raise TrainingError("training needs texts of two categories at least", code="classify.too-few")
    learner = logistic(C=options.strength, max_iter=400)
    learner.fit(matrix, labels, sample_weight=[e.weight for e in examples])
    known = [int(n) for n in learner.classes_]
    coefficients, intercepts = learner.coef_, learner.intercept_
    if len(known) == 2:  # scikit-learn keeps one row, that of the second class
        coefficients, intercepts = (
            numpy.vstack([-coefficients, coefficients]),
            numpy.append(-intercepts, intercepts),
        )
    weights = numpy.zeros((len(CATEGORIES), matrix.shape[1]))
    bias = numpy.full(len(CATEGORIES), -8.0)
    for row, n in enumerate(known):
        weights[n], bias[n] = coefficients[row], intercepts[row]
    first, second = len(words), len(words) + len(grams)
    return {
        "format": FORMAT,
        "categories": list(CATEGORIES),
        "scale": SCALE,
        "temperature": 1.0,
        "bias": [round(float(value), 4) for value in bias],
        "cues": {name: [round(float(v), 4) for v in weights[:, second + n]] for name, n in cues.items()},
        "words": _rows(weights[:, :first], words),
        "grams": _rows(weights[:, first:second], grams),
    }


def _vocabulary(texts: Iterable[frozenset[str]], most: int) -> dict[str, tuple[int, float]]:
    """Choose the features that enough texts share: name -> (column, rarity)."""
    count: Counter[str] = Counter()
    total = 0
    for names in texts:
        total += 1
        count.update(names)
    kept = sorted(
        (name for name, n in count.items() if n >= MIN_TEXTS), key=lambda name: (-count[name], name)
    )[:most]
    rarity = {name: max(0.1, round(math.log((1 + total) / (1 + count[name])) + 1, 1)) for name in kept}
    return {name: (n, rarity[name]) for n, name in enumerate(sorted(kept))}


def _tfidf(sparse: Any, texts: Sequence[frozenset[str]], vocabulary: Mapping[str, tuple[int, float]]) -> Any:
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for names in texts:
        row = sorted(vocabulary[name] for name in names if name in vocabulary)
        length = math.sqrt(sum(rarity**2 for _, rarity in row)) or 1.0
        indices += [column for column, _ in row]
        values += [rarity / length for _, rarity in row]
        starts.append(len(indices))
    return sparse.csr_matrix((values, indices, starts), shape=(len(texts), len(vocabulary)))


def _cue_matrix(sparse: Any, texts: Sequence[Mapping[str, float]], columns: Mapping[str, int]) -> Any:
    rows, places, values = [], [], []
    for n, cues in enumerate(texts):
        for name in sorted(cues):
            rows.append(n)
            places.append(columns[name])
            values.append(cues[name])
    return sparse.csr_matrix((values, (rows, places)), shape=(len(texts), len(columns)))


def _rows(weights: Any, vocabulary: Mapping[str, tuple[int, float]]) -> dict[str, list[int]]:
    rows = {}
    for name, (column, rarity) in vocabulary.items():
        values = [max(-LARGEST, min(LARGEST, round(float(w) * rarity * SCALE))) for w in weights[:, column]]
        rows[name] = [*values, round(rarity * 10)]
    return rows


def _temperature(scored: Sequence[tuple[Example, Sequence[float]]]) -> float:
    """Find the one divisor of all log-odds that makes unseen texts likeliest (temperature scaling)."""
    best = (math.inf, 1.0)
    for step in range(20, 251, 2):
        temperature, loss = step / 100, 0.0
        for one, logits in scored:
            top = max(logits)
            total = sum(math.exp((value - top) / temperature) for value in logits)
            loss += one.weight * (
                math.log(total) - (logits[CATEGORIES.index(one.category)] - top) / temperature
            )
        best = min(best, (loss, temperature))
    return best[1]


def dumps(fields: Mapping[str, Any]) -> bytes:
    """Write a model file: gzip-compressed JSON, the same bytes for the same fields."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def variants(message: Message) -> Iterable[Message]:
    """Give a message and what it could as well have been: without subject, and its body alone under a bare reply."""
    yield message
    if len(fold(message.text)) > 60:
        yield replace(message, subject="")


def _import() -> tuple[Any, Any, Any]:
    try:
        numpy, sparse, linear = map(import_module, ("numpy", "scipy.sparse", "sklearn.linear_model"))
    except ImportError as error:
        raise TrainingError(
            "training needs scikit-learn: install the extra `train`", code="classify.no-sklearn"
        ) from error
    return numpy, sparse, linear.LogisticRegression
