"""Decide what will be done with one request: a complete plan before the first action. Pure.

Irreversible steps come last. A plan holds keys, queues and labels only, so it can stand in the journal; what a ticket
will say is made from the request when the step is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bridge.classify import Classification
from bridge.workflow.condition import Facts
from bridge.workflow.model import (
    Answer,
    Close,
    Create,
    Erase,
    File,
    Note,
    Park,
    StepSpec,
    Workflow,
    Workflows,
)

PERSONAL = frozenset({"data-protection", "membership"})
UNANSWERED = frozenset({"automated", "spam"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `key` names it within its case; BridgeRef and receipts are bound to it."""

    key: str
    kind: str
    args: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of one request in their order, and why: the workflow, its version, the category.

    `undecided`: the category is a guess that a person has to confirm, so no ticket shows it.
    """

    workflow: str
    version: int
    digest: str
    category: str
    cause: str
    due: dt.datetime | None
    steps: tuple[Step, ...]
    undecided: bool = False

    @property
    def erases(self) -> bool:
        return any(step.kind == "erase" for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Give what the journal keeps; `from_json` is its inverse."""
        steps = [{"key": step.key, "kind": step.kind, "args": dict(step.args)} for step in self.steps]
        due = self.due.isoformat() if self.due else None
        head = {"workflow": self.workflow, "version": self.version, "digest": self.digest}
        rest = {"due": due, "steps": steps, "undecided": self.undecided}
        return {**head, "category": self.category, "cause": self.cause, **rest}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """Read a plan back from the journal."""
        steps = tuple(Step(s["key"], s["kind"], MappingProxyType(s["args"])) for s in kept["steps"])
        due = dt.datetime.fromisoformat(kept["due"]) if kept["due"] else None
        head = (kept["workflow"], kept["version"], kept["digest"], kept["category"], kept["cause"])
        return cls(*head, due, steps, kept.get("undecided", False))


@dataclass(frozen=True, slots=True)
class Thread:
    """The case that a follow-up belongs to, and the roles of the tickets it has (each open or closed, not erased)."""

    case_id: int
    roles: frozenset[str]

    @property
    def handed_over(self) -> bool:
        return "handover" in self.roles


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision needs to know besides the request itself.

    `answerable`: an automatic answer is safe (RFC 3834) and the sender has an address. `answered`: the sender or
    everybody together had as many automatic answers as the caps allow. `language` is that of the request.
    """

    source: str = "mail"
    answerable: bool = False
    answered: bool = False
    thread: Thread | None = None
    language: str = ""

    @property
    def born_in_otrs(self) -> bool:
        return self.source == "otrs"


def decide(facts: Facts, workflows: Workflows, situation: Situation, received: dt.datetime) -> Plan:
    """Choose the workflow and lay out every step. Raises NoWorkflow when nothing fits.

    A follow-up joins its case's tickets; when it turns out to be about personal data that nobody handed over yet, it
    takes its own way and the old ticket gets a note. An answer that must not be sent becomes a ticket for a person.
    """
    workflow = workflows.choose(facts)
    thread = situation.thread
    steps: Iterable[Step]
    if thread and facts.category not in UNANSWERED:
        steps = _follow_up(facts, workflow, situation, thread)
    elif _must_not_answer(workflow, situation):
        steps = _for_a_person(situation)
    else:
        steps = _steps(workflow, situation)
    due = workflow.deadline.end(received) if workflow.deadline else None
    head = (workflow.name, workflow.version, workflow.digest, facts.category, workflow.log_cause)
    return Plan(*head, due, tuple(steps), facts.review)


def facts_of(classification: Classification, **others: Any) -> Facts:
    """Turn a classification into what conditions look at."""
    second = (classification.runner_up,) if classification.runner_up else ()
    return Facts(
        category=classification.category,
        confidence=classification.confidence,
        review=classification.review,
        candidates=(classification.category, *second),
        language=classification.language,
        **others,
    )


def _must_not_answer(workflow: Workflow, situation: Situation) -> bool:
    answers = any(isinstance(spec, Answer) for spec in workflow.steps)
    return answers and (situation.answered or not situation.answerable)


def _for_a_person(situation: Situation) -> list[Step]:
    full = Create(role="full", queue="support", attachments=True)
    return [_create(full, situation), *_end(situation)]


def _end(situation: Situation) -> list[Step]:
    return [] if situation.born_in_otrs else [Step("file", "move", {"folder": "done"})]


def _follow_up(facts: Facts, workflow: Workflow, situation: Situation, thread: Thread) -> list[Step]:
    if thread.handed_over:
        return _after_hand_over(situation)
    target = next((role for role in ("full", "original", "parked") if role in thread.roles), None)
    if target is None:
        return (
            _for_a_person(situation) if _must_not_answer(workflow, situation) else _steps(workflow, situation)
        )
    if facts.category in PERSONAL or facts.review:
        note = Step("thread-note", "append", {"role": target, "as": "pointer"})
        own = _steps(workflow, situation)
        return [*own[:-1], note, own[-1]] if own and own[-1].kind in {"erase", "move"} else [*own, note]
    joined = [Step("append", "append", {"role": target, "as": "full"})]
    if "admins" in thread.roles:
        joined.append(Step("append-admins", "append", {"role": "admins", "as": "redacted"}))
    return [*joined, *_end(situation)]


def _after_hand_over(situation: Situation) -> list[Step]:
    steps = [
        Step("append", "append", {"role": "handover", "as": "handover"}),
        Step("append-stub", "append", {"role": "stub", "as": "redacted"}),
    ]
    receipts = [step.key for step in steps]
    if situation.born_in_otrs:
        return steps
    return [*steps, Step("erase", "erase", {"receipts": receipts, "until": "immediately"})]


def _steps(workflow: Workflow, situation: Situation) -> list[Step]:
    steps = [step for spec in workflow.steps for step in _expanded(spec, workflow, situation)]
    keys = [step.key for step in steps]
    assert len(keys) == len(set(keys)), "the loader refuses workflows with two steps of one key"  # noqa: S101
    ends = {"move", "erase", "park"}
    return steps if any(step.kind in ends for step in steps) else [*steps, *_end(situation)]


def _expanded(spec: StepSpec, workflow: Workflow, situation: Situation) -> Iterable[Step]:
    """Yield a spec's step; a checklist becomes a note in its ticket, the admins' ticket is named in the full one."""
    step = _step(spec, workflow, situation)
    if step is None:
        return
    if isinstance(spec, Erase) and spec.until != "immediately" and situation.born_in_otrs:
        yield Step("hide", "hide")
    yield step
    if not isinstance(spec, Create):
        return
    if spec.checklist:
        args = {"role": _held_by(spec.role, situation), "text": spec.checklist, "workflow": workflow.name}
        yield Step(f"checklist-{spec.role}", "note", args)
    if spec.role == "admins" and workflow.created("full"):
        yield Step("link", "append", {"role": _held_by("full", situation), "as": "link", "other": "admins"})


def _held_by(role: str, situation: Situation) -> str:
    return "original" if role == "full" and situation.born_in_otrs else role


def _step(spec: StepSpec, workflow: Workflow, situation: Situation) -> Step | None:  # noqa: PLR0911  # one a kind
    match spec:
        case Create():
            return _create(spec, situation)
        case Answer():
            return Step(
                "answer",
                "answer",
                {"text": spec.text, "workflow": workflow.name, "language": situation.language},
            )
        case File():
            return None if situation.born_in_otrs else Step("file", "move", {"folder": spec.folder})
        case Close():
            return Step("close", "close", {"state": spec.state}) if situation.born_in_otrs else None
        case Note():
            role = _held_by(spec.role, situation)
            return Step(
                f"note-{spec.role}-{spec.text}",
                "note",
                {"role": role, "text": spec.text, "workflow": workflow.name},
            )
        case Park():
            return Step("park", "park", {"code": spec.code})
        case Erase():
            return _erase(spec, workflow)


def _erase(spec: Erase, workflow: Workflow) -> Step:
    after = spec.after.total_seconds() if spec.after else 0
    args = {
        "receipts": list(spec.receipts),
        "until": spec.until,
        "after_seconds": after,
        "digest": workflow.digest,
    }
    return Step("erase", "erase", args)


def _create(spec: Create, situation: Situation) -> Step:
    if situation.born_in_otrs and spec.role == "full":
        return Step("adopt", "adopt", {"queue": spec.queue, "priority": spec.priority})
    args: dict[str, Any] = {
        "role": spec.role,
        "queue": spec.queue,
        "redact": spec.redact,
        "keep": sorted(spec.keep),
        "attachments": spec.attachments,
        "original": spec.original,
        "title": spec.title,
        "priority": spec.priority,
        "state": spec.state,
    }
    if spec.pending:
        args["pending"] = {"months": spec.pending.months, "days": spec.pending.days}
    return Step(spec.role, "create", args)
