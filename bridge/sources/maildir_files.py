"""The files of one Maildir folder: names, reading without following links, delivery that survives a crash."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7

from bridge.sources.base import NoFolder, Refused

MARKER = "bridge-uidvalidity"
_UNIQUE = re.compile(r"\d+\.[^/:]+")
_SETTLED = 0.5
_SKEW = 60.0  # a file dated further in the future is no copy under way but a wrong clock
_counter = itertools.count()


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail's file as just seen; `received` is its time in seconds since 1970."""

    path: Path
    uid: str
    size: int
    received: float

    @property
    def is_delivered(self) -> bool:
        """Tell whether the name is one that a delivery gives (`time.unique.host`)."""
        return self.uid.isascii() and _UNIQUE.fullmatch(self.uid) is not None

    @property
    def delivered(self) -> int:
        """Return the time in the file's name, for sorting; for other names the file's time."""
        digits = self.uid.partition(".")[0]
        return int(digits) if digits.isdecimal() and len(digits) < 19 else int(self.received)


def folder_directory(name: str) -> str:
    """Return the Maildir++ directory of a folder (`Bridge/Done` is `.Bridge.Done`, INBOX the Maildir itself)."""
    if name.upper() == "INBOX":
        return "."
    levels = name.split("/")
    if any(not level or "." in level or "\0" in level for level in levels):
        raise NoFolder("a Maildir folder name has no empty level and no dot")
    spelled: bytes = encode_utf7(".".join(levels))
    return "." + spelled.decode("ascii")


def folder_name(directory: str) -> str:
    """Return the folder name of a Maildir++ directory."""
    try:
        name: str = decode_utf7(directory[1:].encode("ascii"))
    except ValueError:  # spelled in another way than Maildir++ wants; still a folder with mails
        name = directory[1:]
    return name.replace(".", "/")


def times(directory: Path) -> tuple[int, int]:
    """Return when `new` and `cur` last changed, in nanoseconds."""
    return (directory / "new").stat().st_mtime_ns, (directory / "cur").stat().st_mtime_ns


def entries(directory: Path) -> list[Entry]:
    """Return the mails in `new` and `cur`.

    A file that another program renames during the look may escape it, so a changing folder is looked at again, up
    to ten times. `new` is read first, because mails go from there to `cur`.
    """
    for _ in range(10):
        before = times(directory)
        found = {entry.uid: entry for child in ("new", "cur") for entry in _scan(directory / child)}
        if times(directory) == before:
            break
    return list(found.values())


def locate(directory: Path, uid: str) -> Entry | None:
    """Return the mail of a uid. Names are compared without a look at each file: a large folder costs milliseconds."""
    for _ in range(10):
        before = times(directory)
        for child in ("new", "cur"):
            found = _named(directory / child, uid)
            if found is not None:
                return found
        if times(directory) == before:
            break
    return None


def _named(directory: Path, uid: str) -> Entry | None:
    if not uid or uid.startswith(".") or "/" in uid:
        return None
    for name in os.listdir(directory):  # noqa: PTH208  # names alone; a Path for each costs more than the look
        if name.startswith(uid) and name.partition(":")[0] == uid:
            with suppress(FileNotFoundError):
                status = os.lstat(directory / name)
                if stat.S_ISREG(status.st_mode):
                    return Entry(directory / name, uid, status.st_size, status.st_mtime)
    return None


def _scan(directory: Path) -> Iterator[Entry]:
    with os.scandir(directory) as found:
        for file in found:
            entry = _entry(file)
            if entry is not None:
                yield entry


def _entry(found: os.DirEntry[str]) -> Entry | None:
    if found.name.startswith("."):
        return None
    try:
        status = found.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Entry(Path(found.path), found.name.partition(":")[0], status.st_size, status.st_mtime)


def read(path: Path, max_bytes: int) -> tuple[bytes | None, os.stat_result]:
    """Read a regular file without following a link; None for more than `max_bytes`. Raise FileNotFoundError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise FileNotFoundError from error
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError
        return (file.read() if status.st_size <= max_bytes else None), status


def adopt(directory: Path) -> bool:
    """Give files that were dropped under other names a unique one; False when one is too fresh and must wait.

    A copy under way is left alone until the file has not changed for half a second.
    """
    settled = True
    for entry in entries(directory):
        if entry.is_delivered:
            continue
        if -_SKEW < time.time() - entry.received < _SETTLED:
            settled = False
            continue
        _rename_to_unique(directory, entry)
    return settled


def _rename_to_unique(directory: Path, entry: Entry) -> None:
    try:
        entry.path.rename(directory / "cur" / f"{unique_name()}:2,")
    except FileNotFoundError:
        return


def unique_name() -> str:
    """Return a file name that no other delivery uses (time, process, counter, chance), without the host's name."""
    seconds, rest = divmod(time.time_ns(), 1_000_000_000)
    return f"{seconds}.M{rest // 1000}P{os.getpid()}Q{next(_counter)}R{secrets.token_hex(4)}.bridge"


def write_new(directory: Path, raw: bytes, received: dt.datetime | None) -> str:
    """Write to `tmp`, sync, and let it appear in `new` under the same name; return the name."""
    name = unique_name()
    draft = directory / "tmp" / name
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            if received is not None:
                os.utime(descriptor, (received.timestamp(), received.timestamp()))
            os.fsync(descriptor)
        draft.rename(directory / "new" / name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(directory / "new")
    return name


def sync(directory: Path) -> None:
    """Make a rename or removal in `directory` survive a crash."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def uidvalidity(directory: Path) -> int:
    """Return the number in the folder's marker file; make one from the time where there is none."""
    marker = directory / MARKER
    for _ in range(2):
        try:
            return int(marker.read_text())
        except FileNotFoundError:
            _write_marker(marker)
        except ValueError:
            break
    raise Refused(f"{MARKER} of a folder holds no number", code="mailbox.bad-marker")


def _write_marker(marker: Path) -> None:
    """Write the marker whole or not at all: a link of a finished file fails when another was quicker."""
    draft = marker.parent / "tmp" / f"{unique_name()}"
    draft.write_text(f"{time.time_ns() // 1_000_000}\n")
    try:
        os.link(draft, marker)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
