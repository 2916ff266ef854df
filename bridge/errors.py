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


def place_of(error: BaseException) -> str:
    """Say where an unforeseen error arose, as file and line: its own text may hold content and is never repeated."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "-"
    path = trace.tb_frame.f_code.co_filename.replace("\\", "/")
    return f"{'/'.join(path.split('/')[-2:])}:{trace.tb_lineno}"
