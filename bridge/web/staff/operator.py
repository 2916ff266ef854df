"""The operator's pages: cases that need a person, brakes, rounds, workers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, func, select

from bridge.i18n import gettext as _
from bridge.journal import approvals, brakes
from bridge.journal import cases as journal_cases
from bridge.journal.approvals import ORDERING, Approval
from bridge.journal.schema import cases as case_table
from bridge.journal.schema import folders as folder_table
from bridge.journal.schema import workers as worker_table
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.login import for_roles, person
from bridge.web.ports import Controller
from bridge.web.words import reason

pages = Blueprint("operator", __name__)
STATES = ("parked", "held", "waiting", "working", "new")
VERBS = {
    "parked": ("retry",),
    "waiting": ("retry", "hold"),
    "held": ("release",),
    "new": ("hold",),
    "working": ("hold",),
    "done": (),
}
MOST = 500


@pages.get("/c/<controller>/cases")
@for_roles(Role.OPERATOR)
def cases(controller: Controller) -> Any:
    """List the cases that are not finished, those that need a person first."""
    wanted = request.args.get("state", "")
    states = (wanted,) if wanted in STATES else STATES
    with desk().journal.read() as connection:
        found = journal_cases.listing(connection, states=states, controller=controller.name, limit=MOST)
    found.sort(key=lambda case: STATES.index(case.state))
    return render_template(
        "staff/cases.html",
        controller=controller,
        cases=found,
        states=STATES,
        wanted=wanted,
        verbs=VERBS,
        reason=reason,
        most=MOST,
    )


@pages.get("/c/<controller>/cases/<int:case_id>")
@for_roles(Role.OPERATOR)
def case(controller: Controller, case_id: int) -> Any:
    """Show one case with its steps, tickets and places."""
    found = _case(controller, case_id)
    ordered = controller.by_hand and _ordered(controller, case_id)
    return render_template(
        "staff/case.html", controller=controller, case=found, verbs=VERBS, reason=reason, ordered=ordered
    )


@pages.post("/c/<controller>/cases/<int:case_id>/<any(retry, hold, release):verb>")
@for_roles(Role.OPERATOR)
def ask(controller: Controller, case_id: int, verb: str) -> Any:
    """Retry, hold or release a case."""
    _case(controller, case_id)
    state = desk().ask(case_id, verb)
    if state is None:
        flash(_("The case's state does not allow that any more."), "warn")
    else:
        flash(_("Case {number}: done.").format(number=case_id), "good")
    return redirect(url_for("operator.case", controller=controller.name, case_id=case_id), 303)


@pages.post("/c/<controller>/cases/<int:case_id>/order")
@for_roles(Role.OPERATOR)
def order(controller: Controller, case_id: int) -> Any:
    """Order an erasure by hand; another person has to approve it."""
    if not controller.by_hand:
        abort(404)
    _case(controller, case_id)
    account = person() or abort(403)
    with desk().journal.write() as connection:
        found = journal_cases.by_id(connection, case_id) or abort(404)
        approval = Approval("erasure", found.ref, ORDERING, str(account.id), desk().now())
        approvals.give(connection, controller.name, approval)
    flash(_("Ordered. Another person has to approve it now."), "good")
    return redirect(url_for("operator.case", controller=controller.name, case_id=case_id), 303)


@pages.get("/c/<controller>/state")
@for_roles(Role.OPERATOR)
def state(controller: Controller) -> Any:
    """Show brakes, rounds, workers, folders last looked at, and cases in hand."""
    now = desk().now()
    with desk().journal.read() as connection:
        on = brakes.pulled(connection, controller.name)
        folders = _folders(connection, controller)
        in_hand = _in_hand(connection, controller)
        workers = list(connection.execute(select(worker_table).order_by(worker_table.c.name)))
    return render_template(
        "staff/state.html",
        controller=controller,
        brakes=on,
        rounds=controller.rounds(),
        folders=folders,
        in_hand=in_hand,
        workers=workers,
        erase_on=controller.erase_on(),
        reason=reason,
        now=now,
    )


@pages.post("/c/<controller>/brakes/<int:brake_id>/lift")
@for_roles(Role.OPERATOR)
def lift(controller: Controller, brake_id: int) -> Any:
    """Lift a brake of this controller."""
    with desk().journal.read() as connection:
        mine = any(one.id == brake_id for one in brakes.pulled(connection, controller.name))
    if not mine:
        abort(404)
    lifted = desk().lift(brake_id)
    flash(_("Lifted.") if lifted else _("That brake is not on."), "good" if lifted else "warn")
    return redirect(url_for("operator.state", controller=controller.name), 303)


def _case(controller: Controller, case_id: int) -> dict[str, Any]:
    found = desk().case(case_id)
    if found is None or found["controller"] != controller.name:
        abort(404)
    return found


def _ordered(controller: Controller, case_id: int) -> bool:
    with desk().journal.read() as connection:
        found = journal_cases.by_id(connection, case_id)
        return bool(found and approvals.given(connection, controller.name, "erasure", found.ref))


def _folders(connection: Connection, controller: Controller) -> list[Any]:
    query = select(folder_table.c.folder, folder_table.c.count, folder_table.c.seen)
    return list(connection.execute(query.where(folder_table.c.account == controller.name)))


def _in_hand(connection: Connection, controller: Controller) -> int:
    query = select(func.count()).where(
        case_table.c.controller == controller.name, case_table.c.lease_until > desk().now()
    )
    return int(connection.execute(query).scalar_one())
