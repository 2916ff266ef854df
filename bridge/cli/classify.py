"""otrs-bridge classify: say what mails are about, without touching anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from bridge.cli.each_mail import tell_each
from bridge.i18n import gettext as _


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON line a file.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(allow_dash=True))
def classify(files: tuple[str, ...], as_json: bool) -> None:
    """Say what each mail FILE (RFC 5322; - is standard input) is about, how sure that is, and why."""
    tell_each(files, answer, _line, as_json=as_json)


def answer(name: str, raw: bytes) -> dict[str, Any]:
    """Classify one mail and give the fields of the command's JSON line."""
    from bridge.classify import classify as decide
    from bridge.message.parse import parse

    found = decide(parse(raw))
    return {
        "file": name,
        "category": found.category,
        "confidence": found.confidence,
        "decided_by": found.decided_by,
        "reasons": [reason.text for reason in found.reasons],
        "review": found.review,
    }


def _line(found: Mapping[str, Any]) -> str:
    review = " " + _("(a person should look)") if found["review"] else ""
    return f"{found['file']}: {found['category']} {found['confidence']:.2f}{review}: {'; '.join(found['reasons'])}"
