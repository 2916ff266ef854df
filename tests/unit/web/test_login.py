"""Logging in: first log-in, codes used once, locks, sessions that end, no way out to other sites."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import pyotp
import pytest

from bridge.web import accounts
from bridge.web.accounts import Role
from bridge.web.login import LONGEST, TRIES, safe_next
from bridge.web.secrets import Vault, code_step
from tests.unit.web.web_bench import PASSWORD, SECRET, START, Browser, WebBench, benched


@pytest.fixture
def people(web: WebBench) -> WebBench:
    web.add_people()
    return web


def is_in(browser: Browser) -> bool:
    return browser.get("/c/main/overview").status_code == 200


def test_name_password_and_code_let_in(people: WebBench) -> None:
    browser = people.client()
    answer = browser.log_in("dora")
    assert answer.headers["Location"] == "/c/main/overview"
    assert is_in(browser)


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("dora", "wrong", None),
        ("dora", PASSWORD, "000000"),
        ("dora", PASSWORD, ""),
        ("dora", "", None),
        ("nobody", PASSWORD, "000000"),
        ("' OR 1=1 --", PASSWORD, "1"),
    ],
)
def test_everything_else_is_refused_in_the_same_words(
    people: WebBench, name: str, password: str, code: str | None
) -> None:
    browser = people.client()
    answer = browser.log_in(name, password=password, code=code)
    assert answer.status_code == 403
    assert "Name, password or code is wrong, or there were too many tries" in answer.text
    assert not is_in(browser)


def test_a_code_is_taken_once(people: WebBench) -> None:
    first, second = people.client(), people.client()
    first.log_in("dora")
    used = people.code("dora")
    assert second.log_in("dora", code=used).status_code == 403
    assert second.log_in("dora").status_code == 303


def test_codes_of_a_clock_half_a_minute_off_are_taken_others_not() -> None:
    secret = pyotp.random_base32()
    codes = {shift: pyotp.TOTP(secret).at(START + dt.timedelta(seconds=30 * shift)) for shift in range(-3, 4)}
    taken = {shift for shift, code in codes.items() if code_step(secret, code, START) is not None}
    assert {-1, 0, 1} <= taken
    assert taken == {shift for shift in codes if codes[shift] in (codes[-1], codes[0], codes[1])}
    assert code_step(secret, "12345é", START) is None


def test_too_many_tries_lock_an_account_for_a_while_even_for_the_right_password(people: WebBench) -> None:
    browser = people.client()
    for _ in range(TRIES):
        browser.log_in("dora", password="wrong")
    assert browser.log_in("dora").status_code == 403
    assert people.client().log_in("anna").status_code == 303, "others are not locked out"
    people.now += dt.timedelta(minutes=20)
    assert browser.log_in("dora").status_code == 303


def test_wrong_codes_count_as_tries_and_a_success_starts_the_count_anew(people: WebBench) -> None:
    browser = people.client()
    for _ in range(TRIES - 1):
        browser.log_in("dora", code="000000")
    assert browser.log_in("dora").status_code == 303
    other = people.client()
    for _ in range(TRIES - 1):
        other.log_in("dora", code="000000")
    assert other.log_in("dora").status_code == 303


def test_one_address_can_not_try_for_ever(people: WebBench) -> None:
    browser = people.client()
    browser.get("/login")
    answers = [browser.post("/login", {"name": f"user{number}", "password": "x"}) for number in range(31)]
    assert [answer.status_code for answer in answers[-2:]] == [403, 429]


def test_an_unknown_name_costs_as_much_time_as_a_known_one() -> None:
    vault = Vault(SECRET, passes=2, kibibytes=4096)
    known = vault.hash(PASSWORD)
    spent = {}
    for name, hashed in (("known", known), ("unknown", None)):
        start = time.process_time()
        for _ in range(5):
            assert not vault.fits(hashed, "wrong")
        spent[name] = time.process_time() - start
    assert spent["unknown"] > spent["known"] / 3


def test_the_session_is_a_new_one_after_the_log_in(people: WebBench) -> None:
    """A session that somebody planted before must not be logged in afterwards (session fixation)."""
    victim, attacker = people.client(), people.client()
    attacker.get("/login")
    planted = attacker.http.get_cookie("bridge")
    assert planted
    victim.http.set_cookie("bridge", planted.value)
    victim.log_in("dora")
    after = victim.http.get_cookie("bridge")
    assert after
    assert after.value != planted.value
    assert is_in(victim)
    assert not is_in(attacker)
    assert attacker.post("/logout").status_code == 400 or is_in(victim)


def test_logging_out_ends_the_session_on_the_server(people: WebBench) -> None:
    browser, thief = people.client(), people.client()
    browser.log_in("dora")
    cookie = browser.http.get_cookie("bridge")
    assert cookie
    browser.get("/c/main/overview")
    assert browser.post("/logout").status_code == 303
    thief.http.set_cookie("bridge", cookie.value)
    assert not is_in(browser)
    assert not is_in(thief)


def test_a_session_ends_without_clicks_and_at_the_latest_after_half_a_day(people: WebBench) -> None:
    browser = people.client()
    browser.log_in("dora")
    people.now += dt.timedelta(minutes=29)
    assert is_in(browser)
    people.now += dt.timedelta(minutes=29)
    assert is_in(browser), "a click makes it last"
    people.now += dt.timedelta(minutes=31)
    assert not is_in(browser)
    browser.log_in("dora")
    for _ in range(int(LONGEST / dt.timedelta(minutes=20))):
        people.now += dt.timedelta(minutes=20)
        browser.get("/c/main/overview")
    assert not is_in(browser)


def test_a_closed_account_is_out_at_once(people: WebBench) -> None:
    browser = people.client()
    browser.log_in("dora")
    with people.journal.write() as connection:
        assert accounts.disable(connection, "dora", people.now)
        assert not accounts.disable(connection, "dora", people.now)
    assert not is_in(browser)
    assert browser.log_in("dora").status_code == 403


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_the_way_on_never_leads_to_another_site(people: WebBench, wanted: str) -> None:
    assert safe_next(wanted) is None
    browser = people.client()
    people.now += dt.timedelta(seconds=30)
    browser.get("/login")
    values = {"name": "dora", "password": PASSWORD, "code": people.code("dora")}
    answer = browser.post("/login", values, query_string={"next": wanted})
    assert answer.headers["Location"] == "/c/main/overview"


def test_the_way_on_leads_to_the_page_that_was_asked_for(people: WebBench) -> None:
    browser = people.client()
    away = browser.get("/c/main/log?event=verified")
    assert away.headers["Location"] == "/login?next=/c/main/log?event%3Dverified"
    browser.get(away.headers["Location"])
    values = {"name": "dora", "password": PASSWORD, "code": people.code("dora")}
    answer = browser.post(away.headers["Location"], values)
    assert answer.headers["Location"] == "/c/main/log?event=verified"


def newcomer(web: WebBench) -> Browser:
    with web.journal.write() as connection:
        accounts.add(connection, "nora", Role.DPO, "main", web.vault.hash("first-password"), web.now)
    browser = web.client()
    assert browser.log_in("nora", password="first-password").headers["Location"] == "/first"
    return browser


def enrol(browser: Browser, password: str, code: str | None = None, again: str | None = None) -> int:
    page = browser.get("/first").text
    found = re.search(r"secret=([A-Z2-7]{32})", page)
    assert found
    shown = code or pyotp.TOTP(found[1]).at(browser.bench.now)
    browser.bench.totp["nora"] = found[1]
    values = {"password": password, "again": again or password, "code": shown}
    return browser.post("/first", values).status_code


def test_the_first_log_in_sets_a_password_and_codes_that_nobody_else_knows(web: WebBench) -> None:
    browser = newcomer(web)
    assert not is_in(browser), "nothing is seen before"
    assert enrol(browser, "a password of my own") == 303
    assert is_in(browser)
    other = web.client()
    assert other.log_in("nora", password="first-password").status_code == 403
    assert other.log_in("nora", password="a password of my own").status_code == 303


@pytest.mark.parametrize(
    ("password", "code", "again"),
    [
        ("too short", None, None),
        ("long enough it is", "000000", None),
        ("long enough it is", None, "but another one"),
        ("first-password", None, None),
    ],
)
def test_a_weak_password_or_a_wrong_code_is_refused(
    web: WebBench, password: str, code: str | None, again: str | None
) -> None:
    browser = newcomer(web)
    assert enrol(browser, password, code, again) == 422
    assert not is_in(browser)


def test_the_database_holds_no_password_code_secret_or_token(web: WebBench) -> None:
    browser = newcomer(web)
    enrol(browser, "a password of my own")
    secret = web.totp["nora"]
    web.journal.close()
    kept = b"".join(path.read_bytes() for path in web.folder.glob("journal.db*"))
    assert b"web_sessions" in kept
    with browser.http.session_transaction() as session:
        token = session["_user_id"]
    for text in (secret, "a password of my own", "first-password", token):
        assert text.encode() not in kept


def test_a_first_password_given_again_starts_everything_anew(people: WebBench) -> None:
    browser = people.client()
    browser.log_in("dora")
    with people.journal.write() as connection:
        assert accounts.renew(connection, "dora", people.vault.hash("given again"))
        assert not accounts.renew(connection, "nobody", "x")
    assert not is_in(browser)
    assert browser.log_in("dora", password="given again", code="").headers["Location"] == "/first"


def test_a_name_that_is_taken_or_not_allowed_is_refused(people: WebBench) -> None:
    with people.journal.write() as connection:
        for name in ("dora", "Dora", "a", "d@ra", "d ra", "<b>"):
            with pytest.raises(accounts.AccountError):
                accounts.add(connection, name, Role.DPO, "main", "hash", people.now)


def test_under_https_the_cookie_is_bound_to_this_host_alone(tmp_path: Path) -> None:
    with benched(tmp_path, settings={"public_url": "https://support.example.org"}) as web:
        answer = web.client().get("/login", base_url="https://support.example.org")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-bridge=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
