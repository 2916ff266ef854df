"""Serve an application from a thread, by waitress."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog
from waitress.server import create_server  # type: ignore[import-untyped]

from bridge.errors import BridgeError
from bridge.web.memory import FIELDS, FILES, SMALL

_log = structlog.get_logger(__name__)

MOST_BYTES = FILES + FIELDS + SMALL
THREADS = 4
CONNECTIONS = 50


class ListenError(BridgeError):
    """Say that the address to listen on can't be used."""

    code = "web.listen"
    permanent = True


class Serving:
    """A running server; `port` is the real one where 0 was asked for."""

    def __init__(self, server: Any, thread: threading.Thread) -> None:
        self._server, self._thread = server, thread
        self.port = int(server.effective_port)

    def stop(self) -> None:
        """Close the listener, let what is being answered end, wait for the thread."""
        self._server.close()
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=10)
        self._thread.join(timeout=15)


def serve(
    application: Callable[..., Any], address: tuple[str, int], stop: threading.Event | None = None
) -> Serving:
    """Serve a WSGI application on host and port until `stop` is set or `stop()` is called.

    Waitress writes bodies over 512 kB to temporary files unless told otherwise, and uploads must not touch the disk:
    so its buffers are as large as the largest body that it takes. Raises ListenError.
    """
    host, port = address
    try:
        server = create_server(
            application,
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
        raise ListenError(f"can't listen on {host} port {port}: {error.strerror}") from error
    thread = threading.Thread(target=_run, args=(server,), name=f"web-{port}", daemon=True)
    thread.start()
    serving = Serving(server, thread)
    if stop is not None:
        threading.Thread(
            target=_stop_with, args=(serving, stop), name=f"web-{port}-stop", daemon=True
        ).start()
    _log.info("listening", port=serving.port)
    return serving


def _run(server: Any) -> None:
    try:
        server.run()
    except OSError:  # the listener was closed under the loop: that is how it stops
        _log.debug("listener closed")


def _stop_with(serving: Serving, stop: threading.Event) -> None:
    stop.wait()
    serving.stop()
