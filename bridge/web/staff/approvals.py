"""Second approvals: workflow versions that erase, and erasures by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, select

from bridge.deletion_log.detail import Override, OverrideOf
from bridge.deletion_log.entry import Draft
from bridge.deletion_log.store import append
from bridge.deletion_log.words import Category, Cause, Event, Result
from bridge.deletion_log.words import Role as LogRole
from bridge.i18n import gettext as _
from bridge.journal import approvals
from bridge.journal.approvals import ORDERING, Approval
from bridge.journal.schema import cases
from bridge.web.accounts import Account, Role
from bridge.web.here import desk
from bridge.web.login import for_roles, person
from bridge.web.ports import Controller
from bridge.workflow.model import Workflow

pages = Blueprint("approvals", __name__)
LOG_ROLES = {Role.DPO: LogRole.DPO, Role.APPROVER: LogRole.SECOND_APPROVER}


@dataclass(frozen=True, slots=True)
class Order:
    """An erasure by hand that somebody ordered; `subject` is the case's keyed reference."""

    case_id: int
    category: str | None
    subject: str
    orders: tuple[Approval, ...]
    approvals: tuple[Approval, ...]


@pages.get("/c/<controller>/approvals")
@for_roles(Role.DPO, Role.APPROVER)
def listing(controller: Controller) -> Any:
    """Show what needs an approval, and what has one."""
    workflows = [one for one in controller.workflows() if one.erases]
    with desk().journal.read() as connection:
        given = approvals.given(connection, controller.name, "workflow")
        orders = _orders(connection, controller)
    by_digest = {one.digest: [a for a in given if a.subject == one.digest] for one in workflows}
    return render_template(
        "staff/approvals.html",
        controller=controller,
        workflows=workflows,
        given=by_digest,
        orders=orders,
        me=_number(person()),
    )


@pages.post("/c/<controller>/approvals/workflow")
@for_roles(Role.DPO, Role.APPROVER)
def workflow(controller: Controller) -> Any:
    """Approve a workflow version by its digest; the approval becomes an entry of the log."""
    digest = request.form.get("digest", "")
    found = next((one for one in controller.workflows() if one.digest == digest and one.erases), None)
    if found is None:
        flash(_("This version is no longer in force. Nothing was approved."), "warn")
        return _back(controller)
    draft = _draft(controller, OverrideOf.WORKFLOW_APPROVAL, found)
    return _approve(controller, "workflow", digest, draft)


@pages.post("/c/<controller>/approvals/erasure")
@for_roles(Role.DPO, Role.APPROVER)
def erasure(controller: Controller) -> Any:
    """Approve an erasure by hand that another person has ordered."""
    subject = request.form.get("subject", "")
    with desk().journal.read() as connection:
        order = next((one for one in _orders(connection, controller) if one.subject == subject), None)
    if order is None:
        abort(404)
    if any(one.account == _number(person()) for one in order.orders):
        abort(403)
    draft = _draft(controller, OverrideOf.MANUAL_ERASURE, category=order.category)
    return _approve(controller, "erasure", subject, draft)


def _approve(controller: Controller, kind: str, subject: str, draft: Draft) -> Any:
    account = person() or abort(403)
    approval = Approval(kind, subject, account.role.value, _number(account), desk().now())
    with desk().journal.write() as connection:
        new = approvals.give(connection, controller.name, approval)
        if new:
            append(connection, controller.log, draft, desk().now)
    flash(_("Approved.") if new else _("You had approved this already."), "good")
    return _back(controller)


def _draft(
    controller: Controller,
    of: OverrideOf,
    approved: Workflow | None = None,
    *,
    category: str | None = None,
) -> Draft:
    account = person() or abort(403)
    return Draft(
        event=Event.OVERRIDE,
        event_time=desk().now(),
        result=Result.NONE,
        instance=controller.log.instance,
        version=controller.log.version,
        cause=Cause.MANUAL,
        workflow=approved.name if approved else "",
        workflow_version=f"{approved.version}+{approved.digest[:16]}" if approved else "",
        category=Category(category) if category else Category.NONE,
        ordered_by=LogRole.OPERATOR,
        approved_by=LOG_ROLES[account.role],
        detail=Override(of),
    )


def _orders(connection: Connection, controller: Controller) -> list[Order]:
    by_subject: dict[str, list[Approval]] = {}
    for one in approvals.given(connection, controller.name, "erasure"):
        by_subject.setdefault(one.subject, []).append(one)
    query = select(cases.c.id, cases.c.category, cases.c.ref).where(
        cases.c.controller == controller.name, cases.c.ref.in_(by_subject)
    )
    return [
        Order(
            row.id,
            row.category,
            row.ref,
            tuple(one for one in by_subject[row.ref] if one.role == ORDERING),
            tuple(one for one in by_subject[row.ref] if one.role != ORDERING),
        )
        for row in connection.execute(query.order_by(cases.c.id))
    ]


def _number(account: Account | None) -> str:
    return str(account.id) if account else ""


def _back(controller: Controller) -> Any:
    return redirect(url_for("approvals.listing", controller=controller.name), 303)
