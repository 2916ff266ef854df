"""Read a message as a person would: its own words apart from quotes, signature and disclaimer, and folded for cues."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bridge.classify.language import guess
from bridge.message import Message
from bridge.message.text import readable

OWN_LIMIT = 6000
"""Characters of own text that are read: two thirds from the start, the rest from the end."""
QUOTE_LIMIT = 2000
WHOLE_LIMIT = 150_000
"""Characters of a body in which quotes are looked for, taken the same way."""
SHORT = 40
"""Own text below this many characters says too little; then quotes and attachments speak too."""

_PREFIX = re.compile(
    r"^\s*(?:(re|aw|antw|antwort|sv|odp)|(wg|fwd?|tr|wtr|i|weitergeleitet))(?:\[\d+\])?\s*:\s*", re.I
)
_ATTRIBUTION = re.compile(
    r"^\W*(?:am|on|le|w dniu|el|il|op|den|dnia|em)\b.{4,200}"
    r"(?:schrieb|wrote|a écrit|napisał|escribió|ha scritto|schreef|skrev|geschrieben"
    r"|escreveu)\b.{0,120}:?\s*$",
    re.I,
)
_ATTRIBUTION_START = re.compile(r"^\W*(?:am|on|le|w dniu) \S.{0,60}\d", re.I)
_SEPARATOR = re.compile(
    r"^\s*[>*]?\s*-{2,}\s*(?:urspr|original|weitergeleitet|forwarded|begin forwarded|message d"
    r"|mensaje|wiadomo)",
    re.I,
)
_OUTLOOK = re.compile(
    r"^\s*\*?(?:von|from|de|od)\s*:\*?\s*\S.*\n\s*\*?(?:gesendet|sent|date|datum|an|to|envoyé"
    r"|wysłano)\s*:",
    re.I,
)
_SIGNATURE = re.compile(r"^(?:-- ?|__+|--\s*)$")
_DISCLAIMER = re.compile(
    r"^\W*(?:diese (?:e-?mail|nachricht) (?:enthält|kann|ist) .{0,60}vertraulich|this (?:e-?mail"
    r"|message)"
    r" (?:is|may|contains|and any) .{0,80}confidential|der inhalt dieser e-?mail ist vertraulich)",
    re.I,
)
_SPACE = re.compile(r"\s+")
_FOLD = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i"}
    | {c: "'" for c in "’‘‚`´"}
    | {c: '"' for c in "“”„«»"}
    | {c: "-" for c in "‐‑‒–—―"}
    | {c: " " for c in "\u00a0\u2009\u202f"}
    | {c: None for c in "\u00ad\u200b\u200c\u200d\ufeff"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message's words: own text and quotes as written, and folded copies that cues and model look at.

    The subject of a reply that has its own words counts as quoted.
    Folded means lower case, ä to ae and ß to ss, accents off, typographic marks plain, white space single.
    """

    subject: str
    own: str
    folded_subject: str
    folded: str
    folded_quoted: str
    is_reply: bool
    is_forward: bool
    language: str


def read(message: Message) -> Reading:
    """Split a message into own text and quotes and fold both. A forwarded text counts as own."""
    subject, is_reply, is_forward = strip_prefixes(message.subject)
    own, quoted = split_quotes(_ends(readable(message)))
    if is_forward or len(own.strip()) < SHORT:
        attached = attachment_text(message)
        if is_forward:
            own, quoted = f"{own}\n{quoted}", ""
        own = f"{own}\n{attached}" if attached else own
    own = _shorten(own)
    title, earlier = subject, quoted[:QUOTE_LIMIT]
    is_reply = is_reply or bool(message.in_reply_to)
    if is_reply and len(own.strip()) >= SHORT:
        title, earlier = (
            "",
            f"{subject}\n{earlier}",
        )  # the old subject; a reply may well turn to something else
    return Reading(
        subject=subject,
        own=own,
        folded_subject=fold(title),
        folded=fold(own),
        folded_quoted=fold(earlier),
        is_reply=is_reply,
        is_forward=is_forward,
        language=guess(fold(f"{subject} {own}")),
    )


def fold(text: str) -> str:
    """Fold text for comparison: lower case, umlauts spelt out, accents off, white space single."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_FOLD)
        if not text.isascii():
            text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SPACE.sub(" ", text).strip()


def strip_prefixes(subject: str) -> tuple[str, bool, bool]:
    """Take Re:, AW:, WG: and the like off a subject; tell whether it was a reply and whether it was a forward."""
    is_reply = is_forward = False
    while found := _PREFIX.match(subject):
        is_reply, is_forward = is_reply or bool(found[1]), is_forward or bool(found[2])
        subject = subject[found.end() :]
    return subject.strip(), is_reply, is_forward


def split_quotes(text: str) -> tuple[str, str]:
    """Split a body into own text and quoted text; signature and disclaimer belong to neither."""
    lines = text.splitlines()
    own: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.lstrip().startswith(">"):
            quoted.append(line.lstrip("> "))
        elif _begins_quote(lines, index):
            following = [rest for rest in lines[index + 1 : index + 5] if rest.strip()]
            if not any(rest.lstrip().startswith(">") for rest in following):
                quoted += lines[index + 1 :]
                break
        elif _SIGNATURE.match(line) or _DISCLAIMER.match(line):
            rest = lines[index + 1 :]
            start = next(
                (n for n in range(len(rest)) if _begins_quote(rest, n) or rest[n].startswith(">")), len(rest)
            )
            if _SIGNATURE.match(line) and not "".join(own).strip():
                own.append("")
                start = 0
            index += start
        else:
            own.append(line)
        index += 1
    return "\n".join(own), "\n".join(quoted)


def _begins_quote(lines: list[str], index: int) -> bool:
    line = lines[index]
    if _SEPARATOR.match(line) or _ATTRIBUTION.match(line):
        return True
    pair = "\n".join(lines[index : index + 2])
    if _OUTLOOK.match(pair):
        return True
    return bool(_ATTRIBUTION_START.match(line) and _ATTRIBUTION.match(pair.replace("\n", " ")))


def attachment_text(message: Message) -> str:
    """Give the names of the attachments and the start of their plain text (at most 500 characters each)."""
    pieces = []
    for part in message.attachments[:5]:
        pieces.append(part.filename.rsplit(".", 1)[0].replace("_", " "))
        if part.content_type in {"text/plain", "text/csv", "message/rfc822"}:
            pieces.append(part.content[:500].decode("utf-8", "replace"))
    return "\n".join(pieces)


def _ends(text: str) -> str:
    return (
        text if len(text) <= WHOLE_LIMIT else f"{text[: WHOLE_LIMIT * 2 // 3]}\n{text[-WHOLE_LIMIT // 3 :]}"
    )


def _shorten(text: str) -> str:
    if len(text) <= OWN_LIMIT:
        return text
    return text[: OWN_LIMIT * 2 // 3] + "\n" + text[-OWN_LIMIT // 3 :]
