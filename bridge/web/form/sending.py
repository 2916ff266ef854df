"""Put a request into the mailbox exactly once, however often the button is pressed."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass

from bridge.web.form.mail import compose_request, new_reference
from bridge.web.form.reading import Filled
from bridge.web.ports import Controller, Letterbox

KNOWN = 5000
"""Forms whose fate is remembered; nothing but a random number, a reference and a time."""


@dataclass
class _Fate:
    reference: str
    first: dt.datetime
    confirmed: bool
    lock: threading.Lock


class Post:
    """Send forms. A form that is sent again with the same number keeps its reference, Message-ID and date.

    So after an unclear answer of the mailbox a second try makes at most a copy of the same request, which the walk
    sees as one.
    """

    def __init__(self) -> None:
        self._fates: OrderedDict[str, _Fate] = OrderedDict()
        self._lock = threading.Lock()

    def send(
        self, letterbox: Letterbox, filled: Filled, controller: Controller, number: str, now: dt.datetime
    ) -> str:
        """Append the request to the mailbox and return its reference once that is confirmed; raises BridgeError."""
        fate = self._fate(number, now)
        with fate.lock:
            if not fate.confirmed:
                raw = compose_request(filled, controller, fate.reference, fate.first)
                letterbox.append(controller.inbox, raw)
                fate.confirmed = True
        return fate.reference

    def _fate(self, number: str, now: dt.datetime) -> _Fate:
        with self._lock:
            if number not in self._fates:
                self._fates[number] = _Fate(new_reference(), now, False, threading.Lock())
                while len(self._fates) > KNOWN:
                    self._fates.popitem(last=False)
            return self._fates[number]
