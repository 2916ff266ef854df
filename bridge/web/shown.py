"""How values are shown to people: times in the controller's zone, words in their language."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from flask import Flask, g, request

from bridge.i18n import current_language
from bridge.i18n import gettext as _
from bridge.web.words import word


def register(app: Flask) -> None:
    """Give the templates these filters and functions."""
    app.jinja_env.filters.update(moment=moment, day=day, word=said, named=word)
    app.jinja_env.globals["same_query"] = same_query


def said(value: object) -> str:
    """Say a listed word; a dash where it says that there is none."""
    return "–" if value == "none" else word(value)


def moment(value: dt.datetime | None) -> str:
    """Show a time, in the zone of the controller whose page it is."""
    if value is None:
        return "–"
    controller = g.get("controller")
    local = value.astimezone(controller.tz if controller else dt.UTC)
    pattern = "%d.%m.%Y, %H:%M" if current_language() == "de" else "%Y-%m-%d %H:%M"
    return local.strftime(pattern)


def day(value: dt.date | None) -> str:
    """Show a date."""
    if value is None:
        return _("not known")
    return value.strftime("%d.%m.%Y" if current_language() == "de" else "%Y-%m-%d")


def same_query(language: str) -> str:
    """Return this page's query with another language."""
    values = {name: value for name, value in request.args.items() if name != "lang"}
    return urlencode({**values, "lang": language})
