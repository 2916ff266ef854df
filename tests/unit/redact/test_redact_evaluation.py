"""The measured figures: on the evaluation part, which the rules were not fitted to, and on the development part."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bridge.redact.evaluate import Evaluation, evaluate, interval, leaked, table

SETS = Path(__file__).parents[2] / "redaction"


@cache
def measured(name: str, headers: bool) -> Evaluation:
    """Evaluate one set."""
    lines = (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return evaluate([json.loads(line) for line in lines], headers=headers)


def test_there_are_at_least_300_labelled_mails_and_no_id_twice() -> None:
    lines = [
        line
        for name in ("eval", "dev")
        for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) >= 300


@pytest.mark.parametrize("name", ["eval", "dev"])
def test_figures_do_not_fall(name: str) -> None:
    found = measured(name, True)
    assert found.recall(*found.structured) >= 0.96
    assert found.recall("PERSON") >= 0.96
    assert found.leak_free >= 0.90
    assert found.over_redacted <= 0.01
    assert found.kept >= 0.97


@pytest.mark.parametrize("name", ["eval", "dev"])
def test_names_are_found_without_headers_too(name: str) -> None:
    assert measured(name, False).recall("PERSON") >= 0.94


def test_a_value_counts_as_leaked_as_a_whole_word_only() -> None:
    assert leaked("Winter", "im Winter.")
    assert not leaked("Winter", "Winterreifen")


def test_interval_is_wilsons() -> None:
    low, high = interval(19, 20)
    assert (round(low, 3), round(high, 3)) == (0.764, 0.991)
    assert interval(0, 0) == (0.0, 1.0)


def test_a_missed_value_and_a_lost_string_are_counted() -> None:
    entry: dict[str, Any] = {key: "" for key in ("from_name", "from_addr", "to", "subject")}
    entry |= {"id": "x", "body": "Gruß Tanja Berg, qwertz", "keep": ["Gruß Tanja"]}
    entry["pii"] = [{"text": "Tanja Berg", "type": "PERSON"}, {"text": "qwertz", "type": "PASSWORD"}]
    found = evaluate([entry])
    assert (found.recall("PERSON"), found.recall("PASSWORD"), found.leak_free, found.kept) == (
        1.0,
        0.0,
        0.0,
        0.0,
    )
    assert "PASSWORD            0     1    0.000" in table(found)
