"""The checkpoint mail: a checkpoint, the entries since the last one that left, and the proof that joins the two.

Nothing in it is personal beyond pseudonyms, so the DPO may keep it; with all mails he or she holds a full copy of the
log. Built and read here; sending is the caller's. Standard library only, since the witness reads with it.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from bridge.deletion_log.note import Checkpoint, NoteError, claimed, decode_base64, encode_base64
from bridge.errors import BridgeError
from bridge.i18n import gettext as _

CHECKPOINT = "checkpoint.txt"
ENTRIES = "entries.jsonl"
PROOF = "consistency.txt"
PROOF_HEADER = "otrs-bridge consistency@v1"


class MailError(BridgeError):
    """Say that a mail holds no checkpoint that can be read."""

    code = "log.mail"
    permanent = True


@dataclass(frozen=True, slots=True)
class CheckpointMail:
    """What one mail carries; nothing is verified yet.

    `entries` are lines from index `first` up to the checkpoint's size; `proof` shows that the first `first` entries
    are the beginning of the checkpoint's log.
    """

    checkpoint: str
    first: int
    entries: tuple[bytes, ...]
    proof: tuple[bytes, ...]

    @property
    def head(self) -> Checkpoint:
        """Read the checkpoint, unverified; raise NoteError when it isn't one."""
        return claimed(self.checkpoint)

    def attachments(self) -> tuple[tuple[str, bytes], ...]:
        """Return name and content of each attachment."""
        entries = b"".join(line + b"\n" for line in self.entries)
        return (
            (CHECKPOINT, self.checkpoint.encode()),
            (ENTRIES, entries),
            (PROOF, self._proof_text().encode()),
        )

    def _proof_text(self) -> str:
        rows = [
            PROOF_HEADER,
            f"first {self.first}",
            f"second {self.head.size}",
            *map(encode_base64, self.proof),
        ]
        return "\n".join(rows) + "\n"


def read_attachments(attachments: Mapping[str, bytes]) -> CheckpointMail:
    """Read a mail from its attachments by name; raise MailError when one is missing or malformed."""
    try:
        note = attachments[CHECKPOINT].decode().replace("\r\n", "\n")
        rows = attachments[PROOF].decode().replace("\r\n", "\n").split("\n")
        lines = attachments[ENTRIES].replace(b"\r\n", b"\n")
        first, proof = _read_proof(rows)
        mail = CheckpointMail(note, first, tuple(lines.split(b"\n")[:-1]), proof)
        size = mail.head.size
    except (KeyError, UnicodeDecodeError, ValueError, NoteError) as error:
        raise MailError("this mail holds no readable checkpoint, entries and proof") from error
    if lines and not lines.endswith(b"\n"):
        raise MailError("the entries in the mail are cut off")
    if first + len(mail.entries) != size:
        raise MailError("the number of entries doesn't lead to the checkpoint")
    return mail


def read_message(raw: bytes) -> CheckpointMail:
    """Read a mail as saved from a mail program (RFC 5322 bytes)."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = {}
    for part in message.walk():
        name = part.get_filename()
        if name and not part.is_multipart():
            content = part.get_payload(decode=True)
            found[name] = content if isinstance(content, bytes) else b""
    return read_attachments(found)


def write_message(mail: CheckpointMail, sender: str, recipient: str) -> EmailMessage:
    """Word the mail to the DPO, in the language in force; the caller adds Date and Message-ID and sends it."""
    head = mail.head
    message = EmailMessage()
    message["From"], message["To"] = sender, recipient
    message["Subject"] = _("Deletion log {origin}: checkpoint at {size} entries").format(
        origin=head.origin, size=head.size
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text(mail))
    for name, content in mail.attachments():
        # As octets in base64: a mail server that rewraps or recodes text would break the hashes.
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def text(mail: CheckpointMail) -> str:
    """Say what the mail is and what to do with it."""
    head = mail.head
    words = _(
        "This mail fixes the deletion log {origin} at {size} entries.\n"
        "It carries {new} new entries, the signed checkpoint, and the proof that the log still begins with what you "
        "already have.\n"
        "\n"
        "Please save it as a file and check it:\n"
        "\n"
        "    otrs-bridge witness verify --copy YOUR-FOLDER THIS-MAIL.eml\n"
        "\n"
        "Keep it in any case: it is your evidence, and after a restore the bridge reads from it what it lost.\n"
        "The entries hold no names or addresses, only pseudonymous references."
    )
    return words.format(origin=head.origin, size=head.size, new=len(mail.entries)) + "\n"


def _read_proof(rows: list[str]) -> tuple[int, tuple[bytes, ...]]:
    if rows[0] != PROOF_HEADER or rows[-1] != "" or not rows[1].startswith("first "):
        raise ValueError("no consistency proof")
    steps = tuple(decode_base64(row) for row in rows[3:-1])
    return int(rows[1].removeprefix("first ")), steps
