"""Read the mails that `classify` and `redact` are given, and tell what each of them comes to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def tell_each(
    files: tuple[str, ...],
    answer: Callable[[str, bytes], dict[str, Any]],
    shown: Callable[[dict[str, Any]], str],
    *,
    as_json: bool,
) -> None:
    """Print the answer for each file (- is standard input); one that can't be read is named, and ends it with 1."""
    failed = False
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            failed = True
            click.echo(f"{name}: {error.strerror}", err=True)
            continue
        found = answer(name, raw)
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else shown(found))
    if failed:
        raise SystemExit(1)
