"""Put what was done to the deletion log into its listed words (bridge.deletion_log.words)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bridge.act.base import Deed
from bridge.deletion_log import references
from bridge.deletion_log.entry import Draft, References, Residual, place_label
from bridge.deletion_log.known import verified_under
from bridge.deletion_log.store import DeletionLog, append, utc_now
from bridge.deletion_log.words import Category, Cause, Event, HoldCode, Level, Method, Residue, Result, Role
from bridge.errors import BridgeError
from bridge.journal.cases import Case

RESULTS = {
    "intended": Result.PENDING,
    "executed": Result.OK,
    "verified": Result.GONE,
    "failed": Result.READABLE,
    "unverifiable": Result.UNKNOWN,
    "hold": Result.PENDING,
    "released": Result.NONE,
    "override": Result.NONE,
}
HOLDS = {
    "erase-off": HoldCode.ERASING_OFF,
    "merged": HoldCode.MERGED,
    "changed-since-hand-over": HoldCode.CHANGED_SINCE_READ,
    "hand-over-changed": HoldCode.HAND_OVER_DIFFERS,
    "hand-over-hidden": HoldCode.HAND_OVER_DIFFERS,
    "uidvalidity-changed": HoldCode.RESTORE_SUSPECTED,
    "uidnext-fell": HoldCode.RESTORE_SUSPECTED,
    "otrs-restored": HoldCode.RESTORE_SUSPECTED,
    "original-back": HoldCode.RESTORE_SUSPECTED,
    "place-reused": HoldCode.RESTORE_SUSPECTED,
    "journal-restored": HoldCode.RESTORE_SUSPECTED,
    "erased-before": HoldCode.RESTORE_SUSPECTED,
    "source-empty": HoldCode.BRAKE,
    "search-not-filtered": HoldCode.BRAKE,
    "limit-per-run": HoldCode.BRAKE,
    "limit-per-hour": HoldCode.BRAKE,
}
MAIL_RESIDUE = (Residue.UNLISTED_FOLDERS, Residue.MAIL_PROVIDER_BIN, Residue.SENDER_COPY)
TICKET_RESIDUE = (Residue.NOTIFICATION_MAILS, Residue.SPLIT_OR_FORWARDED, Residue.COMMUNICATION_LOG)


@dataclass(frozen=True, slots=True)
class LogWriter:
    """Write entries for one controller. `year_key` gives id and key of a year; backups age out after so many days."""

    log: DeletionLog
    year_key: Callable[[int], tuple[str, bytes]]
    mail_backup_days: int = 30
    otrs_backup_days: int = 30
    clock: Callable[[], dt.datetime] = utc_now

    def append(self, connection: Connection, case: Case, deed: Deed, now: dt.datetime) -> None:
        """Append the entry of one step of a case's erasure, in the transaction of its receipt."""
        draft = self._draft(
            deed,
            now,
            references=self._references(case, deed),
            workflow=case.workflow or "",
            workflow_version=str(case.workflow_version or ""),
            category=Category(case.category) if case.category else Category.NONE,
        )
        append(connection, self.log, draft, self.clock)

    def append_run(self, connection: Connection, deed: Deed, now: dt.datetime) -> None:
        """Append the entry of a regular deletion run, which belongs to no case."""
        append(connection, self.log, self._draft(deed, now), self.clock)

    def erased_under(
        self, connection: Connection, salts: Sequence[str], kind: str, number: str
    ) -> str | None:
        """Return the salt under which the log says that this original is erased, verified; else None."""
        meant = references.Kind(kind)
        return verified_under(connection, self.log.base, salts, meant, number, self._secret)

    def _secret(self, key_id: str) -> bytes | None:
        """Give a year key by its id, which begins with the year; None when it was destroyed or is another host's."""
        try:
            found, secret = self.year_key(int(key_id[:4]))
        except (BridgeError, ValueError):
            return None
        return secret if found == key_id else None

    def _draft(
        self,
        deed: Deed,
        now: dt.datetime,
        *,
        references: References | None = None,
        workflow: str = "",
        workflow_version: str = "",
        category: Category = Category.NONE,
    ) -> Draft:
        event = Event(deed.event)
        return Draft(
            event=event,
            event_time=now,
            result=RESULTS[deed.event],
            instance=self.log.instance,
            version=self.log.version,
            cause=CAUSES[deed.cause],
            workflow=workflow,
            workflow_version=workflow_version,
            category=category,
            place=place_label(*deed.place),
            references=references or References(),
            objects=deed.objects,
            method=Method(deed.method),
            level=Level(deed.level) if deed.level else Level.NONE,
            ordered_by=Role(deed.ordered_by),
            approved_by=Role(deed.approved_by),
            residual=self._residual(deed.place[0], now) if event is Event.VERIFIED else (),
            hold=HOLDS.get(deed.code, HoldCode.OPEN_QUESTION) if event is Event.HOLD else HoldCode.NONE,
        )

    def _references(self, case: Case, deed: Deed) -> References:
        # The case's own year, so that what was announced in December matches its result in January.
        key_id, year_key = self.year_key(case.created.year)
        key = references.case_key(year_key, case.salt)
        ticket = references.Kind.TICKET
        hashed = {role: references.reference(key, ticket, number) for role, number in deed.tickets.items()}
        if deed.original:
            kind, number = deed.original
            hashed["original"] = references.reference(key, references.Kind(kind), number)
        return References(key_id=key_id, case_salt=case.salt, **hashed)

    def _residual(self, kind: str, now: dt.datetime) -> tuple[Residual, ...]:
        places = TICKET_RESIDUE if kind == "otrs" else MAIL_RESIDUE
        days = self.otrs_backup_days if kind == "otrs" else self.mail_backup_days
        backup = Residue.OTRS_BACKUP if kind == "otrs" else Residue.MAILBOX_BACKUP
        left = [Residual(place) for place in places]
        if days:
            left.append(Residual(backup, (now + dt.timedelta(days=days)).date()))
        return tuple(left)


CAUSES = {
    "workflow": Cause.WORKFLOW,
    "request Art. 17": Cause.ARTICLE_17,
    "period": Cause.PERIOD,
    "manual": Cause.MANUAL,
}
