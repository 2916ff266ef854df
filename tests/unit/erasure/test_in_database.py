"""Erasing with the add-on inside OTRS: verified only when no row is left, and never by a lost answer alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bridge.erasure import Ended, TicketErasure, erase_ticket
from bridge.otrs.errors import AccessDenied, Unclear
from bridge.otrs.model import Article, Remains, Ticket

WHEN = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
ARTICLE = Article(
    **{name: "" for name in Article.__dataclass_fields__ if name != "attachments"} | {"article_id": 11}  # type: ignore[arg-type]
)


def ticket(number: int, title: str, queue: str = "Erase") -> Ticket:
    values: dict[str, Any] = dict.fromkeys(Ticket.__dataclass_fields__, "")
    values |= {
        "ticket_id": number, "title": title, "queue": queue, "queue_id": 5, "owner_id": 1, "create_by": 1,
        "fields": {}, "articles": (ARTICLE,), "created": WHEN, "changed": WHEN,
    }  # fmt: skip
    return Ticket(**values)


@dataclass
class Otrs:
    """An OTRS with a control ticket and one ticket to erase; `rows` is what an erasure leaves, attempt by attempt."""

    rows: list[Mapping[str, int]] = field(default_factory=list)
    lose_answer: bool = False
    hide: bool = False
    there: dict[int, Ticket] = field(
        default_factory=lambda: {1: ticket(1, "Control"), 2: ticket(2, "Request", "Support")}
    )
    left: Mapping[str, int] = field(default_factory=dict)
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def get_ticket(self, ticket_id: int, *, articles: bool = False, attachments: bool = False) -> Ticket:
        if ticket_id not in self.there or (self.hide and ticket_id == 2 and self.asked):
            raise AccessDenied("TicketGet")
        return self.there[ticket_id]

    def update_ticket(
        self, ticket_id: int, *, changes: Mapping[str, object] = {}, fields: Mapping[str, str] = {}
    ) -> int | None:
        assert not fields, "the add-on takes the place of the erase field"
        self.there[ticket_id] = replace(self.there[ticket_id], queue=str(changes["Queue"]))
        return None

    def search(self, criteria: Mapping[str, object], *, limit: int = 500) -> list[int]:
        return [1]

    def erase_with_traces(self, ticket_id: int, article_ids: Sequence[int] = ()) -> Remains:
        self.asked.append(tuple(article_ids))
        if not self.hide:
            self.there.pop(ticket_id, None)
            self.left = self.rows.pop(0) if self.rows else {}
        if self.lose_answer:
            self.lose_answer = False
            raise Unclear("TicketErase")
        return self.prove_ticket(ticket_id)

    def prove_ticket(self, ticket_id: int, article_ids: Sequence[int] = ()) -> Remains:
        if ticket_id in self.there:
            return Remains("hidden", {"ticket": 1}, 30)
        return Remains("gone", self.left, 30)


class Receipts(dict[str, Mapping[str, Any]]):
    def marked(self, phase: str) -> Mapping[str, Any] | None:
        return self.get(phase)

    def mark(self, phase: str, attrs: Mapping[str, Any]) -> None:
        self[phase] = attrs

    def may_go_on(self) -> str | None:
        return None


def erase(otrs: Otrs, receipts: Receipts) -> Ended:
    wanted = TicketErasure(
        otrs, 2, "Erase", "BridgeErase", "erase", "Control", {"11": "x"},
        lambda seen: {str(one.article_id): "x" for one in seen.articles}, in_database=True,
    )  # fmt: skip
    return erase_ticket(wanted, receipts)


def test_verified_names_level_and_how_many_places_were_looked_at() -> None:
    otrs = Otrs()
    ended = erase(otrs, Receipts())
    assert (ended.result, dict(ended.attrs)) == ("verified", {"level": "in-database", "places": 30})
    assert otrs.asked == [(11,)]


def test_rows_that_are_left_are_removed_in_a_further_attempt() -> None:
    otrs, receipts = Otrs(rows=[{"communication_log": 2}, {}]), Receipts()
    assert erase(otrs, receipts) == Ended("failed", "rows-left")
    assert erase(otrs, receipts).result == "verified"
    assert otrs.asked == [(11,), (11,)]


def test_after_a_lost_answer_the_add_on_can_still_prove_it() -> None:
    otrs, receipts = Otrs(lose_answer=True), Receipts()
    with pytest.raises(Unclear):
        erase(otrs, receipts)
    assert "erased" not in receipts
    assert erase(otrs, receipts).result == "verified"


def test_a_ticket_that_is_only_hidden_is_never_verified() -> None:
    otrs = Otrs(hide=True)
    assert erase(otrs, Receipts()) == Ended("failed", "ticket-hidden")
