"""What a target of deliveries is, and the one question about a failed one: was it delivered all the same?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from bridge.errors import BridgeError

Outcome = Literal["not-sent", "refused", "unclear"]


class TargetError(BridgeError):
    """A delivery failed. Texts hold stages and reply codes, never an address or the server's words.

    "not-sent": it never left. "refused": the server answered that it did not take it. "unclear": the server may have
    taken it. With the first two it is safe to try again, unless `permanent`.
    """

    code = "target.error"
    outcome: Outcome = "unclear"

    def __init__(
        self, text: str, *, outcome: Outcome, code: str | None = None, permanent: bool | None = None
    ) -> None:
        super().__init__(text, code=code, permanent=permanent)
        self.outcome = outcome


class MailTarget(Protocol):
    """Whatever takes a finished mail."""

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Deliver to all recipients or to none; `sender` "" is the null envelope. Raise TargetError."""
