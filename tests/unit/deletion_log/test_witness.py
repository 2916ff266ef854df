"""The DPO's side: mails in, faults told in words, cosignatures out."""

from __future__ import annotations

import datetime as dt
import email
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, update

from bridge.deletion_log import export, mail, reading, sending, store, tables
from bridge.deletion_log.mail import CheckpointMail, MailError
from bridge.deletion_log.note import Checkpoint, Note, Signer
from bridge.deletion_log.witness import Copy, Received, WitnessError

SOON = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
DPO = Signer("dpo.example.org", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def send(bench: Any) -> CheckpointMail:
    """Sign a checkpoint, make its mail, count it as left; read the mail back from its RFC 5322 bytes."""
    built = sending.build_mail(bench.connection, bench.state(), bench.checkpoint())
    store.mark_left(bench.connection, bench.state(), built.head.size, bench.now)
    message = mail.write_message(built, "bridge@example.org", "dpo@example.org")
    read = mail.read_message(message.as_bytes(policy=email.policy.SMTP))
    assert read == built
    return read


def codes(received: Received) -> list[str]:
    return [one.code for one in received.findings]


@pytest.fixture
def copy(bench: Any, tmp_path: Path) -> Copy:
    made = Copy(tmp_path / "copy")
    made.trust([bench.public])
    return made


def test_mails_are_taken_over_one_after_the_other(bench: Any, copy: Copy) -> None:
    sizes = []
    for cases in (1, 3, 2):
        bench.fill(cases)
        received = copy.receive(send(bench))
        assert received.ok
        sizes.append(received.size)
    assert sizes == [3, 9, 13]
    (verdict,) = copy.check(SOON)
    assert (verdict.ok, verdict.size, verdict.covered, verdict.checkpoints) == (True, 13, 13, 3)
    assert list(copy.checkpoints()) == [
        f"example.org_otrs-bridge_verein_2026/{size:012d}.txt" for size in sizes
    ]


def test_a_mail_holds_only_what_is_new(bench: Any) -> None:
    bench.fill(2)
    assert len(send(bench).entries) == 5
    bench.fill(1)
    second = send(bench)
    assert (second.first, len(second.entries)) == (5, 2)


def test_the_same_mail_again_changes_nothing(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    first = send(bench)
    bench.fill(1)
    copy.receive(first)
    assert codes(copy.receive(first)) == ["already-known"]
    copy.receive(send(bench))
    again = copy.receive(first)
    assert (again.ok, codes(again)) == (True, ["already-known"])


def test_a_missing_mail_is_a_gap(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    bench.fill(1)
    lost = send(bench)
    bench.fill(1)
    late = send(bench)
    received = copy.receive(late)
    assert codes(received) == ["gap"]
    assert "5 to 6" in received.findings[0].text
    assert copy.receive(lost).ok
    assert copy.receive(late).ok


def test_a_signature_by_a_stranger_is_not_taken(bench: Any, other: Any, copy: Copy) -> None:
    other.fill(2)
    assert codes(copy.receive(send(other))) == ["checkpoint-unknown-key"]
    assert copy.logs() == []


def test_a_log_that_the_trusted_key_is_not_named_after_is_not_taken(bench: Any, tmp_path: Path) -> None:
    bench.fill(1)
    copy = Copy(tmp_path / "copy")
    copy.trust([bench.public.renamed("example.org/otrs-bridge/other")])
    assert codes(copy.receive(send(bench))) == ["checkpoint-other-log"]


def test_a_changed_mail_is_not_taken(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    good = send(bench)
    tampered = CheckpointMail(good.checkpoint, 0, (*good.entries[:4], good.entries[3]), good.proof)
    assert codes(copy.receive(tampered)) == ["mail-does-not-fit"]
    forged = good.checkpoint.replace("\n5\n", "\n4\n")
    assert codes(copy.receive(CheckpointMail(forged, 0, good.entries[:4], good.proof))) == [
        "checkpoint-bad-signature"
    ]
    assert copy.logs() == []
    assert copy.receive(good).ok


def test_new_entries_that_do_not_fit_are_told_from_a_rewritten_log(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    bench.fill(1)
    good = send(bench)
    wrong = CheckpointMail(good.checkpoint, good.first, (good.entries[0], good.entries[0]), good.proof)
    assert codes(copy.receive(wrong)) == ["mail-does-not-fit"]


def rewritten(bench: Any, other: Any, cases: int) -> None:
    """Let the operator write another history, with the same key."""
    other.key = bench.key
    other.fill(cases, first=50)


def test_a_re_signed_fork_is_found_by_the_next_mail(bench: Any, other: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    rewritten(bench, other, 2)
    fork = copy.receive(send(other))
    assert codes(fork) == ["fork"]
    assert "two different histories" in fork.findings[0].text
    other.fill(2)
    grown = copy.receive(send(other))
    assert codes(grown) == ["log-rewritten"]
    assert grown.size == 5
    whole = sending.build_mail(other.connection, other.state(), other.checkpoint(), first=0)
    assert codes(copy.receive(whole)) == ["mail-changes-entries"]
    assert copy.check(SOON)[0].ok


def test_a_fork_with_fewer_entries_is_found(bench: Any, other: Any, copy: Copy) -> None:
    bench.fill(4)
    copy.receive(send(bench))
    rewritten(bench, other, 2)
    assert codes(copy.receive(send(other))) == ["fork"]


def test_a_restore_that_cut_the_log_off_is_found(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    bench.fill(3)
    copy.receive(send(bench))
    table = tables.entries
    bench.connection.execute(delete(table).where(table.c.position >= 7))
    bench.connection.execute(delete(tables.nodes).where(tables.nodes.c.position >= 7 * 64))
    bench.connection.execute(update(tables.logs).values(size=7))
    bench.connection.execute(delete(tables.checkpoints))
    cut = copy.receive(send(bench))
    assert codes(cut) == ["log-shorter"]
    assert "old backup was restored" in cut.findings[0].text


def test_exports_are_compared_with_the_copy(bench: Any, other: Any, copy: Copy, tmp_path: Path) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    bench.fill(2)
    copy.receive(send(bench))
    export.export(bench.connection, bench.state(), tmp_path / "good", bench.public)
    assert copy.compare([tmp_path / "good"], SOON)[0].ok
    rewritten(bench, other, 4)
    other.checkpoint()
    export.export(other.connection, other.state(), tmp_path / "fork", bench.public)
    (verdict,) = copy.compare([tmp_path / "fork"], SOON)
    assert {one.code for one in verdict.findings if one.severity == "fault"} == {"log-rewritten", "fork"}


def test_a_tampered_copy_is_found_and_nothing_is_cosigned(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    path = copy.logs()[0] / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"objects":1', b'"objects":2', 1))
    assert not copy.check(SOON)[0].ok
    with pytest.raises(WitnessError) as refused:
        copy.cosign(DPO, SOON)
    assert refused.value.code == "witness.faults"


def test_what_an_interrupted_write_left_behind_does_not_count(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    path = copy.logs()[0] / "entries.jsonl"
    path.write_bytes(path.read_bytes() + b'{"half":')
    bench.fill(1)
    assert copy.receive(send(bench)).ok
    assert copy.check(SOON)[0].ok


def test_cosigning(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    (signed,) = copy.cosign(DPO, SOON)
    note = Note.parse(signed)
    origin = Checkpoint.parse(note.text).origin
    assert len(note.verified([bench.public.renamed(origin), DPO.witness_key])) == 2
    assert note.signatures[-1].time == int(SOON.timestamp())
    store.keep_note(bench.connection, bench.state(), 5, signed)
    assert reading.notes(bench.connection, bench.state()) == {5: signed}
    bench.fill(1)
    copy.receive(send(bench))
    assert Checkpoint.parse(Note.parse(copy.cosign(DPO, SOON)[0]).text).size == 7
    assert copy.cosign(DPO, SOON, origin="example.org/otrs-bridge/verein/2030") == []


def test_no_second_version_is_cosigned(bench: Any, other: Any, tmp_path: Path) -> None:
    bench.fill(3)
    rewritten(bench, other, 3)
    first, second = Copy(tmp_path / "one"), Copy(tmp_path / "two")
    for copy, source in ((first, bench), (second, other)):
        copy.trust([bench.public])
        copy.receive(send(source))
    first.cosign(DPO, SOON)
    memory = first.logs()[0] / "cosigned.txt"
    (second.logs()[0] / "cosigned.txt").write_bytes(memory.read_bytes())
    with pytest.raises(WitnessError) as refused:
        second.cosign(DPO, SOON)
    assert refused.value.code == "witness.conflict"


def test_trust_is_given_once(bench: Any, other: Any, copy: Copy) -> None:
    copy.trust([bench.public])
    with pytest.raises(WitnessError):
        copy.trust([other.public])
    assert copy.keys() == [bench.public]


def test_a_copy_of_two_years_hangs_together(bench: Any, copy: Copy) -> None:
    bench.fill(2)
    copy.receive(send(bench))
    bench.append()
    old = bench.state()
    bench.now = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    bench.fill(1)
    late = sending.build_mail(bench.connection, old, reading.notes(bench.connection, old)[6])
    assert copy.receive(late).ok
    assert copy.receive(send(bench)).ok
    first, second = copy.check(dt.datetime(2027, 1, 2, tzinfo=dt.UTC))
    assert (first.ok, second.ok, first.covered, second.covered) == (True, True, 6, 3)


@pytest.mark.parametrize("name", ["checkpoint.txt", "entries.jsonl", "consistency.txt"])
def test_a_mail_with_something_missing_or_bent_is_refused(bench: Any, name: str) -> None:
    bench.fill(1)
    bench.append()
    parts = dict(send(bench).attachments())
    assert mail.read_attachments(parts).head.size == 4
    crlf = {key: value.replace(b"\n", b"\r\n") for key, value in parts.items()}
    assert mail.read_attachments(crlf) == mail.read_attachments(parts)
    for bent in (None, b"", b"\xff", parts[name][:-1], parts[name][:40]):
        changed = {key: value for key, value in parts.items() if key != name}
        if bent is not None:
            changed[name] = bent
        with pytest.raises(MailError):
            mail.read_attachments(changed)


def test_a_mail_without_attachments_is_refused() -> None:
    with pytest.raises(MailError):
        mail.read_message(b"Subject: hello\n\nhello\n")


def test_when_a_checkpoint_is_due(bench: Any) -> None:
    bench.fill(2)
    due = sending.is_due
    assert due(bench.connection, bench.state(), bench.now)
    send(bench)
    assert not due(bench.connection, bench.state(), bench.now)
    bench.append()
    assert not due(bench.connection, bench.state(), bench.now)
    assert due(bench.connection, bench.state(), bench.now, after=1)
    assert due(bench.connection, bench.state(), bench.now + dt.timedelta(days=1))
    assert due(bench.connection, bench.state(), dt.datetime(2027, 1, 1, tzinfo=dt.UTC), days=1000)
