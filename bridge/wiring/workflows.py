"""The workflows in force: read at the start and again when asked to; a faulty set never replaces a sound one."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from bridge.wiring.defaults import default_workflows
from bridge.workflow.load import load
from bridge.workflow.model import Workflows


@cache
def shipped_digests() -> frozenset[str]:
    """Return the digests of the workflows that come with the program; they were reviewed with it."""
    return frozenset(workflow.digest for workflow in load(default_workflows()))


class WorkflowFolder:
    """Give out the workflows of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._current = load(folder)

    def __call__(self) -> Workflows:
        """Return the set in force."""
        return self._current

    def reload(self) -> None:
        """Read the folder again; raises WorkflowProblems and keeps the old set when something is wrong."""
        with self._lock:
            self._current = load(self._folder)
