"""otrs-bridge once: one round over every source."""

from __future__ import annotations

from collections import Counter

import click

from bridge.cli.bridge_of import EXIT_PARKED, bridge_of
from bridge.i18n import gettext as _


@click.command()
@click.pass_context
def once(ctx: click.Context) -> None:
    """Work everything that is there now, then exit: 0 when all is done, 3 when something was parked."""
    with bridge_of(ctx) as bridge:
        worked = bridge.once()
    for (category, state), number in sorted(Counter((w.category or "-", w.state) for w in worked).items()):
        click.echo(f"{number:6d}  {category:16}  {state}")
    click.echo(_("{number} requests worked.").format(number=len(worked)))
    parked = any(w.state == "parked" for w in worked)
    ctx.exit(EXIT_PARKED if parked else 0)
