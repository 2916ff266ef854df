"""What only a Maildir shows: links, dropped files, other programs at work."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from bridge.message import Place
from bridge.sources.base import MailboxError, NoFolder, Refused, Vanished
from bridge.sources.maildir import MaildirMailbox
from bridge.sources.maildir_files import MARKER, folder_directory, folder_name

MAIL = b"Subject: eins\n\nHallo\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Maildir"


@pytest.fixture
def box(path: Path) -> MaildirMailbox:
    found = MaildirMailbox(path, account="main")
    found.ensure_folder("INBOX")
    return found


def drop(file: Path, *, age: float = 10.0) -> None:
    """Put a mail there as `cp` would have done it `age` seconds ago."""
    file.write_bytes(MAIL)
    then = time.time() - age
    os.utime(file, (then, then))


def only(places: list[Place]) -> Place:
    assert len(places) == 1
    return places[0]


def test_a_missing_maildir_is_an_error_and_not_empty(tmp_path: Path) -> None:
    box = MaildirMailbox(tmp_path / "none", account="main")
    with pytest.raises(NoFolder):
        box.list("INBOX")
    with pytest.raises(NoFolder):
        box.folders()


def test_marking_as_read_changes_no_place(box: MaildirMailbox, path: Path) -> None:
    place = box.append("INBOX", MAIL)
    (path / "new" / place.uid).rename(path / "cur" / f"{place.uid}:2,S")
    assert box.list("INBOX") == [place]
    assert box.fetch(place, max_bytes=100).raw == MAIL
    (path / "cur" / f"{place.uid}:2,S").rename(path / "cur" / f"{place.uid}:2,ST")
    assert box.exists(place)


def test_flags_travel_with_a_move(box: MaildirMailbox, path: Path) -> None:
    box.ensure_folder("Done")
    place = box.append("INBOX", MAIL)
    (path / "new" / place.uid).rename(path / "cur" / f"{place.uid}:2,RS")
    box.move(place, "Done")
    assert [file.name for file in (path / ".Done" / "cur").iterdir()] == [f"{place.uid}:2,RS"]


def test_a_move_overwrites_nothing(box: MaildirMailbox, path: Path) -> None:
    box.ensure_folder("Done")
    place = box.append("INBOX", MAIL)
    (path / ".Done" / "cur" / f"{place.uid}:2,S").write_bytes(b"other")
    box.move(place, "Done")
    contents = sorted(file.read_bytes() for file in (path / ".Done" / "cur").iterdir())
    assert contents == sorted([MAIL, b"other"])


def test_links_are_never_followed(box: MaildirMailbox, path: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (path / "new" / "1700000000.M1P1.host").symlink_to(secret)
    outside = tmp_path / "outside"
    MaildirMailbox(outside, account="x").ensure_folder("INBOX")
    (path / ".Linked").symlink_to(outside)
    assert box.list("INBOX") == []
    assert box.folders() == ["INBOX"]
    validity = box.state("INBOX").uidvalidity
    with pytest.raises(Vanished):
        box.fetch(Place("maildir", "main", "INBOX", validity, "1700000000.M1P1.host"), max_bytes=100)
    with pytest.raises(NoFolder):
        box.list("Linked")
    with pytest.raises(NoFolder):
        box.ensure_folder("Linked")


def test_directories_pipes_and_hidden_files_are_no_mails(box: MaildirMailbox, path: Path) -> None:
    (path / "new" / "1700000000.dir.host").mkdir()
    os.mkfifo(path / "cur" / "1700000000.pipe.host:2,")
    (path / "new" / ".hidden").write_bytes(b"x")
    assert box.list("INBOX") == []
    assert box.state("INBOX").count == 0


def test_a_dropped_file_gets_a_unique_name(box: MaildirMailbox, path: Path) -> None:
    drop(path / "new" / "hello.eml")
    first = only(box.list("INBOX"))
    assert "hello" not in first.uid
    assert box.fetch(first, max_bytes=100).raw == MAIL
    drop(path / "new" / "hello.eml")
    assert first in box.list("INBOX")
    assert len({place.uid for place in box.list("INBOX")}) == 2


def test_a_file_still_being_copied_waits(box: MaildirMailbox, path: Path) -> None:
    drop(path / "new" / "hello.eml", age=-30)
    assert box.list("INBOX") == []
    assert (path / "new" / "hello.eml").exists()
    drop(path / "new" / "hello.eml")
    begun = time.monotonic()
    assert box.wait("INBOX", 30, threading.Event()) is True
    assert time.monotonic() - begun < 10
    assert len(box.list("INBOX")) == 1


def test_a_dropped_file_from_a_wrong_clock_is_taken_as_well(box: MaildirMailbox, path: Path) -> None:
    drop(path / "new" / "hello.eml", age=-86400)
    assert len(box.list("INBOX")) == 1


def test_names_that_are_no_utf_8_are_read(box: MaildirMailbox, path: Path) -> None:
    file = os.fsencode(path / "new") + b"/gr\xfc\xdfe.eml"
    with open(file, "wb") as written:  # noqa: PTH123 -- a Path can't be made of it portably
        written.write(MAIL)
    os.utime(file, (1, 1))
    place = only(box.list("INBOX"))
    assert place.uid.encode("utf-8")
    assert box.fetch(place, max_bytes=100).raw == MAIL


def test_a_new_folder_of_the_same_name_has_another_uidvalidity(box: MaildirMailbox, path: Path) -> None:
    box.ensure_folder("Done")
    before = box.state("Done").uidvalidity
    (path / ".Done").rename(path / "elsewhere")
    time.sleep(0.002)
    box.ensure_folder("Done")
    assert box.state("Done").uidvalidity != before
    assert box.state("Done") == MaildirMailbox(path, account="other").state("Done")


def test_a_broken_marker_is_an_error(box: MaildirMailbox, path: Path) -> None:
    (path / MARKER).write_text("none")
    with pytest.raises(Refused):
        box.state("INBOX")


@pytest.mark.parametrize("name", ["", "a//b", "a.b", "../x", "/etc", "a/\0"])
def test_folder_names_can_not_leave_the_maildir(box: MaildirMailbox, name: str) -> None:
    with pytest.raises(NoFolder):
        box.ensure_folder(name)


@pytest.mark.parametrize(
    ("name", "directory"), [("Bridge/Done", ".Bridge.Done"), ("Prüf", ".Pr&APw-f"), ("INBOX", ".")]
)
def test_folder_names_by_maildir_plus_plus(name: str, directory: str) -> None:
    assert folder_directory(name) == directory
    if directory != ".":
        assert folder_name(directory) == name


def test_nothing_is_left_in_tmp(box: MaildirMailbox, path: Path) -> None:
    box.append("INBOX", MAIL)
    assert list((path / "tmp").iterdir()) == []


def test_a_full_disk_or_missing_right_is_an_error_without_a_path(box: MaildirMailbox, path: Path) -> None:
    (path / "tmp").rmdir()
    with pytest.raises(MailboxError) as caught:
        box.append("INBOX", MAIL)
    assert str(path) not in str(caught.value)


def test_a_reader_that_renames_all_the_time_hides_nothing(box: MaildirMailbox, path: Path) -> None:
    place = box.append("INBOX", MAIL)
    done = threading.Event()

    def rename() -> None:
        file = path / "new" / place.uid
        for turn in range(100_000):
            if done.is_set():
                return
            file = file.rename(path / "cur" / f"{place.uid}:2,{'S' if turn % 2 else ''}")

    thread = threading.Thread(target=rename)
    thread.start()
    try:
        assert all(box.exists(place) for _ in range(50))
    finally:
        done.set()
        thread.join()
