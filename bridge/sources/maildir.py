"""A mailbox in a Maildir with Maildir++ subfolders; other programs may deliver to it and move mails at any time."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.message.model import Place
from bridge.sources.base import (
    Fetched,
    FolderState,
    MailboxError,
    Names,
    NoFolder,
    Places,
    UidvalidityChanged,
    Vanished,
    digest_check,
)
from bridge.sources.maildir_files import (
    Entry,
    adopt,
    entries,
    folder_directory,
    folder_name,
    locate,
    read,
    sync,
    times,
    uidvalidity,
    unique_name,
    write_new,
)

_LOOK_EVERY = 0.5


class MaildirMailbox:
    """A Maildir as a mailbox. A mail's uid is its file name before the `:`, which no two mails share.

    UIDVALIDITY is a number in a file of our own in each folder, made when the folder is first seen. Links are never
    followed below the Maildir's own path. Files dropped under a name that is not a Maildir's (`hello.eml`) get a
    unique one when they have not changed for half a second, since such a name may come again.
    """

    kind = "maildir"

    def __init__(self, path: Path, *, account: str) -> None:
        self._path = path
        self._account = account
        self._seen: dict[str, tuple[int, int] | None] = {}
        self._lock = threading.Lock()

    @property
    def account(self) -> str:
        """Return the name under which Places know this account."""
        return self._account

    def state(self, folder: str) -> FolderState:
        """Return the folder's UIDVALIDITY and number of mails; UIDNEXT is 0."""
        with _wrapped("state"):
            directory = self._directory(folder)
            return FolderState(uidvalidity(directory), 0, len(entries(directory)))

    def list(self, folder: str, *, above: int | None = None) -> Places:
        """Return the places of all mails by the time in their names, whatever `above` says."""
        with _wrapped("list"):
            directory = self._directory(folder)
            before = times(directory)
            settled = adopt(directory)
            with self._lock:
                self._seen[folder] = before if settled else None
            return self._places(
                folder, directory, (entry for entry in entries(directory) if entry.is_delivered)
            )

    def fetch(self, place: Place, *, max_bytes: int) -> Fetched:
        """Read the mail's file unless it is larger than `max_bytes`; raise Vanished."""
        with _wrapped("fetch"):
            directory = self._open(place)
            for _ in range(3):  # a reader that marks it read renames it between our look and our opening
                entry = locate(directory, place.uid)
                if entry is None:
                    break
                with suppress(FileNotFoundError):
                    raw, status = read(entry.path, max_bytes)
                    received = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
                    return Fetched(place, raw, status.st_size, received)
            raise Vanished(place)

    def move(self, place: Place, folder: str) -> None:
        """Rename the file into the other folder's `cur`; a vanished mail is no error, as with IMAP."""
        with _wrapped("move"):
            target = self._directory(folder)
            entry = locate(self._open(place), place.uid)
            if entry is None:
                return
            unique = entry.uid if locate(target, entry.uid) is None else unique_name()
            info = entry.path.name.partition(":")[2] or "2,"
            with suppress(FileNotFoundError):
                entry.path.rename(target / "cur" / f"{unique}:{info}")
            sync(target / "cur")
            sync(entry.path.parent)

    def find(
        self, folder: str, *, size: int, sha256: str = "", matches: Callable[[bytes], bool] | None = None
    ) -> Places:
        """Compare the files of this size."""
        check = digest_check(sha256, matches)
        with _wrapped("find"):
            directory = self._directory(folder)
            hits = (
                entry for entry in entries(directory) if entry.size == size and _reads_as(entry, size, check)
            )
            return self._places(folder, directory, hits)

    def exists(self, place: Place) -> bool:
        """Look for a file of this name in `new` and `cur`."""
        with _wrapped("exists"):
            return locate(self._open(place), place.uid) is not None

    def expunge(self, place: Place) -> None:
        """Remove the file; other files marked as trashed stay."""
        with _wrapped("expunge"):
            entry = locate(self._open(place), place.uid)
            if entry is not None:
                entry.path.unlink(missing_ok=True)
                sync(entry.path.parent)

    def append(self, folder: str, raw: bytes, *, received: dt.datetime | None = None) -> Place:
        """Deliver by way of `tmp`, synced to disk before it appears in `new`."""
        with _wrapped("append"):
            directory = self._directory(folder)
            uid = write_new(directory, raw, received)
            return self._place(folder, uidvalidity(directory), uid)

    def folders(self) -> Names:
        """Return INBOX and all subfolders that are directories with a `cur`."""
        with _wrapped("folders"):
            names = ["INBOX"] if (self._path / "cur").is_dir() else []
            with os.scandir(self._path) as found:
                for child in found:
                    is_folder = child.name.startswith(".") and child.is_dir(follow_symlinks=False)
                    if is_folder and (Path(child.path) / "cur").is_dir():
                        names.append(folder_name(child.name))
            return sorted(names)

    def ensure_folder(self, name: str) -> None:
        """Create `tmp`, `new` and `cur`; the folder that holds the Maildir itself must be there."""
        with _wrapped("ensure_folder"):
            directory = self._path / folder_directory(name)
            if directory.is_symlink() and directory != self._path:
                raise NoFolder("the folder is a link")
            directory.mkdir(mode=0o700, exist_ok=True)
            for child in ("tmp", "new", "cur"):
                (directory / child).mkdir(mode=0o700, exist_ok=True)
            if directory != self._path:
                (directory / "maildirfolder").touch(mode=0o600)
            uidvalidity(directory)
            sync(directory)

    def older_than(self, folder: str, cutoff: dt.datetime) -> Places:
        """Compare the files' times."""
        with _wrapped("older_than"):
            directory = self._directory(folder)
            old = (entry for entry in entries(directory) if entry.received < cutoff.timestamp())
            return self._places(folder, directory, old)

    def wait(self, folder: str, seconds: float, stop: threading.Event) -> bool:
        """Look at the times of `new` and `cur` twice a second."""
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                seen = self._seen.get(folder)
            try:
                news = times(self._directory(folder)) != seen
            except (MailboxError, OSError):
                news = True
            rest = deadline - time.monotonic()
            if stop.wait(max(0.0, min(_LOOK_EVERY, rest))) or (rest <= 0 and not news):
                return False
            if news:
                return True

    def capabilities(self) -> frozenset[str]:
        """Return what erasing asks for; a Maildir can do both by nature."""
        return frozenset({"MOVE", "UIDPLUS"})

    def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def _directory(self, folder: str) -> Path:
        directory = self._path / folder_directory(folder)
        parts = (directory / "new", directory / "cur")
        linked = directory != self._path and directory.is_symlink()
        if linked or not all(part.is_dir() and not part.is_symlink() for part in parts):
            raise NoFolder("the folder does not exist or is no Maildir")
        return directory

    def _open(self, place: Place) -> Path:
        directory = self._directory(place.folder)
        now = uidvalidity(directory)
        if now != place.uidvalidity:
            raise UidvalidityChanged(place, now)
        return directory

    def _places(self, folder: str, directory: Path, found: Iterable[Entry]) -> Places:
        validity = uidvalidity(directory)
        return [
            self._place(folder, validity, entry.uid)
            for entry in sorted(found, key=lambda e: (e.delivered, e.uid))
        ]

    def _place(self, folder: str, validity: int, uid: str) -> Place:
        return Place(self.kind, self._account, folder, validity, uid)


def _reads_as(entry: Entry, size: int, check: Callable[[bytes], bool]) -> bool:
    try:
        raw, _ = read(entry.path, size)
    except FileNotFoundError:
        return False
    return raw is not None and check(raw)


@contextmanager
def _wrapped(action: str) -> Iterator[None]:
    """Turn errors of the file system into a MailboxError without a path (file names may be personal)."""
    try:
        yield
    except FileNotFoundError:
        raise NoFolder(f"{action}: the folder is gone") from None
    except OSError as error:
        raise MailboxError(
            f"{action}: {error.strerror} ({error.errno})", code="mailbox.file-system"
        ) from None
