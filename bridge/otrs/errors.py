"""What can go wrong between the bridge and OTRS, sorted by the one question that matters: was it done?

Texts hold the operation, OTRS's error code and counts. They never hold an answer's body, a value that was sent, or
the text of a foreign exception (those of requests and pyotrs quote bodies and addresses).
"""

from __future__ import annotations

from typing import Literal

from bridge.errors import BridgeError

Outcome = Literal["not-sent", "refused", "unclear"]


class OtrsError(BridgeError):
    """Any failure of a call; `outcome` says whether OTRS may have acted all the same.

    "not-sent": the request never left (surely not done). "refused": OTRS answered that it did not act.
    "unclear": it may have been done, wholly or in part, now or a little later; probe before sending again.
    """

    code = "otrs.error"
    outcome: Outcome = "unclear"

    def __init__(
        self,
        text: str,
        *,
        operation: str = "",
        otrs_code: str = "",
        code: str | None = None,
        permanent: bool | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        super().__init__(text, code=code, permanent=permanent)
        self.operation = operation
        self.otrs_code = otrs_code
        if outcome is not None:
            self.outcome = outcome


class Unreachable(OtrsError):
    """No connection could be made: name, route, port, TLS handshake or certificate."""

    code = "otrs.unreachable"
    outcome: Outcome = "not-sent"


class Unclear(OtrsError):
    """The request went out and no proper answer came back: time-out, lost connection, 5xx, HTML, truncated JSON."""

    code = "otrs.unclear"


class BadAnswer(OtrsError):
    """The answer is sound JSON but not what the operation promises (missing keys, other tickets than asked for)."""

    code = "otrs.bad-answer"


class Refused(OtrsError):
    """OTRS answered with an Error object, or the web server with a redirect or 4xx."""

    code = "otrs.refused"
    outcome: Outcome = "refused"


class AccessDenied(Refused):
    """The ticket is gone, never was, or is hidden from this agent: OTRS gives the same answer to all three."""

    code = "otrs.access-denied"


class AuthFailed(Refused):
    """Name and password were refused, or a fresh session was refused at once."""

    code = "otrs.auth-failed"


class InvalidParameter(Refused):
    """OTRS will never take this request as it is; `parameter` names what it objects to, where it said so."""

    code = "otrs.invalid-parameter"
    permanent = True

    def __init__(self, text: str, *, parameter: str = "", operation: str = "", otrs_code: str = "") -> None:
        super().__init__(text, operation=operation, otrs_code=otrs_code)
        self.parameter = parameter


class SearchNotFiltered(Refused):
    """A search returned tickets that don't carry what was asked for; nothing it returned may be used."""

    code = "otrs.search-not-filtered"
