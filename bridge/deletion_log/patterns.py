"""The patterns that values of an entry must match, and the fast check of several at once."""

from __future__ import annotations

import re
from operator import attrgetter

from bridge.errors import BridgeError

LOG_ID = re.compile(r"[a-z0-9][a-z0-9.-]*(?:/[a-z0-9][a-z0-9.-]*){1,8}/20[0-9]{2}")
NONCE = re.compile(r"[0-9a-f]{32}")
REFERENCE = re.compile(r"[0-9a-f]{64}")
KEY_ID = re.compile(r"20[0-9]{2}-[0-9a-f]{8}")
PLACE = re.compile(r"(?:mailbox|otrs|bridge|log):[\w.:/-]{1,80}")
WORKFLOW = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
VERSION = re.compile(r"[0-9A-Za-z.+-]{1,64}")
INSTANCE = re.compile(r"[0-9a-f]{8,64}")


class EntryError(BridgeError):
    """Say which field of an entry is not allowed; the value is never repeated."""

    code = "log.entry"
    permanent = True


class Patterns:
    """Check several string attributes with one match; only a refusal looks at them one by one."""

    def __init__(self, **patterns: re.Pattern[str]) -> None:
        self.patterns = patterns
        self.values = attrgetter(*patterns)
        self.whole = re.compile("\n".join(f"(?:{one.pattern})" for one in patterns.values()))


def check_patterns(value: object, wanted: Patterns) -> None:
    """Raise EntryError, naming the first attribute that doesn't match."""
    values = wanted.values(value)
    # No pattern lets a newline pass, so each value has to match its own.
    try:
        if wanted.whole.fullmatch("\n".join(values)):
            return
    except TypeError:  # not a string: named below
        pass
    for (name, pattern), one in zip(wanted.patterns.items(), values, strict=True):
        if type(one) is not str or not pattern.fullmatch(one):
            raise EntryError(f"{name}: not allowed")
    raise EntryError("not allowed")


def _or_empty(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern.pattern})?")


REFERENCE_PATTERNS = Patterns(
    key_id=_or_empty(KEY_ID),
    case_salt=_or_empty(NONCE),
    original=_or_empty(REFERENCE),
    stub=_or_empty(REFERENCE),
    handover=_or_empty(REFERENCE),
)
DRAFT_PATTERNS = Patterns(
    workflow=_or_empty(WORKFLOW),
    workflow_version=_or_empty(VERSION),
    place=_or_empty(PLACE),
    instance=INSTANCE,
    version=VERSION,
)
ENTRY_PATTERNS = Patterns(log=LOG_ID, salt=NONCE)
