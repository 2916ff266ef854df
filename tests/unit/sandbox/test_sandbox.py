"""What the sandbox can do that no real server does on demand: faults, pages, received mail, restored backups."""

from __future__ import annotations

import smtplib
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from bridge.otrs import (
    AccessDenied,
    NewArticle,
    NewAttachment,
    NewTicket,
    OtrsClient,
    OtrsError,
    Refused,
    Unclear,
)
from bridge.sandbox import Fault, SandboxOtrs, SandboxSmtp

NEW = NewTicket("Title", "LQFB-Support", "a@example.org", NewArticle("Subject", "Body"))


@pytest.fixture
def smtp() -> Iterator[SandboxSmtp]:
    with SandboxSmtp() as made:
        yield made


@pytest.fixture
def sandbox(smtp: SandboxSmtp) -> Iterator[SandboxOtrs]:
    with SandboxOtrs(smtp=smtp) as made:
        yield made


@pytest.fixture
def client(sandbox: SandboxOtrs) -> Iterator[OtrsClient]:
    made = OtrsClient(sandbox.endpoint(timeout_read=0.3))
    yield made
    made.close()


@pytest.mark.parametrize("fault", [one for one in Fault if one.name.endswith("_AFTER")])
def test_done_though_the_client_can_not_know(sandbox: SandboxOtrs, client: OtrsClient, fault: Fault) -> None:
    sandbox.faults.arm("TicketCreate", fault)
    with pytest.raises(Unclear):
        client.create_ticket(NEW)
    assert len(sandbox.in_queue("LQFB-Support")) == 1
    assert sandbox.faults.struck == [("TicketCreate", fault)]
    client.create_ticket(NEW)


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.ERROR_BEFORE, Fault.HTML_BEFORE, Fault.REDIRECT])
def test_not_done(sandbox: SandboxOtrs, client: OtrsClient, fault: Fault) -> None:
    sandbox.faults.arm("TicketCreate", fault)
    with pytest.raises(Refused if fault is Fault.REDIRECT else Unclear):
        client.create_ticket(NEW)
    assert sandbox.in_queue("LQFB-Support") == []


def test_creation_that_appears_after_the_client_gave_up(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    gate = sandbox.faults.arm("TicketCreate", Fault.HOLD_BEFORE)
    with pytest.raises(Unclear):
        client.create_ticket(replace(NEW, fields={"BridgeRef": "late"}))
    assert client.find_by_field("BridgeRef", "late") == []
    gate.set()
    appeared = threading.Event()
    for _ in range(500):
        if client.find_by_field("BridgeRef", "late"):
            break
        appeared.wait(0.01)
    assert len(client.find_by_field("BridgeRef", "late")) == 1


def test_faults_wait_for_their_turn(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    sandbox.faults.arm("TicketCreate", Fault.ERROR_BEFORE, after=1)
    client.create_ticket(NEW)
    with pytest.raises(Unclear):
        client.create_ticket(NEW)
    client.create_ticket(NEW)


@pytest.mark.parametrize("fault", [Fault.HALF_DELETED, Fault.SHELL_DELETED])
def test_half_deleted_ticket_is_driven_to_the_end(
    sandbox: SandboxOtrs, client: OtrsClient, fault: Fault
) -> None:
    made = client.create_ticket(replace(NEW, queue="Bridge-Erase", fields={"BridgeRef": "r"}))
    sandbox.faults.arm("delete", fault)
    client.update_ticket(made.ticket_id, fields={"BridgeErase": "erase"})
    left = client.get_ticket(made.ticket_id, articles=True)
    assert dict(left.fields) == {}
    assert bool(left.articles) is (fault is Fault.HALF_DELETED)
    client.update_ticket(made.ticket_id, fields={"BridgeErase": "erase"})
    with pytest.raises(AccessDenied):
        client.get_ticket(made.ticket_id)
    assert sandbox.ticket(made.ticket_id) is None


def test_restored_backup_reuses_ids(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    backup = sandbox.snapshot()
    first = client.create_ticket(NEW)
    sandbox.restore(backup)
    with pytest.raises(AccessDenied):
        client.get_ticket(first.ticket_id)
    assert client.create_ticket(NEW).ticket_id == first.ticket_id


def test_calls_outside_the_routes(sandbox: SandboxOtrs) -> None:
    for path in ("", "/Nothing", "/Ticket/1/2"):
        request = urllib.request.Request(sandbox.url + path, data=b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=5)
        with caught.value:
            assert caught.value.code == 500


def page(sandbox: SandboxOtrs, path: str, language: str = "en") -> str:
    request = urllib.request.Request(sandbox.page_url + path, headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=5) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        return str(answer.read().decode())


def test_pages_show_everything_escaped(sandbox: SandboxOtrs, client: OtrsClient) -> None:
    nasty = "<script>alert(1)</script>"
    attachment = NewAttachment("<b>.txt", "text/plain", b"x")
    article = NewArticle(nasty, nasty, from_=nasty, attachments=(attachment,))
    made = client.create_ticket(replace(NEW, title=nasty, article=article, fields={"BridgeRef": nasty}))
    ticket = page(sandbox, f"ticket/{made.ticket_id}")
    for shown in (page(sandbox, ""), ticket):
        assert nasty not in shown
        assert "&lt;script&gt;" in shown
        assert "http" not in shown.replace("http-equiv", "")
    assert "&lt;b&gt;.txt" in ticket
    assert "viewport" in ticket


def test_pages_speak_the_language_asked_for(sandbox: SandboxOtrs) -> None:
    assert 'lang="en"' in page(sandbox, "", "en-GB,de;q=0.5")
    assert 'lang="de"' in page(sandbox, "", "fr,de-AT;q=0.8")


@pytest.mark.parametrize("path", ["ticket/999", "ticket/x", "ticket/²", "nothing", "ticket/"])
def test_unknown_page(sandbox: SandboxOtrs, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        page(sandbox, urllib.parse.quote(path))
    with caught.value:
        assert caught.value.code == 404


def test_sent_mail_is_kept_and_shown(sandbox: SandboxOtrs, smtp: SandboxSmtp) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "support@example.org",
        "jörg@example.org",
        "Grüße <b>",
    )
    message.set_content("Erste Zeile\n.punkt am Anfang\n")
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=5) as line:
        line.send_message(message, "support@example.org", ["joerg@example.org"])
    (mail,) = smtp.received()
    assert (mail.sender, mail.recipients) == ("support@example.org", ("joerg@example.org",))
    assert mail.message().get_content().splitlines() == ["Erste Zeile", ".punkt am Anfang"]
    assert "Grüße &lt;b&gt;" in page(sandbox, "mail")


def test_smtp_refusals(smtp: SandboxSmtp) -> None:
    smtp.refuse.add("nobody@example.org")
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=5) as line:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail("a@example.org", ["nobody@example.org"], "x")
        smtp.broken = True
        with pytest.raises(smtplib.SMTPDataError):
            line.sendmail("a@example.org", ["b@example.org"], "x")
    assert smtp.received() == []


def test_article_that_otrs_sends(sandbox: SandboxOtrs, smtp: SandboxSmtp, client: OtrsClient) -> None:
    made = client.create_ticket(NEW)
    article = NewArticle("Answer", "Grüße", to="a@example.org", visible=True, send=True)
    client.update_ticket(made.ticket_id, article=article)
    (mail,) = smtp.received()
    assert made.number in str(mail.message()["Subject"])
    assert client.get_ticket(made.ticket_id, articles=True).articles[-1].channel == "Email"


def test_refused_article_sends_nothing(smtp: SandboxSmtp, client: OtrsClient) -> None:
    made = client.create_ticket(NEW)
    with pytest.raises(OtrsError):
        client.update_ticket(made.ticket_id, article=NewArticle("Answer", "x", to="nobody", send=True))
    assert smtp.received() == []
