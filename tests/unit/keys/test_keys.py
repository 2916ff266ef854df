"""The key folder: safe files, keys made ahead, destroyed keys that stay destroyed."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import pytest

from bridge import keys
from bridge.errors import BridgeError
from bridge.keys import folder as files

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    keys.init(tmp_path / "keys", NOW)
    return tmp_path / "keys"


def test_init_makes_keys_ahead_with_safe_modes(home: Path) -> None:
    assert {path.name for path in home.iterdir()} == {
        "log-signing.pem", "reference.key", "year-2026.key", "year-2027.key",
    }  # fmt: skip
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}


def test_init_again_keeps_what_is_there_and_makes_the_years_that_are_missing(home: Path) -> None:
    before = keys.load(home)
    assert keys.init(home, NOW) == []
    assert keys.init(home, NOW.replace(year=2027), years=3) == ["year-2028.key", "year-2029.key"]
    after = keys.load(home)
    assert after.id == before.id
    assert after.year_key(2026) == before.year_key(2026)


def test_init_does_not_make_a_new_reference_key_beside_old_keys(home: Path) -> None:
    (home / "reference.key").unlink()
    with pytest.raises(keys.KeyFileError) as refused:
        keys.init(home, NOW)
    assert refused.value.code == "keys.incomplete"


def test_an_empty_folder_is_told_from_a_used_one(tmp_path: Path, home: Path) -> None:
    assert keys.is_empty(tmp_path / "none")
    assert not keys.is_empty(home)


def test_two_hosts_differ_in_everything(tmp_path: Path, home: Path) -> None:
    keys.init(tmp_path / "other", NOW)
    one, two = keys.load(home), keys.load(tmp_path / "other")
    assert one.id != two.id
    assert one.reference("case", "step") != two.reference("case", "step")
    assert one.year_key(2026).id != two.year_key(2026).id


def test_what_is_keyed_stays_the_same_and_is_kept_apart_by_purpose(home: Path) -> None:
    one, again = keys.load(home), keys.load(home)
    made = [
        one.reference("a", "b"),
        one.identity(b"a", b"b"),
        one.sender("a"),
        one.message("a"),
        one.digest(b"a"),
    ]
    assert made == [
        again.reference("a", "b"),
        again.identity(b"a", b"b"),
        again.sender("a"),
        again.message("a"),
        again.digest(b"a"),
    ]
    assert len(set(made)) == 5
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in made)


def test_parts_do_not_run_together(home: Path) -> None:
    ring = keys.load(home)
    assert ring.identity(b"ab", b"c") != ring.identity(b"a", b"bc")
    assert ring.identity(b"a") != ring.identity(b"a", b"")
    assert ring.reference("ab", "c") != ring.reference("a", "bc")


def test_spellings_of_one_sender_and_one_message_id_are_one(home: Path) -> None:
    ring = keys.load(home)
    assert ring.sender(" Erika@Example.org ") == ring.sender("erika@example.org")
    assert ring.message("<a@b>") == ring.message(" a@b")


def test_nothing_secret_is_shown(home: Path) -> None:
    ring = keys.load(home)
    secret = ring.year_key(2026).secret.hex()
    reference = (home / "reference.key").read_text().strip()
    shown = repr(ring) + repr(ring.year_key(2026)) + repr(keys.list_keys(home))
    assert secret not in shown
    assert reference not in shown
    assert "PRIVATE" not in shown


def test_a_destroyed_key_is_gone_and_leaves_a_tombstone(home: Path) -> None:
    key_id = keys.load(home).year_key(2026).id
    assert keys.destroy(home, 2026, NOW) == key_id
    assert not (home / "year-2026.key").exists()
    with pytest.raises(keys.KeyFileError) as gone:
        keys.load(home).year_key(2026)
    assert gone.value.code == "keys.destroyed"
    assert keys.init(home, NOW) == []
    listed = {one.name: one for one in keys.list_keys(home)}
    assert (listed["year-2026"].id, listed["year-2026"].state) == (key_id, "destroyed")
    assert listed["year-2026"].since == "2026-11-20T08:00:00Z"
    assert listed["year-2027"].state == "present"


def test_the_bytes_of_a_destroyed_key_are_written_over(home: Path) -> None:
    path = home / "year-2026.key"
    twin = home / "year-2099.key"
    os.link(path, twin)
    before = path.read_bytes()
    keys.destroy(home, 2026, NOW)
    after = twin.read_bytes()
    assert len(after) == len(before)
    assert after != before


def test_a_destroyed_key_that_comes_back_is_not_used_and_can_be_destroyed_again(home: Path) -> None:
    saved = (home / "year-2026.key").read_bytes()
    key_id = keys.destroy(home, 2026, NOW)
    files.write_new(home / "year-2026.key", saved)
    assert {one.name: one.state for one in keys.list_keys(home)}["year-2026"] == "back"
    with pytest.raises(keys.KeyFileError):
        keys.load(home).year_key(2026)
    assert keys.destroy(home, 2026, NOW) == key_id
    assert not (home / "year-2026.key").exists()


def test_a_key_that_never_was_cannot_be_destroyed(home: Path) -> None:
    with pytest.raises(keys.KeyFileError) as missing:
        keys.destroy(home, 2031, NOW)
    assert missing.value.code == "keys.missing"


@pytest.mark.parametrize("name", ["", "reference.key", "year-2026.key"])
def test_open_modes_are_refused(home: Path, name: str) -> None:
    (home / name).chmod(0o750)
    with pytest.raises(keys.KeyFileError) as refused:
        keys.load(home)
    assert refused.value.code == "keys.permissions"


def test_a_symbolic_link_is_refused(home: Path, tmp_path: Path) -> None:
    (home / "year-2026.key").rename(tmp_path / "elsewhere")
    (home / "year-2026.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(keys.KeyFileError, match="symbolic"):
        keys.load(home)


@pytest.mark.parametrize("name", ["reference.key", "year-2026.key", "log-signing.pem", "year-2025.destroyed"])
def test_a_damaged_file_is_an_error_that_shows_nothing_of_it(home: Path, name: str) -> None:
    path = home / name
    path.write_bytes(b"geheim")
    path.chmod(0o600)
    with pytest.raises(keys.KeyFileError) as damaged:
        keys.load(home)
    assert damaged.value.code == "keys.damaged"
    assert "geheim" not in str(damaged.value)


@pytest.mark.parametrize("name", ["reference.key", "log-signing.pem"])
def test_a_missing_key_is_an_error(home: Path, name: str) -> None:
    (home / name).unlink()
    with pytest.raises(BridgeError) as missing:
        keys.load(home)
    assert missing.value.code == "keys.missing"


def test_no_file_is_written_over(tmp_path: Path) -> None:
    files.write_new(tmp_path / "a", b"1")
    with pytest.raises(keys.KeyFileError) as refused:
        files.write_new(tmp_path / "a", b"2")
    assert refused.value.code == "keys.exists"
    assert (tmp_path / "a").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyFileError):
        keys.load(tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(keys.KeyFileError):
        keys.init(tmp_path / "file", NOW)
