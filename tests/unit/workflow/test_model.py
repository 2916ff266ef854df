"""Deadlines by the calendar, texts, and the choice of a workflow."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.workflow.condition import Condition, Facts
from bridge.workflow.model import Create, Deadline, Erase, NoWorkflowError, Workflow, Workflows, fill


@pytest.mark.parametrize(
    ("received", "months", "days", "end"),
    [
        ("2026-01-31T10:00:00+00:00", 1, 0, "2026-02-28T10:00:00+00:00"),
        ("2028-01-31T10:00:00+00:00", 1, 0, "2028-02-29T10:00:00+00:00"),
        ("2026-12-15T23:59:00+00:00", 1, 0, "2027-01-15T23:59:00+00:00"),
        ("2026-02-28T00:00:00+00:00", 1, 0, "2026-03-28T00:00:00+00:00"),
        ("2026-11-30T00:00:00+00:00", 3, 0, "2027-02-28T00:00:00+00:00"),
        ("2026-03-01T08:00:00+00:00", 0, 14, "2026-03-15T08:00:00+00:00"),
        ("2026-01-31T08:00:00+00:00", 1, 2, "2026-03-02T08:00:00+00:00"),
    ],
)
def test_deadline_follows_the_calendar(received: str, months: int, days: int, end: str) -> None:
    assert Deadline(months, days).end(dt.datetime.fromisoformat(received)) == dt.datetime.fromisoformat(end)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)), st.integers(0, 24), st.integers(1, 90))
def test_reminder_lies_between_receipt_and_end(received: dt.datetime, months: int, days: int) -> None:
    deadline = Deadline(months, days, remind_days=30)
    assert received <= deadline.remind(received) <= deadline.end(received)


def test_fill_never_looks_into_values_and_leaves_other_braces() -> None:
    text = "Ticket {ticket_number}, until {deadline}: {name} {"
    assert (
        fill(text, {"ticket_number": "{deadline}", "deadline": "1 May"})
        == "Ticket {deadline}, until 1 May: {name} {"
    )
    assert fill("{controller}!", {}) == "!"


def test_text_falls_back_to_english() -> None:
    workflow = Workflow(
        "w", 1, "", Condition(), (), texts={"a": {"en": "Hello", "de": "Hallo"}, "b": {"fr": "Salut"}}
    )
    assert workflow.text("a", "de") == "Hallo"
    assert workflow.text("a", "pl") == "Hello"
    assert workflow.text("b", "de") == "Salut"


def test_choose_takes_the_first_that_fits() -> None:
    special = Workflow("special", 1, "", Condition(languages=frozenset({"en"})), ())
    general = Workflow("general", 1, "", Condition(), (Create("full", "support"), Erase()))
    both = Workflows((special, general))
    assert both.choose(Facts("login", language="en")) is special
    assert both.choose(Facts("login", language="de")) is general
    assert both.named("general") is general
    assert both.named("other") is None
    assert general.erases
    assert not special.erases
    with pytest.raises(NoWorkflowError) as caught:
        both.choose(Facts("login", review=True))
    assert caught.value.permanent
