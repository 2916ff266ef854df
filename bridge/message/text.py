"""What a person reads in a message: the best text, and the part of it that the sender wrote this time."""

from __future__ import annotations

import re

from bridge.message.html import RULE, to_text
from bridge.message.model import Message

__all__ = ["own_text", "readable", "ticket_number", "to_text"]

_WROTE = r"(?:schrieb|wrote|a écrit|escribió|ha scritto|schreef|skrev|napisał\(?a?\)?)"
_ATTRIBUTION = re.compile(
    rf"(?:(?:Am|On|Le|El|Il|Op|Den|W dniu)\b.{{0,400}}\b{_WROTE}.{{0,200}}"
    rf"|.{{1,200}}<[^<>]+@[^<>]+>.{{0,60}}\b{_WROTE}.{{0,60}}):\s*",
    re.DOTALL,
)
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche (?:Nachricht|E-Mail)|Original-?\s?Nachricht|"
    r"Message d'origine|Mensaje original|Messaggio originale)\s*-{2,}\s*",
    re.IGNORECASE,
)
_FROM_LINE = re.compile(r"\*?(?:From|Von|De|Da|Van)\s?:\*?\s\S")
_OTHER_LINE = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|Enviado|Inviato|Verzonden)\s?:\*?(?:\s|$)"
)
_DEVICE = re.compile(
    r"\s*(?:Von meinem .{1,60} gesendet|Sent from my .{1,60}|Gesendet (?:von|mit|aus) .{1,80}|"
    r"Sent (?:from|with) (?:Outlook|ProtonMail|Proton Mail|Yahoo|Mail for).{0,80}|"
    r"Diese Nachricht wurde von meinem .{1,80} gesendet\.?)\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[\s>]*-*\s*(?:Forwarded message|Begin forwarded message|Weitergeleitete Nachricht|"
    r"Anfang der weitergeleiteten (?:E-Mail|Nachricht)|Message transféré)\s*:?\s*-*\s*",
    re.IGNORECASE,
)
_FORWARDING = re.compile(r"\s*(?:WG|FW|Fwd|TR|RV)\s*:", re.IGNORECASE)
_SHORT = 400
_LONGEST_ATTRIBUTION = 800


def readable(message: Message) -> str:
    """Return the best text for people: the plain text, or the rendered HTML where the plain one is only a stand-in.

    "" when there is neither. A stand-in is a short text beside an HTML body with several times as much to read.
    """
    text = message.text
    if not message.html or len(text.strip()) > _SHORT:
        return text
    rendered = to_text(message.html)
    return rendered if len(rendered.strip()) > 3 * len(text.strip()) + 100 or not text.strip() else text


def own_text(message: Message) -> str:
    """Return what the sender wrote this time: without quotes, their introductions and the signature.

    Forwarded mails stay with all that stands in them, being passed on deliberately. Where nothing else is left, the
    whole text is returned, so that a request is never empty because its writer only quoted.
    """
    whole = readable(message)
    if _FORWARDING.match(message.subject):
        return whole
    lines = whole.split("\n")
    forwarded = next((at for at, line in enumerate(lines) if _is_forward(line)), len(lines))
    own = "\n".join(_unquoted(_above_original(lines[:forwarded])) + lines[forwarded:]).strip("\n")
    return own + "\n" if own.strip() else whole


def _is_forward(line: str) -> bool:
    return len(line) < _LONGEST_ATTRIBUTION and _FORWARDED.fullmatch(line) is not None


def _above_original(lines: list[str]) -> list[str]:
    """Cut at the signature separator and at what Outlook puts over a quoted mail, if something own stands above."""
    own = False
    for at, line in enumerate(lines):
        if own and (line in ("-- ", "--") or _ORIGINAL.fullmatch(line) or _is_quoted_header(lines, at)):
            return lines[: at - 1] if lines[at - 1].strip() == RULE else lines[:at]
        own = own or (bool(line.strip()) and line[0] != ">" and line.strip() != RULE)
    return lines


def _is_quoted_header(lines: list[str], at: int) -> bool:
    if not _FROM_LINE.match(lines[at]):
        return False
    return sum(bool(_OTHER_LINE.match(line)) for line in lines[at + 1 : at + 7]) >= 2


def _unquoted(lines: list[str]) -> list[str]:
    kept: list[str] = []
    quoting = False
    for line in lines:
        if line.startswith(">"):
            if not quoting:
                _drop_attribution(kept)
            quoting = True
        elif not _DEVICE.fullmatch(line):
            quoting = quoting and not line.strip()
            kept.append(line)
    return kept


def _drop_attribution(kept: list[str]) -> None:
    """Remove the "On …, X wrote:" before a quote, which may be wrapped over three lines."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    for count in (1, 2, 3):
        start = end - count
        if start < 0 or not kept[start].strip():
            return
        introduction = " ".join(kept[start:end]).strip()
        if len(introduction) < _LONGEST_ATTRIBUTION and _ATTRIBUTION.fullmatch(introduction):
            del kept[start:]
            return


def ticket_number(subject: str, hook: str = "Ticket#") -> str | None:
    """Return the number of the first ticket that `subject` names as OTRS writes it (`[Ticket#2024112410000012]`).

    Upper and lower case, a colon and spaces after the hook make no difference (TicketHookDivider).
    """
    match = re.search(
        rf"(?<!\w){re.escape(hook)}\s{{0,3}}:?\s{{0,3}}([0-9]{{4,24}})(?!\w)", subject, re.IGNORECASE
    )
    return match[1] if match else None
