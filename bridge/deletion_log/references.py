"""References of the deletion log: keyed hashes that one case's key opens, and nothing else.

reference = HMAC(case key, "kind:number"), case key = HMAC(year key, case salt), both with SHA-256. To prove which
ticket an entry means, the case key alone is revealed: it opens the three references of that case and no other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from enum import StrEnum

from bridge.errors import BridgeError

_NUMBER = re.compile(r"[0-9A-Za-z./_-]{1,200}")


class Kind(StrEnum):
    """What a reference points to: a ticket number, or a mail by folder-free UIDVALIDITY.UID or keyed identity."""

    TICKET = "ticket"
    MAIL = "mail"


class ReferenceInputError(BridgeError):
    """Say that a number can't be referenced."""

    code = "log.reference"
    permanent = True


def new_salt() -> str:
    """Draw 16 random bytes, in hex: the salt of a case, or of an entry."""
    return secrets.token_hex(16)


def case_key(year_key: bytes, case_salt: str) -> bytes:
    """Derive the key that belongs to one case only."""
    return hmac.digest(year_key, bytes.fromhex(case_salt), hashlib.sha256)


def reference(key: bytes, kind: Kind, number: str) -> str:
    """Compute the reference, in hex, of a ticket or mail under its case key."""
    if not _NUMBER.fullmatch(number):
        raise ReferenceInputError("a number has digits, letters and ./_- only")
    return hmac.new(key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()
