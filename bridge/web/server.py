"""Serve an application from a thread, by waitress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]

from bridge.errors import BridgeError
from bridge.web.memory import FIELDS, FILES, SMALL

_log = structlog.get_logger(__name__)

MOST_BYTES = FILES + FIELDS + SMALL
THREADS = 4
CONNECTIONS = 50
PATIENCE = 10.0
"""Seconds that answers under way are given at the end."""


class ListenError(BridgeError):
    """Say that the address to listen on can't be used."""

    code = "web.listen"
    permanent = True


class Serving:
    """A running server; `port` is the real one where 0 was asked for."""

    def __init__(self, server: Any, sockets: dict[int, Any], stop: threading.Event) -> None:
        self._server, self._sockets, self._stop = server, sockets, stop
        several = getattr(server, "effective_listen", None)  # where a name means more than one address
        self.port = int(several[0][1] if several else server.effective_port)
        self._thread = threading.Thread(target=self._run, name=f"web-{self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, let what is being answered end, wait for the thread."""
        self._stop.set()
        self.join()

    def join(self, timeout: float = 30) -> None:
        """Wait for the end after `stop` was set."""
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._turn()
        self._server.close()  # the listener; browsers keep their connections open and must not keep us
        end = time.monotonic() + PATIENCE
        while self._busy() and time.monotonic() < end:
            self._turn()
        wasyncore.close_all(self._sockets)
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)

    def _turn(self) -> None:
        wasyncore.loop(timeout=0.25, use_poll=True, map=self._sockets, count=1)

    def _busy(self) -> bool:
        connections = [one for one in self._sockets.values() if isinstance(one, HTTPChannel)]
        return any(one.requests or one.total_outbufs_len for one in connections)


def serve(
    application: Callable[..., Any], address: tuple[str, int], stop: threading.Event | None = None
) -> Serving:
    """Serve a WSGI application on host and port until `stop` is set or `stop()` is called.

    Waitress writes bodies over 512 kB to temporary files unless told otherwise, and uploads must not touch the disk:
    so its buffers are as large as the largest body that it takes. Raises ListenError.
    """
    host, port = address
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            application,
            map=sockets,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            max_request_body_size=MOST_BYTES,
            inbuf_overflow=MOST_BYTES + 1,
            outbuf_overflow=1 << 30,
            outbuf_high_watermark=4 << 20,
            ident=None,
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=False,  # ProxyFix believes as many of them as the configuration says
        )
    except OSError as error:
        wasyncore.close_all(sockets)
        raise ListenError(f"can't listen on {host} port {port}: {error.strerror}") from error
    serving = Serving(server, sockets, stop or threading.Event())
    _log.info("listening", port=serving.port)
    return serving
