"""Keys that expire: each makes keyed hashes for a while, can still recognise them for longer, and is then destroyed.

With its key a hash loses its meaning: nobody, the operator included, can compute it again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
import threading
from pathlib import Path

from bridge.keys import folder as files

_NAME = re.compile(r"person-(20[0-9]{6})\.key")
_SECRET = re.compile(rb"[0-9a-f]{64}\n")
MAKES_DAYS = 30


class ExpiringKeys:
    """The expiring keys of a key folder. A key lives `days`, counted from the day that it was made on."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder, self._days = folder, days
        self._lock = threading.Lock()

    def current(self, now: dt.datetime) -> str:
        """Return the id of the key to make hashes with now; a new one is made every 30 days."""
        with self._lock:
            newest = max(self._made(), default="")
            if not newest or _day(newest) + dt.timedelta(days=min(MAKES_DAYS, self._days)) <= now.date():
                newest = f"{now:%Y%m%d}"
                if newest not in self._made():
                    files.write_new(self._path(newest), secrets.token_hex(32).encode() + b"\n")
            return newest

    def live(self, now: dt.datetime) -> list[str]:
        """Return the ids of all keys that have not expired, the oldest first."""
        return [one for one in sorted(self._made()) if not self._is_over(one, now)]

    def expire(self, now: dt.datetime) -> list[str]:
        """Destroy the keys whose time is over; returns their ids."""
        with self._lock:
            over = [one for one in sorted(self._made()) if self._is_over(one, now)]
            for one in over:
                files.overwrite_and_unlink(self._path(one))
        return over

    def hashed(self, key_id: str, *parts: str) -> str:
        """Compute a keyed hash; each part is led by its length."""
        content = files.read(self._path(key_id))
        if not _SECRET.fullmatch(content):
            raise files.KeyFileError(f"person-{key_id}.key is damaged", code="keys.damaged")
        encoded = [part.encode() for part in parts]
        message = b"".join(len(part).to_bytes(8) + part for part in encoded)
        return hmac.new(bytes.fromhex(content.decode()), message, hashlib.sha256).hexdigest()

    def _made(self) -> list[str]:
        try:
            return [found[1] for path in self._folder.iterdir() if (found := _NAME.fullmatch(path.name))]
        except OSError as error:
            raise files.KeyFileError(f"the key folder can't be read ({error.strerror})") from error

    def _path(self, key_id: str) -> Path:
        return self._folder / f"person-{key_id}.key"

    def _is_over(self, key_id: str, now: dt.datetime) -> bool:
        return _day(key_id) + dt.timedelta(days=self._days) <= now.date()


def _day(key_id: str) -> dt.date:
    return dt.datetime.strptime(key_id, "%Y%m%d").replace(tzinfo=dt.UTC).date()
