"""otrs-bridge train: learn from the categories that people set in OTRS."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.bridge_of import bridge_of
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.classify.training import Outcome


@click.command()
@click.option(
    "--apply", "write", is_flag=True, help="Write the new model to classification.model, if it is better."
)
@click.option("--json", "as_json", is_flag=True, help="As one JSON line.")
@click.pass_context
def train(ctx: click.Context, write: bool, as_json: bool) -> None:
    """Train anew with the tickets whose category people corrected or confirmed, and show what would change.

    Texts are read from OTRS, redacted in memory and not kept. The old model stays unless the new one is better on
    tickets that it was not trained with.
    """
    from bridge.act.corrected import corrected_tickets
    from bridge.classify.training import retrain

    with bridge_of(ctx) as bridge:
        found = [one for tools in bridge.tools for one in corrected_tickets(tools)]
        current = bridge.tools[0].model
        target = bridge.settings.controllers[0].classification.model
        outcome = retrain(((one.text, one.category) for one in found), current=current)
        written = False
        if write and outcome.content is not None:
            if not target:
                raise click.ClickException(_("Name a file under classification.model first."))
            _write(Path(target), outcome.content)
            written = True
    shown = _shown(outcome, sum(one.changed for one in found), written)
    click.echo(json.dumps(shown) if as_json else _text(shown))


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; a running daemon reads it at its next start."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        text = _("The model file can't be written: {error}").format(error=error.strerror)
        raise click.ClickException(text) from error


def _shown(outcome: Outcome, changed: int, written: bool) -> dict[str, Any]:
    return {
        "tickets": outcome.texts,
        "corrected": changed,
        "accuracy_before": round(outcome.accuracy_before, 4),
        "accuracy_after": round(outcome.accuracy_after, 4),
        "personal_recall_before": round(outcome.personal_recall_before, 4),
        "personal_recall_after": round(outcome.personal_recall_after, 4),
        "reason": outcome.reason,
        "changes": [
            {"before": one.before, "after": one.after, "count": one.count, "right": one.right}
            for one in outcome.changes
        ],
        "written": written,
    }


def _text(shown: dict[str, Any]) -> str:
    verdicts = {
        "gain": _("The new model is better."),
        "no-gain": _("No gain: the old model stays."),
        "personal-recall-fell": _("The new model would miss more personal requests: the old one stays."),
    }
    lines = [
        _("{tickets} tickets, {corrected} of them corrected.").format(**shown),
        _("Accuracy: {accuracy_before:.1%} before, {accuracy_after:.1%} after.").format(**shown),
        _(
            "Personal requests recognised: {personal_recall_before:.1%} before, {personal_recall_after:.1%} after."
        ).format(**shown),
        *(
            _("{before} -> {after}: {count}, {right} of them rightly").format(**change)
            for change in shown["changes"]
        ),
        verdicts[shown["reason"]],
    ]
    if shown["written"]:
        lines.append(_("Written. The daemon uses it from its next start on."))
    elif shown["reason"] == "gain":
        lines.append(_("Nothing was written: use --apply."))
    return "\n".join(lines)
