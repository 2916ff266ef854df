"""What sections of the configuration must be like beyond the type of each key. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from bridge.i18n import gettext as _
from bridge.settings.connections import Mailbox, Otrs, Smtp
from bridge.settings.secrets import Fault
from bridge.settings.section import Section, is_loopback

_MAILDIR_KEYS = {"kind", "path", "folder", "folders", "retention_days"}


def check_mailbox(mailbox: Mailbox) -> Iterator[Fault]:
    """Yield what is wrong with the mailbox."""
    yield from _distinct(
        "mailbox", {("folder",): mailbox.folder, **_below("folders", mailbox.folders)}, "same-folder"
    )
    if mailbox.kind == "maildir":
        if not mailbox.path:
            yield _missing("mailbox", "path")
        for key in sorted(mailbox.model_fields_set - _MAILDIR_KEYS - {"password"}):
            words = _("{key} has no meaning for a Maildir").format(key=key)
            yield Fault(("mailbox", key), "not-for-maildir", words)
        return
    if mailbox.path is not None:
        yield Fault(("mailbox", "path"), "not-for-imap", _("path has no meaning for IMAP"))
    for key in ("host", "username"):
        if not getattr(mailbox, key):
            yield _missing("mailbox", key)
    yield from _open_line("mailbox", mailbox.host or "localhost", mailbox.tls)
    yield from _mailbox_secrets(mailbox)


def _mailbox_secrets(mailbox: Mailbox) -> Iterator[Fault]:
    if mailbox.oauth2 is None:
        yield from _password("mailbox", mailbox)
        return
    if mailbox.password_file or mailbox.password_env:
        yield Fault(("mailbox", "oauth2"), "two-secrets", _("give either a password or oauth2"))
    if not (mailbox.oauth2.refresh_token_file or mailbox.oauth2.refresh_token_env):
        yield _missing("mailbox", "oauth2", "refresh_token_file")


def check_otrs(otrs: Otrs) -> Iterator[Fault]:
    """Yield what is wrong with OTRS."""
    if urlsplit(otrs.url).scheme == "http" and not is_loopback(otrs.host):
        words = _(
            "http:// would send the password in clear; use https:// (http:// only to this machine itself)"
        )
        yield Fault(("otrs", "url"), "open-line", words)
    yield from _password("otrs", otrs)
    yield from _distinct("otrs", _below("fields", otrs.fields), "same-field")
    for name in ("support", "admins", "membership", "other"):
        if getattr(otrs.queues, name) == otrs.queues.erasing:
            words = _("the erasing queue must be one of its own, but {name} is the same").format(name=name)
            yield Fault(("otrs", "queues", "erasing"), "same-queue", words)
    if otrs.queues.support == otrs.queues.membership:
        words = _("support must not see what only membership management may keep: use two queues")
        yield Fault(("otrs", "queues", "membership"), "same-queue", words)
    if otrs.queues.erasing in otrs.watch:
        yield Fault(("otrs", "watch"), "watches-erasing", _("the erasing queue can't be watched"))


def check_smtp(smtp: Smtp) -> Iterator[Fault]:
    """Yield what is wrong with outgoing mail."""
    yield from _open_line("smtp", smtp.host, smtp.tls)
    if smtp.username:
        yield from _password("smtp", smtp)
    elif smtp.password_file or smtp.password_env:
        yield _missing("smtp", "username")


SECTIONS: Mapping[str, tuple[type[Section], Callable[[Any], Iterator[Fault]]]] = {
    "mailbox": (Mailbox, check_mailbox),
    "otrs": (Otrs, check_otrs),
    "smtp": (Smtp, check_smtp),
}


def _open_line(section: str, host: str, tls: str) -> Iterator[Fault]:
    if tls == "none" and not is_loopback(host):
        words = _("tls: none is allowed to this machine itself only; use implicit or starttls")
        yield Fault((section, "tls"), "open-line", words)


def _password(section: str, holder: Mailbox | Otrs | Smtp) -> Iterator[Fault]:
    if not (holder.password_file or holder.password_env):
        yield _missing(section, "password_file")


def _missing(*path: str) -> Fault:
    return Fault(path, "missing", _("{where} is missing").format(where=".".join(path)))


def _below(key: str, section: Section) -> dict[tuple[str, ...], str]:
    return {(key, name): getattr(section, name) for name in type(section).model_fields}


def _distinct(section: str, names: Mapping[tuple[str, ...], str], code: str) -> Iterator[Fault]:
    seen: dict[str, tuple[str, ...]] = {}
    for path, name in names.items():
        if name in seen:
            first = ".".join((section, *seen[name]))
            words = _("{where} and {first} must differ").format(where=".".join((section, *path)), first=first)
            yield Fault((section, *path), code, words)
        seen.setdefault(name, path)
