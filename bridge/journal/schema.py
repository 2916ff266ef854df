"""Tables of the journal: cases, where their originals lie, what was done. No personal data in any column.

What identifies a person or a mail stands here only as a keyed hash (bridge.keys); everything else is a reference
(ticket id, UIDVALIDITY, UID), a label, a count or a time. Times are UTC, kept as ISO strings would be ambiguous
in SQLite, so every time column is a `Utc`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[dt.datetime]):
    """An aware UTC time; SQLite keeps it without its zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


# Spelled out, not bound: only so do both databases see that the index of cases with ids answers the question.
HAS_IDS = text("salt <> ''")
IN_HAND = text("lease_owner IS NOT NULL")
big = BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", metadata, Column("name", String(40), primary_key=True), Column("value", String(200)))

cases = Table(
    "cases",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("ref", String(64), nullable=False, unique=True),  # keyed hash of the request's identity
    Column("salt", String(32), nullable=False),  # of the references in the deletion log
    Column("controller", String(80), nullable=False),
    Column("source", String(10), nullable=False),  # imap, maildir, otrs
    Column("category", String(40)),
    Column("confidence", Float),
    Column("decided_by", String(10)),
    Column("workflow", String(80)),
    Column("workflow_version", Integer),
    Column("plan", JSON),
    Column("joined", big),  # the case that this one is a follow-up of
    Column("state", String(10), nullable=False),  # new, working, waiting, held, parked, done
    Column("code", String(60)),
    Column("sender", String(64)),  # keyed hash
    Column("digest", String(64)),  # keyed hash of the whole original
    Column("size", Integer),
    Column("received", Utc, nullable=False),
    Column("due", Utc),
    Column("created", Utc, nullable=False),
    Column("updated", Utc, nullable=False),
    Column("finished", Utc),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt", Utc),
    Column("lease_owner", String(80)),
    Column("lease_until", Utc),
    Index("ix_cases_state_next", "state", "next_attempt"),
    Index("ix_cases_leased", "lease_owner", sqlite_where=IN_HAND, postgresql_where=IN_HAND),
    # Cases that lost their ids long ago must not be looked through again at every retention round.
    Index("ix_cases_to_forget", "finished", sqlite_where=HAS_IDS, postgresql_where=HAS_IDS),
    Index("ix_cases_sender", "sender"),
)

copies = Table(
    "copies",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("account", String(80), nullable=False),
    Column("folder", String(200), nullable=False),
    Column("uidvalidity", big, nullable=False),
    Column("uid", String(80), nullable=False),
    Column("state", String(10), nullable=False),  # present, moved, erased, lost
    Column("seen", Utc, nullable=False),
    UniqueConstraint("account", "kind", "folder", "uidvalidity", "uid"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("step", String(60), primary_key=True),
    Column("state", String(10), nullable=False),  # sent, done
    Column("at", Utc, nullable=False),
    Column("attrs", JSON, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("instance", String(80), nullable=False),
    Column("ticket_id", big, nullable=False),
    Column("number", String(40), nullable=False, index=True),
    Column("role", String(12), nullable=False),  # original, full, admins, handover, stub, parked
    Column("last_article", big, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False),  # open, closed, erased
    UniqueConstraint("instance", "ticket_id"),
    Index("ix_tickets_role", "instance", "role", "state"),
)

message_refs = Table(
    "message_refs",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
)

folders = Table(
    "folders",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("folder", String(200), primary_key=True),
    Column("uidvalidity", big, nullable=False),
    Column("uidnext", big, nullable=False),
    Column("count", Integer, nullable=False),
    Column("expected", Integer, nullable=False, server_default="0"),  # what we took away since
    Column("seen", Utc, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("instance", String(80), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("number", big),
    Column("at", Utc),
)

brakes = Table(
    "brakes",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("controller", String(80), nullable=False),
    Column("code", String(60), nullable=False),
    Column("place", String(200), nullable=False),
    Column("set", Utc, nullable=False),
    Column("lifted", Utc),
    Column("lifted_by", String(80)),
    Index("ix_brakes_open", "controller", "lifted"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("controller", String(80), nullable=False),
    Column("case_id", big, nullable=False),
    Column("step", String(60), nullable=False),
    Column("run", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("result", String(14)),
    UniqueConstraint("case_id", "step"),
    Index("ix_erasures_at", "controller", "at"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("controller", String(80), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("text", String(60), nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_answers_sender", "controller", "sender", "at"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("controller", String(80), nullable=False),
    Column("kind", String(20), nullable=False),  # workflow, erasure, replay
    Column("subject", String(80), nullable=False),  # digest or case ref, never free text
    Column("role", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("controller", "kind", "subject", "account"),
)

workers = Table(  # programs that share a PostgreSQL journal; times by the database's clock
    "workers",
    metadata,
    Column("name", String(80), primary_key=True),  # as in cases.lease_owner, before the dot
    Column("host", String(60), nullable=False),
    Column("process", Integer, nullable=False),
    Column("threads", Integer, nullable=False),
    Column("started", Utc, nullable=False),
    Column("seen", Utc, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("controller", String(80), nullable=False),
    Column("case_id", big, nullable=False),
    Column("key_id", String(8), nullable=False, index=True),
    Column("hash", String(64), nullable=False),  # keyed; its key expires
    Column("at", Utc, nullable=False),
    UniqueConstraint("hash", "case_id"),
)
