"""otrs-bridge doctor: what is wrong with the set-up, and how to mend it."""

from __future__ import annotations

import datetime as dt
import json

import click

from bridge.cli.bridge_of import EXIT_FAULT
from bridge.i18n import gettext as _
from bridge.i18n import mark, set_language

SIGNS = {"ok": "+", "warning": "!", "fault": "x", "skipped": "-"}
COLOURS = {"ok": "green", "warning": "yellow", "fault": "red", "skipped": None}
WORDS = {"ok": mark("ok"), "warning": mark("warning"), "fault": mark("fault"), "skipped": mark("skipped")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line a finding.")
@click.option("--all", "everything", is_flag=True, help="Also what is in order.")
@click.option(
    "--only", multiple=True, type=click.Choice(("here", "mailbox", "smtp", "otrs")), help="Only this part."
)
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, everything: bool, only: tuple[str, ...]) -> None:
    """Examine mailbox, OTRS, outgoing mail, keys, journal and deletion log; exit with 1 on a fault.

    A test mail and a test ticket are made, and erased for real; nothing else is changed.
    """
    from bridge.doctor import AREAS, examine
    from bridge.settings import SettingsProblems, load_settings, settings_path
    from bridge.wiring.logs import configure_logs

    configure_logs("error")
    path = settings_path(ctx.obj)
    settings = None
    try:
        settings = load_settings(path)
        set_language(settings.language)
    except SettingsProblems:
        pass  # told below, with everything else
    counts = dict.fromkeys(SIGNS, 0)
    for finding in examine(path, lambda: dt.datetime.now(dt.UTC), settings=settings, areas=only or AREAS):
        counts[finding.verdict] += 1
        if as_json:
            click.echo(json.dumps(finding.as_dict(), ensure_ascii=False))
            continue
        if finding.verdict != "ok" or everything:
            where = ": ".join(part for part in (finding.controller, finding.check) if part)
            head = f"{SIGNS[finding.verdict]} {_(WORDS[finding.verdict])}: {where}: {finding.reason}"
            click.secho(head, fg=COLOURS[finding.verdict])
            if finding.mending:
                click.echo(f"    {finding.mending}")
    if not as_json:
        click.echo(
            _("{ok} in order, {warning} warnings, {fault} faults, {skipped} not seen.").format(**counts)
        )
    ctx.exit(EXIT_FAULT if counts["fault"] else 0)
