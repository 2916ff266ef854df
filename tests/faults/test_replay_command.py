"""`otrs-bridge log replay` as a person types it: refusal at the start, the list, the second person, the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.journal import cases
from bridge.web import accounts
from bridge.web.accounts import Role
from bridge.web.secrets import Vault
from bridge.wiring import utc_now
from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail
from tests.faults.test_restore import BODY, SUBJECT, put_back, save

PASSWORD = "a password of the second person"


def run(world: World, *args: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["--config", str(world.path), *args], input=typed)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]


def account(world: World, name: str, role: Role) -> None:
    """Make an account whose person has logged in before."""
    with world.bridge() as bridge, bridge.journal.write() as connection:
        accounts.add(connection, name, role, accounts.ALL, Vault(b"x" * 32).hash(PASSWORD), utc_now())
        made = accounts.by_name(connection, name)
        assert made is not None
        accounts.set_values(connection, made.id, initial=False, totp="sealed")


@pytest.fixture
def restored(sandbox: World) -> tuple[World, int]:
    """Restore OTRS to a moment between hand-over and erasing."""
    assert sandbox.sandbox is not None
    original = Actions(sandbox).create("support", SUBJECT, BODY)
    sandbox.config["erase"] = "off"
    sandbox.once()
    backup = sandbox.sandbox.snapshot()
    sandbox.config["erase"] = "on"
    with sandbox.bridge() as bridge:
        with bridge.journal.write() as connection:
            cases.change(connection, 1, utc_now(), next_attempt=None)
        bridge.once()
    sandbox.sandbox.restore(backup)
    sandbox.once()
    return sandbox, original


def test_nothing_to_do(sandbox: World) -> None:
    sandbox.once()
    result = run(sandbox, "log", "replay", "--json")
    assert (result.exit_code, lines(result)) == (0, [])


def test_only_a_second_person_lets_it_erase(restored: tuple[World, int]) -> None:
    world, original = restored
    act = Actions(world)
    account(world, "dora", Role.DPO)
    account(world, "olaf", Role.OPERATOR)
    listed = run(world, "log", "replay", "--json")
    assert listed.exit_code == 1
    (found,) = lines(listed)
    assert (found["back"], found["match"], found["handed_over"]) == ("otrs", "content", True)
    brake = next(one for one in lines(run(world, "cases", "list", "--json")) if "brake" in one)
    assert run(world, "cases", "lift", str(brake["brake"])).exit_code == 0
    for typed in (f"olaf\n{PASSWORD}\n", "dora\nwrong\n", f"nobody\n{PASSWORD}\n"):
        assert run(world, "log", "replay", "--approve", typed=typed).exit_code == 1
        assert act.exists(original)
    done = run(world, "log", "replay", "--approve", "--json", typed=f"dora\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert lines(done)[-1] == {"erased": 1, "again": 0, "left": {}, "stopped": ""}
    assert not act.exists(original)
    entries = lines(run(world, "log", "list", "--json"))
    assert [(e["event"], e["ordered_by"], e["approved_by"]) for e in entries[-4:-1]] == [
        ("intended", "operator", "dpo"),
        ("executed", "operator", "dpo"),
        ("verified", "operator", "dpo"),
    ]
    verified = run(world, "log", "verify")
    assert verified.exit_code == 0, verified.output


def test_a_short_log_refuses_the_start_with_2_and_names_the_way_out(sandbox: World, tmp_path: Path) -> None:
    sandbox.deliver(mail(SUBJECT, BODY))
    with sandbox.bridge():
        pass
    saved = save(sandbox, "journal")
    sandbox.once()
    put_back(sandbox, "journal", saved)
    for command in ("once", "run"):
        refused = run(sandbox, command)
        assert refused.exit_code == 2
        assert "log replay" in refused.output
    replayed = run(sandbox, "log", "replay", "--json")
    assert replayed.exit_code == 0
    assert lines(replayed)[0]["imported"] > 0
    assert run(sandbox, "log", "verify").exit_code == 0
    assert run(sandbox, "once").exit_code == 0
