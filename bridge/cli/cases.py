"""otrs-bridge cases: look at cases, let them go on, hold them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from bridge.cli.bridge_of import bridge_of
from bridge.i18n import gettext as _


@click.group()
def cases() -> None:
    """Look at cases; retry what is parked, release what is held, hold what must not go on."""


@cases.command("list")
@click.option("--all", "everything", is_flag=True, help="Finished cases too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a case.")
@click.pass_context
def list_cases(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """List cases that are not finished: parked, held, waiting. Brakes that are on come first."""
    from bridge.journal import brakes
    from bridge.journal import cases as journal_cases

    states = () if everything else ("new", "working", "waiting", "held", "parked")
    with bridge_of(ctx, servers=False) as bridge, bridge.journal.read() as connection:
        on = brakes.pulled(connection)
        found = journal_cases.listing(connection, states=states, limit=1000)
    for brake in on:
        shown = {"brake": brake.id, "controller": brake.controller, "code": brake.code, "set": brake.set}
        click.echo(_line(shown, as_json))
    for case in found:
        click.echo(_line(_shown(case), as_json))
    if not (on or found) and not as_json:
        click.echo(_("Nothing is waiting for a person."))


@cases.command()
@click.argument("case_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="As one JSON line.")
@click.pass_context
def show(ctx: click.Context, case_id: int, as_json: bool) -> None:
    """Show one case with its steps and places."""
    with bridge_of(ctx, servers=False) as bridge:
        found = bridge.case(case_id)
    if found is None:
        raise click.ClickException(_("There is no such case."))
    if as_json:
        click.echo(json.dumps(found, default=_plain))
        return
    for name, value in found.items():
        if isinstance(value, list):
            click.echo(f"{name}:")
            for one in value:
                click.echo(f"  {json.dumps(one, default=_plain)}")
        else:
            click.echo(f"{name}: {_plain(value) if isinstance(value, dt.datetime) else value}")


def _person(verb: str, doc: str) -> click.Command:
    @cases.command(verb, help=doc)
    @click.argument("case_id", type=int)
    @click.option("--json", "as_json", is_flag=True, help="As one JSON line.")
    @click.pass_context
    def command(ctx: click.Context, case_id: int, as_json: bool) -> None:
        with bridge_of(ctx, servers=False) as bridge:
            state = bridge.ask(case_id, verb)
        if state is None:
            raise click.ClickException(_("There is no such case, or its state does not allow that."))
        click.echo(json.dumps({"case": case_id, "state": state}) if as_json else f"{case_id}: {state}")

    return command


retry = _person("retry", "Try a parked case again from the start; what is done stays done.")
hold = _person("hold", "Stop a case: nothing more is done, above all nothing erased, until it is released.")
release = _person("release", "Let a held case go on.")


@cases.command("extend")
@click.argument("case_id", type=int)
@click.option("--months", type=click.IntRange(1, 2), default=2, show_default=True, help="How much longer.")
@click.option(
    "--reason",
    type=click.Choice(["complexity", "number"]),
    required=True,
    help="Complexity of the request, or number of requests: the two that Art. 12(3) GDPR allows.",
)
@click.pass_context
def extend(ctx: click.Context, case_id: int, months: int, reason: str) -> None:
    """Extend a case's time limit, once and before it ends; the person who asked must be told why."""
    from bridge.daemon.asking import Asked, carry_out
    from bridge.journal import cases as journal_cases

    with bridge_of(ctx, servers=False) as bridge:
        with bridge.journal.read() as connection:
            case = journal_cases.by_id(connection, case_id)
        tools = next((one for one in bridge.tools if case and one.controller == case.controller), None)
        if tools is None:
            raise click.ClickException(_("There is no such case."))
        done = carry_out(tools, Asked(case_id, 0, "extend", months=months, reason=reason))
        with bridge.journal.read() as connection:
            case = journal_cases.by_id(connection, case_id)
    if not done or case is None or case.due is None:
        raise click.ClickException(_("The case is being worked just now. Try again in a moment."))
    click.echo(_("Extended until {day}.").format(day=f"{case.due:%Y-%m-%d}"))


@cases.command("lift")
@click.argument("brake_id", type=int)
@click.pass_context
def lift(ctx: click.Context, brake_id: int) -> None:
    """Lift a brake on erasing, once you know why it was pulled."""
    with bridge_of(ctx, servers=False) as bridge:
        lifted = bridge.lift(brake_id)
    if not lifted:
        raise click.ClickException(_("That brake is not on."))
    click.echo(_("Lifted."))


def _shown(case: Any) -> dict[str, Any]:
    names = (
        "id",
        "state",
        "code",
        "category",
        "source",
        "controller",
        "received",
        "due",
        "attempts",
        "next_attempt",
    )
    return {name: getattr(case, name) for name in names}


def _plain(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, dt.datetime) else str(value)


def _line(shown: dict[str, Any], as_json: bool) -> str:
    if as_json:
        return json.dumps(shown, default=_plain)
    return "  ".join(f"{name}={_plain(value)}" for name, value in shown.items() if value is not None)
