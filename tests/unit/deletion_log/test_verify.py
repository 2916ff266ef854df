"""Checking a log alone: every way to tamper is found once a checkpoint has left the house."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, update

from bridge.deletion_log import export, findings, reading, store, tables, tree
from bridge.deletion_log.audit import Verdict, audit
from bridge.deletion_log.bundle import BundleError, open_bundle
from bridge.deletion_log.detail import Link
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.findings import Finding
from bridge.deletion_log.note import Checkpoint, Signer
from bridge.deletion_log.verify import verify_bundles
from bridge.deletion_log.words import Event
from bridge.i18n import language

ORIGIN = "example.org/otrs-bridge/verein/2026"
SOON = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def codes(found: Verdict, severity: str = "fault") -> list[str]:
    return [one.code for one in found.findings if one.severity == severity]


def check(bench: Any, bodies: list[bytes], notes: dict[str, str], now: dt.datetime = SOON) -> Verdict:
    return audit(ORIGIN, bodies, [bench.public], notes, now)


@pytest.fixture
def left(bench: Any) -> tuple[list[bytes], dict[str, str]]:
    """Make a log of 21 entries whose checkpoints at 11 and 21 have left."""
    bench.fill(5)
    first = bench.checkpoint()
    bench.fill(5, first=6)
    return bench.bodies(), {"11": first, "21": bench.checkpoint()}


def test_an_untouched_log_is_fine(bench: Any, left: tuple[list[bytes], dict[str, str]]) -> None:
    verdict = check(bench, *left)
    assert verdict.ok
    assert codes(verdict, "notice") == ["first-log"]
    assert (verdict.size, verdict.covered, verdict.checkpoints) == (21, 21, 2)
    assert verdict.root == reading.root(bench.connection, bench.state())
    assert verdict.counts == {"checkpoint": 1, "intended": 10, "verified": 10}


def edited(body: bytes, **changes: Any) -> bytes:
    return rfc8785.dumps(json.loads(body) | changes)


def reindexed(bodies: list[bytes]) -> list[bytes]:
    """Number entries anew, as somebody would who knows the format."""
    return [edited(body, index=index) for index, body in enumerate(bodies)]


TAMPERING: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "edit": lambda bodies: [*bodies[:4], edited(bodies[4], objects=9), *bodies[5:]],
    "edit the last": lambda bodies: [*bodies[:-1], edited(bodies[-1], objects=9)],
    "edit entry 0": lambda bodies: [edited(bodies[0], salt="0" * 32), *bodies[1:]],
    "drop": lambda bodies: bodies[:4] + bodies[5:],
    "drop and number anew": lambda bodies: reindexed(bodies[:4] + bodies[5:]),
    "swap": lambda bodies: [*bodies[:4], bodies[5], bodies[4], *bodies[6:]],
    "swap and number anew": lambda bodies: reindexed([*bodies[:4], bodies[5], bodies[4], *bodies[6:]]),
    "insert": lambda bodies: reindexed([*bodies[:4], bodies[4], *bodies[4:]]),
    "truncate": lambda bodies: bodies[:20],
    "truncate to a checkpoint": lambda bodies: bodies[:11],
    "empty": lambda bodies: [],
    "make an entry unreadable": lambda bodies: [*bodies[:4], b"{}", *bodies[5:]],
    "hide an entry behind its hash": lambda bodies: [
        *bodies[:4],
        b'{"index":4,"leaf":"%s"}' % tree.leaf_hash(bodies[4]).hex().encode(),
        *bodies[5:],
    ],
}


@pytest.mark.parametrize("way", TAMPERING)
def test_tampering_is_found_by_a_checkpoint_that_has_left(
    bench: Any, left: tuple[list[bytes], dict[str, str]], way: str
) -> None:
    bodies, notes = left
    tampered = TAMPERING[way](bodies)
    assert tampered != bodies
    verdict = check(bench, tampered, notes)
    assert not verdict.ok
    assert verdict.covered < 21 or way.startswith("hide")


@pytest.mark.parametrize(
    "way", ["edit", "drop and number anew", "swap and number anew", "insert", "truncate"]
)
def test_a_re_signed_fork_is_found_by_a_checkpoint_that_has_left(
    bench: Any, left: tuple[list[bytes], dict[str, str]], way: str
) -> None:
    """The operator holds the key: he rewrites the log and signs the new one. Alone, it looks fine."""
    bodies, notes = left
    forged = TAMPERING[way](bodies)
    frontier = tree.Frontier()
    for body in forged:
        frontier.append(tree.leaf_hash(body))
    resigned = str(bench.log.sign(ORIGIN).sign(str(Checkpoint(ORIGIN, len(forged), frontier.root()))))
    alone = check(bench, forged, {"new": resigned})
    assert not {"log-rewritten", "log-shorter", "fork", "checkpoint-bad-signature"} & set(codes(alone))
    verdict = check(bench, forged, {"new": resigned, **notes})
    assert {"log-rewritten", "log-shorter"} & set(codes(verdict))
    if len(forged) == 21:
        assert "fork" in codes(verdict)


def test_the_last_entries_are_not_covered_without_a_checkpoint(
    bench: Any, left: tuple[list[bytes], dict[str, str]]
) -> None:
    bodies, notes = left
    verdict = check(bench, TAMPERING["edit the last"](bodies), {"11": notes["11"]})
    assert verdict.ok
    assert next(one for one in verdict.findings if one.code == "uncovered").values == {"count": 10}


def test_bad_checkpoints_are_told_apart(bench: Any, left: tuple[list[bytes], dict[str, str]]) -> None:
    bodies, notes = left
    other = Signer(ORIGIN, Ed25519PrivateKey.generate())
    head = notes["21"].split("\n\n")[0] + "\n"
    elsewhere = Checkpoint("example.org/otrs-bridge/verein/2025", 1, bytes(32))
    cases = {
        "checkpoint-unreadable": notes["21"][:-9],
        "checkpoint-bad-signature": notes["21"].replace("\n21\n", "\n20\n"),
        "checkpoint-unknown-key": str(other.sign(head)),
        "checkpoint-other-log": str(bench.log.sign(ORIGIN).sign(str(elsewhere))),
    }
    for code, note in cases.items():
        assert codes(check(bench, bodies, {"one": note, **notes})) == [code]


def test_an_intention_without_result_is_open_first_and_a_fault_after_a_week(
    bench: Any, make_draft: Any
) -> None:
    bench.append()
    note = bench.checkpoint()
    soon = check(bench, bench.bodies(), {"2": note})
    assert (soon.ok, codes(soon, "notice")) == (True, ["first-log", "intent-open"])
    late = check(bench, bench.bodies(), {"2": note}, SOON + dt.timedelta(days=8))
    assert codes(late) == ["intent-without-result"]
    assert late.findings[-1].index == 1


@pytest.mark.parametrize(
    ("event", "code"),
    [(Event.FAILED, "failed-open"), (Event.UNVERIFIABLE, "unverifiable-open"), (Event.HOLD, "held-open")],
)
def test_what_is_not_verified_is_counted(bench: Any, make_draft: Any, event: Event, code: str) -> None:
    bench.append()
    bench.append(make_draft(1, event))
    verdict = check(bench, bench.bodies(), {"3": bench.checkpoint()}, SOON + dt.timedelta(days=30))
    assert (verdict.ok, codes(verdict, "notice")) == (True, ["first-log", code])
    bench.append(make_draft(1, Event.VERIFIED))
    verdict = check(bench, bench.bodies(), {"4": bench.checkpoint()}, SOON + dt.timedelta(days=30))
    assert codes(verdict, "notice") == ["first-log"]


def test_a_released_hold_needs_a_result_again(bench: Any, make_draft: Any) -> None:
    for event in (Event.INTENDED, Event.HOLD, Event.RELEASED):
        bench.append(make_draft(1, event))
    verdict = check(bench, bench.bodies(), {"4": bench.checkpoint()}, SOON + dt.timedelta(days=30))
    assert codes(verdict) == ["intent-without-result"]


def test_a_result_without_intention_is_noticed(bench: Any, make_draft: Any) -> None:
    bench.append(make_draft(1, Event.VERIFIED))
    verdict = check(bench, bench.bodies(), {"2": bench.checkpoint()})
    assert codes(verdict, "notice") == ["first-log", "result-without-intent"]


def test_regular_runs_are_followed_by_their_place(bench: Any, make_draft: Any) -> None:
    from bridge.deletion_log.entry import References
    from bridge.deletion_log.words import Cause

    for event in (Event.INTENDED, Event.VERIFIED):
        bench.append(
            make_draft(1, event, references=References(), cause=Cause.PERIOD, place="mailbox:a/Done")
        )
    bench.append(make_draft(1, references=References(), cause=Cause.PERIOD, place="mailbox:a/Filed"))
    verdict = check(bench, bench.bodies(), {"4": bench.checkpoint()})
    assert [one.index for one in verdict.findings if one.code == "intent-open"] == [3]


def test_times_that_go_back_are_found_but_a_small_step_of_the_clock_is_not(bench: Any) -> None:
    bench.append()
    bench.now -= dt.timedelta(seconds=4)
    bench.append()
    assert "time-backwards" not in codes(check(bench, bench.bodies(), {}))
    bench.now -= dt.timedelta(seconds=30)
    bench.append()
    found = check(bench, bench.bodies(), {})
    assert [one.index for one in found.findings if one.code == "time-backwards"] == [3]


def test_an_event_after_its_entry_was_written_is_found(bench: Any, make_draft: Any) -> None:
    bench.append(make_draft(event_time=bench.now + dt.timedelta(minutes=1)))
    assert codes(check(bench, bench.bodies(), {})) == ["event-after-write"]


def test_exchanged_keys_and_hosts_are_found(bench: Any, make_draft: Any) -> None:
    from dataclasses import replace

    bench.append()
    draft = make_draft(2)
    bench.append(replace(draft, references=replace(draft.references, key_id="2026-fedcba98")))
    bench.append(replace(draft, references=replace(draft.references, key_id="2024-01234567")))
    bench.append(replace(draft, instance="fedcba9876543210"))
    found = check(bench, bench.bodies(), {})
    assert codes(found) == ["key-id-changed", "key-id-foreign"]
    assert [one.index for one in found.findings if one.code == "instance-changed"] == [4]


def test_many_findings_of_one_kind_are_counted_not_listed(bench: Any, make_draft: Any) -> None:
    for number in range(60):
        bench.append(make_draft(number, Event.VERIFIED))
    verdict = check(bench, bench.bodies(), {})
    assert codes(verdict, "notice").count("result-without-intent") == 50
    assert verdict.unlisted == {"result-without-intent": 10}


def two_years(bench: Any, make_draft: Any, tmp_path: Path) -> list[Path]:
    """Export the logs of two years; one erasure is announced in the first and verified in the second."""
    bench.fill(2)
    bench.now = dt.datetime(2026, 12, 30, tzinfo=dt.UTC)
    bench.append(make_draft(7))
    bench.now = dt.datetime(2027, 1, 2, tzinfo=dt.UTC)
    bench.append(make_draft(7, Event.VERIFIED))
    bench.checkpoint()
    paths = []
    for state in reading.all_logs(bench.connection):
        paths.append(tmp_path / f"{state.year}.zip")
        export.export(bench.connection, state, paths[-1], bench.public)
    return paths


def test_two_years_hang_together(bench: Any, make_draft: Any, tmp_path: Path) -> None:
    paths = two_years(bench, make_draft, tmp_path)
    now = dt.datetime(2027, 1, 3, tzinfo=dt.UTC)
    old, new = verify_bundles(paths[::-1], [bench.public], now)
    assert (old.ok, new.ok) == (True, True)
    assert (old.size, old.covered, new.size) == (6, 6, 2)
    assert codes(old, "notice") == ["first-log", "intent-open-at-end"]
    assert codes(new, "notice") == []
    (alone,) = verify_bundles(paths[1:], [bench.public], now)
    assert codes(alone, "notice") == ["result-without-intent", "link-unchecked"]


def test_a_log_that_was_rewritten_after_the_years_change_breaks_the_link(
    bench: Any, make_draft: Any, tmp_path: Path
) -> None:
    paths = two_years(bench, make_draft, tmp_path)
    now = dt.datetime(2027, 1, 3, tzinfo=dt.UTC)
    first = reading.all_logs(bench.connection)[0]
    lines = [row.body or b"" for row in reading.rows(bench.connection, first)]
    lines[2] = edited(lines[2], objects=4)
    from bridge.deletion_log.bundle import write_bundle

    write_bundle(tmp_path / "forged", lines, [], [bench.public], "")
    old, _ = verify_bundles([tmp_path / "forged", paths[1]], [bench.public], now)
    assert codes(old) == ["log-rewritten"]
    write_bundle(tmp_path / "cut", lines[:2], [], [bench.public], "")
    old, _ = verify_bundles([tmp_path / "cut", paths[1]], [bench.public], now)
    assert "log-shorter" in codes(old)
    good = [row.body or b"" for row in reading.rows(bench.connection, first)]
    write_bundle(tmp_path / "long", [*good, edited(good[-1], index=6)], [], [bench.public], "")
    old, _ = verify_bundles([tmp_path / "long", paths[1]], [bench.public], now)
    assert "link-shorter" in codes(old)


def test_a_first_entry_without_link_or_with_a_wrong_one_is_found(bench: Any, make_draft: Any) -> None:
    bench.append()
    opening = Entry.from_json(bench.bodies()[0])
    stranger = Signer("example.org/otrs-bridge/verein/2025", Ed25519PrivateKey.generate())
    past = str(Checkpoint(stranger.name, 3, bytes(32)))
    elsewhere = str(Checkpoint("example.org/otrs-bridge/other/2025", 3, bytes(32)))
    from dataclasses import replace

    for detail, code in (
        (None, "link-missing"),
        (Link(str(stranger.sign(past))), "link-bad-signature"),
        (Link(str(bench.log.sign("example.org/otrs-bridge/other/2025").sign(elsewhere))), "link-wrong-log"),
    ):
        lines = [replace(opening, detail=detail).to_json(), bench.bodies()[1]]
        assert codes(check(bench, lines, {})) == [code]
    good = Link(str(bench.log.sign(stranger.name).sign(past)))
    assert codes(check(bench, [replace(opening, detail=good).to_json(), bench.bodies()[1]], {})) == []


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_an_export_is_checked_alone(bench: Any, tmp_path: Path, name: str) -> None:
    bench.fill(4)
    bench.checkpoint()
    bench.append()
    assert export.export(bench.connection, bench.state(), tmp_path / name, bench.public) == 10
    (verdict,) = verify_bundles([tmp_path / name], [bench.public], SOON)
    assert (verdict.ok, verdict.size, verdict.covered) == (True, 10, 9)
    (verdict,) = verify_bundles([tmp_path / name], [], SOON)
    assert verdict.ok
    assert "no-key-given" in codes(verdict, "notice")
    (verdict,) = verify_bundles([tmp_path / name], [Signer("x", Ed25519PrivateKey.generate()).verifier], SOON)
    assert codes(verdict) == ["checkpoint-unknown-key"]
    with pytest.raises(BundleError):
        export.export(bench.connection, bench.state(), tmp_path / name, bench.public)


def test_the_readers_own_checkpoints_count_and_those_of_other_logs_are_named(
    bench: Any, other: Any, tmp_path: Path
) -> None:
    bench.fill(2)
    bench.checkpoint()
    export.export(bench.connection, bench.state(), tmp_path / "old", bench.public)
    bench.fill(2)
    kept = {"kept.txt": bench.checkpoint()}
    (verdict,) = verify_bundles([tmp_path / "old"], [bench.public], SOON, kept)
    assert codes(verdict) == ["log-shorter"]
    foreign = Checkpoint("example.org/otrs-bridge/verein/2030", 1, bytes(32))
    kept = {"kept.txt": str(bench.log.sign(foreign.origin).sign(str(foreign)))}
    (verdict,) = verify_bundles([tmp_path / "old"], [bench.public], SOON, kept)
    assert codes(verdict) == ["checkpoint-other-log"]


@pytest.mark.parametrize("content", [None, b"", b"no zip"])
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "export"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(BundleError):
        open_bundle(path)


def test_the_stored_log_is_checked_with_its_hashes(bench: Any) -> None:
    bench.fill(3)
    bench.checkpoint()
    states = [bench.state()]
    assert all(one.ok for one in export.verify_stored(bench.connection, states, [bench.public], SOON))
    body = bench.bodies()[2]
    table = tables.entries
    bench.connection.execute(update(table).where(table.c.position == 2).values(body=edited(body, objects=5)))
    (verdict,) = export.verify_stored(bench.connection, states, [bench.public], SOON)
    assert codes(verdict) == ["log-rewritten", "hash-differs", "hashes-differ"]
    bench.connection.execute(update(table).where(table.c.position == 2).values(body=body))
    nodes = tables.nodes
    bench.connection.execute(update(nodes).where(nodes.c.position == 2).values(hash=bytes(32)))
    (verdict,) = export.verify_stored(bench.connection, states, [bench.public], SOON)
    assert codes(verdict) == ["hashes-differ"]
    bench.connection.execute(delete(nodes).where(nodes.c.position == 2))
    (verdict,) = export.verify_stored(bench.connection, states, [bench.public], SOON)
    assert codes(verdict) == ["hashes-differ"]


def test_a_database_rewritten_with_all_its_hashes_is_found_by_a_checkpoint_from_the_mailbox(
    bench: Any, other: Any, make_draft: Any
) -> None:
    bench.fill(3)
    kept = {"mailbox": bench.checkpoint()}
    other.key = bench.key
    other.fill(2)
    other.append(make_draft(9))
    other.append(make_draft(9, Event.VERIFIED))
    other.checkpoint()
    states = [other.state()]
    assert all(one.ok for one in export.verify_stored(other.connection, states, [other.public], SOON))
    (verdict,) = export.verify_stored(other.connection, states, [other.public], SOON, kept)
    assert codes(verdict) == ["fork", "log-rewritten"]


def test_every_finding_can_be_said_in_english_and_german() -> None:
    values = {
        name: "7"
        for name in ("name", "origin", "size", "expected", "year", "first", "last", "number", "count", "key")
    }
    for code in (*findings.FAULTS, *findings.NOTICES):
        one = findings.finding(code, 3, **values)
        assert "{" not in one.text
        assert one.plain()["code"] == code
        with language("de"):
            assert "{" not in one.text
    with pytest.raises(KeyError):
        findings.finding("no-such-code")
    assert Finding("fork", values={"size": 3}).severity == "fault"


def test_the_check_imports_nothing_of_the_daemon_and_no_database() -> None:
    script = (
        "import sys, bridge.deletion_log.verify, bridge.deletion_log.witness, bridge.deletion_log.proof;"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})));"
        "print(' '.join(sorted(name for name in sys.modules if name.startswith('bridge.'))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    packages, own = (set(line.split()) for line in done.stdout.splitlines())
    assert not packages & {
        "sqlalchemy",
        "requests",
        "imapclient",
        "structlog",
        "flask",
        "pydantic",
        "yaml",
        "click",
    }
    allowed = {"errors", "i18n", "deletion_log"}
    assert {name.split(".")[1] for name in own} <= allowed
    assert "bridge.deletion_log.store" not in own


def test_exhaustive_small_changes_of_every_entry_are_found(bench: Any) -> None:
    bench.fill(2)
    note = {"5": bench.checkpoint()}
    bodies = bench.bodies()
    for index, body in enumerate(bodies):
        for at in range(0, len(body), 29):
            bent = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            assert "log-rewritten" in codes(check(bench, [*bodies[:index], bent, *bodies[index + 1 :]], note))


def test_store_is_the_module_that_migrations_take_the_tables_from() -> None:
    assert set(store.metadata.tables) == {
        "deletion_log",
        "deletion_log_entry",
        "deletion_log_node",
        "deletion_log_checkpoint",
    }
