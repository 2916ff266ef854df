"""Read the configuration, and refuse it with everything that is wrong at once. Values are never repeated."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

import bridge
from bridge.i18n import gettext as _
from bridge.settings.checks import SECTIONS
from bridge.settings.model import ControllerSettings, Program, Settings
from bridge.settings.secrets import Fault, fill_secrets
from bridge.settings.section import Section
from bridge.workflow.problem import (
    FoundProblems,
    Problem,
    fields,
    from_validation,
    line_of,
    models_in,
    spelled,
    suggestion,
)
from bridge.workflow.problem import Path as Keys
from bridge.workflow.source import Document, read_yaml

DEFAULT = Path("config/bridge.yaml")
VARIABLE = "OTRS_BRIDGE_CONFIG"

# Paths in the configuration, beside those of secrets; relative ones start at its folder. True: the file must
# exist.
_PATHS = {
    ("mailbox", "path"): False,
    ("mailbox", "ca_file"): True,
    ("otrs", "ca_file"): True,
    ("smtp", "ca_file"): True,
    ("classification", "model"): False,  # `train --apply` makes it
    ("keys",): False,
}
_S = TypeVar("_S", bound=Section)


class SettingsProblems(FoundProblems):
    """Hold everything that is wrong with the configuration."""

    code = "settings.faulty"


@dataclass(slots=True)
class _Reading:
    """One configuration on its way in: what it says, where, and what is wrong with it so far."""

    path: Path
    document: Document
    environ: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.path.resolve().parent

    def complain(self, fault: Fault, lines: Mapping[Keys, int] | None = None) -> None:
        line = line_of(fault.path, self.document.lines if lines is None else lines)
        self.problems.append(Problem(str(self.path), line, fault.code, fault.text))


def settings_path(given: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Tell which configuration counts: the one given, else that of OTRS_BRIDGE_CONFIG, else config/bridge.yaml."""
    return Path(given or environ.get(VARIABLE) or DEFAULT)


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration with its secrets. Raises `SettingsProblems`, never with a value in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsProblems(
            [Problem(str(path), 0, "no-file", _("there is no such configuration"))]
        ) from None
    except (OSError, UnicodeDecodeError):
        words = _("can't be read as a text file in UTF-8")
        raise SettingsProblems([Problem(str(path), 0, "unreadable", words)]) from None
    reading = _Reading(path, read_yaml(text, str(path)), environ)
    reading.problems += reading.document.problems
    content = {} if reading.document.content is None else reading.document.content
    if not isinstance(content, dict):
        reading.complain(Fault((), "wrong-value", _("the configuration must be a list of keys and values")))
        content = {}
    settings = None if reading.document.problems and not content else _settings(reading, content)
    if reading.problems or settings is None:
        raise SettingsProblems(reading.problems)
    return settings


def _settings(reading: _Reading, content: dict[str, Any]) -> Settings | None:
    shared, whole = fields(ControllerSettings), fields(Program)
    for key in sorted(set(content) - set(shared) - set(whole) - {"controllers"}):
        hint = suggestion(key, {*shared, *whole, "controllers"})
        reading.complain(
            Fault((key,), "unknown-key", _("unknown key {where}; {hint}").format(where=key, hint=hint))
        )
    own = {key: content[key] for key in whole if key in content}
    program = _section(Program, own, reading, reading.document.lines)
    base = {key: content[key] for key in shared if key in content}
    controllers = _controllers(reading, base, content.get("controllers"))
    complete = [controller for controller in controllers if controller]
    if program is None or len(complete) < len(controllers) or reading.problems:
        return None
    own = {name: getattr(program, name) for name in Program.model_fields}
    return Settings.model_construct(**own, controllers=tuple(complete))


def _controllers(reading: _Reading, base: dict[str, Any], several: Any) -> list[ControllerSettings | None]:
    lines = reading.document.lines
    if several in (None, []):
        return [_controller(reading, base, lines)]
    if not isinstance(several, list) or not all(isinstance(one, dict) for one in several):
        words = _("controllers must be a list of sections, each with a name")
        reading.complain(Fault(("controllers",), "wrong-value", words))
        return [None]
    found = []
    for index, own in enumerate(several):
        here: Keys = ("controllers", index)
        for key in sorted(set(own) - set(fields(ControllerSettings))):
            hint = suggestion(key, fields(ControllerSettings))
            words = _("unknown key {where}; {hint}").format(where=key, hint=hint)
            reading.complain(Fault((*here, key), "unknown-key", words))
        if "name" not in own:
            reading.complain(Fault(here, "missing", _("each of several controllers needs a name")))
        known = {key: value for key, value in own.items() if key in fields(ControllerSettings)}
        nearer = {keys[2:]: line for keys, line in lines.items() if keys[:2] == here}
        found.append(_controller(reading, merged(base, known), {**lines, **nearer}))
    _check_apart(reading, found)
    return found


def _check_apart(reading: _Reading, found: Iterable[ControllerSettings | None]) -> None:
    seen: set[object] = set()
    for index, one in enumerate(found):
        if one is None:
            continue
        box = one.mailbox
        for key, mark, words in (
            ("name", one.name, _("two controllers have the same name")),
            (
                "mailbox",
                (box.host, box.username, box.path, box.folder),
                _("two controllers read the same folder of the same mailbox"),
            ),
        ):
            if mark in seen:
                reading.complain(Fault(("controllers", index, key), "same-controller", words))
            seen.add(mark)


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a controller's keys over the shared ones, section by section; another `kind` replaces its section.

    A secret given one way replaces one given the other way.
    """
    result = copy.deepcopy(dict(base))
    for key, value in own.items():
        below = result.get(key)
        if (
            isinstance(value, dict)
            and isinstance(below, dict)
            and value.get("kind") in (None, below.get("kind"))
        ):
            result[key] = merged(below, value)
            continue
        for ending, other in (("_file", "_env"), ("_env", "_file")):
            if key.endswith(ending) and key.removesuffix(ending) + other not in own:
                result.pop(key.removesuffix(ending) + other, None)
        result[key] = copy.deepcopy(value)
    return result


def _controller(
    reading: _Reading, content: dict[str, Any], lines: Mapping[Keys, int]
) -> ControllerSettings | None:
    controller = _section(ControllerSettings, content, reading, lines)
    folder = _workflow_folder(reading, content.get("workflows", "workflows"))
    if folder is None:
        reading.complain(Fault(("workflows",), "no-folder", _("there is no such folder of workflows")), lines)
    return controller and controller.model_copy(update={"workflow_folder": folder})


def _section(
    model: type[_S], content: dict[str, Any], reading: _Reading, lines: Mapping[Keys, int]
) -> _S | None:
    """Validate one part; on errors check what is left once the faulty keys are out, so that all is told at once."""
    content = _without_empty(content, model)
    for fault in fill_secrets(content, model, reading.folder, reading.environ):
        reading.complain(replace(fault, text=f"{spelled(fault.path)}: {fault.text}"), lines)
    for fault in _absolute_paths(content, reading.folder):
        reading.complain(fault, lines)
    result: _S | None = None
    try:
        result = model.model_validate(content)
    except ValidationError as error:
        reading.problems += from_validation(error, str(reading.path), lines, model)
        for found in error.errors(include_url=False, include_input=False):
            _drop(content, found["loc"])
    for name, (section, check) in SECTIONS.items():
        if name in fields(model) and name in content:
            try:
                for fault in check(section.model_validate(content[name])):
                    reading.complain(fault, lines)
            except ValidationError:  # told above
                continue
    return result


def _without_empty(content: Mapping[str, Any], model: type[Any]) -> dict[str, Any]:
    """Copy, with sections that have all keys commented out taken for empty ones."""
    result = copy.deepcopy(dict(content))
    for key, annotation in fields(model).items():
        if key in result and annotation in models_in(annotation):  # a section that is always there
            value = {} if result[key] is None else result[key]
            result[key] = _without_empty(value, annotation) if isinstance(value, dict) else value
    return result


def _absolute_paths(content: dict[str, Any], folder: Path) -> Iterable[Fault]:
    for keys, required in _PATHS.items():
        holder = content
        for key in keys[:-1]:
            holder = holder.get(key) if isinstance(holder.get(key), dict) else {}  # type: ignore[assignment]
        written = holder.get(keys[-1])
        if isinstance(written, str):
            place = folder / written
            holder[keys[-1]] = str(place)
            if required and not place.is_file():
                yield Fault(keys, "no-file", _("{where}: there is no such file").format(where=".".join(keys)))


def _drop(content: Any, path: Keys) -> None:
    for part in path[:-1]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return
    if path and isinstance(content, dict):
        content.pop(path[-1], None)


def _workflow_folder(reading: _Reading, written: Any) -> Path | None:
    """Find the folder beside the configuration, in the working folder, or among the program's own."""
    if not isinstance(written, str):
        return Path()  # told elsewhere
    shipped = Path(bridge.__file__).parent / "defaults"
    places = [reading.folder / written, Path(written)]
    if written == "workflows":
        places += [shipped / "workflows", shipped.parent.parent / "workflows"]
    return next((place.resolve() for place in places if place.is_dir()), None)
