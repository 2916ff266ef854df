"""Bare calls to the web service: the bridge's own client hides what the doctor wants to see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import requests
import urllib3

from bridge.otrs.connection import new_session
from bridge.settings.connections import Otrs

_MOST = 1_000_000
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status (0: nothing proper) and the JSON object, empty where there was none."""

    status: int
    content: Mapping[str, Any]

    @property
    def error(self) -> str:
        """Give OTRS's error code, such as TicketGet.AuthFail; empty when it told no error."""
        told = self.content.get("Error")
        return str(told.get("ErrorCode", "")) if isinstance(told, dict) else ""


class Bare:
    """Call routes of one web service, with or without a session."""

    def __init__(self, otrs: Otrs) -> None:
        self._otrs = otrs
        self._http = new_session(otrs.ca_file)

    def call(
        self, method: str, route: str, content: Mapping[str, Any] | None = None, session: str = ""
    ) -> Answer:
        """Send one request; every failure is an Answer of status 0.

        What was not answered properly is asked once more, except by GET, where that is the good answer: a Znuny whose
        modules have just changed, or whose cache is emptied, may fail once (measured).
        """
        answer = self._once(method, route, content, session)
        if answer.content or method == "GET":
            return answer
        return self._once(method, route, content, session)

    def _once(self, method: str, route: str, content: Mapping[str, Any] | None, session: str) -> Answer:
        headers = {"X-OTRS-Header-SessionID": session} if session else {}
        try:
            with self._http.request(
                method,
                self._otrs.url + route,
                json=content,
                headers=headers,
                timeout=(10, self._otrs.timeout_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                told = json.loads(response.raw.read(_MOST, decode_content=True))
                return Answer(response.status_code, told if isinstance(told, dict) else _NOTHING)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
            return Answer(0, _NOTHING)

    def log_in(self) -> str:
        """Open a session; empty when OTRS gives none."""
        password = self._otrs.password.get_secret_value()
        told = self.call("POST", "/Session", {"UserLogin": self._otrs.username, "Password": password})
        return str(told.content.get("SessionID", ""))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
