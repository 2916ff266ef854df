"""A linear model on word and character n-grams and cues, in a plain format, run without third-party packages.

The file is gzip-compressed JSON (docs/classification.md describes it): every feature with nine whole-number weights
and its rarity. To be quick in plain Python, the nine weights and the squared rarity of a feature are packed as lanes
of one long integer, so that adding a thousand features is one call of `sum`.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any

from bridge.classify.classification import CATEGORIES
from bridge.classify.reading import Reading, fold
from bridge.classify.rules import Hit
from bridge.errors import BridgeError

FORMAT = "otrs-bridge-linear/1"
SHIPPED = "model.json.gz"
TEXT_LIMIT = 3000
"""Characters of folded text that the model reads; later text changes n-gram shares little."""
SUBJECT_LIMIT = 1000
"""The same for the subject: one of a megabyte without a space would keep a worker busy for minutes."""
CUE_SHARE = 0.08
"""Scale of cue weights as features: larger, and the few cues drown the many n-grams (measured by cross-validation)."""
MOST_CUES = 0.6

_LANES = len(CATEGORIES) + 1
_OFFSET = 1 << 20  # keeps every lane positive while up to 2**11 features are added (2**31 < 2**32)
_MOST = 1 << 11
_STRUCT = struct.Struct(f"<{_LANES}I")
_WORD = re.compile(r"[a-z\u0250-\uffff][a-z\u0250-\uffff'-]*|[!?$%€]")
_PLACEHOLDER = re.compile(r"\[([a-z-]+?)-?\d+(?: = [^\]]*)?\]")
_HIDE = (
    (re.compile(r"\S+@\S+|\S+ ?\(at\) ?\S+"), " xmail "),
    (re.compile(r"\bhttps?://\S+|\bwww\.\S+"), " xurl "),
    (re.compile(r"\b[a-z]{2}\d{2} ?(?:\d{4} ?){3,7}\d{0,4}\b"), " xiban "),
    (re.compile(r"\S*\d{4,}\S*|\b\d{2,}[-/ .]\d[\d/ .-]*"), " xnumber "),
)


class ModelError(BridgeError):
    """The model file can't be read or has another format."""

    code = "classify.model"
    permanent = True


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model, ready to score. Build it by `load`, `shipped` or `from_fields`."""

    words: Mapping[str, int] = field(repr=False)
    grams: Mapping[str, int] = field(repr=False)
    cues: Mapping[str, tuple[float, ...]] = field(repr=False)
    bias: tuple[float, ...]
    scale: float
    temperature: float
    origin: Mapping[str, Any] = field(default_factory=dict)

    def logits(self, reading: Reading, hits: Sequence[Hit], redacted: str | None = None) -> tuple[float, ...]:
        """Score every category, in the order of CATEGORIES, as calibrated log-odds (softmax gives probabilities)."""
        words, grams = features(reading, redacted)
        return self.total(words, grams, cue_features(hits))

    def total(
        self, words: Iterable[str], grams: Iterable[str], cues: Mapping[str, float]
    ) -> tuple[float, ...]:
        """Score features that were taken from a message before."""
        total = list(self.bias)
        for table, names in ((self.words, words), (self.grams, grams)):
            for lane, value in enumerate(_block(table, names)):
                total[lane] += value / self.scale
        for name, value in cues.items():
            for lane, weight in enumerate(self.cues.get(name, ())):
                total[lane] += weight * value
        return tuple(value / self.temperature for value in total)


def features(reading: Reading, redacted: str | None = None) -> tuple[set[str], set[str]]:
    """Give the distinct word features (single, pairs, subject) and character n-grams of a message.

    `redacted` is the redacted subject, a line end and the redacted body; where given, nothing else is looked at.
    """
    if redacted is None:
        subject, text = hide(reading.folded_subject[:SUBJECT_LIMIT]), hide(reading.folded[:TEXT_LIMIT])
    else:
        first, _, rest = redacted.partition("\n")
        subject, text = hide(fold(first)[:SUBJECT_LIMIT]), hide(fold(rest)[:TEXT_LIMIT])
    title, body = _WORD.findall(subject), _WORD.findall(text)
    words = {*title, *body, *(f"s:{word}" for word in title)}
    words.update(f"{a} {b}" for a, b in pairwise(title))
    words.update(f"{a} {b}" for a, b in pairwise(body))
    grams: set[str] = set()
    for word in {*title, *body}:
        grams.update(_grams(word))
    return words, grams


def hide(folded: str) -> str:
    """Replace what identifies people (addresses, numbers) by one word a kind, and redaction's pseudonyms alike."""
    if "[" in folded:
        folded = _PLACEHOLDER.sub(lambda found: " xmail " if "mail" in found[1] else " ", folded)
    for pattern, word in _HIDE:
        folded = pattern.sub(word, folded)
    return folded


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    size = len(padded)
    return tuple(padded[i : i + n] for n in (3, 4, 5) for i in range(size - n + 1)) if size > 3 else ()


def cue_features(hits: Iterable[Hit]) -> dict[str, float]:
    """Give the cues of a message as features: each cue, and what each category's cues reach together."""
    values: dict[str, float] = {}
    for hit in hits:
        values[hit.cue.code] = hit.weight * CUE_SHARE
        key = f"={hit.category}"
        values[key] = values.get(key, 0.0) + hit.weight * CUE_SHARE
    return {name: min(value, MOST_CUES) for name, value in values.items()}


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Turn log-odds into probabilities."""
    top = max(logits)
    powers = [math.exp(value - top) for value in logits]
    total = sum(powers)
    return tuple(power / total for power in powers)


def _block(table: Mapping[str, int], names: Iterable[str]) -> tuple[float, ...]:
    """Add the weights of the known features and divide by the length of the rarity vector (as TF-IDF does)."""
    packed = [found for found in map(table.get, names) if found][:_MOST]
    if not packed:
        return (0.0,) * len(CATEGORIES)
    lanes = _STRUCT.unpack(sum(packed).to_bytes(_STRUCT.size, "little"))
    shift, length = _OFFSET * len(packed), math.sqrt(lanes[-1]) / 10
    return tuple((lane - shift) / length for lane in lanes[:-1])


def _pack(row: Sequence[int]) -> int:
    """Pack nine weights (each already multiplied by its rarity) and the rarity in tenths, squared, into lanes."""
    weights = (value + _OFFSET for value in row[:-1])
    return int.from_bytes(_STRUCT.pack(*weights, row[-1] ** 2), "little")


def from_fields(fields: Mapping[str, Any]) -> Model:
    """Build a model from the fields of its file. Raises ModelError for another format or other categories."""
    if fields.get("format") != FORMAT or tuple(fields.get("categories", ())) != CATEGORIES:
        raise ModelError(
            "the model file has another format or other categories", code="classify.model-format"
        )
    return Model(
        words={name: _pack(row) for name, row in fields["words"].items()},
        grams={name: _pack(row) for name, row in fields["grams"].items()},
        cues={name: tuple(row) for name, row in fields["cues"].items()},
        bias=tuple(fields["bias"]),
        scale=float(fields["scale"]),
        temperature=float(fields["temperature"]),
        origin=dict(fields.get("origin", {})),
    )


def loads(content: bytes) -> Model:
    """Read a model from the bytes of its file. Raises ModelError where that fails."""
    try:
        return from_fields(json.loads(gzip.decompress(content)))
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        struct.error,
    ) as error:
        raise ModelError("the model file can't be read", code="classify.model-unreadable") from error


@lru_cache(maxsize=1)
def shipped() -> Model:
    """Load the model that comes with the bridge (once a run)."""
    return loads(resources.files("bridge.classify").joinpath(SHIPPED).read_bytes())
