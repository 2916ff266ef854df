"""Erase the original, as the last step: preconditions, brakes, log, then bridge.erasure. Also its later copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.alarm import raise_alarm
from bridge.act.base import Deed, Done, Held, Job, Outcome, Parked, Tools, Waiting
from bridge.act.fingerprint import fingerprint
from bridge.act.load import PlaceReusedError, look_at
from bridge.act.move import copies_of, present
from bridge.act.restored import ERASED_BEFORE, note_restore, restored
from bridge.act.waiting import confirmed
from bridge.erasure import Ended, MailErasure, TicketErasure, erase_mail, erase_ticket
from bridge.journal import approvals, brakes, claims, copies, folders, receipts, threads
from bridge.journal.copies import Copy
from bridge.otrs.errors import AccessDenied
from bridge.plan import Step
from bridge.sources.base import Fetched

# Stops that end by themselves once their cause is gone; everything else needs a person.
PASSING = {"erase-off", "limit-per-run", "limit-per-hour"}
RETRY_SECONDS = 60.0
UNAPPROVED_SECONDS = 300.0
REPLAY = "replay"  # how the steps of bridge.daemon.replay are called
METHODS = {"imap": "imap-expunge", "maildir": "maildir-unlink"}


def erase(job: Job, step: Step) -> Outcome:
    """Erase every copy of the original, each verified by itself.

    1. Every receipt that the plan names is there, and any confirmation that it waits for; this version of the
       workflow was approved once (those that come with the program are).
    2. The hand-over still holds the original (SHA-256); nobody set a hold in OTRS.
    3. For each copy: log the intent, erase, log the result.
    """
    if any(job.receipt(name) is None for name in step.args["receipts"]):
        return Parked("erase.receipts-missing")
    wait = _unapproved(job) or confirmed(job, step) or _hand_over_stands(job, step)
    if wait:
        return wait
    if job.case.source != "otrs" and not copies_of(job):
        job.load()  # its places are lost: it is looked for everywhere, and missing it is no proof
    for copy in present(job):
        outcome = Done() if _taken_along(job, step, copy) else erase_copy(job, step, copy)
        if not isinstance(outcome, Done):
            return outcome
    with job.tools.journal.write() as connection:
        job.receipts[step.key] = receipts.put(connection, job.case.id, step.key, "done", job.now(), {})
    return Done()


def _unapproved(job: Job) -> Outcome | None:
    """Wait for a second person while this version of the workflow was never approved (four eyes)."""
    tools, digest = job.tools, job.plan.digest
    if not digest or digest in tools.approved:
        return None
    with tools.journal.read() as connection:
        if approvals.is_approved(connection, tools.controller, "workflow", digest):
            return None
    raise_alarm(tools, "workflow-not-approved", job.case.id)
    return Waiting("workflow-not-approved", UNAPPROVED_SECONDS, counts=False)


def _taken_along(job: Job, step: Step, copy: Copy) -> bool:
    """Tell whether this copy went with another one, which found it before the journal knew it; if so, note it."""
    place = [copy.place.folder, copy.place.uidvalidity, copy.place.uid]
    moved = (
        r for key, r in job.receipts.items() if key.startswith(f"{step.key}-") and key.endswith("-moved")
    )
    if not any(place in receipt.attrs.get("also", ()) for receipt in moved):
        return False
    with job.tools.journal.write() as connection:
        copies.mark(connection, copy.id, "erased")
        folders.took(connection, copy.place.account, copy.place.folder)
    return True


def _hand_over_stands(job: Job, step: Step) -> Outcome | None:
    """Read the hand-over again: does it hold the original, and did nobody ask to hold?"""
    tools = job.tools
    for name in step.args["receipts"]:
        receipt = job.receipt(name)
        if receipt is None or "ticket_id" not in receipt.attrs:
            continue
        wanted = receipt.attrs.get("original")
        try:
            ticket = tools.otrs.get_ticket(
                receipt.attrs["ticket_id"], articles=bool(wanted), attachments=bool(wanted)
            )
        except AccessDenied:
            return Held("hand-over-hidden")
        if ticket.fields.get(tools.names.fields.get("action", ""), "") == "hold":
            return Held("hold-in-ticket")
        files = (file for article in ticket.articles for file in article.attachments)
        if wanted and not any(tools.secrets.digest(file.content) == wanted for file in files):
            return Held("hand-over-changed")
    return None


def erase_copy(job: Job, step: Step, copy: Copy) -> Outcome:
    """Erase one copy: log the intent, erase, log the result. A place that holds a stranger's mail is left alone."""
    progress = Receipted(job, step, copy)
    if _came_back(job, step, progress):
        return Held(ERASED_BEFORE)
    try:
        seen = look_at(job.tools, job.case, copy.place) if copy.place.kind != "otrs" else None
    except PlaceReusedError:
        note_restore(job.tools, "mailbox", "place-reused", "inbox")
        with job.tools.journal.write() as connection:
            copies.release(connection, copy.id)
        return Waiting("place-reused", RETRY_SECONDS, counts=False)
    stop = progress.begin(seen)
    if stop:
        if stop.startswith("limit-"):
            raise_alarm(job.tools, stop)
        return Waiting(stop, RETRY_SECONDS, counts=False) if stop in PASSING else _stopped(stop)
    ended = _ticket(job, copy, progress) if copy.place.kind == "otrs" else _mail(job, copy, progress)
    progress.end(ended)
    if ended.result == "verified":
        return Done()
    if ended.result == "hold":
        return (
            Waiting(ended.code, RETRY_SECONDS, counts=False)
            if ended.code in PASSING
            else _stopped(ended.code)
        )
    raise_alarm(job.tools, f"erasure-{ended.result}", job.case.id)
    return Waiting(f"erasure-{ended.result}", job.tools.pace.backoff)


def _came_back(job: Job, step: Step, progress: Receipted) -> bool:
    """Tell whether this copy turned up after a restore and long after the case's original was verified as erased.

    Then it is no late delivery: `log replay` erases it again once a person has approved.
    """
    if step.key.startswith(REPLAY) or progress.marked("intended") is not None:
        return False
    what = "otrs" if job.case.source == "otrs" else "mailbox"
    moment = restored(job.tools, what)
    results = [r for key, r in job.receipts.items() if key.startswith(step.key) and key.endswith("-result")]
    return moment is not None and any(
        r.attrs["result"] == "verified" and r.at < moment for r in results if r.attrs
    )


def _stopped(code: str) -> Outcome:
    """A brake waits for a person to lift it and then goes on by itself; a doubt about this request holds the case."""
    is_brake = code in {
        "uidvalidity-changed",
        "uidnext-fell",
        "source-empty",
        "otrs-restored",
        "search-not-filtered",
        "original-back",
        "place-reused",
        "journal-restored",
    }
    return Waiting(code, RETRY_SECONDS, counts=False) if is_brake else Held(code)


def _mail(job: Job, copy: Copy, progress: Receipted) -> Ended:
    tools, known = job.tools, progress.marked("intended") or {}
    digest, size = known.get("digest") or job.case.digest, known.get("size") or job.case.size or 0
    assert tools.mailbox is not None, "a mail has a mailbox"  # noqa: S101
    tools.mailbox.ensure_folder(tools.names.folders["erasing"])
    return erase_mail(
        MailErasure(
            mailbox=tools.mailbox,
            place=copy.place,
            erasing=tools.names.folders["erasing"],
            size=size,
            matches=lambda raw: tools.secrets.digest(raw) == digest,
            others=frozenset(other.place for other in present(job) if other.id != copy.id),
        ),
        progress,
    )


def _ticket(job: Job, copy: Copy, progress: Receipted) -> Ended:
    seen = job.receipt(f"seen-{copy.place.uid}") or job.receipt("seen")
    wanted = erasing_of(job.tools, int(copy.place.uid), seen.attrs["articles"] if seen else {})
    return erase_ticket(wanted, progress)


def erasing_of(tools: Tools, ticket_id: int = 0, expected: Mapping[str, str] | None = None) -> TicketErasure:
    """Describe the erasing of a ticket; without one it serves to look for the control ticket."""
    names = tools.names
    return TicketErasure(
        client=tools.otrs,
        ticket_id=ticket_id,
        queue=names.queues["erasing"],
        field=names.fields["erase"],
        value=names.erase_value,
        control_title=names.control_title,
        expected=expected or {},
        fingerprint=lambda ticket: fingerprint(ticket, tools.secrets.digest),
        in_database=names.in_database,
    )


class Receipted:
    """The progress of one copy's erasure: receipts and deletion-log entries, each pair in one transaction."""

    def __init__(self, job: Job, step: Step, copy: Copy) -> None:
        self._job, self._step, self._copy = job, step, copy
        self._prefix = f"{step.key}-{copy.id}"

    def begin(self, seen: Fetched | None = None) -> str | None:
        """Log the intent and count the erasure, unless something stops it; the code of what does, or None.

        Size and digest of a copy are its own: a copy that came another way has other trace headers.
        """
        if self.marked("intended") is not None:
            return self.may_go_on()
        job, tools = self._job, self._job.tools
        if not tools.erase_on():
            return "erase-off"
        found = seen if seen is not None and seen.raw is not None else None
        attrs = {"size": found.size, "digest": tools.secrets.digest(found.raw or b"")} if found else {}
        with tools.journal.write() as connection:
            claims.renew(connection, job.case.id, tools.owner, job.now(), tools.pace.lease_seconds)
            # Counted in the transaction that looks at the limits, so that workers side by side never exceed them.
            brakes.one_at_a_time(connection)
            stop = brakes.stop_code(connection, tools.controller, tools.run, tools.limits, job.now())
            if stop:
                return stop
            brakes.begin(connection, tools.controller, job.case.id, self._prefix, tools.run, job.now())
            self._put(connection, "intended", attrs)
            self._log(connection, "intended")
        return None

    def marked(self, phase: str) -> Mapping[str, Any] | None:
        """Return a phase's receipt, or None."""
        found = self._job.receipts.get(f"{self._prefix}-{phase}")
        return found.attrs if found else None

    def mark(self, phase: str, attrs: Mapping[str, Any]) -> None:
        """Write a phase's receipt; what was carried out at the server is logged as executed, once."""
        executed = phase in {"expunged", "erased"} and self.marked(phase) is None
        with self._job.tools.journal.write() as connection:
            self._put(connection, phase, attrs)
            if executed:
                self._log(connection, "executed")

    def may_go_on(self) -> str | None:
        """Tell what forbids anything irreversible now. Raises LeaseLostError when the case is no longer ours."""
        job, tools = self._job, self._job.tools
        if not tools.erase_on():
            return "erase-off"
        with tools.journal.write() as connection:
            claims.renew(connection, job.case.id, tools.owner, job.now(), tools.pace.lease_seconds)
            on = brakes.pulled(connection, tools.controller)
        return on[0].code if on else None

    def end(self, ended: Ended) -> None:
        """Log how it ended; the same failure again is not logged again."""
        before = self.marked("result")
        if before and before["result"] == ended.result and before["code"] == ended.code:
            return
        with self._job.tools.journal.write() as connection:
            self._put(connection, "result", {"result": ended.result, "code": ended.code})
            brakes.end(connection, self._job.case.id, self._prefix, ended.result)
            self._log(connection, ended.result, ended)
            if ended.result == "verified":
                self._gone(connection)

    def _gone(self, connection: Connection) -> None:
        copies.mark(connection, self._copy.id, "erased")
        place = self._copy.place
        if place.kind == "otrs":
            threads.set_ticket(connection, self._job.tools.names.instance, int(place.uid), state="erased")
        else:
            folders.took(connection, place.account, place.folder)

    def _put(self, connection: Connection, phase: str, attrs: Mapping[str, Any]) -> None:
        job, key = self._job, f"{self._prefix}-{phase}"
        job.receipts[key] = receipts.put(connection, job.case.id, key, "done", job.now(), attrs)

    def _log(self, connection: Connection, event: str, ended: Ended | None = None) -> None:
        job, place = self._job, self._copy.place
        born_in_otrs = place.kind == "otrs"
        made = {role: str(ids["number"]) for role in ("stub", "handover") if (ids := job.created(role))}
        approved = str(self._step.args.get("approved", ""))
        by_hand = bool(approved) or self._step.key.startswith(REPLAY)
        number = self._number(connection) if born_in_otrs else f"{place.uidvalidity}.{place.uid}"
        deed = Deed(
            event=event,
            place=("otrs" if born_in_otrs else "mailbox", place.account, place.folder),
            method="otrs-erasing-job" if born_in_otrs else METHODS[place.kind],
            level=str(ended.attrs.get("level", "")) if ended else "",
            code=ended.code if ended else "",
            cause=job.plan.cause,
            ordered_by="operator" if by_hand else "workflow",
            approved_by=approved or job.decided.get("approved_by", "none"),
            original=("ticket" if born_in_otrs else "mail", number),
            tickets=made,
        )
        job.tools.log.append(connection, job.case, deed, job.now())

    def _number(self, connection: Connection) -> str:
        """People look a ticket up by its number, so that is what the log's reference is made of."""
        known = threads.of_case(connection, self._job.case.id)
        return next(
            (t.number for t in known if str(t.ticket_id) == self._copy.place.uid), self._copy.place.uid
        )
