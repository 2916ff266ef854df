"""otrs-bridge simulate: what the workflows would do with mail, without doing any of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import is_terminal, settings_of
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.simulation import Foreseen
    from bridge.workflow.model import Workflows


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mailbox", is_flag=True, help="Look at the live mailbox instead; nothing in it is changed.")
@click.option(
    "--workflows",
    "ours",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Else those in force.",
)
@click.option(
    "--against", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Show only what differs."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line a mail.")
@click.pass_context
def simulate(
    ctx: click.Context,
    folder: Path | None,
    mailbox: bool,
    ours: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Show what would happen to every mail of FOLDER (a Maildir, or a folder of .eml files), and why."""
    if (folder is None) == (not mailbox):
        raise click.UsageError(_("Name a folder, or --mailbox."))
    workflows = _workflows(ctx, ours)
    mails = _mailbox(ctx) if mailbox else _files(folder or Path())
    if against:
        _differences(mails, workflows, _load(ctx, against), as_json)
    else:
        _table(mails, workflows, as_json)


def _workflows(ctx: click.Context, given: Path | None) -> Workflows:
    if given:
        return _load(ctx, given)
    from bridge.settings import settings_path
    from bridge.wiring.defaults import default_workflows

    if settings_path(ctx.obj).exists():
        return _load(ctx, settings_of(ctx).for_controllers()[0].workflow_folder)
    return _load(ctx, default_workflows())


def _load(ctx: click.Context, folder: Path) -> Workflows:
    from bridge.workflow.load import WorkflowProblems, load

    try:
        return load(folder)
    except WorkflowProblems as problems:
        for problem in problems.problems:
            click.echo(str(problem), err=True)
        ctx.exit(2)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every mail, in order of names."""
    places = [folder / "cur", folder / "new"] if (folder / "cur").is_dir() else [folder]
    for place in places:
        for path in sorted(place.iterdir()) if place.is_dir() else []:
            if (
                path.is_file()
                and not path.name.startswith(".")
                and (place != folder or path.suffix == ".eml")
            ):
                yield path.name, path.read_bytes()


def _mailbox(ctx: click.Context) -> Iterator[tuple[str, bytes]]:
    from bridge.wiring.controller import mailbox_of

    settings = settings_of(ctx).for_controllers()[0]
    box = mailbox_of(settings)
    try:
        for place in box.list(settings.mailbox.folder):
            fetched = box.fetch(place, max_bytes=settings.limits.message_bytes)
            if fetched.raw is not None:
                yield place.uid, fetched.raw
    finally:
        box.close()


def _watched(mails: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Count along for a person at a terminal; mails come one by one, so their number is not known before."""
    for number, mail in enumerate(mails, start=1):
        if is_terminal() and number % 50 == 0:
            click.echo(f"\r{number}", nl=False, err=True)
        yield mail
    if is_terminal():
        click.echo("\r", nl=False, err=True)


def _table(mails: Iterable[tuple[str, bytes]], workflows: Workflows, as_json: bool) -> None:
    from bridge.simulation import foresee

    counts: Counter[str] = Counter()
    for name, raw in _watched(mails):
        found = foresee(raw, workflows)
        counts[found.workflow] += 1
        if as_json:
            click.echo(json.dumps({"file": name, **asdict(found)}, ensure_ascii=False))
        else:
            click.echo(f"{name[:32]:32}  {_row(found)}")
    if not as_json:
        click.echo()
        for workflow, number in counts.most_common():
            click.echo(f"{number:6d}  {workflow}")


def _row(found: Foreseen) -> str:
    sure = f"{found.confidence:4.2f}{'?' if found.review else ' '}"
    why = f"  ({found.reasons[0]})" if found.reasons else ""
    return f"{found.category:16} {sure} {found.workflow:16} {' > '.join(found.steps)}{why}"


def _differences(
    mails: Iterable[tuple[str, bytes]], ours: Workflows, theirs: Workflows, as_json: bool
) -> None:
    from bridge.simulation import foresee

    number = different = 0
    for name, raw in _watched(mails):
        one, other = foresee(raw, ours), foresee(raw, theirs)
        number += 1
        if (one.workflow, one.steps) == (other.workflow, other.steps):
            continue
        different += 1
        if as_json:
            click.echo(
                json.dumps({"file": name, "now": asdict(one), "against": asdict(other)}, ensure_ascii=False)
            )
        else:
            click.echo(f"{name[:32]:32}  {_row(one)}\n{'':32}  {_row(other)}")
    if not as_json:
        click.echo(
            _("{different} of {number} mails would go another way.").format(
                different=different, number=number
            )
        )
