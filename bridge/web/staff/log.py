"""The deletion log: a list with filters, and single entries with what can be shown about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Connection, select
from werkzeug.datastructures import MultiDict

from bridge.deletion_log import reading
from bridge.deletion_log.detail import write_detail
from bridge.deletion_log.patterns import EntryError
from bridge.deletion_log.reading import LogState, Row
from bridge.deletion_log.tables import entries
from bridge.deletion_log.words import Category, Event, Level
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.login import for_roles
from bridge.web.ports import Controller
from bridge.web.staff.proof_state import prove_row

pages = Blueprint("log", __name__)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; listed words and dates only, anything else is ignored."""

    event: str = ""
    category: str = ""
    level: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> Filters:
        """Read the query."""
        return cls(
            _listed(values.get("event"), Event),
            _listed(values.get("category"), Category),
            _listed(values.get("level"), Level),
            _date(values.get("since")),
            _date(values.get("until")),
        )

    def query(self) -> dict[str, str]:
        """Write them as a query again."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: str(value) for name, value in plain.items() if value}


@pages.get("/c/<controller>/log")
@for_roles(Role.DPO)
def listing(controller: Controller) -> Any:
    """List the entries of a year, the newest first."""
    filters = Filters.read(request.args)
    with desk().journal.read() as connection:
        logs = reading.all_logs(connection, controller.log.base)
        year = request.args.get("year", type=int)
        state = next((one for one in logs if one.year == year), logs[-1] if logs else None)
        before = request.args.get("before", type=int)
        found = _rows(connection, state, filters, before) if state else []
    return render_template(
        "staff/log.html",
        controller=controller,
        logs=logs,
        state=state,
        rows=[_shown(row) for row in found[:PAGE]],
        more=found[PAGE - 1].index if len(found) > PAGE else None,
        paged=before is not None,
        filters=filters,
        events=list(Event),
        categories=list(Category),
        levels=list(Level),
    )


@pages.get("/c/<controller>/log/<int:year>/<int:index>")
@for_roles(Role.DPO)
def entry(controller: Controller, year: int, index: int) -> Any:
    """Show one entry, its proof state, and the other entries of the same case."""
    with desk().journal.read() as connection:
        state = reading.find(connection, f"{controller.log.base}/{year}")
        row = reading.row(connection, state, index) if state and index < state.size else None
        if state is None or row is None:
            abort(404)
        proof = prove_row(connection, state, row, controller.log_key)
        shown = _shown(row)
        related = _related(connection, state, shown["entry"], index)
    return render_template(
        "staff/entry.html", controller=controller, state=state, proof=proof, related=related, **shown
    )


def _rows(connection: Connection, state: LogState, filters: Filters, before: int | None) -> list[Row]:
    query = select(entries.c.position, entries.c.leaf, entries.c.body).where(entries.c.log_id == state.id)
    for column, value in (
        (entries.c.event, filters.event),
        (entries.c.category, filters.category),
        (entries.c.level, filters.level),
    ):
        if value:
            query = query.where(column == value)
    if filters.since:
        query = query.where(entries.c.write_time >= filters.since.isoformat())
    if filters.until:
        query = query.where(entries.c.write_time < (filters.until + dt.timedelta(days=1)).isoformat())
    if before is not None:
        query = query.where(entries.c.position < before)
    found = connection.execute(query.order_by(entries.c.position.desc()).limit(PAGE + 1))
    return [Row(one.position, one.leaf, one.body) for one in found]


def _shown(row: Row) -> dict[str, Any]:
    """Read an entry for showing; one that can't be read is shown as what it is: damaged."""
    try:
        read, broken = row.entry, False
    except EntryError:
        read, broken = None, True
    detail = write_detail(read.detail) if read else None
    return {"index": row.index, "entry": read, "broken": broken, "detail": detail, "body": row.body}


def _related(connection: Connection, state: LogState, read: Any, index: int) -> list[dict[str, Any]]:
    if read is None or not read.references.case_salt:
        return []
    query = (
        select(entries.c.position, entries.c.leaf, entries.c.body)
        .where(entries.c.log_id == state.id, entries.c.case_salt == read.references.case_salt)
        .order_by(entries.c.position)
        .limit(100)
    )
    rows = [Row(one.position, one.leaf, one.body) for one in connection.execute(query)]
    return [_shown(row) for row in rows if row.index != index]


def _listed(value: str | None, kind: type[Event] | type[Category] | type[Level]) -> str:
    return value if value in [one.value for one in kind] else ""


def _date(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        return None
