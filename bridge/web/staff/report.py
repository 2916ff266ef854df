"""The monthly report: choose a month and a language, get a PDF."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from bridge.deletion_log import reading
from bridge.i18n import language
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.limits import limiter
from bridge.web.login import for_roles
from bridge.web.ports import Controller
from bridge.web.staff.figures import collect

pages = Blueprint("report", __name__)
MONTHS = 24
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@pages.get("/c/<controller>/reports")
@for_roles(Role.DPO)
def choose(controller: Controller) -> Any:
    """Offer months and exports; a choice leads on to the report."""
    wanted, spoken = request.args.get("month", ""), request.args.get("report", "")
    if _MONTH.fullmatch(wanted) and spoken in ("de", "en"):
        return redirect(url_for("report.pdf", controller=controller.name, month=wanted, spoken=spoken))
    now = desk().now().astimezone(controller.tz)
    with desk().journal.read() as connection:
        logs = reading.all_logs(connection, controller.log.base)
    return render_template("staff/reports.html", controller=controller, months=_months(now), logs=logs[::-1])


@pages.get("/c/<controller>/reports/<month>.<any(de, en):spoken>.pdf")
@limiter.limit("20/minute")
@for_roles(Role.DPO)
def pdf(controller: Controller, month: str, spoken: str) -> Any:
    """Give out a month's report."""
    from bridge.web.staff.pdf import monthly_report  # its libraries take 30 MB of memory

    found = _MONTH.fullmatch(month) or abort(404)
    since = dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=controller.tz)
    until = (since + dt.timedelta(days=32)).replace(day=1)
    now = desk().now().astimezone(controller.tz)
    if since > now:
        abort(404)
    with desk().journal.read() as connection:
        figures = collect(connection, controller.name, controller.log.base, since, until)
    with language(spoken):
        content = monthly_report(controller.shown_name, figures, now)
    head = {"Content-Disposition": f'attachment; filename="report-{controller.name}-{month}-{spoken}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=head)


def _months(now: dt.datetime) -> list[dt.date]:
    months, current = [], now.date().replace(day=1)
    for _ in range(MONTHS):
        months.append(current)
        current = (current - dt.timedelta(days=1)).replace(day=1)
    return months
