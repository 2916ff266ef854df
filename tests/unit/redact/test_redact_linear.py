"""Adversarial texts: four times the length takes about four times as long, whatever the text is made of."""

from __future__ import annotations

import time

import pytest

from bridge.message import Address, Message
from bridge.redact import redact

SMALL, LARGE = 20_000, 80_000
FLOOR = 0.5  # seconds below which a measurement says nothing on a busy machine
SHAPES = {
    "signs of addresses": "a@",
    "dots": "a.b.c.",
    "spaced digits": "1 2-3/",
    "dates": "3.4.71 ",
    "hyphens": "x-",
    "underscores": "a_",
    "brackets": "([{<",
    "quotes of replies": "> ",
    "web addresses": "http://www.",
    "capitals": "Xaver ",
    "initials": "A. ",
    "cues without a value": "Passwort Benutzername ist heißt nicht mehr ",
    "lines of forms": "Name: \n",
    "months": "dritten April ",
    "markup": "<b><!-- ",
}


def seconds(text: str) -> float:
    """Give the processor time of redacting a text, as a page where it holds a tag."""
    page = text if "<b>" in text else ""
    message = Message(text="" if page else text, html=page, sender=Address("Olaf Hinz", "o.hinz@web.example"))
    began = time.process_time()
    redact(message)
    return time.process_time() - began


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear_in_the_length(shape: str) -> None:
    unit = SHAPES[shape]
    large = seconds(unit * (LARGE // len(unit)))
    assert large < FLOOR or large < 8 * seconds(unit * (SMALL // len(unit)))
