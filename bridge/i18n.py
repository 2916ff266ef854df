"""Texts for people: English in the source, other languages from gettext catalogues beside this module.

Catalogues are read as `.po` at first use, so that nothing has to be compiled and an operator can read what is
shown. Call `gettext` where a text is shown, never at import: the language may be chosen later.
"""

from __future__ import annotations

import ast
import gettext as _stdlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

DOMAIN = "otrs_bridge"
LOCALE = Path(__file__).parent / "locale"

_override: ContextVar[str | None] = ContextVar("bridge_language", default=None)
_default = ["en"]  # one cell, replaced in one step: readers in other threads see the old or the new value


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's texts: every msgid with its forms, and the rule that picks the form for a count."""

    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = field(default=lambda count: int(count != 1))


def gettext(text: str) -> str:
    """Translate `text` into the language in force; untranslated texts come back as they are."""
    forms = catalogue(current_language()).forms.get(text)
    return forms[0] if forms and forms[0] else text


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate the form that fits `count`. The count itself is filled in by the caller."""
    known = catalogue(current_language())
    forms, index = known.forms.get(singular, ()), known.plural(count)
    if index < len(forms) and forms[index]:
        return forms[index]
    return singular if count == 1 else plural


def mark(text: str) -> str:
    """Mark a constant for the catalogue without translating it yet (call `gettext` when it is shown)."""
    return text


def set_language(code: str) -> None:
    """Set the language of every thread that has not chosen its own; `de-AT` and `de_AT.UTF-8` mean `de`."""
    _default[0] = _base(code)


def current_language() -> str:
    """Tell the language in force here, as two letters."""
    return _override.get() or _default[0]


@contextmanager
def language(code: str) -> Iterator[None]:
    """Use another language inside the block, in this thread or task only."""
    token = _override.set(_base(code))
    try:
        yield
    finally:
        _override.reset(token)


def languages() -> tuple[str, ...]:
    """List the languages that texts exist in, English (the source) first."""
    return ("en", *sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


@lru_cache(maxsize=16)
def catalogue(code: str) -> Catalogue:
    """Read the catalogue of a language; a language without one gets an empty catalogue."""
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    return read_po(path.read_text(encoding="utf-8")) if path.is_file() else Catalogue()


def read_po(text: str) -> Catalogue:
    """Read the part of PO that this project uses: no contexts; fuzzy and obsolete entries are left out."""
    forms: dict[str, tuple[str, ...]] = {}
    for block in text.replace("\r\n", "\n").split("\n\n"):
        flags = [line for line in block.splitlines() if line.startswith("#,")]
        fields = _fields(block)
        if "msgid" in fields and (not any("fuzzy" in line for line in flags) or not fields["msgid"]):
            forms[fields["msgid"]] = tuple(value for key, value in fields.items() if key.startswith("msgstr"))
    header = forms.pop("", ("",))[0]
    for line in header.splitlines():
        if line.startswith("Plural-Forms:") and "plural=" in line:
            return Catalogue(forms, _stdlib.c2py(line.split("plural=", 1)[1].strip().rstrip(";")))
    return Catalogue(forms)


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    keyword = ""
    for line in block.splitlines():
        if line.startswith("msg"):
            keyword, _, line = line.partition(" ")  # noqa: PLW2901 - the rest of the line is the first string
            fields[keyword] = ""
        if line.startswith('"'):
            fields[keyword] += ast.literal_eval(line)
    return fields


def _base(code: str) -> str:
    return code.replace("-", "_").split("_")[0].split(".")[0].lower()[:8] or "en"
