"""The first log-in: a password of one's own, and one-time codes (RFC 6238) set up in an app."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pyotp
import segno
from flask import render_template
from markupsafe import Markup

from bridge.i18n import gettext as _
from bridge.web import accounts
from bridge.web.accounts import Account
from bridge.web.here import desk, vault
from bridge.web.secrets import PASSWORD_LENGTH, code_step

ISSUER = "OTRS bridge"


def new_secret() -> str:
    """Draw a secret for one-time codes."""
    return pyotp.random_base32()


def show_enrolment(account: Account, sealed: str, wrong: list[tuple[str, str]]) -> str:
    """Show the secret as text, as a link and as a picture; `wrong` are fields with what is wrong with them."""
    secret = vault().open(sealed) or ""
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=ISSUER)
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(
        "first.html", secret=grouped, uri=uri, picture=_picture(uri), wrong=wrong, length=PASSWORD_LENGTH
    )


def enrolled(account: Account, sealed: str, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Take password and first code over into the account; returns what is wrong, nothing when all is done."""
    password, again = fields.get("password", ""), fields.get("again", "")
    secret, now = vault().open(sealed), desk().now()
    step = code_step(secret, fields.get("code", ""), now) if secret else None
    wrong = []
    if not PASSWORD_LENGTH <= len(password) <= 200:
        text = _("The password needs at least {number} characters.").format(number=PASSWORD_LENGTH)
        wrong.append(("password", text))
    elif password != again:
        wrong.append(("again", _("The two passwords differ.")))
    if step is None:
        wrong.append(("code", _("The code is wrong. Take the one that your app shows now.")))
    if wrong:
        return wrong
    with desk().journal.write() as connection:
        known = accounts.credentials(connection, account.name)
        if known and vault().fits(known.password, password):
            return [("password", _("Choose another password than the one that you were given."))]
        values = {"password": vault().hash(password), "initial": False, "totp": sealed, "totp_step": step}
        accounts.set_values(connection, account.id, **values)
    return []


def _picture(uri: str) -> Markup:
    buffer = io.BytesIO()
    segno.make(uri, error="m").save(
        buffer,
        kind="svg",
        scale=4,
        border=4,
        xmldecl=False,
        svgns=True,
        svgclass="qr",
        lineclass=None,
        omitsize=False,
        light="#ffffff",
    )
    return Markup(buffer.getvalue().decode())  # noqa: S704  # made here, from an URI that is encoded into squares
