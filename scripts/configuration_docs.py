"""Write docs/configuration.md from the settings models: every key with its type, default and meaning.

python -m scripts.configuration_docs
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bridge.settings.model import ControllerSettings, Program
from bridge.workflow.problem import fields, models_in

TARGET = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

_INTRODUCTION = """\
# Configuration

<!-- Written by scripts/configuration_docs.py from the settings models. Do not edit. -->

The configuration is one YAML file: `--config FILE`, else the file that `OTRS_BRIDGE_CONFIG` names, else
`config/bridge.yaml`. [`config/bridge.example.yaml`](../config/bridge.example.yaml) is a complete one to begin with.

- Unknown keys are errors, and all problems are told at once, each with its line. The program then ends with code 2.
- Secrets never stand in the file. Name a file (`…_file`; not readable by everyone; `$NAME` in it is replaced from the
  environment, so `$CREDENTIALS_DIRECTORY/…` of systemd works) or an environment variable (`…_env`).
- Relative file names start at the folder of the configuration.
- `erase` stops all erasing at once: whatever is not clearly `on` (or `true`, `yes`) is off, also when it is missing.
- `tls: none` and `http://` are allowed to this machine itself only.
- Several controllers: each entry of `controllers` takes the keys of the controller from the top level and changes some
  of them, section by section. Each needs a `name` and a mailbox folder of its own. With an empty list, the top level is
  the one controller.
"""


def rendered() -> str:
    """Give the page as the file holds it."""
    parts = [_INTRODUCTION]
    parts += ["## The controller\n", *_table(ControllerSettings)]
    parts += [
        "\n## The program\n",
        *_table(Program),
        _row("controllers", "list", "empty", "Several controllers."),
    ]
    for model in (ControllerSettings, Program):
        for path, section in _sections(model):
            words = " ".join((section.__doc__ or "").split())
            parts += [f"\n### `{path}`\n\n{words}\n", *_table(section)]
    return "\n".join(parts) + "\n"


def _sections(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for key, annotation in fields(model).items():
        for section in models_in(annotation):
            name = f"{path}.{key}" if path else key
            below = f"{name}.NAME" if get_origin(annotation) is dict else name
            yield below, section
            yield from _sections(section, below)


def _table(model: type[BaseModel]) -> list[str]:
    known = fields(model)
    rows = [_row("key", "type", "default", "meaning").replace("`", ""), "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in known:
            rows.append(_row(key, _type(field.annotation, field), _default(field), field.description or ""))
    return rows


def _row(key: str, kind: str, default: str, meaning: str) -> str:
    return f"| `{key}` | {kind} | {default} | {' '.join(meaning.split())} |"


def _type(annotation: Any, field: FieldInfo) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " \\| ".join(f"`{part}`" for part in parts)
    if origin in (Union, types.UnionType):
        return _type(next(part for part in parts if part is not type(None)), field)
    if origin is tuple:
        return "list"
    if origin is dict or models_in(annotation):
        return "section"
    if annotation is bool:
        return "`on` \\| `off`"
    return {int: "whole number", float: "number"}.get(annotation, "text")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", (), {}) or isinstance(default, BaseModel | dict):
        return ""
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    return f"`{default}`"


def keys_documented(text: str) -> set[str]:
    """List the keys that a page documents."""
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
