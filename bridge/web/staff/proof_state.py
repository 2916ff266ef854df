"""How surely an entry stands in the log: not what it says, but what can be shown about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bridge.deletion_log import reading, tree
from bridge.deletion_log.entry import read_time
from bridge.deletion_log.note import NoteError, VerifierKey, open_checkpoint
from bridge.deletion_log.reading import LogState, Row, StoreError
from bridge.deletion_log.tables import checkpoints
from bridge.i18n import gettext, mark

TEXTS = {
    "covered": mark(
        "The entry is in the log that the checkpoint of {size} entries fixes, and that checkpoint has left the "
        "operator's reach. A change would show."
    ),
    "not-left": mark(
        "The entry is in the log that the checkpoint of {size} entries fixes, but that checkpoint has not left the "
        "operator's reach yet. Until it does, a change could go unnoticed."
    ),
    "uncovered": mark(
        "No checkpoint covers this entry yet. Until the next one has left, a change could go unnoticed."
    ),
    "hash-differs": mark("The contents don't fit the stored hash. The entry was changed in the database."),
    "proof-wrong": mark(
        "The entry can't be shown to be in the log of the checkpoint of {size} entries. Something was changed."
    ),
    "bad-checkpoint": mark(
        "The checkpoint of {size} entries is not signed with the log's key, or was changed."
    ),
}
GOOD, WARN, BAD = "good", "warn", "bad"
LEVEL = {"covered": GOOD, "not-left": WARN, "uncovered": WARN}


@dataclass(frozen=True, slots=True)
class ProofState:
    """What can be shown about one entry. `hashes` is the inclusion proof in hex, `cosigners` names of witnesses."""

    code: str
    size: int = 0
    left: dt.datetime | None = None
    cosigners: tuple[str, ...] = ()
    stamped: bool = False
    leaf: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """Return good, warn or bad."""
        return LEVEL.get(self.code, BAD)

    @property
    def text(self) -> str:
        """Say it in a sentence."""
        return gettext(TEXTS[self.code]).format(size=self.size)


def prove_row(connection: Connection, state: LogState, row: Row, key: VerifierKey) -> ProofState:
    """Compute and check the inclusion proof of an entry against the last checkpoint that covers it.

    One that has left is preferred. Nothing stored is believed: contents are hashed, the signature is checked.
    """
    leaf = row.leaf if row.body is None else tree.leaf_hash(row.body)
    if leaf != row.leaf:
        return ProofState("hash-differs", leaf=leaf.hex())
    query = (
        select(checkpoints)
        .where(checkpoints.c.log_id == state.id, checkpoints.c.size > row.index)
        .order_by(checkpoints.c.left.is_(None), checkpoints.c.size.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return ProofState("uncovered", leaf=leaf.hex())
    left = read_time(found.left) if found.left else None
    try:
        head, note = open_checkpoint(found.note, [key.renamed(state.origin)])
        proof = reading.inclusion_proof(connection, state, row.index, found.size)
    except NoteError:
        return ProofState("bad-checkpoint", found.size, left, leaf=leaf.hex())
    except StoreError:
        return ProofState("proof-wrong", found.size, left, leaf=leaf.hex())
    good = head.size == found.size and head.origin == state.origin
    good = good and tree.verify_inclusion(leaf, row.index, head.size, proof, head.root)
    return ProofState(
        ("covered" if left else "not-left") if good else "proof-wrong",
        found.size,
        left,
        tuple(one.name for one in note.signatures if one.name != state.origin),
        found.token is not None,
        leaf.hex(),
        tuple(step.hex() for step in proof),
    )
