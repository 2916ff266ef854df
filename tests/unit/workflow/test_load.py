"""Loading workflows: the shipped ones are sound, faulty ones are refused with everything that is wrong."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from bridge.workflow import shape
from bridge.workflow.condition import CATEGORIES, SOURCES, TYPES, Facts
from bridge.workflow.load import WorkflowProblems, load
from bridge.workflow.model import Answer, Close, Create, Erase, File, Workflow

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "workflows"
RECEIVED = dt.datetime(2026, 1, 31, 9, 0, tzinfo=dt.UTC)

HAND_OVER = "- create: {role: handover, queue: membership}"
STUB = "- create: {role: stub, queue: support}"
FULL = "- create: {role: full, queue: support}"
FILE = "- file: {folder: done}"
CLOSE = "- close:"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "workflows")
    return tmp_path / "workflows"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """One workflow only, where the rest does not matter."""
    shutil.copy(SHIPPED / "other.yaml", tmp_path)
    return tmp_path


def write(
    folder: Path, name: str, *steps: str, when: str = "{category: other, language: pl}", more: str = ""
) -> None:
    lines = ["version: 1", f"when: {when}", "steps:", *(f"  {step}" for step in steps)]
    (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n" + more, encoding="utf-8")


def codes(folder: Path) -> list[tuple[str, int]]:
    with pytest.raises(WorkflowProblems) as caught:
        load(folder)
    return [(problem.code, problem.line) for problem in caught.value.problems]


def loaded(folder: Path, name: str) -> Workflow:
    workflow = load(folder).named(name)
    assert workflow is not None
    return workflow


# --- the shipped workflows ----------------------------------------------------------------------------------


def test_every_category_has_its_own_workflow() -> None:
    workflows = load(SHIPPED)
    for category in CATEGORIES:
        for source in SOURCES:
            assert workflows.choose(Facts(category, source=source)).name == category


@pytest.mark.parametrize("category", CATEGORIES)
def test_unsure_requests_go_to_people_and_erase_nothing(category: str) -> None:
    workflows = load(SHIPPED)
    for second in CATEGORIES:
        workflow = workflows.choose(Facts(category, review=True, candidates=(category, second)))
        personal = not {category, second}.isdisjoint({"data-protection", "membership"})
        full = workflow.created("full")
        assert full is not None
        assert full.queue == ("membership" if personal else "support")
        assert not workflow.erases


@pytest.mark.parametrize("category", ["data-protection", "membership"])
def test_personal_requests_are_handed_over_and_erased_last(category: str) -> None:
    workflow = load(SHIPPED).choose(Facts(category))
    handover, stub = workflow.created("handover"), workflow.created("stub")
    assert handover is not None
    assert stub is not None
    assert (handover.queue, handover.redact, handover.attachments, handover.original) == (
        "membership",
        "none",
        True,
        True,
    )
    assert (stub.queue, stub.redact, stub.attachments, stub.original) == ("support", "all", False, False)
    assert stub.title != "original"
    assert isinstance(workflow.steps[-1], Erase)
    assert workflow.deadline is not None
    assert workflow.deadline.end(RECEIVED) == RECEIVED.replace(month=2, day=28)
    assert handover.pending == workflow.deadline
    assert handover.state == "pending reminder"


@pytest.mark.parametrize("category", ["technical", "new-instance"])
def test_technical_requests_get_a_redacted_twin_for_admins(category: str) -> None:
    workflow = load(SHIPPED).choose(Facts(category))
    full, admins = workflow.created("full"), workflow.created("admins")
    assert full is not None
    assert admins is not None
    assert full.queue == "support"
    assert (admins.queue, admins.redact, admins.attachments, admins.title) == (
        "admins",
        "all",
        False,
        "redacted",
    )
    assert bool(admins.checklist) == (category == "new-instance")


@pytest.mark.parametrize("category", ["automated", "spam", "joining-leaving"])
def test_no_ticket_is_made_and_none_is_dropped(category: str) -> None:
    workflow = load(SHIPPED).choose(Facts(category))
    kinds = {type(step) for step in workflow.steps}
    assert Create not in kinds
    assert {File, Close} <= kinds
    assert (Answer in kinds) == (category == "joining-leaving")


def test_shipped_texts_never_ask_for_secrets_and_exist_in_both_languages() -> None:
    for workflow in load(SHIPPED):
        for key in workflow.texts:
            assert workflow.text(key, "de") != workflow.text(key, "en")


def test_literals_of_files_follow_the_model() -> None:
    assert get_args(shape.Category) == CATEGORIES
    assert get_args(shape.Source) == SOURCES
    assert tuple(name.upper() for name in get_args(shape.DataType)) == TYPES


def test_json_schema_is_up_to_date() -> None:
    shipped = json.loads(
        resources.files("bridge.workflow").joinpath("schema.json").read_text(encoding="utf-8")
    )
    assert shipped == shape.json_schema(), "run: python -m scripts.workflow_schema"


def test_every_shipped_workflow_names_the_schema() -> None:
    for path in SHIPPED.glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../bridge/workflow/schema.json"


# --- what files mean ----------------------------------------------------------------------------------------


def test_digest_knows_content_but_not_layout(folder: Path) -> None:
    before = loaded(folder, "login").digest
    path = folder / "login.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "# a comment\n\n" + text.replace("category: login", "category:   'login'"), encoding="utf-8"
    )
    assert loaded(folder, "login").digest == before
    path.write_text(text.replace("role: full", "role: full\n      priority: high"), encoding="utf-8")
    assert loaded(folder, "login").digest != before
    assert len(before) == 64


def test_steps_of_then_follow_and_count_in_the_digest(folder: Path) -> None:
    write(folder, "first", "- note: {role: original, text: hint}", when="{category: login, language: en}",
          more="then: login\ntexts: {hint: {de: Hinweis, en: Hint}}\n")  # fmt: skip
    first = loaded(folder, "first")
    assert [step.kind for step in first.steps] == ["note", "create", "file"]
    path = folder / "login.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("role: full", "role: full\n      priority: low"))
    assert loaded(folder, "first").digest != first.digest


def test_more_specific_first_unless_ranked(folder: Path) -> None:
    write(folder, "polish", FULL, FILE, when="{category: other, language: pl}")
    assert load(folder).choose(Facts("other", language="pl")).name == "polish"
    path = folder / "other.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "rank: 5\n", encoding="utf-8")
    assert codes(folder) == [("unreachable", 2)]


def test_conditions_are_read(folder: Path) -> None:
    when = (
        "{category: [login, other], confidence: {at_least: 0.7}, language: pl, sender_domain: [Example.org], "
        "has_attachments: no, contains: iban, source: mail, subject_contains: Eilt, "
        "hours: {from: 22:00, to: 06:30, days: [sat, sun]}}"
    )
    write(folder, "night", FULL, FILE, when=when)
    condition = loaded(folder, "night").when
    assert condition.confidence_at_least == 0.7
    assert condition.has_attachments is False
    assert condition.contains == {"IBAN"}
    assert condition.sender_domains == {"example.org"}
    assert condition.subject_contains == {"eilt"}
    assert condition.hours is not None
    assert (condition.hours.start, condition.hours.end) == (dt.time(22), dt.time(6, 30))
    assert condition.hours.days == {5, 6}


@pytest.mark.parametrize(
    ("written", "until", "after"),
    [
        ("erase: {until: acknowledged}", "acknowledged", None),
        ("erase: {after: 24h}", "after", dt.timedelta(days=1)),
        ("erase: {after: 90m}", "after", dt.timedelta(minutes=90)),
        ("erase:", "immediately", None),
    ],
)
def test_moments_of_erasing(folder: Path, written: str, until: str, after: dt.timedelta | None) -> None:
    write(folder, "own", HAND_OVER, STUB, f"- {written}")
    step = loaded(folder, "own").steps[-1]
    assert isinstance(step, Erase)
    assert (step.until, step.after) == (until, after)


# --- what is refused ----------------------------------------------------------------------------------------

ANSWER = "- answer: {text: hello}"
TEXT = "texts: {hello: {de: Hallo, en: Hello}}\n"
OTHER = "{category: other, language: pl}"

REFUSED = {
    "unknown step": ((FULL, "- forward: {to: x}"), OTHER, "", ("unknown-step", 5)),
    "unknown queue": (("- create: {role: full, queue: suport}", FILE), OTHER, "", ("unknown-queue", 4)),
    "unknown role": (("- create: {role: all, queue: support}", FILE), OTHER, "", ("unknown-role", 4)),
    "unknown category": ((FULL, FILE), "{category: logn}", "", ("unknown-category", 2)),
    "unknown key of a step": (("- create: {role: full, quue: support}", FILE), OTHER, "", ("unknown-key", 4)),
    "role missing": (("- create:", FILE), OTHER, "", ("missing", 4)),
    "two kinds in a step": (("- {file: {folder: done}, close: {}}",), OTHER, "", ("not-one-step", 4)),
    "erase not last": ((HAND_OVER, STUB, "- erase:", CLOSE), OTHER, "", ("erase-not-last", 6)),
    "erase without hand-over": ((STUB, "- erase:"), OTHER, "", ("receipt-missing", 5)),
    "erase before its receipts": ((HAND_OVER, "- erase:", STUB), OTHER, "", ("receipt-missing", 5)),
    "erase without the hand-over's receipt": (
        (HAND_OVER, STUB, "- erase: {receipts: [stub]}"), OTHER, "", ("receipt-missing", 6)),
    "erase without original": (
        ("- create: {role: handover, queue: membership, original: false}", STUB, "- erase:"), OTHER, "",
        ("handover-without-original", 6)),
    "erase at two moments": (
        (HAND_OVER, STUB, "- erase: {until: acknowledged, after: 24h}"), OTHER, "", ("two-moments", 6)),
    "erase while unsure": (
        (HAND_OVER, STUB, "- erase:"), "{category: other, language: pl, review: true}", "", ("erases-unsure", 6)),
    "no number": ((HAND_OVER, STUB, "- erase: {after: soon}"), OTHER, "", ("wrong-value", 6)),
    "answers spam": ((ANSWER, FILE, CLOSE), "{category: [spam, other], language: pl}", TEXT, ("answers-automated", 4)),
    "answers anything": ((ANSWER, FILE, CLOSE), "{language: pl}", TEXT, ("answers-automated", 4)),
    "answers while unsure": (
        (ANSWER, FILE, CLOSE), "{category: login, review: true}", TEXT, ("answers-unsure", 4)),
    "no end": ((FULL,), OTHER, "", ("no-end", 3)),
    "two ends": ((FULL, FILE, "- file: {folder: filed}"), OTHER, "", ("two-ends", 6)),
    "drops a ticket": ((FILE,), OTHER, "", ("drops-ticket", 3)),
    "goes on after park": (("- park: {code: odd}", FULL), OTHER, "", ("after-park", 4)),
    "role twice": ((FULL, FULL, FILE), OTHER, "", ("role-twice", 5)),
    "stub shows": (
        ("- create: {role: stub, queue: support, keep: [person]}", FILE), OTHER, "", ("stub-not-redacted", 4)),
    "stub with attachments": (
        ("- create: {role: stub, queue: support, attachments: true}", FILE), OTHER, "", ("stub-not-redacted", 4)),
    "original with a redacted ticket": (
        ("- create: {role: admins, queue: admins, original: true}", FILE), OTHER, "", ("original-redacted", 4)),
    "title not redacted": (
        ("- create: {role: admins, queue: admins, title: original}", FILE), OTHER, "", ("title-not-redacted", 4)),
    "secrets kept": (
        ("- create: {role: admins, queue: admins, keep: [password]}", FILE), OTHER, "", ("keeps-secrets", 4)),
    "keep without redaction": (
        ("- create: {role: full, queue: support, keep: ip}", FILE), OTHER, "", ("keeps-without-redaction", 4)),
    "hand-over to support": (
        ("- create: {role: handover, queue: support}", FILE), OTHER, "", ("handover-elsewhere", 4)),
    "note without ticket": (
        ("- note: {role: full, text: hello}", FULL, FILE), OTHER, TEXT, ("note-without-ticket", 4)),
    "pending without deadline": (
        ("- create: {role: full, queue: support, pending: deadline}", FILE), OTHER, "", ("pending-without-time", 4)),
    "deadline without length": ((FULL, FILE), OTHER, "deadline: {remind_days: 3}\n", ("no-period", 6)),
    "unknown text": ((FULL, "- note: {role: full, text: helo}", FILE), OTHER, TEXT.replace("hello:", "hullo:"),
                     ("unknown-text", 5)),
    "unused text": ((FULL, FILE), OTHER, TEXT, ("unused-text", 6)),
    "untranslated": (
        (FULL, "- note: {role: full, text: hello}", FILE), OTHER, "texts: {hello: {de: Hallo}}\n", ("untranslated", 7)),
    "unknown placeholder": (
        (FULL, "- note: {role: full, text: hello}", FILE), OTHER,
        "texts: {hello: {de: 'Hallo {name}', en: 'Hello {name}'}}\n", ("unknown-placeholder", 7)),
    "text names a deadline": (
        (FULL, "- note: {role: full, text: hello}", FILE), OTHER,
        "texts: {hello: {de: 'Bis {deadline}', en: 'Until {deadline}'}}\n", ("no-deadline", 5)),
    "answer names a ticket": (
        (ANSWER, FILE, CLOSE), OTHER, "texts: {hello: {de: '{ticket_number}', en: '{ticket_number}'}}\n",
        ("no-ticket-number", 4)),
    "unknown workflow": ((FULL, FILE), OTHER, "then: loggin\n", ("unknown-workflow", 6)),
    "loop with itself": ((FULL,), OTHER, "then: own\n", ("loop", 5)),
    "same rank": ((FULL, FILE), "{category: other}", "", ("same-rank", 2)),
    "version missing": ((FULL, FILE), OTHER, "version: 2\n", ("duplicate-key", 6)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_code_and_line(bare: Path, case: str) -> None:
    steps, when, more, expected = REFUSED[case]
    write(bare, "own", *steps, when=when, more=more)
    assert expected in codes(bare)


def test_loops_over_several_files_are_told_and_never_run(folder: Path) -> None:
    for name, then in (("one", "two"), ("two", "three"), ("three", "one")):
        write(folder, name, FULL, more=f"then: {then}\n")
    assert {code for code, _line in codes(folder)} == {"loop"}


def test_all_problems_of_all_files_come_at_once(folder: Path) -> None:
    write(folder, "one", "- creat: {role: full}", when="{category: othr}")
    write(folder, "two", FULL, FILE, FILE)
    (folder / "three.yaml").write_text("version: [", encoding="utf-8")
    (folder / "Four!.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "five.yml").write_text("", encoding="utf-8")
    assert {code for code, _line in codes(folder)} == {
        "unknown-step", "unknown-category", "two-ends", "yaml-syntax", "wrong-name", "unreadable", "wrong-ending",
    }  # fmt: skip


def test_a_category_without_workflow_is_told_for_sure_and_unsure_requests(folder: Path) -> None:
    (folder / "login.yaml").unlink()
    (folder / "review.yaml").unlink()
    with pytest.raises(WorkflowProblems) as caught:
        load(folder)
    texts = [problem.text for problem in caught.value.problems]
    assert "no workflow takes every request of category login" in texts
    assert "no workflow takes every request of category login that the bridge is unsure of" in texts
    assert not any("of category other" in text and "unsure" not in text for text in texts)


def test_a_narrow_workflow_does_not_stand_for_its_category(folder: Path) -> None:
    path = folder / "login.yaml"
    path.write_text(
        path.read_text().replace("category: login", "category: login\n  confidence: {at_least: 0.9}")
    )
    assert codes(folder) == [("no-workflow", 0)]


def test_empty_and_missing_folders(tmp_path: Path) -> None:
    assert ("no-workflow", 0) in codes(tmp_path)
    assert ("no-folder", 0) in codes(tmp_path / "nowhere")


def test_problems_name_file_line_and_what_was_meant(folder: Path) -> None:
    write(folder, "own", "- creat: {role: full, queue: support}", FILE)
    with pytest.raises(WorkflowProblems) as caught:
        load(folder)
    assert str(caught.value) == (
        f"{folder / 'own.yaml'}:4: unknown key steps[1].creat; did you mean create? [unknown-step]"
    )
    assert caught.value.permanent
