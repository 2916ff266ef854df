"""The identity of a mail survives its way, and nothing else has it."""

from __future__ import annotations

import hashlib

import pytest

from bridge.message.identity import identity_parts

MAIL = (
    b"From: Ada <ada@example.org>\r\nDate: Tue, 12 Jun 2018 06:06:00 +0200\r\n"
    b"Message-ID: <a@example.org>\r\nSubject: Eins\r\n\r\nHallo\r\nWelt\r\n"
)


def test_the_parts_are_those_of_the_design() -> None:
    assert identity_parts(MAIL) == (
        b"<a@example.org>",
        b"Tue, 12 Jun 2018 06:06:00 +0200",
        b"Ada <ada@example.org>",
        hashlib.sha256(b"Hallo\nWelt").digest(),
    )


@pytest.mark.parametrize(
    "changed",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Return-Path: <>\r\nReceived: from x\r\n by y\r\n" + MAIL,
        b"From ada@example.org Tue Jun 12\n" + MAIL,
        MAIL + b"\r\n",
        MAIL.replace(b"From: Ada <", b"FROM:  Ada\r\n <"),
        MAIL.replace(b"Subject: Eins", b"Subject: Eins\r\nX-Spam: no"),
    ],
    ids=["LF", "trace headers", "mbox line", "blank line at the end", "folding", "more headers"],
)
def test_what_happens_on_the_way_changes_nothing(changed: bytes) -> None:
    assert identity_parts(changed) == identity_parts(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"Hallo", b"hallo"),
        MAIL.replace(b"a@example.org>\r\nSub", b"b@example.org>\r\nSub"),
        MAIL.replace(b"06:06", b"06:07"),
        MAIL.replace(b"Ada", b"Eva"),
        MAIL.replace(b"Welt", b"\r\nWelt"),
        b"From: X <x@example.org>\r\n" + MAIL,
    ],
    ids=["body", "Message-ID", "Date", "From", "blank line within", "second From"],
)
def test_another_mail_has_another_identity(other: bytes) -> None:
    assert identity_parts(other) != identity_parts(MAIL)


def test_a_mail_without_anything_has_an_identity() -> None:
    assert identity_parts(b"") == (b"", b"", b"", hashlib.sha256(b"").digest())
