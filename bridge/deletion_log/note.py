"""Signed notes, checkpoints, cosignatures and inclusion proofs as C2SP specifies them.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (Ed25519, `cosignature/v1`) and
c2sp.org/tlog-proof. So any tool that reads these can check a checkpoint or a proof of the bridge.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bridge.errors import BridgeError

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE = 1 << 20
MAX_SIGNATURES = 100
PROOF_HEADER = "c2sp.org/tlog-proof@v1"

_SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)\Z")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class NoteError(BridgeError):
    """Say that a note, checkpoint, key or proof is malformed or not signed as it must be."""

    code = "note.malformed"
    permanent = True


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name; `kind` is the signature type byte of the specification."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        """Refuse a name with spaces or a plus, an unknown kind, a key of the wrong length."""
        if not self.name or "+" in self.name or self.name.split() != [self.name]:
            raise NoteError("a key name must not be empty, nor hold spaces or a plus")
        if self.kind not in (ED25519, COSIGNATURE) or len(self.public) != 32:
            raise NoteError("only Ed25519 keys are supported")

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+key id+base64`; raise NoteError when the key id doesn't belong to the key."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
            raise NoteError("a verifier key is name+key id+base64")
        raw = decode_base64(parts[2])
        key = cls(parts[0], raw[1:], raw[0] if raw else 0)
        if key.id.hex() != parts[1]:
            raise NoteError("the key id doesn't belong to the key")
        return key

    def __str__(self) -> str:
        """Write the key as `name+key id+base64`."""
        raw = bytes([self.kind]) + self.public
        return f"{self.name}+{self.id.hex()}+{encode_base64(raw)}"

    @property
    def id(self) -> bytes:
        """Compute the four bytes that name the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def renamed(self, name: str) -> VerifierKey:
        """Return the same key for another log of the same signer."""
        return VerifierKey(name, self.public, self.kind)

    def check(self, text: str, signature: bytes) -> bool:
        """Tell whether `signature` is this key's over the note text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72 or signature[0] & 0x80:
                return False
            message, signature = _cosigned(text, int.from_bytes(signature[:8])), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, four bytes of key id, the rest."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """Write the line with its newline."""
        return f"— {self.name} {encode_base64(self.key_id + self.value)}\n"

    @property
    def time(self) -> int:
        """Return the POSIX seconds inside a cosignature."""
        return int.from_bytes(self.value[:8])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines; nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> Note:
        """Split a note; raise NoteError on anything that the specification forbids."""
        if len(note) > MAX_NOTE or _CONTROL.search(note):
            raise NoteError("the note is too long or holds control characters")
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteError("the note has no signature block")
        rows = lines[:-1].split("\n")
        if len(rows) > MAX_SIGNATURES:
            raise NoteError("the note has too many signatures")
        return cls(text + "\n", tuple(_parse_signature(row) for row in rows))

    def __str__(self) -> str:
        """Write the note as it is sent."""
        return self.text + "\n" + "".join(map(str, self.signatures))

    def adding(self, *signatures: Signature) -> Note:
        """Return the note with more signature lines; lines that are there already are not repeated."""
        return Note(
            self.text, self.signatures + tuple(new for new in signatures if new not in self.signatures)
        )

    def verified(self, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, Signature]]:
        """Return the signatures by known keys, all of them valid.

        Raise NoteError `note.bad-signature` when a known key's signature fails, `note.unknown-key` when no known
        key has signed; unknown keys are ignored as the specification demands.
        """
        known = {(key.name, key.id): key for key in keys}
        found = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not key.check(self.text, signature.value):
                raise NoteError("a signature doesn't match the text", code="note.bad-signature")
            found.append((key, signature))
        if not found:
            raise NoteError("no known key has signed this note", code="note.unknown-key")
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """Return the public half for plain signatures."""
        return VerifierKey(self.name, self.key.public_key().public_bytes_raw())

    @property
    def witness_key(self) -> VerifierKey:
        """Return the public half for cosignatures."""
        return VerifierKey(self.name, self.key.public_key().public_bytes_raw(), COSIGNATURE)

    def sign(self, text: str) -> Note:
        """Sign a text that ends in a newline."""
        if not text.endswith("\n") or _CONTROL.search(text):
            raise NoteError("the text of a note must end in a newline and hold no control characters")
        return Note(text, (Signature(self.name, self.verifier.id, self.key.sign(text.encode())),))

    def cosign(self, text: str, time: int) -> Signature:
        """Cosign a checkpoint's text at `time` (POSIX seconds).

        It says: as of this time, this is the largest consistent tree of this log that the signer has seen.
        """
        value = time.to_bytes(8) + self.key.sign(_cosigned(text, time))
        return Signature(self.name, self.witness_key.id, value)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin, number of entries and root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note as a checkpoint."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _DECIMAL.match(lines[1]):
            raise NoteError("a checkpoint has three lines: origin, size, root")
        root = decode_base64(lines[2])
        if len(root) != 32:
            raise NoteError("the root of a checkpoint has 32 bytes")
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:-1]))

    def __str__(self) -> str:
        """Write the text that is signed."""
        return "\n".join((self.origin, str(self.size), encode_base64(self.root), *self.extensions)) + "\n"


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A tlog-proof: that one entry is in the tree of a checkpoint. `extra` is opaque and not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    @classmethod
    def parse(cls, text: str) -> InclusionProof:
        """Read a tlog-proof; nothing is verified yet."""
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines.pop(0) != PROOF_HEADER or not lines:
            raise NoteError("this is no tlog-proof")
        extra = b""
        if lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0)[6:])
        if not lines or not lines[0].startswith("index ") or not _DECIMAL.match(lines[0][6:]):
            raise NoteError("a tlog-proof names the index of its entry")
        hashes = tuple(map(decode_base64, lines[1:]))
        if any(len(step) != 32 for step in hashes):
            raise NoteError("a step of the proof is no SHA-256 hash")
        return cls(int(lines[0][6:]), hashes, checkpoint, extra)

    def __str__(self) -> str:
        """Write the proof as the specification lays it out."""
        lines = [PROOF_HEADER]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines += [f"index {self.index}", *map(encode_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> tuple[Checkpoint, Note]:
    """Parse a note, verify it, read its checkpoint; the text must be ignored when this raises NoteError."""
    opened = Note.parse(note)
    opened.verified(keys)
    return Checkpoint.parse(opened.text), opened


def claimed(note: str) -> Checkpoint:
    """Read the checkpoint that a note claims to hold, without verifying it; raise NoteError when it holds none."""
    return Checkpoint.parse(Note.parse(note).text)


def encode_base64(raw: bytes) -> str:
    """Encode in standard base64 (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Decode standard base64; refuse any other spelling of the same bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("this is no base64") from error
    if encode_base64(raw) != text:
        raise NoteError("this is no canonical base64")
    return raw


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.match(line)
    if match is None or "+" in match[1]:
        raise NoteError("a line of the signature block is malformed")
    raw = decode_base64(match[2])
    if len(raw) < 5:
        raise NoteError("a signature is too short")
    return Signature(match[1], raw[:4], raw[4:])
