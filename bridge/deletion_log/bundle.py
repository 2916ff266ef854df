"""An exported log: a folder or a zip file with `entries.jsonl`, `checkpoints/*.txt` and `keys.txt`.

One line of `entries.jsonl` is the canonical JSON of an entry, byte by byte as it was hashed; an entry whose contents
have expired is `{"index":N,"leaf":"<hex>"}`. Standard library only, so that a DPO needs nothing of the daemon.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bridge.deletion_log.note import NoteError, VerifierKey
from bridge.errors import BridgeError

ENTRIES = "entries.jsonl"
KEYS = "keys.txt"
CHECKPOINTS = "checkpoints"
README = "README.txt"
MAX_LINE = 64 << 10
_DROPPED = re.compile(rb'\{"index":(0|[1-9][0-9]*),"leaf":"([0-9a-f]{64})"\}')


class BundleError(BridgeError):
    """Say that an export can't be read."""

    code = "log.bundle"
    permanent = True


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is left of an entry whose contents have expired."""

    index: int
    leaf: bytes

    def line(self) -> bytes:
        """Write the line without its newline."""
        return b'{"index":%d,"leaf":"%s"}' % (self.index, self.leaf.hex().encode())


@dataclass(frozen=True, slots=True)
class Bundle:
    """The small parts of an export, read; the entries are read line by line from `lines`."""

    path: Path
    checkpoints: dict[str, str]
    keys: tuple[VerifierKey, ...]

    @contextmanager
    def lines(self) -> Iterator[Iterator[bytes]]:
        """Open the entries; yields an iterator over lines without their newlines."""
        try:
            with _open(self.path, ENTRIES) as file:
                yield _lines(file)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise BundleError("the export has no readable entries.jsonl") from error


def read_dropped(line: bytes) -> Dropped | None:
    """Read a line of an expired entry; None when it is something else."""
    match = _DROPPED.fullmatch(line)
    return Dropped(int(match[1]), bytes.fromhex(match[2].decode())) if match else None


def open_bundle(path: Path) -> Bundle:
    """Read checkpoints and keys of an export; raise BundleError when it is none."""
    try:
        names = _names(path)
        wanted = sorted(name for name in names if re.fullmatch(r"checkpoints/[^/]+\.txt", name))
        notes = {name: _text(path, name) for name in wanted}
        keys = (
            tuple(VerifierKey.parse(row) for row in _text(path, KEYS).split("\n") if row)
            if KEYS in names
            else ()
        )
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, NoteError) as error:
        raise BundleError("this is no export of a deletion log") from error
    if ENTRIES not in names:
        raise BundleError("the export has no entries.jsonl")
    return Bundle(path, notes, keys)


def write_bundle(
    path: Path,
    lines: Iterable[bytes],
    checkpoints: Sequence[tuple[int, str]],
    keys: Sequence[VerifierKey],
    readme: str,
) -> int:
    """Write an export: a zip file when the name ends in .zip, else a new folder. Returns the number of entries.

    Raises BundleError when the place is taken or can't be written.
    """
    small = {f"{CHECKPOINTS}/{size:012d}.txt": note for size, note in checkpoints}
    small |= {KEYS: "".join(f"{key}\n" for key in keys), README: readme}
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
                for name, text in small.items():
                    archive.writestr(name, text)
                with archive.open(ENTRIES, "w", force_zip64=True) as file:
                    return _write_lines(file, lines)
        (path / CHECKPOINTS).mkdir(parents=True)
        for name, text in small.items():
            (path / name).write_text(text, encoding="utf-8", newline="\n")
        with (path / ENTRIES).open("xb") as file:
            return _write_lines(file, lines)
    except OSError as error:
        raise BundleError(f"the export can't be written ({error.strerror})") from error


def _write_lines(file: IO[bytes], lines: Iterable[bytes]) -> int:
    count = 0
    for count, line in enumerate(lines, 1):  # noqa: B007 - the last value is the number of lines
        file.write(line + b"\n")
    return count


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE):
        yield line[:-1] if line.endswith(b"\n") else line


def _names(path: Path) -> set[str]:
    if path.is_dir():
        return {str(one.relative_to(path)) for one in path.rglob("*") if one.is_file()}
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def _open(path: Path, name: str) -> IO[bytes]:
    if path.is_dir():
        return (path / name).open("rb")
    with zipfile.ZipFile(path) as archive:
        return archive.open(name)  # the open member keeps the file open until it is closed itself


def _text(path: Path, name: str) -> str:
    with _open(path, name) as file:
        return file.read(4 << 20).decode("utf-8")
