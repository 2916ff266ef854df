"""Notice restores: of the journal by checkpoints that left, of the mailbox and of OTRS by what came back or is gone.

Nothing here erases. What is noticed stops erasing (brakes) or the start; `log replay` drives it to the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import structlog

from bridge.act.base import Tools
from bridge.act.erase import erasing_of
from bridge.act.load import mail_ref, ticket_ref
from bridge.act.restored import note_restore
from bridge.deletion_log.mail import CheckpointMail, MailError, read_message
from bridge.deletion_log.note import NoteError
from bridge.deletion_log.restore import Standing, standing
from bridge.deletion_log.store import DeletionLog
from bridge.erasure.ticket import find_control
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.journal import cases, copies, folders, receipts, threads
from bridge.journal.copies import Copy
from bridge.journal.threads import KnownTicket
from bridge.otrs.errors import AccessDenied
from bridge.sources.base import Mailbox, NoFolder, Vanished

LOOK_BACK = 50  # so many of the newest filed checkpoints are looked at before the start; one would be enough
NEWEST = 5
_log = structlog.get_logger(__name__)


class LogShorterError(BridgeError):
    """Report that the deletion log lacks entries that a checkpoint covers: the journal was restored."""

    code = "log.shorter"
    permanent = True


class LogForkedError(BridgeError):
    """Report that the deletion log holds other entries than a checkpoint was signed for."""

    code = "log.forked"
    permanent = True


def check_log(tools: Tools, log: DeletionLog) -> None:
    """Compare the deletion log with the checkpoints filed in the mailbox.

    Raises LogShorterError or LogForkedError, with which nothing may be started, and MailboxError when the mailbox can't
    be read: then it is not known, and nothing may be erased.
    """
    found = {mail.checkpoint: judged(tools, log, mail) for mail in filed_checkpoints(tools, LOOK_BACK)}
    if Standing.DIFFERENT in found.values():
        raise LogForkedError(
            _(
                "{controller}: the deletion log holds other entries than a checkpoint that left was signed for. "
                "Somebody changed it, or two hosts wrote it after a restore. Do not go on: keep the database, and ask "
                "the DPO to compare it with the checkpoint mails (otrs-bridge witness verify)."
            ).format(controller=tools.controller)
        )
    if Standing.SHORTER in found.values():
        raise LogShorterError(
            _(
                "{controller}: the deletion log is shorter than a checkpoint that left: the journal was restored from "
                "a backup. Run: otrs-bridge log replay. It imports the lost entries from the checkpoint mails and "
                "lists what has to be erased again."
            ).format(controller=tools.controller)
        )


def judged(tools: Tools, log: DeletionLog, mail: CheckpointMail) -> Standing | None:
    """Tell how the log stands to a checkpoint; None for one that no key of this log signed."""
    try:
        if mail.head.origin.rpartition("/")[0] != log.base:
            return None
        with tools.journal.read() as connection:
            return standing(connection, mail.checkpoint, [log.sign(log.base).verifier])
    except NoteError:
        return None


def filed_checkpoints(tools: Tools, newest: int | None = None) -> Iterator[CheckpointMail]:
    """Yield the checkpoint mails filed in the mailbox, the newest first; what is no such mail is passed over."""
    if tools.mailbox is None:
        return
    try:
        places = tools.mailbox.list(tools.names.folders["checkpoints"])
    except NoFolder:
        return
    for place in places[::-1][:newest]:
        try:
            raw = tools.mailbox.fetch(place, max_bytes=tools.pace.message_bytes).raw
            yield read_message(raw or b"")
        except (MailError, Vanished):
            continue


def look_at_returned(tools: Tools, mailbox: Mailbox, gone: Sequence[Copy]) -> None:
    """Look at mails that lie where the journal believes none to be any more: restored ones, or strangers'.

    A restored server gives uids out again, so what lies there is fetched and its identity compared. A stranger's mail
    gets its place back and is taken in as new. An erased one that is back pulls the brake; one that was only moved
    shares its case's fate once more.
    """
    for copy in gone:
        try:
            raw = mailbox.fetch(copy.place, max_bytes=tools.pace.message_bytes).raw
        except Vanished:
            continue
        with tools.journal.write() as connection:
            case = cases.by_id(connection, copy.case_id)
            same = case is not None and raw is not None and mail_ref(tools, raw) == case.ref
            if not same:
                copies.release(connection, copy.id)
            elif copy.state == "erased":
                copies.mark(
                    connection, copy.id, copies.BACK
                )  # noticed once, so that a lifted brake stays lifted
            else:
                copies.mark(connection, copy.id, copies.PRESENT)
                cases.reopen(connection, copy.case_id, tools.clock())
        if not same:
            note_restore(tools, "mailbox", "place-reused", "inbox")
        elif copy.state == "erased":
            note_restore(tools, "mailbox", "original-back", "inbox")


def resight(tools: Tools, mailbox: Mailbox, folder: str) -> None:
    """After a folder's counter fell: look at every mail in it whose place the journal knows."""
    places = mailbox.list(folder)
    with tools.journal.read() as connection:
        known = [copy for place in places if (copy := copies.find(connection, place))]
    for copy in known:
        try:
            raw = mailbox.fetch(copy.place, max_bytes=tools.pace.message_bytes).raw
        except Vanished:
            continue
        with tools.journal.write() as connection:
            case = cases.by_id(connection, copy.case_id)
            if case is not None and raw is not None and mail_ref(tools, raw) != case.ref:
                copies.release(connection, copy.id)


def look_at_tickets(tools: Tools, found: Iterable[int]) -> None:
    """Look at tickets of a watched queue that the journal knows as erased, and at those that it made last.

    An erased one that is readable again, or the newest ones all gone while the control ticket is there, mean that OTRS
    was restored. A stranger's ticket under an old id loses its row in the journal, so that it is taken in as new.
    """
    instance = tools.names.instance
    with tools.journal.read() as connection:
        erased = threads.known_as(connection, instance, list(found), state="erased")
        newest = threads.newest(connection, instance, NEWEST)
    looked = [_look_at_erased(tools, known) for known in erased]
    if any(looked) or _newest_gone(tools, newest):
        note_restore(tools, "otrs", "otrs-restored")


def _look_at_erased(tools: Tools, known: KnownTicket) -> bool:
    """Tell whether an erased ticket's id can be read again: the ticket is back, or its id is another's now."""
    try:
        same = is_same(tools, known)
    except AccessDenied:
        return False
    if same:
        with tools.journal.write() as connection:
            threads.set_ticket(connection, known.instance, known.ticket_id, state="back")
    else:
        release_ticket(tools, known)
    return True


def is_same(tools: Tools, known: KnownTicket) -> bool:
    """Tell whether an id still means the ticket that the journal knows; raise AccessDenied when it can't be read."""
    ticket = tools.otrs.get_ticket(known.ticket_id)
    if ticket.number != known.number:
        return False
    with tools.journal.read() as connection:
        case = cases.by_id(connection, known.case_id)
        made = receipts.of_case(connection, known.case_id)
    if case is None:
        return True
    if known.role == "original":
        return ticket_ref(tools, ticket) == case.ref
    # A person's correction makes a ticket anew, under another step; one that was taken back has another role.
    steps = {known.role, *(key for key, one in made.items() if one.attrs.get("ticket_id") == known.ticket_id)}
    references = {tools.secrets.reference(case.ref, step) for step in steps}
    return ticket.fields.get(tools.names.fields["ref"]) in references


def release_ticket(tools: Tools, known: KnownTicket) -> None:
    """Forget that an id belonged to a case: OTRS was restored and gave it to another ticket."""
    with tools.journal.write() as connection:
        threads.release(connection, known)
        for copy in copies.of_case(connection, known.case_id):
            if copy.place.kind == "otrs" and copy.place.uid == str(known.ticket_id):
                copies.release(connection, copy.id)
    _log.warning("ticket id given out again", case=known.case_id, controller=tools.controller)


def _newest_gone(tools: Tools, newest: Sequence[KnownTicket]) -> bool:
    """Tell whether the newest tickets that the bridge made are all gone or others now, while its rights are as ever.

    Told once for the same tickets, so that a lifted brake stays lifted.
    """
    name = "otrs-newest"
    with tools.journal.read() as connection:
        told, _at = folders.cursor(connection, tools.names.instance, name)
    if len(newest) < 2 or told == newest[0].ticket_id or any(_is_there(tools, known) for known in newest):
        return False
    if find_control(erasing_of(tools)) is None:
        return False
    with tools.journal.write() as connection:
        folders.set_cursor(connection, tools.names.instance, name, number=newest[0].ticket_id)
    return True


def _is_there(tools: Tools, known: KnownTicket) -> bool:
    try:
        return is_same(tools, known)
    except AccessDenied:
        return False
