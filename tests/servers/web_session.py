"""Bare calls to Znuny's web service."""

from __future__ import annotations

from typing import Any

import requests

from tests.servers.queue_set import Agent


class WebSession:
    """Bare calls to the web service, for set-up and checks that must not depend on the bridge's own client."""

    def __init__(self, url: str, agent: Agent) -> None:
        self.url = url
        self.http = requests.Session()
        answer = self.call("POST", "/Session", {"UserLogin": agent.login, "Password": agent.password})
        self.http.headers["X-OTRS-Header-SessionID"] = answer["SessionID"]

    def call(self, method: str, route: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return its answer, error answers included."""
        response = self.http.request(method, self.url + route, json=body, timeout=60)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        self.http.close()

    def __enter__(self) -> WebSession:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
