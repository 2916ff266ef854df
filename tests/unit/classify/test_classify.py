"""The classifier as a whole: boundaries between categories, doubt, and the figures on the evaluation part."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from bridge.classify import CATEGORIES, UNREAD, Classification, classify
from bridge.i18n import language
from bridge.message import Address, Message

ROOT = Path(__file__).parents[3]


def say(text: str, subject: str = "") -> Classification:
    return classify(Message(subject=subject, text=text, sender=Address("A. Muster", "a@muster.example")))


@pytest.mark.parametrize(
    ("subject", "text", "category"),
    [
        (
            "Zertifikat und DSGVO",
            "Firefox sagt SSL_ERROR_BAD_CERT_DOMAIN. Ist das nach der DSGVO erlaubt?",
            "technical",
        ),
        ("Löschung", "Bitte löscht mein Konto und alle Daten.", "data-protection"),
        ("genug", "nehmt mich da raus, ich will nirgends mehr auftauchen", "data-protection"),
        ("Adresse", "Woher haben Sie eigentlich meine Mailadresse? Ich war nie Mitglied.", "data-protection"),
        ("Beitrag", "Ich habe den Beitrag bezahlt und bin trotzdem nicht stimmberechtigt.", "membership"),
        (
            "Code",
            "Den Einladungscode habe ich verloren, bitte einen neuen, Mitgliedsnummer 12345.",
            "membership",
        ),
        ("Frage", "Wie kann man Mitglied werden, und was kostet das?", "joining-leaving"),
        ("Reset", "Die Mail zum Zurücksetzen des Passworts kommt nicht an.", "login"),
        ("API", "Since today the API answers with 429 Too Many Requests.", "technical"),
        ("Instanz", "Unser Kreisverband hätte gern eine eigene LiquidFeedback-Instanz.", "new-instance"),
        ("Interview", "Für unsere Zeitung würde ich gern ein Interview mit Ihnen führen.", "other"),
        ("Sofortkredit", "Kredit ohne Schufa, 50.000 Euro sofort, jetzt anfragen!", "spam"),
    ],
)
def test_boundaries(subject: str, text: str, category: str) -> None:
    assert say(text, subject).category == category


def test_answers_are_whole_and_plain() -> None:
    found = say("Ich heiße Doris Abel und habe mein Passwort Segelboot12 vergessen.", "Login")
    assert found.category in CATEGORIES
    assert 0 < found.confidence <= 1
    assert found.decided_by in {"headers", "rules", "model"}
    assert found.concerns[0] == found.category
    assert found.reasons
    assert not any("Doris" in reason.text or "Segelboot" in reason.text for reason in found.reasons)


def test_reasons_are_translated_where_a_catalogue_has_them() -> None:
    with language("en"):
        assert "is about a password" in [reason.text for reason in say("Passwort vergessen").reasons]


def test_two_concerns_ask_for_a_person() -> None:
    found = say(
        "Die Seite zeigt seit heute Error 500, bitte beheben. Außerdem: bitte löscht danach mein Konto mit allen"
        " Daten, ich widerspreche jeder weiteren Verarbeitung.",
        "Serverfehler",
    )
    assert found.review or found.category == "data-protection"


@pytest.mark.parametrize("text", ["", "?", "Hallo", "asdf qwer", "\x00\ufffd", "Grüße\n" * 3])
def test_an_empty_or_senseless_mail_goes_to_a_person(text: str) -> None:
    found = say(text)
    assert found.review
    assert found.category not in UNREAD or found.review


def test_the_redacted_text_is_what_the_model_sees() -> None:
    message = Message(subject="Frage", text="Bitte siehe oben.")
    plain = classify(message)
    redacted = classify(
        message, redacted="Passwort vergessen\nIch kann mich nicht einloggen, [Person-1 = Absender]"
    )
    assert redacted.category == "login"
    assert redacted.confidence != plain.confidence


def test_a_reply_is_classified_by_its_own_words() -> None:
    text = "Bitte löscht jetzt einfach mein Konto und alle Daten.\n\n"
    text += "> Setzen Sie Ihr Passwort zurück und melden Sie sich an.\n"
    assert say(text, "Re: Passwort").category == "data-protection"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "train_classifier", ROOT / "scripts" / "train_classifier.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_figures_on_the_evaluation_part() -> None:
    rows = list(script().read_set(ROOT / "tests" / "classification" / "eval.jsonl"))
    results = [(fields["category"], classify(message)) for fields, message in rows]
    right = sum(want == got.category for want, got in results) / len(results)
    review = sum(got.review for _, got in results) / len(results)
    assert right >= 0.90
    assert review <= 0.15
    assert not [
        want for want, got in results if want not in UNREAD and got.category in UNREAD and not got.review
    ]


def test_the_labelled_sets_are_large_and_apart() -> None:
    sets = {}
    for name, least in (("train", 60), ("eval", 25)):
        lines = (ROOT / "tests" / "classification" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        for category in CATEGORIES:
            assert sum(row["category"] == category for row in rows) >= least
        sets[name] = {(row["subject"], row["body"], row.get("html")) for row in rows}
    assert not sets["train"] & sets["eval"]
