"""Read off a request by what its person can be recognised: member number, name with birth date, name with address.

Pure. A name or an address alone is not enough: families share them. What is found is folded, so that spellings of
the same value come out the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bridge.message.model import Message
from bridge.redact import redact
from bridge.redact.redaction import read

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "january", "jan"),
            ("februar", "february", "feb"),
            ("maerz", "march", "mar", "mrz"),
            ("april", "apr"),
            ("mai", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("dezember", "december", "dez", "dec"),
        ),
        start=1,
    )
    for name in names
}
_TITLES = frozenset({"dr", "prof", "herr", "frau", "mr", "mrs", "ms", "med", "dipl", "ing"})
MOST_PEOPLE = 3
"""With more names than these in a request it is unclear whose the values are: then only the number counts."""


def identifying(message: Message) -> frozenset[tuple[str, str]]:
    """Return (kind, folded value) pairs; kinds are number, birth and address."""
    values = _values(message)
    names = {name for raw in _names(message, values) if (name := fold_name(raw))}
    numbers = {digits for raw in values.get("MEMBER_NO", ()) if len(digits := re.sub(r"\D", "", raw)) >= 4}
    found = {("number", digits.lstrip("0") or "0") for digits in numbers}
    if not 1 <= len(names) <= MOST_PEOPLE:
        return frozenset(found)
    births = {date for raw in values.get("BIRTHDATE", ()) if (date := fold_date(raw))}
    streets = {street for raw in values.get("ADDRESS", ()) if (street := fold_street(raw))}
    towns = {code[0] for raw in values.get("CITY_ZIP", ()) if (code := re.search(r"\d{4,5}", raw))}
    for name in names:
        found |= {("birth", f"{name}|{date}") for date in births}
        found |= {("address", f"{name}|{street}|{town}") for street in streets for town in towns}
    return frozenset(found)


def _values(message: Message) -> dict[str, list[str]]:
    texts = {one.part: one.text for one in read(message)}
    values: dict[str, list[str]] = {}
    for span in redact(message).spans:
        if span.part in {"subject", "body"} and span.part in texts:
            values.setdefault(span.type, []).append(texts[span.part][span.start : span.end])
    return values


def _names(message: Message, values: dict[str, list[str]]) -> Iterator[str]:
    if message.sender and message.sender.name:
        yield message.sender.name
    yield from values.get("PERSON", ())


def fold_name(text: str) -> str:
    """Fold a name to its sorted parts, two at least; "" where there are fewer."""
    if "," in text:
        text = " ".join(reversed(text.split(",", 1)))
    parts = [part for part in _words(text) if part not in _TITLES and len(part) > 1]
    return " ".join(sorted({parts[0], parts[-1]})) if len(parts) >= 2 and parts[0] != parts[-1] else ""


def fold_date(text: str) -> str:
    """Fold a date to YYYY-MM-DD; "" for what is none."""
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    named = [_MONTHS[word] for word in _words(text) if word in _MONTHS]
    if len(numbers) == 2 and named:
        numbers.insert(1, named[0])
    if len(numbers) != 3:
        return ""
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    if year < 100:
        year += 1900 if year > 15 else 2000
    sane = 1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{year:04d}-{month:02d}-{day:02d}" if sane else ""


def fold_street(text: str) -> str:
    """Fold a street with its number; "" without a number."""
    folded = "".join(_words(re.sub(r"(?i)str(?:\.|asse\b|aße\b)", "str ", text)))
    number = re.search(r"\d+", text)
    return folded if number else ""


def _words(text: str) -> list[str]:
    plain = text.lower()
    for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, spelled)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return re.findall(r"[a-z]+|\d+", plain)
