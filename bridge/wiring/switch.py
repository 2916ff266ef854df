"""The switch `erase:` of the configuration, looked at before every erasure so that `off` works at once."""

from __future__ import annotations

import threading
from pathlib import Path

from bridge.errors import BridgeError
from bridge.settings import load_settings


class EraseSwitch:
    """Tell whether erasing is on for one controller; a configuration that can't be read now means off."""

    def __init__(self, path: Path | None, controller: str, *, on: bool) -> None:
        self._path, self._controller, self._on = path, controller, on
        self._stamp = self._now()
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        """Read the file again when it has changed since the last look."""
        if self._path is None:
            return self._on
        with self._lock:
            stamp = self._now()
            if stamp != self._stamp:
                self._stamp, self._on = stamp, self._read()
            return self._on

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_size) if found else None

    def _read(self) -> bool:
        try:
            settings = load_settings(self._path) if self._path else None
        except BridgeError:
            return False
        found = settings.for_controllers() if settings else ()
        return any(one.name == self._controller and one.erase for one in found)
