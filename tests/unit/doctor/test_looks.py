"""What no real server here can be made to show: providers' bins, missing capabilities, a full disk."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bridge.doctor import here, mailbox
from bridge.doctor.here import examine_here
from bridge.doctor.mailbox import examine_mailbox
from bridge.doctor.round import Round
from bridge.keys import init
from bridge.message.model import Place
from bridge.otrs.model import Ticket
from bridge.settings import Settings
from bridge.settings.connections import Mailbox as MailboxSettings
from bridge.settings.connections import Otrs
from bridge.sources.imap_connection import ImapSettings
from bridge.sources.maildir import MaildirMailbox

NOW = dt.datetime.now(dt.UTC)


class Archiving(MaildirMailbox):
    """A mailbox whose server keeps a copy of what is expunged, as Gmail does."""

    offers: frozenset[str] = frozenset({"UIDPLUS", "MOVE", "IDLE"})

    def expunge(self, place: Place) -> None:
        raw = self.fetch(place, max_bytes=10_000).raw or b""
        super().expunge(place)
        self.ensure_folder("All Mail")
        self.append("All Mail", raw)

    def capabilities(self) -> frozenset[str]:
        return self.offers


def _maildir(folder: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    return folder / "Maildir"


def _outcomes(findings: Iterator[Any]) -> set[tuple[str, str]]:
    return {(one.check, one.outcome) for one in findings if one.verdict != "ok"}


def test_a_server_that_keeps_what_is_erased_is_found(tmp_path: Path) -> None:
    box = Archiving(_maildir(tmp_path), account="main")
    settings = MailboxSettings(kind="maildir", path=str(tmp_path))
    findings = list(examine_mailbox(box, settings, NOW))
    (wrong,) = [one for one in findings if one.verdict == "fault"]
    assert (wrong.check, wrong.outcome) == ("mailbox.erasing", "survives")
    assert "All Mail" in wrong.reason


def test_missing_capabilities_are_told(tmp_path: Path) -> None:
    box = Archiving(_maildir(tmp_path), account="main")
    box.offers = frozenset({"IMAP4REV1"})
    settings = MailboxSettings(kind="imap", host="localhost", username="x")
    outcomes = _outcomes(examine_mailbox(box, settings, NOW))
    assert outcomes >= {("mailbox.capabilities", f"no-{name}") for name in ("uidplus", "move", "idle")}


@pytest.mark.parametrize(
    ("offers", "told", "host", "outcome"),
    [
        (b"X-GM-EXT-1", None, "imap.example.org", "gmail"),
        (b"ID", {b"name": b"Microsoft.Exchange.Imap4.Imap4Server"}, "imap.example.org", "exchange"),
        (b"IDLE", None, "outlook.office365.com", "exchange"),
        (b"ID", {b"name": b"Dovecot"}, "imap.example.org", "dovecot"),
        (b"ID", {b"name": b"Cyrus IMAPD"}, "imap.example.org", "ok"),
    ],
)
def test_providers_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, offers: bytes, told: Any, host: str, outcome: str
) -> None:
    class Client:
        welcome = b"* OK ready"

        def capabilities(self) -> tuple[bytes, ...]:
            return (b"IMAP4REV1", offers)

        def id_(self, _parameters: dict[str, str]) -> Any:
            return told

        def shutdown(self) -> None:
            pass

    monkeypatch.setattr(mailbox, "connect", lambda _settings: Client())
    (finding,) = mailbox.provider(ImapSettings(host=host, username="support"))
    assert finding.outcome == outcome


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "outcome"), [(50, "full"), (500, "low"), (5000, "ok")])
def test_disk_space_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, outcome: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, free << 20))
    assert here._disk(tmp_path / "not" / "yet" / "journal.db").outcome == outcome


@contextmanager
def _settings(folder: Path) -> Iterator[Settings]:
    yield Settings.model_construct(
        journal=f"sqlite:///{folder / 'journal.db'}", keys=str(folder / "keys"), controllers=()
    )


@pytest.mark.parametrize(("month", "outcome"), [(9, "ok"), (10, "next-year")])
def test_the_coming_year_s_key_is_missed_in_autumn(tmp_path: Path, month: int, outcome: str) -> None:
    now = dt.datetime(2026, month, 1, tzinfo=dt.UTC)
    init(tmp_path / "keys", now, 1)
    with _settings(tmp_path) as settings:
        told = {one.check: one.outcome for one in examine_here(settings, now)}
    assert told["keys"] == outcome
    assert told["journal"] == "absent"
    assert not (tmp_path / "journal.db").exists(), "the doctor makes no journal"


def test_an_empty_database_is_no_fault(tmp_path: Path) -> None:
    init(tmp_path / "keys", NOW)
    (tmp_path / "journal.db").touch()
    with _settings(tmp_path) as settings:
        told = {one.check: one.outcome for one in examine_here(settings, NOW)}
    assert told["journal"] == "absent"


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(30, "ok"), (-90, "skew"), (3600, "zone"), (-7200, "zone"), (3600 + 300, "skew")]
)
def test_a_time_zone_is_told_from_a_wrong_clock(seconds: int, outcome: str) -> None:
    otrs = Otrs(url="http://localhost/Bridge", username="bridge", password_env="X")
    walk = Round(None, otrs, NOW)  # type: ignore[arg-type]
    blank: dict[str, Any] = dict.fromkeys(Ticket.__dataclass_fields__, "")
    ticket = Ticket(**blank | {"created": NOW + dt.timedelta(seconds=seconds)})
    assert walk._clock(ticket).outcome == outcome
