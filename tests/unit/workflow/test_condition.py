"""Conditions: what they match, and that covering and overlapping are told rightly."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.workflow.condition import CATEGORIES, SOURCES, TYPES, Condition, Facts, Hours

MONDAY = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)


def few(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


CONDITIONS = st.builds(
    Condition,
    categories=few(*CATEGORIES[:3]),
    review=st.booleans(),
    candidates=few(*CATEGORIES[:3]),
    confidence_at_least=st.sampled_from((0.0, 0.5, 0.9)),
    languages=few("de", "en"),
    sender_domains=few("example.org", "mail.example.org", "example.com"),
    has_attachments=st.sampled_from((None, True, False)),
    contains=few(*TYPES[:3]),
    sources=few(*SOURCES),
    subject_contains=few("urgent", "eilt"),
    hours=st.sampled_from((None, Hours(dt.time(22), dt.time(6)))),
)
FACTS = st.builds(
    Facts,
    category=st.sampled_from(CATEGORIES[:3]),
    confidence=st.floats(0, 1),
    review=st.booleans(),
    candidates=st.sampled_from(((), CATEGORIES[:2], CATEGORIES[1:3])),
    language=st.sampled_from(("de", "en", "fr", "")),
    sender_domain=st.sampled_from(("example.org", "a.mail.example.org", "other.test", "")),
    has_attachments=st.booleans(),
    contains=few(*TYPES[:4]),
    source=st.sampled_from(SOURCES),
    subject=st.sampled_from(("", "Eilt sehr", "URGENT")),
    received=st.sampled_from((None, MONDAY, MONDAY.replace(hour=12))),
)


@settings(max_examples=60, deadline=None)
@given(one=CONDITIONS, other=CONDITIONS, facts=FACTS)
def test_a_condition_that_covers_another_matches_whatever_the_other_matches(
    one: Condition, other: Condition, facts: Facts
) -> None:
    if one.covers(other) and other.matches(facts):
        assert one.matches(facts)


@settings(max_examples=60, deadline=None)
@given(one=CONDITIONS, other=CONDITIONS, facts=FACTS)
def test_conditions_that_match_the_same_request_overlap(
    one: Condition, other: Condition, facts: Facts
) -> None:
    if one.matches(facts) and other.matches(facts):
        assert one.overlaps(other)


@settings(max_examples=60, deadline=None)
@given(condition=CONDITIONS)
def test_a_condition_covers_itself(condition: Condition) -> None:
    assert condition.covers(condition)


@settings(max_examples=60, deadline=None)
@given(condition=CONDITIONS)
def test_a_blank_condition_covers_all_of_its_review_and_demands_least(condition: Condition) -> None:
    blank = Condition(review=condition.review)
    assert blank.covers(condition)
    assert blank.demands <= condition.demands
    assert not Condition(review=not condition.review).covers(condition)


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (Condition(), Facts("login"), True),
        (Condition(), Facts("login", review=True), False),
        (Condition(review=True), Facts("login", review=True), True),
        (Condition(categories=frozenset({"spam"})), Facts("login"), False),
        (
            Condition(candidates=frozenset({"membership"})),
            Facts("login", candidates=("login", "membership")),
            True,
        ),
        (Condition(candidates=frozenset({"login"})), Facts("login"), True),
        (Condition(confidence_at_least=0.8), Facts("login", confidence=0.79), False),
        (
            Condition(sender_domains=frozenset({"example.org"})),
            Facts("login", sender_domain="mail.Example.org"),
            True,
        ),
        (
            Condition(sender_domains=frozenset({"example.org"})),
            Facts("login", sender_domain="badexample.org"),
            False,
        ),
        (Condition(sender_domains=frozenset({"example.org"})), Facts("login"), False),
        (Condition(contains=frozenset({"IBAN", "IP"})), Facts("login", contains=frozenset({"IP"})), True),
        (Condition(contains=frozenset({"IBAN"})), Facts("login"), False),
        (Condition(has_attachments=False), Facts("login", has_attachments=True), False),
        (
            Condition(subject_contains=frozenset({"störung"})),
            Facts("technical", subject="STÖRUNG im Netz"),
            True,
        ),
        (Condition(hours=Hours()), Facts("login"), False),
    ],
)
def test_matches(condition: Condition, facts: Facts, expected: bool) -> None:
    assert condition.matches(facts) is expected


def test_hours_across_midnight_count_to_the_day_they_began_on() -> None:
    monday_night = Hours(dt.time(22), dt.time(6), frozenset({0}))
    assert monday_night.hold(MONDAY)
    assert monday_night.hold(MONDAY + dt.timedelta(hours=6))
    assert not monday_night.hold(MONDAY + dt.timedelta(hours=6, minutes=30))
    assert not monday_night.hold(MONDAY - dt.timedelta(days=1))
    assert not monday_night.hold(MONDAY + dt.timedelta(days=1))


def test_hours_within_a_day() -> None:
    office = Hours(dt.time(9), dt.time(17))
    assert office.hold(MONDAY.replace(hour=9, minute=0))
    assert not office.hold(MONDAY.replace(hour=17, minute=0))


def test_a_subject_is_not_shown_by_repr() -> None:
    assert "secret" not in repr(Facts("login", subject="secret"))
