"""The DPO's side: keep an own copy of the log, check every mail against it, cosign.

The copy is a folder. `trusted.txt` holds the log's public key as it was given in person; `logs/<origin>/` is laid
out like an export, so that it can be checked like one. Nothing here needs the bridge, its host or its database.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.deletion_log import tree
from bridge.deletion_log.audit import Verdict
from bridge.deletion_log.bundle import CHECKPOINTS, ENTRIES, read_dropped
from bridge.deletion_log.findings import FAULT, Finding, finding
from bridge.deletion_log.mail import CheckpointMail
from bridge.deletion_log.note import Checkpoint, Note, NoteError, Signer, VerifierKey, open_checkpoint
from bridge.deletion_log.patterns import LOG_ID
from bridge.deletion_log.verify import verify_bundles
from bridge.errors import BridgeError

TRUSTED = "trusted.txt"
COSIGNED = "cosigned.txt"


class WitnessError(BridgeError):
    """Say why the copy can't be used."""

    code = "witness.copy"
    permanent = True


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a mail: taken over or not, and why."""

    findings: tuple[Finding, ...]
    origin: str = ""
    size: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether nothing was wrong."""
        return not any(one.severity == FAULT for one in self.findings)


class Copy:
    """The DPO's own copy of one bridge's logs, of one controller or several."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when something is first written."""
        self.folder = folder

    def trust(self, keys: Sequence[VerifierKey]) -> None:
        """Keep the keys that were given in person. Raises WitnessError when others are kept already."""
        path = self.folder / TRUSTED
        if path.exists() and self.keys() != list(keys):
            raise WitnessError("other keys are trusted here already; look at trusted.txt")
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(path, "".join(f"{key}\n" for key in keys).encode())

    def keys(self) -> list[VerifierKey]:
        """Return the trusted keys; empty when none were kept."""
        path = self.folder / TRUSTED
        if not path.exists():
            return []
        return [VerifierKey.parse(row) for row in path.read_text("utf-8").splitlines() if row.strip()]

    def logs(self) -> list[Path]:
        """List the folders of the logs, oldest first."""
        return sorted(path.parent for path in self.folder.glob(f"logs/*/{ENTRIES}"))

    def checkpoints(self) -> dict[str, str]:
        """Return every checkpoint of the copy, by name."""
        found = sorted(self.folder.glob(f"logs/*/{CHECKPOINTS}/*.txt"))
        return {f"{path.parent.parent.name}/{path.name}": path.read_text("utf-8") for path in found}

    def check(self, now: dt.datetime) -> list[Verdict]:
        """Check the whole copy."""
        return verify_bundles(self.logs(), self.keys(), now)

    def compare(self, exports: Sequence[Path], now: dt.datetime) -> list[Verdict]:
        """Check exports against the trusted keys and every checkpoint of the copy."""
        return verify_bundles(exports, self.keys(), now, self.checkpoints())

    def receive(self, mail: CheckpointMail) -> Received:
        """Check a mail against the copy and take it over; when anything is wrong nothing is taken over.

        1. The checkpoint is of a log that a trusted key is named after, and signed with it.
        2. What the copy has already is still the same in the log that the mail shows.
        3. Own entries and new ones together give the checkpoint's root.
        """
        try:
            origin = mail.head.origin
            if origin.rpartition("/")[0] not in {key.name for key in self.keys()}:
                return Received((finding("checkpoint-other-log", origin=origin),))
            head, note = open_checkpoint(mail.checkpoint, [key.renamed(origin) for key in self.keys()])
        except NoteError as error:
            codes = {
                "note.bad-signature": "checkpoint-bad-signature",
                "note.unknown-key": "checkpoint-unknown-key",
            }
            return Received((finding(codes.get(error.code, "checkpoint-unreadable"), name="checkpoint.txt"),))
        own = _Log(self.folder, head.origin)
        found = _judge(own, head, mail)
        if any(one.severity == FAULT for one in found):
            return Received(tuple(found), head.origin, own.size)
        if head.size > own.size:
            new = mail.entries[own.size - mail.first :]
            found.append(finding("taken-over", first=own.size, last=head.size - 1))
            own.extend(new)
        own.keep(head.size, note, self.keys())
        return Received(tuple(found), head.origin, head.size)

    def cosign(self, signer: Signer, now: dt.datetime, origin: str | None = None) -> list[str]:
        """Cosign the newest checkpoint of each log (or of one) after checking the whole copy; return the notes.

        Raises WitnessError when the check finds a fault: a cosignature says that the log is consistent.
        """
        if any(not verdict.ok for verdict in self.check(now)):
            raise WitnessError("the copy has faults; nothing is cosigned", code="witness.faults")
        notes = []
        for folder in self.logs():
            path = max((folder / CHECKPOINTS).glob("*.txt"))
            note = Note.parse(path.read_text("utf-8"))
            head = Checkpoint.parse(note.text)
            if origin in (None, head.origin):
                _remember(folder / COSIGNED, head)
                signed = note.adding(signer.cosign(note.text, int(now.timestamp())))
                _replace(path, str(signed).encode())
                notes.append(str(signed))
        return notes


class _Log:
    """One log of the copy. What stands after the last checkpoint was not finished and doesn't count."""

    def __init__(self, folder: Path, origin: str) -> None:
        if not LOG_ID.fullmatch(origin):
            raise WitnessError("the checkpoint's origin is no log id")
        self.folder = folder / "logs" / origin.replace("/", "_")
        self.notes = {
            int(path.stem): path.read_text("utf-8")
            for path in sorted((self.folder / CHECKPOINTS).glob("*.txt"))
        }
        self.size = max(self.notes, default=0)

    def lines(self, start: int = 0) -> Iterator[bytes]:
        if not self.size:
            return
        with (self.folder / ENTRIES).open("rb") as file:
            for index, line in enumerate(file):
                if index >= self.size:
                    return
                if index >= start:
                    yield line.rstrip(b"\n")

    def frontier(self, size: int) -> tree.Frontier:
        """Hash the first `size` entries."""
        frontier = tree.Frontier()
        for line in self.lines():
            if frontier.size == size:
                break
            frontier.append(leaf(line))
        return frontier

    def extend(self, new: Sequence[bytes]) -> None:
        (self.folder / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
        path = self.folder / ENTRIES
        length = sum(len(line) + 1 for line in self.lines())
        with path.open("r+b" if path.exists() else "xb") as file:
            file.truncate(length)
            file.seek(length)
            file.writelines(line + b"\n" for line in new)
            file.flush()
            os.fsync(file.fileno())

    def keep(self, size: int, note: Note, keys: Sequence[VerifierKey]) -> None:
        known = Note.parse(self.notes[size]) if size in self.notes else note
        path = self.folder / CHECKPOINTS / f"{size:012d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, str(known.adding(*note.signatures)).encode())
        origin = Checkpoint.parse(note.text).origin
        _replace(self.folder / "keys.txt", "".join(f"{key.renamed(origin)}\n" for key in keys).encode())


def leaf(line: bytes) -> bytes:
    """Hash a line of an export: the entry itself, or the hash that is left of it."""
    dropped = read_dropped(line)
    return dropped.leaf if dropped else tree.leaf_hash(line)


def _judge(own: _Log, head: Checkpoint, mail: CheckpointMail) -> list[Finding]:
    if head.size <= own.size:
        return _older(own, head)
    if mail.first > own.size:
        return [finding("gap", first=own.size, last=mail.first - 1)]
    frontier = own.frontier(own.size)
    known_root = frontier.root()
    again = zip(own.lines(mail.first), mail.entries, strict=False)
    changed = next(
        (index for index, (old, new) in enumerate(again, mail.first) if leaf(old) != leaf(new)), None
    )
    if changed is not None:
        return [finding("mail-changes-entries", changed)]
    for line in mail.entries[own.size - mail.first :]:
        frontier.append(leaf(line))
    if frontier.root() == head.root:
        return []
    joined = mail.first == own.size and tree.verify_consistency(
        own.size, head.size, known_root, head.root, mail.proof
    )
    return [finding("mail-does-not-fit")] if joined else [finding("log-rewritten", size=own.size)]


def _older(own: _Log, head: Checkpoint) -> list[Finding]:
    """Judge a checkpoint that is no larger than what the copy has: known, a fork, or of a log that was cut off."""
    if own.frontier(head.size).root() != head.root:
        return [finding("fork", size=head.size)]
    if head.size in own.notes:
        return [finding("already-known")]
    return [finding("log-shorter", size=head.size, expected=own.size)]


def _remember(path: Path, head: Checkpoint) -> None:
    """Keep what was cosigned; refuse to cosign a smaller tree, or another of the same size."""
    if path.exists():
        before = Checkpoint.parse(path.read_text("utf-8"))
        if before.size > head.size or (before.size == head.size and before.root != head.root):
            text = finding("cosignature-conflict", size=head.size).text
            raise WitnessError(text, code="witness.conflict")
    _replace(path, str(head).encode())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
