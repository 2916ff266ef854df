"""Make the application: pages, who may see them, what every answer carries."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, render_template, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from bridge.errors import BridgeError
from bridge.i18n import current_language, gettext, languages, mark, ngettext
from bridge.web import limits, login, memory, shown
from bridge.web.form import pages as form_pages
from bridge.web.headers import secure
from bridge.web.health import health_pages
from bridge.web.language import Speaking, remember
from bridge.web.ports import Desk
from bridge.web.secrets import Vault, derive
from bridge.web.staff import approvals, dpo, exports, log, lookup, operator, report, review

_log = structlog.get_logger(__name__)

ERRORS = {
    400: mark("That request could not be read. Please go back and try again."),
    403: mark("Your account may not see this page."),
    404: mark("There is no such page."),
    405: mark("That can't be done here."),
    413: mark("That is too much at once. Please send fewer or smaller files."),
    429: mark("That was too often. Please wait a while and try again."),
    503: mark("That is not possible at the moment. Please try again later."),
}
UNFORESEEN = mark("Something went wrong on our side. Please try again later.")


def create_app(desk: Desk, vault: Vault | None = None) -> Flask:
    """Make the pages of all controllers. Nothing is read or connected to before the first request."""
    web = desk.web
    app = Flask("bridge.web", static_folder="static", template_folder="templates")
    app.request_class = memory.InMemoryRequest
    app.extensions["desk"] = desk
    app.extensions["vault"] = vault or Vault(web.secret)
    app.config.update(
        SECRET_KEY=derive(web.secret, "cookies"),
        SESSION_COOKIE_NAME="__Host-bridge" if web.https else "bridge",
        SESSION_COOKIE_SECURE=web.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=memory.SMALL,
        MAX_FORM_MEMORY_SIZE=memory.SMALL,
        MAX_FORM_PARTS=60,
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(form_pages.allow_files)  # before the check against forged forms reads the request
    CSRFProtect(app)
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext)
    limits.limiter.init_app(app)
    login.set_up(app)
    _register(app, desk)
    app.after_request(secure)
    app.after_request(remember)
    app.context_processor(_texts)
    shown.register(app)
    app.register_error_handler(Exception, _failed)
    speaking: Any = Speaking(app.wsgi_app, web.language)
    if web.trusted_proxies:
        hops = web.trusted_proxies
        speaking = ProxyFix(speaking, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = speaking  # type: ignore[method-assign]
    return app


def _register(app: Flask, desk: Desk) -> None:
    app.register_blueprint(health_pages)
    app.register_blueprint(login.pages)
    if desk.web.form:
        app.register_blueprint(form_pages.pages)
    for module in (dpo, log, lookup, review, approvals, exports, report, operator):
        app.register_blueprint(module.pages)


def _texts() -> dict[str, Any]:
    """Give the templates what every page needs."""
    current = login.person()
    return {
        "language": current_language(),
        "languages": [code for code in languages() if code in ("de", "en")],
        "person": current,
        "my_pages": login.pages_of(current) if current else [],
    }


def _failed(error: Exception) -> tuple[Response, int]:
    """Show every failure as a page. What is logged names place and kind only, never what a person sent."""
    status = 500
    if isinstance(error, CSRFError):
        text = gettext("The page was open for too long, or cookies are switched off. Please try again.")
        return _error_page(text, 400)
    if isinstance(error, HTTPException):
        status = error.code or 500
        if status < 400:
            return error.get_response(), status  # type: ignore[return-value]
    elif isinstance(error, BridgeError):
        status = 503
        _log.warning("page failed", endpoint=request.endpoint, code=error.code)
    else:
        _log.error("page failed", endpoint=request.endpoint, kind=type(error).__name__)
    return _error_page(gettext(ERRORS.get(status, UNFORESEEN)), status)


def _error_page(text: str, status: int) -> tuple[Response, int]:
    return Response(render_template("error.html", text=text, status=status)), status
