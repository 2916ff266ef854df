"""What is wrong with a file that an operator wrote: where, what, and in plain words. Used for settings too."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bridge.errors import BridgeError
from bridge.i18n import gettext as _

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. `line` counts from 1; 0 means the file as a whole. `code` is for programs."""

    file: str
    line: int
    code: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text} [{self.code}]"


class FoundProblems(BridgeError):
    """Hold everything that is wrong, in the order of files and lines, so that it can be put right in one go."""

    code = "configuration.faulty"
    permanent = True

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Say what was probably meant, or what there is to choose from."""
    choices = sorted(known)
    near = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if near:
        return _("did you mean {word}?").format(word=near[0])
    return _("known are: {words}").format(words=", ".join(choices))


def spelled(path: Path) -> str:
    """Spell the way to a key as people read it: `steps[2].create.queue`, counting from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Find the line of a key, else that of the nearest section around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def from_validation(
    error: ValidationError, file: str, lines: Mapping[Path, int], model: type[BaseModel]
) -> list[Problem]:
    """Turn what pydantic found into problems in plain words. Never repeats a value: it may be a secret."""
    problems = []
    errors = error.errors(include_url=False, include_input=False)
    for found in errors:
        inside = [
            one for one in errors if one["loc"][: len(found["loc"])] == found["loc"] and one is not found
        ]
        if found["type"] == "too_short" and inside:
            continue  # only because faulty entries don't count
        code, text = _plain(found, model)
        problems.append(Problem(file, line_of(found["loc"], lines), code, text))
    return problems


def _plain(found: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    path, kind, details = found["loc"], found["type"], found.get("ctx", {})
    where = spelled(path)
    if kind == "extra_forbidden":
        around = models_at(model, path[:-1])
        hint = suggestion(str(path[-1]), {name for one in around for name in fields(one)})
        code = str(getattr(around[0], "unknown_code", "unknown-key"))
        return code, _("unknown key {where}; {hint}").format(where=where, hint=hint)
    if kind == "missing":
        return "missing", _("{where} is missing").format(where=where)
    if kind == "literal_error":
        expected = str(details["expected"]).replace(" or ", ", ")
        key = next(part for part in reversed(path) if isinstance(part, str))
        return f"unknown-{key}", _("{where} must be one of {expected}").format(where=where, expected=expected)
    if kind == "value_error":
        reason = details["error"]
        return getattr(reason, "code", "wrong-value"), f"{where}: {reason}" if where else str(reason)
    for start, words in _WORDS.items():
        if kind.startswith(start):
            return "wrong-value", f"{where} {words(details)}"
    return "wrong-value", f"{where}: {found['msg']}"


class RefusedValue(ValueError):
    """Refuse a value inside a validator, with a code and a text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "int": lambda _details: _("must be a whole number"),
    "float": lambda _details: _("must be a number"),
    "bool": lambda _details: _("must be true or false"),
    "string_too_short": lambda _details: _("must not be empty"),
    "string_pattern": lambda details: _("is not spelled as expected ({pattern})").format(**details),
    "string": lambda _details: _("must be a text; put it in quotes if it looks like a number"),
    "too_short": lambda _details: _("must not be empty"),
    "tuple": lambda _details: _("must be a list"),
    "list": lambda _details: _("must be a list"),
    "dict": lambda _details: _("must be a section with keys of its own"),
    "mapping": lambda _details: _("must be a section with keys of its own"),
    "model": lambda _details: _("must be a section with keys of its own"),
    "path": lambda _details: _("must be a path"),
    "greater_than_equal": lambda details: _("must be at least {ge}").format(**details),
    "greater_than": lambda details: _("must be more than {gt}").format(**details),
    "less_than_equal": lambda details: _("must be at most {le}").format(**details),
    "less_than": lambda details: _("must be less than {lt}").format(**details),
}


def models_at(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    """List the models that describe a place in a file, for suggestions."""
    here: list[type[BaseModel]] = [model]
    for part in path:
        if isinstance(part, str):
            below = [annotation for one in here for name, annotation in fields(one).items() if name == part]
            here = [found for annotation in below for found in models_in(annotation)] or here
    return here


def fields(model: type[BaseModel]) -> dict[str, Any]:
    """Map a model's keys, as spelled in files, to their annotations; without those that no file may hold."""
    return {
        field.alias or name: field.annotation
        for name, field in model.model_fields.items()
        if not (isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("hidden"))
    }


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """List the models that an annotation mentions, however deep inside lists and unions."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in models_in(part)]
