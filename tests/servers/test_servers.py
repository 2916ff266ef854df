"""Each real server does its job, and Znuny erases exactly where the design says."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
import uuid
from collections.abc import Iterator
from email.message import EmailMessage

import psycopg
import pytest

from tests.servers.mail import Mailbox, Sink, client_context
from tests.servers.znuny import QueueSet, WebSession, Znuny

pytestmark = pytest.mark.servers


@pytest.fixture
def bridge(znuny: Znuny, module_queues: QueueSet) -> Iterator[WebSession]:
    with znuny.session(module_queues.bridge) as session:
        yield session


# An empty JSON object as a body is answered with 500.
READ = {"AllArticles": 0}


def create(bridge: WebSession, queue: str, text: str = "Text", **more: object) -> int:
    ticket = {
        "Title": "Anfrage", "Queue": queue, "State": "new", "Priority": "3 normal",
        "CustomerUser": "redacted@bridge.invalid", "OwnerID": 1,
    }  # fmt: skip
    article = {
        "CommunicationChannel": "Internal", "SenderType": "customer", "IsVisibleForCustomer": 1,
        "Subject": "Anfrage", "Body": text, "ContentType": "text/plain; charset=utf-8",
    }  # fmt: skip
    answer = bridge.call("POST", "/Ticket", {"Ticket": ticket, "Article": article, **more})
    assert "TicketID" in answer, answer
    return int(answer["TicketID"])


def error_code(answer: dict[str, object]) -> object:
    error = answer.get("Error")
    return error.get("ErrorCode") if isinstance(error, dict) else None


def erase(bridge: WebSession, ticket_id: int, queues: QueueSet) -> None:
    fields = {"Queue": queues.erasing.name, "State": "closed successful", "OwnerID": 1, "Lock": "unlock"}
    assert "TicketID" in bridge.call("PATCH", f"/Ticket/{ticket_id}", {"Ticket": fields})
    set_erase_field(bridge, ticket_id)


def set_erase_field(bridge: WebSession, ticket_id: int) -> None:
    for value in ("", "erase"):
        bridge.call(
            "PATCH", f"/Ticket/{ticket_id}", {"DynamicField": {"Name": "BridgeErase", "Value": value}}
        )


def test_create_get_search_and_update(bridge: WebSession, module_queues: QueueSet) -> None:
    reference = uuid.uuid4().hex
    field = {"Name": "BridgeRef", "Value": reference}
    ticket_id = create(bridge, module_queues.support.name, "Müller", DynamicField=[field])
    create(bridge, module_queues.support.name)
    assert bridge.call("POST", "/TicketSearch", {"DynamicField_BridgeRef": {"Equals": reference}}) == {
        "TicketID": [str(ticket_id)]
    }
    moved = {
        "Ticket": {"Queue": module_queues.membership.name},
        "DynamicField": {"Name": "BridgeCategory", "Value": "spam"},
    }
    assert "TicketID" in bridge.call("PATCH", f"/Ticket/{ticket_id}", moved)
    found = bridge.call("POST", f"/TicketGet/{ticket_id}", {"AllArticles": 1, "DynamicFields": 1})["Ticket"][
        0
    ]
    assert found["Queue"] == module_queues.membership.name
    assert found["Article"][0]["Body"] == "Müller"
    values = {each["Name"]: each["Value"] for each in found["DynamicField"]}
    assert values["BridgeRef"] == reference
    assert values["BridgeCategory"] == "spam"
    history = bridge.call("POST", f"/TicketHistory/{ticket_id}", READ)
    assert any(entry["HistoryType"] == "Move" for entry in history["TicketHistory"][0]["History"])


def test_erasing_queue_and_field_together_delete(
    znuny: Znuny, bridge: WebSession, module_queues: QueueSet
) -> None:
    canary = f"kanarie{uuid.uuid4().hex}"
    attachment = {"Content": "S2FuYXJpZQ==", "ContentType": "text/plain", "Filename": f"{canary}.txt"}
    ticket_id = create(bridge, module_queues.support.name, canary, Attachment=[attachment])
    assert {trace.place for trace in znuny.database_traces(canary)} >= {"article_data_mime"}
    erase(bridge, ticket_id, module_queues)
    assert error_code(bridge.call("POST", f"/TicketGet/{ticket_id}", READ)) == "TicketGet.AccessDenied"
    control = bridge.call("POST", f"/TicketGet/{module_queues.control_id}", {"AllArticles": 1})["Ticket"][0]
    assert (control["Title"], int(control["QueueID"])) == ("Kontrollticket", module_queues.erasing.id)
    assert control["Article"][0]["IsVisibleForCustomer"] in {0, "0"}
    assert not znuny.exists(ticket_id)
    assert znuny.database_traces(canary) == []
    assert znuny.file_traces(canary) == []


def test_field_outside_the_erasing_queue_deletes_nothing(
    znuny: Znuny, bridge: WebSession, module_queues: QueueSet
) -> None:
    ticket_id = create(bridge, module_queues.support.name)
    set_erase_field(bridge, ticket_id)
    assert znuny.exists(ticket_id)
    znuny.set_field(ticket_id, "BridgeErase", "", by=module_queues.agent_support)
    znuny.set_field(ticket_id, "BridgeErase", "erase", by=module_queues.agent_support)
    assert znuny.exists(ticket_id)


def test_disabled_job_erases_nothing_until_enabled(znuny: Znuny, znuny_queues: QueueSet) -> None:
    with znuny.session(znuny_queues.bridge) as own:
        ticket_id = create(own, znuny_queues.support.name)
        znuny.enable_erasing_job(znuny_queues, False)
        erase(own, ticket_id, znuny_queues)
        assert znuny.exists(ticket_id)
        znuny.enable_erasing_job(znuny_queues, True)
        set_erase_field(own, ticket_id)
        assert not znuny.exists(ticket_id)


def test_revoked_right_denies_what_still_exists(znuny: Znuny, znuny_queues: QueueSet) -> None:
    with znuny.session(znuny_queues.bridge) as own:
        znuny.set_rights(znuny_queues.bridge, znuny_queues.erasing)
        answer = own.call("POST", f"/TicketGet/{znuny_queues.control_id}", READ)
        assert error_code(answer) == "TicketGet.AccessDenied"
        assert znuny.exists(znuny_queues.control_id)
        znuny.set_rights(znuny_queues.bridge, znuny_queues.erasing, "rw")
        assert "Ticket" in own.call("POST", f"/TicketGet/{znuny_queues.control_id}", READ)


def test_agents_see_their_own_queues_only(znuny: Znuny, bridge: WebSession, module_queues: QueueSet) -> None:
    ticket_id = create(bridge, module_queues.membership.name)
    with (
        znuny.session(module_queues.agent_mv) as membership,
        znuny.session(module_queues.agent_support) as support,
    ):
        assert "Ticket" in membership.call("POST", f"/TicketGet/{ticket_id}", READ)
        assert error_code(support.call("POST", f"/TicketGet/{ticket_id}", READ)) == "TicketGet.AccessDenied"
        control = membership.call("POST", f"/TicketGet/{module_queues.control_id}", READ)
        assert error_code(control) == "TicketGet.AccessDenied"


def test_other_agents_can_merge_move_add_and_delete(znuny: Znuny, module_queues: QueueSet) -> None:
    queues = module_queues
    ticket_id = znuny.create(queues.support, "Telefon", "Ä", attachments=[("a.txt", "text/plain", b"x")])
    other_id = znuny.create(queues.support, by=queues.agent_support)
    assert znuny.add_article(ticket_id, "Notiz", by=queues.agent_support) > 0
    znuny.move(ticket_id, queues.other, by=queues.agent_support)
    found = znuny.ticket(ticket_id)
    assert found is not None
    assert found["Queue"] == queues.other.name
    znuny.merge(ticket_id, into=other_id, by=queues.agent_support)
    assert len(znuny.sql("SELECT id FROM article WHERE ticket_id = %s", other_id)) >= 3
    znuny.delete(other_id)
    assert znuny.ticket(other_id) is None


def test_follow_up_to_a_closed_ticket_in_the_erasing_queue_is_a_new_ticket(
    znuny: Znuny, module_queues: QueueSet
) -> None:
    mail = b"From: a@example.org\nTo: b@example.org\nSubject: [Ticket#%s] x\n\nText\n"
    follow_up = mail % module_queues.control_number.encode()
    assert znuny.postmaster(follow_up, module_queues.other) != module_queues.control_id


def test_fetched_mail_leaves_its_subject_in_the_communication_log(
    znuny: Znuny, mailbox: Mailbox, module_queues: QueueSet
) -> None:
    canary = f"kanarie{uuid.uuid4().hex}"
    mailbox.deliver(f"From: a@example.org\nTo: b@example.org\nSubject: {canary}\n\nText\n".encode())
    queue = module_queues.other
    znuny.fetch_mailbox(mailbox.host, mailbox.port, mailbox.username, mailbox.password, queue)
    assert mailbox.contents() == []
    assert znuny.sql("SELECT count(*) FROM ticket WHERE title = %s AND queue_id = %s", canary, queue.id) == [
        (1,)
    ]
    assert "communication_log_object_entry" in {trace.place for trace in znuny.database_traces(canary)}


def test_answer_goes_out_through_the_sink(
    znuny: Znuny, smtp: Sink, bridge: WebSession, module_queues: QueueSet
) -> None:
    recipient = f"{uuid.uuid4().hex}@example.org"
    ticket_id = create(bridge, module_queues.support.name)
    article = {
        "CommunicationChannel": "Email", "SenderType": "agent", "IsVisibleForCustomer": 1, "ArticleSend": 1,
        "To": recipient, "Subject": "Antwort", "Body": "Grüße", "ContentType": "text/plain; charset=utf-8",
    }  # fmt: skip
    assert "ArticleID" in bridge.call("PATCH", f"/Ticket/{ticket_id}", {"Article": article})
    znuny.send_mail()
    (sent,) = smtp.wait_for(recipient)
    assert module_queues.address.encode() in sent.content


@pytest.mark.parametrize("kind", ["plain", "starttls", "implicit"])
def test_mailbox_speaks_plain_and_tls(mailbox: Mailbox, kind: str) -> None:
    context = client_context(mailbox.ca_file)
    connection: imaplib.IMAP4
    if kind == "implicit":
        connection = imaplib.IMAP4_SSL("localhost", mailbox.tls_port, ssl_context=context, timeout=10)
    else:
        connection = imaplib.IMAP4("localhost", mailbox.port, timeout=10)
    with connection:
        if kind == "starttls":
            connection.starttls(context)
        connection.login(mailbox.username, mailbox.password)
        capabilities = connection.capability()[1][0].split()
        assert {b"UIDPLUS", b"MOVE", b"IDLE"} <= set(capabilities)


def test_mailbox_certificate_needs_the_test_authority(mailbox: Mailbox) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", mailbox.tls_port, ssl_context=ssl.create_default_context(), timeout=10)


def test_mailbox_moves_and_expunges_by_uid(mailbox: Mailbox) -> None:
    mailbox.deliver(b"Subject: eins\r\n\r\nkanarienwort\r\n", b"Subject: zwei\r\n\r\nText\r\n")
    assert mailbox.file_traces("kanarienwort") != []
    with mailbox.connect() as connection:
        connection.create("Bridge/Erasing")
        first = connection.uid("SEARCH", "ALL")[1][0].split()[0].decode()
        assert connection.uid("MOVE", first, "Bridge/Erasing")[0] == "OK"
        connection.select("Bridge/Erasing")
        moved = connection.uid("SEARCH", "ALL")[1][0].decode()
        connection.uid("STORE", moved, "+FLAGS.SILENT", r"(\Deleted)")
        assert connection.uid("EXPUNGE", moved)[0] == "OK"
    assert mailbox.contents("Bridge/Erasing") == []
    assert [mail.splitlines()[0] for mail in mailbox.contents()] == [b"Subject: zwei"]
    assert mailbox.folders() == ["Bridge", "Bridge/Erasing", "INBOX"]
    assert mailbox.file_traces("kanarienwort") == []


def test_wrong_mailbox_password_is_refused(mailbox: Mailbox) -> None:
    with (
        imaplib.IMAP4(mailbox.host, mailbox.port, timeout=10) as connection,
        pytest.raises(imaplib.IMAP4.error),
    ):
        connection.login(mailbox.username, "wrong")


def letter(recipient: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", recipient, "Grüße"
    mail.set_content("Text")
    return mail


def test_sink_keeps_what_it_accepts(smtp: Sink) -> None:
    recipient = f"{uuid.uuid4().hex}@example.org"
    with smtplib.SMTP("localhost", smtp.port, timeout=10) as client:
        client.starttls(context=client_context(smtp.ca_file))
        client.login("anyone", smtp.password)
        client.send_message(letter(recipient))
    with smtplib.SMTP_SSL(
        "localhost", smtp.tls_port, timeout=10, context=client_context(smtp.ca_file)
    ) as client:
        client.send_message(letter(recipient))
    first, second = smtp.messages(recipient)
    assert (first.sender, first.recipients, first.tls, first.authenticated) == (
        "a@example.org",
        (recipient,),
        True,
        True,
    )
    assert second.tls
    assert not second.authenticated
    assert first.content.endswith(b"\r\n\r\nText\r\n")


@pytest.mark.parametrize(("trick", "code"), [("reject", 550), ("tempfail", 451)])
def test_sink_refuses_recipients(smtp: Sink, trick: str, code: int) -> None:
    recipient = f"{trick}+{uuid.uuid4().hex}@example.org"
    with (
        smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        client.send_message(letter(recipient))
    assert refused.value.recipients[recipient][0] == code
    assert smtp.messages(recipient) == []


@pytest.mark.parametrize(("trick", "code"), [("rejectdata", 550), ("tempfaildata", 451)])
def test_sink_refuses_messages(smtp: Sink, trick: str, code: int) -> None:
    recipient = f"{trick}+{uuid.uuid4().hex}@example.org"
    with (
        smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client,
        pytest.raises(smtplib.SMTPDataError) as refused,
    ):
        client.send_message(letter(recipient))
    assert refused.value.smtp_code == code
    assert smtp.messages(recipient) == []


def test_sink_hangs_and_drops(smtp: Sink) -> None:
    mark = uuid.uuid4().hex
    client = smtplib.SMTP(smtp.host, smtp.port, timeout=0.3)
    with pytest.raises((smtplib.SMTPServerDisconnected, TimeoutError)):
        client.send_message(letter(f"hang+{mark}@example.org"))
    client.close()
    dropped = smtplib.SMTP(smtp.host, smtp.port, timeout=10)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        dropped.send_message(letter(f"drop+{mark}@example.org"))
    dropped.close()
    assert len(smtp.messages(f"drop+{mark}@example.org")) == 1


def test_journal_database_is_empty_and_goes(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)
        connection.execute("CREATE TABLE t (n int)")
