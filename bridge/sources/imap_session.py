"""The command connection of an IMAP account: opened when needed, replaced when broken, used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from imapclient import IMAPClient

from bridge.sources.base import (
    ConnectionLost,
    FolderState,
    MailboxError,
    NoFolder,
    Refused,
    Unreachable,
    Unsupported,
)
from bridge.sources.folder_names import FolderNames
from bridge.sources.imap_connection import ImapSettings, connect, hang_up, wrapped
from bridge.transport import Backoff

T = TypeVar("T")


class Session:
    """One connection under a lock. After a failed attempt it stays closed until the back-off is over."""

    def __init__(self, settings: ImapSettings, backoff: Backoff) -> None:
        self._settings = settings
        self._backoff = backoff
        self._lock = threading.RLock()
        self._client: IMAPClient | None = None
        self._names: FolderNames | None = None

    def run(self, command: str, work: Callable[[IMAPClient], T]) -> T:
        """Run `work`; where a connection kept from before turns out broken, do it again on a new one.

        Doing it again is safe: readings change nothing, and a second MOVE or EXPUNGE of the same UID finds nothing.
        """
        with self._lock:
            kept = self._client is not None
            try:
                return self._once(command, work)
            except ConnectionLost:
                if not kept:
                    raise
            return self._once(command, work)

    def select(self, client: IMAPClient, folder: str) -> FolderState:
        """Open the folder anew and return its state; raise NoFolder."""
        spelled = self.spelled(client, folder)
        try:
            with wrapped("SELECT"):
                answer = client.select_folder(spelled)
        except Refused as error:
            raise NoFolder(f"the folder does not exist or can't be opened: {error}") from None
        return FolderState(answer[b"UIDVALIDITY"], answer.get(b"UIDNEXT", 0), answer.get(b"EXISTS", 0))

    def spelled(self, client: IMAPClient, folder: str) -> str:
        """Return the folder's name as the server spells it."""
        return self.names(client).to_server(folder)

    def spelled_as_known(self, folder: str) -> str:
        """Do the same without asking the server, for the idle connection."""
        return self._names.to_server(folder) if self._names else folder

    def names(self, client: IMAPClient) -> FolderNames:
        """Return the translation of folder names, learned at first use."""
        if self._names is None:
            root = client.list_folders("", "")
            delimiter = (root[0][1] or b"").decode("ascii") if root else "/"
            spaces = client.namespace() if client.has_capability("NAMESPACE") else ((), (), ())
            self._names = FolderNames.of(spaces[0] or (), [*(spaces[1] or ()), *(spaces[2] or ())], delimiter)
        return self._names

    def drop(self) -> None:
        """Close a connection that is no good any more."""
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)

    def close(self) -> None:
        """Log out."""
        with self._lock:
            if self._client is not None:
                with suppress(Exception):
                    self._client.logout()
            self.drop()

    def _once(self, command: str, work: Callable[[IMAPClient], T]) -> T:
        client = self._connected()
        try:
            with wrapped(command):
                return work(client)
        except ConnectionLost:
            self.drop()
            raise

    def _connected(self) -> IMAPClient:
        if self._client is not None:
            return self._client
        wait = self._backoff.remaining()
        if wait:
            raise Unreachable(f"next try in {wait:.0f} s", code="mailbox.backing-off")
        try:
            self._client = connect(self._settings)
        except MailboxError:
            self._backoff.failed()
            raise
        self._backoff.succeeded()
        return self._client


def need(client: IMAPClient, capability: str) -> None:
    """Raise Unsupported unless the server offers `capability`."""
    if not client.has_capability(capability):
        raise Unsupported(f"the server lacks {capability}", code=f"mailbox.no-{capability.lower()}")
