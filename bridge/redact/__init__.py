"""Redaction: personal values found in every part of a message and replaced by pseudonyms. Pure, offline."""

from bridge.redact.model import (
    SECRETS,
    TYPES,
    Mode,
    Policy,
    Reading,
    RedactedAttachment,
    Redaction,
    Residual,
    Span,
)
from bridge.redact.pseudonyms import Pseudonyms
from bridge.redact.redaction import kinds_of, read, redact

__all__ = [
    "SECRETS",
    "TYPES",
    "Mode",
    "Policy",
    "Pseudonyms",
    "Reading",
    "RedactedAttachment",
    "Redaction",
    "Residual",
    "Span",
    "kinds_of",
    "read",
    "redact",
]
