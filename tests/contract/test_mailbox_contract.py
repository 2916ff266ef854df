"""One contract for every mailbox: the Maildir always, IMAP on a real Dovecot."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.message import Place
from bridge.sources.base import Mailbox, NoFolder, UidvalidityChanged, Vanished
from bridge.sources.imap import ImapMailbox
from bridge.sources.imap_connection import ImapSettings
from bridge.sources.maildir import MaildirMailbox

MAIL = b"From: a@example.org\r\nSubject: eins\r\n\r\nHallo\r\n"
LONG_AGO = dt.datetime(2020, 5, 17, 23, 59, 30, tzinfo=dt.UTC)


@pytest.fixture(params=["maildir", pytest.param("imap", marks=pytest.mark.servers)])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    """Return an empty mailbox with an inbox."""
    found: Mailbox
    if request.param == "maildir":
        found = MaildirMailbox(tmp_path / "Maildir", account="main")
    else:
        account = request.getfixturevalue("mailbox")
        settings = ImapSettings(
            account.host, account.username, port=account.port, tls="none", password=account.password
        )
        found = ImapMailbox(settings, account="main")
    found.ensure_folder("INBOX")
    yield found
    found.close()


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def mail(number: int) -> bytes:
    """Return a mail unlike the others, all of the same size."""
    return b"From: a@example.org\r\nSubject: %03d\r\n\r\nHallo\r\n" % number


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


class TestMailbox:
    def test_an_empty_folder_has_a_state_and_no_places(self, box: Mailbox) -> None:
        assert box.state("INBOX").count == 0
        assert box.state("INBOX").uidvalidity > 0
        assert box.list("INBOX") == []

    def test_what_is_appended_is_listed_and_fetched_byte_for_byte(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL, received=LONG_AGO)
        assert box.list("INBOX") == [place]
        fetched = box.fetch(place, max_bytes=1000)
        assert (fetched.raw, fetched.size, fetched.received) == (MAIL, len(MAIL), LONG_AGO)
        assert fetched.received.utcoffset() == dt.timedelta(0)

    def test_places_come_in_the_order_of_arrival(self, box: Mailbox) -> None:
        places = [box.append("INBOX", mail(n)) for n in range(12)]
        assert sorted(box.list("INBOX"), key=places.index) == places
        assert box.state("INBOX").count == 12

    def test_a_place_names_account_folder_and_uidvalidity(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        assert (place.account, place.folder) == ("main", "INBOX")
        assert place.uidvalidity == box.state("INBOX").uidvalidity
        assert place.kind in ("imap", "maildir")

    def test_a_mail_larger_than_asked_for_comes_without_bytes(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        fetched = box.fetch(place, max_bytes=len(MAIL) - 1)
        assert fetched.raw is None
        assert fetched.size == len(MAIL)
        assert box.fetch(place, max_bytes=len(MAIL)).raw == MAIL

    def test_fetching_twice_gives_the_same(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        assert box.fetch(place, max_bytes=1000) == box.fetch(place, max_bytes=1000)

    def test_a_moved_mail_is_found_in_the_other_folder_only(self, box: Mailbox) -> None:
        box.ensure_folder("Bridge/Erasing")
        place, other = box.append("INBOX", mail(1)), box.append("INBOX", mail(2))
        box.move(place, "Bridge/Erasing")
        found = box.find("Bridge/Erasing", size=len(mail(1)), sha256=sha256(mail(1)))
        assert [f.folder for f in found] == ["Bridge/Erasing"]
        assert not box.exists(place)
        assert box.exists(found[0])
        assert box.list("INBOX") == [other]
        assert box.fetch(found[0], max_bytes=1000).raw == mail(1)

    def test_moving_a_vanished_mail_says_nothing(self, box: Mailbox) -> None:
        box.ensure_folder("Done")
        place = box.append("INBOX", MAIL)
        box.move(place, "Done")
        box.move(place, "Done")
        assert len(box.list("Done")) == 1

    def test_moving_to_a_missing_folder_is_refused_and_the_mail_stays(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        with pytest.raises(NoFolder):
            box.move(place, "Nowhere")
        assert box.exists(place)

    def test_find_tells_mails_of_one_size_apart(self, box: Mailbox) -> None:
        first, second, _ = (box.append("INBOX", mail(n)) for n in (1, 2, 3))
        assert box.find("INBOX", size=len(mail(2)), sha256=sha256(mail(2))) == [second]
        assert box.find("INBOX", size=len(mail(1)), matches=lambda raw: raw == mail(1)) == [first]
        assert box.find("INBOX", size=len(mail(2)) + 1, sha256=sha256(mail(2))) == []

    def test_find_returns_every_copy(self, box: Mailbox) -> None:
        copies = [box.append("INBOX", MAIL) for _ in range(2)]
        assert sorted(box.find("INBOX", size=len(MAIL), sha256=sha256(MAIL))) == sorted(copies)

    def test_find_in_an_empty_folder_finds_nothing(self, box: Mailbox) -> None:
        assert box.find("INBOX", size=1, sha256=sha256(b"x")) == []

    def test_find_needs_exactly_one_question(self, box: Mailbox) -> None:
        with pytest.raises(ValueError, match="either"):
            box.find("INBOX", size=1)

    def test_an_expunged_mail_is_gone_and_its_neighbour_stays(self, box: Mailbox) -> None:
        place, other = box.append("INBOX", mail(1)), box.append("INBOX", mail(2))
        box.expunge(place)
        assert not box.exists(place)
        assert box.list("INBOX") == [other]
        with pytest.raises(Vanished) as caught:
            box.fetch(place, max_bytes=1000)
        assert caught.value.place == place

    def test_expunging_twice_is_no_error(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        box.expunge(place)
        box.expunge(place)
        assert not box.exists(place)

    @pytest.mark.parametrize(
        "action",
        [
            lambda box, place: box.fetch(place, max_bytes=1000),
            lambda box, place: box.move(place, "Done"),
            lambda box, place: box.exists(place),
            lambda box, place: box.expunge(place),
        ],
        ids=["fetch", "move", "exists", "expunge"],
    )
    def test_a_changed_uidvalidity_stops_every_action(
        self, box: Mailbox, action: Callable[[Mailbox, Place], object]
    ) -> None:
        box.ensure_folder("Done")
        place = box.append("INBOX", MAIL)
        with pytest.raises(UidvalidityChanged) as caught:
            action(box, replace(place, uidvalidity=place.uidvalidity + 1))
        assert caught.value.now == place.uidvalidity
        assert box.exists(place)

    def test_folders_are_listed_as_configured(self, box: Mailbox) -> None:
        for name in ("Bridge/Done", "Bridge/Prüfpunkte & mehr", "Trash"):
            box.ensure_folder(name)
        assert {"INBOX", "Bridge/Done", "Bridge/Prüfpunkte & mehr", "Trash"} <= set(box.folders())

    def test_a_folder_is_ensured_once(self, box: Mailbox) -> None:
        box.ensure_folder("Bridge/Done")
        place = box.append("Bridge/Done", MAIL)
        box.ensure_folder("Bridge/Done")
        assert box.list("Bridge/Done") == [place]

    def test_a_folder_with_umlauts_holds_mail(self, box: Mailbox) -> None:
        box.ensure_folder("Bridge/Prüfpunkte")
        place = box.append("Bridge/Prüfpunkte", MAIL)
        assert place.folder == "Bridge/Prüfpunkte"
        assert box.fetch(place, max_bytes=1000).raw == MAIL

    @pytest.mark.parametrize(
        "action",
        [
            lambda box: box.state("Nowhere"),
            lambda box: box.list("Nowhere"),
            lambda box: box.find("Nowhere", size=1, sha256=sha256(b"x")),
            lambda box: box.append("Nowhere", MAIL),
            lambda box: box.older_than("Nowhere", LONG_AGO),
        ],
        ids=["state", "list", "find", "append", "older_than"],
    )
    def test_a_missing_folder_is_an_error_and_never_an_empty_answer(
        self, box: Mailbox, action: Callable[[Mailbox], object]
    ) -> None:
        with pytest.raises(NoFolder):
            action(box)

    def test_older_than_compares_to_the_second(self, box: Mailbox) -> None:
        old = box.append("INBOX", mail(1), received=LONG_AGO)
        box.append("INBOX", mail(2), received=LONG_AGO + dt.timedelta(seconds=2))
        box.append("INBOX", mail(3))
        assert box.older_than("INBOX", LONG_AGO + dt.timedelta(seconds=1)) == [old]
        assert box.older_than("INBOX", LONG_AGO) == []

    def test_waiting_ends_when_time_is_up(self, box: Mailbox, stop: threading.Event) -> None:
        box.list("INBOX")
        begun = time.monotonic()
        assert box.wait("INBOX", 0.3, stop) is False
        assert 0.2 < time.monotonic() - begun < 5

    def test_waiting_ends_when_a_mail_arrives(self, box: Mailbox, stop: threading.Event) -> None:
        box.list("INBOX")
        deliver = threading.Timer(0.2, lambda: box.append("INBOX", MAIL))
        deliver.start()
        begun = time.monotonic()
        assert box.wait("INBOX", 30, stop) is True
        assert time.monotonic() - begun < 10
        deliver.join()
        assert len(box.list("INBOX")) == 1

    def test_a_mail_between_looking_and_waiting_is_not_missed(
        self, box: Mailbox, stop: threading.Event
    ) -> None:
        box.list("INBOX")
        box.append("INBOX", MAIL)
        begun = time.monotonic()
        assert box.wait("INBOX", 30, stop) is True
        assert time.monotonic() - begun < 10

    def test_waiting_ends_soon_after_stop(self, box: Mailbox, stop: threading.Event) -> None:
        box.list("INBOX")
        threading.Timer(0.1, stop.set).start()
        begun = time.monotonic()
        assert box.wait("INBOX", 30, stop) is False
        assert time.monotonic() - begun < 10

    def test_it_can_move_and_expunge_one_mail(self, box: Mailbox) -> None:
        assert {"MOVE", "UIDPLUS"} <= box.capabilities()

    def test_a_closed_mailbox_opens_again(self, box: Mailbox) -> None:
        place = box.append("INBOX", MAIL)
        box.close()
        assert box.list("INBOX") == [place]

    def test_threads_may_share_it(self, box: Mailbox) -> None:
        box.ensure_folder("Done")
        places = [box.append("INBOX", mail(n)) for n in range(16)]
        got: list[bytes | None] = []

        def work(mine: slice) -> None:
            for place in places[mine]:
                got.append(box.fetch(place, max_bytes=1000).raw)
                box.move(place, "Done")

        threads = [threading.Thread(target=work, args=(slice(n, None, 4),)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(raw for raw in got if raw) == sorted(mail(n) for n in range(16))
        assert box.list("INBOX") == []
        assert len(box.list("Done")) == 16

    def test_a_mail_of_a_few_megabytes_comes_whole(self, box: Mailbox) -> None:
        raw = MAIL + b"\r\n".join(b"%076d" % n for n in range(40_000)) + b"\r\n"
        place = box.append("INBOX", raw)
        fetched = box.fetch(place, max_bytes=len(raw))
        assert fetched.raw == raw
        assert box.find("INBOX", size=fetched.size, sha256=sha256(raw)) == [place]
