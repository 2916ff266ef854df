"""A message's own words apart from quotes and signature."""

from __future__ import annotations

import time

from bridge.classify.language import guess
from bridge.classify.reading import fold, read, split_quotes, strip_prefixes
from bridge.message import Attachment, Message


def test_folding_makes_spellings_alike() -> None:
    assert fold("LÖSCHEN  Sie\n„Größe“ é") == 'loeschen sie "groesse" e'


def test_prefixes_tell_reply_and_forward() -> None:
    assert strip_prefixes("AW: Re[2]: Konto") == ("Konto", True, False)
    assert strip_prefixes("WG: Fwd: Liste") == ("Liste", False, True)
    assert strip_prefixes("Regen: morgen") == ("Regen: morgen", False, False)


def test_quotes_and_signature_are_not_own_text() -> None:
    own, quoted = split_quotes(
        "Danke!\n\nAm 3.4.2015 um 10:00 schrieb Max:\n> altes Passwort\n\nBis bald\n-- \nDatenschutzbeauftragter\n"
    )
    assert "Danke!" in own
    assert "Bis bald" in own
    assert "Passwort" not in own
    assert "Datenschutz" not in own + quoted
    assert "altes Passwort" in quoted


def test_an_outlook_quote_has_no_marks() -> None:
    own, quoted = split_quotes("Erledigt.\n\nVon: Support\nGesendet: Montag\nAn: mich\n\nBitte löschen\n")
    assert own.strip() == "Erledigt."
    assert "Bitte löschen" in quoted


def test_a_forwarded_text_counts_as_own() -> None:
    reading = read(
        Message(subject="WG: Liste", text="zK\n\n-----Ursprüngliche Nachricht-----\nneue Anträge anbei\n")
    )
    assert "neue antraege" in reading.folded


def test_a_short_text_lets_the_attachment_speak() -> None:
    part = Attachment("antrag.txt", "text/plain", "Ich bitte um Löschung".encode())
    assert "bitte um loeschung" in read(Message(subject="", text="siehe Anhang", attachments=(part,))).folded


def test_html_only_is_read() -> None:
    assert read(Message(html="<p>Passwort <b>vergessen</b></p>")).folded == "passwort vergessen"


def test_a_huge_message_is_read_in_little_time() -> None:
    began = time.process_time()
    read(Message(subject="x" * 1000, text=("Am 3. " * 40 + "\n") * 20_000))
    assert time.process_time() - began < 3


def test_languages_are_guessed() -> None:
    assert guess(fold("Hallo, ich habe mein Passwort vergessen")) == "de"
    assert guess("hello, i forgot my password and can not log in") == "en"
    assert guess(fold("Bonjour, je ne peux pas me connecter")) == "fr"
    assert guess("здравствуйте, как вступить") == "ru"
    assert guess("", default="en") == "en"
