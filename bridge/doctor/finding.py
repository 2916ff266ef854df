"""What a check finds: a verdict, the reason, and the step that mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bridge.i18n import gettext

Verdict = Literal["ok", "warning", "fault", "skipped"]


@dataclass(frozen=True, slots=True)
class Advice:
    """The texts for one outcome of a check, in English; `{names}` are filled in. Only a fault ends with exit code 1."""

    verdict: Verdict
    reason: str
    mending: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome, worded in the language in force. `check` and `outcome` are for programs."""

    check: str
    outcome: str
    verdict: Verdict
    reason: str
    mending: str = ""
    controller: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give all fields by name, for JSON."""
        return asdict(self)


def found(check: str, outcome: str = "ok", **values: object) -> Finding:
    """Word an outcome; raises KeyError for one that has no advice."""
    from bridge.doctor.advice import ADVICE

    advice = ADVICE[check][outcome]
    reason, mending = (
        gettext(text).format(**values) if text else "" for text in (advice.reason, advice.mending)
    )
    return Finding(check, outcome, advice.verdict, reason, mending)
