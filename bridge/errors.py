"""The root of the bridge's own errors.

Every foreign error is wrapped at the edge where it occurs, chained (`raise … from error`), and never
carries content of a request: exception texts hold codes, places and counts only (invariant 1).
"""


class BridgeError(Exception):
    """Say what went wrong with a `code` for programs and a text for people.

    `permanent` is the whole retry vocabulary: a permanent error will not go away by trying again.
    """

    code = "bridge.error"
    permanent = False

    def __init__(self, text: str, *, code: str | None = None, permanent: bool | None = None) -> None:
        super().__init__(text)
        if code is not None:
            self.code = code
        if permanent is not None:
            self.permanent = permanent
