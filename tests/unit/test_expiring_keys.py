"""Keys that expire: made anew each month, destroyed when their time is over."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bridge.keys.expiring import ExpiringKeys
from bridge.keys.folder import KeyFileError

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_a_key_is_used_for_a_month_and_known_for_its_days(tmp_path: Path) -> None:
    keys = ExpiringKeys(tmp_path, 90)
    first = keys.current(NOW)
    assert keys.current(NOW + 29 * DAY) == first
    second = keys.current(NOW + 30 * DAY)
    assert keys.live(NOW + 89 * DAY) == [first, second]
    assert keys.live(NOW + 90 * DAY) == [second]
    assert keys.expire(NOW + 90 * DAY) == [first]
    assert keys.expire(NOW + 90 * DAY) == []
    with pytest.raises(KeyFileError):
        keys.hashed(first, "x")


def test_hashes_depend_on_key_and_on_each_part(tmp_path: Path) -> None:
    keys = ExpiringKeys(tmp_path, 90)
    first, second = keys.current(NOW), keys.current(NOW + 40 * DAY)
    made = {keys.hashed(key, *parts) for key in (first, second) for parts in (("a", "bc"), ("ab", "c"))}
    assert len(made) == 4
    assert ExpiringKeys(tmp_path, 90).hashed(first, "a", "bc") in made
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
