"""otrs-bridge users: accounts of the web pages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import EXIT_CONFIG, EXIT_FAULT, settings_of
from bridge.errors import BridgeError
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.journal import Journal
    from bridge.settings import Settings

ROLES = ("dpo", "approver", "operator")


@click.group()
def users() -> None:
    """Make, list and close accounts of the web pages."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="What the person may do; needed for a new account.")
@click.option("--controller", help="For which controller; 'all' for every one; the only one by default.")
@click.option("--again", is_flag=True, help="Give an existing account a first password again.")
@click.pass_context
def add(ctx: click.Context, name: str, role: str | None, controller: str | None, again: bool) -> None:
    """Make an account and print its first password.

    The password is good for the first log-in only: there the person sets one of his own, and one-time codes.
    """
    from bridge.web import accounts
    from bridge.web.secrets import Vault, new_password

    password = new_password()
    hashed = Vault(b"none: only hashes passwords here").hash(password)
    with _journal(ctx) as (settings, journal), journal.write() as connection:
        if again:
            if not accounts.renew(connection, name, hashed):
                raise click.ClickException(_("There is no such account."))
        else:
            if role is None:
                raise click.UsageError(_("A new account needs --role."))
            of = _controller(settings, controller)
            accounts.add(connection, name, accounts.Role(role), of, hashed, dt.datetime.now(dt.UTC))
    click.echo(_("First password of {name}: {password}").format(name=name, password=password))


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an account.")
@click.pass_context
def list_users(ctx: click.Context, as_json: bool) -> None:
    """List the accounts."""
    from bridge.web import accounts

    with _journal(ctx) as (_settings, journal), journal.read() as connection:
        found = accounts.listing(connection)
    for one in found:
        state = "disabled" if one.disabled else "ready" if one.ready else "first log-in to come"
        of = "all" if one.controller == accounts.ALL else one.controller
        shown = {"name": one.name, "role": one.role.value, "controller": of, "state": state}
        click.echo(json.dumps(shown) if as_json else "  ".join(shown.values()))
    if not found and not as_json:
        click.echo(_("There are no accounts yet."))


@users.command()
@click.argument("name")
@click.pass_context
def disable(ctx: click.Context, name: str) -> None:
    """Close an account; whoever is logged in with it is logged out at once."""
    from bridge.web import accounts

    with _journal(ctx) as (_settings, journal), journal.write() as connection:
        closed = accounts.disable(connection, name, dt.datetime.now(dt.UTC))
    if not closed:
        raise click.ClickException(_("There is no such account, or it is closed already."))
    click.echo(_("Closed."))


@contextmanager
def _journal(ctx: click.Context) -> Iterator[tuple[Settings, Journal]]:
    from bridge.wiring import open_journal

    settings = settings_of(ctx)
    try:
        journal = open_journal(settings)
        try:
            yield settings, journal
        finally:
            journal.close()
    except BridgeError as error:
        click.echo(_("{text} (code {code})").format(text=error, code=error.code), err=True)
        ctx.exit(EXIT_CONFIG if error.permanent else EXIT_FAULT)


def _controller(settings: Settings, wanted: str | None) -> str:
    names = [one.name for one in settings.for_controllers()]
    if wanted == "all":
        return "*"
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted not in names:
        raise click.UsageError(
            _("--controller must be one of: {names}").format(names=", ".join([*names, "all"]))
        )
    return wanted
