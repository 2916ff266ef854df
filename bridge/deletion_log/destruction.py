"""The entry that tells of a destroyed year key."""

from __future__ import annotations

import datetime as dt

from bridge.deletion_log.detail import KeyDestroyed
from bridge.deletion_log.entry import Draft, Residual
from bridge.deletion_log.store import DeletionLog
from bridge.deletion_log.words import Cause, Event, Level, Method, Residue, Result, Role


def draft(log: DeletionLog, key_id: str, result: Result, now: dt.datetime, *, early: bool = False) -> Draft:
    """Word it: PENDING before the key is destroyed, GONE or FAULTY after. `early`: before its period was over."""
    return Draft(
        event=Event.KEY_DESTROYED,
        event_time=now,
        result=result,
        instance=log.instance,
        version=log.version,
        cause=Cause.MANUAL if early else Cause.PERIOD,
        place="log:keys",
        objects=1,
        method=Method.KEY_UNLINK,
        level=Level.ON_DISK if result is Result.GONE else Level.NONE,
        ordered_by=Role.OPERATOR,
        residual=(Residual(Residue.KEY_FOLDER_BACKUP),),
        detail=KeyDestroyed(key_id),
    )
