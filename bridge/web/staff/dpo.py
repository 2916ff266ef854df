"""The DPO's overview: what came in, what was erased and how surely, what is open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template

from bridge.deletion_log.words import Category
from bridge.i18n import gettext as _
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.login import for_roles
from bridge.web.ports import Controller
from bridge.web.staff.figures import CLOSING, Figures, collect
from bridge.web.staff.plots import Column, columns, swatch
from bridge.web.words import word

pages = Blueprint("dpo", __name__)
WEEKS = 26
LEVELS = ("by-control", "in-database", "in-mailbox", "on-disk", "none")


@pages.get("/c/<controller>/overview")
@for_roles(Role.DPO)
def overview(controller: Controller) -> Any:
    """Show the last half year, and what is open now."""
    now = desk().now().astimezone(controller.tz)
    monday = (now - dt.timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    since = monday - dt.timedelta(weeks=WEEKS - 1)
    with desk().journal.read() as connection:
        figures = collect(connection, controller.name, controller.log.base, since, now)
    categories = [one.value for one in Category]
    weeks = _weeks(figures, WEEKS)
    levels = _levels(figures)
    return render_template(
        "staff/overview.html",
        controller=controller,
        figures=figures,
        now=now,
        weeks=weeks,
        levels=levels,
        categories=[key for key in categories if any(column.parts.get(key) for column in weeks)],
        results=CLOSING,
        requests_plot=columns(_("Requests by category and week"), weeks, categories),
        erased_plot=columns(_("Erasures by level of proof"), levels, CLOSING),
        swatch=swatch,
    )


def _weeks(figures: Figures, number: int) -> list[Column]:
    first = figures.since.date()
    starts = [first + dt.timedelta(weeks=week) for week in range(number)]
    return [
        Column(
            start.strftime("%d.%m."),
            {category: count for (week, category), count in figures.requests.items() if week == start},
        )
        for start in starts
    ]


def _levels(figures: Figures) -> list[Column]:
    shown = []
    for level in LEVELS:
        parts = {event: count for (event, of), count in figures.erased.items() if (of or "none") == level}
        if parts or level != "none":
            shown.append(Column(word(level), parts))
    return shown
