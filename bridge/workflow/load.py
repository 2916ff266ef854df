"""Read a folder of workflows, and refuse it with everything that is wrong at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from bridge.i18n import gettext as _
from bridge.workflow import shape
from bridge.workflow.checks import Draft, check_set, check_workflow
from bridge.workflow.condition import Condition, Hours
from bridge.workflow.model import (
    Answer,
    Close,
    Create,
    Deadline,
    Erase,
    File,
    Note,
    Park,
    Redact,
    StepSpec,
    Workflow,
    Workflows,
)
from bridge.workflow.problem import FoundProblems, Problem, from_validation, suggestion
from bridge.workflow.source import Document, read_yaml

LANGUAGES = ("de", "en")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Steps whose files say just what the objects hold.
_PLAIN: dict[str, type[StepSpec]] = {
    "answer": Answer,
    "file": File,
    "close": Close,
    "note": Note,
    "park": Park,
}
# What a role means where the file leaves it open: redact, attachments, original.
_ROLES: dict[str, tuple[Redact, bool, bool]] = {
    "full": ("none", True, False),
    "other": ("none", True, False),
    "handover": ("none", True, True),
    "admins": ("all", False, False),
    "stub": ("all", False, False),
}


class WorkflowProblems(FoundProblems):
    """Hold everything that is wrong with a folder of workflows."""

    code = "workflow.faulty"


@dataclass(frozen=True, slots=True)
class _Written:
    """One file: what it says, and where."""

    path: Path
    document: Document
    shape: shape.WorkflowShape

    def problem(self, key: str, code: str, text: str) -> Problem:
        return Problem(str(self.path), self.document.lines.get((key,), 1), code, text)


def load(folder: Path, languages: Sequence[str] = LANGUAGES) -> Workflows:
    """Read every `*.yaml` of a folder. Raises `WorkflowProblems`; then nothing of the folder may run.

    `languages` are those that each text must exist in.
    """
    problems: list[Problem] = []
    written: dict[str, _Written] = {}
    paths = _files(folder, problems)
    for path in paths:
        read = _read(path, problems)
        if read:
            written[path.stem] = read
    drafts = [draft for name in written if (draft := _draft(name, written, problems))]
    for draft in drafts:
        problems += check_workflow(draft, languages)
    if len(drafts) == len(paths):
        problems += check_set(drafts, str(folder))
    if problems:
        raise WorkflowProblems(problems)
    return Workflows(tuple(sorted((draft.workflow for draft in drafts), key=lambda one: one.order)))


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    if not folder.is_dir():
        problems.append(Problem(str(folder), 0, "no-folder", _("there is no such folder of workflows")))
        return []
    for path in sorted(folder.glob("*.yml")):
        words = _("ends in .yml and would be passed over; name it {name}").format(name=f"{path.stem}.yaml")
        problems.append(Problem(str(path), 0, "wrong-ending", words))
    paths = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))
    if not paths:
        problems.append(Problem(str(folder), 0, "no-workflow", _("there is no workflow in this folder")))
    return paths


def _read(path: Path, problems: list[Problem]) -> _Written | None:
    file = str(path)
    if not re.fullmatch(r"[a-z][a-z0-9-]*", path.stem):
        words = _("the file's name is the workflow's name: small letters, digits and hyphens only")
        problems.append(Problem(file, 0, "wrong-name", words))
    try:
        document = read_yaml(path.read_text(encoding="utf-8-sig"), file)
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(file, 0, "unreadable", _("can't be read as a text file in UTF-8")))
        return None
    problems += document.problems
    if document.problems and document.content is None:
        return None
    try:
        known = shape.WorkflowShape.model_validate({} if document.content is None else document.content)
    except ValidationError as error:
        problems += from_validation(error, file, document.lines, shape.WorkflowShape)
        return None
    return _Written(path, document, known)


def _draft(name: str, written: Mapping[str, _Written], problems: list[Problem]) -> Draft | None:
    """Join a workflow with those that `then` names; None where that is faulty."""
    own = written[name]
    chain, seen = [own], [name]
    while chain[-1].shape.then:
        follower = chain[-1].shape.then
        if follower in seen:
            if follower == name:  # else it is told once, at the workflows that form the loop
                words = _("workflows follow each other in a loop: {names}").format(
                    names=" → ".join([*seen, name])
                )
                problems.append(own.problem("then", "loop", words))
            return None
        if follower not in written:
            if len(chain) == 1:
                hint = suggestion(follower, set(written) - {name})
                words = _("there is no workflow {name}; {hint}").format(name=follower, hint=hint)
                problems.append(own.problem("then", "unknown-workflow", words))
            return None
        chain.append(written[follower])
        seen.append(follower)
    return _joined(name, chain)


def _joined(name: str, chain: list[_Written]) -> Draft:
    own = chain[0].shape
    deadline = _deadline(own.deadline)
    places = [
        (str(part.path), part.document.lines.get(("steps", index), 1), step)
        for part in chain
        for index, step in enumerate(part.shape.steps)
    ]
    texts = {
        key: MappingProxyType(forms) for part in reversed(chain) for key, forms in part.shape.texts.items()
    }
    workflow = Workflow(
        name=name,
        version=own.version,
        digest=_digest(name, [part.document.content for part in chain]),
        when=_condition(own.when),
        steps=tuple(_step(step, deadline) for _file, _line, step in places),
        deadline=deadline,
        log_cause=own.log_cause,
        rank=own.rank,
        then=own.then or "",
        texts=MappingProxyType(texts),
        description=own.description,
    )
    lines = {key: line for (key, *rest), line in _top(chain[0].document) if not rest}
    text_lines = {
        (str(part.path), key): part.document.lines.get(("texts", key), 1)
        for part in chain
        for key in part.shape.texts
    }
    return Draft(
        workflow, str(chain[0].path), lines, tuple((file, line) for file, line, _step in places), text_lines
    )


def _top(document: Document) -> Iterable[tuple[tuple[Any, ...], int]]:
    return ((path, line) for path, line in document.lines.items() if path)


def _digest(name: str, contents: list[Any]) -> str:
    canonical = json.dumps([name, *contents], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _condition(when: shape.ConditionShape) -> Condition:
    span = when.hours
    hours = Hours(span.start, span.end, frozenset(map(_DAYS.index, span.days))) if span else None
    return Condition(
        categories=frozenset(when.category),
        review=when.review,
        candidates=frozenset(when.candidates),
        confidence_at_least=when.confidence.at_least,
        languages=frozenset(when.language),
        sender_domains=frozenset(domain.lower().removeprefix("@") for domain in when.sender_domain),
        has_attachments=when.has_attachments,
        contains=frozenset(map(str.upper, when.contains)),
        sources=frozenset(when.source),
        subject_contains=frozenset(words.casefold() for words in when.subject_contains),
        hours=hours,
    )


def _deadline(period: shape.DeadlineShape | None) -> Deadline | None:
    return Deadline(period.months, period.days, period.remind_days) if period else None


def _step(step: shape.StepShape, deadline: Deadline | None) -> StepSpec:
    (kind,) = step.model_fields_set
    written = getattr(step, kind)
    if isinstance(written, shape.CreateShape):
        return _create(written, deadline)
    if isinstance(written, shape.EraseShape):
        until = "after" if written.after is not None else written.until
        return Erase(written.what, until, written.after, written.method, written.receipts)
    return _PLAIN[kind](**written.model_dump())


def _create(made: shape.CreateShape, deadline: Deadline | None) -> Create:
    usual, attachments, original = _ROLES[made.role]
    redact = made.redact or usual
    return Create(
        role=made.role,
        queue=made.queue,
        redact=redact,
        keep=frozenset(map(str.upper, made.keep)),
        attachments=attachments if made.attachments is None else made.attachments,
        original=original if made.original is None else made.original,
        title=made.title or ("original" if redact == "none" else "redacted"),
        priority=made.priority,
        state=made.state or ("pending reminder" if made.pending else "new"),
        checklist=made.checklist or "",
        pending=deadline if made.pending else None,
    )
