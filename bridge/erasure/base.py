"""What an erasure needs from its caller and what it ends in. See the design's section 4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

Result = Literal["verified", "failed", "unverifiable", "hold"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended. Only `verified` says that the original is gone; `code` says why it is not."""

    result: Result
    code: str = ""
    attrs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class Progress(Protocol):
    """The receipts of one erasure. `mark` returns only when the receipt is safe on disk."""

    def marked(self, phase: str) -> Mapping[str, Any] | None:
        """Return a phase's receipt, or None when it was not reached."""

    def mark(self, phase: str, attrs: Mapping[str, Any]) -> None:
        """Write a phase's receipt, and its deletion-log entry in the same transaction."""

    def may_go_on(self) -> str | None:
        """Tell why nothing irreversible may be done now (hold, brake, lost lease), or None."""
