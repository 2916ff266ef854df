"""Turn what the bridge wants into pyotrs's objects, exactly as the GenericInterface reads them."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pyotrs.lib

from bridge.otrs.errors import InvalidParameter
from bridge.otrs.model import NewArticle, NewAttachment, NewTicket
from bridge.otrs.normal import SPACE

_SURROGATE = re.compile("[\ud800-\udfff]")


class PlainArticle(pyotrs.lib.Article):  # type: ignore[misc]  # pyotrs has no types
    """A pyotrs article without its habit of filling blanks with "API created Article"."""

    def validate(self, validation_map: Mapping[str, object] | None = None) -> None:
        """Leave the article as it is; blanks were refused before."""


def article(new: NewArticle) -> PlainArticle:
    """Return the pyotrs article; raise InvalidParameter for what OTRS refuses, before anything is sent."""
    require("Subject", new.subject, longest=3700 if new.send else 3800)  # sending adds the ticket number
    require("Body", new.body)
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
            require(name, text)
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
    require("Title", new.title, longest=255)
    require("CustomerUser", new.customer_user, longest=250)
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
    """Return the pyotrs dynamic fields in order of name; an empty value clears a field.

    A value that the column can't hold fails in OTRS only after the ticket was made, so it is refused here.
    """
    for name, value in fields.items():
        _storable(name, value, 3800)
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


def require(name: str, text: str, *, longest: int = 0) -> None:
    """Raise InvalidParameter for text that OTRS refuses, or fails over half-way.

    That is: "" and "0" (false to Perl once trimmed), more than `longest` characters (the column's width), lone
    surrogates (its JSON parser gives up). bridge.otrs.normal makes texts acceptable.
    """
    if text.strip(SPACE) in ("", "0"):
        raise InvalidParameter(f"blank or zero: {name}", parameter=name)
    _storable(name, text, longest)


def _storable(name: str, text: str, longest: int) -> None:
    if longest and len(text) > longest:
        raise InvalidParameter(f"longer than {longest} characters: {name}", parameter=name)
    if _SURROGATE.search(text):
        raise InvalidParameter(f"lone surrogate: {name}", parameter=name)
