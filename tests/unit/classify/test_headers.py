"""Automated mail by headers, and whom never to answer."""

from __future__ import annotations

import pytest

from bridge.classify import classify, is_automatic
from bridge.message import Address, Attachment, Message

PERSON = Address("Doris Abel", "doris@post.example")
LETTER = (
    "Hallo,\n\nich habe mein Passwort vergessen und die Reset-Mail kommt nicht an."
    " Könnt ihr helfen?\n\nDoris Abel\n"
)


def mail(
    headers: dict[str, str] | None = None,
    *,
    subject: str = "Passwort",
    text: str = LETTER,
    sender: Address | None = PERSON,
    reply_to: tuple[Address, ...] = (),
    attachments: tuple[Attachment, ...] = (),
) -> Message:
    named = {name.lower(): (value,) for name, value in (headers or {}).items()}
    return Message(
        subject=subject, text=text, sender=sender, reply_to=reply_to, headers=named, attachments=attachments
    )


def test_a_person_may_be_answered() -> None:
    assert is_automatic(mail()) is None
    assert is_automatic(mail({"Auto-Submitted": "no"})) is None
    assert is_automatic(mail({"Auto-Submitted": "No (by a person)"})) is None


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto-submitted"),
        ({"Auto-Submitted": "auto-generated; x=y"}, "auto-submitted"),
        ({"Auto-Submitted": ""}, "auto-submitted"),
        ({"Return-Path": "<>"}, "null-path"),
        ({"Precedence": "Bulk"}, "precedence"),
        ({"Precedence": "list"}, "precedence"),
        ({"List-Id": "<ag.lists.example>"}, "list"),
        ({"List-Anything": "x"}, "list"),
        ({"X-Auto-Response-Suppress": "DR"}, "response-suppressed"),
        ({"X-Autoreply": "yes"}, "autoreply"),
        ({"X-Loop": "a@b.example"}, "loop"),
        ({"X-OTRS-Loop": "False"}, "loop"),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "report"),
    ],
)
def test_whatever_is_doubtful_is_never_answered(headers: dict[str, str], code: str) -> None:
    assert is_automatic(mail(headers)) == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("MAILER-DAEMON@mx.example", "daemon"),
        ("postmaster@mx.example", "daemon"),
        ("ag-bounces@lists.example", "daemon"),
        ("no-reply@shop.example", "no-reply"),
        ("do_not_reply@shop.example", "no-reply"),
        ("support@us.example", "own-address"),
        ("", "no-sender"),
    ],
)
def test_some_senders_are_never_answered(address: str, code: str) -> None:
    assert is_automatic(mail(sender=Address("", address)), ["Support@us.example"]) == code


def test_a_reply_address_of_ours_is_a_loop_too() -> None:
    looping = mail(reply_to=(Address("", "support@us.example"),))
    assert is_automatic(looping, ["support@us.example"]) == "own-address"


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Id": "<ag.lists.example>", "List-Post": "<mailto:ag@lists.example>", "Precedence": "list"},
        {"X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply"},
        {"Precedence": "bulk"},
        {"X-Loop": "ag@lists.example"},
        {"List-Unsubscribe": "<mailto:x@lists.example>"},
        {"X-OTRS-Loop": "False"},
    ],
)
def test_a_persons_letter_is_not_filed_for_one_weak_header(headers: dict[str, str]) -> None:
    found = classify(mail(headers))
    assert found.category == "login"
    assert found.decided_by != "headers"


def test_a_persons_letter_through_a_form_is_not_filed() -> None:
    form = mail(
        {"Auto-Submitted": "auto-generated"},
        sender=Address("Formular", "noreply@site.example"),
        reply_to=(PERSON,),
    )
    assert classify(form).category == "login"


def test_a_persons_letter_behind_a_proving_header_goes_to_a_person() -> None:
    found = classify(mail({"Return-Path": "<>"}))
    assert found.category == "automated"
    assert found.review


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            mail({"Auto-Submitted": "auto-replied"}, subject="Re: Hallo", text="Ich bin im Urlaub."),
            "headers.auto-replied",
        ),
        (
            mail(sender=Address("", "mailer-daemon@mx.example"), subject="Undelivered", text="x"),
            "headers.daemon",
        ),
        (
            mail(
                subject="Bericht",
                text="",
                attachments=(Attachment("", "message/delivery-status", b"Action: failed"),),
            ),
            "headers.report",
        ),
    ],
)
def test_automated_mail_is_decided_by_its_headers(message: Message, reason: str) -> None:
    found = classify(message)
    assert (found.category, found.decided_by, found.review) == ("automated", "headers", False)
    assert reason in [one.code for one in found.reasons]
