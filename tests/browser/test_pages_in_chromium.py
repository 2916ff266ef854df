"""The pages in a real Chromium: from the form to the mailbox, the DPO's work, keyboard alone, narrow screens, axe."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyotp
import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bridge.deletion_log import reading
from bridge.deletion_log.words import Event
from bridge.message.parse import parse
from bridge.web import accounts
from tests.browser.conftest import Site, width
from tests.unit.web.web_bench import BASE, NUMBER, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DPO = (
    "overview",
    "log",
    "log?event=verified",
    "log/2026/3",
    "log/2026/12",
    "log/2026/0",
    "lookup",
    "review",
    "approvals",
    "reports",
)
OPERATOR = ("cases", "cases/8", "cases/9", "state")
PUBLIC = (
    "/",
    "/request/main/login",
    "/request/main/data-protection",
    "/request/main/technical",
    "/login",
    "/nope",
)


def by_id(chromium: webdriver.Chrome, name: str) -> WebElement:
    return chromium.find_element(By.ID, name)


def button(chromium: webdriver.Chrome, text: str) -> WebElement:
    return chromium.find_element(By.XPATH, f"//button[normalize-space()='{text}']")


def go(chromium: webdriver.Chrome, element: WebElement, *keys: str) -> None:
    """Click, or press keys, and wait until the next page is there."""
    chromium.execute_script("window.before = true")
    if keys:
        element.send_keys(*keys)
    else:
        element.click()
    until(lambda: chromium.execute_script("return !window.before && document.readyState === 'complete'"))


def press(chromium: webdriver.Chrome, text: str) -> None:
    """Press the first button of the page itself that says so, and wait for the next page."""
    go(chromium, chromium.find_element(By.XPATH, f"//main//button[normalize-space()='{text}']"))


def follow(chromium: webdriver.Chrome, text: str) -> None:
    go(chromium, chromium.find_element(By.PARTIAL_LINK_TEXT, text))


def body(chromium: webdriver.Chrome) -> str:
    return chromium.find_element(By.TAG_NAME, "body").text


def log_in(chromium: webdriver.Chrome, site: Site, name: str) -> None:
    site.bench.now += dt.timedelta(seconds=30)
    chromium.get(f"{site.address}/login")
    by_id(chromium, "name").send_keys(name)
    by_id(chromium, "password").send_keys(PASSWORD)
    by_id(chromium, "code").send_keys(site.bench.code(name))
    go(chromium, chromium.find_element(By.CSS_SELECTOR, "main button"))
    assert "/c/main/" in chromium.current_url


def complaints(chromium: webdriver.Chrome) -> list[str]:
    """Return what the browser complained about: blocked resources, errors; statuses of error pages aside."""
    entries = chromium.get_log("browser")  # type: ignore[no-untyped-call]
    return [
        one["message"]
        for one in entries
        if "Failed to load resource: the server responded" not in one["message"]
    ]


def test_a_request_goes_from_the_form_to_the_mailbox(
    chromium: webdriver.Chrome, site: Site, tmp_path: Path
) -> None:
    scan = tmp_path / "Scan.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    chromium.get(f"{site.address}/?lang=de")
    follow(chromium, "Meine personenbezogenen Daten")
    chromium.find_elements(By.NAME, "wish")[1].click()
    by_id(chromium, "name").send_keys("Vera Müller")
    by_id(chromium, "text").send_keys("Bitte löschen Sie alles.\nDanke!")
    by_id(chromium, "email").send_keys("vera@example.org")
    by_id(chromium, "files").send_keys(str(scan))
    press(chromium, "Senden")
    shown = re.search(r"F-[A-Z2-7]{4}-[A-Z2-7]{4}", body(chromium))
    assert shown
    assert "Vera" not in body(chromium)
    (raw,) = site.bench.mails()
    mail = parse(raw)
    assert mail.sender is not None
    assert (mail.sender.name, mail.sender.email) == ("Vera Müller", "vera@example.org")
    assert "Bitte löschen Sie alles.\nDanke!" in mail.text
    assert "Löschung meiner Daten" in mail.text
    assert shown[0] in mail.text
    assert [(one.filename, one.content) for one in mail.attachments] == [("Scan.pdf", b"%PDF-1.7 scan")]
    assert complaints(chromium) == []


def test_what_is_wrong_is_told_and_led_to(chromium: webdriver.Chrome, site: Site) -> None:
    chromium.get(f"{site.address}/request/main/login?lang=en")
    chromium.execute_script("document.forms[0].noValidate = true")
    by_id(chromium, "text").send_keys("It is locked")
    press(chromium, "Send")
    alert = chromium.find_element(By.CSS_SELECTOR, "[role=alert]")
    alert.find_element(By.TAG_NAME, "a").click()
    field = by_id(chromium, "email")
    assert field.get_attribute("aria-invalid") == "true"
    assert by_id(chromium, "text").get_attribute("value") == "It is locked"
    for name in (field.get_attribute("aria-describedby") or "").split():
        assert by_id(chromium, name).text


def test_a_new_dpo_sets_password_and_codes_and_looks_around(chromium: webdriver.Chrome, site: Site) -> None:
    bench = site.bench
    with bench.journal.write() as connection:
        accounts.add(
            connection, "nora", accounts.Role.DPO, "main", bench.vault.hash("first-password"), bench.now
        )
    chromium.get(f"{site.address}/login?lang=en")
    by_id(chromium, "name").send_keys("nora")
    by_id(chromium, "password").send_keys("first-password")
    press(chromium, "Log in")
    secret = chromium.find_element(By.CSS_SELECTOR, "code.key").text.replace(" ", "")
    assert chromium.find_element(By.CSS_SELECTOR, ".picture svg").size["width"] > 100
    by_id(chromium, "code").send_keys(pyotp.TOTP(secret).at(bench.now))
    by_id(chromium, "password").send_keys("a password of my own")
    by_id(chromium, "again").send_keys("a password of my own")
    press(chromium, "Save")
    assert "Overview" in body(chromium)
    assert complaints(chromium) == []
    go(chromium, button(chromium, "Log out"))
    assert chromium.current_url.endswith("/login")


def test_the_dpo_filters_looks_up_and_signs(chromium: webdriver.Chrome, site: Site) -> None:
    log_in(chromium, site, "dora")
    follow(chromium, "Deletion log")
    Select(by_id(chromium, "event")).select_by_visible_text("verified")
    press(chromium, "Filter")
    events = {one.text for one in chromium.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(3)")}
    assert events == {"verified"}
    go(chromium, chromium.find_element(By.CSS_SELECTOR, "tbody a"))
    assert "A change would show." in body(chromium)

    follow(chromium, "Look-up")
    go(chromium, by_id(chromium, "number"), NUMBER, Keys.ENTER)
    assert "2026 / 10" in body(chromium)
    assert NUMBER not in chromium.current_url

    follow(chromium, "Review")
    press(chromium, "Check")
    assert "No faults: 13 entries" in body(chromium)
    press(chromium, "Sign the review")
    assert "Your review is entry 13 of the log now." in body(chromium)
    with site.bench.journal.read() as connection:
        state = reading.latest(connection, f"{BASE}/main")
        assert state is not None
        row = reading.row(connection, state, 13)
    assert row is not None
    assert row.entry is not None
    assert row.entry.event is Event.REVIEW
    assert complaints(chromium) == []


def test_the_report_is_downloaded(chromium: webdriver.Chrome, site: Site, tmp_path: Path) -> None:
    allow = {"behavior": "allow", "downloadPath": str(tmp_path)}
    chromium.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
    log_in(chromium, site, "dora")
    follow(chromium, "Reports and exports")
    Select(by_id(chromium, "report")).select_by_value("de")
    button(chromium, "Download as PDF").click()
    report = tmp_path / "report-main-2026-11-de.pdf"
    until(report.exists)
    until(lambda: report.read_bytes().rstrip().endswith(b"%%EOF"))
    assert report.read_bytes().startswith(b"%PDF-")


def test_the_operator_sees_to_cases_and_brakes(chromium: webdriver.Chrome, site: Site) -> None:
    log_in(chromium, site, "otto")
    press(chromium, "Try again")
    assert site.bench.case_state(8) == "new"
    follow(chromium, "Brakes and rounds")
    press(chromium, "Lift this brake")
    assert "Lifted." in body(chromium)
    assert complaints(chromium) == []


class Keyboard:
    """Somebody without a mouse."""

    def __init__(self, chromium: webdriver.Chrome) -> None:
        self._chromium = chromium

    @property
    def focused(self) -> WebElement:
        return self._chromium.switch_to.active_element

    def tab_to(self, name: str) -> None:
        """Press Tab until an element with this id, name or text has the focus, which must be seen all the way."""
        for _ in range(60):
            self.type(Keys.TAB)
            found = self.focused
            assert self._outline() != "none", f"no focus is seen on {found.get_attribute('outerHTML')}"
            own = (found.get_attribute("id"), found.get_attribute("name"), found.text.split("\n")[0])
            if name in own:
                return
        raise AssertionError(f"{name} is not reached with the Tab key")

    def type(self, *keys: str) -> None:
        webdriver.ActionChains(self._chromium).send_keys(*keys).perform()

    def _outline(self) -> str:
        script = "return getComputedStyle(document.activeElement).outlineStyle"
        return str(self._chromium.execute_script(script))


def test_a_request_is_sent_with_the_keyboard_alone(chromium: webdriver.Chrome, site: Site) -> None:
    chromium.get(f"{site.address}/?lang=en")
    keys = Keyboard(chromium)
    keys.tab_to("To the content")
    keys.type(Keys.ENTER)
    keys.tab_to("My personal data")
    keys.type(Keys.ENTER)
    keys.tab_to("wish")
    keys.type(Keys.SPACE, Keys.ARROW_DOWN)
    keys.tab_to("text")
    keys.type("Erase it all, please.")
    keys.tab_to("email")
    keys.type("vera@example.org")
    keys.tab_to("Send")
    keys.type(Keys.ENTER)
    until(lambda: "We have your request" in body(chromium))
    mail = parse(site.bench.mails()[0])
    assert "Erasure of my data" in mail.text
    assert "Erase it all, please." in mail.text


def test_a_review_is_signed_with_the_keyboard_alone(chromium: webdriver.Chrome, site: Site) -> None:
    site.bench.now += dt.timedelta(seconds=30)
    chromium.get(f"{site.address}/login?lang=en")
    keys = Keyboard(chromium)
    for field, text in (("name", "dora"), ("password", PASSWORD), ("code", site.bench.code("dora"))):
        keys.tab_to(field)
        keys.type(text)
    keys.type(Keys.ENTER)
    until(lambda: "/overview" in chromium.current_url)
    keys.tab_to("Review")
    keys.type(Keys.ENTER)
    until(lambda: "/review" in chromium.current_url)
    keys.tab_to("Check")
    keys.type(Keys.ENTER)
    until(lambda: "4. Sign" in body(chromium))
    keys.tab_to("Sign the review")
    keys.type(Keys.ENTER)
    until(lambda: "entry 13 of the log now" in body(chromium))


def visit_all(chromium: webdriver.Chrome, site: Site, look: Callable[[str], None]) -> None:
    """Look at every kind of page, as everybody who may see it."""
    for path in PUBLIC:
        chromium.get(f"{site.address}{path}")
        look(path)
    for name, paths in (("dora", DPO), ("otto", OPERATOR)):
        log_in(chromium, site, name)
        for path in paths:
            chromium.get(f"{site.address}/c/main/{path}")
            look(path)
        if name == "dora":
            chromium.get(f"{site.address}/c/main/lookup")
            go(chromium, by_id(chromium, "number"), NUMBER, Keys.ENTER)
            look("lookup result")
            chromium.get(f"{site.address}/c/main/review")
            go(chromium, chromium.find_element(By.CSS_SELECTOR, "form[action$=check] button"))
            look("review check")
        go(chromium, chromium.find_element(By.CSS_SELECTOR, "header button"))


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_is_wider_than_a_small_phone(chromium: webdriver.Chrome, site: Site, language: str) -> None:
    width(chromium, 360)
    wide: list[str] = []

    def look(path: str) -> None:
        if chromium.execute_script("return document.documentElement.scrollWidth") > 360:
            wide.append(path)

    chromium.get(f"{site.address}/?lang={language}")
    visit_all(chromium, site, look)
    assert wide == []


@pytest.mark.parametrize(("pixels", "dark"), [(1200, False), (1200, True), (360, False)])
def test_axe_finds_nothing_serious(
    chromium: webdriver.Chrome, site: Site, axe: str, pixels: int, dark: bool
) -> None:
    width(chromium, pixels, dark=dark)
    found: list[str] = []

    def look(path: str) -> None:
        chromium.execute_script(axe)
        result: dict[str, Any] = chromium.execute_async_script("axe.run().then(arguments[0])")
        assert result["passes"], "axe looked at something"
        found.extend(
            f"{path}: {one['id']} ({one['impact']}) {node['html'][:150]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical", "moderate")
            for node in one["nodes"]
        )

    chromium.get(f"{site.address}/?lang=en")
    visit_all(chromium, site, look)
    assert found == []


def until(holds: Callable[[], Any], seconds: float = 20) -> None:
    """Wait until something holds; while a page goes and the next one comes, the driver may fail to look."""
    end = time.monotonic() + seconds
    while True:
        with suppress(WebDriverException):
            if holds():
                return
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
