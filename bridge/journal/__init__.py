"""The journal: cases, receipts, leases, brakes. SQLite by default, PostgreSQL by URL. No personal data."""

from bridge.journal.engine import Journal, JournalError, open_engine

__all__ = ["Journal", "JournalError", "open_engine"]
