"""One logged-in IMAP connection, and how its library's errors become ours."""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError, ProtocolError

from bridge.sources.base import (
    BadCertificate,
    ConnectionLost,
    LoginRefused,
    MailboxError,
    NoFolder,
    Refused,
    Unreachable,
    Unsupported,
)
from bridge.transport import Tls, is_loopback, tls_context

# At DEBUG imapclient prints whole mails and passwords' log-ins; nobody may switch that on by a root level.
logging.getLogger("imapclient").setLevel(logging.WARNING)
logging.getLogger("imapclient.imaplib").setLevel(logging.WARNING)

# The response codes of RFC 5530 and the like: all that may be repeated of a server's answer.
_CODE = re.compile(r"\[([A-Za-z-]{2,30})[\] ]")
_TEMPORARY_LOGIN = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)


class Tokens:
    """Where an OAuth2 access token comes from. `fresh` asks for a new one, the last having been refused."""

    def __call__(self, *, fresh: bool = False) -> str:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach and enter an IMAP account; either `password` or `tokens` is given. Times in seconds."""

    host: str
    username: str = field(repr=False)
    port: int = 993
    tls: Tls = "implicit"
    password: str = field(default="", repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    mechanism: Literal["XOAUTH2", "OAUTHBEARER"] = "XOAUTH2"
    ca_file: Path | None = None
    connect_timeout: float = 15.0
    read_timeout: float = 60.0


@contextlib.contextmanager
def wrapped(command: str) -> Iterator[None]:
    """Turn every error of imapclient, imaplib and the socket into a MailboxError that names the command only.

    The foreign texts quote what the server sent, which may be mail; so they are not chained.
    """
    try:
        yield
    except MailboxError:
        raise
    except CapabilityError:
        raise Unsupported(f"{command}: the server lacks the capability") from None
    except (imaplib.IMAP4.abort, ProtocolError, OSError, EOFError) as error:
        raise ConnectionLost(f"{command}: {type(error).__name__}") from None
    except imaplib.IMAP4.error as error:
        code = _CODE.search(str(error))
        named = code[1].upper() if code else "no code"
        if named in ("TRYCREATE", "NONEXISTENT"):
            raise NoFolder(f"{command}: the folder does not exist") from None
        raise Refused(f"{command}: refused by the server ({named})") from None
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise ConnectionLost(f"{command}: answer not understood ({type(error).__name__})") from None


def connect(settings: ImapSettings) -> IMAPClient:
    """Open a connection and log in; raise Unreachable, BadCertificate, LoginRefused or Unsupported."""
    if settings.tls == "none" and not is_loopback(settings.host):
        raise Unsupported("tls: none is allowed to loopback only", code="mailbox.plaintext-refused")
    client = _open(settings)
    try:
        _log_in(client, settings)
    except BaseException:
        hang_up(client)
        raise
    return client


def _open(settings: ImapSettings) -> IMAPClient:
    context = _context(settings)
    timeout = SocketTimeout(settings.connect_timeout, settings.read_timeout)
    try:
        client = IMAPClient(
            settings.host, settings.port, ssl=settings.tls == "implicit", ssl_context=context, timeout=timeout
        )
        if settings.tls == "starttls":
            _start_tls(client, context)
    except ssl.SSLCertVerificationError as error:
        raise BadCertificate(f"certificate refused (verify code {error.verify_code})") from None
    except CapabilityError:
        raise Unsupported("the server offers no STARTTLS", code="mailbox.no-starttls") from None
    except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
        raise Unreachable(f"no connection ({type(error).__name__})") from None
    client.normalise_times = False
    return client


def _start_tls(client: IMAPClient, context: ssl.SSLContext | None) -> None:
    try:
        client.starttls(context)
    except BaseException:
        hang_up(client)
        raise


def _context(settings: ImapSettings) -> ssl.SSLContext | None:
    if settings.tls == "none":
        return None
    try:
        return tls_context(settings.ca_file)
    except OSError as error:
        raise BadCertificate(f"CA file can't be read ({type(error).__name__})") from None


def _log_in(client: IMAPClient, settings: ImapSettings) -> None:
    if settings.tokens is None:
        _authenticate(lambda: _with_password(client, settings))
        return
    tokens = settings.tokens
    try:
        _authenticate(lambda: _with_token(client, settings, tokens()))
    except LoginRefused:
        _authenticate(lambda: _with_token(client, settings, tokens(fresh=True)))


def _authenticate(attempt: Callable[[], None]) -> None:
    try:
        with wrapped("LOGIN"):
            try:
                attempt()
            except LoginError as error:
                if _TEMPORARY_LOGIN.search(str(error)):
                    raise Unreachable(
                        "log-in is not possible now", code="mailbox.login-unavailable"
                    ) from None
                raise LoginRefused("log-in refused") from None
    except Refused:
        raise LoginRefused("log-in refused") from None


def _with_password(client: IMAPClient, settings: ImapSettings) -> None:
    """Log in by AUTHENTICATE PLAIN where it is offered: LOGIN takes ASCII only."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(settings.username, settings.password)
    elif client.has_capability("LOGINDISABLED"):
        raise Unsupported("the server allows no log-in by password here", code="mailbox.no-login")
    else:
        client.login(settings.username, settings.password)


def _with_token(client: IMAPClient, settings: ImapSettings, token: str) -> None:
    if settings.mechanism == "OAUTHBEARER":
        client.oauthbearer_login(settings.username, token)
    else:
        client.oauth2_login(settings.username, token)


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word to the server; never raises."""
    with contextlib.suppress(Exception):
        client.shutdown()
