"""A ticket as a request: the same ticket gives the same bytes, and everything it holds is in them."""

from __future__ import annotations

import datetime as dt
import email
from dataclasses import dataclass, field, replace

from bridge.message.model import Address, Place
from bridge.message.parse import parse_strictly
from bridge.message.ticket import from_ticket

NOON = dt.datetime(2024, 11, 24, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@dataclass(frozen=True)
class File:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Article:
    article_id: int = 1
    subject: str = "Löschung"
    body: str = "Bitte löschen Sie mich.\n"
    from_: str = '"Müller, Ada" <ada@Example.org>'
    to: str = "Support <support@example.org>"
    cc: str = ""
    created: dt.datetime = NOON
    message_id: str = "<a@example.org>"
    in_reply_to: str = ""
    references: str = ""
    channel: str = "Phone"
    sender_type: str = "customer"
    visible: bool = True
    attachments: tuple[File, ...] = ()


@dataclass(frozen=True)
class Ticket:
    ticket_id: int = 42
    number: str = "2024112410000012"
    title: str = "Löschung"
    queue: str = "LQFB-Support"
    created: dt.datetime = NOON
    customer_user: str = "ada@example.org"
    articles: tuple[Article, ...] = field(default=(Article(),))


def test_place_and_receipt() -> None:
    request = from_ticket(Ticket(), account="otrs")
    assert request.place == Place("otrs", "otrs", "LQFB-Support", 0, "42")
    assert request.received == dt.datetime(2024, 11, 24, 11, 0, tzinfo=dt.UTC)


def test_the_message_is_what_the_customer_wrote() -> None:
    message = from_ticket(Ticket()).message
    assert message.sender == Address("Müller, Ada", "ada@example.org")
    assert (message.subject, message.text) == ("Löschung", "Bitte löschen Sie mich.\n")
    assert message.message_id == "<a@example.org>"
    assert message.to == (Address("Support", "support@example.org"),)
    assert message.defects == ()


def test_all_articles_are_in_the_text_in_order() -> None:
    note = Article(2, "Notiz", "Anruf angenommen", "Agent", sender_type="agent", visible=False)
    message = from_ticket(Ticket(articles=(note, Article()))).message
    assert message.text == "Anruf angenommen\n\nBitte löschen Sie mich.\n"
    assert message.sender == Address("Müller, Ada", "ada@example.org")


def test_the_same_ticket_gives_the_same_bytes_and_another_others() -> None:
    assert from_ticket(Ticket()).original == from_ticket(Ticket()).original
    moved = replace(Ticket(), queue="Bridge-Erase")
    assert from_ticket(moved).original == from_ticket(Ticket()).original
    changed = Ticket(articles=(Article(body="anders"),))
    assert from_ticket(changed).original != from_ticket(Ticket()).original


def test_the_original_holds_every_article_with_its_attachments() -> None:
    pdf = File("Antrag Größe.pdf", "application/pdf; name=x", bytes(range(256)))
    articles = (
        Article(),
        Article(2, "Nachtrag", "Nachtrag: ü", attachments=(pdf,), references="<x@y> <a@example.org>"),
    )
    rendered = parse_strictly(from_ticket(Ticket(articles=articles)).original)
    assert rendered.subject == "Löschung"
    inner = [parse_strictly(a.content) for a in rendered.attachments]
    assert [a.content_type for a in rendered.attachments] == ["message/rfc822"] * 2
    assert [m.text.rstrip("\n") for m in inner] == ["Bitte löschen Sie mich.", "Nachtrag: ü"]
    assert [(a.filename, a.content) for a in inner[1].attachments] == [(pdf.filename, pdf.content)]
    assert inner[1].references == ("<x@y>", "<a@example.org>")
    assert inner[0].headers["x-article-channel"] == ("Phone",)


def test_the_html_body_that_otrs_lists_as_a_file_is_the_html() -> None:
    page = File("file-2", "text/html; charset=iso-8859-1", "<p>Grüße</p>".encode("latin-1"))
    message = from_ticket(Ticket(articles=(Article(attachments=(page,)),))).message
    assert message.html == "<p>Grüße</p>"
    assert message.attachments == ()


def test_the_customer_user_stands_in_for_a_missing_sender() -> None:
    message = from_ticket(Ticket(articles=(Article(from_="Ada Müller"),))).message
    assert message.sender == Address("", "ada@example.org")


def test_a_ticket_without_articles_or_sender_is_a_request_as_well() -> None:
    request = from_ticket(Ticket(articles=(), customer_user=""))
    assert request.message.text == ""
    assert request.message.defects == ("no-from",)
    assert email.message_from_bytes(request.original)["X-Ticket-Number"] == "2024112410000012"


def test_no_article_can_forge_the_structure() -> None:
    raw = from_ticket(Ticket()).original
    boundary = raw.partition(b'boundary="')[2].partition(b'"')[0].decode()
    evil = Article(body=f"--{boundary}--\r\n\r\nX-Evil: 1", subject=f"x\r\n--{boundary}--")
    rendered = parse_strictly(from_ticket(Ticket(articles=(evil, Article()))).original)
    assert len(rendered.attachments) == 2
    assert rendered.defects == ("no-message-id",)
