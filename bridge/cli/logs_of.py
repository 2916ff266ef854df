"""What the commands `log` and `keys destroy` need of the wired bridge: a journal, and each controller's log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import bridge_of

if TYPE_CHECKING:
    from bridge.deletion_log.note import VerifierKey
    from bridge.deletion_log.store import DeletionLog
    from bridge.journal import Journal
    from bridge.keys import Keys


@dataclass(frozen=True, slots=True)
class Opened:
    """Journal, keys, and the log of each controller by the controller's name."""

    journal: Journal
    keys: Keys
    logs: dict[str, DeletionLog]

    def key(self, log: DeletionLog) -> VerifierKey:
        """Return the public key of a controller's logs."""
        return log.sign(log.base).verifier

    def secret(self, year: int) -> bytes | None:
        """Return a year key's secret; None when there is none, or none any more."""
        found = self.keys.years.get(year)
        return found.secret if found else None


@contextmanager
def logs_of(ctx: click.Context) -> Iterator[Opened]:
    """Open journal and keys without asking any server. The only place here that knows the wiring."""
    from bridge.wiring.controller import log_of

    with bridge_of(ctx, servers=False) as bridge:
        logs = {one.name: log_of(one, bridge.keys) for one in bridge.settings.for_controllers()}
        yield Opened(bridge.journal, bridge.keys, logs)
