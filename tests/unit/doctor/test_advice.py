"""The doctor's table of texts: complete, worded in both languages, and asked for by some check."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from bridge.doctor import Finding, examination
from bridge.doctor.advice import ADVICE
from bridge.doctor.finding import Advice, found
from bridge.i18n import language

SOURCES = Path(examination.__file__).parent
OUTCOMES = [(check, outcome, advice) for check, table in ADVICE.items() for outcome, advice in table.items()]
IDS = [f"{check}-{outcome}" for check, outcome, _advice in OUTCOMES]


def _names(advice: Advice) -> dict[str, str]:
    fields = Formatter().parse(advice.reason + advice.mending)
    return {name: f"<{name}>" for _text, name, _spec, _conversion in fields if name}


@pytest.mark.parametrize(("check", "outcome", "advice"), OUTCOMES, ids=IDS)
def test_whatever_is_not_in_order_has_a_mending_step_in_both_languages(
    check: str, outcome: str, advice: Advice
) -> None:
    values = _names(advice)
    with language("en"):
        english = found(check, outcome, **values)
    with language("de"):
        german = found(check, outcome, **values)
    assert english.reason
    assert bool(english.mending) == (advice.verdict != "ok")
    if not re.fullmatch(r"\{\w+\}", advice.reason):  # a text that comes from elsewhere, translated there
        assert german.reason != english.reason
    assert german.mending != english.mending or not english.mending
    assert all(f"<{name}>" in german.reason + german.mending for name in values)


def test_each_check_can_be_in_order_and_in_no_other_way_twice() -> None:
    always_wrong = {"doctor"}  # it is told only when the doctor itself fails
    assert {check for check, table in ADVICE.items() if "ok" not in table} == always_wrong


def test_each_outcome_is_told_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    unused = [
        (check, outcome)
        for check, outcome, _advice in OUTCOMES
        if f'"{check}"' not in source or (outcome != "ok" and f'"{outcome}"' not in source)
    ]
    assert unused == []


def test_a_finding_is_plain_json() -> None:
    finding = found("disk", "low", megabytes=512)
    assert json.loads(json.dumps(finding.as_dict())) == {
        "check": "disk", "outcome": "low", "verdict": "warning", "controller": "",
        "reason": "Only 512 MB are left where the journal lies.",
        "mending": "Make room on that disk before it is full: without room nothing is taken in.",
    }  # fmt: skip


def test_an_unforeseen_error_in_one_area_is_a_finding_without_its_text() -> None:
    def broken() -> list[Finding]:
        raise ValueError("Erika Beispiel")

    def findings() -> object:
        yield found("brakes")
        yield from broken()

    told = list(examination._guarded("here", findings()))  # type: ignore[arg-type]
    assert [one.check for one in told] == ["brakes", "doctor"]
    assert "Erika" not in told[1].reason
    assert "ValueError" in told[1].reason
