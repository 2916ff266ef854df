"""Labelled values: form lines ("Name: …"), forwarded headers, tables (csv), visiting cards and calendars."""

from __future__ import annotations

import re
from functools import lru_cache

from bridge.redact.hits import Hit
from bridge.redact.tables import handmade, sections

LABELS = {
    label: name.removeprefix("label ")
    for name in reversed(sections())
    if name.startswith("label ")
    for label in handmade(name)
}
_HEADER_LABELS = handmade("header_labels")
_LINE = re.compile(
    r"^[>|*•\t \"'{-]{0,12}([A-Za-zÄÖÜäöüßé][A-Za-zÄÖÜäöüßé./() -]{0,34}?)"
    r"[ \t\"'*]{0,4}[:=][ \t\"'*]{0,6}(\S[^\n\r]{0,200})$",
    re.MULTILINE,
)
_CELL = re.compile(r"[^\n\r]*")
_VALUE_END = re.compile(r"[ \t\"'*,;}.]+$")
_MAILBOX = re.compile(
    r"[\"']?([^\"'<>\[\]@;(),\n]{2,60}?(?:, ?[^\"'<>\[\]@;(),\n]{2,40}?)?)[\"']? ?"
    r"(?:[<\[(](?:mailto:)?[^\s>\])]{3,100}@[^\s>\])]{3,100}[>\])]|$)"
)
_STAFF_WORDS = re.compile(
    r"(?i)support|team|piraten|partei|liquid|verband|vorstand|redaktion|newsletter|service|verein|"
    r"stelle|info|technik|daemon|admin|"
    r"mailman|system|meisterei|abteilung|kanzlei|referat|kommission|gericht|ausschuss|herrschaften|"
    r"universit|hochschule|institut|gymnasium|college|club|notification|noreply|mitglied|zentrale|"
    r"liste|verwaltung|büro|gmbh|e\.v\.|\bag\b|\bkv\b|\blv\b|\bov\b|\bbgs\b|lqfb"
)


def normalised(label: str) -> str:
    """Bring a label to the form in which it is looked up."""
    return "".join(char for char in label.lower() if char.isalnum() or char == "-").strip("-")


@lru_cache(maxsize=65536)
def organisation(name: str) -> bool:
    """Tell the name of a body, list or mailbox from that of a person."""
    return bool(_STAFF_WORDS.search(name))


def lines(text: str) -> list[Hit]:
    """Find values behind a label at the start of a line, and the people of forwarded headers."""
    hits: list[Hit] = []
    if ":" not in text and "=" not in text:
        return hits
    for found in _LINE.finditer(text):
        label = normalised(found.group(1))
        kind = LABELS.get(label)
        if label in _HEADER_LABELS:
            hits += mailboxes(text, *found.span(2))
        elif kind is not None:
            hits += _valued(text, found.start(2), found.end(2), kind)
    return hits


def mailboxes(text: str, start: int, end: int) -> list[Hit]:
    """Find the display names in a list of mailboxes ("Petra Müller [mailto:…]; Max Muster <…>")."""
    hits = []
    at = start
    while at < end:
        found = _MAILBOX.match(text, at, end)
        if found is not None and found.group(1) and personlike(found.group(1)):
            low, high = found.span(1)
            hits.append(_trimmed(text, low, high, "PERSON"))
        stop = min(
            (
                p
                for p in (text.find(";", at, end), text.find(">,", at, end), text.find("],", at, end))
                if p >= 0
            ),
            default=end,
        )
        at = stop + 1
        while at < end and text[at] in " ,;>]\"'":
            at += 1
    return hits


def _trimmed(text: str, start: int, end: int, kind: str) -> Hit:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] == "."):
        end -= 1
    return Hit(start, end, kind)


def personlike(name: str) -> bool:
    """Tell whether a label's value can be a person: one to five words, letters only, no body's name."""
    words = name.replace(",", " ").split()
    if not 0 < len(words) < 6 or organisation(name) or "\ue000" in name:
        return False
    return all(
        word.replace("-", "").replace("'", "").replace("’", "").replace(".", "").isalpha() for word in words
    )


def _valued(text: str, start: int, end: int, kind: str) -> list[Hit]:  # noqa: PLR0911 - one return a type
    value = _VALUE_END.sub("", text[start:end])
    end = start + len(value)
    if "\ue000" in value or not value:
        return []
    if kind == "PERSON":
        return _person_value(start, value)
    if kind == "ADDRESS":
        return (
            [Hit(start, end, kind)]
            if any(c.isdigit() for c in value) and len(value) < 50 and "," not in value
            else []
        )
    if kind in ("MEMBER_NO", "PHONE", "IBAN", "TAX_ID", "ID_CARD", "BIRTHDATE"):
        return _numbered(start, value, kind)
    if kind in ("PASSWORD", "HANDLE", "INVITE_CODE"):
        first = value.split()[0]
        short = (
            len(value.split()) < 3
            and len(first) > 2
            and not (kind == "INVITE_CODE" and first.isalpha() and first.islower())
        )
        return (
            [Hit(start, start + len(first.rstrip(",;")), kind)]
            if short and len(value) < 64 and "://" not in first
            else []
        )
    if kind == "CITY_ZIP" and value[:4].isdigit():
        return [Hit(start, start + len(value.split(",")[0]), kind)] if len(value) < 40 else []
    return []


def _person_value(start: int, value: str) -> list[Hit]:
    name = re.split(r"[,;(<\[|/]| - ", value, maxsplit=1)[0].rstrip()
    comma = re.match(r"[^\W\d_][\w'’-]+, ?[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)?$", value)
    if comma:
        name = value
    if not personlike(name) or len(name.split()) > 4:
        return []
    return [Hit(start, start + len(name), "PERSON")]


def _numbered(start: int, value: str, kind: str) -> list[Hit]:
    found = re.match(r"[\[(]?([A-Za-z]{0,4}[-/ ]?[0-9+(][0-9A-Za-z ./()+-]{1,40})", value)
    if found is None or (kind == "BIRTHDATE" and not re.search(r"[0-9]{2}", value)):
        return []
    low, high = found.span(1)
    body = found.group(1)
    cut = re.search(r" {1,3}(?=[A-Za-z]{3,})", body) if kind not in ("IBAN", "BIRTHDATE") else None
    high = low + (cut.start() if cut else len(body.rstrip(" .-/(")))
    digits = sum(char.isdigit() for char in body)
    return [Hit(start + low, start + high, kind)] if digits > (1 if kind == "BIRTHDATE" else 2) else []


# Tables

_SEPARATORS = ";\t,|"


def tables(text: str) -> list[Hit]:
    """Find the labelled columns of a table with a header line; quoted cells may hold the separator."""
    first = text[: text.find("\n") if "\n" in text else len(text)]
    separator = max(_SEPARATORS, key=first.count)
    if not first.count(separator):
        return []
    heads = [normalised(text[a:b].strip(' "')) for a, b in _cells(text, 0, len(first), separator)]
    kinds = [_column(head, heads) for head in heads]
    if not any(kinds):
        return []
    hits: list[Hit] = []
    at = len(first) + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        for kind, (low, high) in zip(kinds, _cells(text, at, end, separator), strict=False):
            hits += _cell(text, low, high, kind)
        at = end + 1
    return hits


def _cell(text: str, low: int, high: int, kind: str) -> list[Hit]:
    while low < high and text[low] in " \"'\r":
        low += 1
    while high > low and text[high - 1] in " \"'\r":
        high -= 1
    if not kind or low == high or (kind == "CITY_ZIP" and not text[low].isdigit()):
        return []
    if not any(char.isalnum() for char in text[low:high]):
        return []
    return [Hit(low, high, kind)]


def _column(head: str, heads: list[str]) -> str:
    if head in ("ort", "stadt", "wohnort"):
        return ""
    people = any(LABELS.get(other) == "PERSON" for other in heads)
    if head in ("nr", "no", "id", "nummer", "mitgl", "number", "member", "mitglied") and people:
        return "MEMBER_NO"
    if head in ("hausnr", "hausnummer", "hnr") or "straße" in head or "strasse" in head:
        return "ADDRESS"
    return LABELS.get(head) or next(
        (kind for label, kind in LABELS.items() if len(label) > 5 and label in head), ""
    )


def _cells(text: str, start: int, end: int, separator: str) -> list[tuple[int, int]]:
    cells = []
    at = start
    while at <= end:
        stop = text.find(separator, at, end)
        if text[at : at + 1] == '"':
            closing = text.find('"', at + 1, end)
            stop = text.find(separator, closing, end) if closing >= 0 else stop
        stop = end if stop < 0 else stop
        cells.append((at, stop))
        at = stop + 1
    return cells


# Visiting cards (RFC 6350) and calendars (RFC 5545)

_PROPERTY = re.compile(r"^(?:item[0-9]+\.)?([A-Za-z-]{1,24})((?:;[^:\n]{0,200})?):([^\n\r]*)", re.MULTILINE)
_CARD = {
    "FN": "PERSON", "N": "PERSON", "NICKNAME": "HANDLE", "TEL": "PHONE", "EMAIL": "EMAIL", "BDAY": "BIRTHDATE",
    "ADR": "ADDRESS", "LABEL": "ADDRESS", "URL": "URL_PERSONAL", "X-SKYPE": "HANDLE", "IMPP": "HANDLE",
    "X-TWITTER": "HANDLE", "PHOTO": "PERSON",
    "X-JABBER": "HANDLE", "X-SOCIALPROFILE": "URL_PERSONAL",
}  # fmt: skip
_COMMON_NAME = re.compile(r";CN=(?:\"([^\"\n]{1,80})\"|([^:;\n\"]{1,80}))", re.IGNORECASE)


def cards(text: str) -> list[Hit]:
    """Find the values of a vCard and the people of an iCalendar."""
    head = text[:200].upper()
    hits: list[Hit] = []
    if "BEGIN:VCARD" in head:
        for found in _PROPERTY.finditer(text):
            kind = _CARD.get(found.group(1).upper())
            if kind is not None and found.group(3).strip():
                hits += _card_value(found.group(3), found.start(3), kind)
    if "BEGIN:VCALENDAR" in head:
        for found in _COMMON_NAME.finditer(text):
            group = 1 if found.group(1) else 2
            if not organisation(found.group(group)) and "@" not in found.group(group):
                hits.append(Hit(*found.span(group), "PERSON"))
    return hits


def _card_value(value: str, at: int, kind: str) -> list[Hit]:
    if "\ue000" in value and not any(char.isalnum() for char in value):
        return []
    hits = []
    for place, piece in enumerate(value.rstrip().split(";")):
        # RFC 6350, 6.3.1: locality, region and country are kept, as a town without its code is everywhere.
        town = kind == "ADDRESS" and value.count(";") > 4 and place in (3, 4, 6)
        if any(char.isalnum() for char in piece) and not town:
            hits.append(Hit(at, at + len(piece), "CITY_ZIP" if kind == "ADDRESS" and place == 5 else kind))
        at += len(piece) + 1
    return hits
