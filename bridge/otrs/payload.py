"""Turn what the bridge wants into pyotrs's objects, exactly as the GenericInterface reads them."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pyotrs.lib

from bridge.otrs.errors import InvalidParameter
from bridge.otrs.model import NewArticle, NewAttachment, NewTicket


class PlainArticle(pyotrs.lib.Article):  # type: ignore[misc]  # pyotrs has no types
    """A pyotrs article without its habit of filling blanks with "API created Article"."""

    def validate(self, validation_map: Mapping[str, object] | None = None) -> None:
        """Leave the article as it is; blanks were refused before."""


def article(new: NewArticle) -> PlainArticle:
    """Return the pyotrs article; raise InvalidParameter for what OTRS refuses, before anything is sent."""
    for name, text in (("Subject", new.subject), ("Body", new.body)):
        require(name, text)
    fields: dict[str, Any] = {
        "CommunicationChannel": new.channel,
        "SenderType": new.sender_type,
        "IsVisibleForCustomer": int(new.visible),
        "Subject": new.subject,
        "Body": new.body,
        "ContentType": new.content_type,
    }
    for name, text in (("From", new.from_), ("To", new.to), ("Cc", new.cc)):
        if text:
            fields[name] = text
    if new.send:
        fields["ArticleSend"] = 1
    if not new.notify_agents:
        fields["NoAgentNotify"] = 1
    return PlainArticle(fields)


def attachments(new: tuple[NewAttachment, ...]) -> list[Any]:
    """Return the pyotrs attachments; empty ones, which OTRS refuses, raise InvalidParameter."""
    return [_attachment(one) for one in new]


def _attachment(new: NewAttachment) -> Any:
    if not new.content:
        raise InvalidParameter("TicketCreate: empty attachment", parameter="Content")
    require("Filename", new.filename)
    made = pyotrs.lib.Attachment.create_basic(
        Content=base64.b64encode(new.content).decode("ascii"),
        ContentType=new.content_type,
        Filename=new.filename,
    )
    made.Disposition = new.disposition
    return made


def ticket(new: NewTicket, timezone: str) -> Any:
    """Return the pyotrs ticket. `Lock` is always said: an owner given without it would lock the ticket."""
    require("Title", new.title)
    require("CustomerUser", new.customer_user)
    fields: dict[str, Any] = {
        "Title": new.title,
        "Queue": new.queue,
        "State": new.state,
        "Priority": new.priority,
        "CustomerUser": new.customer_user,
        "Lock": new.lock or "unlock",
    }
    if new.type:
        fields["Type"] = new.type
    if new.owner_id is not None:
        fields["OwnerID"] = new.owner_id
    if new.pending_until is not None:
        fields["PendingTime"] = pending_time(new.pending_until, timezone)
    return pyotrs.lib.Ticket(fields)


def dynamic_fields(fields: Mapping[str, str]) -> list[Any]:
    """Return the pyotrs dynamic fields in order of name; an empty value clears a field."""
    return [pyotrs.lib.DynamicField(name=name, value=value) for name, value in sorted(fields.items())]


def pending_time(until: dt.datetime, timezone: str) -> dict[str, int]:
    """Return `until` (aware) as OTRS reads it: in its own time zone, rounded up to a whole minute."""
    local = until.astimezone(ZoneInfo(timezone))
    if local.second or local.microsecond:
        local = local.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    return {
        "Year": local.year,
        "Month": local.month,
        "Day": local.day,
        "Hour": local.hour,
        "Minute": local.minute,
    }


def require(name: str, text: str) -> None:
    """Raise InvalidParameter for text that Perl holds for false once it is trimmed: "" and "0"."""
    if text.strip() in ("", "0"):
        raise InvalidParameter(f"blank or zero: {name}", parameter=name)
