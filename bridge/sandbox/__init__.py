"""Embedded servers for `otrs-bridge demo` and for tests: an OTRS and an SMTP receiver, in memory only."""

from bridge.sandbox.faults import Fault, Faults
from bridge.sandbox.otrs import BRIDGE, FIELDS, QUEUES, SandboxOtrs
from bridge.sandbox.smtp import ReceivedMail, SandboxSmtp
from bridge.sandbox.state import StoredArticle, StoredAttachment, StoredTicket

__all__ = [
    "BRIDGE",
    "FIELDS",
    "QUEUES",
    "Fault",
    "Faults",
    "ReceivedMail",
    "SandboxOtrs",
    "SandboxSmtp",
    "StoredArticle",
    "StoredAttachment",
    "StoredTicket",
]
