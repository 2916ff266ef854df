"""otrs-bridge keys: the log signing key, yearly keys, the reference key."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import EXIT_FAULT, settings_of
from bridge.cli.logs_of import logs_of
from bridge.errors import BridgeError
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.deletion_log.words import Result

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")


@click.group()
def keys() -> None:
    """Make, list and destroy keys. They lie outside the database: back the folder up apart from it."""


@keys.command()
@click.option(
    "--years", type=click.IntRange(1, 10), default=2, show_default=True, help="This year and the next."
)
@_JSON
@click.pass_context
def init(ctx: click.Context, years: int, as_json: bool) -> None:
    """Make whatever key is missing; existing ones are kept."""
    from bridge import keys as folder

    settings = settings_of(ctx)
    try:
        made = folder.init(Path(settings.keys), dt.datetime.now(dt.UTC), years)
    except BridgeError as error:
        ctx.exit(_told(error))
    for name in made:
        click.echo(json.dumps({"made": name}) if as_json else _("made {name}").format(name=name))
    if not made and not as_json:
        click.echo(_("Every key is there already."))


@keys.command("list")
@_JSON
@click.pass_context
def list_keys(ctx: click.Context, as_json: bool) -> None:
    """List keys by name, id and state, and the public keys of the logs: hand those to the DPO in person."""
    from bridge import keys as folder
    from bridge.deletion_log.note import Signer

    settings = settings_of(ctx)
    try:
        found = folder.list_keys(Path(settings.keys))
        signing = folder.load(Path(settings.keys)).signing
    except BridgeError as error:
        ctx.exit(_told(error))
    for one in found:
        state = f"{one.state} {one.since}".strip()
        click.echo(json.dumps(asdict(one)) if as_json else f"{one.name:14} {one.id:18} {state}")
    for controller in settings.for_controllers():
        name = f"{controller.deletion_log.origin}/{controller.name}"
        public = str(Signer(name, signing).verifier)
        click.echo(json.dumps({"name": name, "public": public}) if as_json else public)


@keys.command()
@click.argument("year", type=click.IntRange(2000, 2099))
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--early", is_flag=True, help="Although the retention period of that year is not over.")
@click.pass_context
def destroy(ctx: click.Context, year: int, yes: bool, early: bool) -> None:
    """Destroy the key of YEAR: its references can't be matched to tickets any more. There is no way back.

    Logged before and after. Backups of the key folder keep the key until they age out.
    """
    from bridge import keys as folder
    from bridge.deletion_log.expiry import is_due
    from bridge.deletion_log.words import Result

    settings = settings_of(ctx)
    longest = max(one.deletion_log.retention_years for one in settings.for_controllers())
    now = dt.datetime.now(dt.UTC)
    if not early and not is_due(year, now, longest):
        raise click.ClickException(
            _("The retention period of {year} is not over (see --early).").format(year=year)
        )
    if not yes:
        click.confirm(_("Destroy the key of {year} for good?").format(year=year), abort=True)
    found = {one.name: one.id for one in folder.list_keys(Path(settings.keys))}
    key_id = found.get(f"year-{year}", "")
    if not key_id:
        raise click.ClickException(_("There is no key for {year}.").format(year=year))
    _log(ctx, key_id, Result.PENDING, early=early)
    folder.destroy(Path(settings.keys), year, now)
    _log(ctx, key_id, Result.GONE, early=early)
    click.echo(_("The key {key} is destroyed.").format(key=key_id))


def _log(ctx: click.Context, key_id: str, result: Result, *, early: bool) -> None:
    """Put the act into every controller's log: the year keys are shared."""
    from bridge.deletion_log.destruction import draft
    from bridge.deletion_log.store import append, utc_now

    with logs_of(ctx) as opened, opened.journal.write() as connection:
        for log in opened.logs.values():
            append(connection, log, draft(log, key_id, result, utc_now(), early=early))


def _told(error: BridgeError) -> int:
    click.echo(_("{text} (code {code})").format(text=error, code=error.code), err=True)
    return EXIT_FAULT
