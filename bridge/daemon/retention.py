"""Regular deletion runs: mail in `done` and `filed` after its period, and the ids of finished cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import structlog

from bridge.act.base import Deed, Tools
from bridge.journal import cases, fingerprints
from bridge.message.model import Place
from bridge.sources.base import Mailbox, NoFolder

_log = structlog.get_logger(__name__)


def retention_run(tools: Tools, days: Mapping[str, int]) -> int:
    """Expunge what is older than its folder's period; returns the number of mails.

    One deletion-log entry before and one after for each folder, with the cause "period": routine deletion is kept
    apart from requests under Art. 17 and stands under no brake but `erase: off`.
    """
    if tools.mailbox is None or not tools.erase_on():
        return 0
    return sum(_expire(tools, tools.mailbox, folder, period) for folder, period in days.items())


def _expire(tools: Tools, mailbox: Mailbox, folder: str, days: int) -> int:
    cutoff = tools.clock() - dt.timedelta(days=days)
    try:
        old = mailbox.older_than(tools.names.folders[folder], cutoff)
    except NoFolder:  # a restored mailbox may lack it; the next mail that goes there makes it
        return 0
    if not old:
        return 0
    _log_run(tools, mailbox, "intended", folder, len(old))
    for place in old:
        mailbox.expunge(place)
    left = _left(mailbox, old)
    _log_run(tools, mailbox, "failed" if left else "verified", folder, len(old) - left)
    _log.info("retention", folder=folder, expunged=len(old) - left, left=left)
    return len(old) - left


def _left(mailbox: Mailbox, places: list[Place]) -> int:
    return sum(mailbox.exists(place) for place in places)


def _log_run(tools: Tools, mailbox: Mailbox, event: str, folder: str, number: int) -> None:
    deed = Deed(
        event=event,
        place=("mailbox", mailbox.account, tools.names.folders[folder]),
        method="maildir-unlink" if tools.maildir else "imap-expunge",
        level="in-mailbox" if event == "verified" else "",
        cause="period",
        objects=number,
    )
    with tools.journal.write() as connection:
        tools.log.append_run(connection, deed, tools.clock())


def forget(tools: Tools, days: int) -> int:
    """Take the ids from cases that were finished `days` ago (invariant 1)."""
    now = tools.clock()
    with tools.journal.write() as connection:
        return cases.forget_finished(connection, now - dt.timedelta(days=days), now)


def expire_people(tools: Tools) -> int:
    """Destroy the keys of fingerprints whose time is over, then what was made with them; returns the number of keys.

    Rows left over by a crash in between mean nothing any more; a key that is destroyed is not destroyed twice.
    """
    if tools.people is None:
        return 0
    over = tools.people.expire(tools.clock())
    if over:
        with tools.journal.write() as connection:
            fingerprints.forget_keys(connection, over)
    return len(over)
