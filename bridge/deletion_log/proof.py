"""Prove what one entry says about one ticket or mail: a C2SP tlog-proof whose extra part reveals one case key.

The extra part is JSON with the entry itself, the case key, and kind and number of what is meant. It needs no trust:
the entry must hash to the leaf, and the reference must come out of case key and number.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

import rfc8785

from bridge.deletion_log import tree
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.findings import Finding, finding
from bridge.deletion_log.note import Checkpoint, InclusionProof, NoteError, VerifierKey, open_checkpoint
from bridge.deletion_log.patterns import EntryError
from bridge.deletion_log.references import Kind, ReferenceInputError, reference


@dataclass(frozen=True, slots=True)
class Meant:
    """What a proof is about, and the key that opens this one case's references."""

    kind: Kind
    number: str
    case_key: bytes


@dataclass(frozen=True, slots=True)
class Proved:
    """The outcome of checking a proof: what it shows, or why it shows nothing. `cosigners` are known witnesses."""

    findings: tuple[Finding, ...]
    head: Checkpoint | None = None
    entry: Entry | None = None
    meant: Meant | None = None
    cosigners: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether the proof shows what it claims."""
        return self.entry is not None and not self.findings


def write_proof(body: bytes, index: int, hashes: Sequence[bytes], note: str, meant: Meant) -> str:
    """Write the proof as text, to be kept with the ending .tlog-proof."""
    extra = {
        "case_key": meant.case_key.hex(),
        "entry": body.decode(),
        "kind": str(meant.kind),
        "number": meant.number,
    }
    return str(InclusionProof(index, tuple(hashes), note, rfc8785.dumps(extra)))


def check_proof(text: str, keys: Sequence[VerifierKey], witnesses: Sequence[VerifierKey] = ()) -> Proved:
    """Check a proof with trusted keys alone. A witness's valid cosignature is named; a bad one spoils the proof."""
    try:
        proof = InclusionProof.parse(text)
        meant, body = _read_extra(proof.extra)
        entry = Entry.from_json(body)
        origin = entry.log
        own = [key.renamed(origin) for key in keys]
        head, note = open_checkpoint(proof.checkpoint, own)
        known = note.verified([*own, *witnesses])
    except NoteError as error:
        codes = {
            "note.bad-signature": "checkpoint-bad-signature",
            "note.unknown-key": "checkpoint-unknown-key",
        }
        code = codes.get(error.code, "checkpoint-unreadable")
        return Proved((finding(code, name="tlog-proof"),))
    except (EntryError, ReferenceInputError, ValueError, KeyError, TypeError):
        return Proved((finding("proof-wrong"),))
    if head.origin != origin or entry.index != proof.index or not _included(body, proof, head):
        return Proved((finding("proof-wrong"),), head)
    expected = reference(meant.case_key, meant.kind, meant.number)
    if not any(hmac.compare_digest(expected, one) for one in entry.references):
        return Proved((finding("proof-other-ticket", number=meant.number),), head, entry)
    cosigners = tuple(key.name for key, _ in known if key in witnesses)
    return Proved((), head, entry, meant, cosigners)


def _included(body: bytes, proof: InclusionProof, head: Checkpoint) -> bool:
    return tree.verify_inclusion(tree.leaf_hash(body), proof.index, head.size, proof.hashes, head.root)


def _read_extra(extra: bytes) -> tuple[Meant, bytes]:
    plain = json.loads(extra)
    case_key = bytes.fromhex(plain["case_key"])
    meant = Meant(Kind(plain["kind"]), plain["number"], case_key)
    reference(case_key, meant.kind, meant.number)  # refuses whatever is no number
    return meant, plain["entry"].encode()
