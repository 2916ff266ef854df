"""Every page and every act, for every role and for nobody: a table that must name each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.web.accounts import Role
from tests.unit.web.web_bench import Browser, WebBench, benched

EVERYBODY = {None, "dora", "anna", "otto", "olga"}
PAGES: dict[tuple[str, str], set[str | None]] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/request/<to>/<topic>"): EVERYBODY,
    ("POST", "/request/<to>/<topic>"): EVERYBODY,
    ("GET", "/receipt/<token>"): EVERYBODY,
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/login"): EVERYBODY,
    ("POST", "/login"): EVERYBODY,
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/first"): EVERYBODY,
    ("POST", "/first"): EVERYBODY,
    ("GET", "/static/<path:filename>"): EVERYBODY,
    ("GET", "/c/<controller>/overview"): {"dora"},
    ("GET", "/c/<controller>/log"): {"dora"},
    ("GET", "/c/<controller>/log/<int:year>/<int:index>"): {"dora"},
    ("GET", "/c/<controller>/lookup"): {"dora"},
    ("POST", "/c/<controller>/lookup"): {"dora"},
    ("POST", "/c/<controller>/lookup/<int:year>/<int:index>.tlog-proof"): {"dora"},
    ("GET", "/c/<controller>/review"): {"dora"},
    ("POST", "/c/<controller>/review/check"): {"dora"},
    ("POST", "/c/<controller>/review/sign"): {"dora"},
    ("GET", "/c/<controller>/reports"): {"dora"},
    ("GET", "/c/<controller>/reports/<month>.<any(de, en):spoken>.pdf"): {"dora"},
    ("GET", "/c/<controller>/export/<int:year>.<any(csv, json, zip):kind>"): {"dora"},
    ("GET", "/c/<controller>/approvals"): {"dora", "anna"},
    ("POST", "/c/<controller>/approvals/workflow"): {"dora", "anna"},
    ("POST", "/c/<controller>/approvals/erasure"): {"dora", "anna"},
    ("GET", "/c/<controller>/cases"): {"otto"},
    ("GET", "/c/<controller>/cases/<int:case_id>"): {"otto"},
    ("POST", "/c/<controller>/cases/<int:case_id>/<any(retry, hold, release):verb>"): {"otto"},
    ("POST", "/c/<controller>/cases/<int:case_id>/order"): {"otto"},
    ("GET", "/c/<controller>/state"): {"otto"},
    ("POST", "/c/<controller>/brakes/<int:brake_id>/lift"): {"otto"},
}
VALUES = {
    "<to>": "main",
    "<topic>": "login",
    "<token>": "x",
    "<path:filename>": "style.css",
    "<controller>": "main",
    "<int:year>": "2026",
    "<int:index>": "1",
    "<month>": "2026-11",
    "<any(de, en):spoken>": "de",
    "<any(csv, json, zip):kind>": "csv",
    "<int:case_id>": "8",
    "<any(retry, hold, release):verb>": "retry",
    "<int:brake_id>": "1",
}
PEOPLE = {
    "dora": (Role.DPO, "main"),
    "anna": (Role.APPROVER, "main"),
    "otto": (Role.OPERATOR, "main"),
    "olga": (Role.DPO, "other"),  # everything, but for another controller
}


VERB = {"parked": "retry", "new": "hold", "held": "release"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebBench]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with benched(folder, names=("main", "other")) as made:
        made.add_people(PEOPLE)
        made.fill()
        yield made


@pytest.fixture(scope="module")
def browsers(web: WebBench) -> dict[str | None, Browser]:
    found: dict[str | None, Browser] = {None: web.client()}
    for name in PEOPLE:
        found[name] = web.client()
        found[name].log_in(name)
    for browser in found.values():
        browser.get("/request/main/login")  # each has a valid token, so that only rights are tested
    return found


def path_of(rule: str) -> str:
    for part, value in VALUES.items():
        rule = rule.replace(part, value)
    assert "<" not in rule, rule
    return rule


def test_the_table_names_every_page(web: WebBench) -> None:
    there = {
        (method, rule.rule)
        for rule in web.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == set(PAGES)


@pytest.mark.parametrize(
    ("method", "rule"), [one for one in PAGES if one[1] != "/logout"]
)  # ends the session
@pytest.mark.parametrize("name", [None, *PEOPLE])
def test_a_page_is_seen_by_its_roles_and_nobody_else(
    browsers: dict[str | None, Browser], method: str, rule: str, name: str | None
) -> None:
    browser, path = browsers[name], path_of(rule)
    answer = browser.get(path) if method == "GET" else browser.post(path)
    leads_to_log_in = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
    if name in PAGES[method, rule]:
        assert answer.status_code != 403 or path == "/login", answer.text
        assert path == "/first" or not leads_to_log_in
    elif name is None:
        assert leads_to_log_in
    else:
        assert answer.status_code == 403
        assert "may not see this page" in answer.text


@pytest.mark.parametrize("rule", [rule for method, rule in PAGES if method == "POST"])
def test_nothing_is_done_without_the_token_of_the_form(
    browsers: dict[str | None, Browser], rule: str
) -> None:
    name = next((one for one in ("dora", "otto") if one in PAGES["POST", rule]), None)
    for token in ("", "forged", None):
        data = {} if token is None else {"csrf_token": token}
        answer = browsers[name].http.post(path_of(rule), data=data)
        assert answer.status_code == 400
        assert "too long" in answer.text


def test_the_token_of_another_session_does_not_count(
    web: WebBench, browsers: dict[str | None, Browser]
) -> None:
    stranger = web.client()
    stranger.get("/login")
    before = web.case_state(8)
    answer = browsers["otto"].http.post(
        f"/c/main/cases/8/{VERB[before]}", data={"csrf_token": stranger.token}
    )
    assert answer.status_code == 400
    assert web.case_state(8) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(browsers: dict[str | None, Browser], method: str) -> None:
    answer = browsers["otto"].http.open("/c/main/cases", method=method)
    assert answer.status_code in (400, 405)


def test_a_case_or_brake_of_another_controller_is_not_reached_by_its_number(
    web: WebBench, browsers: dict[str | None, Browser]
) -> None:
    theirs = web.add_case(900, controller="other", state="parked")
    otto = browsers["otto"]
    assert otto.get(f"/c/main/cases/{theirs}").status_code == 404
    assert otto.post(f"/c/main/cases/{theirs}/retry").status_code == 404
    assert otto.post(f"/c/main/cases/{theirs}/order").status_code == 404
    assert otto.post("/c/main/brakes/99/lift").status_code == 404
    assert web.case_state(theirs) == "parked"
