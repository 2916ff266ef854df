"""Every key stands in the example, with a comment beside or above it, and on the page of keys."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from bridge.settings import load_settings
from bridge.settings.model import ControllerSettings, Program
from bridge.workflow.load import load
from bridge.workflow.problem import fields, models_in
from bridge.workflow.shape import WorkflowShape

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "config" / "bridge.example.yaml"


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_docs", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def keys(model: type[BaseModel]) -> set[str]:
    known = fields(model)
    return set(known).union(*(keys(below) for found in known.values() for below in models_in(found)))


def test_the_reference_pages_are_up_to_date(docs: ModuleType) -> None:
    for name, page in docs.pages().items():
        assert (docs.DOCS / name).read_text(encoding="utf-8") == page, "run: python -m scripts.reference"


def test_every_key_is_on_its_page(docs: ModuleType) -> None:
    pages = docs.pages()
    known = keys(ControllerSettings) | keys(Program) | {"controllers"}
    assert docs.keys_documented(pages["configuration.md"]) == known
    assert docs.keys_documented(pages["workflows.md"]) == keys(WorkflowShape)


def test_every_key_has_a_meaning() -> None:
    def undocumented(model: type[BaseModel]) -> list[str]:
        shown = fields(model)
        own = [
            f"{model.__name__}.{name}"
            for name, field in model.model_fields.items()
            if (field.alias or name) in shown and not field.description
        ]
        return own + [
            name for found in shown.values() for below in models_in(found) for name in undocumented(below)
        ]

    assert [*undocumented(ControllerSettings), *undocumented(Program), *undocumented(WorkflowShape)] == []


def test_the_example_shows_every_key() -> None:
    shown = set(re.findall(r"(?:^|[{,#]) *(?:- )?(\w+):", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert keys(ControllerSettings) | keys(Program) | {"controllers"} <= shown


def test_the_example_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("/etc/otrs-bridge/", "")
    for name in re.findall(r"^ +password_file: (\S+)", text, re.MULTILINE):
        (tmp_path / name).write_text("secret")
        (tmp_path / name).chmod(0o600)
    path = tmp_path / "bridge.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(ROOT)
    settings = load_settings(path)
    (controller,) = settings.for_controllers()
    assert controller.erase is True
    assert controller.workflow_folder == ROOT / "workflows"
    assert len(load(controller.workflow_folder)) >= 9


def test_defaults_shown_in_the_example_are_the_defaults() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for section, model in ((ControllerSettings, "limits"), (ControllerSettings, "answers")):
        default = section.model_fields[model].get_default()
        for name in fields(type(default)):
            assert f"  {name}: {getattr(default, name)}" in text
