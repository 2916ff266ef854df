"""YAML as people mean it: no surprising booleans, no lost keys, lines known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.workflow.source import read_yaml


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("22:30", "22:30"),
        ("2026-01-01", "2026-01-01"),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-3.5", -3.5),
        ("0815", 815),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        (".", "."),
        ("=", "="),
    ],
)
def test_scalars(written: str, meant: object) -> None:
    value = read_yaml(f"key: {written}", "f").content["key"]
    assert value == meant
    assert type(value) is type(meant)


def test_lines_of_keys_and_entries() -> None:
    document = read_yaml("# first\na:\n  b: 1\n  c:\n    - x\n    - d: 2\n", "f")
    assert document.lines[("a",)] == 2
    assert document.lines[("a", "b")] == 3
    assert document.lines[("a", "c", 0)] == 5
    assert document.lines[("a", "c", 1, "d")] == 6


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        ("a:\n  b: 1\n  b: 2\n", "duplicate-key", 3),
        ("a: [1\nb: 2\n", "yaml-syntax", 2),
        ("a: 1\n\tb: 2\n", "yaml-syntax", 2),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml-tag", 1),
        ("a: !secret x\n", "yaml-tag", 1),
        ("a: !!int x\n", "yaml-tag", 1),
        ("? [a]\n: 1\n", "yaml-key", 1),
        ("a: &x [*x]\n", "yaml-loop", 1),
        ("a: 1\n---\nb: 2\n", "yaml-syntax", 2),
        ("a: \x07", "yaml-syntax", 1),
    ],
)
def test_problems_with_code_and_line(text: str, code: str, line: int) -> None:
    problems = read_yaml(text, "f").problems
    assert [(problem.code, problem.line) for problem in problems] == [(code, line)]


def test_the_first_of_two_equal_keys_counts() -> None:
    assert read_yaml("a: 1\na: 2\n", "f").content == {"a": 1}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_never_raises(text: str) -> None:
    document = read_yaml(text, "f")
    assert document.problems or document.content is None or document.lines
