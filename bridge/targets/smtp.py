"""Send mail by SMTP, knowing at every failure whether the server may have taken it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.message.encode import ComposeError, ascii_email
from bridge.targets.base import Outcome, TargetError
from bridge.transport import Tls, is_loopback, tls_context

_FAREWELL = 2.0
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach an SMTP server; `username` "" means no log-in. Times in seconds.

    `helo` is the name given in EHLO: a fixed one, since asking for our own would ask the DNS.
    """

    host: str
    port: int = 25
    tls: Tls = "none"
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30.0
    helo: str = "localhost"


class SmtpTarget:
    """An SMTP server, a new connection for each mail. May be used from several threads."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Deliver `raw` to all recipients or to none; `sender` "" is the null envelope (MAIL FROM:<>).

        Line ends become CRLF and leading dots are doubled, so that no content can end the mail early.
        Raises TargetError: outcome "not-sent" when the connection breaks before the content, "refused" by a reply
        (permanent for 5xx), "unclear" when it breaks after the content was begun.
        """
        envelope = _checked(sender, recipients)
        connection = self._open()
        try:
            self._log_in(connection)
            _submit(connection, envelope, raw)
        finally:
            _leave(connection)

    def check(self, *, sender: str = "", recipients: Sequence[str] = ()) -> None:
        """Connect, log in and offer the recipients without sending anything; raise TargetError."""
        envelope = _checked(sender, recipients)
        connection = self._open()
        try:
            self._log_in(connection)
            if recipients:
                _offer(connection, *envelope, [])
        finally:
            _leave(connection)

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.tls == "none" and not is_loopback(settings.host):
            raise TargetError(
                "tls: none is allowed to loopback only",
                outcome="not-sent",
                code="smtp.plaintext-refused",
                permanent=True,
            )
        with _failing_at("connect", "not-sent"):
            context = tls_context(settings.ca_file) if settings.tls != "none" else None
            if settings.tls == "implicit":
                return smtplib.SMTP_SSL(
                    settings.host, settings.port, settings.helo, timeout=settings.timeout, context=context
                )
            connection = smtplib.SMTP(settings.host, settings.port, settings.helo, timeout=settings.timeout)
            if context is not None:
                _start_tls(connection, context)
            return connection

    def _log_in(self, connection: smtplib.SMTP) -> None:
        with _failing_at("log-in", "not-sent"):
            connection.ehlo_or_helo_if_needed()
            if self._settings.username:
                connection.login(self._settings.username, self._settings.password)


def _start_tls(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise


def _checked(sender: str, recipients: Sequence[str]) -> tuple[str, list[str]]:
    try:
        return ascii_email(sender, "sender") if sender else "", [
            ascii_email(r, "recipient") for r in recipients
        ]
    except ComposeError as error:
        raise TargetError(str(error), outcome="not-sent", code="smtp.bad-address", permanent=True) from None


def _submit(connection: smtplib.SMTP, envelope: tuple[str, list[str]], raw: bytes) -> None:
    content = _LINE_END.sub(b"\r\n", raw)
    options = ["BODY=8BITMIME"] if not raw.isascii() and connection.has_extn("8bitmime") else []
    _offer(connection, *envelope, options)
    with _failing_at("DATA", "not-sent"):
        _expect("DATA", 354, *connection.docmd("DATA"))
    with _failing_at("content", "unclear"):
        connection.send(_dotted(content))
        _expect("content", 250, *connection.getreply())


def _offer(connection: smtplib.SMTP, sender: str, recipients: Sequence[str], options: Sequence[str]) -> None:
    with _failing_at("MAIL", "not-sent"):
        _expect("MAIL", 250, *connection.mail(sender, options))
    for recipient in recipients:
        with _failing_at("RCPT", "not-sent"):
            _expect("RCPT", 250, *connection.rcpt(recipient))


def _dotted(content: bytes) -> bytes:
    """Double the dots at the beginning of lines and end the mail (RFC 5321 section 4.5.2)."""
    dotted = re.sub(rb"(?m)^\.", b"..", content)
    return dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n")


def _expect(stage: str, wanted: int, code: int, _words: bytes) -> None:
    if code == wanted or (stage == "RCPT" and code == 251):
        return
    if code == -1:  # smtplib's for no reply
        raise smtplib.SMTPServerDisconnected
    permanent = 500 <= code < 600
    raise TargetError(f"{stage}: reply {code}", outcome="refused", code="smtp.refused", permanent=permanent)


@contextmanager
def _failing_at(stage: str, outcome: Outcome) -> Iterator[None]:
    """Turn errors of smtplib and the socket into a TargetError; foreign texts quote addresses, so none is kept."""
    try:
        yield
    except TargetError:
        raise
    except smtplib.SMTPAuthenticationError as error:
        permanent = error.smtp_code >= 500
        raise TargetError(
            f"{stage}: reply {error.smtp_code}",
            outcome=outcome,
            code="smtp.login-refused",
            permanent=permanent,
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise TargetError(
            f"{stage}: certificate refused (verify code {error.verify_code})",
            outcome=outcome, code="smtp.certificate", permanent=True,
        ) from None  # fmt: skip
    except smtplib.SMTPNotSupportedError:
        raise TargetError(
            f"{stage}: the server lacks an extension",
            outcome=outcome,
            code="smtp.unsupported",
            permanent=True,
        ) from None
    except (smtplib.SMTPException, OSError, EOFError, ValueError) as error:
        raise TargetError(
            f"{stage}: {type(error).__name__}", outcome=outcome, code="smtp.connection"
        ) from None


def _leave(connection: smtplib.SMTP) -> None:
    """Say QUIT where the connection still stands; what happened is known already."""
    with suppress(smtplib.SMTPException, OSError):
        if connection.sock is not None:
            connection.sock.settimeout(_FAREWELL)
            connection.quit()
    connection.close()
