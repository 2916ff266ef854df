"""The commands log, witness and keys, from the operator's key folder to the DPO's verdict."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

import bridge.cli.keys as keys_command
import bridge.cli.log as log_command
from bridge import keys as key_folder
from bridge.cli.logs_of import Opened
from bridge.cli.witness import witness
from bridge.deletion_log import reading, store, tables
from bridge.deletion_log.entry import References
from bridge.deletion_log.note import Signer, VerifierKey
from bridge.deletion_log.references import Kind, case_key, new_salt, reference
from bridge.deletion_log.words import Event
from bridge.journal import Journal, open_engine

BASE = "example.org/otrs-bridge/main"
NOW = dt.datetime.now(dt.UTC)


class Operator:
    """A bridge without servers: a journal, keys, one controller."""

    def __init__(self, folder: Path) -> None:
        self.keys_folder = folder / "keys"
        key_folder.init(self.keys_folder, NOW.replace(year=NOW.year - 1), 3)
        self.keys = key_folder.load(self.keys_folder)
        self.journal = Journal(open_engine(f"sqlite:///{folder}/journal.db"))
        store.metadata.create_all(self.journal.engine)
        sign = lambda origin: Signer(origin, self.keys.signing)  # noqa: E731
        self.log = store.DeletionLog(BASE, sign, self.keys.id, "0.1.0")
        controller = SimpleNamespace(
            name="main", deletion_log=SimpleNamespace(origin="example.org/otrs-bridge", retention_years=3)
        )
        self.settings = SimpleNamespace(keys=str(self.keys_folder), for_controllers=lambda: (controller,))
        self.public = str(Signer(BASE, self.keys.signing).verifier)

    def opened(self) -> Opened:
        return Opened(self.journal, key_folder.load(self.keys_folder), {"main": self.log})

    def erase(self, make_draft: Any, number: str) -> None:
        year, salt = self.keys.year_key(NOW.year), new_salt()
        made = reference(case_key(year.secret, salt), Kind.TICKET, number)
        found = References(key_id=year.id, case_salt=salt, original=made)
        for event in (Event.INTENDED, Event.VERIFIED):
            with self.journal.write() as connection:
                draft = make_draft(1, event, references=found, event_time=dt.datetime.now(dt.UTC))
                store.append(connection, self.log, draft)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    made = Operator(tmp_path)

    @contextmanager
    def logs_of(_ctx: Any) -> Iterator[Opened]:
        yield made.opened()

    monkeypatch.setattr(log_command, "logs_of", logs_of)
    monkeypatch.setattr(keys_command, "logs_of", logs_of)
    monkeypatch.setattr(keys_command, "settings_of", lambda _ctx: made.settings)
    yield made
    made.journal.close()


def run(command: Any, *words: object, code: int = 0) -> Result:
    done = CliRunner().invoke(command, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def lines(done: Result) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_operator_lists_shows_checks_and_counts(operator: Operator, make_draft: Any) -> None:
    assert "no log yet" in run(log_command.log, "verify").output
    operator.erase(make_draft, "4711")
    operator.erase(make_draft, "4712")
    assert len(run(log_command.log, "list").output.splitlines()) == 5
    (only, last) = lines(run(log_command.log, "list", "--event", "verified", "--json"))
    assert (only["index"], last["index"]) == (2, 4)
    assert run(log_command.log, "list", "--category", "spam").output == ""
    (shown,) = lines(run(log_command.log, "show", "2", "--json"))
    assert (shown["hash_fits"], shown["left_the_house"], "proof" in shown) == (True, False, False)
    run(log_command.log, "checkpoint")
    (shown,) = lines(run(log_command.log, "show", "2", "--json"))
    assert (shown["proof_holds"], shown["checkpoint"]) == (True, 5)
    assert "proof_holds: true" in run(log_command.log, "show", "2").output
    run(log_command.log, "show", "5", code=1)
    assert "Nothing is wrong" in run(log_command.log, "verify").output
    (counted,) = lines(run(log_command.log, "report", "--json"))
    assert (counted["objects_erased"], counted["levels"]) == (2, {"by-control": 2})
    assert lines(run(log_command.log, "report", "--json", "--month", NOW.month % 12 + 1))[0]["events"] == {}


def test_a_tampered_database_makes_log_verify_fail(operator: Operator, make_draft: Any) -> None:
    operator.erase(make_draft, "4711")
    with operator.journal.write() as connection:
        connection.execute(update(tables.entries).where(tables.entries.c.position == 1).values(body=b"{}"))
    (verdict,) = lines(run(log_command.log, "verify", "--json", code=1))
    assert not verdict["ok"]
    assert {"entry-unreadable", "hash-differs"} <= {one["code"] for one in verdict["findings"]}
    assert "FAULT: Entry 1 can't be read" in run(log_command.log, "verify", code=1).output


def test_a_checkpoint_kept_elsewhere_counts(operator: Operator, make_draft: Any, tmp_path: Path) -> None:
    operator.erase(make_draft, "4711")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "one.txt").write_text(run(log_command.log, "checkpoint").output)
    run(log_command.log, "verify", "--checkpoints", kept)
    with operator.journal.write() as connection:
        connection.execute(update(tables.logs).values(size=2))
        connection.execute(tables.checkpoints.delete())
    assert "old backup was restored" in run(log_command.log, "verify", "--checkpoints", kept, code=1).output


def test_from_the_operator_to_the_dpo(operator: Operator, make_draft: Any, tmp_path: Path) -> None:
    copy, mails, exported = tmp_path / "copy", tmp_path / "mails", tmp_path / "export.zip"
    operator.erase(make_draft, "4711")
    (made,) = lines(run(log_command.log, "checkpoint", "--mail", mails, "--json"))
    mail = mails / made["mail"]
    done = run(witness, "verify", mail, "--copy", copy, "--key", operator.public)
    assert "entries 0 to 2" in done.output
    assert "already had" in run(witness, "verify", mail, "--copy", copy).output
    run(log_command.log, "prove", "4711", "--to", tmp_path / "proofs")
    (proof,) = (tmp_path / "proofs").iterdir()
    (proved,) = lines(run(witness, "verify", proof, "--copy", copy, "--json"))[:1]
    assert (proved["ok"], proved["number"], proved["event"]) == (True, "4711", "verified")
    assert "proved. Entry 2" in run(witness, "verify", proof, "--key", operator.public).output
    run(log_command.log, "export", exported)
    run(witness, "verify", exported, "--copy", copy)
    signed = run(
        witness, "cosign", "--copy", copy, "--key-file", tmp_path / "dpo.pem", "--name", "dpo", "--new-key"
    )
    assert "— dpo " in signed.stdout
    assert (tmp_path / "dpo.pem").stat().st_mode & 0o777 == 0o600
    run(
        witness,
        "cosign",
        "--copy",
        copy,
        "--key-file",
        tmp_path / "dpo.pem",
        "--name",
        "dpo",
        "--to",
        tmp_path / "out",
    )
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_mails_are_taken_in_the_order_in_which_they_were_made(
    operator: Operator, make_draft: Any, tmp_path: Path
) -> None:
    paths = []
    for number in ("1", "2", "3"):
        operator.erase(make_draft, number)
        (made,) = lines(run(log_command.log, "checkpoint", "--mail", tmp_path / "mails", "--json"))
        paths.append(tmp_path / "mails" / made["mail"])
        with operator.journal.write() as connection:
            state = reading.all_logs(connection)[0]
            store.mark_left(connection, state, state.size, dt.datetime.now(dt.UTC))
    done = run(
        witness, "verify", *paths[::-1], "--copy", tmp_path / "copy", "--key", operator.public, "--json"
    )
    assert [one["size"] for one in lines(done)] == [3, 5, 7, 7]


def test_a_proof_stands_under_a_checkpoint_that_has_left_where_there_is_one(
    operator: Operator, make_draft: Any
) -> None:
    operator.erase(make_draft, "4711")
    run(log_command.log, "checkpoint")
    with operator.journal.write() as connection:
        store.mark_left(connection, reading.all_logs(connection)[0], 3, dt.datetime.now(dt.UTC))
    operator.erase(make_draft, "4712")
    assert "\n3\n" in run(log_command.log, "prove", "4711").output
    assert "\n5\n" in run(log_command.log, "prove", "4712").output


def test_the_dpo_is_told_what_is_wrong(operator: Operator, make_draft: Any, tmp_path: Path) -> None:
    operator.erase(make_draft, "4711")
    run(log_command.log, "export", tmp_path / "export")
    path = tmp_path / "export" / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"objects":1', b'"objects":2'))
    run(log_command.log, "checkpoint")
    run(log_command.log, "export", tmp_path / "second")
    kept = tmp_path / "second" / "checkpoints"
    (tmp_path / "export" / "checkpoints" / "000000000003.txt").write_text(next(kept.iterdir()).read_text())
    german = run(witness, "--language", "de", "verify", tmp_path / "export", "--key", operator.public, code=1)
    assert german.output
    found = run(witness, "verify", tmp_path / "export", "--key", operator.public, code=1)
    assert "changed, removed, added or swapped" in found.output
    proof = run(log_command.log, "prove", "4711").output.replace("index 2", "index 1")
    (tmp_path / "bent.tlog-proof").write_text(proof)
    done = run(witness, "verify", tmp_path / "bent.tlog-proof", "--key", operator.public, code=1)
    assert "not in the log at this place" in done.output
    run(witness, "verify", tmp_path, code=2)
    run(witness, "verify", "--key", "nonsense", tmp_path / "export", code=2)
    (tmp_path / "x.eml").write_text("Subject: none\n\nnone\n")
    run(witness, "verify", tmp_path / "x.eml", "--copy", tmp_path / "copy", code=2)
    run(witness, "verify", tmp_path / "x.eml", code=2)
    run(
        witness,
        "cosign",
        "--copy",
        tmp_path / "copy",
        "--key-file",
        tmp_path / "none.pem",
        "--name",
        "dpo",
        code=2,
    )
    run(witness, "cosign", "--key-file", tmp_path / "none.pem", "--name", "dpo", code=2)


def test_a_number_that_the_log_does_not_know(operator: Operator, make_draft: Any) -> None:
    operator.erase(make_draft, "4711")
    assert "says nothing" in run(log_command.log, "prove", "4712", code=1).output
    assert len(lines(run(log_command.log, "prove", "4711", "--all", "--json"))) == 2
    run(log_command.log, "list", "--controller", "none", code=1)
    run(log_command.log, "export", "x", "--year", "2001", code=1)


def test_keys_are_listed_with_the_public_key_for_the_dpo(operator: Operator) -> None:
    listed = lines(run(keys_command.keys, "list", "--json"))
    assert VerifierKey.parse(listed[-1]["public"]).name == BASE
    assert operator.public in run(keys_command.keys, "list").output
    assert "already" in run(keys_command.keys, "init").output
    (made, *_) = lines(run(keys_command.keys, "init", "--years", "4", "--json"))
    assert made == {"made": f"year-{NOW.year + 2}.key"}


def test_a_destroyed_key_is_logged_before_and_after(operator: Operator, make_draft: Any) -> None:
    operator.erase(make_draft, "4711")
    year = NOW.year
    run(keys_command.keys, "destroy", year, "--yes", code=1)
    run(keys_command.keys, "destroy", 2001, "--yes", code=1)
    run(keys_command.keys, "destroy", year, "--early", code=1)
    run(keys_command.keys, "destroy", year, "--early", "--yes")
    found = lines(run(log_command.log, "list", "--event", "key-destroyed", "--json"))
    assert [one["result"] for one in found] == ["pending", "gone"]
    assert found[0]["detail"]["key_id"] == operator.keys.year_key(year).id
    assert "says nothing" in run(log_command.log, "prove", "4711", code=1).output
    run(log_command.log, "verify")
    assert f"year-{year}" in run(keys_command.keys, "list").output


def test_an_unsafe_key_folder_is_told(operator: Operator) -> None:
    operator.keys_folder.chmod(0o755)
    assert "keys.permissions" in run(keys_command.keys, "list", code=1).output
    assert "keys.permissions" in run(keys_command.keys, "init", code=1).output
