"""What every answer carries, languages, proxies, health and failures."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from bridge.web.ports import RoundState
from tests.unit.web.web_bench import WebBench, benched

PATHS = ("/", "/request/main/other", "/login", "/healthz", "/nope", "/static/style.css", "/c/main/log")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(web: WebBench, path: str) -> None:
    headers = web.client().get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert "script-src" not in policy
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert ("no-store" in headers["Cache-Control"]) == (not path.startswith("/static"))
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_strict_transport_security_where_people_come_by_https(tmp_path: Path) -> None:
    with benched(tmp_path, settings={"public_url": "https://support.example.org"}) as web:
        assert web.client().get("/").headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("name", ["dora", "anna", "otto"])
def test_no_page_uses_scripts_styles_of_its_own_or_anything_from_elsewhere(
    staffed: WebBench, name: str
) -> None:
    browser = staffed.client()
    answer = browser.log_in(name)
    todo = [answer.headers["Location"], "/", "/request/main/data-protection"]
    seen: set[str] = set()
    while todo:
        path = todo.pop()
        if path in seen or len(seen) > 60:
            continue
        seen.add(path)
        page = browser.get(path)
        if page.mimetype != "text/html":
            continue
        assert not re.search(
            r"<script|\son\w+=|\sstyle=|javascript:|<iframe|<link [^>]*href=\"(?!/static/)", page.text
        )
        assert not re.findall(r'(?:src|action)="(?:https?:)?//', page.text)
        todo += re.findall(r'href="(/[^"#]*)"', page.text.replace("&amp;", "&"))
    assert len(seen) > 3


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("de-DE,de;q=0.9,en;q=0.5", "", "de"),
        ("en-GB", "", "en"),
        ("fr", "", "en"),
        ("", "", "en"),
        ("en", "?lang=de", "de"),
        ("de", "?lang=xx", "de"),
        ("de", "?lang=../../x", "de"),
    ],
)
def test_the_language_follows_the_person_then_the_browser(
    web: WebBench, header: str, query: str, expected: str
) -> None:
    page = web.client().get(f"/{query}", headers={"Accept-Language": header})
    assert f'<html lang="{expected}">' in page.text


def test_a_language_that_was_chosen_stays(web: WebBench) -> None:
    browser = web.client()
    browser.get("/?lang=de", headers={"Accept-Language": "en"})
    assert '<html lang="de">' in browser.get("/login", headers={"Accept-Language": "en"}).text


def test_health_is_told_in_codes(web: WebBench) -> None:
    assert web.client().get("/healthz").json == {"ok": True, "codes": []}
    web.rounds[:] = [RoundState("mail", None, "mailbox.unreachable")]
    answer = web.client().get("/healthz")
    assert (answer.status_code, answer.json) == (
        503,
        {"ok": False, "codes": ["main:mail:mailbox.unreachable"]},
    )


def test_brakes_are_told_but_are_no_fault(staffed: WebBench) -> None:
    answer = staffed.client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"ok": True, "codes": ["main:brake:source-empty"]})


def test_without_its_journal_the_bridge_says_so_on_every_page(staffed: WebBench) -> None:
    browser = staffed.client()
    browser.log_in("otto")
    with staffed.journal.engine.begin() as connection:
        for table in ("brakes", "web_sessions"):
            connection.execute(text(f"DROP TABLE {table}"))
    assert browser.get("/healthz").json == {"ok": False, "codes": ["journal.failed"]}
    answer = browser.get("/c/main/cases")
    assert answer.status_code == 503
    assert "not possible at the moment" in answer.text
    assert "SELECT" not in answer.text


def test_an_unforeseen_error_shows_nothing_of_itself(
    web: WebBench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ValueError("CANARY")

    monkeypatch.setitem(web.app.view_functions, "health.healthz", fail)
    answer = web.client().get("/healthz")
    assert answer.status_code == 500
    assert "CANARY" not in answer.text
    logged = capsys.readouterr()
    assert "ValueError" in logged.out + logged.err
    assert "CANARY" not in logged.out + logged.err


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_only_trusted_proxies_name_the_caller(tmp_path: Path, proxies: int, believed: bool) -> None:
    with benched(tmp_path, settings={"trusted_proxies": proxies, "form_per_hour": 1}) as web:
        good = {"email": "a@example.org", "text": "Hallo"}
        statuses = []
        for address in ("192.0.2.1", "192.0.2.2"):
            browser = web.client()
            browser.http.environ_base["HTTP_X_FORWARDED_FOR"] = address
            statuses.append(browser.fill_in("other", good).status_code)
        assert statuses == ([303, 303] if believed else [303, 429])


def test_no_address_of_a_caller_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with benched(tmp_path, settings={"form_per_hour": 1}) as web:
        browser = web.client()
        browser.http.environ_base["REMOTE_ADDR"] = "192.0.2.77"
        for _ in range(2):
            last = browser.fill_in("other", {"email": "a@example.org", "text": "Hallo"})
    assert last.status_code == 429
    assert "exceeded" in caplog.text, "the limiter has something to say"
    assert "192.0.2.77" not in caplog.text


def test_a_household_of_ipv6_counts_as_one_caller(tmp_path: Path) -> None:
    with benched(tmp_path, settings={"form_per_hour": 1}) as web:
        statuses = []
        for address in ("2001:db8:1:1::5", "2001:db8:1:1:ffff::6", "2001:db8:1:2::5"):
            browser = web.client()
            browser.http.environ_base["REMOTE_ADDR"] = address
            statuses.append(browser.fill_in("other", {"email": "a@example.org", "text": "Hallo"}).status_code)
        assert statuses == [303, 429, 303]
