"""Masks: pseudonyms in a text are opaque to the detectors, so that redacting twice changes nothing."""

from __future__ import annotations

import re

OPAQUE = "\ue000"  # a private-use character: no letter, no digit, no space

_SOMETHING = re.compile(r"[^\W_]")
_LABEL = re.compile(
    r"\[(?:(?:F[0-9]{1,3}-)?(?:Person|E-[Mm]ail|Telefon|Phone|Anschrift|Address|Ort|Town|Geburtsdatum|"
    r"Birth date|IBAN|Kartennr|Card no|"
    r"Steuernr|Tax no|Versicherungsnr|Insurance no|Ausweisnr|ID no|Mitgliedsnr|Member no|IP|"
    r"Benutzername|User name|Webadresse|"
    r"Web address|Kennzeichen|Number plate)-[0-9]{1,6}(?: = (?:Absender|Mitarbeit|sender|staff))?"
    r"|Passwort entfernt|Code entfernt|password removed|code removed)\]"
)


def masked(text: str) -> str:
    """Replace each pseudonym by as many opaque characters; the length stays the same."""
    if "[" not in text:
        return text
    return _LABEL.sub(lambda found: OPAQUE * len(found.group()), text)


def without_masks(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Shrink a hit to what lies outside masks, or None where nothing does."""
    value = text[start:end]
    if OPAQUE in value:
        start += len(value) - len(value.lstrip(OPAQUE))
        end -= len(value) - len(value.rstrip(OPAQUE))
        value = text[start:end]
    return (start, end) if _SOMETHING.search(value) else None
