"""Reading: every part of a message as a view. What can't be read as text gets none."""

from __future__ import annotations

import email
import email.header
import email.message
import re
from pathlib import PurePosixPath

from bridge.message import Attachment, Message
from bridge.redact.markup import markup
from bridge.redact.tables import handmade
from bridge.redact.views import View, plain

_TEXTUAL = handmade("textual")
_SUFFIXES = frozenset(["txt", "csv", "tsv", "vcf", "ics", "ical", "md", "log", "json", "xml", "asc"])
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_MAILS = frozenset({"message/rfc822"})
_VAGUE = frozenset({"application/octet-stream", "", "text/plain", "application/vnd.ms-excel"})
_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(content: bytes, charset: str = "") -> str:
    """Decode bytes whatever they are: by BOM, the named charset, UTF-8, at last Windows-1252. Never raises."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for name in (charset, "utf-8-sig"):
        try:
            return content.decode(name or "ascii")
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _suffix(filename: str) -> str:
    return PurePosixPath(filename.lower().strip()).suffix.lstrip(".")


def _kind(attachment: Attachment) -> str:
    content_type, suffix = attachment.content_type.lower().strip(), _suffix(attachment.filename)
    if content_type in _MAILS or (content_type in _VAGUE and suffix == "eml"):
        return "mail"
    if content_type in _PAGES or (content_type in _VAGUE and suffix in ("html", "htm")):
        return "page"
    if content_type in _TEXTUAL or (content_type in _VAGUE and suffix in _SUFFIXES):
        return "text"
    return ""


def attachment_view(attachment: Attachment, number: int) -> View | None:
    """View one attachment, or None where it can't be read (PDF, images, archives, what is not text at all)."""
    part, kind = f"attachment:{number}", _kind(attachment)
    if kind == "mail":
        return plain(part, mail_text(attachment.content))
    if not kind:
        return None
    text = decoded(attachment.content, attachment.charset)
    if len(_CONTROL.findall(text[:4096])) > 8:
        return None
    return markup(part, text) if kind == "page" else plain(part, text)


def mail_text(content: bytes) -> str:
    """Render a mail inside a mail as text: the headers that people read, then every readable part.

    Parsed with compat32, which took all torture mails that email.policy.default raised on.
    """
    try:
        return _mail_text(email.message_from_bytes(content))
    except (ValueError, LookupError, AttributeError, IndexError, TypeError, RecursionError):
        return decoded(content)


def _mail_text(mail: email.message.Message) -> str:
    pieces = [_head(mail)]
    for part in mail.walk():
        if part is not mail and part.get("From") is not None:
            pieces.append(_head(part))
        if not part.is_multipart():
            pieces.append(_part_text(part))
    return "\n\n".join(piece for piece in pieces if piece)


def _head(mail: email.message.Message) -> str:
    return "\n".join(
        f"{name}: {_header(str(value))}" for name in _HEADERS for value in mail.get_all(name, [])
    )


def _part_text(part: email.message.Message) -> str:
    payload = part.get_payload(decode=True)
    filename = part.get_filename() or ""
    attachment = Attachment(
        _header(filename), part.get_content_type(), payload if isinstance(payload, bytes) else b""
    )
    kind = _kind(attachment)
    name = f"[{attachment.filename}]\n" if filename else ""
    if kind == "page":
        view = markup("", decoded(attachment.content, str(part.get_content_charset("") or "")))
        return name + view.text[: view.visible]
    return name + (
        decoded(attachment.content, str(part.get_content_charset("") or "")) if kind == "text" else ""
    )


def _header(value: str) -> str:
    pieces = []
    for text, charset in email.header.decode_header(" ".join(value.split())):
        pieces.append(text if isinstance(text, str) else decoded(text, charset or ""))
    return "".join(pieces)


def views(message: Message) -> list[View]:
    """Give the views of subject, body, html, and of every attachment's name and text that can be read."""
    found = [plain("subject", message.subject)]
    if message.text.strip() or not message.html:
        found.append(plain("body", message.text))
    if message.html:
        found.append(markup("html", message.html))
    for number, attachment in enumerate(message.attachments):
        view = attachment_view(attachment, number)
        if view is not None:
            found.append(view)
            found.append(plain(f"filename:{number}", attachment.filename))
    return found
