"""Entries: canonical JSON, strict reading, and no way in for free text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.deletion_log import words
from bridge.deletion_log.detail import (
    ContentDrop,
    Detail,
    KeyDestroyed,
    Link,
    Override,
    OverrideOf,
    Restore,
    Review,
    ReviewFinding,
    read_detail,
    write_detail,
)
from bridge.deletion_log.entry import Draft, Entry, References, Residual, place_label
from bridge.deletion_log.note import Checkpoint, Signer
from bridge.deletion_log.patterns import EntryError
from bridge.deletion_log.words import Event, HoldCode, Residue, Result

TIME = dt.datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=dt.UTC)
LOG = "example.org/otrs-bridge/verein/2026"
SIGNER = Signer(LOG, Ed25519PrivateKey.from_private_bytes(bytes(32)))
LINK = str(SIGNER.sign(str(Checkpoint(LOG, 3, bytes(32)))))
REVIEW = Review(
    first=0,
    end=10,
    checkpoint_size=10,
    verifier_faults=0,
    seed="0" * 32,
    sample=3,
    sample_faults=0,
    taken_in=10,
    tickets=5,
    answers=2,
    filed=2,
    parked=1,
    forwarded=4,
    erased=3,
    held=1,
    failed=0,
    findings=(ReviewFinding.HOLD_TOO_LONG,),
)
DETAILS: tuple[Detail, ...] = (
    Link(""),
    Link(LINK),
    REVIEW,
    KeyDestroyed("2026-01234567"),
    ContentDrop(2026, 7),
    Restore(3, 9, 6, 2),
    Override(OverrideOf.BRAKE),
)

# What must never get in, whatever field it is tried in.
PERSONAL = (
    "Erika Mustermann",
    "erika@example.org",
    "<abc@mail.example.org>",
    "Mein Zugang\nfehlt",
    "Betreff: Zugang",
    "original (1).pdf",
    "Hauptstraße 5, 12345 Berlin",
    "Traceback (most recent call last)",
    "2001:db8::1 said no",
    'x"y',
)

OTHER_TYPES: tuple[Any, ...] = (True, 1.5, -1, 2**60, [], {}, ["x"], {"x": 1})


def complete(draft: Draft, **changes: Any) -> Entry:
    values: dict[str, Any] = {"index": 5, "log": LOG, "write_time": TIME, "salt": "ab" * 16}
    return Entry.of(draft, **(values | changes))


@pytest.fixture
def entry(make_draft: Any) -> Entry:
    return complete(make_draft(event_time=TIME))


def test_an_entry_is_read_as_it_was_written(entry: Entry) -> None:
    assert Entry.from_json(entry.to_json()) == entry


def test_the_fields_are_those_of_the_format(entry: Entry) -> None:
    assert json.loads(entry.to_json()).keys() == {
        "approved_by", "category", "cause", "detail", "event", "event_time", "format", "hold", "index", "instance",
        "level", "log", "method", "objects", "ordered_by", "place", "recipients_informed", "references", "residual",
        "result", "salt", "version", "workflow", "workflow_version", "write_time",
    }  # fmt: skip


@pytest.mark.parametrize("detail", DETAILS, ids=lambda one: type(one).__name__)
def test_every_detail_is_read_as_it_was_written(make_draft: Any, detail: Detail) -> None:
    entry = complete(make_draft(event_time=TIME, detail=detail))
    assert Entry.from_json(entry.to_json()) == entry
    assert read_detail(write_detail(detail)) == detail


@settings(max_examples=40, deadline=None)
@given(
    index=st.integers(0, 2**53 - 1),
    objects=st.integers(0, 10**9),
    place=st.from_regex(r"(mailbox|otrs):[\w.:/-]{1,60}", fullmatch=True),
    time=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)),
    until=st.none() | st.dates(),
    event=st.sampled_from(Event),
)
def test_what_is_written_is_rfc_8785_and_reads_back_the_same(
    index: int, objects: int, place: str, time: dt.datetime, until: dt.date | None, event: Event
) -> None:
    result = sorted(words.RESULTS[event])[0]
    draft = Draft(
        event=event,
        event_time=time,
        result=result,
        instance="0123456789abcdef",
        version="1.0",
        place=place,
        objects=objects,
        residual=(Residual(Residue.OTRS_BACKUP, until),),
    )
    raw = complete(draft, index=index).to_json()
    assert rfc8785.dumps(json.loads(raw)) == raw
    assert Entry.from_json(raw).to_json() == raw


def respelled(raw: bytes) -> list[bytes]:
    plain = json.loads(raw)
    return [
        raw + b"\n",
        b" " + raw,
        json.dumps(plain).encode(),
        json.dumps(dict(reversed(plain.items())), separators=(",", ":")).encode(),
        raw.replace(b'{"approved_by":', b'{"approved_by":"none","approved_by":'),
        raw.replace(b'"index":5', b'"index":5.0'),
        raw.replace(b'"index":5', b'"index":5e0'),
        raw.replace(b"otrs:", b"\\u006ftrs:"),
        raw.replace(b"2026-11-20T08:00:00.123Z", b"2026-11-20T08:00:00.123+00:00"),
        raw.replace(b"2026-11-20T08:00:00.123Z", b"2026-11-20 08:00:00.123Z"),
        raw.replace(b"2027-02-01", b"20270201"),
        raw[:-1],
        b"",
        b"[]",
        b"null",
        b"{" * 100_000,
        b"\xff",
    ]


@pytest.mark.parametrize("way", range(17))
def test_every_other_spelling_is_refused(entry: Entry, way: int) -> None:
    spelling = respelled(entry.to_json())[way]
    assert spelling != entry.to_json()
    with pytest.raises(EntryError):
        Entry.from_json(spelling)


def test_unknown_and_missing_fields_are_refused(entry: Entry) -> None:
    plain = json.loads(entry.to_json())
    for name in plain:
        less = {key: value for key, value in plain.items() if key != name}
        with pytest.raises(EntryError):
            Entry.from_json(rfc8785.dumps(less))
    with pytest.raises(EntryError):
        Entry.from_json(rfc8785.dumps(plain | {"note": "x"}))
    with pytest.raises(EntryError):
        Entry.from_json(rfc8785.dumps(plain | {"format": "otrs-bridge-log/2"}))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of every value inside a JSON document."""
    if isinstance(value, dict):
        return [path, *(one for key in value for one in leaves(value[key], (*path, key)))]
    if isinstance(value, list):
        return [path, *(one for at in range(len(value)) for one in leaves(value[at], (*path, at)))]
    return [path]


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = document.copy()
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("detail", [None, *DETAILS], ids=lambda one: type(one).__name__)
def test_no_field_takes_personal_data_or_another_type(make_draft: Any, detail: Detail | None) -> None:
    plain = json.loads(complete(make_draft(event_time=TIME, detail=detail)).to_json())
    tried = [(path, value) for path in leaves(plain) for value in (*PERSONAL, *OTHER_TYPES)]
    accepted = [(path, value) for path, value in tried if readable(put(plain, path, value))]
    assert accepted in ([(("residual",), [])], [(("detail", "findings"), []), (("residual",), [])])


def readable(plain: Any) -> bool:
    try:
        Entry.from_json(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    except EntryError:
        return False
    return True


@pytest.mark.parametrize("personal", PERSONAL)
def test_a_refusal_does_not_repeat_what_it_refuses(make_draft: Any, personal: str) -> None:
    for name in ("place", "workflow", "workflow_version", "instance", "version"):
        with pytest.raises(EntryError) as refused:
            make_draft(**{name: personal})
        assert personal not in str(refused.value)
        assert name in str(refused.value)


def test_a_newline_cannot_smuggle_a_value_from_one_field_into_the_next(make_draft: Any) -> None:
    with pytest.raises(EntryError):
        make_draft(workflow="a\n3", workflow_version="")


@pytest.mark.parametrize("event", Event)
def test_a_result_goes_with_its_event(make_draft: Any, event: Event) -> None:
    for result in Result:
        if result in words.RESULTS[event]:
            assert make_draft(1, event, result=result).result is result
        else:
            with pytest.raises(EntryError, match="result"):
                make_draft(1, event, result=result)


def test_words_of_another_list_are_refused(make_draft: Any) -> None:
    for name, hint in get_type_hints(Draft).items():
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            with pytest.raises(EntryError):
                make_draft(**{name: "none"})
            with pytest.raises(EntryError):
                make_draft(**{name: HoldCode.BRAKE if hint is not HoldCode else Residue.OTRS_BACKUP})


@pytest.mark.parametrize(
    "time",
    [
        dt.datetime(2026, 1, 1),
        dt.datetime(2026, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        dt.datetime(1999, 1, 1, tzinfo=dt.UTC),
    ],
)
def test_times_are_utc(make_draft: Any, time: dt.datetime) -> None:
    with pytest.raises(EntryError):
        make_draft(event_time=time)
    with pytest.raises(EntryError):
        complete(make_draft(), write_time=time)


def test_references_need_their_key_id_and_salt() -> None:
    with pytest.raises(EntryError, match="key id"):
        References(original="0" * 64)
    with pytest.raises(EntryError, match="original"):
        References(key_id="2026-01234567", case_salt="0" * 32, original="4711")
    both = References(key_id="2026-01234567", case_salt="0" * 32, original="1" * 64, handover="2" * 64)
    assert list(both) == ["1" * 64, "2" * 64]


def test_too_many_residual_places_are_refused(make_draft: Any) -> None:
    with pytest.raises(EntryError):
        make_draft(residual=(Residual(Residue.DPO_COPY),) * 33)
    with pytest.raises(EntryError):
        Residual(Residue.DPO_COPY, TIME)
    with pytest.raises(EntryError):
        Residual("dpo-copy")  # type: ignore[arg-type]


def test_a_link_holds_a_checkpoint_with_its_logs_own_signature_only() -> None:
    head = str(Checkpoint(LOG, 3, bytes(32)))
    other = Signer("example.org/else", SIGNER.key)
    free = Signer("Erika", SIGNER.key)
    bad = (
        "free text",
        head,
        str(other.sign(head)),
        str(SIGNER.sign(head).adding(other.cosign(head, 1))),
        str(SIGNER.sign(head + "Erika Mustermann\n")),
        str(free.sign(str(Checkpoint("Erika", 3, bytes(32))))),
    )
    for text in bad:
        with pytest.raises(EntryError):
            Link(text)


def test_a_review_tells_whether_its_sums_come_out_even() -> None:
    assert REVIEW.reconciled
    assert not dataclasses.replace(REVIEW, parked=0).reconciled
    assert not dataclasses.replace(REVIEW, failed=1).reconciled
    with pytest.raises(EntryError):
        dataclasses.replace(REVIEW, seed="seed")
    with pytest.raises(EntryError):
        dataclasses.replace(REVIEW, findings=("free text",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "label"),
    [
        (("support", "INBOX"), "mailbox:support/INBOX"),
        (("support@example.org", "Bridge/Done"), "mailbox:support/Bridge/Done"),
        (("Öffentlich", "Neue Anträge"), "mailbox:Öffentlich/Neue_Anträge"),
        (("a<b>",), "mailbox:a-b-"),
        (("x" * 200,), "mailbox:" + "x" * 80),
    ],
)
def test_place_labels(make_draft: Any, parts: tuple[str, ...], label: str) -> None:
    assert place_label("mailbox", *parts) == label
    assert make_draft(place=label).place == label
