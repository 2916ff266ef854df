"""The fast reader accepts what the strict one accepts, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bridge.deletion_log.entry import Entry, References
from bridge.deletion_log.line_reader import LineReader
from bridge.deletion_log.patterns import EntryError
from bridge.deletion_log.words import Event


def strict(line: bytes) -> tuple[object, ...] | None:
    try:
        entry = Entry.from_json(line)
    except EntryError:
        return None
    return (
        entry.event, entry.place, entry.cause, entry.method, entry.instance, entry.log, entry.references.key_id,
        entry.index, entry.event_time, entry.write_time, entry.references.case_salt, entry.references.original,
    )  # fmt: skip


def fast(reader: LineReader, line: bytes) -> tuple[object, ...] | None:
    try:
        facts = reader.read(line)
    except EntryError:
        return None
    like = facts.like
    return (
        like.event, like.place, like.cause, like.method, like.instance, like.log, like.references.key_id,
        facts.index, facts.event_time, facts.write_time, facts.case_salt, facts.original,
    )  # fmt: skip


@pytest.fixture
def lines(bench: Any, make_draft: Any) -> list[bytes]:
    """Make entries of several shapes."""
    bench.fill(1)
    draft = make_draft(4)
    bench.append(replace(draft, references=References()))
    bench.append(replace(draft, references=References(key_id="2026-01234567", case_salt="0" * 32)))
    bench.append(replace(draft, residual=(), place="", workflow=""))
    bench.append(make_draft(5, Event.HOLD))
    found: list[bytes] = bench.bodies()
    return found


def test_every_changed_byte_is_judged_alike(lines: list[bytes]) -> None:
    reader = LineReader()
    for line in lines:
        assert fast(reader, line) == strict(line) is not None
    for line in lines[1:2]:
        for at in range(0, len(line), 2):
            for changed in (bytes([line[at] ^ 1]), b"", b"0", line[at : at + 1] * 2):
                bent = line[:at] + changed + line[at + 1 :]
                assert fast(reader, bent) == strict(bent), bent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"index":1', b'"index":01'),
        (b'"index":1', b'"index":9007199254740993'),
        (b'"index":1', b'"index":900719925474099'),
        (b"2026-11-20T", b"2026-02-30T"),
        (b"2026-11-20T", b"1999-11-20T"),
        (b"2026-11-20T", b"2100-11-20T"),
        (b"T08:", b"T25:"),
        (b'"references":{', b'"references":{"x":{},'),
        (b'"case_salt":"00000000000000000000000000000001"', b'"case_salt":""'),
        (b'"key_id":"2026-01234567"', b'"key_id":""'),
        (b'"detail":null,', b'"detail":null,"detail":null,'),
        (b'"salt":"', b'"salt":"0'),
        (b'}],"result"', b'},{"place":"dpo-copy","until":""}],"result"'),
    ],
)
def test_known_traps_are_judged_alike(lines: list[bytes], old: bytes, new: bytes) -> None:
    reader = LineReader()
    for line in lines:
        reader.read(line)
    bent = lines[1].replace(old, new)
    assert bent != lines[1]
    assert fast(reader, bent) == strict(bent)


def test_mixed_up_parts_are_judged_alike(lines: list[bytes]) -> None:
    reader, random = LineReader(), Random(7)
    for line in lines:
        reader.read(line)
    for _ in range(800):
        one, two = random.choice(lines), random.choice(lines)
        start, end = sorted(random.sample(range(len(one)), 2))
        bent = one[:start] + two[start:end] + one[end:]
        assert fast(reader, bent) == strict(bent), bent


def test_many_shapes_do_not_grow_memory(bench: Any, make_draft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.deletion_log.line_reader._MOST_SHAPES", 3)
    reader = LineReader()
    for number in range(10):
        bench.append(make_draft(objects=number))
    for body in bench.bodies():
        assert fast(reader, body) == strict(body)
    assert len(reader._shapes) == 3
