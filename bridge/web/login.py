"""Log in and out: name, password and one-time code; who may see which page.

A session lives in the database and the cookie holds its token, a new one at each log-in, so that none can be planted
and each can be ended. At the first log-in a person sets a password and one-time codes of his own: whoever made the
account knows neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.i18n import mark
from bridge.web import accounts
from bridge.web.accounts import ALL, Account, Credentials, Role
from bridge.web.enrol import enrolled, new_secret, show_enrolment
from bridge.web.here import controller_named, desk, vault, web_settings
from bridge.web.limits import limiter
from bridge.web.ports import Controller
from bridge.web.secrets import code_step, new_token, token_hash

_log = structlog.get_logger(__name__)

pages = Blueprint("login", __name__)
TRIES = 8
"""Failed log-ins after which an account is locked."""
LOCKED = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=12)
"""How long a session may last at all."""
REFUSED = mark(
    "Name, password or code is wrong, or there were too many tries. After too many tries, wait a quarter of an hour."
)
Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]
    """Whoever is logged in."""

    account: Account
    token: str

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token


def set_up(app: Flask) -> None:
    """Connect log-ins with the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # it would tie people to one network address; the token is what counts
    manager.user_loader(_load)


def person() -> Account | None:
    """Return who is logged in with a password and codes of his own, None for nobody."""
    account = current_user.account if current_user.is_authenticated else None
    return account if account and account.ready else None


def for_roles(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let only these roles of the controller in the path see a page; the view gets the controller itself."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(controller: str, **values: Any) -> Any:
            account = person()
            if account is None:
                return abort(503) if g.get("unreadable") else _ask_to_log_in()
            found = controller_named(controller)
            if not account.may(found.name, frozenset(roles)):
                abort(403)
            g.controller = found
            return view(found, **values)

        return guarded

    return decorate


def pages_of(account: Account) -> list[tuple[Controller, list[tuple[str, str]]]]:
    """List the pages that an account may see: by controller, endpoint and name."""
    shown = {
        Role.DPO: [
            ("dpo.overview", _("Overview")),
            ("log.listing", _("Deletion log")),
            ("lookup.ask", _("Look-up")),
            ("review.prepare", _("Review")),
            ("approvals.listing", _("Approvals")),
            ("report.choose", _("Reports and exports")),
        ],
        Role.APPROVER: [("approvals.listing", _("Approvals"))],
        Role.OPERATOR: [("operator.cases", _("Cases")), ("operator.state", _("Brakes and rounds"))],
    }[account.role]
    mine = [one for one in desk().controllers if account.controller in (ALL, one.name)]
    return [(one, shown) for one in mine]


@pages.get("/login")
def form() -> Any:
    """Show the log-in page."""
    account = person()
    return redirect(_home(account)) if account else render_template("login.html", refused="")


@pages.post("/login")
@limiter.limit("30/minute")
def log_in() -> Any:
    """Check name, password and code; after success the session is a new one."""
    fields = request.form
    name = fields.get("name", "").strip().lower()[:60]
    account = _check(name, fields.get("password", "")[:200], fields.get("code", "")[:20])
    if account is None:
        return render_template("login.html", refused=_(REFUSED)), 403
    _begin_session(account)
    if not account.ready:
        return redirect(url_for("login.first"), 303)
    return redirect(safe_next(request.args.get("next")) or _home(account), 303)


@pages.post("/logout")
def log_out() -> Any:
    """End the session."""
    if current_user.is_authenticated:
        with desk().journal.write() as connection:
            accounts.end_session(connection, token_hash(current_user.token))
        logout_user()
    session.clear()
    return redirect(url_for("login.form"), 303)


@pages.get("/first")
def first() -> Any:
    """Let a new person set a password and one-time codes."""
    account = _newcomer()
    if account is None:
        return redirect(url_for("login.form"))
    session["totp"] = vault().seal(new_secret())
    return show_enrolment(account, session["totp"], [])


@pages.post("/first")
@limiter.limit("30/minute")
def set_first() -> Any:
    """Take the new password and the first code; then the session is a new one again."""
    account = _newcomer()
    if account is None or "totp" not in session:
        return redirect(url_for("login.form"), 303)
    wrong = enrolled(account, session["totp"], request.form)
    if wrong:
        return show_enrolment(account, session["totp"], wrong), 422
    with desk().journal.write() as connection:
        accounts.end_sessions(connection, account.id)
        fresh = accounts.by_id(connection, account.id)
    assert fresh is not None  # noqa: S101  # accounts are never deleted
    _begin_session(fresh)
    return redirect(_home(fresh), 303)


def safe_next(wanted: str | None) -> str | None:
    """Return a path of our own to go on to, None for whatever might lead elsewhere."""
    if not wanted or not wanted.startswith("/") or "\\" in wanted or not wanted.isprintable():
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc or wanted.startswith("//") else wanted


def _load(token: str) -> Person | None:
    now, idle = desk().now(), dt.timedelta(minutes=web_settings().session_minutes)
    hashed = token_hash(token)
    try:
        with desk().journal.read() as connection:
            found = accounts.session_account(connection, hashed, now - idle, now - LONGEST)
    except BridgeError:  # the page that says so must not need the journal
        g.unreadable = True
        return None
    if found is None:
        return None
    account, seen = found
    if now - seen > min(dt.timedelta(minutes=1), idle / 4):
        with desk().journal.write() as connection:
            accounts.touch(connection, hashed, now)
    return Person(account, token)


def _newcomer() -> Account | None:
    account: Account | None = current_user.account if current_user.is_authenticated else None
    return account if account and not account.ready else None


def _check(name: str, password: str, code: str) -> Account | None:
    """Check a log-in. Every way to fail looks and takes the same; failures lock the account for a while."""
    now = desk().now()
    with desk().journal.read() as connection:
        known = accounts.credentials(connection, name)
    fits = vault().fits(known.password if known else None, password)
    if known is None or known.account.disabled or (known.account.locked_until or now) > now:
        return None
    if fits and _code_fits(known, code, now):
        with desk().journal.write() as connection:
            accounts.set_values(connection, known.account.id, failures=0, locked_until=None)
        return known.account
    _count_failure(known, now)
    return None


def _code_fits(known: Credentials, code: str, now: dt.datetime) -> bool:
    if known.totp is None:
        return True
    secret = vault().open(known.totp)
    step = code_step(secret, code, now) if secret else None
    if step is None:
        return False
    with desk().journal.write() as connection:
        return accounts.take_step(connection, known.account.id, step)


def _count_failure(known: Credentials, now: dt.datetime) -> None:
    with desk().journal.write() as connection:
        fresh = accounts.credentials(connection, known.account.name) or known
        failures = fresh.failures + 1
        until = now + LOCKED if failures >= TRIES else None
        accounts.set_values(
            connection, known.account.id, failures=0 if until else failures, locked_until=until
        )
    if until:
        _log.warning("account locked", account=known.account.id)


def _begin_session(account: Account) -> None:
    token, now = new_token(), desk().now()
    old = current_user.token if current_user.is_authenticated else None
    with desk().journal.write() as connection:
        if old:
            accounts.end_session(connection, token_hash(old))
        accounts.forget_sessions(connection, now - LONGEST)
        accounts.open_session(connection, token_hash(token), account.id, now)
    session.clear()  # whatever somebody may have planted, the token against forged forms too
    login_user(Person(account, token))


def _home(account: Account) -> str:
    mine = pages_of(account)
    if not mine:
        abort(403)
    controller, shown = mine[0]
    return url_for(shown[0][0], controller=controller.name)


def _ask_to_log_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("login.form", next=wanted), 303)
