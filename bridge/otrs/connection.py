"""HTTP connections that know whether a request has begun to leave, so that a failure can be told apart.

A failure before the first byte went out is surely not done; any later one is unclear. requests and urllib3
blur that line (a TLS error while reading looks like one while connecting), so it is drawn here.
"""

from __future__ import annotations

import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_progress = threading.local()


def begin() -> None:
    """Note that this thread starts a new request."""
    _progress.sent = False


def left() -> bool:
    """Tell whether any byte of this thread's request has been given to the network since `begin`."""
    return bool(getattr(_progress, "sent", False))


class _Plain(HTTPConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _progress.sent = True
        super().send(data)


class _Tls(HTTPSConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _progress.sent = True
        super().send(data)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


def new_session(ca_file: str | None) -> requests.Session:
    """Return a session with one kept connection, deaf to proxies, netrc and CA settings of the environment.

    It never retries by itself: whether sending again is safe only the caller knows.
    """
    session = requests.Session()
    session.trust_env = False
    session.verify = ca_file if ca_file is not None else True
    adapter = _Adapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
