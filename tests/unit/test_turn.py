"""How a case goes on after a person decided otherwise: plans, pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bridge.act.extension import NotExtendedError, extended
from bridge.act.turn import Before, another_way, erase_now, inserted, mark, to_admins
from bridge.journal.threads import KnownTicket
from bridge.plan import Plan, Step

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
FULL = {"role": "full", "queue": "support"}
HANDOVER = {"role": "handover", "queue": "membership"}
STUB = {"role": "stub", "queue": "support"}
PERSONAL = (
    Step("handover", "create", HANDOVER),
    Step("stub", "create", STUB),
    Step("erase", "erase", {"receipts": ["handover", "stub"], "until": "immediately"}),
)
LOGIN = (Step("full", "create", FULL), Step("file", "move", {"folder": "done"}))


def plan(category: str, steps: Sequence[Step]) -> Plan:
    return Plan(category, 1, "", category, "workflow", NOW + dt.timedelta(days=30), tuple(steps))


def ticket(role: str, ticket_id: int, state: str = "open") -> KnownTicket:
    return KnownTicket(1, "main", ticket_id, f"T{ticket_id}", role, 0, state)


def before(
    old: Plan, done: Mapping[str, Any], *tickets: KnownTicket, number: int = 1, erased: bool = False
) -> Before:
    return Before(old, number, done, tickets, mail=True, erased=erased, asked_on=1, keep_days=14)


def keys(steps: Sequence[Step]) -> list[str]:
    return [step.key for step in steps]


def test_to_personal_everything_is_handed_over_before_it_is_erased() -> None:
    old = before(plan("login", LOGIN), {"full": {"ticket_id": 1}, "file": {}}, ticket("full", 1))
    new = another_way(old, plan("membership", PERSONAL), "category-changed")
    assert keys(new.steps) == [
        "full", "file", "mark-t1", "handover", "stub", "conversation-1-t1", "locate-t1", "joined-t1", "erase",
    ]  # fmt: skip
    assert new.steps[-1].args["receipts"] == ["handover", "stub", "conversation-1-t1"]


def test_away_from_personal_the_tickets_are_taken_back_and_mail_is_kept() -> None:
    done = {"handover": {"ticket_id": 2}, "stub": {"ticket_id": 3}}
    old = before(plan("membership", PERSONAL), done, ticket("handover", 2), ticket("stub", 3))
    new = another_way(old, plan("login", LOGIN), "category-changed")
    assert keys(new.steps)[2:] == [
        "mark-t1", "full", "remark-handover-t1", "back-handover-t1", "remark-stub-t1", "back-stub-t1", "file",
    ]  # fmt: skip


def test_steps_that_were_done_before_get_another_key() -> None:
    done = {
        "full": {"ticket_id": 1},
        "file": {},
        "handover": {"ticket_id": 2},
        "stub": {"ticket_id": 3},
        "erase": {},
    }
    known = (ticket("full", 1, "erased"), ticket("former", 2), ticket("former", 3))
    old = before(plan("membership", (*LOGIN, *PERSONAL)), done, *known, number=2, erased=True)
    assert {"full-t2", "file-t2"} <= set(keys(another_way(old, plan("login", LOGIN), "restored").steps))


def test_between_two_personal_categories_nothing_is_made_or_erased_again() -> None:
    done = {"handover": {"ticket_id": 2}, "stub": {"ticket_id": 3}, "erase": {}}
    old = before(plan("membership", PERSONAL), done, ticket("handover", 2), ticket("stub", 3), erased=True)
    new = another_way(old, plan("data-protection", PERSONAL), "category-changed")
    assert {step.kind for step in new.steps if step.key not in done} == {"mark", "place"}
    assert new.steps[-1].key == "erase"  # later copies share its fate


def test_before_the_erasure_its_receipts_are_those_of_the_tickets_that_are_there() -> None:
    done = {"handover": {"ticket_id": 2}, "stub": {"ticket_id": 3}}
    old = before(plan("membership", PERSONAL), done, ticket("handover", 2), ticket("stub", 3))
    new = another_way(old, plan("data-protection", PERSONAL), "category-changed")
    assert new.steps[-1].args["receipts"] == ["handover", "stub"]


def test_erase_now_needs_no_hand_over() -> None:
    old = before(plan("login", LOGIN), {"full": {"ticket_id": 1}, "file": {}}, ticket("full", 1))
    new = erase_now(old, "dpo")
    assert keys(new.steps)[2:] == ["mark-t1", "locate-t1", "joined-t1", "erase-t1"]
    assert new.steps[-1].args["approved"] == "dpo"
    assert new.cause == "manual"


def test_what_is_inserted_leaves_the_end_last() -> None:
    old = before(plan("login", LOGIN), {"full": {}, "file": {}}, ticket("full", 1))
    assert keys(inserted(old, [mark(old, "held")]).steps) == ["full", "mark-t1", "file"]
    assert keys(to_admins(old).steps) == ["full", "mark-t1", "admins", "link-t1", "file"]


def test_an_extension_counts_from_receipt_and_is_possible_once() -> None:
    old = before(plan("membership", PERSONAL), {"handover": {"ticket_id": 2}}, ticket("handover", 2))
    new = extended(old, NOW, None, 2, "complexity", NOW)
    assert new.due is not None
    assert new.due > NOW + dt.timedelta(days=85)
    assert new.steps[-1].key == "erase"
    again = before(new, {"handover": {"ticket_id": 2}}, ticket("handover", 2), number=2)
    with pytest.raises(NotExtendedError):
        extended(again, NOW, None, 1, "number", NOW)


@pytest.mark.parametrize(
    ("months", "reason", "days"), [(3, "number", 0), (1, "holidays", 0), (1, "number", 31)]
)
def test_what_the_law_does_not_allow_is_not_extended(months: int, reason: str, days: int) -> None:
    old = before(plan("membership", PERSONAL), {}, ticket("handover", 2))
    with pytest.raises(NotExtendedError):
        extended(old, NOW, None, months, reason, NOW + dt.timedelta(days=days))
