"""The short form of the backlog's measurement: flat memory, linear time, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.bench_backlog import run, show


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_backlog_of_mixed_and_broken_mails(tmp_path: Path) -> None:
    course = run(500, 4, tmp_path)
    show(course)
    assert course.open_left == 0
    assert course.megabytes[-1] < 200
    assert course.megabytes[-1] - course.megabytes[1] < 15
    assert course.slowdown < 2  # of quadratic time it would be 3.5; a busy machine alone can make 1.5
