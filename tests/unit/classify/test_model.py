"""The model file: plain, small, quick to load; its arithmetic; training again with corrected tickets."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from bridge.classify import CATEGORIES, ModelError
from bridge.classify.fitting import TrainingError
from bridge.classify.model import FORMAT, SHIPPED, features, from_fields, hide, loads, softmax
from bridge.classify.reading import read
from bridge.classify.training import FEWEST, corrected, retrain
from bridge.message import Message


def shipped_bytes() -> bytes:
    return resources.files("bridge.classify").joinpath(SHIPPED).read_bytes()


def fields(**more: Any) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "categories": list(CATEGORIES),
        "scale": 1000,
        "temperature": 1.0,
        "bias": [0.0] * 9,
        "cues": {},
        "words": {},
        "grams": {},
    } | more


def test_the_shipped_file_is_small_and_quick_and_plain() -> None:
    content = shipped_bytes()
    assert len(content) < 5_000_000
    began = time.process_time()
    model = loads(content)
    assert time.process_time() - began < 0.5
    assert model.temperature > 0
    assert isinstance(json.loads(gzip.decompress(content)), dict)


def test_packed_sums_are_what_plain_arithmetic_gives() -> None:
    one, two = [3000, -2000, 0, 0, 0, 0, 0, 0, 7, 30], [-500, 1, 2, 3, 4, 5, 6, 7, 8, 40]
    model = from_fields(fields(words={"a": one, "b": two}))
    got = model.total({"a", "b", "unknown"}, set(), {})
    length = (3.0**2 + 4.0**2) ** 0.5
    assert got == pytest.approx([(x + y) / length / 1000 for x, y in zip(one[:9], two[:9], strict=True)])


def test_temperature_and_cues_count() -> None:
    model = from_fields(fields(cues={"x": [1.0] + [0.0] * 8}))
    assert model.total((), (), {"x": 2.0})[0] == pytest.approx(2.0)
    assert replace(model, temperature=2.0).total((), (), {"x": 2.0})[0] == pytest.approx(1.0)
    assert sum(softmax((1.0, 2.0, 800.0))) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"\xff", mtime=0),
        shipped_bytes()[:999],
    ],
)
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError):
        loads(content)


def test_names_numbers_and_addresses_are_no_features() -> None:
    assert hide("mitglied 55210, max@post.example, de29 8605 5592 0188 2047 13").split() == [
        "mitglied", "xnumber", "xmail", ",", "xiban",
    ] or "55210" not in hide("mitglied 55210")  # fmt: skip
    words, _ = features(read(Message(text="Mitglied 55210 schreibt von max@post.example")))
    assert not any("55210" in word or "post" in word for word in words)
    alike, _ = features(read(Message()), redacted="\nMitglied [Mitgliedsnr-1] schreibt von [E-Mail-1]")
    assert "xmail" in alike


def test_training_again_needs_enough_and_known_categories() -> None:
    with pytest.raises(TrainingError, match="at least"):
        corrected([("Hallo\nWelt", "login")] * (FEWEST - 1))
    with pytest.raises(TrainingError, match="unknown"):
        corrected([("Hallo\nWelt", "no-such")] * FEWEST)


def test_training_again_keeps_the_old_model_on_no_gain() -> None:
    pytest.importorskip("sklearn")
    pairs = [
        (f"Passwort {n}\nIch habe mein Passwort vergessen, bitte zurücksetzen.", "login")
        for n in range(FEWEST)
    ]
    outcome = retrain(pairs, base=corrected(pairs + [("Fehler\nError 500", "technical")] * 5))
    assert (outcome.content, outcome.reason) == (None, "no-gain")
    assert outcome.accuracy_before == 1.0


def test_training_again_learns_a_new_turn_of_phrase() -> None:
    pytest.importorskip("sklearn")
    pairs = [
        (f"Zwirbel\nder zwirbel flutscht nimmer, fall {'abcdefghij'[n % 10]}", "technical") for n in range(12)
    ]
    pairs += [
        (f"Gnubbel\nbittschön den gnubbel, sache {'abcdefghij'[n % 10]}", "membership") for n in range(12)
    ]
    outcome = retrain(pairs, base=())
    assert outcome.reason == "gain"
    assert outcome.content is not None
    assert outcome.accuracy_after > outcome.accuracy_before
    assert sum(change.count for change in outcome.changes) > 0
    model = loads(outcome.content)
    assert model.origin["corrected"] == 24
    assert b"fall a" not in gzip.decompress(outcome.content)
