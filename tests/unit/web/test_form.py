"""The request form: what it asks, what becomes of it, and that nothing is lost or sent twice."""

from __future__ import annotations

import re
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bridge.classify import classify
from bridge.message.parse import parse
from bridge.sources.base import AppendUnconfirmed
from bridge.web import memory
from bridge.web.form.questions import TOPICS, Topic, questions_of, topic_of
from bridge.web.form.reading import TRAP
from bridge.web.server import serve
from tests.unit.web.web_bench import Broken, WebBench, benched, multipart

GOOD = {"email": "vera@example.org", "text": "Ich komme nicht hinein.\nSeit gestern.", "account": "vera"}


def test_every_topic_can_be_sent_and_becomes_a_mail_from_the_sender(web: WebBench) -> None:
    for topic in TOPICS:
        values = {
            one.name: one.choices[0]
            if one.choices
            else "vera@example.org"
            if one.kind == "email"
            else f"«{one.name}»"
            for one in questions_of(topic)
        }
        answer = web.client().fill_in(topic.key, values)
        assert answer.status_code == 303, topic.key
    mails = [parse(raw) for raw in web.mails()]
    assert len({mail.message_id for mail in mails}) == len(TOPICS)
    for mail in mails:
        assert mail.sender is not None
        assert mail.sender.email == "vera@example.org"
        assert mail.headers["x-otrs-bridge-form"] == ("1",)
        assert "auto-submitted" not in mail.headers
        assert [one.email for one in mail.to] == ["support@example.org"]
        assert "«text»" in mail.text
        assert mail.defects == ()


def test_no_question_takes_the_name_of_a_field_of_the_form_itself() -> None:
    own = {"csrf_token", "form_number", "files", TRAP}
    for topic in TOPICS:
        names = [one.name for one in questions_of(topic)]
        assert len(names) == len(set(names))
        assert not own & set(names)


def test_the_receipt_shows_the_reference_of_the_mail_and_nothing_that_was_written(web: WebBench) -> None:
    browser = web.client()
    sent = browser.fill_in("login", GOOD)
    receipt = browser.get(sent.headers["Location"])
    reference = re.search(r"F-[A-Z2-7]{4}-[A-Z2-7]{4}", receipt.text)
    assert reference
    assert reference[0] in web.mails()[0].decode()
    assert reference[0].lower() in parse(web.mails()[0]).message_id
    assert "vera" not in receipt.text


@pytest.mark.parametrize("spoken", ["de", "en"])
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
def test_what_comes_by_the_form_is_never_filed_unread(web: WebBench, topic: Topic, spoken: str) -> None:
    """As automated mail and spam are. The words that the form itself adds must not tip the balance."""
    browser = web.client()
    browser.get(f"/?lang={spoken}")
    for text in (
        "Wann ist die nächste Versammlung?",
        "Guten Tag, ich habe eine Frage dazu.",
        "Please call me back.",
    ):
        values = {one.name: one.choices[-1] if one.choices else "Vera Muster" for one in questions_of(topic)}
        browser.fill_in(topic.key, values | {"email": "vera@example.org", "text": text})
    for raw in web.mails():
        found = classify(parse(raw))
        assert found.category not in ("automated", "spam") or found.review
    assert len(web.mails()) == 3


def test_a_receipt_can_not_be_made_up(web: WebBench) -> None:
    assert web.client().get("/receipt/F-AAAA-AAAA").status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"account": "y" * 121}, "account"),
        ({"website": "https://spam.example"}, "website"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_sent(
    web: WebBench, values: dict[str, str], field: str
) -> None:
    answer = web.client().fill_in("login", GOOD | values)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert web.mails() == []


def test_all_that_is_wrong_is_told_at_once_and_what_was_right_is_kept(web: WebBench) -> None:
    answer = web.client().fill_in(
        "data-protection", {"email": "x", "text": "Bitte löschen & gut", "wish": "no"}
    )
    assert [f'href="#{field}"' in answer.text for field in ("wish", "email", "text")] == [True, True, False]
    assert "Bitte löschen &amp; gut" in answer.text


def test_the_subject_is_ours_alone_so_that_no_ticket_number_in_it_joins_a_case(web: WebBench) -> None:
    web.client().fill_in(
        "technical", {"email": "a@example.org", "where": "[Ticket#2026112010000017]", "text": "[Ticket#1]"}
    )
    mail = parse(web.mails()[0])
    assert mail.subject == "Report of a technical problem"
    assert mail.in_reply_to == mail.references == ()


def test_a_line_break_in_a_field_makes_no_header(web: WebBench) -> None:
    values = {"email": "a@example.org", "name": "Vera\r\nX-Evil: 1\r\n\r\nbody", "text": "Hallo"}
    assert web.client().fill_in("other", values).status_code == 303
    mail = parse(web.mails()[0])
    assert "x-evil" not in mail.headers
    assert mail.sender is not None
    assert mail.sender.name == "Vera X-Evil: 1 body"


def test_files_travel_whole_and_only_where_a_topic_takes_them(web: WebBench) -> None:
    content = bytes(range(256)) * 30
    values = {"email": "a@example.org", "text": "Anbei."}
    upload = {"files": [("C:/fakepath/Bild ü.png", content)]}
    web.client().fill_in("other", values | upload)
    upload = {"files": [("x.png", content)]}
    web.client().fill_in("login", values | upload)
    with_file, without = sorted((parse(raw) for raw in web.mails()), key=lambda mail: not mail.attachments)
    assert [(one.filename, one.content) for one in with_file.attachments] == [("Bild ü.png", content)]
    assert without.attachments == ()


def test_too_many_or_too_large_files_are_refused(web: WebBench) -> None:
    values = {"email": "a@example.org", "text": "Anbei."}
    many = {"files": [(f"{number}.txt", b"x") for number in range(memory.MOST_FILES + 1)]}
    assert web.client().fill_in("other", values | many).status_code == 422
    large = {"files": [("large.bin", b"x" * (memory.FILES + 1))]}
    assert web.client().fill_in("other", values | large).status_code == 422
    larger = {"files": [("larger.bin", b"x" * (memory.FILES + 2 * memory.FIELDS))]}
    assert web.client().fill_in("other", values | larger).status_code == 413
    assert web.mails() == []


def test_a_file_limit_follows_the_mail_limit() -> None:
    assert memory.upload_bytes(26_214_400) == memory.FILES
    small = memory.upload_bytes(2_000_000)
    assert 0 < small * 78 / 57 < 2_000_000
    assert memory.upload_bytes(1000) == 0


def test_form_bombs_are_refused_before_they_are_kept(web: WebBench) -> None:
    browser = web.client()
    browser.get("/request/main/other")
    long_field = browser.send("/request/main/other", {"text": "x" * (memory.FIELDS + 10)})
    assert long_field.status_code == 413
    parts = {f"f{number}": "x" for number in range(200)}
    assert browser.send("/request/main/other", parts).status_code == 413
    login = browser.http.post("/login", data={"name": "x" * (memory.SMALL + 10)})
    assert login.status_code == 413


def test_uploads_never_touch_the_disk(web: WebBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the real server, whose own buffers would go to temporary files as well."""

    def refuse(*_args: Any, **_values: Any) -> Any:
        raise AssertionError("a temporary file was asked for")

    browser = web.client()
    page = browser.get("/request/main/other").text
    number = re.search(r'name="form_number" value="([^"]+)"', page)
    cookie = browser.http.get_cookie("bridge")
    assert number
    assert cookie
    content = b"z" * 3_000_000
    values = {
        "csrf_token": browser.token,
        "form_number": number[1],
        "email": "a@example.org",
        "text": "Anbei.",
    }
    body = multipart(values | {"files": [("f.bin", content)]})
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    server = serve(web.app, ("127.0.0.1", 0))
    try:
        head = {"Cookie": f"bridge={cookie.value}", "Content-Type": "multipart/form-data; boundary=BOUNDARY"}
        asked = urllib.request.Request(f"http://127.0.0.1:{server.port}/request/main/other", body, head)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert "/receipt/" in answer.url
    finally:
        server.stop()
    assert parse(web.mails()[0]).attachments[0].content == content


def test_without_a_confirmed_append_there_is_no_receipt(tmp_path: Path) -> None:
    letterbox = Broken(AppendUnconfirmed("no APPENDUID"))
    with benched(tmp_path, letterbox=letterbox) as web:
        answer = web.client().fill_in("login", GOOD)
        assert answer.status_code == 503
        assert "Your request could not be taken" in answer.text
        assert "Ich komme nicht hinein." in answer.text
        assert letterbox.asked == 1


def test_sent_again_after_an_unclear_answer_it_is_byte_for_byte_the_same_mail(tmp_path: Path) -> None:
    raws: list[bytes] = []

    class Unsure(Broken):
        def append(self, folder: str, raw: bytes, *, received: Any = None) -> Any:
            raws.append(raw)
            return super().append(folder, raw)

    with benched(tmp_path, letterbox=Unsure(AppendUnconfirmed("no APPENDUID"))) as web:
        browser = web.client()
        first = browser.fill_in("login", GOOD)
        web.now = web.now.replace(hour=9)
        number = re.search(r'name="form_number" value="([^"]+)"', first.text)
        assert number
        browser.send("/request/main/login", GOOD | {"form_number": number[1]})
    assert len(raws) == 2
    assert raws[0] == raws[1]


def test_pressed_twice_it_is_sent_once_with_one_reference(web: WebBench) -> None:
    browser = web.client()
    page = browser.get("/request/main/login")
    number = re.search(r'name="form_number" value="([^"]+)"', page.text)
    assert number
    answers = [browser.send("/request/main/login", GOOD | {"form_number": number[1]}) for _ in range(2)]
    receipts = [browser.get(answer.headers["Location"]).text for answer in answers]
    assert receipts[0] == receipts[1]
    assert len(web.mails()) == 1


def test_pressed_twice_at_the_same_time_it_is_sent_once(web: WebBench) -> None:
    browser = web.client()
    page = browser.get("/request/main/login")
    number = re.search(r'name="form_number" value="([^"]+)"', page.text)
    cookie = browser.http.get_cookie("bridge")
    assert number
    assert cookie
    values = GOOD | {"form_number": number[1], "csrf_token": browser.token}
    answers: list[TestResponse] = []

    def press() -> None:
        other = web.app.test_client()
        other.set_cookie("bridge", cookie.value)
        answers.append(other.post("/request/main/login", data=values, content_type="multipart/form-data"))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len(web.mails()) == 1


def test_so_many_requests_an_hour_from_one_address_and_mistakes_do_not_count(tmp_path: Path) -> None:
    with benched(tmp_path, settings={"form_per_hour": 2}) as web:
        browser = web.client()
        statuses = [browser.fill_in("login", values).status_code for values in (GOOD, {}, GOOD, GOOD)]
        assert statuses == [303, 422, 303, 429]
        assert len(web.mails()) == 2


def test_several_controllers_are_chosen_by_name_and_get_their_own_mail(tmp_path: Path) -> None:
    with benched(tmp_path, names=("nord", "sued")) as web:
        browser = web.client()
        start = browser.get("/")
        assert "Verein nord" in start.text
        assert "Verein sued" in start.text
        assert "Logging in" in browser.get("/?to=sued").text
        browser.fill_in("login", GOOD, to="sued")
        assert "sued" in parse(web.mails()[0]).message_id
        assert browser.get("/request/west/login").status_code == 404


def test_without_the_form_there_are_only_the_other_pages(tmp_path: Path) -> None:
    with benched(tmp_path, settings={"form": False}) as web:
        assert web.client().get("/").status_code == 404
        assert web.client().get("/request/main/login").status_code == 404
        assert web.client().get("/healthz").status_code == 200


@pytest.mark.parametrize("topic", [topic.key for topic in TOPICS])
def test_every_topic_says_who_sees_what_and_for_how_long(web: WebBench, topic: str) -> None:
    page = web.client().get(f"/request/main/{topic}").text
    for words in (
        "Who sees this",
        "Verein main",
        "datenschutz@example.org",
        "30 days",
        "supervisory authority",
    ):
        assert words in page
    assert topic_of(topic) is not None
