"""Look up a ticket number: it is hashed on the spot against every case of the log, and stored nowhere."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import Connection

from bridge.deletion_log import reading
from bridge.deletion_log.lookup import Hit, look_up, prove
from bridge.deletion_log.reading import LogState
from bridge.deletion_log.references import Kind, reference
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.limits import limiter
from bridge.web.login import for_roles
from bridge.web.ports import Controller

pages = Blueprint("lookup", __name__)
_NUMBER = re.compile(r"[0-9A-Za-z./_-]{1,40}")


@pages.get("/c/<controller>/lookup")
@for_roles(Role.DPO)
def ask(controller: Controller) -> Any:
    """Ask for the number. It is posted, so that it stands in no address and no access log."""
    return _page(controller, "", None)


@pages.post("/c/<controller>/lookup")
@limiter.limit("20/minute")
@for_roles(Role.DPO)
def answer(controller: Controller) -> Any:
    """Show the entries about a number."""
    number = _number()
    if number is None:
        return _page(controller, "", None, wrong=True), 422
    with desk().journal.read() as connection:
        found = [
            (state, hit)
            for state in reading.all_logs(connection, controller.log.base)
            for hit in _hits(connection, controller, state, number)
        ]
        blind = [
            state.year
            for state in reading.all_logs(connection, controller.log.base)
            if controller.year_secret(state.year) is None
        ]
    return _page(controller, number, found, blind=blind)


@pages.post("/c/<controller>/lookup/<int:year>/<int:index>.tlog-proof")
@limiter.limit("20/minute")
@for_roles(Role.DPO)
def proof(controller: Controller, year: int, index: int) -> Any:
    """Give out the proof that one entry means this number; it reveals the key of this one case."""
    number = _number() or abort(404)
    with desk().journal.read() as connection:
        state = reading.find(connection, f"{controller.log.base}/{year}") or abort(404)
        hits = {hit.index: hit for hit in _hits(connection, controller, state, number)}
        notes = reading.notes(connection, state)
        covering = [note for size, note in notes.items() if size > index]
        if index not in hits or not covering:
            abort(404)
        text = prove(connection, state, hits[index], covering[-1])
    head = {"Content-Disposition": f'attachment; filename="{year}-{index}.tlog-proof"'}
    return Response(text, mimetype="text/plain", headers=head)


def _hits(connection: Connection, controller: Controller, state: LogState, number: str) -> list[Hit]:
    return list(look_up(connection, state, Kind.TICKET, number, controller.year_secret))


def _number() -> str | None:
    number = request.form.get("number", "").strip().removeprefix("#")
    return number if _NUMBER.fullmatch(number) else None


def _page(
    controller: Controller,
    number: str,
    found: list[tuple[LogState, Hit]] | None,
    *,
    wrong: bool = False,
    blind: list[int] | None = None,
) -> str:
    return render_template(
        "staff/lookup.html",
        controller=controller,
        number=number,
        found=found,
        wrong=wrong,
        blind=blind or [],
        role_of=_role_of,
    )


def _role_of(hit: Hit) -> str:
    """Tell which of the case's tickets the number is: the original, the stub or the hand-over."""
    expected = reference(hit.meant.case_key, hit.meant.kind, hit.meant.number)
    known = hit.entry.references
    return next((name for name in ("original", "stub", "handover") if getattr(known, name) == expected), "")
