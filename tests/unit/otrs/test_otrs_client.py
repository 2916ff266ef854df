"""The client's own logic, against the sandbox: sessions shared by threads, guards, paging, parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bridge.otrs import (
    AccessDenied,
    AuthFailed,
    InvalidParameter,
    NewArticle,
    NewAttachment,
    NewTicket,
    OtrsClient,
    SearchNotFiltered,
    Unclear,
)
from bridge.otrs.payload import pending_time
from bridge.sandbox import Fault, SandboxOtrs

NEW = NewTicket("Title", "LQFB-Support", "a@example.org", NewArticle("Subject", "Body"))


@pytest.fixture
def sandbox() -> Iterator[SandboxOtrs]:
    with SandboxOtrs() as made:
        yield made


@pytest.fixture
def client(sandbox: SandboxOtrs) -> Iterator[OtrsClient]:
    made = OtrsClient(sandbox.endpoint())
    yield made
    made.close()


def test_threads_share_one_session_and_renew_it_once(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    ticket_id = client.create_ticket(NEW).ticket_id
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.get_ticket, [ticket_id] * 40))
        assert sandbox.calls()["SessionCreate"] == 1
        sandbox.expire_sessions()
        list(pool.map(client.get_ticket, [ticket_id] * 40))
    assert sandbox.calls()["SessionCreate"] == 2


def test_changed_password_after_expiry(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    client.create_ticket(NEW)
    sandbox.set_password("bridge", "other")
    client.create_ticket(NEW)
    sandbox.expire_sessions()
    with pytest.raises(AuthFailed):
        client.create_ticket(NEW)


def test_closed_client_opens_again(client: OtrsClient) -> None:
    client.create_ticket(NEW)
    client.close()
    client.create_ticket(NEW)


def test_lost_answer_to_a_creation_is_not_sent_again(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    sandbox.faults.arm("TicketCreate", Fault.DROP_AFTER)
    with pytest.raises(Unclear):
        client.create_ticket(replace(NEW, fields={"BridgeRef": "r1"}))
    assert len(client.find_by_field("BridgeRef", "r1")) == 1


def test_lost_answer_to_a_reading_is_asked_for_again(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    ticket_id = client.create_ticket(NEW).ticket_id
    sandbox.faults.arm("TicketGet", Fault.DROP_BEFORE)
    assert client.get_ticket(ticket_id).title == "Title"


@pytest.mark.parametrize("fault", [Fault.HALF_CREATED, Fault.BARE_CREATED])
def test_half_created_ticket_is_unclear(sandbox: SandboxOtrs, client: OtrsClient, fault: Fault) -> None:
    sandbox.faults.arm("TicketCreate", fault)
    with pytest.raises(Unclear):
        client.create_ticket(replace(NEW, fields={"BridgeRef": "r1"}))
    assert len(client.find_by_field("BridgeRef", "r1")) == (1 if fault is Fault.HALF_CREATED else 0)
    assert len(sandbox.in_queue("LQFB-Support")) == 1


def test_unfiltered_search_is_found_out(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    for number in range(3):
        client.create_ticket(replace(NEW, fields={"BridgeRef": f"r{number}"}))
    assert len(client.find_by_field("BridgeRef", "r1")) == 1
    sandbox.faults.arm("TicketSearch", Fault.UNFILTERED)
    with pytest.raises(SearchNotFiltered):
        client.find_by_field("BridgeRef", "r1")


def test_field_that_otrs_does_not_know_is_found_out(client: OtrsClient) -> None:
    client.create_ticket(NEW)
    with pytest.raises(SearchNotFiltered):
        client.find_by_field("Unknown", "r1")


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"SortBy": "Age"},
        {"Queues": []},
        {"Title": ""},
        {"Queue": "LQFB-Support"},
        {"DynamicField_BridgeRef": "r1"},
        {"DynamicField_BridgeRef": {}},
    ],
)
def test_search_that_would_not_filter_is_refused(
    sandbox: SandboxOtrs, client: OtrsClient, criteria: dict[str, object]
) -> None:
    with pytest.raises(InvalidParameter):
        client.search(criteria)
    assert "TicketSearch" not in sandbox.calls()


def test_blank_reference_is_refused(client: OtrsClient) -> None:
    with pytest.raises(InvalidParameter):
        client.find_by_field("BridgeRef", " ")


def test_paging_beyond_five_hundred(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    made = [sandbox.create_ticket("Title", "LQFB-Support", "Body") for _ in range(1100)]
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    sandbox.date_tickets({one: start + dt.timedelta(seconds=index // 3) for index, one in enumerate(made)})
    assert len(client.search({"Queues": ["LQFB-Support"]})) == 500
    assert client.search_all({"Queues": ["LQFB-Support"]}) == made


def test_many_tickets_leave_out_the_denied(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    made = [client.create_ticket(NEW).ticket_id for _ in range(7)]
    sandbox.delete(made[2])
    found = client.get_tickets([*made, 9999, made[0]])
    assert sorted(found) == [one for one in made if one != made[2]]
    assert client.get_tickets([]) == {}


def test_update_of_nothing_is_refused(client: OtrsClient) -> None:
    with pytest.raises(InvalidParameter):
        client.update_ticket(1)


@pytest.mark.parametrize(
    "article",
    [
        NewArticle("", "Body"),
        NewArticle("0", "Body"),
        NewArticle("Subject", " \n"),
        NewArticle("Subject", "Body", attachments=(NewAttachment("a", "text/plain", b""),)),
        NewArticle("Subject", "Body", attachments=(NewAttachment(" ", "text/plain", b"x"),)),
    ],
)
def test_what_otrs_would_refuse_is_not_sent(
    sandbox: SandboxOtrs, client: OtrsClient, article: NewArticle
) -> None:
    with pytest.raises(InvalidParameter):
        client.create_ticket(replace(NEW, article=article))
    assert "TicketCreate" not in sandbox.calls()


def test_pending_time_is_local_and_rounded_up() -> None:
    moment = dt.datetime(2026, 7, 1, 10, 59, 30, tzinfo=dt.UTC)
    assert pending_time(moment, "Europe/Berlin") == {
        "Year": 2026,
        "Month": 7,
        "Day": 1,
        "Hour": 13,
        "Minute": 0,
    }


def test_dates_are_read_in_otrs_time_zone(sandbox: SandboxOtrs) -> None:
    here = OtrsClient(replace(sandbox.endpoint(), timezone="Europe/Berlin"))
    sandbox.date_tickets({sandbox.control_ticket_id: dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)})
    assert here.get_ticket(sandbox.control_ticket_id).created == dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)


def test_password_and_content_stay_out_of_reprs(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    secret = "Geheimnis-4711"
    new = NewTicket(
        secret, "LQFB-Support", f"{secret}@x.org", NewArticle(secret, secret), fields={"BridgeRef": secret}
    )
    made = client.create_ticket(new)
    read = client.get_ticket(made.ticket_id, attachments=True)
    assert read.title == secret
    assert secret not in repr(new) + repr(read)
    assert sandbox.endpoint().password not in repr(sandbox.endpoint())


def test_content_does_not_outlive_the_call(client: OtrsClient) -> None:
    client.get_ticket(client.create_ticket(NEW).ticket_id, attachments=True)
    wire = client._wire()
    assert wire.result is None
    assert wire.result_json is None


def test_denied_without_right(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    made = client.create_ticket(NEW)
    sandbox.set_right("bridge", "LQFB-Support", "")
    with pytest.raises(AccessDenied):
        client.get_ticket(made.ticket_id)
    with pytest.raises(AccessDenied):
        client.create_ticket(NEW)
