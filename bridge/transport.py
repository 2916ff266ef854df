"""What every connection to a mail server needs: TLS, the loopback rule, waiting before trying again."""

from __future__ import annotations

import ipaddress
import random
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

Tls = Literal["implicit", "starttls", "none"]


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a verifying client context (TLS 1.2 or newer); `ca_file` replaces the system's authorities.

    Raises OSError (ssl.SSLError included) when `ca_file` can't be read.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_loopback(host: str) -> bool:
    """Tell whether `host` is a literal loopback address or `localhost`; other names are not resolved."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Backoff:
    """Seconds to wait after failures in a row: doubling from `first` to `most`, each with jitter of a half.

    Jitter keeps several workers from coming back to a restarted server at the same moment.
    """

    def __init__(
        self,
        first: float = 1.0,
        most: float = 60.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._first, self._most = first, most
        self._clock, self._jitter = clock, jitter
        self._failures = 0
        self._until = 0.0

    def failed(self) -> float:
        """Count a failure; return the seconds to wait."""
        ceiling = min(self._most, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        seconds = ceiling * (0.5 + self._jitter() / 2)
        self._until = self._clock() + seconds
        return seconds

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures = 0
        self._until = 0.0

    def remaining(self) -> float:
        """Return the seconds still to wait, 0.0 when a try is due."""
        return max(0.0, self._until - self._clock())
