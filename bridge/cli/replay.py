"""otrs-bridge log replay: after a restore, import what the log lost and erase again what came back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.bridge_of import EXIT_FAULT, bridge_of
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.daemon.replay import Found
    from bridge.daemon.rounds import Rounds
    from bridge.wiring import Bridge

SHELL = "shell"  # the account under which orders given on the command line stand


@click.command()
@click.option("--controller", help="Only this controller.")
@click.option(
    "--mails",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of checkpoint mails (*.eml) from the DPO, besides those filed in the mailbox.",
)
@click.option(
    "--approve", is_flag=True, help="Do what the list says; asks a second person for name and password."
)
@click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")
@click.pass_context
def replay(
    ctx: click.Context, *, controller: str | None, mails: Path | None, approve: bool, as_json: bool
) -> None:
    """After a restore: import the log's lost entries, list what is back or lost, and, once approved, erase it again.

    Stop the daemon first. Exits with 1 when something is left to do.
    """
    left = False
    with bridge_of(ctx) as bridge, bridge.alone():
        for rounds in bridge.rounds:
            if controller in (None, rounds.tools.controller):
                left |= _one(bridge, rounds, mails, approve=approve, as_json=as_json)
    ctx.exit(EXIT_FAULT if left else 0)


def _one(bridge: Bridge, rounds: Rounds, mails: Path | None, *, approve: bool, as_json: bool) -> bool:
    """Replay one controller; True when something is left to do."""
    from bridge.daemon.replay import find, import_lost, read_folder, replay_all

    tools = rounds.tools
    imported = import_lost(tools, rounds.log, read_folder(mails) if mails else ())
    if imported.imported:
        _say({"imported": imported.imported, "found": imported.found, "expected": imported.expected}, as_json)
    found = find(tools, rounds.schedule.watch)
    for shown in [*(one.shown() for one in found.back), *(one.shown() for one in found.lost)]:
        _say({"controller": tools.controller, **shown}, as_json)
    if not found.back and not found.lost:
        if not as_json:
            click.echo(
                _("{controller}: nothing is back, nothing is lost.").format(controller=tools.controller)
            )
        return False
    _order(bridge, tools.controller, found)
    if not approve:
        if not as_json:
            click.echo(
                _("Look at each line. Then a second person approves: otrs-bridge log replay --approve")
            )
        return True
    done = replay_all(tools, rounds.log, found, _approval(bridge, tools.controller, found))
    _say(
        {"erased": done.erased, "again": done.again, "left": dict(done.left), "stopped": done.stopped},
        as_json,
    )
    if done.stopped and not as_json:
        click.echo(
            _("Stopped by: {code}. See otrs-bridge cases list and cases lift.").format(code=done.stopped)
        )
    return bool(done.left or done.stopped)


def _order(bridge: Bridge, controller: str, found: Found) -> None:
    from bridge.journal import approvals
    from bridge.wiring import utc_now

    order = approvals.Approval("replay", found.subject, approvals.ORDERING, SHELL, utc_now())
    with bridge.journal.write() as connection:
        approvals.give(connection, controller, order)


def _approval(bridge: Bridge, controller: str, found: Found) -> str:
    """Have a second person approve exactly this list; returns the role as the log words it."""
    from bridge.deletion_log.words import Role as LogRole
    from bridge.journal import approvals
    from bridge.web.accounts import Role, credentials
    from bridge.web.secrets import Vault
    from bridge.wiring import utc_now

    name = click.prompt(_("Account of the person who approves (role dpo or approver)"))
    password = click.prompt(_("Password"), hide_input=True)
    with bridge.journal.write() as connection:
        known = credentials(connection, name)
        fits = Vault(b"none: only compares passwords here").fits(known.password if known else None, password)
        roles = frozenset({Role.DPO, Role.APPROVER})
        if known is None or not fits or not known.account.may(controller, roles):
            raise click.ClickException(_("This account may not approve, or the password is wrong."))
        role = known.account.role
        given = approvals.Approval("replay", found.subject, role.value, str(known.account.id), utc_now())
        approvals.give(connection, controller, given)
        if not approvals.is_approved(connection, controller, "replay", found.subject):
            raise click.ClickException(_("Whoever ordered it can't approve it."))
    return (LogRole.DPO if role is Role.DPO else LogRole.SECOND_APPROVER).value


def _say(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{name}={value}" for name, value in shown.items() if value not in (None, "")))
