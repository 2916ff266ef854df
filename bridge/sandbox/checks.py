"""What Znuny 6.5 checks in a request before it does anything, in its order and with its words."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from bridge.otrs.normal import SPACE
from bridge.sandbox.desk import Desk, pending
from bridge.sandbox.state import CHANNELS, DROPDOWNS, LOCKS, PRIORITIES, SENDER_TYPES, STATES

Data = dict[str, Any]


class Denial(Exception):
    """An answer {"Error": …} with HTTP 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.otrs_code, self.message = code, message


class Breakdown(Exception):
    """An answer with HTTP 500 and a line of text."""


def check_new_ticket(desk: Desk, wanted: Data) -> None:
    """Refuse a new ticket that lacks what TicketCreate needs."""
    operation = "TicketCreate"
    for name in ("Title", "CustomerUser"):
        if false(wanted.get(name)):
            raise Denial(
                f"{operation}.MissingParameter", f"{operation}: Ticket->{name} parameter is missing!"
            )
    for name in ("Queue", "State", "Priority"):
        if false(wanted.get(name)):
            text = f"{operation}: Ticket->{name}ID or Ticket->{name} parameter is required!"
            raise Denial(f"{operation}.MissingParameter", text)
    check_ticket(desk, operation, wanted)


def check_ticket(desk: Desk, operation: str, wanted: Data) -> None:
    """Refuse attributes whose values OTRS does not know."""
    known: Mapping[str, Mapping[str, object]] = {
        "Queue": desk.state.queues,
        "Lock": LOCKS,
        "Type": {"Unclassified": 1},
        "State": STATES,
        "Priority": PRIORITIES,
        "Owner": desk.state.agents,
    }
    for name, values in known.items():
        if not false(wanted.get(name)) and wanted[name] not in values:
            text = f"{operation}: Ticket->{name}ID or Ticket->{name} parameter is invalid!"
            raise Denial(f"{operation}.InvalidParameter", text)
    for name in ("OwnerID", "ResponsibleID"):
        if not false(wanted.get(name)) and not desk.state.agent_login(number(wanted[name])):
            text = f"{operation}: Ticket->{name} or Ticket->{name[:-2]} parameter is invalid!"
            raise Denial(f"{operation}.InvalidParameter", text)
    if wanted.get("PendingTime") and not _sound_pending(wanted["PendingTime"]):
        raise Denial(
            f"{operation}.InvalidParameter", f"{operation}: Ticket->PendingTime parameter is invalid!"
        )


def _sound_pending(value: object) -> bool:
    try:
        return isinstance(value, dict) and pending(value) is not None
    except (KeyError, ValueError):
        return False


def check_article(operation: str, article: Data) -> Data:
    """Return the article with OTRS's defaults, or refuse it."""
    for name in ("Subject", "Body"):
        if false(article.get(name)):
            raise Denial(
                f"{operation}.MissingParameter", f"{operation}: Article->{name} parameter is missing!"
            )
    article.setdefault("CommunicationChannel", "Internal")
    article.setdefault("SenderType", "agent")
    article.setdefault("IsVisibleForCustomer", 1)
    sound = {
        "CommunicationChannel": article["CommunicationChannel"] in CHANNELS,
        "SenderType": article["SenderType"] in SENDER_TYPES,
        "To": not article.get("ArticleSend") or "@" in parseaddr(article.get("To", ""))[1],
    }
    for name, good in sound.items():
        if not good:
            raise Denial(
                f"{operation}.InvalidParameter", f"{operation}: Article->{name} parameter is invalid!"
            )
    kind = str(article.get("ContentType", "")).lower()
    if not kind:
        text = f"{operation}: Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!"
        raise Denial(f"{operation}.MissingParameter", text)
    if not _known_charset(_charset(kind)) or not re.match(r"\w+/\w+", kind, re.ASCII):
        raise Denial(f"{operation}.InvalidParameter", f"{operation}: Article->ContentType is invalid!")
    return {**article, "ContentType": kind}


def _charset(kind: str) -> str:
    found = re.search(r"charset=[\"']?([^\"';\s]+)", kind)
    return found.group(1) if found else ""


def _known_charset(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def check_fields(desk: Desk, operation: str, data: Data) -> list[tuple[str, str]]:
    """Return the dynamic fields of a request as pairs, or refuse them."""
    fields = []
    for one in _list(operation, data, "DynamicField"):
        for name in ("Name", "Value"):
            if not isinstance(one.get(name), str):
                text = f"{operation}: DynamicField->{name}  parameter is missing!"
                raise Denial(f"{operation}.MissingParameter", text)
        name, value = one["Name"].strip(SPACE), one["Value"].strip(SPACE)
        if name not in desk.state.fields:
            raise Denial(
                f"{operation}.InvalidParameter", f"{operation}: DynamicField->Name parameter is invalid!"
            )
        if value and value not in DROPDOWNS.get(name, (value,)):
            raise Denial(
                f"{operation}.InvalidParameter", f"{operation}: DynamicField->Value parameter is invalid!"
            )
        fields.append((name, value))
    return fields


def check_attachments(operation: str, data: Data) -> list[Data]:
    """Return the attachments of a request, or refuse them."""
    files = []
    for one in _list(operation, data, "Attachment"):
        file = trimmed(one)
        for name in ("Content", "ContentType", "Filename"):
            if not isinstance(file.get(name), str) or not file[name]:
                text = f"{operation}: Attachment->{name}  parameter is missing!"
                raise Denial(f"{operation}.MissingParameter", text)
        kind = file["ContentType"].lower()
        charset = _charset(kind)
        if (charset and not _known_charset(charset)) or not re.match(r"\w+/\w+", kind, re.ASCII):
            raise Denial(f"{operation}.InvalidParameter", f"{operation}: Attachment->ContentType is invalid!")
        files.append({**file, "ContentType": kind})
    return files


def _list(operation: str, data: Data, name: str) -> list[Data]:
    value = data.get(name)
    if value is None:
        return []
    listed = [value] if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) and one for one in listed):
        raise Denial(
            f"{operation}.MissingParameter", f"{operation}: {name} parameter is missing or not valid!"
        )
    return listed


def hash_of(operation: str, data: Data, name: str) -> Data:
    """Return an optional part of a request that must be an object."""
    value = data.get(name)
    if value is not None and (not isinstance(value, dict) or not value):
        raise Denial(f"{operation}.InvalidParameter", f"{operation}: {name} parameter is not valid!")
    return value or {}


def false(value: object) -> bool:
    """Tell whether Perl holds the value for false."""
    return value in (None, "", "0", 0, False)


def trimmed(values: Data) -> Data:
    """Return the hash with white space cut from both ends of its texts."""
    return {key: value.strip(SPACE) if isinstance(value, str) else value for key, value in values.items()}


def number(value: object) -> int:
    """Return an id, 0 for what is none."""
    text = str(value).strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else 0
