"""GenericInterface client for the OTRS 6 family (Znuny, OTOBO, OTRS Community Edition), on pyotrs."""

from bridge.otrs.client import OtrsClient
from bridge.otrs.errors import (
    AccessDenied,
    AuthFailed,
    BadAnswer,
    InvalidParameter,
    OtrsError,
    Outcome,
    Refused,
    SearchNotFiltered,
    Unclear,
    Unreachable,
)
from bridge.otrs.model import (
    Article,
    Attachment,
    CreatedTicket,
    Endpoint,
    HistoryEntry,
    NewArticle,
    NewAttachment,
    NewTicket,
    Remains,
    Ticket,
)

__all__ = [
    "AccessDenied",
    "Article",
    "Attachment",
    "AuthFailed",
    "BadAnswer",
    "CreatedTicket",
    "Endpoint",
    "HistoryEntry",
    "InvalidParameter",
    "NewArticle",
    "NewAttachment",
    "NewTicket",
    "OtrsClient",
    "OtrsError",
    "Outcome",
    "Refused",
    "Remains",
    "SearchNotFiltered",
    "Ticket",
    "Unclear",
    "Unreachable",
]
