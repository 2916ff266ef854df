"""Values by type: what is found, where it begins and ends, and what is left alone."""

from __future__ import annotations

import pytest

from bridge.message import Address, Message
from bridge.redact import kinds_of, redact


def values(text: str) -> list[tuple[str, str]]:
    """Give the types and values found in a text whose sender is unknown."""
    return [
        (span.type, text[span.start : span.end])
        for span in redact(Message(text=text)).spans
        if span.part == "body"
    ]


FOUND = [
    ("EMAIL", "Schreib an {moni.seifert+lqfb@gmx.example}!"),
    ("EMAIL", "Schreib an {moni (at) gmx.example}."),
    ("EMAIL", "Schreib an {moni [ät] gmx (punkt) example} bitte"),
    ("PHONE", "Tel. {09281 / 77 60 34}"),
    ("PHONE", "Mobil {+49 (0)171 2345678}, abends"),
    ("PHONE", "Ruf an: {0049-89-1234567}"),
    ("PHONE", "unter {030.1234.5678} erreichbar"),
    ("IBAN", "Konto {DE29 8605 5592 0188 2047 13}."),
    ("IBAN", "auf {de67255501300107714382} bitte"),
    ("IBAN", "IBAN {DE07 1234 1234 1234 1234 12} ist falsch"),
    ("IBAN", "von {CH93 0076 2011 6238 5295 7}"),
    ("TAX_ID", "Steuer-IdNr. {39 051 897 462}."),
    ("TAX_ID", "Nummer {65 929 970 489} vom Finanzamt"),
    ("ID_CARD", "Personalausweis {C4V7J9HGT8}."),
    ("CARD_NO", "Karte {4111 1111 1111 1111}"),
    ("INSURANCE_NO", "Versicherungsnummer {65 170839 W 003}"),
    ("MEMBER_NO", "Mitgliedsnummer {21 448}"),
    ("MEMBER_NO", "Ich bin Mitglied {33-0917} seit 2011"),
    ("MEMBER_NO", "bei euch als {SN-1044} geführt"),
    ("MEMBER_NO", "Mitglied mit der Nummer {20388}, oder?"),
    ("INVITE_CODE", "Der Code {aa93-kf02-xx7} geht nicht"),
    ("INVITE_CODE", "Einladungscode: {WZ8K-PT3M}"),
    ("PASSWORD", "das passwort müsste {Sonnenblume12} sein"),
    ("PASSWORD", 'Kennwort: "{Dackel_Waldi}"'),
    ("PASSWORD", "My token is {tok_5d81e0c3aa}."),
    ("IP", "von {203.0.113.58} aus"),
    ("IP", "über {2001:db8:85a3::8a2e:370:7334}."),
    ("BIRTHDATE", "geboren am {29. Februar 1948} in Celle"),
    ("BIRTHDATE", "my birthday is {5th of May 1980}"),
    ("BIRTHDATE", "Geb.-Datum {24.11.1949}"),
    ("ADDRESS", "wohne {Anger 37}, 99084 Erfurt"),
    ("ADDRESS", "in der {Karl-Marx-Str. 12 b} oben"),
    ("ADDRESS", "Haus {Unter den Linden 7}, dritter Stock"),
    ("ADDRESS", "living at {12 High Street}, Leeds"),
    ("CITY_ZIP", "Anger 37, {99084 Erfurt}."),
    ("CITY_ZIP", "nach {88400 Biberach an der Riß} gezogen"),
    ("CITY_ZIP", "{CH-8700 Küsnacht}"),
    ("HANDLE", "Benutzername {hbrandes}, Adresse"),
    ("HANDLE", "mein Zugang {balzerino} geht"),
    ("HANDLE", "als {kabra} angemeldet"),
    ("URL_PERSONAL", "siehe {https://twitter.com/moni_s}"),
    ("PERSON", "Bei {Tanja} auch."),
    ("PERSON", "Sehr geehrter Herr {Dr. von Storch},"),
    ("PERSON", "Hallo,\nes geht.\n\nMit freundlichen Grüßen\n{Gudrun Ossenkopf}"),
    ("PERSON", "mein Name ist {Zdena Novotná}."),
    ("PERSON", "Am 18.10.2015 schrieb {Marco Liebig}:"),
    ("PERSON", "laut {A. Schönwälder} nicht"),
]


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_value_is_found_whole(kind: str, text: str) -> None:
    value = text[text.index("{") + 1 : text.index("}")]
    plain = text.replace("{", "").replace("}", "")
    wanted = value.removeprefix("Dr. ")
    assert any(
        wanted in found and len(found) <= len(value) + 4 for named, found in values(plain) if named == kind
    )
    assert wanted not in redact(Message(text=plain)).body


@pytest.mark.parametrize(
    "text",
    [
        "[Ticket#2014110910000231] Fehler 503 bei i4711, Thema 12345, Version 2.2.3, Firefox 31.0",
        "Siehe https://lqfb.piratenpartei.de/lf/initiative/show/4711.html und /lf/area/show/5.html",
        "Der KV Rhein-Sieg und der Kreisverband Celle treffen sich am 12.03.2015 um 18:50 Uhr in Hameln.",
        "Art. 15 DSGVO, § 35 BDSG, Note 2,3 und 25000 Mitglieder, Beitrag 48 Euro",
        "SSL_ERROR_BAD_CERT_DOMAIN, HTTP 429 Too Many Requests, 0x80070005, Chrome 120.0.6099.109",
        "Passwort vergessen, bitte zurücksetzen. Der Einladungscode kam nie an.",
        "Nein, ich bin keine Richterin am Schiedsgericht. Im Winter war es kalt.",
        "Schreib an info@piratenpartei.example oder lqfb-support@piratenpartei.example.",
        "Guten Tag,\nwie tritt man ein?\n\nViele Grüße aus Augsburg",
        "Mitglied seit 2011, Parteitag 2012.",
    ],
)
def test_what_identifies_nobody_is_left_alone(text: str) -> None:
    assert values(text) == []


def test_a_name_that_is_a_word_counts_where_a_name_can_stand() -> None:
    message = Message(
        text="Hallo Frau Sommer,\nim Winter war ich weg.\nGruß\nWinter",
        sender=Address("Anja Winter", "aw@web.example"),
    )
    assert (
        redact(message).body == "Hallo Frau [Person-2],\nim Winter war ich weg.\nGruß\n[Person-1 = Absender]"
    )


def test_kinds_tell_what_a_message_contains() -> None:
    message = Message(text="IBAN DE29 8605 5592 0188 2047 13, geb. 3.4.1962")
    assert kinds_of(message) == {"IBAN", "BIRTHDATE"}
