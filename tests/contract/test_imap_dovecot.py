"""What only a real IMAP server shows: caches, flags, other clients, TLS."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.sources.base import BadCertificate, LoginRefused, Unreachable
from bridge.sources.imap import ImapMailbox
from bridge.sources.imap_connection import ImapSettings
from bridge.transport import Tls
from tests.servers.mail import Mailbox

pytestmark = pytest.mark.servers

MAIL = b"From: Quittenkanarie <kanarie@quitte.example>\r\nSubject: Quittenbetreff\r\n\r\nQuittentext\r\n"


def settings(account: Mailbox, tls: Tls = "none", **changes: object) -> ImapSettings:
    values: dict[str, object] = {
        "host": account.host,
        "username": account.username,
        "password": account.password,
        "port": account.tls_port if tls == "implicit" else account.port,
        "tls": tls,
        "ca_file": account.ca_file,
        **changes,
    }
    return ImapSettings(**values)  # type: ignore[arg-type]


@pytest.fixture
def box(mailbox: Mailbox) -> Iterator[ImapMailbox]:
    found = ImapMailbox(settings(mailbox), account="main")
    yield found
    found.close()


def flags(account: Mailbox, uid: str) -> bytes:
    with account.connect() as connection:
        return bytes(connection.uid("FETCH", uid, "(FLAGS)")[1][0])


def test_a_full_cycle_leaves_nothing_in_the_server_s_files(mailbox: Mailbox, box: ImapMailbox) -> None:
    box.ensure_folder("Bridge/Erasing")
    place = box.append("INBOX", MAIL)
    box.list("INBOX", above=0)
    raw = box.fetch(place, max_bytes=10_000).raw
    assert raw is not None
    box.older_than("INBOX", dt.datetime.now(dt.UTC))
    box.move(place, "Bridge/Erasing")
    found = box.find("Bridge/Erasing", size=len(raw), sha256=hashlib.sha256(raw).hexdigest())
    assert mailbox.file_traces("Quitten", "quitte.example"), (
        "the mail itself must be seen, else this test shows nothing"
    )
    box.expunge(found[0])
    assert not box.exists(found[0])
    box.close()
    assert mailbox.file_traces("Quitten", "quitte.example", "kanarie") == []


def test_reading_does_not_mark_as_read(mailbox: Mailbox, box: ImapMailbox) -> None:
    place = box.append("INBOX", MAIL)
    box.fetch(place, max_bytes=10_000)
    box.find("INBOX", size=len(MAIL), matches=lambda raw: True)
    assert b"\\Seen" not in flags(mailbox, place.uid)


def test_a_mail_that_people_have_read_or_marked_deleted_is_listed(mailbox: Mailbox, box: ImapMailbox) -> None:
    place = box.append("INBOX", MAIL)
    with mailbox.connect() as connection:
        connection.uid("STORE", place.uid, "+FLAGS", r"(\Seen \Deleted)")
    assert box.list("INBOX") == [place]


def test_expunge_spares_what_others_marked_deleted(mailbox: Mailbox, box: ImapMailbox) -> None:
    mine, theirs = box.append("INBOX", MAIL), box.append("INBOX", MAIL + b"x\r\n")
    with mailbox.connect() as connection:
        connection.uid("STORE", theirs.uid, "+FLAGS", r"(\Deleted)")
    box.expunge(mine)
    box.close()
    assert box.list("INBOX") == [theirs]


def test_a_mail_moved_by_another_client_is_seen_to_be_gone(mailbox: Mailbox, box: ImapMailbox) -> None:
    box.ensure_folder("Trash")
    place = box.append("INBOX", MAIL)
    assert box.exists(place)
    with mailbox.connect() as connection:
        connection.uid("MOVE", place.uid, "Trash")
    assert not box.exists(place)
    box.move(place, "Trash")
    assert len(box.find("Trash", size=len(MAIL), sha256=hashlib.sha256(MAIL).hexdigest())) == 1


def test_uids_above_the_highest_are_none(box: ImapMailbox) -> None:
    place = box.append("INBOX", MAIL)
    assert box.list("INBOX", above=int(place.uid)) == []
    assert box.list("INBOX", above=int(place.uid) - 1) == [place]
    assert box.state("INBOX").uidnext == int(place.uid) + 1


def test_a_mail_by_another_client_wakes_idle_within_two_seconds(mailbox: Mailbox, box: ImapMailbox) -> None:
    box.list("INBOX")
    threading.Timer(0.5, lambda: mailbox.deliver(MAIL)).start()
    begun = time.monotonic()
    assert box.wait("INBOX", 30, threading.Event()) is True
    assert time.monotonic() - begun < 2
    assert len(box.list("INBOX")) == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_with_the_right_authority(mailbox: Mailbox, tls: Tls) -> None:
    box = ImapMailbox(settings(mailbox, tls), account="main")
    place = box.append("INBOX", MAIL)
    assert box.list("INBOX") == [place]
    threading.Timer(0.3, lambda: mailbox.deliver(MAIL)).start()
    assert box.wait("INBOX", 30, threading.Event()) is True
    box.close()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_permanent(mailbox: Mailbox, tls: Tls) -> None:
    box = ImapMailbox(settings(mailbox, tls, ca_file=None), account="main")
    with pytest.raises(BadCertificate) as caught:
        box.list("INBOX")
    assert caught.value.permanent


def test_a_missing_ca_file_is_said_so(mailbox: Mailbox, tmp_path: Path) -> None:
    box = ImapMailbox(settings(mailbox, "implicit", ca_file=tmp_path / "none.pem"), account="main")
    with pytest.raises(BadCertificate, match="CA file"):
        box.list("INBOX")


def test_tls_to_a_plain_port_is_unreachable(mailbox: Mailbox) -> None:
    box = ImapMailbox(settings(mailbox, "implicit", port=mailbox.port), account="main")
    with pytest.raises(Unreachable):
        box.list("INBOX")


def test_a_wrong_password_is_permanent(mailbox: Mailbox) -> None:
    box = ImapMailbox(settings(mailbox, password="fälsch"), account="main")
    with pytest.raises(LoginRefused) as caught:
        box.list("INBOX")
    assert caught.value.permanent


def test_a_large_folder_is_searched_in_ranges(box: ImapMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.sources.imap._WINDOW", 3)
    places = [box.append("INBOX", MAIL) for _ in range(8)]
    box.expunge(places.pop(3))
    assert box.list("INBOX") == places
    assert box.find("INBOX", size=len(MAIL), matches=lambda raw: True) == places


def test_many_mails_are_found_in_chunks(mailbox: Mailbox, box: ImapMailbox) -> None:
    mailbox.deliver(*(b"Subject: %04d\r\n\r\n" % n for n in range(520)))
    places = box.list("INBOX")
    assert len(places) == 520
    wanted = b"Subject: 0513\r\n\r\n"
    assert box.find("INBOX", size=len(wanted), sha256=hashlib.sha256(wanted).hexdigest()) == [places[513]]
    assert box.older_than("INBOX", dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)) == places
