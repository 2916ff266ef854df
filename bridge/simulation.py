"""Foresee what the workflows would do with a mail: the walk up to its plan, which is pure, and not a step further."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bridge.classify import classify, is_automatic
from bridge.message.model import Message
from bridge.message.parse import parse
from bridge.plan import Plan, Situation, decide, facts_of
from bridge.redact import kinds_of
from bridge.workflow.model import Workflows


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to one mail and why; `steps` are spelled `create:full`, `move:done`, `erase`."""

    category: str
    confidence: float
    review: bool
    workflow: str
    steps: tuple[str, ...]
    reasons: tuple[str, ...]


def foresee(raw: bytes, workflows: Workflows, now: dt.datetime | None = None) -> Foreseen:
    """Classify one mail and lay out its plan, as if it came to an empty journal now."""
    message, received = parse(raw), now or dt.datetime.now(dt.UTC)
    found = classify(message)
    facts = facts_of(
        found,
        sender_domain=message.sender.email.rpartition("@")[2] if message.sender else "",
        has_attachments=bool(message.attachments),
        contains=_contains(message, workflows),
        subject=message.subject,
        received=received.astimezone(),
    )
    answerable = bool(message.sender and message.sender.email) and is_automatic(message) is None
    plan = decide(facts, workflows, Situation(answerable=answerable, language=found.language), received)
    reasons = tuple(reason.text for reason in found.reasons)
    return Foreseen(
        found.category, round(found.confidence, 3), found.review, plan.workflow, spelled(plan), reasons
    )


def spelled(plan: Plan) -> tuple[str, ...]:
    """Spell a plan's steps for people."""
    detail = {
        "create": "role",
        "move": "folder",
        "append": "role",
        "note": "role",
        "answer": "text",
        "park": "code",
    }
    return tuple(
        f"{step.kind}:{step.args[detail[step.kind]]}" if step.kind in detail else step.kind
        for step in plan.steps
    )


def _contains(message: Message, workflows: Workflows) -> frozenset[str]:
    if not any(workflow.when.contains for workflow in workflows):
        return frozenset()
    return frozenset(kinds_of(message))
