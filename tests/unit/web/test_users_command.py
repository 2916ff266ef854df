"""otrs-bridge users: accounts are made, listed, closed; the first password is the only secret that is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bridge.cli import main
from bridge.i18n import set_language
from bridge.journal import Journal, open_engine
from bridge.web import accounts
from bridge.web.secrets import Vault
from tests.unit.web.web_bench import SECRET

CONFIG = """
mailbox: {{kind: maildir, path: {folder}/mail}}
otrs:
  url: http://127.0.0.1:1/x
  username: bridge
  password_file: {folder}/password
  queues: {{support: S, admins: A, membership: M, other: O}}
smtp: {{host: 127.0.0.1, port: 25, tls: none, from: support@example.org}}
operator: ops@example.org
dpo: dpo@example.org
deletion_log: {{origin: example.org/otrs-bridge}}
journal: sqlite:///{folder}/journal.db
keys: {folder}/keys
language: en
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "workflows").mkdir()
    path = tmp_path / "bridge.yaml"
    path.write_text(CONFIG.format(folder=tmp_path))
    return path


def run(config: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["--config", str(config), "users", *arguments])
    set_language("en")
    return result


def test_an_account_is_made_listed_and_closed(config: Path) -> None:
    assert "no accounts yet" in run(config, "list").output
    made = run(config, "add", "dora", "--role", "dpo")
    assert made.exit_code == 0, made.output
    password = made.output.rpartition(" ")[2].strip()
    assert len(password) >= 20
    journal = Journal(open_engine(f"sqlite:///{config.parent / 'journal.db'}"))
    with journal.read() as connection:
        known = accounts.credentials(connection, "dora")
    journal.close()
    assert known is not None
    assert Vault(SECRET).fits(known.password, password)
    assert known.account.initial
    assert not known.account.enrolled
    listed = json.loads(run(config, "list", "--json").output)
    assert listed == {"name": "dora", "role": "dpo", "controller": "main", "state": "first log-in to come"}
    assert run(config, "disable", "dora").exit_code == 0
    assert "disabled" in run(config, "list").output
    assert run(config, "disable", "dora").exit_code == 1


def test_a_first_password_is_given_again(config: Path) -> None:
    first = run(config, "add", "otto", "--role", "operator", "--controller", "all").output
    second = run(config, "add", "otto", "--again")
    assert second.exit_code == 0
    assert second.output != first
    assert run(config, "add", "nobody", "--again").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "dora"),
        ("add", "dora", "--role", "king"),
        ("add", "dora", "--role", "dpo", "--controller", "other"),
        ("add", "D", "--role", "dpo"),
        ("disable", "nobody"),
    ],
)
def test_what_makes_no_sense_is_refused(config: Path, arguments: tuple[str, ...]) -> None:
    result = run(config, *arguments)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert "no accounts yet" in run(config, "list").output
