"""otrs-bridge setup-otrs: what OTRS must be given, and how to install it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import EXIT_FAULT, settings_of
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.settings import ControllerSettings


@click.command()
@click.option(
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; with several controllers each gets a folder in it.",
)
@click.pass_context
def setup_otrs(ctx: click.Context, output: Path) -> None:
    """Write web service, set-up script, packages and INSTALL.*.txt, filled in from the configuration.

    Nothing is sent to OTRS, and no file holds a password.
    """
    from bridge.opm.folder import write_folder

    settings = settings_of(ctx)
    controllers = settings.for_controllers()
    try:
        for one in controllers:
            written = write_folder(one, _folder(output, one, several=len(controllers) > 1))
            for path in written:
                click.echo(str(path))
    except OSError as error:
        click.echo(_("The files can't be written: {reason}").format(reason=error.strerror), err=True)
        ctx.exit(EXIT_FAULT)
    click.echo(_("Go on with {file}.").format(file=f"INSTALL.{settings.language}.txt"))


def _folder(output: Path, settings: ControllerSettings, *, several: bool) -> Path:
    return output / settings.name if several else output
