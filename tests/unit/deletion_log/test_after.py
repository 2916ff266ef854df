"""What comes after: looking up and proving, restoring, expiring, stamping."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from sqlalchemy import select

from bridge.deletion_log import expiry, export, lookup, reading, restore, sending, store, tables, timestamp
from bridge.deletion_log.detail import ContentDrop
from bridge.deletion_log.entry import Entry, References
from bridge.deletion_log.note import InclusionProof, Note, NoteError, Signer
from bridge.deletion_log.proof import Proved, check_proof
from bridge.deletion_log.references import Kind, ReferenceInputError, case_key, new_salt, reference
from bridge.deletion_log.restore import RestoreError, Standing
from bridge.deletion_log.verify import verify_bundles
from bridge.deletion_log.words import Event, Method

SECRET = bytes(range(32))
SOON = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def secret_of(year: int) -> bytes | None:
    return SECRET if year == 2026 else None


def referring(salt: str, **numbers: str) -> References:
    key = case_key(SECRET, salt)
    made = {role: reference(key, Kind.TICKET, number) for role, number in numbers.items()}
    return References(key_id="2026-01234567", case_salt=salt, **made)


@pytest.fixture
def searched(bench: Any, make_draft: Any) -> Any:
    """Make a log with two cases: original 4711, stub 4712, hand-over 4713; and original 4800."""
    for salt, numbers in (
        ("01" * 16, {"original": "4711", "stub": "4712", "handover": "4713"}),
        ("02" * 16, {"original": "4800"}),
    ):
        for event in (Event.INTENDED, Event.VERIFIED):
            bench.append(make_draft(1, event, references=referring(salt, **numbers)))
    return bench


def hits(bench: Any, number: str, kind: Kind = Kind.TICKET, secret: Any = secret_of) -> list[int]:
    return [hit.index for hit in lookup.look_up(bench.connection, bench.state(), kind, number, secret)]


def test_a_number_is_found_in_every_role_and_nothing_else_is(searched: Any) -> None:
    assert hits(searched, "4711") == hits(searched, "4712") == hits(searched, "4713") == [1, 2]
    assert hits(searched, "4800") == [3, 4]
    assert hits(searched, "4799") == hits(searched, "4711", Kind.MAIL) == []


def test_without_the_year_key_nothing_is_found(searched: Any) -> None:
    assert hits(searched, "4711", secret=lambda _year: None) == []
    assert hits(searched, "4711", secret=lambda _year: bytes(32)) == []


def proved(bench: Any, number: str = "4711", at: int = 1) -> str:
    found = list(lookup.look_up(bench.connection, bench.state(), Kind.TICKET, number, secret_of))
    return lookup.prove(bench.connection, bench.state(), found[at], bench.checkpoint())


def codes(found: Proved) -> list[str]:
    return [one.code for one in found.findings]


def test_a_proof_is_checked_with_the_public_key_alone(searched: Any) -> None:
    found = check_proof(proved(searched), [searched.public])
    assert found.ok
    assert found.entry is not None
    assert found.meant is not None
    assert (found.entry.index, found.entry.event, found.meant.number) == (2, Event.VERIFIED, "4711")
    assert found.head is not None
    assert found.head.size == 5


def test_a_proof_names_the_witness_that_cosigned(searched: Any) -> None:
    witness = Signer("dpo.example.org", searched.key)
    note = Note.parse(searched.checkpoint())
    cosigned = str(note.adding(witness.cosign(note.text, 1_800_000_000)))
    text = proved(searched)
    text = text[: text.index("\n\n") + 2] + cosigned
    found = check_proof(text, [searched.public], [witness.witness_key])
    assert (found.ok, found.cosigners) == (True, ("dpo.example.org",))


def test_a_proof_reveals_the_key_of_one_case_only(searched: Any) -> None:
    found = check_proof(proved(searched), [searched.public])
    assert found.meant is not None
    assert found.meant.case_key == case_key(SECRET, "01" * 16)
    assert SECRET.hex() not in InclusionProof.parse(proved(searched)).extra.decode()
    rows = list(reading.rows(searched.connection, searched.state()))
    other = Entry.from_json(rows[3].body or b"")
    assert reference(found.meant.case_key, Kind.TICKET, "4800") not in list(other.references)


def bent(text: str, way: str) -> str:
    proof = InclusionProof.parse(text)
    extra, index, hashes, note = proof.extra, proof.index, proof.hashes, proof.checkpoint
    if way == "number":
        extra = extra.replace(b"4711", b"4710")
    elif way == "number that is none":
        extra = extra.replace(b"4711", b"Erika M")
    elif way == "entry":
        extra = extra.replace(b'objects\\":1', b'objects\\":2')
    elif way == "case key":
        extra = extra.replace(b'"case_key":"', b'"case_key":"00')
    elif way == "no extra":
        extra = b""
    elif way == "index":
        index = 1
    elif way == "hash":
        hashes = (bytes(32), *hashes[1:])
    elif way == "signature":
        note = note.replace("\n5\n", "\n6\n")
    elif way == "checkpoint":
        note = "nothing"
    return str(InclusionProof(index, hashes, note, extra))


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("number", "proof-other-ticket"),
        ("number that is none", "proof-wrong"),
        ("entry", "proof-wrong"),
        ("case key", "proof-other-ticket"),
        ("no extra", "proof-wrong"),
        ("index", "proof-wrong"),
        ("hash", "proof-wrong"),
        ("signature", "checkpoint-bad-signature"),
        ("checkpoint", "checkpoint-unreadable"),
    ],
)
def test_a_bent_proof_shows_nothing(searched: Any, way: str, code: str) -> None:
    text = proved(searched)
    assert bent(text, "") == text
    assert bent(text, way) != text
    found = check_proof(bent(text, way), [searched.public])
    assert not found.ok
    assert codes(found) == [code]


def test_a_proof_by_a_stranger_or_of_nothing_shows_nothing(searched: Any, other: Any) -> None:
    assert codes(check_proof(proved(searched), [other.public])) == ["checkpoint-unknown-key"]
    assert codes(check_proof("nothing", [searched.public])) == ["checkpoint-unreadable"]


def test_no_proof_in_a_checkpoint_that_is_older_than_the_entry(searched: Any, make_draft: Any) -> None:
    note = searched.checkpoint()
    searched.append(make_draft(1, references=referring("03" * 16, original="4900")))
    (hit,) = lookup.look_up(searched.connection, searched.state(), Kind.TICKET, "4900", secret_of)
    with pytest.raises(store.StoreError, match="older"):
        lookup.prove(searched.connection, searched.state(), hit, note)


@pytest.mark.parametrize("number", ["", "a b", "x" * 201, "erika@example.org"])
def test_what_is_no_number_is_not_referenced(number: str) -> None:
    with pytest.raises(ReferenceInputError):
        reference(case_key(SECRET, new_salt()), Kind.TICKET, number)


def test_references_depend_on_kind_number_case_and_year() -> None:
    salt = new_salt()
    made = {
        reference(case_key(secret, one), kind, number)
        for secret in (SECRET, bytes(32))
        for one in (salt, new_salt())
        for kind in Kind
        for number in ("1", "11")
    }
    assert len(made) == 16


def mailed(bench: Any) -> Any:
    built = sending.build_mail(bench.connection, bench.state(), bench.checkpoint())
    store.mark_left(bench.connection, bench.state(), built.head.size, bench.now)
    return built


def test_a_restored_log_is_told_from_its_checkpoints_and_imports_what_it_lost(bench: Any, other: Any) -> None:
    other.key = bench.key
    bench.fill(2)
    mails = [mailed(bench)]
    restore.import_entries(other.connection, mails, [bench.public])  # the backup
    bench.fill(3)
    mails.append(mailed(bench))
    bench.now = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    bench.append()
    mails.append(mailed(bench))
    standing = [restore.standing(other.connection, one.checkpoint, [bench.public]) for one in mails]
    assert standing == [Standing.EQUAL, Standing.SHORTER, Standing.SHORTER]
    assert restore.import_entries(other.connection, mails[::-1], [bench.public]) == 6 + 2
    assert [state.size for state in reading.all_logs(other.connection)] == [11, 2]
    for state in reading.all_logs(bench.connection):
        twin = reading.find(other.connection, state.origin)
        assert twin is not None
        assert reading.root(other.connection, twin) == reading.root(bench.connection, state)
        assert reading.last_left(other.connection, twin) is not None
    standing = [restore.standing(other.connection, one.checkpoint, [bench.public]) for one in mails]
    assert standing == [Standing.AHEAD, Standing.EQUAL, Standing.EQUAL]
    assert restore.import_entries(other.connection, mails, [bench.public]) == 0
    other.now = bench.now
    assert other.append() == 2


def test_a_log_with_other_entries_imports_nothing(bench: Any, other: Any) -> None:
    other.key = bench.key
    bench.fill(2)
    other.fill(1)
    mail = mailed(bench)
    assert restore.standing(other.connection, mail.checkpoint, [bench.public]) is Standing.SHORTER
    with pytest.raises(RestoreError) as refused:
        restore.import_entries(other.connection, [mail], [bench.public])
    assert refused.value.code == "log.restore-differs"
    assert other.state().size == 3
    other.fill(3)
    assert restore.standing(other.connection, mail.checkpoint, [bench.public]) is Standing.DIFFERENT
    with pytest.raises(RestoreError):
        restore.import_entries(other.connection, [mail], [bench.public])


def test_a_missing_mail_stops_the_import(bench: Any, other: Any) -> None:
    bench.fill(2)
    mailed(bench)
    bench.fill(1)
    with pytest.raises(RestoreError) as refused:
        restore.import_entries(other.connection, [mailed(bench)], [bench.public])
    assert refused.value.code == "log.restore-gap"


def test_nothing_is_imported_from_a_stranger(bench: Any, other: Any) -> None:
    bench.fill(1)
    mail = mailed(bench)
    with pytest.raises(NoteError):
        restore.import_entries(other.connection, [mail], [other.public])
    with pytest.raises(NoteError):
        restore.standing(other.connection, mail.checkpoint, [other.public])


@pytest.mark.parametrize(
    ("year", "due"), [(2026, False), (2028, False), (2029, False), (2030, True), (2031, True)]
)
def test_contents_expire_after_the_third_calendar_year(year: int, due: bool) -> None:
    assert expiry.is_due(2026, dt.datetime(year, 12, 31, tzinfo=dt.UTC)) is due


def test_expired_contents_are_dropped_and_the_log_is_still_checked(bench: Any, tmp_path: Path) -> None:
    bench.fill(3)
    kept = {"kept": bench.checkpoint()}
    old, root = bench.state(), reading.root(bench.connection, bench.state())
    with pytest.raises(store.StoreError) as early:
        expiry.expire(bench.connection, bench.log, old, clock=bench.clock)
    assert early.value.code == "log.not-due"
    bench.now = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert expiry.expire(bench.connection, bench.log, old, clock=bench.clock) == 6
    assert expiry.expire(bench.connection, bench.log, old, clock=bench.clock) == 0
    assert reading.root(bench.connection, old) == root
    last = Entry.from_json(bench.bodies()[-1])
    assert (last.method, last.objects, last.detail) == (Method.CONTENT_DROP, 6, ContentDrop(2026, 6))
    row = bench.connection.execute(select(tables.entries).where(tables.entries.c.position == 1)).first()
    assert [value for value in row if value is not None] == [old.id, 1, row.leaf]
    export.export(bench.connection, old, tmp_path / "old", bench.public)
    (verdict,) = verify_bundles([tmp_path / "old"], [bench.public], bench.now, kept)
    assert (verdict.ok, verdict.covered) == (True, 7)
    assert [one.code for one in verdict.findings] == ["first-log", "contents-expired"]
    assert hits(bench, "4711") == []


def test_a_hash_that_is_left_of_an_entry_is_checked_like_the_entry(bench: Any, tmp_path: Path) -> None:
    bench.fill(3)
    note = {"kept": bench.checkpoint()}
    old = bench.state()
    bench.now = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    expiry.expire(bench.connection, bench.log, old, clock=bench.clock)
    export.export(bench.connection, old, tmp_path / "old", bench.public)
    path = tmp_path / "old" / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    (verdict,) = verify_bundles([tmp_path / "old"], [bench.public], bench.now, note)
    assert {one.code for one in verdict.findings if one.severity == "fault"} == {
        "entry-out-of-order",
        "log-rewritten",
    }


AUTHORITY = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
"""


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a time-stamp authority with its own CA."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(AUTHORITY.format(folder=folder))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        folder,
        "req",
        "-x509",
        *curve,
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Test CA",
        "-days",
        "2",
    )
    openssl(folder, "req", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test TSA")
    signed = (
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        "tsa.cnf",
        "-extensions",
        "ext",
    )
    openssl(folder, "x509", "-req", "-in", "tsa.csr", *signed, "-out", "tsa.pem", "-days", "2")
    return folder


def answer(authority: Path, request: bytes) -> bytes:
    (authority / "request.tsq").write_bytes(request)
    words = ("-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "answer.tsr")
    openssl(authority, "ts", "-reply", *words)
    return (authority / "answer.tsr").read_bytes()


def test_a_time_stamp_is_checked_with_the_authoritys_root(bench: Any, authority: Path) -> None:
    bench.append()
    stamp = timestamp.make_request(bench.checkpoint())
    roots = [x509.load_pem_x509_certificate((authority / "ca.pem").read_bytes())]
    token = answer(authority, stamp.request)
    stated = timestamp.check_answer(stamp, token, roots)
    assert abs(dt.datetime.now(dt.UTC) - stated) < dt.timedelta(minutes=1)
    assert timestamp.check_token(stamp.note, token, roots) == stated


def test_a_time_stamp_on_something_else_is_refused(bench: Any, authority: Path) -> None:
    bench.append()
    stamp = timestamp.make_request(bench.checkpoint())
    token = answer(authority, stamp.request)
    roots = [x509.load_pem_x509_certificate((authority / "ca.pem").read_bytes())]
    leaf = [x509.load_pem_x509_certificate((authority / "tsa.pem").read_bytes())]
    again = timestamp.make_request(stamp.note)
    attempts = (
        (stamp.note + "x", token, roots, stamp.nonce),
        (stamp.note, token[:-9], roots, stamp.nonce),
        (stamp.note, b"", roots, stamp.nonce),
        (stamp.note, token, leaf, stamp.nonce),
        (stamp.note, token, roots, again.nonce),
    )
    for note, content, trusted, nonce in attempts:
        with pytest.raises(timestamp.TimestampError):
            timestamp.check_answer(timestamp.Stamp(note, b"", nonce), content, trusted)
