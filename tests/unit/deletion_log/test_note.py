"""Signed notes against the examples of the specifications and of the reference implementation."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bridge.deletion_log.note import (
    Checkpoint,
    InclusionProof,
    Note,
    NoteError,
    Signer,
    VerifierKey,
    decode_base64,
    open_checkpoint,
)

# c2sp.org/signed-note, the example at its top.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
# c2sp.org/tlog-cosignature, its example: a checkpoint, the log's signature, a witness's cosignature.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
# golang.org/x/mod/sumdb/note, the example key of the reference implementation; Ed25519 is deterministic.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_NOTE = f"{GO_TEXT}\n{GO_SIGNATURE}"

LOG = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer("dpo.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
CHECKPOINT = Checkpoint("example.org/log", 7, bytes(range(32)))


def test_the_example_of_the_signed_note_specification() -> None:
    note = Note.parse(POEM)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert [signature.name for signature in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.signatures[0].key_id.hex() == "367ba04b"
    assert len(note.signatures[0].value) == 64
    assert str(note) == POEM


def test_the_example_of_the_cosignature_specification() -> None:
    note = Note.parse(SOFA)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(checkpoint) == note.text
    assert note.signatures[1].time == 1679315147
    assert len(note.signatures[1].value) == 72
    assert str(note) == SOFA


def test_the_example_of_the_reference_implementation_is_verified_and_made_again_byte_by_byte() -> None:
    key = VerifierKey.parse(GO_KEY)
    assert str(key) == GO_KEY
    assert Note.parse(GO_NOTE).verified([key])
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(base64.b64decode(GO_SEED)[1:]))
    assert signer.verifier == key
    assert str(signer.sign(GO_TEXT)) == GO_NOTE


@pytest.mark.parametrize("at", range(0, len(GO_KEY), 3))
def test_a_bent_key_is_refused(at: int) -> None:
    bent = GO_KEY[:at] + ("0" if GO_KEY[at] != "0" else "1") + GO_KEY[at + 1 :]
    with pytest.raises(NoteError):
        VerifierKey.parse(bent)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        GO_NOTE[:-1],
        GO_TEXT + GO_SIGNATURE,
        GO_NOTE.replace("— ", "- "),
        GO_NOTE.replace("— ", "—  "),
        GO_NOTE.replace("Peter", "Peter "),
        GO_NOTE.replace("Peter", "Peter+"),
        GO_NOTE + "\n",
        GO_NOTE + "more\n",
        GO_NOTE.replace("problem", "pro\tblem"),
        GO_NOTE.replace("\n", "\r\n"),
        GO_NOTE.replace("AM=", "AN="),
        GO_TEXT + "\n— PeterNeumann AAAA\n",
        GO_TEXT + "\n" + GO_SIGNATURE * 101,
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        Note.parse(note)


def test_a_changed_text_and_an_unknown_key_are_told_apart() -> None:
    key = VerifierKey.parse(GO_KEY)
    with pytest.raises(NoteError) as changed:
        Note.parse(GO_NOTE.replace("answer", "Answer")).verified([key])
    with pytest.raises(NoteError) as unknown:
        Note.parse(GO_NOTE).verified([LOG.verifier, key.renamed("Peter")])
    assert (changed.value.code, unknown.value.code) == ("note.bad-signature", "note.unknown-key")


def test_unknown_signatures_are_ignored_but_a_bad_one_by_a_known_key_spoils_the_note() -> None:
    note = LOG.sign(str(CHECKPOINT)).adding(WITNESS.cosign(str(CHECKPOINT), 1_800_000_000))
    assert len(note.verified([LOG.verifier])) == 1
    assert len(note.verified([LOG.verifier, WITNESS.witness_key])) == 2
    spoilt = Note(note.text, (note.signatures[0], WITNESS.cosign("other\n", 1_800_000_000)))
    assert spoilt.verified([LOG.verifier])
    with pytest.raises(NoteError, match="signature"):
        spoilt.verified([LOG.verifier, WITNESS.witness_key])


def test_a_cosignature_covers_its_time_and_is_another_key_id_than_a_signature() -> None:
    signature = WITNESS.cosign(str(CHECKPOINT), 1_800_000_000)
    assert signature.time == 1_800_000_000
    key = WITNESS.witness_key
    assert VerifierKey.parse(str(key)) == key
    assert key.check(str(CHECKPOINT), signature.value)
    moved = (1_800_000_001).to_bytes(8) + signature.value[8:]
    assert not key.check(str(CHECKPOINT), moved)
    assert not key.check(str(CHECKPOINT), b"\xff" + signature.value[1:])
    assert not key.check(str(CHECKPOINT), signature.value[8:])
    assert not WITNESS.verifier.check(str(CHECKPOINT), signature.value)
    assert key.id != WITNESS.verifier.id


def test_adding_a_line_twice_keeps_one() -> None:
    note = LOG.sign(str(CHECKPOINT))
    assert note.adding(*note.signatures) == note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "origin\n1\nAAAA\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nmore\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_extension_lines_are_kept() -> None:
    text = f"{CHECKPOINT}one\ntwo\n"
    assert Checkpoint.parse(text).extensions == ("one", "two")
    assert str(Checkpoint.parse(text)) == text


def test_a_checkpoint_opens_only_with_the_right_key() -> None:
    note = str(LOG.sign(str(CHECKPOINT)))
    assert open_checkpoint(note, [LOG.verifier])[0] == CHECKPOINT
    with pytest.raises(NoteError):
        open_checkpoint(note, [LOG.verifier.renamed("example.org/other")])


@pytest.mark.parametrize("extra", [b"", b"\x00 extra\n\n"])
@pytest.mark.parametrize("hashes", [(), (bytes(32), bytes(range(32)))])
def test_a_proof_is_read_as_it_was_written(extra: bytes, hashes: tuple[bytes, ...]) -> None:
    proof = InclusionProof(0, hashes, str(LOG.sign(str(CHECKPOINT))), extra)
    assert InclusionProof.parse(str(proof)) == proof


def test_the_layout_of_a_proof_is_that_of_the_specification() -> None:
    proof = InclusionProof(73894, (bytes(32),), SOFA, b"\x01")
    zeros = base64.b64encode(bytes(32)).decode()
    assert str(proof) == f"c2sp.org/tlog-proof@v1\nextra AQ==\nindex 73894\n{zeros}\n\n{SOFA}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        SOFA,
        "c2sp.org/tlog-proof@v1\n\n" + SOFA,
        "c2sp.org/tlog-proof@v1\nextra AQ==\n\n" + SOFA,
        "c2sp.org/tlog-proof@v1\nindex 01\n\n" + SOFA,
        "c2sp.org/tlog-proof@v2\nindex 1\n\n" + SOFA,
        "c2sp.org/tlog-proof@v1\nindex 1\nnonsense\n\n" + SOFA,
        "c2sp.org/tlog-proof@v1\nindex 1\n",
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        InclusionProof.parse(text)


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "with\u00a0space", "line\nbreak"])
def test_a_bad_key_name_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey(name, bytes(32))


@pytest.mark.parametrize(("public", "kind"), [(bytes(31), 1), (bytes(32), 2)])
def test_only_ed25519(public: bytes, kind: int) -> None:
    with pytest.raises(NoteError):
        VerifierKey("name", public, kind)


@pytest.mark.parametrize("text", ["no newline", "tab\t\n"])
def test_a_text_that_could_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        LOG.sign(text)


@pytest.mark.parametrize("text", ["AQ", "AR==", "A Q=", "\u00e4"])
def test_sloppy_base64_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        decode_base64(text)


def test_a_signer_shows_no_key() -> None:
    assert "key" not in repr(LOG)
