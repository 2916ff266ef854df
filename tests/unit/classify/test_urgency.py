"""Urgency and title of technical requests."""

from __future__ import annotations

import pytest

from bridge.classify.urgency import Urgency, cues, title
from bridge.message import Message


@pytest.mark.parametrize(
    ("text", "urgency", "name"),
    [
        (
            "https://lqfb.piratenpartei.de ist seit 18:50 Uhr nicht erreichbar",
            Urgency.OUTAGE,
            "lqfb.piratenpartei.de",
        ),
        ("Auf der Instanz im KV Celle kommt Error 500 beim Speichern", Urgency.ERROR, "KV Celle"),
        ("Die Suche liefert keine Treffer, kaputt?", Urgency.ERROR, ""),
        ("Gibt es eine Dokumentation der Schnittstelle?", Urgency.QUESTION, ""),
        ("Gestern war der Server nicht erreichbar, warum?", Urgency.ERROR, ""),
    ],
)
def test_outage_before_error_before_question(text: str, urgency: Urgency, name: str) -> None:
    found = cues(Message(text=text))
    assert (found.urgency, found.instance) == (urgency, name)


def test_the_title_names_instance_and_error_and_nobody() -> None:
    message = Message(
        subject="Hilfe für Doris Abel",
        text="Doris Abel, Mitglied 55210: lqfb-celle.piraten.example zeigt SSL_ERROR_BAD_CERT_DOMAIN"
        " in Thema 4711, mail doris@abel.example",
    )
    assert title(cues(message)) == "Error · SSL_ERROR_BAD_CERT_DOMAIN · lqfb-celle.piraten.example · #4711"


def test_the_same_instance_and_error_are_alike() -> None:
    one = cues(Message(text="lqfb.piratenpartei.de: 503 Service Unavailable"))
    other = cues(Message(subject="503 auf lqfb.piratenpartei.de", text="seit heute morgen"))
    assert one.likeness == other.likeness == ("lqfb.piratenpartei.de", "HTTP 503")


def test_an_address_is_no_host() -> None:
    assert "doris" not in title(cues(Message(text="Fehler, bitte Antwort an doris@liquid-abel.example")))
