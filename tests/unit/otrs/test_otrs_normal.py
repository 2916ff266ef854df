"""Content made acceptable survives OTRS's cleaning, whatever it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.otrs import Attachment, NewAttachment
from bridge.otrs.normal import (
    acceptable_attachments,
    acceptable_body,
    acceptable_subject,
    acceptable_title,
    as_stored,
    same_attachments,
    same_text,
    subject_as_stored,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=60) | st.text(
    "0 \r\n\t\0\xa0\ud800\u2028x", max_size=8
)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\r\nb", "a\nb"),
        ("a\n\rb", "a\nb"),
        ("a\rb", "a\rb"),
        ("  a b \n\n", "a b"),
        ("\xa0a\u2003", "a"),
        ("a\0b", "a"),
        ("a  \0b", "a  "),
        ("", ""),
    ],
)
def test_as_stored(sent: str, stored: str) -> None:
    assert as_stored(sent) == stored


def test_subject_as_stored() -> None:
    assert subject_as_stored(" a\r\n b ") == "a b"


@given(ANY_TEXT)
def test_any_body_is_kept(text: str) -> None:
    body = acceptable_body(text, "-")
    stored = as_stored(body)
    stored.encode()  # no lone surrogates
    assert stored not in ("", "0")
    assert "\0" not in stored
    assert same_text(body, stored)


@given(ANY_TEXT)
def test_any_subject_is_one_line(text: str) -> None:
    subject = acceptable_subject(text, "-")
    assert subject_as_stored(subject) == subject
    assert subject not in ("", "0")
    subject.encode()


@pytest.mark.parametrize(
    ("given_text", "subject"), [("0", '"0"'), (" ", "(none)"), ("a\r\n\tb", "a b"), ("ä", "ä")]
)
def test_subject(given_text: str, subject: str) -> None:
    assert acceptable_subject(given_text, "(none)") == subject


def test_long_title_is_cut_where_otrs_would() -> None:
    title = acceptable_title("ä" * 300, "-")
    assert len(title) == 255
    assert title.endswith("…")


def test_different_texts_are_different() -> None:
    assert not same_text("ab", "ac")
    assert not same_text("a b", "a  b")
    assert same_text("a\r\nb \n", "a\nb")


ATTACHMENTS = st.lists(
    st.builds(
        NewAttachment,
        filename=ANY_TEXT
        | st.sampled_from(["file-1", "FILE-2", "a.txt", "A.txt", "x" * 400 + ".pdf", "ü" * 300]),
        content_type=ANY_TEXT
        | st.sampled_from(
            ["text/plain; charset=x-unknown", "x-a/b", "message/rfc822", "image/svg+xml", "TEXT/Html"]
        ),
        content=st.binary(max_size=10),
    ),
    max_size=6,
)


@given(ATTACHMENTS)
def test_any_attachments_become_acceptable(attachments: list[NewAttachment]) -> None:
    accepted = acceptable_attachments(attachments)
    names = [one.filename.lower() for one in accepted]
    assert len(set(names)) == len(attachments)
    for before, after in zip(attachments, accepted, strict=True):
        assert after.content == (before.content or b"\n")
        assert after.filename.strip() == after.filename
        assert after.filename not in ("", "0")
        assert not after.filename.startswith(".")
        assert after.filename.lower() not in ("file-1", "file-2", "file-1.html")
        assert len(after.filename.encode()) <= 220
        assert after.content_type == after.content_type.lower()
        assert "/" in after.content_type
    assert acceptable_attachments(accepted) == accepted


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("text/plain; charset=UTF-8", "text/plain; charset=utf-8"),
        ("text/plain; charset=unknown-8bit", "text/plain"),
        ('application/pdf; name="Müller.pdf"', "application/pdf"),
        ("x-world/x-vrml", "application/octet-stream"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
        ("message/rfc822", "message/rfc822"),
        ("", "application/octet-stream"),
    ],
)
def test_content_type(content_type: str, accepted: str) -> None:
    (one,) = acceptable_attachments([NewAttachment("a", content_type, b"x")])
    assert one.content_type == accepted


def test_attachments_compare_by_content_alone() -> None:
    sent = [NewAttachment("a", "text/plain", b"1"), NewAttachment("b", "text/plain", b"2")]
    stored = [Attachment("b-1", "text/plain", b"2"), Attachment("x", "text/plain", b"1")]
    assert same_attachments(sent, stored)
    assert not same_attachments(sent, stored[:1])
    assert not same_attachments(sent, [*stored, Attachment("y", "text/plain", b"1")])
