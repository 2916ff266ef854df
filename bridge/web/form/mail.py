"""Turn a filled form into a mail that takes the same walk as any other."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

from bridge.i18n import gettext as _
from bridge.message.compose import Draft, compose
from bridge.message.model import Address
from bridge.web.form.questions import Question, questions_of
from bridge.web.form.reading import Filled
from bridge.web.ports import Controller

HEADER = b"X-OTRS-Bridge-Form: 1\r\n"


def new_reference() -> str:
    """Draw a reference: eight signs in two groups that can be read out, 40 bits."""
    letters = base64.b32encode(secrets.token_bytes(5)).decode("ascii")
    return f"F-{letters[:4]}-{letters[4:]}"


def message_id(reference: str, controller: Controller) -> str:
    """Make the Message-ID that belongs to a reference: the same request, sent twice, is one request."""
    host = controller.sender.rpartition("@")[2] or "localhost"
    return f"<form-{reference.lower()}-{controller.name}@{host}>"


def compose_request(filled: Filled, controller: Controller, reference: str, sent: dt.datetime) -> bytes:
    """Write the mail from the sender's address to the controller's. Raises ComposeError.

    The subject is made of our words only: a ticket number typed into it must not join the request to a case.
    """
    values = filled.values
    draft = Draft(
        sender=Address(values.get("name", ""), values["email"]),
        to=(Address("", controller.sender),),
        subject=_(filled.topic.subject),
        text=_body(filled, reference),
        message_id=message_id(reference, controller),
        date=sent,
        auto_submitted="no",
        attachments=filled.files,
    )
    return HEADER + compose(draft)


def _body(filled: Filled, reference: str) -> str:
    lines = [
        f"{_(one.label)}: {_answer(one, filled)}"
        for one in questions_of(filled.topic)
        if one.kind not in ("long", "email") and filled.values[one.name]
    ]
    words = [filled.values[one.name] for one in questions_of(filled.topic) if one.kind == "long"]
    # The reference stands where a signature stands: words about it would read like an automatic receipt's.
    return "\n\n".join([part for part in ("\n".join(lines), *words) if part]) + f"\n\n-- \n{reference}\n"


def _answer(question: Question, filled: Filled) -> str:
    value = filled.values[question.name]
    return _(value) if question.kind == "choice" else value
