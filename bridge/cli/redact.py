"""otrs-bridge redact: show mails without what identifies a person, or measure how well that works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bridge.cli.each_mail import tell_each
from bridge.i18n import gettext as _


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line a file, with every span.")
@click.option(
    "--evaluate",
    metavar="FILE.jsonl",
    type=click.Path(exists=True, dir_okay=False),
    help="Measure recall, leaks and over-redaction on a labelled set instead.",
)
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(allow_dash=True))
def redact(files: tuple[str, ...], as_json: bool, evaluate: str | None) -> None:
    """Show each mail FILE (RFC 5322; - is standard input) with every personal value redacted."""
    if evaluate is not None:
        click.echo(_evaluated(Path(evaluate), as_json), nl=False)
        return
    if not files:
        raise click.UsageError(_("Name a FILE, or a labelled set with --evaluate."))
    tell_each(files, answer, _text, as_json=as_json)


def answer(name: str, raw: bytes) -> dict[str, Any]:
    """Redact one mail and give the fields of the command's JSON line.

    Spans in file names are left out: `part` names the parts whose decoded original the offsets count.
    """
    from bridge.message.parse import parse
    from bridge.redact import redact as redact_message

    found = redact_message(parse(raw))
    return {
        "file": name,
        "subject": found.subject,
        "body": found.body,
        "attachments": [{"filename": each.filename, "text": each.text} for each in found.attachments],
        "spans": [
            {
                "type": span.type,
                "part": span.part,
                "start": span.start,
                "end": span.end,
                "replacement": span.replacement,
            }
            for span in found.spans
            if not span.part.startswith("filename")
        ],
        "residual": [
            {"type": hit.type, "part": hit.part, "start": hit.start, "end": hit.end} for hit in found.residual
        ],
    }


def _text(found: dict[str, Any]) -> str:
    pieces = [f"{found['subject']}\n\n{found['body']}"]
    pieces += [f"-- {each['filename']}\n{each['text']}" for each in found["attachments"]]
    if found["residual"]:
        pieces.append(_("A person should look: the re-scan still found something."))
    return "\n".join(pieces)


def _evaluated(path: Path, as_json: bool) -> str:
    from bridge.redact.evaluate import evaluate, figures, table

    def entries() -> Iterator[dict[str, Any]]:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)

    known, unknown = evaluate(entries()), evaluate(entries(), headers=False)
    if as_json:
        return json.dumps({"with_headers": figures(known), "without_headers": figures(unknown)}) + "\n"
    return f"{_('With headers')}\n\n{table(known)}\n{_('Sender and recipients unknown')}\n\n{table(unknown)}"
