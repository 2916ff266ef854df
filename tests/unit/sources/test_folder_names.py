"""Folder names on servers of every habit."""

from __future__ import annotations

import pytest

from bridge.sources.folder_names import FolderNames
from bridge.transport import Backoff, is_loopback

DOVECOT = FolderNames.of([("", "/")], [], "/")
CYRUS = FolderNames.of([("INBOX.", ".")], [("user.", "."), ("shared.", ".")], ".")
FLAT = FolderNames.of([], [], "")


@pytest.mark.parametrize(
    ("names", "configured", "spelled"),
    [
        (DOVECOT, "Bridge/Done", "Bridge/Done"),
        (DOVECOT, "inbox", "INBOX"),
        (CYRUS, "Bridge/Done", "INBOX.Bridge.Done"),
        (CYRUS, "INBOX/Bridge", "INBOX.Bridge"),
        (CYRUS, "INBOX", "INBOX"),
        (CYRUS, "shared/team", "shared.team"),
        (FLAT, "Bridge/Done", "Bridge/Done"),
    ],
)
def test_configured_names_reach_the_server(names: FolderNames, configured: str, spelled: str) -> None:
    assert names.to_server(configured) == spelled


@pytest.mark.parametrize("spelled", ["INBOX.Sent", "shared.team.a", "INBOX", "INBOX.a/b"])
def test_listed_names_come_back_as_the_server_spelled_them(spelled: str) -> None:
    names = FolderNames.of([("INBOX.", ".")], [("shared.", ".")], ".")
    assert names.to_server(names.from_server(spelled)) == spelled


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("mail.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_told_without_the_dns(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_backoff_doubles_up_to_its_most_with_jitter() -> None:
    backoff = Backoff(1.0, 10.0, clock=lambda: 0.0, jitter=lambda: 0.0)
    assert [backoff.failed() for _ in range(6)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert backoff.remaining() == 5.0
    backoff.succeeded()
    assert backoff.remaining() == 0.0
    assert backoff.failed() == 0.5
