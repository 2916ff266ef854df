"""The SMTP target against a real server that keeps what it gets, and can be told to refuse."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from bridge.targets.base import TargetError
from bridge.targets.smtp import SmtpSettings, SmtpTarget
from bridge.transport import Tls
from tests.servers.mail import Sink

pytestmark = pytest.mark.servers

MAIL = b"From: a@example.org\r\nSubject: x\r\n\r\n.dot\r\n..dots\r\nEnde\r\n"


def settings(sink: Sink, tls: Tls = "none", **changes: object) -> SmtpSettings:
    values: dict[str, object] = {
        "host": sink.host,
        "port": sink.tls_port if tls == "implicit" else sink.port,
        "tls": tls,
        "ca_file": sink.ca_file,
        "timeout": 10.0,
        **changes,
    }
    return SmtpSettings(**values)  # type: ignore[arg-type]


def recipient(trick: str = "someone") -> str:
    return f"{trick}+{uuid.uuid4().hex}@example.org"


def test_a_mail_arrives_byte_for_byte_with_a_null_sender(smtp: Sink) -> None:
    to = recipient()
    SmtpTarget(settings(smtp)).send(MAIL, sender="", recipients=[to])
    kept = smtp.wait_for(to)[0]
    assert (kept.content, kept.sender, kept.recipients) == (MAIL, "<>", (to,))


def test_bare_line_ends_and_dots_can_not_end_the_mail_early(smtp: Sink) -> None:
    to = recipient()
    SmtpTarget(settings(smtp)).send(b"A: b\n\nx\n.\nMAIL FROM:<y@z>\r.\rz", sender="", recipients=[to])
    kept = smtp.wait_for(to)
    assert [each.content for each in kept] == [b"A: b\r\n\r\nx\r\n.\r\nMAIL FROM:<y@z>\r\n.\r\nz\r\n"]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_log_in_over_tls(smtp: Sink, tls: Tls) -> None:
    to = recipient()
    target = SmtpTarget(settings(smtp, tls, username="bridge", password=smtp.password))
    target.check()
    target.send(MAIL, sender="support@example.org", recipients=[to])
    kept = smtp.wait_for(to)[0]
    assert (kept.tls, kept.authenticated, kept.sender) == (True, True, "support@example.org")


def test_a_wrong_password_is_permanent(smtp: Sink) -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp, "starttls", username="bridge", password="wrong")).check()
    error = caught.value
    assert (error.code, error.outcome, error.permanent) == ("smtp.login-refused", "not-sent", True)


def test_an_unknown_authority_is_permanent(smtp: Sink) -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp, "implicit", ca_file=None)).check()
    assert (caught.value.code, caught.value.outcome) == ("smtp.certificate", "not-sent")


def test_a_missing_ca_file_is_not_sent(smtp: Sink, tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp, "implicit", ca_file=tmp_path / "none")).check()
    assert caught.value.outcome == "not-sent"


@pytest.mark.parametrize(
    ("trick", "permanent"),
    [("reject", True), ("tempfail", False), ("rejectdata", True), ("tempfaildata", False)],
)
def test_a_refusal_is_a_refusal(smtp: Sink, trick: str, permanent: bool) -> None:
    to = recipient(trick)
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp)).send(MAIL, sender="", recipients=[to])
    assert (caught.value.outcome, caught.value.permanent) == ("refused", permanent)
    assert "example.org" not in str(caught.value)
    assert smtp.messages(to) == []


def test_one_refused_recipient_stops_the_mail_for_all(smtp: Sink) -> None:
    good, bad = recipient(), recipient("reject")
    with pytest.raises(TargetError):
        SmtpTarget(settings(smtp)).send(MAIL, sender="", recipients=[good, bad])
    assert smtp.messages(good) == []


@pytest.mark.parametrize("trick", ["drop", "hangdata"])
def test_a_break_after_the_content_is_unclear(smtp: Sink, trick: str) -> None:
    to = recipient(trick)
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp, timeout=1.0)).send(MAIL, sender="", recipients=[to])
    assert (caught.value.outcome, caught.value.permanent) == ("unclear", False)
    assert len(smtp.wait_for(to)) == 1


def test_a_stall_before_the_content_is_not_sent(smtp: Sink) -> None:
    with pytest.raises(TargetError) as caught:
        SmtpTarget(settings(smtp, timeout=0.5)).send(MAIL, sender="", recipients=[recipient("hang")])
    assert caught.value.outcome == "not-sent"
