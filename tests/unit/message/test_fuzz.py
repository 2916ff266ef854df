"""Arbitrary bytes: nothing raises, nothing takes long, and what the standard library reads we read alike."""
# ruff: noqa: E501 -- tables of odd strings

from __future__ import annotations

import email
import email.policy
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.message.addresses import parse_addresses
from bridge.message.charsets import decode
from bridge.message.flowed import unflow
from bridge.message.html import to_text
from bridge.message.identity import identity_parts
from bridge.message.model import Message
from bridge.message.params import parse_params
from bridge.message.parse import parse_strictly
from bridge.message.text import own_text, readable, ticket_number
from bridge.message.words import base64_octets, decode_words

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TRAPS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "messages").glob("*.eml"))]
PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b"--", b"--x", b"--x--", b"=?utf-8?B?", b"?=", b"=?", b"=C3", b"\xc3", b"\xff"),
    *(b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: text/plain; charset="),
    *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"utf-16", b"utf-7", b"hz"),
    *(b"Content-Disposition: attachment; filename*0*=", b"''", b"%", b'"', b"\\", b"<", b">", b"(", b")", b",", b";", b":"),
    *(b"Date: ", b"Tue, 1 Jan ", b"2018 ", b"format=flowed", b"name*", b"@", b"a@b.c", b"iso-2022-jp", b"\x1b$B", b"A", b"="),
]  # fmt: skip
jumbled = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
anything = st.one_of(st.binary(max_size=400), jumbled)
HTML = st.lists(
    st.sampled_from([*"<>&/!-\"'= \nab", "<p>", "<!--", "-->", "<a href=", "</a>", "<pre>", "&#", "&amp;", "<script>", "<br", "\0"]),
    max_size=60,
).map("".join)  # fmt: skip


def sound(text: str) -> None:
    text.encode("utf-8")


@QUICK
@given(anything)
def test_any_bytes_are_parsed(raw: bytes) -> None:
    message = parse_strictly(raw)
    for text in (message.subject, message.text, message.html, own_text(message), readable(message)):
        sound(text)
    for name, values in message.headers.items():
        assert name == name.lower()
        assert not any("\n" in value or "\r" in value for value in values)
    identity_parts(raw)


@QUICK
@given(st.sampled_from(TRAPS), st.integers(0, 3000), st.integers(0, 40), st.sampled_from(PIECES))
def test_broken_traps_are_parsed(raw: bytes, at: int, cut: int, put: bytes) -> None:
    broken = raw[:at] + put + raw[at + cut :]
    sound(parse_strictly(broken).text)


@QUICK
@given(
    anything,
    st.sampled_from(
        ["", "utf-8", "utf-16", "utf-32", "iso-2022-jp", "hz", "idna", "rot13", "zip", "big5", "\0"]
    ),
)
def test_any_bytes_are_decoded(data: bytes, charset: str) -> None:
    sound(decode(data, charset)[0])


@QUICK
@given(anything)
def test_any_header_value_is_read(value: bytes) -> None:
    sound(decode_words(value))
    base64_octets(value)
    main, params = parse_params(value)
    sound(main + "".join(params.values()))
    for address in parse_addresses(value):
        sound(address.name + address.email)
        assert "\n" not in address.email


@QUICK
@given(HTML)
def test_any_html_is_rendered(html: str) -> None:
    text = to_text(html)
    sound(text)
    own_text(Message(html=html))


@QUICK
@given(st.text(), st.booleans())
def test_any_text_is_unflowed_and_searched(text: str, delsp: bool) -> None:
    assert unflow(text.replace(" ", "x"), delsp=delsp).count("\n") == text.count("\n")
    own_text(Message(text=text))
    ticket_number(text)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)


@QUICK
@given(WORDS, st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=200),
       st.binary(max_size=200), WORDS)  # fmt: skip
def test_what_the_standard_library_writes_we_read(subject: str, text: str, data: bytes, name: str) -> None:
    written = EmailMessage(policy=email.policy.SMTP)
    written["From"] = "Ada <ada@example.org>"
    written["Subject"] = subject
    written.set_content(text, cte="base64")
    written.add_alternative("<p>x</p>", subtype="html")
    written.add_attachment(
        data, maintype="application", subtype="pdf", filename=name.replace("/", "").strip() or "x"
    )
    message = parse_strictly(written.as_bytes())
    assert message.subject.split() == subject.split()
    assert message.text.rstrip("\n") == text.rstrip("\n").removeprefix("\ufeff") or not text.strip()
    assert message.html.strip() == "<p>x</p>"
    assert [a.content for a in message.attachments] == [data]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"=?utf-8?Q?" * 100_000,
        b"From: " + b"(" * 200_000,
        b"From: " + b'"\\' * 100_000,
        b"To: " + b"<a@b>," * 100_000,
        b"Content-Type: text/plain" + b"; a=b" * 100_000,
        b"Content-Type: text/plain; a=" + b'"\\' * 100_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--xy\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=-\n\n" + b"\n---" * 100_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20_000)),
        b"References: " + b"<a" * 100_000,
        b"A: b\n" * 80_000,
        b"A: b\n" + b" c\n" * 100_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"====" * 100_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 200_000,
        b"Content-Type: text/plain; charset=utf-8\n\n" + b"\xff" * 400_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"> \n" * 100_000,
        b"\n" * 400_000,
        b"A: b\n\nx\n" + b" " * 400_000,
        b"A: b\n\nx\n" + b"-" * 400_000,
        b"A: b\n\nx\n" + b"Am " * 100_000 + b"\n> x\n",
    ],
    ids=range(21),
)
def test_no_input_takes_long(raw: bytes) -> None:
    begun = time.process_time()
    message = parse_strictly(raw)
    own_text(message)
    identity_parts(raw)
    assert time.process_time() - begun < 3
