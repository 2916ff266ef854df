"""Passwords, one-time codes, tokens: everything that keeps people out who should be out."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import Fernet, InvalidToken

PASSWORD_LENGTH = 12
STEP_SECONDS = 30  # RFC 6238


class Vault:
    """Hash and check passwords, seal and open the secrets of one-time codes; `secret` is WebSettings.secret."""

    def __init__(self, secret: bytes, *, passes: int = 2, kibibytes: int = 19456) -> None:
        """Set the cost of Argon2; the default is that of OWASP's password storage cheat sheet (19 MiB, two passes)."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=1)
        self._fernet = Fernet(base64.urlsafe_b64encode(derive(secret, "totp")))
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Hash a password."""
        return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Check a password; None (nobody's) takes as long as a real one, so that names can't be told apart."""
        try:
            return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
        except (Argon2Error, InvalidHashError):
            return False

    def seal(self, totp_secret: str) -> str:
        """Encrypt the secret of one-time codes."""
        return self._fernet.encrypt(totp_secret.encode()).decode("ascii")

    def open(self, sealed: str) -> str | None:
        """Decrypt it; None when it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode("ascii")
        except InvalidToken:
            return None


def code_step(totp_secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the time step that a one-time code belongs to, one step of clock error allowed; None when it's wrong."""
    digits = code.replace(" ", "")
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in (current - 1, current, current + 1):
        expected = pyotp.TOTP(totp_secret).at(step * STEP_SECONDS)
        if hmac.compare_digest(expected.encode(), digits.encode()):
            found = step
    return found


def new_password() -> str:
    """Draw a first password: twenty letters and digits that can't be confused, 100 bits of it."""
    return base64.b32encode(secrets.token_bytes(13)).decode("ascii").rstrip("=").lower()[:20]


def new_token() -> str:
    """Draw the token of a session."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Hash a token for the database; it is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a key for one purpose."""
    return hmac.digest(secret, b"otrs-bridge web " + purpose.encode(), hashlib.sha256)
