"""How urgent a technical request is, and what its title should name."""

from __future__ import annotations

import re

from bridge.message.model import Message
from bridge.message.text import own_text

_OUTAGE = re.compile(r"\b(ausfall|down|offline|nicht erreichbar|unavailable|503|502)\b", re.IGNORECASE)
_ERROR = re.compile(r"\b(fehler|error|exception|bug|defekt|kaputt|404|500)\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?:[A-Z]{2,}(?:_[A-Z]+){2,}|HTTP ?[45]\d\d)\b")


def urgency(message: Message) -> str:
    """Return outage, error or question."""
    text = f"{message.subject}\n{own_text(message)}"
    if _OUTAGE.search(text):
        return "outage"
    return "error" if _ERROR.search(text) else "question"


def title_cue(message: Message) -> str:
    """Return an error code that the request names, "" when there is none; never anything personal."""
    found = _CODE.search(own_text(message))
    return found.group(0) if found else ""
