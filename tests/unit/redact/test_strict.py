"""The strict view: of words that no vocabulary lists, nothing."""

from __future__ import annotations

import pytest

from bridge.redact.strict import MASK, only_known_words


@pytest.mark.parametrize(
    "text",
    [
        "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.",
        "Ich möchte wissen, welche Daten Sie über mich gespeichert haben.",
        "Please delete all the data that you hold about me.",
        "Gruß\n[Person-1 = Absender]\n[Anschrift-1], [Ort-1]",
        "",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert only_known_words(text) == text


@pytest.mark.parametrize(
    "word",
    [
        "quzhlccgnmmef",
        "KANARIE4711ALPHA",
        "xk_user_17",
        "wqmbt-krz",
        "4711081",
        "1971",
        "zażółć",
        "用户名",
        "a1b2c3",
    ],
)
def test_unknown_words_are_masked(word: str) -> None:
    shown = only_known_words(f"Hallo, mein Zeichen ist {word}. Danke")
    assert shown == f"Hallo, mein Zeichen ist {MASK}. Danke"


def test_unknown_words_in_a_row_become_one() -> None:
    assert only_known_words("siehe https://qwk.example/xyzzy?zzq=plugh jetzt").count(MASK) <= 2
    assert only_known_words("qzwy xkcdq vvbnm") == MASK


def test_pseudonyms_stay_and_forged_ones_do_not() -> None:
    assert only_known_words("[Person-2] fragt") == "[Person-2] fragt"
    for forged in ("[vvbnm]", "[Person-vvbnm]", "[vvbnm-1]", "[Person-1 = vvbnm]"):
        assert "vvbnm" not in only_known_words(forged)
