"""Mails that the bridge writes: safe headers, the same bytes each time, readable by others."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.message.compose import ComposeError, Draft, compose, reply_references, reply_subject
from bridge.message.model import Address, Attachment, Message
from bridge.message.parse import parse_strictly

DRAFT = Draft(
    sender=Address("Support", "support@example.org"),
    to=(Address("Ada Müßter", "ada@example.org"),),
    subject="Ihre Anfrage",
    text="Guten Tag,\n\nwir haben Ihre Anfrage.\n",
    message_id="<bridge.1@example.org>",
    date=dt.datetime(2018, 6, 12, 6, 6, tzinfo=dt.UTC),
    in_reply_to="<q@example.net>",
    references=("<p@example.net>", "<q@example.net>"),
)


def read(draft: Draft) -> EmailMessage:
    raw = compose(draft)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_headers_of_an_answer() -> None:
    message = read(DRAFT)
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == "<q@example.net>"
    assert message["References"] == "<p@example.net> <q@example.net>"
    assert message["Message-ID"] == "<bridge.1@example.org>"
    assert message["To"] == "Ada Müßter <ada@example.org>"
    assert message["Date"].datetime == DRAFT.date
    assert message.get_content().replace("\r\n", "\n") == DRAFT.text


def test_the_same_draft_gives_the_same_bytes() -> None:
    draft = replace(DRAFT, attachments=(Attachment("a.pdf", "application/pdf", b"x" * 99),))
    assert compose(draft) == compose(replace(draft))


def test_what_a_person_wrote_is_not_called_automatic() -> None:
    message = read(replace(DRAFT, auto_submitted="no"))
    assert message["Auto-Submitted"] is None


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: evil@example.org", "x\nBcc: e@e.org", "x\rBcc: e@e.org", "x\u2028Bcc: e"]
)
def test_nothing_starts_a_new_header(evil: str) -> None:
    draft = replace(DRAFT, subject=evil, sender=Address(evil, "support@example.org"))
    attachment = Attachment(evil, evil, b"x", charset=evil)
    raw = compose(replace(draft, attachments=(attachment,), in_reply_to=evil, references=(evil,)))
    message = email.message_from_bytes(raw)
    assert message["Bcc"] is None
    assert all(part["Bcc"] is None for part in message.walk())


@pytest.mark.parametrize(
    "change",
    [
        {"to": ()},
        {"to": (Address("", ""),)},
        {"to": (Address("", "a@b\r\nBcc: c@d"),)},
        {"to": (Address("", "ünter@example.org"),)},
        {"sender": Address("", "a b@example.org")},
        {"message_id": ""},
        {"message_id": "bridge.1@example.org"},
        {"message_id": "<a b@example.org>"},
        {"cc": (Address("", "@"),)},
    ],
)
def test_what_can_not_be_sent_is_refused_without_quoting_it(change: dict[str, object]) -> None:
    with pytest.raises(ComposeError) as caught:
        compose(replace(DRAFT, **change))  # type: ignore[arg-type]
    assert caught.value.permanent
    assert "example" not in str(caught.value)


def test_a_host_in_unicode_is_written_as_idna() -> None:
    assert b"<ada@xn--bro-hoa.example>" in compose(replace(DRAFT, to=(Address("", "ada@büro.example"),)))


@pytest.mark.parametrize(
    "name", ["Muster, Ada", 'Ada "die Große"', "a\\b", "Ada (x)", "=?utf-8?Q?x?=", "ä" * 200, "x" * 200]
)
def test_names_come_back(name: str) -> None:
    parsed = parse_strictly(compose(replace(DRAFT, sender=Address(name, "support@example.org"))))
    assert parsed.sender == Address(name, "support@example.org")


@pytest.mark.parametrize(
    "subject", ["", "kurz", "Grüße", "wort " * 60 + "ende", "x" * 400, "ü" * 400, "=?utf-8?Q?x?=", "a  b"]
)
def test_subjects_come_back(subject: str) -> None:
    assert parse_strictly(compose(replace(DRAFT, subject=subject))).subject == subject


@pytest.mark.parametrize(
    "text", ["", "kurz", "Grüße\n", ".\n..\nFrom x\n", "x" * 3000, "ä" * 3000, "Leer am Ende \n\tTab\t\n"]
)
def test_texts_come_back(text: str) -> None:
    assert parse_strictly(compose(replace(DRAFT, text=text))).text.rstrip("\n") == text.rstrip("\n")


def test_attachments_come_back_byte_for_byte() -> None:
    original = b"From: a@b\n\nbare\rline\nends \0 and nothing at the end"
    attachments = (
        Attachment("original.eml", "message/rfc822", original),
        Attachment(
            "Antrag Müller & Söhne, überlanger Name für alle.pdf",
            "application/pdf",
            bytes(range(256)),
        ),
        Attachment("", "text/plain", "Grüße".encode(), charset="utf-8"),
    )
    parsed = parse_strictly(compose(replace(DRAFT, attachments=attachments)))
    assert [a.content for a in parsed.attachments] == [a.content for a in attachments]
    assert [a.filename for a in parsed.attachments] == [a.filename for a in attachments]
    assert parsed.attachments[0].content_type == "application/octet-stream"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=80))
def test_any_text_can_be_sent(subject: str, text: str, name: str) -> None:
    draft = replace(DRAFT, subject=subject, text=text, attachments=(Attachment(name, name, b"x"),))
    parsed = parse_strictly(compose(replace(draft, to=(Address(name, "ada@example.org"),))))
    assert [a.email for a in parsed.to] == ["ada@example.org"]
    assert parsed.attachments[-1].content == b"x"


def test_references_of_an_answer() -> None:
    asked = Message(message_id="<c@d>", references=("<a@b>", "<b@b>"))
    assert reply_references(asked) == ("<a@b>", "<b@b>", "<c@d>")
    assert reply_references(Message(message_id="<c@d>", in_reply_to=("<a@b>",))) == ("<a@b>", "<c@d>")
    assert reply_references(Message()) == ()


def test_long_threads_keep_their_first_and_newest_ids() -> None:
    ids = tuple(f"<{n}@example.org>" for n in range(100))
    message = parse_strictly(compose(replace(DRAFT, references=ids)))
    assert message.references == (ids[0], *ids[-29:])


@pytest.mark.parametrize(
    ("subject", "answered"),
    [("Frage", "Re: Frage"), ("Re: Frage", "Re: Frage"), ("AW: Frage", "AW: Frage"), ("", "Re:")],
)
def test_one_re_is_enough(subject: str, answered: str) -> None:
    assert reply_subject(subject) == answered
