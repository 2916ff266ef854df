"""otrs-bridge log: read the deletion log, check it, prove single entries, hand it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.logs_of import Opened, logs_of
from bridge.cli.replay import replay
from bridge.cli.verdicts import print_verdicts
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bridge.deletion_log.reading import LogState

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")
_CONTROLLER = click.option("--controller", help="Only this controller's logs.")
_YEAR = click.option("--year", type=int, help="Only the log of this year.")


@click.group()
def log() -> None:
    """Look into the deletion log, check it, prove what it says, hand it out."""


log.add_command(replay)


@log.command("list")
@_CONTROLLER
@_YEAR
@click.option("--event", help="Only this event, such as verified or unverifiable.")
@click.option("--category", help="Only this category.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@_JSON
@click.pass_context
def list_entries(
    ctx: click.Context,
    *,
    controller: str | None,
    year: int | None,
    event: str | None,
    category: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List entries, the newest last."""
    from bridge.deletion_log import searching

    wanted = searching.Wanted(event, category)
    with logs_of(ctx) as opened, opened.journal.read() as connection:
        for state in _states(opened, connection, controller, year):
            for row in searching.newest(connection, state, wanted, limit):
                click.echo(row.body.decode() if as_json and row.body else searching.one_line(row))


@log.command()
@click.argument("index", type=click.IntRange(0))
@_CONTROLLER
@_YEAR
@_JSON
@click.pass_context
def show(ctx: click.Context, index: int, controller: str | None, year: int | None, as_json: bool) -> None:
    """Show one entry and how it is proved: its hash, its place under the last checkpoint."""
    from bridge.deletion_log import searching

    with logs_of(ctx) as opened, opened.journal.read() as connection:
        for state in _states(opened, connection, controller, year)[-1:]:
            shown = searching.describe(connection, state, index)
            if shown is None:
                raise click.ClickException(_("There is no such entry."))
            if as_json:
                click.echo(json.dumps(shown, ensure_ascii=False))
            else:
                click.echo("\n".join(f"{name}: {searching.plain(value)}" for name, value in shown.items()))


@log.command()
@_CONTROLLER
@_YEAR
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of checkpoints (*.txt) kept elsewhere, such as those filed in the mailbox.",
)
@_JSON
@click.pass_context
def verify(
    ctx: click.Context, controller: str | None, year: int | None, checkpoints: Path | None, as_json: bool
) -> None:
    """Check the whole log: every hash, every checkpoint, order of times, results of announced erasures.

    Exits with 1 when anything is wrong. The operator's own check can't find what the operator hides: that is what the
    DPO's `witness verify` is for.
    """
    from bridge.deletion_log.export import verify_stored
    from bridge.deletion_log.store import utc_now

    kept = (
        {one.name: one.read_text("utf-8") for one in sorted(checkpoints.glob("*.txt"))} if checkpoints else {}
    )
    with logs_of(ctx) as opened, opened.journal.read() as connection:
        verdicts = []
        for found in _by_controller(opened, controller):
            states = _states(opened, connection, found, year)
            key = opened.key(opened.logs[found])
            verdicts += verify_stored(connection, states, [key], utc_now(), kept)
    ctx.exit(print_verdicts(verdicts, as_json=as_json))


@log.command()
@click.argument("number")
@click.option("--kind", type=click.Choice(["ticket", "mail"]), default="ticket", show_default=True)
@click.option("--all", "everything", is_flag=True, help="A proof for every entry, not for the last one only.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Folder for *.tlog-proof files.")
@_CONTROLLER
@_YEAR
@_JSON
@click.pass_context
def prove(
    ctx: click.Context,
    *,
    number: str,
    kind: str,
    everything: bool,
    to: Path | None,
    controller: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """Prove what the log says about ticket NUMBER (with --kind mail: UIDVALIDITY.UID).

    The proof reveals the key of this one case and no other. `otrs-bridge witness verify` checks it.
    """
    from bridge.deletion_log import lookup, store
    from bridge.deletion_log.references import Kind

    proofs = {}
    with logs_of(ctx) as opened, opened.journal.write() as connection:
        for name in _by_controller(opened, controller):
            for state in _states(opened, connection, name, year):
                hits = list(lookup.look_up(connection, state, Kind(kind), number, opened.secret))
                for hit in hits if everything else hits[-1:]:
                    note = lookup.covering_note(connection, state, hit.index)
                    note = note or store.checkpoint(connection, opened.logs[name], state.origin)
                    stem = f"{name}-{state.year}-{hit.index}"
                    proofs[stem] = lookup.prove(connection, state, hit, note)
    if not proofs:
        raise click.ClickException(
            _("The log says nothing about that number, or its year's key was destroyed.")
        )
    for stem, text in proofs.items():
        if to:
            to.mkdir(parents=True, exist_ok=True)
            (to / f"{stem}.tlog-proof").write_text(text, encoding="utf-8", newline="\n")
            click.echo(json.dumps({"proof": f"{stem}.tlog-proof"}) if as_json else f"{stem}.tlog-proof")
        else:
            click.echo(json.dumps({"name": stem, "proof": text}) if as_json else text, nl=as_json)


@log.command()
@click.argument("path", type=click.Path(path_type=Path))
@_CONTROLLER
@_YEAR
@_JSON
@click.pass_context
def export(ctx: click.Context, path: Path, controller: str | None, year: int | None, as_json: bool) -> None:
    """Export a log (the newest, or that of --year) to a new folder PATH, or to a file when PATH ends in .zip."""
    from bridge.deletion_log.export import export as write

    with logs_of(ctx) as opened, opened.journal.read() as connection:
        name = _one_controller(opened, controller)
        states = _states(opened, connection, name, year)
        if not states:
            raise click.ClickException(_("There is no such log."))
        count = write(connection, states[-1], path, opened.key(opened.logs[name]))
    said = {"log": states[-1].origin, "entries": count, "path": str(path)}
    click.echo(
        json.dumps(said) if as_json else _("{entries} entries of {log} written to {path}").format(**said)
    )


@log.command()
@_CONTROLLER
@_YEAR
@click.option("--month", type=click.IntRange(1, 12), help="Only this month of --year.")
@_JSON
@click.pass_context
def report(
    ctx: click.Context, controller: str | None, year: int | None, month: int | None, as_json: bool
) -> None:
    """Count what was erased: by event, cause, category and level of proof."""
    from bridge.deletion_log import searching

    with logs_of(ctx) as opened, opened.journal.read() as connection:
        for state in _states(opened, connection, controller, year):
            counted = searching.summary(connection, state, month)
            if as_json:
                click.echo(json.dumps(counted, ensure_ascii=False))
            else:
                click.echo("\n".join(f"{name}: {searching.plain(value)}" for name, value in counted.items()))


@log.command()
@_CONTROLLER
@click.option(
    "--mail", type=click.Path(file_okay=False, path_type=Path), help="Folder for the mails as *.eml files."
)
@_JSON
@click.pass_context
def checkpoint(ctx: click.Context, controller: str | None, mail: Path | None, as_json: bool) -> None:
    """Sign a checkpoint of each log that has none at its size; print them, or write the mails for the DPO.

    The mails hold all entries since the last one that left, for carrying them over by hand.
    """
    from bridge.deletion_log import sending, store
    from bridge.deletion_log.mail import write_message

    with logs_of(ctx) as opened, opened.journal.write() as connection:
        for name in _by_controller(opened, controller):
            for state in _states(opened, connection, name, None):
                note = store.checkpoint(connection, opened.logs[name], state.origin)
                if mail:
                    mail.mkdir(parents=True, exist_ok=True)
                    built = sending.build_mail(connection, state, note)
                    target = mail / f"{name}-{state.year}-{state.size}.eml"
                    target.write_bytes(write_message(built, "", "").as_bytes())
                    click.echo(json.dumps({"mail": target.name}) if as_json else target.name)
                else:
                    shown = json.dumps({"log": state.origin, "checkpoint": note}) if as_json else note
                    click.echo(shown, nl=as_json)


def _by_controller(opened: Opened, controller: str | None) -> list[str]:
    if controller is not None and controller not in opened.logs:
        raise click.ClickException(_("There is no such controller."))
    return [controller] if controller else list(opened.logs)


def _one_controller(opened: Opened, controller: str | None) -> str:
    names = _by_controller(opened, controller)
    if len(names) > 1:
        raise click.ClickException(_("Say which controller: {names}").format(names=", ".join(names)))
    return names[0]


def _states(
    opened: Opened, connection: Connection, controller: str | None, year: int | None
) -> list[LogState]:
    from bridge.deletion_log import reading

    found = []
    for name in _by_controller(opened, controller):
        found += reading.all_logs(connection, opened.logs[name].base)
    return [state for state in found if year in (None, state.year)]
