"""Read and write the files of the key folder: 0700 for the folder, 0600 for files, whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from bridge.errors import BridgeError


class KeyFileError(BridgeError):
    """Say what is wrong with the key folder; names files, never their contents."""

    code = "keys.file"
    permanent = True


def make_folder(folder: Path) -> None:
    """Make the folder with mode 0700 when it isn't there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KeyFileError(f"the key folder can't be made ({error.strerror})") from error


def check_folder(folder: Path) -> None:
    """Raise KeyFileError unless the folder and everything in it belong to this user (or root) alone."""
    try:
        problems = [problem for path in (folder, *folder.iterdir()) if (problem := _problem(path))]
    except OSError as error:
        raise KeyFileError(f"the key folder can't be read ({error.strerror})") from error
    if problems:
        raise KeyFileError("the key folder is not safe: " + "; ".join(problems), code="keys.permissions")


def write_new(path: Path, content: bytes) -> None:
    """Write a new file durably and at once; raise KeyFileError `keys.exists` when it is there already.

    The content is complete on the disk before the name appears, and no existing key is ever written over.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyFileError(f"{path.name} exists already", code="keys.exists") from error
    except OSError as error:
        raise KeyFileError(f"{path.name} can't be written ({error.strerror})") from error


def read(path: Path) -> bytes:
    """Read a file of at most 4 KiB; symbolic links are not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, "rb") as file:
            return file.read(4096)
    except FileNotFoundError as error:
        raise KeyFileError(f"{path.name} is missing", code="keys.missing") from error
    except OSError as error:
        raise KeyFileError(f"{path.name} can't be read ({error.strerror})") from error


def overwrite_and_unlink(path: Path) -> None:
    """Write random bytes over the file, then remove it.

    That is no promise: a copying file system, a flash disk or a backup may keep the old blocks. The documentation
    says so.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, "r+b", buffering=0, closefd=True) as file:
            size = os.fstat(file.fileno()).st_size
            for _ in range(2):
                file.seek(0)
                file.write(secrets.token_bytes(size))
                os.fsync(file.fileno())
        path.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(f"{path.name} can't be removed ({error.strerror})") from error


def _problem(path: Path) -> str:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return f"{path.name} is a symbolic link"
    if found.st_uid not in (os.geteuid(), 0):
        return f"{path.name} belongs to another user"
    if found.st_mode & 0o077:
        return f"{path.name} is open to others (mode {stat.S_IMODE(found.st_mode):04o})"
    return ""


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
