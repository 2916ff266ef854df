"""All tables that share the journal's database: journal, deletion log, web accounts."""

from __future__ import annotations

from sqlalchemy import MetaData

from bridge.deletion_log import tables as log_tables
from bridge.journal import schema

NAMING = schema.metadata.naming_convention


def all_tables() -> MetaData:
    """Return one MetaData with every table, for comparing with what the migrations make."""
    together = MetaData(naming_convention=NAMING)
    for metadata in (schema.metadata, log_tables.metadata):
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together
