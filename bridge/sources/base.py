"""What a mailbox is to the bridge: its contract, its values and its errors. IMAP and Maildir pass the same tests."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from bridge.errors import BridgeError
from bridge.message.model import Place

# Inside a class with a method `list` the built-in has no name.
Places: TypeAlias = list[Place]
Names: TypeAlias = list[str]


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder's state; `uidnext` is 0 where uids are no numbers (Maildir)."""

    uidvalidity: int
    uidnext: int
    count: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched mail. `raw` is None when the mail is larger than asked for; `size` is what `find` looks for.

    `received` is the server's receipt (INTERNALDATE; for Maildir the file's time), aware, UTC.
    """

    place: Place
    raw: bytes | None = field(repr=False)
    size: int
    received: dt.datetime


class MailboxError(BridgeError):
    """Any failure of a mailbox. Texts name folders, UIDs and codes, never content or a server's own words."""

    code = "mailbox.error"


class Unreachable(MailboxError):
    """No connection could be made: name, route, port, time-out or TLS."""

    code = "mailbox.unreachable"


class BadCertificate(Unreachable):
    """The server's certificate is not trusted or names another host; or the CA file can't be read."""

    code = "mailbox.certificate"
    permanent = True


class ConnectionLost(MailboxError):
    """The connection broke or stalled; whether the last command was done is not known."""

    code = "mailbox.connection-lost"


class LoginRefused(MailboxError):
    """The server does not accept the user name with this password or token."""

    code = "mailbox.login-refused"
    permanent = True


class Unsupported(MailboxError):
    """The server lacks a capability that the bridge needs, or a setting is not allowed."""

    code = "mailbox.unsupported"
    permanent = True


class Refused(MailboxError):
    """The server answered NO or BAD to a command."""

    code = "mailbox.refused"


class NoFolder(Refused):
    """The folder does not exist or can't be opened."""

    code = "mailbox.no-folder"


class Vanished(MailboxError):
    """There is no mail at `place` any more; that alone proves nothing about where it is."""

    code = "mailbox.vanished"
    permanent = True

    def __init__(self, place: Place) -> None:
        super().__init__(f"no mail at {place.folder} {place.uidvalidity}/{place.uid}")
        self.place = place


class UidvalidityChanged(MailboxError):
    """The folder has another UIDVALIDITY than `place`: its uids mean other mails now."""

    code = "mailbox.uidvalidity-changed"
    permanent = True

    def __init__(self, place: Place, now: int) -> None:
        super().__init__(f"UIDVALIDITY of {place.folder} is {now}, not {place.uidvalidity}")
        self.place = place
        self.now = now


class AppendUnconfirmed(MailboxError):
    """An APPEND was begun and no APPENDUID came back: the mail may lie in the folder or not."""

    code = "mailbox.append-unconfirmed"


class Mailbox(Protocol):
    """A mail account. Every method may raise MailboxError; all may be called from several threads.

    Folder names are as configured, with `/` between levels and `INBOX` for the inbox, whatever the server uses.
    """

    @property
    def account(self) -> str:
        """Return the name under which Places know this account."""

    def state(self, folder: str) -> FolderState:
        """Return the folder's state; raise NoFolder."""

    def list(self, folder: str, *, above: int | None = None) -> Places:
        """Return the places of all mails in the order of their arrival, or of those with uid > `above`.

        A Maildir has no numbers and always lists all.
        """

    def fetch(self, place: Place, *, max_bytes: int) -> Fetched:
        """Fetch a mail without marking it read; raise Vanished, UidvalidityChanged."""

    def move(self, place: Place, folder: str) -> None:
        """Ask for a move. That it returns proves nothing: look with `find` and `exists`. Raise UidvalidityChanged."""

    def find(
        self, folder: str, *, size: int, sha256: str = "", matches: Callable[[bytes], bool] | None = None
    ) -> Places:
        """Return the mails of `size` bytes (as Fetched.size) whose bytes have the digest or satisfy `matches`.

        Compares in memory only, since a header search would leave names in the server's cache. Raise NoFolder.
        """

    def exists(self, place: Place) -> bool:
        """Look for the uid in a fresh view of its folder; raise UidvalidityChanged, NoFolder."""

    def expunge(self, place: Place) -> None:
        """Remove this one mail for good, and no other that is marked deleted; a vanished one is no error."""

    def append(self, folder: str, raw: bytes, *, received: dt.datetime | None = None) -> Place:
        """Store a mail and return where it surely lies; raise AppendUnconfirmed when that is not known."""

    def folders(self) -> Names:
        """Return the names of all folders that can hold mail, sorted."""

    def ensure_folder(self, name: str) -> None:
        """Create the folder unless it exists."""

    def older_than(self, folder: str, cutoff: dt.datetime) -> Places:
        """Return the mails received before `cutoff` (aware), oldest place first."""

    def wait(self, folder: str, seconds: float, stop: threading.Event) -> bool:
        """Wait up to `seconds` for news since the last `list` of the folder; True when something may be new.

        A wake-up only: it may be late or wrong, so look with `list` as well now and then. Returns soon once
        `stop` is set, and raises no error for a lost connection.
        """

    def capabilities(self) -> frozenset[str]:
        """Return the server's capabilities in upper case."""

    def close(self) -> None:
        """Close all connections; a later call opens them again."""


def digest_check(sha256: str, matches: Callable[[bytes], bool] | None) -> Callable[[bytes], bool]:
    """Return the comparison that `find` was asked for; raise ValueError unless exactly one was given."""
    if (not sha256) == (matches is None):
        raise ValueError("find needs either sha256 or matches")
    if matches is not None:
        return matches
    return lambda raw: hashlib.sha256(raw).hexdigest() == sha256.lower()
