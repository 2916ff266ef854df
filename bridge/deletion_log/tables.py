"""The tables of the deletion log. They lie in the journal's database; its migrations create them from `metadata`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

logs = Table(
    "deletion_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", String(200), nullable=False, unique=True),
    Column("base", String(200), nullable=False),
    Column("year", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    UniqueConstraint("base", "year", name="uq_deletion_log_base_year"),
)
"""One row a log. `base` is its origin without the year; `size` the number of entries, changed under lock only."""

entries = Table(
    "deletion_log_entry",
    metadata,
    Column("log_id", ForeignKey("deletion_log.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("body", LargeBinary),
    Column("event", String(20)),
    Column("category", String(20)),
    Column("level", String(20)),
    Column("write_time", String(24)),
    Column("case_salt", String(32)),
    Column("reference", String(64)),
    Index("ix_deletion_log_entry_case", "log_id", "case_salt"),
)
"""One row an entry. `body` is the canonical JSON; the columns after it only serve searching and are never trusted.

When the contents expire, everything but position and leaf is NULL.
"""

nodes = Table(
    "deletion_log_node",
    metadata,
    Column("log_id", ForeignKey("deletion_log.id"), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)
"""One row a complete subtree; `position` is index * 64 + level (RFC 9162 nodes, see `tree`)."""

checkpoints = Table(
    "deletion_log_checkpoint",
    metadata,
    Column("log_id", ForeignKey("deletion_log.id"), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("made", String(24), nullable=False),
    Column("left", String(24)),
    Column("token", LargeBinary),
)
"""Signed checkpoints; `left` is when one left the operator's reach, `token` an RFC 3161 time-stamp token."""
