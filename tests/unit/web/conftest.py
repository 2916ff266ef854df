"""Fixtures of the tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.web.web_bench import WebBench, benched


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebBench]:
    with benched(tmp_path) as made:
        yield made


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[WebBench]:
    """Yield pages with people and something to see."""
    with benched(tmp_path, filled=True) as made:
        yield made
