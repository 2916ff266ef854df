"""Let checkpoints of the deletion log leave the operator's reach: filed in the mailbox, mailed to the DPO."""

from __future__ import annotations

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.deletion_log import reading, sending
from bridge.deletion_log.mail import CheckpointMail
from bridge.deletion_log.reading import LogState
from bridge.deletion_log.store import DeletionLog, checkpoint, mark_left
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.message.compose import Draft, compose
from bridge.message.model import Address, Attachment

_log = structlog.get_logger(__name__)


def checkpoint_round(tools: Tools, log: DeletionLog, dpo: str) -> int:
    """Send every checkpoint that is due; returns how many left.

    One has left when the DPO's mail server took it or it lies in the mailbox; with both refused it is tried again.
    """
    with tools.journal.read() as connection:
        due = [
            s for s in reading.all_logs(connection, log.base) if sending.is_due(connection, s, tools.clock())
        ]
    return sum(send_checkpoint(tools, log, dpo, state) for state in due)


def send_checkpoint(tools: Tools, log: DeletionLog, dpo: str, state: LogState) -> bool:
    """Sign the log as it stands, file the checkpoint with its entries and mail them; True when it left."""
    with tools.journal.write() as connection:
        note = checkpoint(connection, log, state.origin, tools.clock)
        made = sending.build_mail(connection, state, note)
    raw = _composed(tools, dpo, state, made)
    left = [_filed(tools, raw), _mailed(tools, dpo, raw)]
    if not any(left):
        raise_alarm(tools, "checkpoint-stuck")
        return False
    with tools.journal.write() as connection:
        mark_left(connection, state, made.head.size, tools.clock())
    _log.info("checkpoint left", size=made.head.size, filed=left[0], mailed=left[1])
    return True


def _filed(tools: Tools, raw: bytes) -> bool:
    if tools.mailbox is None:
        return False
    folder = tools.names.folders["checkpoints"]
    try:
        tools.mailbox.ensure_folder(folder)
        tools.mailbox.append(folder, raw, received=tools.clock())
    except BridgeError as error:
        _log.warning("checkpoint not filed", code=error.code)
        return False
    return True


def _mailed(tools: Tools, dpo: str, raw: bytes) -> bool:
    try:
        tools.smtp.send(raw, sender="", recipients=[dpo])
    except BridgeError as error:
        _log.warning("checkpoint not mailed", code=error.code)
        return False
    return True


def _composed(tools: Tools, dpo: str, state: LogState, made: CheckpointMail) -> bytes:
    mark = tools.secrets.message(f"checkpoint {state.origin} {made.head.size}")[:40]
    text = _(
        "Checkpoint of the deletion log {origin} with {size} entries.\n\n"
        "Attached are the checkpoint, the entries since the last one, and the proof that joins the two. Please keep "
        "this mail, or give it to: otrs-bridge witness cosign. Nobody can rewrite these entries unnoticed from now on."
    ).format(origin=state.origin, size=made.head.size)
    return compose(
        Draft(
            sender=Address("", tools.wording.sender),
            to=(Address("", dpo),),
            subject=f"[otrs-bridge] checkpoint {state.origin} {made.head.size}",
            text=text + "\n",
            message_id=f"<checkpoint.{mark}@otrs-bridge.invalid>",
            date=tools.clock(),
            auto_submitted="auto-generated",
            attachments=tuple(Attachment(n, "application/octet-stream", c) for n, c in made.attachments()),
        )
    )
