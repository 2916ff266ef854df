"""The operator's pages, and metrics."""

from __future__ import annotations

import datetime as dt

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text

from bridge.journal import brakes, folders
from bridge.journal.schema import workers
from bridge.web.metrics import metrics_app
from bridge.web.ports import RoundState
from tests.unit.web.web_bench import Browser, WebBench


@pytest.fixture
def otto(staffed: WebBench) -> Browser:
    browser = staffed.client()
    browser.log_in("otto")
    return browser


def test_cases_that_need_a_person_come_first_with_their_reasons(otto: Browser) -> None:
    page = otto.get("/c/main/cases").text
    places = [page.index(f'/c/main/cases/{number}"') for number in (8, 9, 10)]
    assert places == sorted(places)
    for words in ("does not foresee", "A person put it on hold here", "membership management has confirmed"):
        assert words in page
    assert "/cases/9" not in otto.get("/c/main/cases?state=parked").text


@pytest.mark.parametrize(
    ("case_id", "verb", "state"),
    [(8, "retry", "new"), (9, "release", "waiting"), (10, "hold", "held"), (10, "retry", "new")],
)
def test_a_case_goes_on_or_stops_at_a_click(
    staffed: WebBench, otto: Browser, case_id: int, verb: str, state: str
) -> None:
    otto.get(f"/c/main/cases/{case_id}")
    answer = otto.post(f"/c/main/cases/{case_id}/{verb}")
    assert staffed.case_state(case_id) == state
    assert "done" in otto.get(answer.headers["Location"]).text


def test_what_a_state_does_not_allow_is_told(staffed: WebBench, otto: Browser) -> None:
    otto.get("/c/main/cases/8")
    answer = otto.post("/c/main/cases/8/release")
    assert "does not allow that any more" in otto.get(answer.headers["Location"]).text
    assert staffed.case_state(8) == "parked"


def test_a_brake_is_lifted_once(staffed: WebBench, otto: Browser) -> None:
    assert "suddenly empty" in otto.get("/c/main/state").text
    assert otto.post("/c/main/brakes/1/lift").status_code == 303
    with staffed.journal.read() as connection:
        assert brakes.pulled(connection, "main") == []
    assert otto.post("/c/main/brakes/1/lift").status_code == 404


def test_rounds_and_folders_show_when_they_were_last_looked_at(staffed: WebBench, otto: Browser) -> None:
    staffed.rounds[:] = [RoundState("queues", None, "otrs.unreachable")]
    with staffed.journal.write() as connection:
        seen = dt.datetime(2026, 11, 20, 7, 59, tzinfo=dt.UTC)
        folders.note(connection, "main", "INBOX", folders.Seen(1, 10, 3), seen)
        worker = {"name": "w", "host": "node-7", "process": 4711, "threads": 4, "started": seen, "seen": seen}
        connection.execute(insert(workers).values(worker))
    page = otto.get("/c/main/state").text
    for words in ("node-7", "OTRS can&#39;t be reached", "2026-11-20 07:59", "INBOX"):
        assert words in page


def scrape(web: WebBench, path: str = "/metrics") -> tuple[str, str]:
    status: list[str] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
    body = metrics_app(web.desk)(environ, lambda line, _headers: status.append(line))
    return status[0], b"".join(body).decode()


def test_metrics_follow_the_journal(staffed: WebBench) -> None:
    status, body = scrape(staffed)
    assert status == "200 OK"
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert found["bridge_up",] == 1
    assert found["bridge_cases", "data-protection", "main", "parked"] == 1
    assert found["bridge_cases", "done", "main", "membership"] == 4
    assert found["bridge_erasures", "main", "unverifiable"] == 1
    assert found["bridge_brakes", "main"] == 1
    assert found["bridge_next_deadline_seconds", "main"] == -86400
    assert found["bridge_checkpoint_left_timestamp_seconds", "main"] == staffed.now.timestamp()
    assert found["bridge_log_uncovered_entries", "main"] == 2
    assert found["bridge_round_failing", "mail", "main"] == 0
    assert scrape(staffed, "/")[0] == "404 Not Found"


def test_metrics_say_when_the_journal_can_not_be_read(staffed: WebBench) -> None:
    with staffed.journal.engine.begin() as connection:
        connection.execute(text("DROP TABLE erasures"))
    assert "bridge_up 0.0" in scrape(staffed)[1]
