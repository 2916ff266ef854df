"""A switchboard for what real servers do to their clients: each fault strikes the next calls of an operation."""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass, field


class Fault(enum.Enum):
    """What goes wrong. "after" means: OTRS has done it, but the client can't know."""

    DROP_BEFORE = "the connection closes before anything is done"
    DROP_AFTER = "it is done, the connection closes without an answer"
    ERROR_BEFORE = "HTTP 500, nothing done"
    ERROR_AFTER = "HTTP 500, but done"
    HTML_BEFORE = "HTTP 200 with an HTML page, nothing done"
    HTML_AFTER = "HTTP 200 with an HTML page, but done"
    EMPTY_AFTER = "an empty answer, but done"
    TRUNCATED_AFTER = "JSON that ends in the middle, but done"
    REDIRECT = "a redirect to another address, nothing done"
    AUTH_FAIL = "the session is refused although it is good"
    HOLD_BEFORE = "waits before doing it, until released"
    HOLD_AFTER = "waits after doing it, until released"
    HALF_CREATED = "TicketCreate stops after fields, before the article: HTTP 500"
    BARE_CREATED = "TicketCreate stops after the ticket row: HTTP 500"
    HALF_DELETED = "the erasing job stops after fields and history; articles stay"
    SHELL_DELETED = "the erasing job stops after articles; the ticket row stays"
    UNFILTERED = "TicketSearch ignores every filter"
    EMPTY_SEARCH = "TicketSearch finds nothing, as before its index caught up"


@dataclass(slots=True)
class _Armed:
    operation: str
    fault: Fault
    after: int
    times: int
    gate: threading.Event = field(default_factory=threading.Event)


class Faults:
    """Arm faults; `struck` tells which of them have happened, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self.struck: list[tuple[str, Fault]] = []

    def arm(self, operation: str, fault: Fault, *, after: int = 0, times: int = 1) -> threading.Event:
        """Let `fault` strike `times` calls of `operation` ("*" for any), skipping the first `after`.

        Return the gate that lets a held call go on; for other faults it means nothing.
        """
        armed = _Armed(operation, fault, after, times)
        with self._lock:
            self._armed.append(armed)
        return armed.gate

    def clear(self) -> None:
        """Disarm all faults and let held calls go on."""
        with self._lock:
            armed, self._armed = self._armed, []
        for one in armed:
            one.gate.set()

    def strike(self, operation: str, *among: Fault) -> _Armed | None:
        """Return the first armed fault among the given kinds for this call, and count it."""
        with self._lock:
            for one in self._armed:
                if one.fault not in among or one.operation not in ("*", operation) or one.times <= 0:
                    continue
                if one.after > 0:
                    one.after -= 1
                    continue
                one.times -= 1
                self.struck.append((operation, one.fault))
                return one
        return None
