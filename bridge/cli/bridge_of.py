"""What commands share: settings or a clear list of problems, the bridge wired from them, errors as texts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.i18n import set_language

if TYPE_CHECKING:
    from bridge.settings import Settings
    from bridge.wiring import Bridge

EXIT_FAULT, EXIT_CONFIG, EXIT_PARKED = 1, 2, 3


def settings_of(ctx: click.Context) -> Settings:
    """Read the configuration, or print every problem and exit with 2."""
    from bridge.settings import SettingsProblems, load_settings, settings_path

    try:
        settings = load_settings(settings_path(ctx.obj))
    except SettingsProblems as problems:
        for problem in problems.problems:
            click.echo(str(problem), err=True)
        ctx.exit(EXIT_CONFIG)
    set_language(settings.language)
    return settings


@contextmanager
def bridge_of(ctx: click.Context, *, servers: bool = True, starting: bool = False) -> Iterator[Bridge]:
    """Wire the bridge; foreseen failures become a text and exit code 1, faults of the set-up 2.

    With `servers` the log-ins and names at mailbox and OTRS are checked first, all of them; for `starting` see
    Bridge.check.
    """
    from bridge.settings import settings_path
    from bridge.wiring import SetUpProblems, build

    settings = settings_of(ctx)
    try:
        with build(settings, config=settings_path(ctx.obj)) as bridge:
            if servers:
                bridge.check(starting=starting)
            yield bridge
    except SetUpProblems as problems:
        for text in problems.texts:
            click.echo(text, err=True)
        ctx.exit(EXIT_CONFIG)
    except BridgeError as error:
        click.echo(_("{text} (code {code})").format(text=error, code=error.code), err=True)
        ctx.exit(EXIT_CONFIG if error.permanent else EXIT_FAULT)


def is_terminal() -> bool:
    """Tell whether a person is likely to watch."""
    return sys.stderr.isatty()
