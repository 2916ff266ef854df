"""Waiting for mail: IDLE (RFC 2177) as a wake-up, on a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from imapclient import IMAPClient

from bridge.sources.base import ConnectionLost, MailboxError
from bridge.sources.imap_connection import ImapSettings, connect, hang_up, wrapped
from bridge.transport import Backoff

_SLICE = 1.0  # seconds between looks at the stop event
_LONGEST = 9 * 60.0  # routers and servers drop a connection that is silent for longer
_LOOK_EVERY = 10.0


class Idle:
    """Waits for news in one folder at a time. Errors end in a pause of growing length, never in an exception."""

    def __init__(self, settings: ImapSettings, *, backoff: Backoff | None = None) -> None:
        self._settings = settings
        self._backoff = backoff or Backoff()
        self._lock = threading.Lock()
        self._client: IMAPClient | None = None
        self._closing = threading.Event()

    def wait(self, folder: str, seconds: float, stop: threading.Event, news: Callable[[], bool]) -> bool:
        """Wait in `folder` (the server's spelling); `news` looks, on another connection, whether something came before.

        It is asked once IDLE stands, because what the server says in one breath with its "+ idling" stays in the
        library's buffer, unseen until more arrives. After an error this waits out the back-off or `seconds` and returns
        True, so that the caller looks itself.
        """
        with self._lock:
            self._closing.clear()
            deadline = time.monotonic() + min(seconds, _LONGEST)
            try:
                with wrapped("IDLE"):
                    arrived = self._wait(folder, deadline, stop, news)
            except MailboxError:
                self._drop()
                stop.wait(min(self._backoff.failed(), max(0.0, deadline - time.monotonic())))
                return True
            self._backoff.succeeded()
            return arrived

    def close(self) -> None:
        """Make a wait under way return, and close the connection."""
        self._closing.set()
        with self._lock:
            self._drop()

    def _wait(self, folder: str, deadline: float, stop: threading.Event, news: Callable[[], bool]) -> bool:
        client = self._client = self._client or connect(self._settings)
        if not client.has_capability("IDLE"):
            return self._look(deadline, stop, news)
        client.select_folder(folder, readonly=True)
        client.idle()
        arrived = news() or self._listen(client, deadline, stop)
        client.idle_done()
        return arrived

    def _listen(self, client: IMAPClient, deadline: float, stop: threading.Event) -> bool:
        while not (stop.is_set() or self._closing.is_set()):
            begun = time.monotonic()
            rest = deadline - begun
            if rest <= 0:
                return False
            answers = client.idle_check(timeout=min(_SLICE, rest))
            if any(len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in answers):
                return True
            if any(answer[0] == b"BYE" for answer in answers):
                raise ConnectionLost("IDLE: the server says BYE")
            if not answers and time.monotonic() - begun < min(_SLICE, rest) / 2:
                raise ConnectionLost(
                    "IDLE: closed by the server"
                )  # else it returns at once, for ever (measured)
        return False

    def _look(self, deadline: float, stop: threading.Event, news: Callable[[], bool]) -> bool:
        while not news():
            rest = deadline - time.monotonic()
            if rest <= 0 or self._closing.is_set() or stop.wait(min(_LOOK_EVERY, rest)):
                return False
        return True

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)
