"""Every part of a message: subject, text, HTML, quotes, attachments, their names."""

from __future__ import annotations

import pytest

from bridge.message import Address, Attachment, Message
from bridge.redact import redact
from bridge.redact.evaluate import output_of

SENDER = Address("Annegret Schönwälder", "a.schoenwaelder@gmx.example")


def attached(name: str, kind: str, text: str) -> str:
    """Redact a message with one attachment and give the attachment's text."""
    message = Message(
        text="Siehe Anhang.", sender=SENDER, attachments=(Attachment(name, kind, text.encode(), "utf-8"),)
    )
    return redact(message).attachments[0].text


def test_same_person_has_the_same_number_in_every_form() -> None:
    message = Message(
        subject="Mitgliedschaft A. Schönwälder",
        text="Hallo,\nhier ist Frau Schönwälder.\nGruß Annegret\n\n> schrieb Annegret Schönwälder:\n> hallo",
        sender=SENDER,
    )
    found = redact(message)
    assert found.subject == "Mitgliedschaft [Person-1 = Absender]"
    assert {span.replacement for span in found.spans} == {"[Person-1 = Absender]"}
    assert "chönw" not in output_of(found)


def test_staff_and_third_persons_are_told_apart() -> None:
    message = Message(
        text="Hallo Marco,\nbei Tanja Winkelmann geht es auch nicht.\nGruß Annegret",
        sender=SENDER,
        to=(Address("Marco Liebig", "lqfb@piratenpartei.example"),),
    )
    body = redact(message).body
    assert "Hallo [Person-2 = Mitarbeit]" in body
    assert "bei [Person-3] geht" in body


def test_markup_is_redacted_in_its_source() -> None:
    page = (
        "<!-- von Annegret --><style>p {color: red}</style><p>Ich bin <b>Annegret</b> Sch&#246;nw&#228;lder,</p>"
        '<a href="mailto:a.schoenwaelder@gmx.example" title="Annegret">schreibt&nbsp;mir</a>'
    )
    found = redact(Message(html=page, sender=SENDER))
    assert found.html == (
        "<style></style><p>Ich bin <b>[Person-1 = Absender]</b>,</p>"
        '<a href="mailto:[E-Mail-1]" title="[Person-1 = Absender]">schreibt&nbsp;mir</a>'
    )
    assert found.body.strip() == "Ich bin [Person-1 = Absender],\n\nschreibt\u00a0mir"
    span = next(span for span in found.spans if span.type == "PERSON")
    assert page[span.start : span.end] == "Annegret</b> Sch&#246;nw&#228;lder"


def test_a_table_is_read_by_its_header_line() -> None:
    text = attached(
        "liste.csv", "text/csv", "Nr;Nachname;Vorname;Ort\n21-009;Holle;Walburga;Kassel\n21-010;Ey;Jo;Fulda\n"
    )
    assert text == (
        "Nr;Nachname;Vorname;Ort\n[Mitgliedsnr-1];[Person-2];[Person-3];Kassel\n[Mitgliedsnr-2];[Person-4];[Person-5];Fulda\n"
    )


def test_a_visiting_card_keeps_its_properties() -> None:
    card = (
        "BEGIN:VCARD\nFN:Petr Havlík\nTEL;TYPE=CELL:+49 176 5550 1234\nBDAY:1979-06-18\n"
        "ADR:;;Hechtstr. 31;Dresden;;01097;DE\nEND:VCARD\n"
    )
    text = attached("karte.vcf", "text/vcard", card)
    assert text.startswith(
        "BEGIN:VCARD\nFN:[Person-2]\nTEL;TYPE=CELL:[Telefon-1]\nBDAY:[Geburtsdatum-1]\nADR:;;[Anschrift-1];Dresden;"
    )


def test_people_of_a_calendar_are_found() -> None:
    text = attached(
        "termin.ics",
        "text/calendar",
        "BEGIN:VCALENDAR\nATTENDEE;CN=Kerstin Albers:mailto:k.albers@web.example\nEND:VCALENDAR\n",
    )
    assert "ATTENDEE;CN=[Person-2]:mailto:[E-Mail-1]" in text


def test_a_mail_inside_a_mail_is_read() -> None:
    head = b"From: =?utf-8?q?J=C3=BCrgen_Klamm?= <jk@web.example>\r\nSubject: Code\r\n\r\n"
    inner = head + b"Mein Einladungscode: ab12-cd34-ef56\r\n"
    message = Message(sender=SENDER, attachments=(Attachment("alt.eml", "message/rfc822", inner),))
    text = redact(message).attachments[0].text
    assert "From: [Person-2] <[E-Mail-1]>" in text
    assert "[Code entfernt]" in text


def test_names_of_files_are_redacted() -> None:
    message = Message(
        sender=SENDER, attachments=(Attachment("kuendigung_schoenwaelder_2014.txt", "text/plain", b"x"),)
    )
    assert "schoen" not in redact(message).attachments[0].filename


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Ausweis_Schönwälder.pdf", "application/pdf", "Anhang-1.pdf"),
        ("annegret.jpg", "image/jpeg", "Anhang-1.jpg"),
        ("daten.zip", "application/octet-stream", "Anhang-1.bin"),
    ],
)
def test_what_cannot_be_read_is_listed_by_kind_and_size_only(name: str, kind: str, shown: str) -> None:
    message = Message(sender=SENDER, attachments=(Attachment(name, kind, b"\x00\x01Annegret"),))
    (found,) = redact(message).attachments
    assert (found.filename, found.text, found.size, found.readable) == (shown, "", 10, False)


def test_known_identities_of_the_ticket_count() -> None:
    message = Message(text="Bitte an die Buxtorf schicken.")
    found = redact(message, known=[Address("Ilse Buxtorf", "ib@web.example")])
    assert "Buxtorf" not in found.body
