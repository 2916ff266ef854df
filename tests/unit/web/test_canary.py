"""What a person writes stands in the mail and nowhere else: on no page, in no export, log or database."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

import pytest

from bridge.message.parse import parse
from bridge.web.metrics import metrics_app
from tests.unit.web.web_bench import Browser, WebBench

CANARY = "Kanarienvogel"
EVIL = f"<script>alert('{CANARY}')</script>\"'><img src=x onerror=alert(1)>{{{{7*7}}}}"
VALUES = {
    "email": f"{CANARY.lower()}@example.org",
    "name": f"{CANARY} Muster",
    "text": f"Ich heiße {CANARY}. {EVIL}",
    "number": "4711",
    "wish": "Erasure of my data",
}


def unpacked(content: bytes) -> bytes:
    """Open what is compressed: exports and reports."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        streams = re.findall(rb"stream\n(.*?)\nendstream", content, re.S)
        return content + b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x"))
    return content


def pages(browser: Browser, start: list[str]) -> dict[str, bytes]:
    """Follow every link."""
    todo, seen = list(start), dict[str, bytes]()
    while todo:
        path = todo.pop()
        if path in seen or path.startswith("/static"):
            continue
        answer = browser.get(path)
        seen[path] = unpacked(answer.data)
        if answer.mimetype == "text/html":
            todo += re.findall(r'href="(/[^"#]*)"', answer.text.replace("&amp;", "&"))
    return seen


def test_nothing_that_was_written_is_on_any_page_or_export_or_on_the_disk(
    staffed: WebBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sender = staffed.client()
    answer = sender.fill_in("data-protection", VALUES | {"files": [(f"{CANARY}.pdf", CANARY.encode())]})
    found = pages(sender, [answer.headers["Location"], "/"])
    for name in ("dora", "anna", "otto"):
        browser = staffed.client()
        browser.log_in(name)
        found |= {
            f"{name} {path}": content
            for path, content in pages(browser, ["/login", "/c/main/reports/2026-11.de.pdf"]).items()
        }
    found["metrics"] = b"".join(
        metrics_app(staffed.desk)({"PATH_INFO": "/metrics", "REQUEST_METHOD": "GET"}, lambda *_: None)
    )
    assert len(found) > 40
    assert any(path.endswith(".zip") for path in found)
    assert b"Verein main" in found["dora /c/main/reports/2026-11.de.pdf"], "what is compressed is looked into"
    assert [path for path, content in found.items() if CANARY.lower().encode() in content.lower()] == []
    logged = capsys.readouterr()
    assert CANARY.lower() not in (logged.out + logged.err).lower()
    staffed.journal.close()
    kept = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and "mail" not in path.relative_to(tmp_path).parts
    ]
    assert kept
    assert [path.name for path in kept if CANARY.lower().encode() in path.read_bytes().lower()] == []
    mail = parse(staffed.mails()[0])
    assert CANARY in mail.text, "the mail itself has it all"
    assert mail.attachments[0].filename == f"{CANARY}.pdf"


def test_what_is_shown_to_its_writer_again_is_inert(web: WebBench) -> None:
    answer = web.client().fill_in("data-protection", VALUES | {"email": EVIL, "name": EVIL, "wish": EVIL})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "{{7*7}}" in answer.text, "nothing is evaluated"


@pytest.mark.parametrize(
    "path",
    ["/%3Cscript%3E", "/?lang=%22%3E%3Cscript%3E", "/login?next=%22%3E%3Cscript%3E&x=%22%3E%3Cscript%3E"],
)
def test_addresses_are_inert_too(web: WebBench, path: str) -> None:
    assert "<script" not in web.client().get(path).text
