"""OAuth2 access tokens for mail log-ins (RFC 6749 section 6), from a refresh token that may change at any refresh."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bridge.sources.base import LoginRefused, MailboxError, Unreachable
from bridge.sources.imap_connection import Tokens

_EARLY = 120.0  # seconds before its end at which a token counts as used up
_TIMEOUT = (10.0, 30.0)


@dataclass(frozen=True, slots=True)
class OAuth2Settings:
    """Where tokens come from. `refresh_token_file` is rewritten whenever an answer brings a new refresh token."""

    token_url: str
    client_id: str
    refresh_token_file: Path
    client_secret: str = field(default="", repr=False)
    scope: str = ""


class RefreshedTokens(Tokens):
    """Access tokens, kept in memory until shortly before their end.

    A new refresh token is on disk before the access token is used: some providers let the old one die at once, others
    after 90 days, when all mail would stop.
    """

    def __init__(self, settings: OAuth2Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def __call__(self, *, fresh: bool = False) -> str:
        """Return an access token; raise LoginRefused (the grant is dead), Unreachable or MailboxError."""
        with self._lock:
            if fresh or not self._token or self._clock() > self._ends - _EARLY:
                self._refresh()
            return self._token

    def _refresh(self) -> None:
        answer = self._ask(self._read())
        token, new = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(token, str) or not token:
            raise MailboxError(
                "the token server's answer holds no access token", code="mailbox.bad-token-answer"
            )
        if isinstance(new, str) and new:
            self._keep(new)
        try:
            seconds = float(answer.get("expires_in", 3600))
        except (TypeError, ValueError):
            seconds = 3600.0
        self._token, self._ends = token, self._clock() + seconds

    def _ask(self, refresh_token: str) -> dict[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self._settings.client_id,
        }
        if self._settings.client_secret:
            form["client_secret"] = self._settings.client_secret
        if self._settings.scope:
            form["scope"] = self._settings.scope
        try:
            answer = requests.post(
                self._settings.token_url, data=form, timeout=_TIMEOUT, allow_redirects=False
            )
            found = answer.json() if answer.content else {}
        except requests.RequestException as error:
            raise Unreachable(f"token server: {type(error).__name__}") from None
        if answer.status_code in (400, 401):
            raise LoginRefused("the token server refuses the refresh token", code="mailbox.grant-refused")
        if answer.status_code != 200 or not isinstance(found, dict):
            raise Unreachable(f"token server: status {answer.status_code}")
        return found

    def _read(self) -> str:
        try:
            return self._settings.refresh_token_file.read_text().strip()
        except (OSError, ValueError) as error:
            text = f"the refresh token file can't be read ({type(error).__name__})"
            raise MailboxError(text, code="mailbox.no-refresh-token", permanent=True) from None

    def _keep(self, refresh_token: str) -> None:
        """Write whole or not at all, readable by its owner only."""
        file = self._settings.refresh_token_file
        draft = file.with_name(file.name + ".new")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w") as written:
                written.write(refresh_token + "\n")
                written.flush()
                os.fsync(descriptor)
            draft.replace(file)
        except OSError as error:
            text = f"the new refresh token can't be kept ({error.strerror})"
            raise MailboxError(text, code="mailbox.refresh-token-lost") from None
