"""Read secrets from the files or environment variables that the configuration names; never from itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from bridge.i18n import gettext as _
from bridge.workflow.problem import Path as Keys
from bridge.workflow.problem import fields, models_in


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a key; the loader adds file and line."""

    path: Keys
    code: str
    text: str


def fill_secrets(
    content: dict[str, Any], model: type[BaseModel], folder: Path, environ: Mapping[str, str], path: Keys = ()
) -> Iterator[Fault]:
    """Put the secrets in their places, and yield what hinders it. Relative file names start at `folder`.

    `content` is changed. The `_file` and `_env` keys stay in it, so that they are checked like all others.
    """
    for name in _secret_names(model):
        if name in content and model.model_fields[name].annotation is SecretStr:
            del content[name]
            words = _("a secret has no place in this file; put it into a file and name that in {key}")
            yield Fault((*path, name), "secret-in-file", words.format(key=f"{name}_file"))
        yield from _fill(content, name, folder, environ, path)
    for key, annotation in fields(model).items():
        below = content.get(key)
        for section in models_in(annotation):
            if isinstance(below, dict):
                yield from fill_secrets(below, section, folder, environ, (*path, key))


def _secret_names(model: type[BaseModel]) -> list[str]:
    return [name for name in model.model_fields if f"{name}_file" in model.model_fields]


def _fill(
    content: dict[str, Any], name: str, folder: Path, environ: Mapping[str, str], path: Keys
) -> Iterator[Fault]:
    file, variable = content.get(f"{name}_file"), content.get(f"{name}_env")
    if file is not None and variable is not None:
        words = _("give either {file} or {env}").format(file=f"{name}_file", env=f"{name}_env")
        yield Fault((*path, f"{name}_env"), "two-secrets", words)
    elif name in content and (file is not None or variable is not None):
        words = _("give {key} here or in a file, not both").format(key=name)
        yield Fault((*path, name), "two-secrets", words)
    elif isinstance(file, str):
        place = folder / os.path.expandvars(file)
        reason = _hindrance(place)
        if reason:
            yield Fault((*path, f"{name}_file"), "secret-file", reason)
        else:
            content[name] = place.read_text(encoding="utf-8").rstrip("\r\n")
    elif isinstance(variable, str):
        if environ.get(variable):
            content[name] = environ[variable]
        else:
            words = _("the environment variable {name} is not set").format(name=variable)
            yield Fault((*path, f"{name}_env"), "secret-variable", words)


def _hindrance(place: Path) -> str:
    """Say why a file can't be taken for a secret; empty when it can."""
    try:
        mode = place.stat().st_mode
        text = place.read_text(encoding="utf-8").rstrip("\r\n") if stat.S_ISREG(mode) else ""
    except FileNotFoundError:
        return _("there is no such file")
    except (OSError, UnicodeDecodeError):
        return _("the file can't be read")
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        return _("the file can be read or changed by everyone; run: chmod o-rwx {file}").format(file=place)
    return "" if text else _("the file is empty")
