"""What belongs to the application that serves the request in hand."""

from __future__ import annotations

from flask import abort, current_app

from bridge.web.ports import Controller, Desk, WebSettings
from bridge.web.secrets import Vault


def desk() -> Desk:
    """Return the desk of this application."""
    found: Desk = current_app.extensions["desk"]
    return found


def vault() -> Vault:
    """Return what checks passwords."""
    found: Vault = current_app.extensions["vault"]
    return found


def web_settings() -> WebSettings:
    """Return how the pages are reached."""
    return desk().web


def controller_named(name: str) -> Controller:
    """Find a controller by its name, or end the request with 404."""
    found = next((one for one in desk().controllers if one.name == name), None)
    return found or abort(404)
