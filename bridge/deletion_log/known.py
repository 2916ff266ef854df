"""What the log says of one request, found by its salt. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, select

from bridge.deletion_log.entry import Entry
from bridge.deletion_log.references import Kind, case_key, reference
from bridge.deletion_log.tables import entries, logs
from bridge.deletion_log.words import Event, Method

MAIL_METHODS = frozenset({Method.IMAP_EXPUNGE, Method.MAILDIR_UNLINK})


def verified_under(
    connection: Connection,
    base: str,
    salts: Sequence[str],
    kind: Kind,
    number: str,
    secret: Callable[[str], bytes | None],
) -> str | None:
    """Return the salt under which the log says that this original is erased, verified; None when it says no such thing.

    A ticket's number must be the one that the entry means; a mail is the one that its salt was derived from, wherever
    it lies now. `secret` gives a year key's secret by its id.
    """
    for entry in _verified(connection, base, salts):
        made_with = secret(entry.references.key_id)
        if kind is Kind.MAIL and entry.method in MAIL_METHODS:
            return entry.references.case_salt
        if kind is Kind.TICKET and entry.method is Method.OTRS_ERASING_JOB and made_with is not None:
            key = case_key(made_with, entry.references.case_salt)
            if reference(key, Kind.TICKET, number) == entry.references.original:
                return entry.references.case_salt
    return None


def _verified(connection: Connection, base: str, salts: Sequence[str]) -> Iterator[Entry]:
    query = (
        select(entries.c.body)
        .join(logs, logs.c.id == entries.c.log_id)
        .where(logs.c.base == base, entries.c.case_salt.in_(salts), entries.c.event == Event.VERIFIED.value)
        .order_by(entries.c.log_id, entries.c.position)
    )
    for body in list(connection.execute(query).scalars()):
        entry = Entry.from_json(body) if body is not None else None
        # The columns only serve searching; what counts is the entry.
        if entry is not None and entry.event is Event.VERIFIED and entry.references.case_salt in salts:
            yield entry
