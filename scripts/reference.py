"""Write docs/configuration.md from the settings models: every key with its type, default and meaning.

python -m scripts.configuration_docs
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bridge.settings.model import ControllerSettings, Program
from bridge.workflow.model import PLACEHOLDERS
from bridge.workflow.problem import fields, models_in
from bridge.workflow.shape import WorkflowShape

DOCS = Path(__file__).resolve().parent.parent / "docs"

_CONFIGURATION = """\
# Configuration

<!-- Written by scripts/reference.py from the models. Do not edit. -->

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

_WORKFLOWS = """\
# Workflow files

<!-- Written by scripts/reference.py from the models. Do not edit. -->

A workflow says which requests it is meant for and what is done with them. One workflow is one file in the folder
`workflows`, and the file's name is the workflow's name. Read the nine for the categories in
[`workflows/`](../workflows/) first; they explain themselves. Two more, `review` and `review-personal`, are for requests
that the bridge is unsure of.

- Editors that know JSON Schema (with the YAML language server) complete and check keys by
  [`schema.json`](../bridge/workflow/schema.json), which the first line of each file names.
- All problems of all files are told at once, with file and line, and nothing runs until they are gone.
- Which workflow counts: the one with the highest `rank`; at equal rank the one that demands more in `when`. Two that
  could take the same request at the same rank are refused, and so is one that is never reached.
- Every category must have a workflow that takes all of its requests, and so must requests that the bridge is unsure of.
- A workflow that erases must be approved once by a second person. Every change needs a new approval.
- Try changes on old mail before they count: `otrs-bridge simulate FOLDER --against NEW`.

What is refused, among others: `erase` that is not the last step, or without the receipts of the hand-over and the stub
before it; a stub that shows anything; answers to automated mail or spam, or while the bridge is unsure; erasing while
it is unsure; a mail that would stay in the inbox; a ticket that would be dropped; workflows that follow each other in a
loop; texts that lack a translation or hold an unknown placeholder.

Texts may hold these placeholders: {placeholders}.

## The file
"""


def pages() -> dict[str, str]:
    """Give every page by its name, as the files hold them."""
    return {"configuration.md": configuration(), "workflows.md": workflows()}


def workflows() -> str:
    """Describe workflow files."""
    names = ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)
    parts = [_WORKFLOWS.format(placeholders=names), *_table(WorkflowShape)]
    for path, section in dict.fromkeys(_sections(WorkflowShape)):
        words = " ".join((section.__doc__ or "").split())
        parts += [f"\n### `{path}`\n\n{words}\n", *_table(section)]
    return "\n".join(parts) + "\n"


def configuration() -> str:
    """Describe the configuration."""
    parts = [_CONFIGURATION]
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
    if origin in (Annotated, Union, types.UnionType):
        return _type(next(part for part in parts if part is not type(None)), field)
    if origin is Literal:
        return " \\| ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        kind = _type(parts[0], field)
        return f"list of: {kind}" if kind.startswith("`") else "list"
    return "section" if origin is dict or models_in(annotation) else _PLAIN.get(annotation, "text")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", (), {}) or isinstance(default, BaseModel | dict):
        return ""
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    if isinstance(default, tuple):
        return ", ".join(f"`{part}`" for part in default)
    return f"`{default:%H:%M}`" if isinstance(default, dt.time) else f"`{default}`"


_PLAIN = {
    bool: "`on` \\| `off`",
    int: "whole number",
    float: "number",
    dt.timedelta: "period such as 24h",
    dt.time: "time of day such as 22:30",
}


def keys_documented(text: str) -> set[str]:
    """List the keys that a page documents."""
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
