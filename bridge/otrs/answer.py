"""Read OTRS's answers into frozen values; anything unexpected is a BadAnswer that names only the key."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bridge.otrs.errors import BadAnswer
from bridge.otrs.model import Article, Attachment, CreatedTicket, HistoryEntry, Remains, Ticket

# The rows of communication_channel that every OTRS 6 family installation starts with.
_CHANNELS = {1: "Email", 2: "Phone", 3: "Internal", 4: "Chat"}
# What stays of an article that could not be written (measured: {"TimeUnit": null}); the ticket stays readable.
_BROKEN = Article(
    article_id=0,
    subject="",
    body="",
    from_="",
    to="",
    cc="",
    reply_to="",
    content_type="",
    charset="",
    channel="",
    sender_type="",
    visible=False,
    message_id="",
    in_reply_to="",
    references="",
    created=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    create_by=0,
)


def created_ticket(answer: Mapping[str, Any]) -> CreatedTicket:
    """Read TicketCreate's answer; without all three ids it is unclear what was made."""
    return CreatedTicket(
        number(answer, "TicketID"), text(answer, "TicketNumber", needed=True), number(answer, "ArticleID")
    )


def tickets(answer: Mapping[str, Any], asked: Iterable[int], timezone: str) -> list[Ticket]:
    """Read TicketGet's answer; raise BadAnswer unless it tells exactly the tickets asked for."""
    rows = answer.get("Ticket")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswer("TicketGet: no list of tickets", operation="TicketGet")
    found = {one.ticket_id: one for one in (_ticket(row, ZoneInfo(timezone)) for row in rows)}
    wanted = list(asked)
    if set(found) != set(wanted) or len(rows) != len(wanted):
        raise BadAnswer("TicketGet: other tickets than asked for", operation="TicketGet")
    return [found[ticket_id] for ticket_id in wanted]


def remains(answer: Mapping[str, Any], operation: str) -> Remains:
    """Read what the add-on counted; an answer that did not look anywhere proves nothing and is refused."""
    state, left, looked = answer.get("State"), answer.get("Left"), number(answer, "Looked")
    if state not in ("gone", "hidden", "readable", "there") or not isinstance(left, dict) or looked < 1:
        raise BadAnswer(f"{operation}: nothing was counted", operation=operation)
    return Remains(state, MappingProxyType({str(table): number(left, table) for table in left}), looked)


def search_hits(answer: Mapping[str, Any]) -> list[int]:
    """Read TicketSearch's answer, in its order; nothing found is an object without the key."""
    hits = answer.get("TicketID", [])
    if not isinstance(hits, list):
        hits = [hits]
    try:
        return [int(hit) for hit in hits]
    except (TypeError, ValueError):
        raise BadAnswer("TicketSearch: ids that are no numbers", operation="TicketSearch") from None


def history(answer: Mapping[str, Any], ticket_id: int, timezone: str) -> list[HistoryEntry]:
    """Read TicketHistoryGet's answer, oldest first."""
    for row in answer.get("TicketHistory") or ():
        if isinstance(row, dict) and str(row.get("TicketID")) == str(ticket_id):
            return [_history_entry(line, ZoneInfo(timezone)) for line in row.get("History") or ()]
    raise BadAnswer("TicketHistoryGet: another ticket than asked for", operation="TicketHistoryGet")


def _ticket(row: Mapping[str, Any], zone: ZoneInfo) -> Ticket:
    return Ticket(
        ticket_id=number(row, "TicketID"),
        number=text(row, "TicketNumber", needed=True),
        title=text(row, "Title"),
        queue=text(row, "Queue", needed=True),
        queue_id=number(row, "QueueID"),
        state=text(row, "State", needed=True),
        state_type=text(row, "StateType"),
        priority=text(row, "Priority"),
        type=text(row, "Type"),
        lock=text(row, "Lock"),
        owner=text(row, "Owner"),
        owner_id=number(row, "OwnerID"),
        responsible_id=number(row, "ResponsibleID"),
        customer_user=text(row, "CustomerUserID"),
        customer_id=text(row, "CustomerID"),
        created=_date(row, "Created", zone),
        changed=_date(row, "Changed", zone),
        create_by=number(row, "CreateBy"),
        change_by=number(row, "ChangeBy"),
        fields=_fields(row.get("DynamicField")),
        articles=tuple(_article(one, zone) for one in row.get("Article") or ()),
    )


def _fields(rows: object) -> Mapping[str, str]:
    fields = {}
    for row in rows if isinstance(rows, list) else []:
        value = row.get("Value")
        if value is not None and value != "":
            fields[str(row.get("Name"))] = (
                ",".join(map(str, value)) if isinstance(value, list) else str(value)
            )
    return MappingProxyType(fields)


def _article(row: Mapping[str, Any], zone: ZoneInfo) -> Article:
    if not row.get("ArticleID"):
        return _BROKEN
    channel_id = number(row, "CommunicationChannelID")
    return Article(
        article_id=number(row, "ArticleID"),
        subject=text(row, "Subject"),
        body=text(row, "Body"),
        from_=text(row, "From"),
        to=text(row, "To"),
        cc=text(row, "Cc"),
        reply_to=text(row, "ReplyTo"),
        content_type=text(row, "ContentType"),
        charset=text(row, "Charset") or text(row, "ContentCharset"),
        channel=_CHANNELS.get(channel_id, f"channel-{channel_id}"),
        sender_type=text(row, "SenderType"),
        visible=text(row, "IsVisibleForCustomer") == "1",
        message_id=text(row, "MessageID"),
        in_reply_to=text(row, "InReplyTo"),
        references=text(row, "References"),
        created=_date(row, "CreateTime", zone),
        create_by=number(row, "CreateBy"),
        attachments=tuple(_attachment(one) for one in row.get("Attachment") or ()),
    )


def _attachment(row: Mapping[str, Any]) -> Attachment:
    try:
        content = base64.b64decode(text(row, "Content"), validate=True)
    except binascii.Error:
        raise BadAnswer("TicketGet: attachment is no base64", operation="TicketGet") from None
    return Attachment(
        filename=text(row, "Filename"),
        content_type=text(row, "ContentType"),
        content=content,
        disposition=text(row, "Disposition"),
        content_id=text(row, "ContentID"),
    )


def _history_entry(row: Mapping[str, Any], zone: ZoneInfo) -> HistoryEntry:
    return HistoryEntry(
        history_type=text(row, "HistoryType"),
        name=text(row, "Name"),
        created=_date(row, "CreateTime", zone),
        create_by=number(row, "CreateBy"),
        article_id=_optional(row, "ArticleID"),
        queue_id=_optional(row, "QueueID"),
        owner_id=_optional(row, "OwnerID"),
    )


def text(row: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    """Return the value as text, "" for null; raise BadAnswer for a missing needed one."""
    value = row.get(key)
    if value is None or isinstance(value, (dict, list)):
        if needed:
            raise BadAnswer(f"answer without {key}")
        return ""
    return str(value)


def number(row: Mapping[str, Any], key: str) -> int:
    """Return the value as a whole number (OTRS sends numbers as text or not, as it likes)."""
    try:
        return int(row[key])
    except (KeyError, TypeError, ValueError):
        raise BadAnswer(f"answer without {key}") from None


def _optional(row: Mapping[str, Any], key: str) -> int | None:
    value = text(row, key)
    return int(value) if value.isdigit() and value != "0" else None


def _date(row: Mapping[str, Any], key: str, zone: ZoneInfo) -> dt.datetime:
    try:
        naive = dt.datetime.strptime(text(row, key)[:19], "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise BadAnswer(f"answer without {key}") from None
    return naive.replace(tzinfo=zone).astimezone(dt.UTC)
