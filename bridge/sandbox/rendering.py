"""Write tickets the way TicketGet and TicketHistoryGet tell them."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from bridge.sandbox.state import (
    CHANNELS,
    LOCKS,
    PRIORITIES,
    SENDER_TYPES,
    STATES,
    State,
    StoredArticle,
    StoredAttachment,
    StoredTicket,
    now,
)


def date(when: dt.datetime) -> str:
    """Return a time as OTRS writes it: local to its time zone (UTC here), without one."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def ticket(state: State, one: StoredTicket, *, fields: bool) -> dict[str, Any]:
    """Return a ticket's own attributes, without articles."""
    told: dict[str, Any] = {
        "TicketID": one.ticket_id,
        "TicketNumber": one.number,
        "Title": one.title,
        "Queue": one.queue,
        "QueueID": state.queues[one.queue],
        "State": one.state,
        "StateID": STATES[one.state][0],
        "StateType": STATES[one.state][1],
        "Priority": one.priority,
        "PriorityID": PRIORITIES[one.priority],
        "Type": "Unclassified",
        "TypeID": 1,
        "Lock": one.lock,
        "LockID": LOCKS[one.lock],
        "Owner": state.agent_login(one.owner_id),
        "OwnerID": one.owner_id,
        "Responsible": state.agent_login(one.responsible_id),
        "ResponsibleID": one.responsible_id,
        "CustomerUserID": one.customer_user,
        "CustomerID": "",
        "Created": date(one.created),
        "CreateBy": one.create_by,
        "Changed": date(one.changed),
        "ChangeBy": one.change_by,
        "Age": int((now() - one.created).total_seconds()),
        "ArchiveFlag": "n",
        "UntilTime": 0,
        "RealTillTimeNotUsed": int(one.pending_until.timestamp()) if one.pending_until else 0,
        "TimeUnit": 0,
    }
    if fields:
        names = sorted(state.fields)
        told["DynamicField"] = [{"Name": name, "Value": one.fields.get(name)} for name in names]
    return told


def article(
    one: StoredArticle, ticket_id: int, number: int, *, attachments: bool, html: bool
) -> dict[str, Any]:
    """Return an article; `html` shows an HTML body among the attachments."""
    if one.broken:
        return {"TimeUnit": None}
    told: dict[str, Any] = {
        "ArticleID": one.article_id,
        "ArticleNumber": number,
        "TicketID": ticket_id,
        "Subject": one.subject,
        "Body": one.body,
        "From": one.from_,
        "To": one.to,
        "Cc": one.cc,
        "Bcc": "",
        "ReplyTo": "",
        "ContentType": one.content_type,
        "ContentCharset": "utf-8",
        "Charset": "utf-8",
        "MimeType": one.content_type.partition(";")[0],
        "CommunicationChannelID": CHANNELS[one.channel],
        "SenderType": one.sender_type,
        "SenderTypeID": str(SENDER_TYPES[one.sender_type]),
        "IsVisibleForCustomer": int(one.visible),
        "MessageID": one.message_id,
        "InReplyTo": one.in_reply_to,
        "References": one.references,
        "IncomingTime": int(one.created.timestamp()),
        "CreateTime": date(one.created),
        "CreateBy": one.create_by,
        "ChangeTime": date(one.created),
        "ChangeBy": one.create_by,
        "TimeUnit": 0,
    }
    shown = [file for file in one.attachments if not _hidden(file, html)]
    if attachments and shown:
        told["Attachment"] = [_attachment(file) for file in shown]
    return told


def _hidden(file: StoredAttachment, html: bool) -> bool:
    if file.filename == "file-1" and file.content_type.startswith("text/plain"):
        return True
    return not html and file.filename == "file-2" and file.content_type.startswith("text/html")


def _attachment(file: StoredAttachment) -> dict[str, Any]:
    return {
        "FileID": str(file.file_id),
        "Filename": file.filename,
        "ContentType": file.content_type,
        "Content": base64.b64encode(file.content).decode("ascii"),
        "ContentAlternative": "",
        "ContentID": file.content_id,
        "Disposition": file.disposition,
        "FilesizeRaw": str(len(file.content)),
    }


def history(state: State, one: StoredTicket) -> dict[str, Any]:
    """Return a ticket's history, oldest first."""
    lines = [
        {
            "TicketID": one.ticket_id,
            "ArticleID": line.article_id,
            "HistoryType": line.history_type,
            "Name": line.name,
            "CreateTime": date(line.created),
            "CreateBy": line.create_by,
            "QueueID": state.queues.get(line.queue, 0),
            "OwnerID": line.owner_id,
            "StateID": STATES[line.state][0],
            "PriorityID": PRIORITIES[one.priority],
            "TypeID": 1,
        }
        for line in one.history
    ]
    return {"TicketID": str(one.ticket_id), "History": lines}
