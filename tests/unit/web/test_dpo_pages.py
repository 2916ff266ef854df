"""The DPO's pages: what they show, what they prove, what a signature leaves behind."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bridge.deletion_log import reading, tables
from bridge.deletion_log.detail import Override, OverrideOf, Review, ReviewFinding
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.proof import check_proof
from bridge.deletion_log.verify import verify_bundles
from bridge.deletion_log.words import Event, Result, Role
from bridge.journal import approvals
from bridge.web.staff.reconciliation import reconcile
from bridge.web.staff.review import Range
from tests.unit.web.web_bench import BASE, NUMBER, START, Browser, WebBench, erasing_workflow


@pytest.fixture
def dora(staffed: WebBench) -> Browser:
    browser = staffed.client()
    browser.log_in("dora")
    return browser


def tiles(page: str) -> dict[str, int]:
    return {name: int(number) for number, name in re.findall(r"<strong>(\d+)</strong>([^<]+)</li>", page)}


def last_entry(web: WebBench) -> Entry:
    with web.journal.read() as connection:
        state = reading.latest(connection, f"{BASE}/main")
        assert state is not None
        row = reading.row(connection, state, state.size - 1)
    assert row is not None
    assert row.entry is not None
    return row.entry


def test_the_overview_counts_what_is_open(dora: Browser) -> None:
    page = dora.get("/c/main/overview").text
    assert tiles(page) == {
        "deadlines are over": 1,
        "deadlines run": 2,
        "parked cases": 1,
        "held cases": 1,
        "erasures could not be verified": 1,
        "erasures failed": 0,
    }
    assert "2 of 13 entries came after it" in page


def test_the_plots_draw_the_numbers_of_their_tables(dora: Browser) -> None:
    page = dora.get("/c/main/overview").text
    figures = re.findall(r"<figure>.*?</figure>", page, re.S)
    assert len(figures) == 2
    for figure in figures:
        table = [
            [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', row)]
            for row in figure.split("<tr>")
        ]
        parts = sum(number > 0 for row in table for number in row)
        plot = figure[figure.index('<svg viewBox="0 0 420') : figure.index("</svg>")]
        assert plot.count("<rect") == parts > 0
        assert 'role="img"' in plot


def test_the_log_is_filtered(dora: Browser) -> None:
    def indexes(query: str) -> list[int]:
        page = dora.get(f"/c/main/log?{query}").text
        return [int(found) for found in re.findall(r'/log/2026/(\d+)"', page)]

    assert indexes("") == list(range(12, -1, -1))
    assert indexes("event=unverifiable") == [12]
    assert indexes("event=verified&category=data-protection&level=by-control") == [10, 8, 6, 4, 2]
    assert indexes("level=in-mailbox") == []
    assert indexes("since=2026-11-20&until=2026-11-20") == list(range(12, -1, -1))
    assert indexes("until=2026-11-19") == []
    assert indexes("since=2026-11-21") == []
    assert indexes("event='&since=x&year=y&before=z") == list(range(12, -1, -1))
    assert indexes("before=3") == [2, 1, 0]


def test_a_long_log_is_paged_without_gap_or_double(staffed: WebBench, dora: Browser) -> None:
    for number in range(100, 160):
        staffed.log_erasure(number, Event.INTENDED)
    seen: list[int] = []
    path: str | None = "/c/main/log?event=intended"
    while path:
        page = dora.get(path).text
        seen += [int(found) for found in re.findall(r'/log/2026/(\d+)"', page)]
        older = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else None
    assert len(seen) == len(set(seen)) == 66
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("index", "words"),
    [(3, "that checkpoint has left the operator&#39;s reach"), (12, "No checkpoint covers this entry yet")],
)
def test_an_entry_shows_what_can_be_shown_about_it(dora: Browser, index: int, words: str) -> None:
    page = dora.get(f"/c/main/log/2026/{index}").text
    assert words in page
    assert "backups of OTRS (until 2026-12-20)" in page or index == 12
    assert "Other entries of the same case" in page


def test_a_checkpoint_that_has_not_left_is_told_apart(staffed: WebBench, dora: Browser) -> None:
    staffed.checkpoint(left=False)
    assert "has not left the operator&#39;s reach yet" in dora.get("/c/main/log/2026/12").text
    assert "has left the operator&#39;s reach" in dora.get("/c/main/log/2026/3").text


def change(web: WebBench, index: int, **values: Any) -> None:
    where = tables.entries.c.position == index
    with web.journal.write() as connection:
        connection.execute(update(tables.entries).where(where).values(**values))


def test_a_changed_entry_is_told(staffed: WebBench, dora: Browser) -> None:
    with staffed.journal.read() as connection:
        state = reading.latest(connection, f"{BASE}/main")
        assert state is not None
        row = reading.row(connection, state, 4)
    assert row is not None
    assert row.body is not None
    changed = row.body.replace(b'"objects":1', b'"objects":2')
    change(staffed, 4, body=changed)
    assert "The entry was changed in the database" in dora.get("/c/main/log/2026/4").text
    from bridge.deletion_log.tree import leaf_hash

    change(staffed, 4, leaf=leaf_hash(changed))
    assert "can&#39;t be shown to be in the log" in dora.get("/c/main/log/2026/4").text
    change(staffed, 4, body=b"<script>alert(1)</script>")
    for path in ("/c/main/log/2026/4", "/c/main/log"):
        page = dora.get(path).text
        assert "can&#39;t be read" in page
        assert "<script" not in page


def test_expired_contents_are_told(staffed: WebBench, dora: Browser) -> None:
    change(staffed, 4, body=None, event=None, category=None, level=None, write_time=None, case_salt=None)
    assert "The contents have expired" in dora.get("/c/main/log/2026/4").text
    assert "The contents have expired" in dora.get("/c/main/log").text


@pytest.mark.parametrize("path", ["/c/main/log/2026/99", "/c/main/log/2031/0", "/c/nobody/log"])
def test_what_is_not_there_is_not_found(dora: Browser, path: str) -> None:
    assert dora.get(path).status_code == 404


def test_a_ticket_number_is_looked_up_and_stands_in_no_address(dora: Browser) -> None:
    dora.get("/c/main/lookup")
    answer = dora.post("/c/main/lookup", {"number": f" #{NUMBER} "})
    assert re.findall(r'/log/2026/(\d+)"', answer.text) == ["9", "10"]
    assert not re.findall(r'(?:href|action)="[^"]*' + NUMBER, answer.text)
    assert "original" in answer.text
    assert (
        "says nothing about this number" in dora.post("/c/main/lookup", {"number": "2026112099999999"}).text
    )
    assert dora.post("/c/main/lookup", {"number": "<b>"}).status_code == 422


def test_a_downloaded_proof_is_accepted_by_the_verifier_that_knows_only_the_key(
    staffed: WebBench, dora: Browser
) -> None:
    dora.get("/c/main/lookup")
    answer = dora.post("/c/main/lookup/2026/10.tlog-proof", {"number": NUMBER})
    proved = check_proof(answer.text, [staffed.desk.controllers[0].log_key])
    assert proved.ok
    assert proved.meant is not None
    assert proved.meant.number == NUMBER
    assert dora.post("/c/main/lookup/2026/3.tlog-proof", {"number": NUMBER}).status_code == 404
    assert dora.post("/c/main/lookup/2026/12.tlog-proof", {"number": "2026112010000025"}).status_code == 404


def test_years_whose_key_was_destroyed_are_named(staffed: WebBench, dora: Browser) -> None:
    with staffed.journal.write() as connection:
        connection.execute(update(tables.logs).values(year=2025, origin=f"{BASE}/main/2025"))
    dora.get("/c/main/lookup")
    answer = dora.post("/c/main/lookup", {"number": NUMBER}).text
    assert "nothing can be found in them any more: 2025" in answer


def review_fields(page: str) -> dict[str, str]:
    form = page[page.index("/review/sign") :]
    return dict(re.findall(r'type="hidden" name="(first|last|sample|seed|shown)" value="([^"]*)"', form))


def check_range(dora: Browser, first: int, last: int, sample: int = 4) -> dict[str, str]:
    dora.get("/c/main/review")
    values = {"first": first, "last": last, "sample": sample, "seed": "a1" * 16}
    answer = dora.post("/c/main/review/check", values)
    assert answer.status_code == 200, answer.text
    dora.token = re.findall(r'name="csrf_token" value="([^"]+)"', answer.text)[-1]
    return review_fields(answer.text)


def test_a_review_becomes_an_entry_of_the_log(staffed: WebBench, dora: Browser) -> None:
    shown = check_range(dora, 0, 12)
    answer = dora.post(
        "/c/main/review/sign", {**shown, "sample_faults": 1, "findings": ["unverifiable-open", "other"]}
    )
    assert answer.headers["Location"] == "/c/main/log/2026/13"
    entry = last_entry(staffed)
    assert (entry.event, entry.result) == (Event.REVIEW, Result.FAULTY)
    assert entry.ordered_by is entry.approved_by is Role.DPO
    review = entry.detail
    assert isinstance(review, Review)
    assert (review.first, review.end, review.sample, review.sample_faults) == (0, 13, 4, 1)
    assert (review.checkpoint_size, review.verifier_faults, review.seed) == (11, 0, "a1" * 16)
    assert (review.taken_in, review.tickets, review.parked) == (8, 7, 1)
    assert (review.forwarded, review.erased, review.held, review.failed) == (4, 4, 0, 0)
    assert review.reconciled
    assert review.findings == (ReviewFinding.UNVERIFIABLE_OPEN, ReviewFinding.OTHER)
    assert 'value="13"' in dora.get("/c/main/review").text, "the next review begins after this one"


def test_a_review_without_findings_is_in_order(staffed: WebBench, dora: Browser) -> None:
    shown = check_range(dora, 0, 10)
    dora.post("/c/main/review/sign", {**shown, "sample_faults": 0})
    assert last_entry(staffed).result is Result.OK


def test_only_what_was_shown_is_signed(staffed: WebBench, dora: Browser) -> None:
    shown = check_range(dora, 0, 12)
    staffed.add_case(500, state="parked", created=START)
    answer = dora.post("/c/main/review/sign", {**shown, "sample_faults": 0})
    assert answer.status_code == 409
    assert "Something has changed" in answer.text
    assert last_entry(staffed).event is not Event.REVIEW
    again = review_fields(answer.text)
    assert again["shown"] != shown["shown"]


@pytest.mark.parametrize(
    "changes",
    [{"first": "9", "last": "3"}, {"last": "13"}, {"first": "-1"}, {"seed": "short"}, {"first": "x"}],
)
def test_an_impossible_range_is_refused(dora: Browser, changes: dict[str, str]) -> None:
    dora.get("/c/main/review")
    values = {"first": "0", "last": "12", "sample": "4", "seed": "a" * 32} | changes
    answer = dora.post("/c/main/review/check", values)
    assert answer.status_code == 303
    assert "must not be empty" in dora.get(answer.headers["Location"]).text


def test_a_tampered_log_shows_in_the_review(staffed: WebBench, dora: Browser) -> None:
    change(staffed, 4, leaf=b"\0" * 32)
    dora.get("/c/main/review")
    values = {"first": 0, "last": 12, "sample": 13, "seed": "a" * 32}
    page = dora.post("/c/main/review/check", values).text
    assert "fault" in page
    assert re.search(r'value="verifier-fault" checked', page)
    assert re.search(r'value="sample-differs" checked', page)


def test_the_sample_can_be_drawn_again_with_its_seed() -> None:
    drawn = Range(10, 500, 20, "ab" * 16).draw()
    assert drawn == Range(10, 500, 20, "ab" * 16).draw() == sorted(set(drawn))
    assert len(drawn) == 20
    assert 10 <= min(drawn) <= max(drawn) < 500
    assert drawn != Range(10, 500, 20, "ac" * 16).draw()
    assert Range(3, 5, 20, "ab" * 16).draw() == [3, 4]


def test_an_erasure_that_was_never_logged_makes_the_counts_differ(staffed: WebBench) -> None:
    case_id = staffed.add_case(700, category="membership")
    staffed.add_ticket(case_id, 700, "2026112070000017", "handover")
    lost = staffed.add_case(701, category="technical")
    assert lost
    with staffed.journal.read() as connection:
        since, until = staffed.now - dt.timedelta(days=1), staffed.now + dt.timedelta(days=1)
        counts = reconcile(connection, "main", f"{BASE}/main", since, until)
    assert (counts.erasing_differs, counts.intake_differs) == (1, 1)


def test_exports_hold_every_entry(staffed: WebBench, dora: Browser, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(dora.get("/c/main/export/2026.csv").text)))
    assert [int(row["index"]) for row in rows] == list(range(13))
    assert rows[10]["event"] == "verified"
    assert rows[10]["residual"] == "otrs-backup:2026-12-20"
    entries = json.loads(dora.get("/c/main/export/2026.json").data)
    assert [entry["index"] for entry in entries] == list(range(13))
    bundle = tmp_path / "log.zip"
    bundle.write_bytes(dora.get("/c/main/export/2026.zip").data)
    assert zipfile.is_zipfile(bundle)
    verdicts = verify_bundles([bundle], [staffed.desk.controllers[0].log_key], staffed.now)
    assert [verdict.ok for verdict in verdicts] == [True]
    assert dora.get("/c/main/export/2025.csv").status_code == 404
    assert dora.get("/c/main/export/2026.exe").status_code == 404


@pytest.mark.parametrize("spoken", ["de", "en"])
def test_the_monthly_report_is_a_pdf_in_either_language(dora: Browser, spoken: str) -> None:
    asked = dora.get(f"/c/main/reports?month=2026-11&report={spoken}")
    answer = dora.get(asked.headers["Location"])
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert f"report-main-2026-11-{spoken}.pdf" in answer.headers["Content-Disposition"]
    assert f"/Lang ({spoken})".encode() in answer.data


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "1999-01", "2031-01", "x"])
def test_there_is_no_report_of_a_month_that_is_none(dora: Browser, month: str) -> None:
    assert dora.get(f"/c/main/reports/{month}.de.pdf").status_code == 404


def test_an_approved_workflow_version_stands_in_journal_and_log(staffed: WebBench) -> None:
    anna = staffed.client()
    anna.log_in("anna")
    digest = erasing_workflow().digest
    with staffed.journal.read() as connection:
        assert not approvals.is_approved(connection, "main", "workflow", digest)
    anna.get("/c/main/approvals")
    for _ in range(2):
        assert anna.post("/c/main/approvals/workflow", {"digest": digest}).status_code == 303
    with staffed.journal.read() as connection:
        assert approvals.is_approved(connection, "main", "workflow", digest)
        assert not approvals.is_approved(connection, "other", "workflow", digest)
    entry = last_entry(staffed)
    assert entry.index == 13, "approved twice, logged once"
    assert entry.detail == Override(OverrideOf.WORKFLOW_APPROVAL)
    assert (entry.approved_by, entry.workflow) == (Role.SECOND_APPROVER, "data-protection")
    assert entry.workflow_version == f"1+{digest[:16]}"


def test_a_version_that_is_no_longer_in_force_can_not_be_approved(staffed: WebBench) -> None:
    anna = staffed.client()
    anna.log_in("anna")
    anna.get("/c/main/approvals")
    answer = anna.post("/c/main/approvals/workflow", {"digest": "cd" * 32})
    assert "no longer in force" in anna.get(answer.headers["Location"]).text
    with staffed.journal.read() as connection:
        assert approvals.given(connection, "main", "workflow") == []


def test_an_erasure_by_hand_needs_two_people(staffed: WebBench) -> None:
    otto, anna = staffed.client(), staffed.client()
    otto.log_in("otto")
    anna.log_in("anna")
    otto.get("/c/main/cases/9")
    assert otto.post("/c/main/cases/9/order").status_code == 303
    assert "has to approve it" in otto.get("/c/main/cases/9").text
    subject = f"{31:064x}"
    with staffed.journal.read() as connection:
        assert not approvals.is_approved(connection, "main", "erasure", subject)
    page = anna.get("/c/main/approvals").text
    assert "Case 9" in page
    assert anna.post("/c/main/approvals/erasure", {"subject": "0" * 64}).status_code == 404
    assert anna.post("/c/main/approvals/erasure", {"subject": subject}).status_code == 303
    with staffed.journal.read() as connection:
        assert approvals.is_approved(connection, "main", "erasure", subject)
    assert last_entry(staffed).detail == Override(OverrideOf.MANUAL_ERASURE)


def test_nobody_approves_an_own_order(staffed: WebBench) -> None:
    anna = staffed.client()
    anna.log_in("anna")
    with staffed.journal.write() as connection:
        order = approvals.Approval("erasure", f"{31:064x}", approvals.ORDERING, "2", staffed.now)
        assert approvals.give(connection, "main", order)
        assert not approvals.give(connection, "main", order)
    page = anna.get("/c/main/approvals").text
    assert "Approve this erasure" not in page
    assert anna.post("/c/main/approvals/erasure", {"subject": f"{31:064x}"}).status_code == 403
    with staffed.journal.read() as connection:
        assert not approvals.is_approved(connection, "main", "erasure", f"{31:064x}")


def test_pages_of_an_empty_log_say_so(web: WebBench) -> None:
    web.add_people()
    dora = web.client()
    dora.log_in("dora")
    for path in ("overview", "log", "review", "reports"):
        assert "The log has no entries yet" in dora.get(f"/c/main/{path}").text
