"""Look at the mailbox: connection, log-in, capabilities, folders, and a test mail that is stored, moved and erased."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator

from bridge.doctor.finding import Finding, found
from bridge.doctor.round import CLOCK, Receipts
from bridge.erasure import MailErasure, erase_mail
from bridge.errors import BridgeError
from bridge.message.model import Place
from bridge.settings.connections import Mailbox as MailboxSettings
from bridge.sources.base import Mailbox
from bridge.sources.imap_connection import ImapSettings, connect, hang_up

_FIRST = {
    "mailbox.certificate": ("mailbox.connection", "certificate"),
    "mailbox.no-starttls": ("mailbox.connection", "no-starttls"),
    "mailbox.plaintext-refused": ("mailbox.connection", "plaintext"),
    "mailbox.unreachable": ("mailbox.connection", "unreachable"),
    "mailbox.connection-lost": ("mailbox.connection", "unreachable"),
    "mailbox.login-refused": ("mailbox.login", "refused"),
    "mailbox.login-unavailable": ("mailbox.login", "unavailable"),
    "mailbox.no-login": ("mailbox.login", "no-password"),
}
_NEEDED = (("UIDPLUS", "no-uidplus"), ("MOVE", "no-move"), ("IDLE", "no-idle"))


def examine_mailbox(mailbox: Mailbox, settings: MailboxSettings, now: dt.datetime) -> Iterator[Finding]:
    """Yield what is found; whatever can't be tried after a fault is left out."""
    try:
        offered = mailbox.capabilities()
    except BridgeError as error:
        check, outcome = _FIRST.get(error.code, ("mailbox.connection", "other"))
        if check == "mailbox.login":
            yield found("mailbox.connection")
        yield found(check, outcome, text=error, section="mailbox")
        return
    yield found("mailbox.connection")
    if settings.kind == "imap":
        yield found("mailbox.login")
        lacking = [outcome for name, outcome in _NEEDED if name not in offered]
        yield from [found("mailbox.capabilities", outcome) for outcome in lacking or ["ok"]]
    yield from _folders(mailbox, settings, now)


def _folders(mailbox: Mailbox, settings: MailboxSettings, now: dt.datetime) -> Iterator[Finding]:
    try:
        mailbox.state(settings.folder)
        yield found("mailbox.inbox", folder=settings.folder)
    except BridgeError:
        yield found("mailbox.inbox", "missing", folder=settings.folder, others=_names(mailbox))
    refused = [
        one for one in (_folder(mailbox, name) for name in settings.folders.model_dump().values()) if one
    ]
    yield from refused or [found("mailbox.folders")]
    if not refused:
        yield from _test_mail(mailbox, settings, now)


def _names(mailbox: Mailbox) -> str:
    try:
        return ", ".join(mailbox.folders())
    except BridgeError:
        return "-"


def _folder(mailbox: Mailbox, name: str) -> Finding | None:
    try:
        mailbox.ensure_folder(name)
        mailbox.state(name)
    except BridgeError as error:
        return found("mailbox.folders", "refused", folder=name, text=f"{error} ({error.code})")
    return None


def _test_mail(mailbox: Mailbox, settings: MailboxSettings, now: dt.datetime) -> Iterator[Finding]:
    """Store a mail in `done`, erase it as the bridge erases originals, and look everywhere for it."""
    raw = (
        f"Message-ID: <doctor.{secrets.token_hex(8)}@otrs-bridge.invalid>\r\nSubject: OTRS bridge doctor\r\n"
        "Auto-Submitted: auto-generated\r\n\r\nA test mail; it goes by itself.\r\n"
    ).encode()
    erasing, done = settings.folders.erasing, settings.folders.done
    try:
        place = mailbox.append(done, raw)
        fetched = mailbox.fetch(place, max_bytes=len(raw) * 2)
        yield _clock(fetched.received, now)
        kept = fetched.raw or raw
        ended = erase_mail(
            MailErasure(mailbox, place, erasing, fetched.size, lambda other: other == kept), Receipts()
        )
        left = _left(mailbox, fetched.size, kept)
    except BridgeError as error:
        yield found("mailbox.erasing", "failed", text=f"{error} ({error.code})", folder=f"{done}, {erasing}")
        return
    if left:
        yield found("mailbox.erasing", "survives", folder=", ".join(sorted({one.folder for one in left})))
    elif ended.result != "verified":
        yield found("mailbox.erasing", "failed", text=ended.code, folder=f"{done}, {erasing}")
    else:
        yield found("mailbox.erasing")


def _left(mailbox: Mailbox, size: int, kept: bytes) -> list[Place]:
    return [
        hit
        for name in mailbox.folders()
        for hit in mailbox.find(name, size=size, matches=lambda other: other == kept)
    ]


def _clock(received: dt.datetime, now: dt.datetime) -> Finding:
    seconds = round((received - now).total_seconds())
    if abs(seconds) < CLOCK:
        return found("mailbox.clock")
    return found("mailbox.clock", "skew", seconds=seconds)


def provider(settings: ImapSettings) -> Iterator[Finding]:
    """Ask the server who it is (RFC 2971) and tell what is peculiar to it. Silent when it can't be reached."""
    try:
        client = connect(settings)
    except BridgeError:
        return
    try:
        offered = {one.decode("ascii", "replace").upper() for one in client.capabilities()}
        told = client.id_({"name": "otrs-bridge"}) if "ID" in offered else None
        banner = f"{client.welcome!r} {told!r}".lower()
    except Exception:  # noqa: BLE001  # whatever a server answers to ID, it is a courtesy only
        offered, banner = set(), ""
    finally:
        hang_up(client)
    if "X-GM-EXT-1" in offered:
        yield found("mailbox.provider", "gmail")
    elif "exchange" in banner or settings.host.lower().endswith("office365.com"):
        yield found("mailbox.provider", "exchange")
    elif "dovecot" in banner:
        yield found("mailbox.provider", "dovecot", user=settings.username)
    else:
        yield found("mailbox.provider")
