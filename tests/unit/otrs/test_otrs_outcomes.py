"""What each kind of bad answer means: was it done, may it be tried again, and does it keep its mouth shut."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator

import pytest
import responses

from bridge.otrs import (
    AccessDenied,
    AuthFailed,
    BadAnswer,
    Endpoint,
    InvalidParameter,
    NewArticle,
    NewTicket,
    OtrsClient,
    OtrsError,
    Refused,
    Unclear,
)

BASE = "http://otrs.test/otrs/nph-genericinterface.pl/Webservice/Bridge"
SECRET = "Geheimnis-4711"
NEW = NewTicket(SECRET, "Queue", SECRET, NewArticle(SECRET, SECRET), fields={"BridgeRef": SECRET})


def error(code: str, message: str = SECRET) -> str:
    return json.dumps({"Error": {"ErrorCode": code, "ErrorMessage": message}})


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        mock.post(f"{BASE}/Session", json={"SessionID": "s1"})
        yield mock


@pytest.fixture
def client() -> Iterator[OtrsClient]:
    made = OtrsClient(Endpoint(BASE, "bridge", "password-0815"))
    yield made
    made.close()


CASES = [
    (500, f"<html>{SECRET}</html>", Unclear, "unclear", False),
    (502, "", Unclear, "unclear", False),
    (503, SECRET, Unclear, "unclear", False),
    (408, "", Unclear, "unclear", False),
    (200, f"<!DOCTYPE html><p>{SECRET}", Unclear, "unclear", False),
    (200, "", Unclear, "unclear", False),
    (200, "  \n", Unclear, "unclear", False),
    (200, '{"TicketID": "12", "Tick', Unclear, "unclear", False),
    (200, '["12"]', Unclear, "unclear", False),
    (200, "[" * 100_000, Unclear, "unclear", False),
    (200, json.dumps({"Other": SECRET}), BadAnswer, "unclear", False),
    (200, json.dumps({"TicketID": SECRET}), BadAnswer, "unclear", False),
    (200, json.dumps({"TicketID": "12", "TicketNumber": "34"}), BadAnswer, "unclear", False),
    (302, "", Refused, "refused", False),
    (401, SECRET, Refused, "refused", False),
    (403, SECRET, Refused, "refused", False),
    (404, SECRET, Refused, "refused", False),
    (413, SECRET, Refused, "refused", True),
    (429, SECRET, Refused, "refused", False),
    (200, error("TicketCreate.AccessDenied"), AccessDenied, "refused", False),
    (200, error("TicketCreate.InvalidParameter"), InvalidParameter, "refused", True),
    (200, error("TicketCreate.MissingParameter"), InvalidParameter, "refused", True),
    (200, error("TicketGet.NotValidTicketID"), Refused, "refused", False),
    (200, error("Webservice.InvalidConfiguration"), Refused, "refused", False),
    (200, '{"Error": "text"}', Refused, "refused", False),
]


@pytest.mark.parametrize(("status", "body", "kind", "outcome", "permanent"), CASES)
def test_answer_to_a_creation(
    web: responses.RequestsMock,
    client: OtrsClient,
    status: int,
    body: str,
    kind: type[OtrsError],
    outcome: str,
    permanent: bool,
) -> None:
    web.post(f"{BASE}/Ticket", status=status, body=body, headers={"Location": f"http://other.test/{SECRET}"})
    with pytest.raises(OtrsError) as caught:
        client.create_ticket(NEW)
    assert type(caught.value) is kind
    assert (caught.value.outcome, caught.value.permanent) == (outcome, permanent)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)
    assert SECRET not in told
    assert "password-0815" not in told
    assert len([call for call in web.calls if str(call.request.url).endswith("/Ticket")]) == 1


def test_parameter_is_named_but_never_its_value(web: responses.RequestsMock, client: OtrsClient) -> None:
    text = f"TicketCreate: Ticket->QueueID or Ticket->Queue parameter is invalid! {SECRET}"
    web.post(f"{BASE}/Ticket", body=error("TicketCreate.InvalidParameter", text))
    with pytest.raises(InvalidParameter, match="QueueID") as caught:
        client.create_ticket(NEW)
    assert caught.value.parameter == "QueueID"
    assert SECRET not in str(caught.value)


def test_session_goes_in_the_header_alone(web: responses.RequestsMock, client: OtrsClient) -> None:
    web.post(f"{BASE}/TicketSearch", json={})
    assert client.search({"Queues": ["Queue"]}) == []
    request = web.calls[-1].request
    assert request.headers["X-OTRS-Header-SessionID"] == "s1"
    assert "s1" not in str(request.url)
    body = request.body
    assert isinstance(body, bytes)
    assert b"s1" not in body
    assert b"password-0815" not in body


def test_refused_password() -> None:
    client = OtrsClient(Endpoint(BASE, "bridge", "wrong"))
    with responses.RequestsMock() as web:
        web.post(f"{BASE}/Session", body=error("SessionCreate.AuthFail"))
        with pytest.raises(AuthFailed) as caught:
            client.search({"Queues": ["Queue"]})
    assert caught.value.outcome == "refused"


def test_session_that_is_no_session() -> None:
    client = OtrsClient(Endpoint(BASE, "bridge", "password-0815"))
    with responses.RequestsMock() as web:
        web.post(f"{BASE}/Session", json={"Other": 1})
        with pytest.raises(BadAnswer):
            client.check_login()


def test_fresh_session_refused_again_is_no_loop(web: responses.RequestsMock, client: OtrsClient) -> None:
    web.post(f"{BASE}/TicketSearch", body=error("TicketSearch.AuthFail"))
    with pytest.raises(AuthFailed):
        client.search({"Queues": ["Queue"]})
    assert len(web.calls) == 4  # log-in, refused, log-in, refused


@pytest.mark.parametrize(
    "answer",
    [
        {"Ticket": []},
        {"Ticket": "x"},
        {"Ticket": [{"TicketID": "13"}]},
        {"Ticket": [{"TicketID": "12"}]},
        {"Ticket": [{"TicketID": "12", "DynamicField": [{"Name": "x"}]}]},
        {"Ticket": [["12"]]},
        {"TicketID": "12"},
    ],
)
def test_ticket_of_another_shape(web: responses.RequestsMock, client: OtrsClient, answer: object) -> None:
    web.post(f"{BASE}/TicketGet/12", json=answer)
    with pytest.raises(BadAnswer):
        client.get_ticket(12)


@pytest.mark.parametrize("answer", [{"TicketID": "abc"}, {"TicketID": [None]}, {"TicketID": {"1": 2}}])
def test_search_of_another_shape(web: responses.RequestsMock, client: OtrsClient, answer: object) -> None:
    web.post(f"{BASE}/TicketSearch", json=answer)
    with pytest.raises(BadAnswer):
        client.search({"Queues": ["Queue"]})


@pytest.mark.parametrize(
    "url", ["", "ftp://x/y/z", "http:///x", "http://user:pw@host/x", "http://host/", "host/x"]
)
def test_address_that_is_none(url: str) -> None:
    with pytest.raises(InvalidParameter):
        OtrsClient(Endpoint(url, "bridge", "x"))
