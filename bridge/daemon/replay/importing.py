"""Import what the deletion log lost from checkpoint mails: those filed in the mailbox, and files from the DPO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bridge.act.base import Tools
from bridge.act.restored import note_restore
from bridge.daemon.restore import LogForkedError, filed_checkpoints, judged
from bridge.deletion_log import reading
from bridge.deletion_log.detail import Restore
from bridge.deletion_log.entry import Draft, place_label
from bridge.deletion_log.mail import CheckpointMail, MailError, read_message
from bridge.deletion_log.restore import Standing, import_entries
from bridge.deletion_log.store import DeletionLog, append
from bridge.deletion_log.words import Cause, Event, Result, Role
from bridge.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Imported:
    """How many entries the logs held, how many their checkpoints cover, and how many were imported."""

    found: int = 0
    expected: int = 0
    imported: int = 0


def read_folder(folder: Path) -> list[CheckpointMail]:
    """Read checkpoint mails saved as *.eml; what is none is passed over."""
    mails = []
    for path in sorted(folder.glob("*.eml")):
        try:
            mails.append(read_message(path.read_bytes()))
        except MailError:
            continue
    return mails


def import_lost(tools: Tools, log: DeletionLog, more: Iterable[CheckpointMail] = ()) -> Imported:
    """Import the entries that the log lacks, all or none.

    Raises LogForkedError when the log holds other entries than a checkpoint was signed for, and RestoreError when a
    mail between is missing: then the DPO has it. Every imported entry makes the journal's own memory doubtful, so
    erasing stops until a person has lifted the brake.
    """
    standings = [(mail, judged(tools, log, mail)) for mail in (*filed_checkpoints(tools), *more)]
    if any(one is Standing.DIFFERENT for _mail, one in standings):
        raise LogForkedError(
            _("The deletion log holds other entries than a checkpoint that left was signed for.")
        )
    lacking = [mail for mail, one in standings if one is Standing.SHORTER]
    if not lacking:
        return Imported()
    sizes = {mail.head.origin: 0 for mail in lacking}
    for mail in lacking:
        sizes[mail.head.origin] = max(sizes[mail.head.origin], mail.head.size)
    with tools.journal.write() as connection:
        states = [reading.find(connection, origin) for origin in sizes]
        found = sum(state.size for state in states if state is not None)
        imported = import_entries(connection, lacking, [log.sign(log.base).verifier], tools.clock)
        done = Imported(found, sum(sizes.values()), imported)
        note(connection, tools, log, done, Result.OK)
    note_restore(tools, "journal", "journal-restored")
    return done


def note(
    connection: Connection, tools: Tools, log: DeletionLog, done: Imported, result: Result, replayed: int = 0
) -> None:
    """Append the entry that tells of a restore, in the caller's transaction."""
    draft = Draft(
        event=Event.RESTORE,
        event_time=tools.clock(),
        result=result,
        instance=log.instance,
        version=log.version,
        cause=Cause.MANUAL,
        place=place_label("bridge", tools.controller),
        ordered_by=Role.OPERATOR,
        detail=Restore(done.found, done.expected, done.imported, replayed),
    )
    append(connection, log, draft, tools.clock)
