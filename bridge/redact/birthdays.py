"""Dates of birth: by their cue, by a name before them, or because they lie before 2000."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bridge.redact.hits import Hit
from bridge.redact.masks import OPAQUE

_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|"
    r"January|February|"
    r"March|May|June|July|October|December|(?:Jan|Feb|Mär|Mar|Apr|Jun|Jul|Aug|Sept?|Okt|Oct|Nov|De[zc])\b\.?)"
)
_SPELLED = (
    r"(?:ersten|zweiten|dritten|vierten|fünften|sechsten|sieb(?:en)?ten|achten|neunten|zehnten|elften|zwölften|"
    r"(?:drei|vier|fünf|sech|sieb|acht|neun)zehnten|(?:(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und)?"
    r"(?:zwanzig|drei(?:ß|ss)ig)sten|first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf)th|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|"
    r"(?:twenty|thirty)-(?:first|second|third|(?:four|fif|six|seven|eigh|nin)th)) (?:of )?"
)
_DAY = r"(?<![0-9])[0-3]?[0-9](?:st|nd|rd|th)?\.?[ ]?(?:of )?"
_DATE = re.compile(
    rf"(?:{_DAY}|(?<!\w){_SPELLED}){_MONTH}"
    rf"[ ,]{{1,2}}(?:(?:19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![0-9]))|{_MONTH} [0-3]?[0-9](?:st|"
    rf"nd|rd|th)?,? (?:19|20)[0-9]{{2}}"
    r"|(?<![0-9])[0-3]?[0-9][./-] ?[0-3]?[0-9][./-] ?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9])|(?:19|"
    r"20)[0-9]{2}[/-][01][0-9][/-][0-3][0-9]"
    r"|(?<![0-9])(?:19|20)[0-9]{6}(?![0-9])|(?<![0-9])[0-3][0-9][01][0-9](?:(?:19|20)[0-9]{2}|"
    r"[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_OLD = re.compile(
    rf"(?:{_DAY}|(?<!\w){_SPELLED}){_MONTH}[ ,]{{1,2}}19[0-9]{{2}}|{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? 19[0-9]{{2}}",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"[ ,;:(*|]{1,4}(?:\* ?|geb\. ?|geboren(?: am)? )?$")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LONE_YEAR = re.compile(r"(?<![0-9./-])(?:19[0-9]{2}|200[0-9]|201[0-5])(?![0-9]|[./-][0-9])")
_BORN_IN = re.compile(r"[.:]?[ ]{0,2}(?:im? |in |ca\. |um )?(?:Jahre? )?'?((?:19[0-9]|200)[0-9])(?![0-9./-])")
_MONTH_OF = re.compile(rf"[.:]?[ ]{{1,2}}(?:im? |in )?({_MONTH} (?:19|20)[0-9]{{2}})(?![0-9])", re.IGNORECASE)
_OF_A_YEAR = re.compile(r"[.:]?[ ]{0,2}'?([1-9][0-9])(?![\w./-])")


def old_date(text: str, start: int, end: int) -> list[Hit]:
    """Take the date around the name of a month, if it lies before 2000."""
    around = _OLD.finditer(text, max(0, start - 26), min(len(text), end + 16))
    return [Hit(*found.span(), "BIRTHDATE") for found in around if found.start() <= start < found.end()]


def birth(text: str, start: int, end: int) -> list[Hit]:
    """Take the date after a cue ("geb.", "Geburtsdatum"), or right before it ("am 3.4.1985 geboren")."""
    found = _DATE.search(text, end, min(len(text), end + 48))
    gap = text[end : found.start()] if found is not None else ""
    if found is None or "\n\n" in gap or OPAQUE in gap:
        found = None
        for before in _DATE.finditer(text, max(0, start - 26), start):
            found = before
    return [Hit(*found.span(), "BIRTHDATE")] if found is not None else _years(text, start, end)


def _years(text: str, start: int, end: int) -> list[Hit]:
    """Take a mere year: "born in 1958", "Jahrgang '58", "Mein Geburtsjahr ist 1944, nicht 1994"."""
    born = _BORN_IN.match(text, end) or _MONTH_OF.match(text, end)
    if text[start:end].lower() not in ("jahrgang", "jg", "geburtsjahr", "geburtsjahrgang"):
        return [Hit(*born.span(1), "BIRTHDATE")] if born is not None else []
    short = _OF_A_YEAR.match(text, end)
    if short is not None:
        return [Hit(*short.span(1), "BIRTHDATE")]
    stop = min(len(text), end + 40)
    for sign in ("\n", ". "):
        stop = at if (at := text.find(sign, end, stop)) >= 0 else stop
    return [Hit(*found.span(), "BIRTHDATE") for found in _LONE_YEAR.finditer(text, end, stop)]


def after_names(text: str, dates: Iterable[tuple[int, int]], names: Iterable[Hit]) -> list[Hit]:
    """Take the dates right behind a name whose year allows a birth: "Ingo Starke, 13.01.1965"."""
    ends = {hit.end for hit in names}
    hits = []
    for start, end in dates if ends else ():
        gap = _AFTER_NAME.search(text, max(0, start - 18), start)
        year = _YEAR.search(text, start, end)
        if gap is not None and gap.start() in ends and year is not None and int(year.group()) < 2006:
            hits.append(Hit(start, end, "BIRTHDATE"))
    return hits
