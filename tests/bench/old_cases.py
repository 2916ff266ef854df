"""Fill a journal with old, finished cases by bulk insert: what a bridge has after years."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, text

from bridge.journal import Journal

# One statement a table, the same for both databases but for these expressions.
_HASH = {"sqlite": "lower(hex(randomblob(32)))", "postgresql": "md5(random()::text) || md5(i::text)"}
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) "
_CASES = """
INSERT INTO cases (ref, salt, controller, source, category, workflow, workflow_version, plan, state, sender, digest,
                   size, received, created, updated, finished, attempts)
SELECT {hash}, 'aa', :controller, 'mail', 'data-protection', 'data-protection', 1, '{{"steps": []}}', 'done', {hash},
       {hash}, 4000, :then, :then, :then, :then, 0 FROM n
"""
_COPIES = """
INSERT INTO copies (case_id, kind, account, folder, uidvalidity, uid, state, seen)
SELECT {first} + i, :kind, :controller, 'INBOX', 1, CAST(i AS VARCHAR), 'erased', :then FROM n
"""
_TICKETS = """
INSERT INTO tickets (case_id, instance, ticket_id, number, role, state)
SELECT {first} + i, :controller, -i, CAST(i AS VARCHAR), 'handover', 'open' FROM n
"""
_RECEIPTS = """
INSERT INTO receipts (case_id, step, state, at, attrs)
SELECT {first} + i, '{step}', 'done', :then, '{{}}' FROM n
"""
_MESSAGES = "INSERT INTO message_refs (hash, case_id) SELECT {hash}, {first} + i FROM n"


def fill(journal: Journal, number: int, controller: str, then: dt.datetime) -> None:
    """Add `number` finished cases, each with a copy, a ticket, a Message-ID and three receipts."""
    kinds = {"controller": controller, "then": then.replace(tzinfo=None), "kind": "maildir"}
    with journal.write() as connection:
        first = connection.execute(text("SELECT coalesce(max(id), 0) FROM cases")).scalar_one()
        statements = [_CASES, _COPIES, _TICKETS, _MESSAGES]
        statements += [_RECEIPTS.replace("{step}", step) for step in ("handover", "stub", "erase-1-result")]
        for statement in statements:
            _insert(connection, statement, number, first, kinds)
    with journal.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _insert(
    connection: Connection, statement: str, number: int, first: int, values: dict[str, object]
) -> None:
    hashed = _HASH[connection.dialect.name]
    sql = (_NUMBERS + statement).format(number=number, hash=hashed, first=first)
    connection.execute(text(sql), {k: v for k, v in values.items() if f":{k}" in sql})
