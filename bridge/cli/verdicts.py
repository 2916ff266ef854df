"""Print what a check found, for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from bridge.deletion_log.audit import Verdict
from bridge.deletion_log.findings import FAULT, Finding
from bridge.i18n import gettext as _


def print_verdicts(verdicts: Sequence[Verdict], *, as_json: bool) -> int:
    """Print each log's verdict; return the exit code: 1 when anything is wrong."""
    for verdict in verdicts:
        if as_json:
            click.echo(json.dumps(_plain(verdict), ensure_ascii=False))
            continue
        head = _("{origin}: {size} entries, covered by checkpoints up to {covered}")
        click.echo(head.format(origin=verdict.origin, size=verdict.size, covered=verdict.covered))
        print_findings(verdict.findings)
        for code, count in verdict.unlisted.items():
            click.echo(_("  … and {count} more of this kind: {code}").format(count=count, code=code))
        click.echo(_("  Nothing is wrong.") if verdict.ok else _("  Something is wrong: see above."))
    if not verdicts and not as_json:
        click.echo(_("There is no log yet."))
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def print_findings(findings: Iterable[Finding]) -> None:
    """Print findings, faults marked."""
    for one in findings:
        mark = _("FAULT") if one.severity == FAULT else _("note")
        click.echo(f"  {mark}: {one.text}")


def _plain(verdict: Verdict) -> dict[str, object]:
    return {
        "log": verdict.origin,
        "ok": verdict.ok,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "covered": verdict.covered,
        "checkpoints": verdict.checkpoints,
        "events": dict(verdict.counts),
        "findings": [one.plain() for one in verdict.findings],
        "unlisted": dict(verdict.unlisted),
    }
