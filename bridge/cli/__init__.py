"""The program `otrs-bridge`: one file a command, imported only when it is called."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "run": "run",
    "once": "once",
    "demo": "demo",
    "doctor": "doctor",
    "classify": "classify",
    "redact": "redact",
    "simulate": "simulate",
    "cases": "cases",
    "log": "log",
    "witness": "witness",
    "keys": "keys",
    "users": "users",
    "setup-otrs": "setup_otrs",
    "train": "train",
}


class Lazy(click.Group):
    """Import a command's module when it is named, so that --help and quick commands stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(importlib.import_module(f"bridge.cli.{module}"), module)
        return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", metavar="FILE", help="Configuration; else OTRS_BRIDGE_CONFIG, else config/bridge.yaml."
)
@click.version_option(package_name="otrs-bridge", prog_name="otrs-bridge")
@click.pass_context
def main(ctx: click.Context, config: str | None) -> None:
    """Take in what is sent to the support address, hand over what is personal, erase it elsewhere, prove it."""
    ctx.obj = config
