"""Automatic answers sent: how the cap per sender and the cap for all are kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, insert, select

from bridge.journal.schema import answers


def note(connection: Connection, controller: str, sender: str, text: str, now: dt.datetime) -> None:
    """Count an answer to a sender (keyed hash)."""
    connection.execute(insert(answers).values(controller=controller, sender=sender, text=text, at=now))


def answered(connection: Connection, controller: str, sender: str, since: dt.datetime) -> bool:
    """Tell whether a sender had an automatic answer since then."""
    where = (answers.c.controller == controller, answers.c.sender == sender, answers.c.at > since)
    return connection.execute(select(answers.c.id).where(*where).limit(1)).first() is not None


def count(connection: Connection, controller: str, since: dt.datetime) -> int:
    """Count all automatic answers since then."""
    where = (answers.c.controller == controller, answers.c.at > since)
    return connection.execute(select(func.count()).select_from(answers).where(*where)).scalar_one()
