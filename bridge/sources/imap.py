"""A mailbox on an IMAP server: one connection under a lock for commands, one of its own for IDLE.

Only UID, RFC822.SIZE, INTERNALDATE and BODY.PEEK[] are ever fetched and nothing but UIDs and dates searched, so that no
header gets into the server's index cache (measured on Dovecot). Every command opens its folder anew: that costs one
round trip and gives a fresh view and the UIDVALIDITY that the answer belongs to.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from imapclient import DELETED, IMAPClient

from bridge.message.model import Place
from bridge.sources.base import (
    AppendUnconfirmed,
    ConnectionLost,
    Fetched,
    FolderState,
    Names,
    Places,
    Refused,
    UidvalidityChanged,
    Vanished,
    digest_check,
)
from bridge.sources.imap_connection import ImapSettings, wrapped
from bridge.sources.imap_idle import Idle
from bridge.sources.imap_session import Session, need
from bridge.transport import Backoff

T = TypeVar("T")
_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
_CHUNK = 500
_WINDOW = 50_000


class ImapMailbox:
    """An IMAP account (imapclient). Needs the capabilities UIDPLUS and MOVE of its server.

    There is no COPY in place of a missing MOVE: it is not atomic, and a crash in between would leave a second
    original that nobody looks for. `capabilities` lets the doctor say so beforehand.
    """

    kind = "imap"

    def __init__(self, settings: ImapSettings, *, account: str, backoff: Backoff | None = None) -> None:
        self._account = account
        self._session = Session(settings, backoff or Backoff())
        self._idle = Idle(settings)
        self._seen: dict[str, int] = {}
        self._made: set[str] = set()

    @property
    def account(self) -> str:
        """Return the name under which Places know this account."""
        return self._account

    def state(self, folder: str) -> FolderState:
        """Return UIDVALIDITY, UIDNEXT and the number of mails of a folder just opened."""
        return self._session.run("SELECT", lambda client: self._session.select(client, folder))

    def list(self, folder: str, *, above: int | None = None) -> Places:
        """Return the places of all mails, or of those with a higher UID than `above`."""

        def work(client: IMAPClient) -> Places:
            state = self._session.select(client, folder)
            # `UID n:*` answers with the last mail when none is that high (RFC 3501 section 6.4.8).
            uids = client.search(["UID", f"{above + 1}:*"]) if above is not None else _uids(client, state)
            self._seen[folder] = state.uidnext
            wanted = sorted(uid for uid in uids if above is None or uid > above)
            return [self._place(folder, state, uid) for uid in wanted]

        return self._session.run("SEARCH", work)

    def fetch(self, place: Place, *, max_bytes: int) -> Fetched:
        """Ask for the size first, then for the bytes unless they are more than `max_bytes`."""

        def work(client: IMAPClient) -> Fetched:
            self._open(client, place)
            uid = int(place.uid)
            facts = client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
            if not facts or b"RFC822.SIZE" not in facts:
                raise Vanished(place)
            size: int = facts[b"RFC822.SIZE"]
            raw = self._body(client, uid) if size <= max_bytes else None
            if raw is None and size <= max_bytes:
                raise Vanished(place)
            return Fetched(place, raw, size, _utc(facts.get(b"INTERNALDATE")))

        return self._session.run("FETCH", work)

    @staticmethod
    def _body(client: IMAPClient, uid: int) -> bytes | None:
        answer: dict[bytes, Any] = client.fetch([uid], ["BODY.PEEK[]"]).get(uid) or {}
        body: bytes | None = answer.get(b"BODY[]")
        return body

    def move(self, place: Place, folder: str) -> None:
        """Send UID MOVE (RFC 6851); raise Unsupported without it, NoFolder when the target is missing."""

        def work(client: IMAPClient) -> None:
            need(client, "MOVE")
            self._open(client, place)
            client.move([int(place.uid)], self._session.spelled(client, folder))

        self._session.run("MOVE", work)

    def find(
        self, folder: str, *, size: int, sha256: str = "", matches: Callable[[bytes], bool] | None = None
    ) -> Places:
        """Fetch the sizes of all mails of the folder, then the bytes of those that have this size."""
        check = digest_check(sha256, matches)

        def work(client: IMAPClient) -> Places:
            state = self._session.select(client, folder)
            uids = _uids(client, state)
            found: Places = []
            for uid, facts in _facts(client, uids, "RFC822.SIZE"):
                if facts.get(b"RFC822.SIZE") == size:
                    raw = self._body(client, uid)
                    if raw is not None and check(raw):
                        found.append(self._place(folder, state, uid))
            return found

        return self._session.run("FETCH", work)

    def exists(self, place: Place) -> bool:
        """Fetch the UID alone in a view opened for this question."""

        def work(client: IMAPClient) -> bool:
            self._open(client, place)
            return int(place.uid) in client.fetch([int(place.uid)], ["UID"])

        return self._session.run("FETCH", work)

    def expunge(self, place: Place) -> None:
        r"""Set \Deleted and send UID EXPUNGE (RFC 4315) for this UID alone; others' deleted mails stay."""

        def work(client: IMAPClient) -> None:
            need(client, "UIDPLUS")
            self._open(client, place)
            client.add_flags([int(place.uid)], [DELETED], silent=True)
            client.uid_expunge([int(place.uid)])

        self._session.run("EXPUNGE", work)

    def append(self, folder: str, raw: bytes, *, received: dt.datetime | None = None) -> Place:
        """Append once; bare line feeds become CRLF on the way (imaplib). Never tried a second time on its own."""

        def work(client: IMAPClient) -> Place:
            need(client, "UIDPLUS")
            self._session.select(client, folder)
            try:
                with wrapped("APPEND"):
                    answer = client.append(self._session.spelled(client, folder), raw, msg_time=received)
            except ConnectionLost as error:
                self._session.drop()
                raise AppendUnconfirmed(str(error)) from None
            confirmed = _APPENDUID.search(answer or b"")
            if not confirmed:
                raise AppendUnconfirmed("APPEND: no APPENDUID in the answer")
            return Place(self.kind, self._account, folder, int(confirmed[1]), confirmed[2].decode("ascii"))

        return self._session.run("APPEND", work)

    def folders(self) -> Names:
        """Return all selectable folders, in the spelling of the configuration."""

        def work(client: IMAPClient) -> Names:
            names = self._session.names(client)
            closed = {rb"\noselect", rb"\nonexistent"}
            listed = client.list_folders()
            return sorted(
                names.from_server(name)
                for flags, _, name in listed
                if not closed & {f.lower() for f in flags}
            )

        return self._session.run("LIST", work)

    def ensure_folder(self, name: str) -> None:
        """Create and subscribe the folder unless it is listed, or was when it was last asked for."""
        if name in self._made:
            return
        self._made |= set(self.folders())
        if name in self._made:
            return

        def work(client: IMAPClient) -> None:
            spelled = self._session.spelled(client, name)
            client.create_folder(spelled)
            client.subscribe_folder(spelled)

        try:
            self._session.run("CREATE", work)
        except Refused:
            if name not in self.folders():  # somebody else may have been quicker
                raise

    def older_than(self, folder: str, cutoff: dt.datetime) -> Places:
        """Search by day, which knows no zone (RFC 3501 section 6.4.4), then compare INTERNALDATE itself."""

        def work(client: IMAPClient) -> Places:
            state = self._session.select(client, folder)
            uids = client.search(["BEFORE", (cutoff + dt.timedelta(days=2)).date()]) if state.count else []
            dates = _facts(client, uids, "INTERNALDATE")
            old = [
                uid
                for uid, facts in dates
                if b"INTERNALDATE" in facts and _utc(facts[b"INTERNALDATE"]) < cutoff
            ]
            return [self._place(folder, state, uid) for uid in sorted(old)]

        return self._session.run("SEARCH", work)

    def wait(self, folder: str, seconds: float, stop: threading.Event) -> bool:
        """Wait in IDLE on a connection of its own (without IDLE: look every ten seconds)."""
        seen = self._seen.get(folder)

        def news() -> bool:
            return seen is not None and self.state(folder).uidnext > seen

        return self._idle.wait(self._session.spelled_as_known(folder), seconds, stop, news)

    def capabilities(self) -> frozenset[str]:
        """Return what the server offers after log-in."""
        return self._session.run(
            "CAPABILITY", lambda client: frozenset(c.decode("ascii").upper() for c in client.capabilities())
        )

    def close(self) -> None:
        """Close both connections, the idle one as soon as its wait notices."""
        self._idle.close()
        self._session.close()

    def _open(self, client: IMAPClient, place: Place) -> None:
        state = self._session.select(client, place.folder)
        if state.uidvalidity != place.uidvalidity:
            raise UidvalidityChanged(place, state.uidvalidity)

    def _place(self, folder: str, state: FolderState, uid: int) -> Place:
        return Place(self.kind, self._account, folder, state.uidvalidity, str(uid))


def _uids(client: IMAPClient, state: FolderState) -> list[int]:
    """Search for all mails; of a large folder in ranges, since imaplib refuses answers of more than a million bytes."""
    if not state.count:
        return []
    if state.count <= _WINDOW or not state.uidnext:
        return list(client.search("ALL"))
    ranges = [f"{first}:{first + _WINDOW - 1}" for first in range(1, state.uidnext, _WINDOW)]
    found = {uid for each in ranges for uid in client.search(["UID", each])}
    return sorted(found)


def _facts(client: IMAPClient, uids: list[int], fact: str) -> list[tuple[int, dict[bytes, Any]]]:
    """Fetch one fact of many mails, in chunks that keep command lines short."""
    found: list[tuple[int, dict[bytes, Any]]] = []
    for at in range(0, len(uids), _CHUNK):
        found += client.fetch(uids[at : at + _CHUNK], [fact]).items()
    return found


def _utc(date: dt.datetime | None) -> dt.datetime:
    if date is None:
        raise ConnectionLost("FETCH: no INTERNALDATE in the answer")
    return date.astimezone(dt.UTC)
