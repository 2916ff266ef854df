"""By what a person is recognised: the same person written differently comes out the same, a household does not."""

from __future__ import annotations

import pytest

from bridge.act.identifying import fold_date, fold_name, fold_street, identifying
from bridge.message.model import Address, Message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jördis Ährenfeld", "Ährenfeld, Jördis"),
        ("Dr. Jördis Ährenfeld", "joerdis aehrenfeld"),
        ("Jördis Marie Ährenfeld", "Jördis Ährenfeld"),
    ],
)
def test_names(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize("text", ["", "Jördis", "Dr. Ährenfeld"])
def test_half_a_name_is_none(text: str) -> None:
    assert fold_name(text) == ""


@pytest.mark.parametrize("text", ["3.4.1971", "03.04.71", "3. April 1971", "1971-04-03"])
def test_dates(text: str) -> None:
    assert fold_date(text) == "1971-04-03"


@pytest.mark.parametrize("text", ["", "1971", "31.31.1971", "heute"])
def test_what_is_no_date(text: str) -> None:
    assert fold_date(text) == ""


def test_streets() -> None:
    assert fold_street("Lindenstraße 12") == fold_street("Lindenstr. 12") == fold_street("lindenstrasse 12")
    assert fold_street("Lindenstraße") == ""


def request(name: str, text: str) -> Message:
    return Message(subject="Anfrage", text=text, sender=Address(name, "x@post.example"))


ONE = "ich heiße Jördis Ährenfeld, geboren am 03.04.1971, Lindenstraße 12, 24103 Kiel. Mitgliedsnummer 47110."
BROTHER = (
    "ich heiße Ole Ährenfeld, geboren am 09.12.1974, Lindenstraße 12, 24103 Kiel. Mitgliedsnummer 51102."
)


def test_one_person_twice_but_not_her_brother() -> None:
    first, again = identifying(request("Jördis Ährenfeld", ONE)), identifying(request("", ONE))
    assert {kind for kind, _value in first} == {"number", "birth", "address"}
    assert first & again
    assert not first & identifying(request("Ole Ährenfeld", BROTHER))


def test_nothing_without_values() -> None:
    assert identifying(request("Jördis Ährenfeld", "Wie werde ich Mitglied?")) == frozenset()
