"""Read YAML so that a person's slips don't pass silently, and know the line of every key.

What differs from plain PyYAML, which follows YAML 1.1: only `true` and `false` are booleans (`no` may be
Norwegian, `on` is left to the key that it stands at), `22:30` is no number, dates stay texts, and a key
given twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from bridge.i18n import gettext as _
from bridge.workflow.problem import Path, Problem


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, the line of every key and list entry (from 1), and what is wrong with its YAML."""

    file: str
    content: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core schema (chapter 10.3)."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to configure it


_NUMBERS = list("-+0123456789.")
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", _NUMBERS),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", _NUMBERS),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)

_SCALARS: dict[str, Callable[[str], Any]] = {
    "null": lambda _text: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": float,
    "str": str,
}
_KINDS = {*_SCALARS, "map", "seq"}


def read_yaml(text: str, file: str) -> Document:
    """Read one document. Never raises: what is wrong stands in `problems`, and `content` is as good as it gets."""
    document = Document(file)
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        words = _("not readable as YAML: {reason}").format(reason=error.problem or "")
        return Document(file, problems=[Problem(file, line, "yaml-syntax", words)])
    except yaml.YAMLError:
        words = _("not readable as YAML: characters that no text file holds")
        return Document(file, problems=[Problem(file, 1, "yaml-syntax", words)])
    content = _value(root, (), document, ()) if root is not None else None
    return Document(file, content, document.lines, document.problems)


def _value(node: yaml.Node, path: Path, document: Document, around: tuple[yaml.Node, ...]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if node in around:
        _complain(document, node, "yaml-loop", _("this part contains itself"))
        return None
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind not in _KINDS:
        _complain(document, node, "yaml-tag", _("tags such as {tag} are not used here").format(tag=node.tag))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, (*around, node))
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(part, (*path, index), document, (*around, node)) for index, part in enumerate(node.value)
        ]
    try:
        return _SCALARS[kind](node.value)
    except (KeyError, ValueError):  # such as !!int written at a word
        _complain(document, node, "yaml-tag", _("this value does not fit its tag"))
        return None


def _mapping(
    node: yaml.MappingNode, path: Path, document: Document, around: tuple[yaml.Node, ...]
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            _complain(document, key, "yaml-key", _("a key must be a plain word"))
            continue
        name = str(key.value)
        if name in content:
            first = document.lines[(*path, name)]
            words = _("{key} is given twice; first in line {line}").format(key=name, line=first)
            _complain(document, key, "duplicate-key", words)
            continue
        document.lines[(*path, name)] = key.start_mark.line + 1
        content[name] = _value(value, (*path, name), document, around)
    return content


def _complain(document: Document, node: yaml.Node, code: str, text: str) -> None:
    document.problems.append(Problem(document.file, node.start_mark.line + 1, code, text))
