"""What a workflow may not do, and what a set of workflows must cover. Pure; files are read in `load`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from bridge.i18n import gettext as _
from bridge.workflow.condition import CATEGORIES, SECRETS, Condition
from bridge.workflow.model import (
    PLACEHOLDERS,
    Answer,
    Close,
    Create,
    Erase,
    File,
    Note,
    Park,
    StepSpec,
    Workflow,
)
from bridge.workflow.problem import Problem, suggestion

_Step = TypeVar("_Step", bound=StepSpec)
_UNANSWERED = {"automated", "spam"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A workflow that is not checked yet, with the place of each step (file, line), key and text."""

    workflow: Workflow
    file: str
    lines: Mapping[str, int]
    steps: tuple[tuple[str, int], ...]
    texts: Mapping[tuple[str, str], int]

    def at(self, index: int, code: str, text: str) -> Problem:
        """Tell a problem with the step of that index."""
        return Problem(*self.steps[index], code, text)

    def about(self, key: str, code: str, text: str) -> Problem:
        """Tell a problem with a top-level key."""
        return Problem(self.file, self.lines.get(key, 1), code, text)


def check_workflow(draft: Draft, languages: Sequence[str]) -> Iterator[Problem]:
    """Yield everything that is wrong with one workflow, whatever others there are."""
    for check in (_creates, _ends, _erases, _answers, _notes, _pendings):
        yield from check(draft)
    yield from _texts(draft, languages)


def check_set(drafts: Sequence[Draft], folder: str) -> Iterator[Problem]:
    """Yield what is wrong between workflows: same rank, never reached, requests that none is meant for."""
    workflows = [draft.workflow for draft in drafts]
    followers = {workflow.then for workflow in workflows}
    for one, other in combinations(sorted(drafts, key=lambda draft: draft.workflow.order), 2):
        first, second = one.workflow, other.workflow
        if first.order[:2] == second.order[:2] and first.when.overlaps(second.when):
            words = _("{name} is meant for the same requests at the same rank; set a rank in one of them")
            yield other.about("when", "same-rank", words.format(name=first.name))
        elif first.when.covers(second.when) and second.name not in followers:
            words = _("never reached: {name} is asked before and takes all of these requests")
            yield other.about("when", "unreachable", words.format(name=first.name))
    yield from _uncovered(workflows, folder)


def _uncovered(workflows: Sequence[Workflow], folder: str) -> Iterator[Problem]:
    for review, words in (
        (False, _("no workflow takes every request of category {category}")),
        (True, _("no workflow takes every request of category {category} that the bridge is unsure of")),
    ):
        for category in CATEGORIES:
            needed = Condition(categories=frozenset({category}), review=review)
            if not any(workflow.when.covers(needed) for workflow in workflows):
                yield Problem(folder, 0, "no-workflow", words.format(category=category))


def _of(draft: Draft, kind: type[_Step]) -> list[tuple[int, _Step]]:
    return [(index, step) for index, step in enumerate(draft.workflow.steps) if isinstance(step, kind)]


def _creates(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, step in _of(draft, Create):
        if step.role in seen:
            yield draft.at(index, "role-twice", _("a second ticket with role {role}").format(role=step.role))
        seen.add(step.role)
        for code, wrong, words in _shown(step):
            if wrong:
                yield draft.at(index, code, words)


def _shown(step: Create) -> tuple[tuple[str, bool, str], ...]:
    """Tell what a ticket would show to the wrong people."""
    shows = step.redact != "all" or step.attachments or step.original or step.title == "original" or step.keep
    return (
        (
            "stub-not-redacted",
            step.role == "stub" and bool(shows),
            _("a stub is redacted in full: no original title, attachments, original or kept types"),
        ),
        (
            "original-redacted",
            step.redact != "none" and step.original,
            _("a redacted ticket can't carry the untouched original"),
        ),
        (
            "title-not-redacted",
            step.role != "stub" and step.redact != "none" and step.title == "original",
            _("the title must be redacted like the rest: write title: redacted or generic"),
        ),
        (
            "keeps-secrets",
            bool(step.keep & SECRETS),
            _("passwords and invite codes are never kept"),
        ),
        (
            "keeps-without-redaction",
            bool(step.keep) and step.redact == "none",
            _("keep has no meaning where nothing is redacted"),
        ),
        (
            "handover-elsewhere",
            step.role == "handover" and (step.queue != "membership" or step.redact != "none"),
            _("a hand-over goes to the queue membership, without redaction"),
        ),
    )


def _ends(draft: Draft) -> Iterator[Problem]:
    sources = draft.workflow.when.sources
    ends = [index for index, step in enumerate(draft.workflow.steps) if isinstance(step, File | Erase | Park)]
    if not ends and sources != {"otrs"}:
        words = _("a mail would stay in the inbox for ever; end with file, erase or park")
        yield draft.about("steps", "no-end", words)
    for index in ends[1:]:
        yield draft.at(index, "two-ends", _("only one of file, erase and park can end a workflow"))
    keeps = any(isinstance(step, Create | Close | Erase | Park) for step in draft.workflow.steps)
    if not keeps and (not sources or "otrs" in sources):
        words = _("a request that began as a ticket would be dropped; add a step close or create")
        yield draft.about("steps", "drops-ticket", words)
    for index, _step in _of(draft, Park):
        if index != len(draft.workflow.steps) - 1:
            yield draft.at(index, "after-park", _("nothing can follow park"))


def _erases(draft: Draft) -> Iterator[Problem]:
    for index, step in _of(draft, Erase):
        if index != len(draft.workflow.steps) - 1:
            yield draft.at(index, "erase-not-last", _("erase must be the last step"))
        if draft.workflow.when.review:
            words = _("nothing is erased while the bridge is unsure; a person decides")
            yield draft.at(index, "erases-unsure", words)
        yield from _receipts(draft, index, step)


def _receipts(draft: Draft, index: int, step: Erase) -> Iterator[Problem]:
    before = draft.workflow.steps[:index]
    made = {one.role if isinstance(one, Create) else one.kind for one in before}
    for role in step.receipts:
        if role not in made:
            words = _("erase waits for a receipt of {role}, but no step before it gives one")
            yield draft.at(index, "receipt-missing", words.format(role=role))
    handover = draft.workflow.created("handover")
    if "handover" not in step.receipts:
        words = _("erase must wait for the receipt of the hand-over")
        yield draft.at(index, "receipt-missing", words)
    elif handover and not handover.original:
        words = _("erase needs a hand-over with the untouched original, to compare it with")
        yield draft.at(index, "handover-without-original", words)


def _answers(draft: Draft) -> Iterator[Problem]:
    when = draft.workflow.when
    for index, _step in _of(draft, Answer):
        if not when.categories or when.categories & _UNANSWERED:
            words = _("automated mail and spam are never answered; name other categories in when")
            yield draft.at(index, "answers-automated", words)
        if when.review:
            words = _("nothing is answered while the bridge is unsure; a person decides")
            yield draft.at(index, "answers-unsure", words)


def _notes(draft: Draft) -> Iterator[Problem]:
    for index, step in _of(draft, Note):
        made = {one.role for one in draft.workflow.steps[:index] if isinstance(one, Create)}
        if step.role not in made | {"original"}:
            words = _("there is no ticket with role {role} yet").format(role=step.role)
            yield draft.at(index, "note-without-ticket", words)


def _pendings(draft: Draft) -> Iterator[Problem]:
    for index, step in _of(draft, Create):
        if step.state.startswith("pending") and not step.pending:
            words = _("a pending state needs pending: deadline, and the workflow a deadline")
            yield draft.at(index, "pending-without-time", words)
        if step.pending and not step.state.startswith("pending"):
            words = _("pending needs a state such as pending reminder")
            yield draft.at(index, "time-without-pending", words)


def _texts(draft: Draft, languages: Sequence[str]) -> Iterator[Problem]:
    used: set[str] = set()
    for index, step in enumerate(draft.workflow.steps):
        key = step.checklist if isinstance(step, Create) else getattr(step, "text", "")
        if key:
            used.add(key)
            yield from _used_text(draft, index, key)
    for (file, key), line in draft.texts.items():
        forms = draft.workflow.texts[key]
        if key not in used and file == draft.file:
            yield Problem(file, line, "unused-text", _("no step uses the text {key}").format(key=key))
        for language in languages:
            if language not in forms:
                words = _("the text {key} lacks the language {language}").format(key=key, language=language)
                yield Problem(file, line, "untranslated", words)
        yield from _placeholders(file, line, key, forms)


def _used_text(draft: Draft, index: int, key: str) -> Iterator[Problem]:
    workflow, step = draft.workflow, draft.workflow.steps[index]
    forms = workflow.texts.get(key)
    if forms is None:
        words = _("there is no text {key}; {hint}").format(key=key, hint=suggestion(key, workflow.texts))
        yield draft.at(index, "unknown-text", words)
        return
    places = set().union(*(re.findall(r"\{([^{}]*)\}", form) for form in forms.values()))
    if "deadline" in places and workflow.deadline is None:
        words = _("the text {key} names a deadline, but the workflow has none").format(key=key)
        yield draft.at(index, "no-deadline", words)
    if "ticket_number" in places and isinstance(step, Answer) and not _ticket_before(workflow, index):
        words = _("the text {key} names a ticket number, but no ticket was made before").format(key=key)
        yield draft.at(index, "no-ticket-number", words)


def _ticket_before(workflow: Workflow, index: int) -> bool:
    return any(isinstance(step, Create) for step in workflow.steps[:index])


def _placeholders(file: str, line: int, key: str, forms: Mapping[str, str]) -> Iterator[Problem]:
    known = set(PLACEHOLDERS)
    found = {language: set(re.findall(r"\{([^{}]*)\}", form)) for language, form in forms.items()}
    for name in sorted(set().union(*found.values()) - known):
        hint = suggestion(name, known)
        words = _("the text {key} holds the unknown placeholder {name}; {hint}")
        yield Problem(file, line, "unknown-placeholder", words.format(key=key, name=name, hint=hint))
