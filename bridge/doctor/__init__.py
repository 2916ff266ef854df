"""Examine a set-up: every check with a verdict, a reason and the step that mends it."""

from bridge.doctor.examination import AREAS, examine
from bridge.doctor.finding import Finding, Verdict

__all__ = ["AREAS", "Finding", "Verdict", "examine"]
