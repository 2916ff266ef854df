"""Streets with house numbers: by the street's own word, or by the postal code that follows."""

from __future__ import annotations

import re

from bridge.redact.cues import bare_street, cue
from bridge.redact.hits import Hit
from bridge.redact.tables import handmade, table

_NUMBER = re.compile(
    r"\.?[ \u00a0]{0,2}(?:Nr\.? ?)?([0-9]{1,4}(?: ?[a-hA-H](?![\w.]))?"
    r"(?: ?[-–/+] ?[0-9]{1,4}(?![0-9.]) ?[a-h]?(?!\w))?)"
    r"(?![0-9]|[.:][0-9]|\w|%)"
)
_LAST_WORDS = re.compile(r"[^\W\d_]+(?:[.'’-]{1,2}[^\W\d_]+)*\.?|(?<!\w)[0-9]+\.")
_LOWER_INSIDE = handmade("lower_inside")
_STARTERS = handmade("starters")
_NO_STREET = handmade("no_street")
_BEFORE_ZIP = re.compile(
    r"([0-9]{1,4} ?[a-hA-H]?(?: ?[-/–] ?[0-9]{1,4} ?[a-h]?)?)[ \t]*(?:[,;/|–-][ \t]*|[ \t]+|"
    r",?[ \t]*\r?\n[> \t]*|(?: ?[(,] ?(?:[\w. ]{1,20})[),] ?))?$"
)
_NO_UNIT = re.compile(r"[ \u00a0]{1,2}(?:uhr|km|m|minuten|euro|prozent|jahre)\b", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?<!\w)(?:Straße|Platz|Allee|Weg|Ufer) (?:des|der|am|an der|im|zum|"
    r"zur) (?:[0-9]{1,2}\. )?[A-ZÄÖÜ][\w-]+(?: [A-ZÄÖÜ][\w-]+)? [0-9]{1,4} ?[a-h]?(?!\w)"
    r"|(?<!\w)(?:Postfach|Haus(?:nummer| ?Nr\.?)|Parzelle) ?[0-9]{1,4}(?: ?[0-9]{2}){0,3}(?!\w)"
    r"|(?<![\w.])[0-9]{1,5}[a-zA-Z]?,? (?:(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|"
    r"quai) (?:d[eu']?s? ?)?(?:l[ae'] ?)?[A-ZÀ-Ý][\w'-]+(?: [A-ZÀ-Ý][\w'-]+){0,2}"
    r"|(?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Square|"
    r"Way|Terrace|Crescent|Gardens|Row|Place|Hill|Boulevard|Blvd)\b\.?)"
    r"|(?<!\w)(?:ul\.|ulica|via|Via|calle|Calle|C/|rua|Rua|viale|Viale|piazza|Piazza|ulice|Cadde|plaza|"
    r"Plaza|rue|Rue|avenue|Avenue) ?(?:d[aeiou]{1,2}l?l?[as]?'? ?)?(?:l[ae] )?"
    r"[A-ZÀ-ŽĄĆĘŁŃÓŚŹŻ][\w'-]+(?: [A-ZÀ-Ž][\w'-]+){0,3},? (?:[0-9]{1,4}(?:/[0-9]{1,4})?[a-z]?)(?!\w)"
)
_STARTED = re.compile(
    r"(?:A[nm] der|An den|Am|Im|Auf (?:der|dem)|Zu[mr]|Unter den|Hinter (?:den|der|dem)|Vor (?:dem|"
    r"der)|In de[rnm]|Bei (?:der|den)|Auf'm)"
    r" (?:[A-ZÄÖÜ][\w-]+ )?([A-ZÄÖÜ][a-zäöüß-]+) [0-9]{1,3} ?[a-h]?(?=(,|\)|\r?\n|\.?$| in | bei |;|"
    r"\.\s|\. |\?|\s?$))"
)
_NO_NAME = handmade("no_street_name")


def at_word(text: str, start: int, end: int) -> list[Hit]:
    """Take the street whose word stands at `start`: its number after it, its name before it."""
    number = _NUMBER.match(text, end)
    if number is None or _NO_UNIT.match(text, number.end()):
        return []
    word = text[start:end]
    bare = bare_street(word.lower())
    low = _leftwards(text, start, bare)
    if bare and low == start:
        return []
    if word[0].islower() and low == start and not _lower_street(word):
        return []
    if not bare and word.lower() in table("words") and low == start and not _strong(word):
        return []
    return [Hit(low, number.end(), "ADDRESS")]


def _strong(word: str) -> bool:
    low = word.lower()
    return low.endswith(("straße", "strasse", "str", "gasse", "allee", "weg", "platz")) and len(low) > 6


def _lower_street(word: str) -> bool:
    return word.endswith(("straße", "strasse", "str", "weg", "platz", "gasse", "allee")) and len(word) > 6


def _leftwards(text: str, start: int, bare: bool) -> int:
    """Take in the words before a street's word: "Straße des 17. Juni", "Am Alten Markt", "Lange Straße"."""
    line = text.rfind("\n", max(0, start - 60), start) + 1
    words = list(_LAST_WORDS.finditer(text, max(line, start - 60), start))
    low = start
    for taken, word in enumerate(reversed(words)):
        between = text[word.end() : low]
        value = word.group().lower()
        if (
            between not in (" ", "-", "", "\u00a0")
            or taken > 3
            or value in _NO_STREET
            or cue(value.rstrip("."))
        ):
            break
        upper = word.group()[0].isupper()
        if (
            between in ("-", "")
            or (value in _STARTERS and upper)
            or (bare and upper and taken == 0)
            or (value in _LOWER_INSIDE and not upper and _begins(text, word.start()))
        ):
            low = word.start()
        else:
            break
    return low


def _begins(text: str, at: int) -> bool:
    """Tell whether a capitalised starter ("An", "Unter") stands before a small article inside a street's name."""
    before = _LAST_WORDS.findall(text[max(0, at - 14) : at])
    return bool(before) and before[-1].lower() in _STARTERS and before[-1][0].isupper()


def before_town(text: str, zip_start: int) -> list[Hit]:
    """Take the street and number right before a postal code: "Anger 37, 99084 Erfurt"."""
    begin = max(0, zip_start - 110)
    number = _BEFORE_ZIP.search(text, begin, zip_start)
    if number is None:
        return []
    line = text.rfind("\n", begin, number.start()) + 1
    low = _name_before(text, max(line, begin), number.start())
    return [Hit(low, number.end(1), "ADDRESS")] if low < number.start() else []


def _name_before(text: str, line: int, stop: int) -> int:
    """Find where the street before a house number begins: capitalised words, and articles after a starter."""
    low = best = stop
    words = list(_LAST_WORDS.finditer(text, line, stop))
    pending = False
    for count, word in enumerate(reversed(words)):
        value = word.group().lower().rstrip(".")
        gap = text[word.end() : low]
        if gap not in (" ", "-", "", "\u00a0", "  ") or count > 5 or value in _NO_STREET or cue(value):
            break
        if word.group()[-1] == "." and value in table("words") and not word.group()[0].isdigit() and count:
            break
        low = word.start()
        capital = word.group()[0].isupper() or word.group()[0].isdigit()
        if capital and (not pending or value in _STARTERS or bare_street(value) or word.group()[0].isdigit()):
            best, pending = low, False
        elif not capital and value in _LOWER_INSIDE and count:
            pending = True
        elif count == 0:
            best = low
            break
        else:
            break
    return best


def started(text: str, start: int) -> list[Hit]:
    """Take the street that begins with a preposition at `start`: "Unter den Linden 7", "Am Sand 15"."""
    found = _STARTED.match(text, start)
    if found is None:
        return []
    last = found.group(1).lower()
    sentence = not start or text[max(0, start - 2) : start] in (". ", "! ", "? ")
    if last in _NO_NAME or cue(last) or (sentence and found.group(2) == ""):
        return []
    return [Hit(*found.span(), "ADDRESS")]


def abroad(text: str, start: int, end: int) -> list[Hit]:
    """Find streets written the English, French, Italian, Spanish or Polish way around the word that tells them."""
    low, high = max(0, start - 60), min(len(text), end + 60)
    return [Hit(*found.span(), "ADDRESS") for found in _FOREIGN.finditer(text, low, high)]
