"""Cues: what a phrase speaks for, where it stands, and what takes it back."""

from __future__ import annotations

import re
import time

import pytest

from bridge.classify import CATEGORIES
from bridge.classify.cues import TABLES
from bridge.classify.reading import read
from bridge.classify.rules import find, scores
from bridge.message import Message


def found(text: str, subject: str = "") -> dict[str, float]:
    return {hit.cue.code: hit.weight for hit in find(read(Message(subject=subject, text=text)))}


def test_tables_are_whole() -> None:
    assert set(TABLES) == set(CATEGORIES)
    codes = [cue.code for table in TABLES.values() for cue in table]
    assert len(codes) == len(set(codes))
    for table in TABLES.values():
        for cue in table:
            assert re.compile(cue.pattern).search("") is None, cue.code
            assert cue.pattern == cue.pattern.lower() or "\\" in cue.pattern, cue.code
            assert cue.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bitte löscht meinen Account mit allen Daten.", "dp.erase"),
        ("nehmt mich bitte da raus", "dp.erase-plain"),
        ("ich will nirgends mehr auftauchen", "dp.erase-plain"),
        ("Woher haben Sie meine Adresse?", "dp.origin"),
        ("Where did you get my number from?", "dp.origin"),
        ("Man sieht die Daten anderer Mitglieder, die Adressen sind für alle sichtbar.", "dp.breach"),
        ("Ich widerspreche der Verarbeitung.", "dp.objection"),
        ("Ich bin umgezogen.", "ms.address"),
        ("Mein Einladungscode ist weg.", "ms.code"),
        ("Wie werde ich Mitglied?", "jl.how-to-join"),
        ("Die Seite zeigt Error 503.", "te.http"),
        ("Wir hätten gern eine eigene Instanz.", "ni.own-instance"),
        ("Wir würden gern ein Interview führen.", "ot.press"),
        ("Diese Nachricht wurde automatisch erstellt.", "au.generated"),
        ("Sofortkredit ohne Schufa", "sp.loan"),
    ],
)
def test_phrases_are_recognised(text: str, code: str) -> None:
    assert code in found(text)


def test_a_negated_wish_for_erasure_does_not_count() -> None:
    assert "dp.erase" not in found("Bitte nicht mein Konto löschen!")
    assert "dp.erase" in found("Bitte mein Konto löschen!")


def test_a_quoted_cue_counts_less() -> None:
    quoted = found(
        "Das hat geklappt, alles bestens, herzlichen Dank an euch alle!"
        + " Gruß" * 40
        + "\n> Passwort vergessen?"
    )
    assert 0 < quoted["li.password"] < found("Passwort vergessen?")["li.password"]


def test_a_cue_in_the_subject_counts_more() -> None:
    assert found("", "Passwort")["li.password"] > found("Passwort")["li.password"]


def test_further_cues_of_one_category_count_less() -> None:
    hits = find(read(Message(text="Passwort vergessen, Login gesperrt, Konto gesperrt")))
    mine = [hit.weight for hit in hits if hit.category == "login"]
    assert len(mine) > 1
    assert max(mine) < scores(hits)[CATEGORIES.index("login")] < sum(mine)


@pytest.mark.parametrize(
    "piece",
    ["daten ", "mein ", "a", "x ", "loesch mein konto ", "will nicht mehr ", "1 ", "?! ", "fremde daten "],
)
def test_no_text_makes_the_cues_slow(piece: str) -> None:
    reading = read(Message(subject=piece * 20, text=piece * (6000 // len(piece))))
    began = time.process_time()
    find(reading)
    assert time.process_time() - began < 1.5
