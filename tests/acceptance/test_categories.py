"""A mail of every category ends where the design says, in the sandbox and on the real servers."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest

from tests.acceptance.world import World, mail, plain

SENDER = "joerdis.aehrenfeld@post.example"


def test_login_becomes_a_ticket_for_support(world: World) -> None:
    raw = mail(
        "Passwort vergessen", "Hallo,\n\nich habe mein Passwort vergessen und komme nicht mehr rein.\n"
    )
    world.deliver(raw)
    worked = world.once()
    assert [(w.category, w.state) for w in worked] == [("login", "done")]
    (ticket,) = world.tickets("support")
    assert ticket.title == "Passwort vergessen"
    assert "komme nicht mehr rein" in ticket.articles[0].body
    assert ticket.customer_user == SENDER
    assert world.folder_mails("Bridge/Done") == [raw]
    assert world.folder_mails("INBOX") == []
    assert world.log_events() == []


def test_data_protection_is_handed_over_stubbed_and_erased(world: World) -> None:
    raw = mail(
        "Auskunft nach Art. 15 DSGVO",
        "Sehr geehrte Damen und Herren,\n\nbitte teilen Sie mir nach Art. 15 DSGVO mit, welche Daten Sie über mich "
        "gespeichert haben. Geburtsdatum 03.04.1971, Mitgliedsnummer 47110.\n\nMit freundlichen Grüßen\n"
        "Jördis Ährenfeld\nBäckergasse 7\n97070 Würzburg\n",
        attachments=(
            ("Vollmacht Ährenfeld.txt", "text/plain", "Vollmacht für Jördis Ährenfeld".encode()),
            ("ausweis.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
        ),
    )
    world.deliver(raw)
    worked = world.once()
    assert [(w.category, w.state) for w in worked] == [("data-protection", "done")]
    (handover,) = world.tickets("membership")
    files = {file.filename: file.content for article in handover.articles for file in article.attachments}
    assert hashlib.sha256(files["original.eml"]).digest() == hashlib.sha256(raw).digest()
    assert files["Vollmacht Ährenfeld.txt"] == "Vollmacht für Jördis Ährenfeld".encode()
    assert "Jördis Ährenfeld" in handover.articles[0].body
    (stub,) = world.tickets("support")
    for word in ("hrenfeld", "rdis", "47110", "03.04.1971", "ckergasse", "97070", SENDER):
        assert word not in plain(stub)
    assert world.folder_mails("INBOX") == []
    assert world.folder_mails("Bridge/Erasing") == []
    assert world.folder_mails("Bridge/Done") == []
    assert world.log_events() == [("intended", "none"), ("executed", "none"), ("verified", "in-mailbox")]


def test_technical_has_a_full_ticket_and_a_linked_redacted_one(world: World) -> None:
    world.deliver(
        mail("Fehler 500", "Moin,\n\nbeim Abstimmen kommt HTTP 500 von 203.0.113.9.\n\nJördis Ährenfeld\n")
    )
    assert [(w.category, w.state) for w in world.once()] == [("technical", "done")]
    (full,) = world.tickets("support")
    (admins,) = world.tickets("admins")
    assert "Ährenfeld" in plain(full)
    assert "hrenfeld" not in plain(admins)
    assert "203.0.113.9" in plain(admins)
    assert full.number in plain(admins)
    assert admins.number in plain(full)


@pytest.mark.parametrize(
    ("subject", "body", "headers", "category", "folder"),
    [
        (
            "Mail delivery failed",
            "A message that you sent could not be delivered.",
            {"Auto_Submitted": "auto-replied", "Return_Path": "<>"},
            "automated",
            "Bridge/Filed",
        ),
        (
            "You won a lottery prize!!!",
            "Claim your $1,000,000 lottery prize now, send bank details to claim@lotto.example. Cheap loan offer!",
            {},
            "spam",
            "Bridge/Filed",
        ),
    ],
)
def test_unread_mail_is_filed(
    world: World, subject: str, body: str, headers: dict[str, Any], category: str, folder: str
) -> None:
    sender = f"quelle.{uuid.uuid4().hex[:12]}@post.example"
    raw = mail(subject, body, sender=f"Quelle <{sender}>", **headers)
    world.deliver(raw)
    assert [(w.category, w.state) for w in world.once()] == [(category, "done")]
    assert world.folder_mails(folder) == [raw]
    assert world.tickets("support") == []
    assert world.answers(sender) == []


def test_joining_is_answered_once_and_makes_no_ticket(world: World) -> None:
    sender = f"neu.{uuid.uuid4().hex[:12]}@post.example"
    question = "Hallo, wie werde ich Mitglied bei euch? Was kostet das und welche Unterlagen brauche ich?"
    world.deliver(mail("Mitglied werden", question, sender=f"Neu <{sender}>"))
    assert [(w.category, w.state) for w in world.once()] == [("joining-leaving", "done")]
    (answer,) = world.answers(sender)
    assert b"Auto-Submitted: auto-replied" in answer
    assert b"In-Reply-To: <" in answer
    assert world.tickets("support") == []
    world.deliver(mail("Mitglied werden", f"{question} Bitte um Antwort.", sender=f"Neu <{sender}>"))
    assert [w.state for w in world.once()] == ["done"]
    assert len(world.answers(sender)) == 1
    assert len(world.tickets("support")) == 1
