"""What the bridge relies on in OTRS, each point tried on the sandbox and on a real Znuny alike."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from bridge.otrs import (
    AccessDenied,
    AuthFailed,
    InvalidParameter,
    NewArticle,
    NewAttachment,
    NewTicket,
    OtrsClient,
    SearchNotFiltered,
    Ticket,
    Unclear,
)
from bridge.otrs.normal import (
    acceptable_attachments,
    acceptable_body,
    acceptable_subject,
    as_stored,
    same_attachments,
    same_text,
    subject_as_stored,
)
from tests.contract.worlds import World, raw, session_of


def reference() -> str:
    """Return a value that no other test uses."""
    return uuid.uuid4().hex


def new(world: World, queue: str = "support", **changes: Any) -> NewTicket:
    ticket = NewTicket("Anfrage", world.queues[queue], world.customer, NewArticle("Betreff", "Text"))
    return replace(ticket, **changes)


def read(client: OtrsClient, ticket_id: int) -> Ticket:
    return client.get_ticket(ticket_id, attachments=True)


class TestTickets:
    def test_created_as_asked(self, world: World, client: OtrsClient) -> None:
        value, start = reference(), dt.datetime.now(dt.UTC).replace(microsecond=0)
        article = NewArticle(
            "Überschrift 😀", "Grüße\naus Köln", from_="Jörg <joerg@example.org>", visible=True, channel="Phone",
            sender_type="customer",
        )  # fmt: skip
        made = client.create_ticket(new(world, title="Ärger", article=article, fields={"BridgeRef": value}))
        ticket = read(client, made.ticket_id)
        assert (ticket.number, ticket.title, ticket.queue) == (made.number, "Ärger", world.queues["support"])
        assert (ticket.state, ticket.state_type, ticket.priority) == ("new", "new", "3 normal")
        assert (ticket.owner_id, ticket.responsible_id, ticket.lock) == (1, 1, "unlock")
        assert (ticket.customer_user, ticket.customer_id) == (world.customer, "")
        assert ticket.create_by == world.agent_id("bridge")
        assert dict(ticket.fields) == {"BridgeRef": value}
        assert start <= ticket.created <= dt.datetime.now(dt.UTC)
        assert ticket.changed >= ticket.created
        (stored,) = ticket.articles
        assert (stored.article_id, stored.subject, stored.body) == (
            made.article_id,
            article.subject,
            article.body,
        )
        assert (stored.from_, stored.to, stored.cc) == (article.from_, world.queues["support"], "")
        assert (stored.channel, stored.sender_type, stored.visible) == ("Phone", "customer", True)
        assert (stored.content_type, stored.charset) == ("text/plain; charset=utf-8", "utf-8")
        assert (stored.message_id, stored.in_reply_to, stored.references) == ("", "", "")

    def test_any_text_is_a_customer(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, customer_user="redacted@bridge.invalid"))
        ticket = client.get_ticket(made.ticket_id, articles=True)
        assert ticket.customer_user == "redacted@bridge.invalid"
        assert ticket.articles[0].from_ == "redacted@bridge.invalid"

    def test_caller_owns_what_it_creates_without_owner(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, owner_id=None))
        ticket = client.get_ticket(made.ticket_id)
        assert (ticket.owner_id, ticket.lock) == (world.agent_id("bridge"), "unlock")

    def test_owner_without_lock_locks(self, world: World, client: OtrsClient) -> None:
        ticket = {"Title": "T", "Queue": world.queues["support"], "State": "new", "Priority": "3 normal"}
        ticket |= {"CustomerUser": world.customer, "OwnerID": "1"}
        article = {"Subject": "S", "Body": "B", "ContentType": "text/plain; charset=utf-8"}
        answer = raw(world, "POST", "/Ticket", {"Ticket": ticket, "Article": article})
        assert client.get_ticket(int(answer.body["TicketID"])).lock == "lock"

    def test_long_title_is_cut_by_otrs(self, world: World, client: OtrsClient) -> None:
        with pytest.raises(InvalidParameter):
            client.create_ticket(new(world, title="ä" * 256))
        made = client.create_ticket(new(world, title="ä" * 255))
        assert client.get_ticket(made.ticket_id).title == "ä" * 255

    def test_pending(self, world: World, client: OtrsClient) -> None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
        made = client.create_ticket(new(world, state="pending reminder", pending_until=until))
        assert client.get_ticket(made.ticket_id).state_type == "pending reminder"
        with pytest.raises(InvalidParameter):
            client.update_ticket(made.ticket_id, changes={"State": "pending auto close+"})
        client.update_ticket(made.ticket_id, changes={"State": "pending auto close+", "PendingTime": until})
        assert client.get_ticket(made.ticket_id).state == "pending auto close+"

    def test_changes(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        changes = {"Title": "Neu", "Lock": "lock", "Priority": "4 high", "CustomerUser": "x@y.org"}
        assert client.update_ticket(made.ticket_id, changes=changes) is None
        ticket = client.get_ticket(made.ticket_id)
        assert (ticket.title, ticket.lock, ticket.queue) == ("Neu", "lock", world.queues["support"])
        assert (ticket.priority, ticket.customer_user) == ("4 high", "x@y.org")

    def test_moving_unlocks(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, lock="lock"))
        client.update_ticket(made.ticket_id, changes={"Queue": world.queues["admins"]})
        ticket = client.get_ticket(made.ticket_id)
        assert (ticket.queue, ticket.lock) == (world.queues["admins"], "unlock")

    def test_closing_unlocks(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, lock="lock"))
        client.update_ticket(made.ticket_id, changes={"State": "closed successful"})
        ticket = client.get_ticket(made.ticket_id)
        assert (ticket.state, ticket.state_type, ticket.lock) == ("closed successful", "closed", "unlock")

    def test_closed_ticket_takes_articles(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, state="closed successful"))
        client.update_ticket(made.ticket_id, article=NewArticle("Nachtrag", "Text"))
        ticket = client.get_ticket(made.ticket_id, articles=True)
        assert (len(ticket.articles), ticket.state_type) == (2, "closed")

    def test_fields_are_set_and_cleared(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, fields={"BridgeRef": reference(), "BridgeCategory": "login"}))
        client.update_ticket(
            made.ticket_id, fields={"BridgeRef": "", "BridgeState": " done ", "BridgeAction": "hold"}
        )
        fields = dict(client.get_ticket(made.ticket_id).fields)
        assert fields == {"BridgeState": "done", "BridgeAction": "hold", "BridgeCategory": "login"}

    def test_longest_field(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, fields={"BridgeReason": "ä" * 3800}))
        assert client.get_ticket(made.ticket_id).fields["BridgeReason"] == "ä" * 3800
        with pytest.raises(InvalidParameter):
            client.update_ticket(made.ticket_id, fields={"BridgeReason": "ä" * 3801})

    def test_many_at_once(self, world: World, client: OtrsClient) -> None:
        values = [reference() for _ in range(12)]
        with ThreadPoolExecutor(4) as pool:
            made = list(
                pool.map(lambda one: client.create_ticket(new(world, fields={"BridgeRef": one})), values)
            )
        assert len({one.ticket_id for one in made}) == len({one.number for one in made}) == 12
        found = client.get_tickets([one.ticket_id for one in made])
        assert [found[one.ticket_id].fields["BridgeRef"] for one in made] == values

    def test_history(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, fields={"BridgeRef": reference()}))
        client.update_ticket(
            made.ticket_id,
            changes={"Queue": world.queues["other"], "State": "closed successful"},
            article=NewArticle("Notiz", "Text"),
        )
        lines = client.history(made.ticket_id)
        kinds = [one.history_type for one in lines]
        assert kinds[0] == "NewTicket"
        assert {"TicketDynamicFieldUpdate", "Move", "StateUpdate", "AddNote"} <= set(kinds)
        move = next(one for one in lines if one.history_type == "Move")
        assert move.create_by == world.agent_id("bridge")
        assert move.queue_id == client.get_ticket(made.ticket_id).queue_id
        assert any(one.article_id == made.article_id for one in lines)


TEXTS = (
    "a\r\nb", "a\n\rb", "a\rb", "x\r\r\ny", "  a b \n\n", "\xa0a\u2003", "a\0b", "a  \0b", "\ufeffa\ufeffb", "a\x01b",
    "a\x0bb\x0c", "ä €😀", "a\u2028b\u2028", "\uffff x", "\x85a", "\0a", "\x1ca", '{"a": "\\u0000"}', "<b>&amp;</b>",
)  # fmt: skip


class TestArticles:
    def test_bodies_come_back_as_foretold(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        for text in TEXTS:
            client.update_ticket(made.ticket_id, article=NewArticle("Betreff", text))
        bodies = [one.body for one in client.get_ticket(made.ticket_id, articles=True).articles[1:]]
        assert bodies == [as_stored(text) for text in TEXTS]
        assert all(same_text(sent, stored) for sent, stored in zip(TEXTS, bodies, strict=True))

    def test_subjects_come_back_as_foretold(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        subjects = ("a\r\nb", " x ", "a\tb", "a\0b", "😀" * 3800)
        for text in subjects:
            client.update_ticket(made.ticket_id, article=NewArticle(text, "Text"))
        stored = [one.subject for one in client.get_ticket(made.ticket_id, articles=True).articles[1:]]
        assert stored == [subject_as_stored(text) for text in subjects]

    @pytest.mark.parametrize("text", ["", " \r\n\xa0", "0", " 0 ", "\0", "a\0b", "\ud83d", "x" * 5000])
    def test_anything_made_acceptable_is_taken(self, world: World, client: OtrsClient, text: str) -> None:
        subject, body = acceptable_subject(text, "(ohne Betreff)"), acceptable_body(text, "(leer)")
        made = client.create_ticket(new(world, article=NewArticle(subject, body)))
        (article,) = client.get_ticket(made.ticket_id, articles=True).articles
        assert (article.subject, article.body) == (subject_as_stored(subject), as_stored(body))
        assert article.body

    def test_update_keeps_recipients(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        sent = NewArticle(
            "Betreff", "Text", to="a@x.org, b@x.org", cc="c@x.org", from_="d@x.org", channel="Email"
        )
        article_id = client.update_ticket(made.ticket_id, article=sent)
        article = client.get_ticket(made.ticket_id, articles=True).articles[-1]
        assert article.article_id == article_id
        assert (article.to, article.cc, article.from_) == (sent.to, sent.cc, sent.from_)
        assert (article.channel, article.visible, article.message_id) == ("Email", False, "")

    def test_creation_drops_recipients(self, world: World, client: OtrsClient) -> None:
        article = NewArticle("Betreff", "Text", to="a@x.org", cc="c@x.org", channel="Email")
        made = client.create_ticket(new(world, article=article))
        (stored,) = client.get_ticket(made.ticket_id, articles=True).articles
        assert (stored.to, stored.cc) == (world.queues["support"], "")

    def test_html_becomes_text_and_an_attachment(self, world: World, client: OtrsClient) -> None:
        html = "<p>Grüße <b>aus</b> Köln</p>"
        article = NewArticle("Betreff", html, content_type="text/html; charset=utf-8")
        made = client.create_ticket(new(world, article=article))
        (stored,) = read(client, made.ticket_id).articles
        assert stored.body.strip() == "Grüße aus Köln"
        assert stored.content_type == "text/plain; charset=utf-8"
        (file,) = stored.attachments
        assert (file.filename, file.content.decode(), file.disposition) == ("file-2", html, "inline")

    def test_article_is_sent_by_mail(self, world: World, client: OtrsClient) -> None:
        address = f"{reference()}@example.org"
        made = client.create_ticket(new(world))
        sent = NewArticle("Antwort", "Text", to=address, visible=True, send=True)
        client.update_ticket(made.ticket_id, article=sent)
        article = client.get_ticket(made.ticket_id, articles=True).articles[-1]
        assert (article.channel, article.to, article.visible) == ("Email", address, True)
        assert article.message_id.startswith("<")
        assert article.subject == f"[Ticket#{made.number}] Antwort"
        assert article.body.startswith("Text")
        (subject,) = world.subjects_sent_to(address)
        assert f"Ticket#{made.number}" in subject


FILES = (
    NewAttachment("original.eml", "message/rfc822", b"From: x\r\n\r\n\0\xff\r\nlast line without end"),
    NewAttachment("alle.bin", "application/octet-stream", bytes(range(256)) * 300),
    NewAttachment("Müller 😀.pdf", "application/pdf", b"%PDF-1.4"),
    NewAttachment("zahl", "text/plain", b"0"),
    NewAttachment("latin.txt", "text/plain; charset=iso-8859-1", b"\xe4\r\n"),
    NewAttachment("bild.svg", "image/svg+xml", b"<svg/>", "inline"),
)


class TestAttachments:
    def test_contents_come_back_byte_for_byte(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=FILES)))
        (article,) = read(client, made.ticket_id).articles
        found = {one.filename: (one.content_type, one.content) for one in article.attachments}
        assert found == {one.filename: (one.content_type, one.content) for one in FILES}
        assert same_attachments(FILES, article.attachments)
        assert {one.disposition for one in article.attachments if one.filename == "bild.svg"} == {"inline"}

    def test_without_asking_there_are_none(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=FILES)))
        (article,) = client.get_ticket(made.ticket_id, articles=True).articles
        assert article.attachments == ()

    def test_same_names_are_renamed(self, world: World, client: OtrsClient) -> None:
        files = tuple(NewAttachment("a.txt", "text/plain", content) for content in (b"1", b"2", b"3"))
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=files)))
        (article,) = read(client, made.ticket_id).articles
        assert sorted(one.filename for one in article.attachments) == ["a-1.txt", "a-2.txt", "a.txt"]

    def test_a_text_named_file_1_is_hidden(self, world: World, client: OtrsClient) -> None:
        files = (NewAttachment("file-1", "text/plain", b"1"), NewAttachment("b.txt", "text/plain", b"2"))
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=files)))
        (article,) = read(client, made.ticket_id).articles
        assert [one.filename for one in article.attachments] == ["b.txt"]

    def test_made_acceptable_all_are_shown_under_their_names(self, world: World, client: OtrsClient) -> None:
        names = [
            "",
            "0",
            "...",
            ".hidden",
            "file-1",
            "file-2",
            "file-1.html",
            "a.txt",
            "A.TXT",
            "a.txt",
            "x/y\\z:?.txt",
        ]
        names += [
            "x/y\\z:?.txt",
            "n\r\nl.txt",
            "nul\0.txt",
            "\ud83d.txt",
            "ü" * 300 + ".pdf",
            "  spaces  .txt ",
            "a-1.txt",
        ]
        kinds = [
            "text/plain",
            "x-strange/type",
            "",
            "text/html; charset=unknown-8bit",
            "TEXT/plain; charset=UTF-8",
        ]
        files = acceptable_attachments(
            NewAttachment(name, kinds[index % 5], str(index).encode() if index else b"")
            for index, name in enumerate(names)
        )
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=files)))
        (article,) = read(client, made.ticket_id).articles
        stored = {one.filename: (one.content_type, one.content) for one in article.attachments}
        assert stored == {one.filename: (one.content_type, one.content) for one in files}

    def test_large(self, world: World, client: OtrsClient) -> None:
        files = (NewAttachment("gross.bin", "application/octet-stream", bytes(range(251)) * 40_000),)
        made = client.create_ticket(new(world, article=NewArticle("Betreff", "Text", attachments=files)))
        (article,) = read(client, made.ticket_id).articles
        assert same_attachments(files, article.attachments)


def body(**changes: Any) -> dict[str, Any]:
    """Return a TicketCreate request; `article`, `field`, `attachment` change its parts, the rest the ticket."""
    parts = {name: changes.pop(name, {}) for name in ("article", "field", "attachment")}
    ticket = {
        "Title": "T",
        "State": "new",
        "Priority": "3 normal",
        "CustomerUser": "x@example.org",
        **changes,
    }
    article = {"Subject": "S", "Body": "B", "ContentType": "text/plain; charset=utf-8", **parts["article"]}
    request: dict[str, Any] = {"Ticket": ticket, "Article": article}
    if parts["field"]:
        request["DynamicField"] = [parts["field"]]
    if parts["attachment"]:
        file = {"Content": "eA==", "ContentType": "text/plain", "Filename": "a", **parts["attachment"]}
        request["Attachment"] = [file]
    return request


MISSING, INVALID = "TicketCreate.MissingParameter", "TicketCreate.InvalidParameter"
REFUSED = [
    (body(Queue="nope"), INVALID, "Ticket->QueueID or Ticket->Queue parameter is invalid!"),
    (body(Queue=""), MISSING, "Ticket->QueueID or Ticket->Queue parameter is required!"),
    (body(State="nope"), INVALID, "Ticket->StateID or Ticket->State parameter is invalid!"),
    (body(State=""), MISSING, "Ticket->StateID or Ticket->State parameter is required!"),
    (body(Priority="nope"), INVALID, "Ticket->PriorityID or Ticket->Priority parameter is invalid!"),
    (body(Type="nope"), INVALID, "Ticket->TypeID or Ticket->Type parameter is invalid!"),
    (body(Lock="nope"), INVALID, "Ticket->LockID or Ticket->Lock parameter is invalid!"),
    (body(Title="0"), MISSING, "Ticket->Title parameter is missing!"),
    (body(Title=" "), MISSING, "Ticket->Title parameter is missing!"),
    (body(CustomerUser=""), MISSING, "Ticket->CustomerUser parameter is missing!"),
    (body(OwnerID="99999999"), INVALID, "Ticket->OwnerID or Ticket->Owner parameter is invalid!"),
    (body(Owner="nobody-at-all"), INVALID, "Ticket->OwnerID or Ticket->Owner parameter is invalid!"),
    (body(PendingTime={"Year": 2026, "Month": 13, "Day": 1, "Hour": 1, "Minute": 1}), INVALID,
     "Ticket->PendingTime parameter is invalid!"),
    (body(article={"Subject": "0"}), MISSING, "Article->Subject parameter is missing!"),
    (body(article={"Body": " \r\n"}), MISSING, "Article->Body parameter is missing!"),
    (body(article={"ContentType": "text/plain"}), INVALID, "Article->ContentType is invalid!"),
    (body(article={"ContentType": "text/plain; charset=nope"}), INVALID, "Article->ContentType is invalid!"),
    (body(article={"ContentType": "x-a/b; charset=utf-8"}), INVALID, "Article->ContentType is invalid!"),
    (body(field={"Name": "Nope", "Value": "x"}), INVALID, "DynamicField->Name parameter is invalid!"),
    (body(field={"Name": "BridgeCategory", "Value": "nope"}), INVALID, "DynamicField->Value parameter is invalid!"),
    (body(field={"Name": "BridgeRef"}), MISSING, "DynamicField->Value  parameter is missing!"),
    (body(attachment={"Content": ""}), MISSING, "Attachment->Content  parameter is missing!"),
    (body(attachment={"Filename": " "}), MISSING, "Attachment->Filename  parameter is missing!"),
    (body(attachment={"ContentType": "x-a/b"}), INVALID, "Attachment->ContentType is invalid!"),
    (body(attachment={"ContentType": "text/plain; charset=nope"}), INVALID, "Attachment->ContentType is invalid!"),
    ({"Ticket": {"Title": "T"}}, MISSING, "Article parameter is missing or not valid!"),
]  # fmt: skip


class TestRefusals:
    def test_creation_is_refused_with_these_words(self, world: World, client: OtrsClient) -> None:
        session = session_of(client)
        for request, code, message in REFUSED:
            ticket = request["Ticket"]
            filled = {**request, "Ticket": {"Queue": world.queues["support"], **ticket}}
            answer = raw(world, "POST", "/Ticket", filled, session=session)
            assert (answer.status, *answer.error()) == (200, code, f"TicketCreate: {message}")
        assert (
            client.search({"CustomerUserLogin": "x@example.org", "Queues": [world.queues["support"]]}) == []
        )

    @pytest.mark.parametrize("content", [b"{}", b"{", b"[]", b'{"Ticket":{"Title":"\\ud83d"}}'])
    @pytest.mark.parametrize("route", ["/Ticket", "/TicketSearch", "/TicketGet/1"])
    def test_body_that_breaks_it(self, world: World, route: str, content: bytes) -> None:
        assert raw(world, "POST", route, content).status == 500

    @pytest.mark.parametrize(
        ("method", "route"), [("POST", "/Nothing"), ("GET", "/Ticket/1"), ("POST", "/Ticket/1")]
    )
    def test_unknown_route(self, world: World, method: str, route: str) -> None:
        assert raw(world, method, route, {"a": "1"}).status == 500

    def test_one_denial_for_gone_never_and_forbidden(self, world: World, client: OtrsClient) -> None:
        gone, hidden = world.create(world.queues["support"]), world.create(world.queues["membership"])
        world.delete(gone)
        world.set_right(world.queues["membership"], "")
        session = session_of(client)
        for ticket_id in (gone, 99999999, hidden):
            for operation, method, route in (
                ("TicketGet", "POST", f"/TicketGet/{ticket_id}"),
                ("TicketUpdate", "PATCH", f"/Ticket/{ticket_id}"),
            ):
                answer = raw(world, method, route, {"Ticket": {"Title": "x"}}, session=session)
                message = f"{operation}: User does not have access to the ticket!"
                assert (answer.status, *answer.error()) == (200, f"{operation}.AccessDenied", message)
            with pytest.raises(AccessDenied):
                client.get_ticket(ticket_id)
            with pytest.raises(AccessDenied):
                client.history(ticket_id)

    def test_one_denied_denies_the_call(self, world: World, client: OtrsClient) -> None:
        made = [client.create_ticket(new(world)).ticket_id for _ in range(3)]
        world.delete(made[1])
        listed = ",".join(map(str, made))
        answer = raw(world, "POST", f"/TicketGet/{listed}", {"AllArticles": "0"})
        assert answer.error()[0] == "TicketGet.AccessDenied"
        assert sorted(client.get_tickets(made)) == [made[0], made[2]]

    @pytest.mark.parametrize("session", ["", "bogus"])
    def test_no_session(self, world: World, session: str) -> None:
        answer = raw(world, "POST", "/TicketGet/1", {"a": "1"}, session=session)
        assert (answer.status, answer.error()[0]) == (200, "TicketGet.AuthFail")
        answer = raw(world, "POST", "/TicketSearch", {"a": "1"}, session=session)
        assert (answer.status, answer.error()[0]) == (200, "TicketSearch.AuthFail")
        answer = raw(world, "PATCH", "/Ticket/1", {"a": "1"}, session=session)
        code = "TicketUpdate.AuthFail" if session else "TicketUpdate.MissingParameter"
        assert (answer.status, answer.error()[0]) == (200, code)

    def test_wrong_password(self, world: World) -> None:
        for endpoint in (
            replace(world.endpoint(), password="wrong"),
            replace(world.endpoint(), username="nobody-x"),
        ):
            with pytest.raises(AuthFailed) as caught:
                OtrsClient(endpoint).check_login()
            assert caught.value.otrs_code == "SessionCreate.AuthFail"

    def test_expired_session_is_renewed(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        world.expire_sessions()
        assert client.get_ticket(made.ticket_id).ticket_id == made.ticket_id
        world.expire_sessions()
        client.update_ticket(made.ticket_id, article=NewArticle("Notiz", "Text"))
        assert len(client.get_ticket(made.ticket_id, articles=True).articles) == 2

    def test_too_long_for_the_database_leaves_half(self, world: World, client: OtrsClient) -> None:
        value = reference()
        request = body(Queue=world.queues["support"], article={"Subject": "s" * 3801})
        request["DynamicField"] = [{"Name": "BridgeRef", "Value": value}]
        assert raw(world, "POST", "/Ticket", request).status == 500
        (ticket_id,) = client.find_by_field("BridgeRef", value)
        (broken,) = client.get_ticket(ticket_id, articles=True).articles
        assert (broken.article_id, broken.body) == (0, "")
        with pytest.raises(InvalidParameter):
            client.create_ticket(new(world, article=NewArticle("s" * 3801, "Text")))


class TestSearch:
    def test_by_field(self, world: World, client: OtrsClient) -> None:
        value = reference()
        made = [client.create_ticket(new(world, fields={"BridgeRef": value})).ticket_id for _ in range(2)]
        client.create_ticket(new(world, fields={"BridgeRef": value + "x"}))
        client.create_ticket(new(world))
        assert client.find_by_field("BridgeRef", value) == made
        assert client.find_by_field("BridgeRef", reference()) == []
        assert client.find_by_field("BridgeState", value) == []

    def test_case_does_not_count_for_otrs_but_for_us(self, world: World, client: OtrsClient) -> None:
        value = reference() + "a"
        made = client.create_ticket(new(world, fields={"BridgeRef": value}))
        assert client.search({"DynamicField_BridgeRef": {"Equals": value.upper()}}) == [made.ticket_id]
        assert client.find_by_field("BridgeRef", value.upper()) == []

    def test_deleted_is_not_found(self, world: World, client: OtrsClient) -> None:
        value = reference()
        made = client.create_ticket(new(world, fields={"BridgeRef": value}))
        world.delete(made.ticket_id)
        assert client.find_by_field("BridgeRef", value) == []

    @pytest.mark.parametrize(
        "criteria",
        [
            {"DynamicField_BridgeRef": "nothing-has-this"},
            {"DynamicField_Unknown": {"Equals": "x"}},
            {"Queue": "Postmaster"},
            {"Bogus": "x"},
        ],
    )
    def test_filters_that_are_dropped(
        self, world: World, client: OtrsClient, criteria: dict[str, Any]
    ) -> None:
        made = {client.create_ticket(new(world)).ticket_id for _ in range(2)}
        answer = raw(world, "POST", "/TicketSearch", criteria)
        assert made <= {int(one) for one in answer.body["TicketID"]}

    def test_dropped_filter_is_found_out(self, world: World, client: OtrsClient) -> None:
        client.create_ticket(new(world))
        with pytest.raises(SearchNotFiltered):
            client.find_by_field("Unknown", "x")

    @pytest.mark.parametrize(
        "criteria",
        [
            {"Queues": ["no such queue"]},
            {"States": ["no such state"]},
            {"OwnerIDs": [99999999]},
            {"TicketID": [99999999]},
            {"TicketCreateTimeNewerDate": "nonsense"},
            {"TicketCreateTimeNewerDate": "2999-01-01 00:00:00"},
            {"DynamicField_BridgeRef": {"Bogus": "x"}},
        ],
    )
    def test_filters_that_find_nothing(
        self, world: World, client: OtrsClient, criteria: dict[str, Any]
    ) -> None:
        client.create_ticket(new(world))
        assert client.search(criteria) == []

    def test_one_unknown_queue_finds_nothing(self, world: World, client: OtrsClient) -> None:
        client.create_ticket(new(world))
        assert client.search({"Queues": [world.queues["support"], "no such queue"]}) == []

    def test_other_criteria(self, world: World, client: OtrsClient) -> None:
        title, queue = reference(), world.queues["support"]
        first = client.create_ticket(new(world, title=f"{title} eins"))
        second = client.create_ticket(new(world, title=f"{title} zwei", state="closed successful"))
        both = {first.ticket_id, second.ticket_id}
        assert set(client.search({"Title": f"{title}*"})) == both
        assert client.search({"Title": f"{title}*", "StateType": "closed"}) == [second.ticket_id]
        assert client.search({"Title": f"{title}*", "States": ["new"]}) == [first.ticket_id]
        assert client.search({"TicketNumber": first.number}) == [first.ticket_id]
        assert set(client.search({"Queues": [queue], "CustomerUserLogin": world.customer})) == both
        assert set(client.search({"Queues": [queue], "OwnerIDs": ["1"]})) == both
        assert len(client.search({"Queues": [queue]}, limit=1)) == 1
        assert set(client.search({"Queues": [queue], "DynamicField_BridgeRef": {"Empty": 1}})) == both

    def test_limit_and_paging(self, world: World, client: OtrsClient) -> None:
        made = world.bulk(world.queues["other"], 1020)
        criteria = {"Queues": [world.queues["other"]]}
        assert len(raw(world, "POST", "/TicketSearch", criteria).body["TicketID"]) == 500
        assert len(client.search(criteria)) == 500
        assert len(client.search(criteria, limit=5000)) == 1020
        found = client.search_all(criteria)
        assert sorted(found) == made
        assert len(set(found)) == len(found)


class TestRights:
    def test_creation_needs_the_right(self, world: World, client: OtrsClient) -> None:
        queue = world.queues["membership"]
        world.set_right(queue, "ro")
        with pytest.raises(AccessDenied):
            client.create_ticket(new(world, "membership"))
        world.set_right(queue, "ro create")
        client.create_ticket(new(world, "membership"))

    def test_reading_right_changes_nothing(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        world.set_right(world.queues["support"], "ro")
        before = client.get_ticket(ticket_id, articles=True)
        for change in (
            {"article": NewArticle("Notiz", "Text")},
            {"fields": {"BridgeRef": "x"}},
            {"changes": {"Queue": world.queues["other"]}},
            {"changes": {"State": "closed successful"}},
            {"changes": {"OwnerID": world.agent_id("bridge")}},
            {"changes": {"Priority": "4 high"}},
        ):
            with pytest.raises(AccessDenied):
                client.update_ticket(ticket_id, **change)
        assert client.get_ticket(ticket_id, articles=True) == before

    def test_note_right_is_enough_for_articles(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        world.set_right(world.queues["support"], "ro note")
        client.update_ticket(ticket_id, article=NewArticle("Notiz", "Text"))
        assert len(client.get_ticket(ticket_id, articles=True).articles) == 2

    def test_owner_needs_no_right_to_read_or_erase(self, world: World, client: OtrsClient) -> None:
        queue = world.queues["erasing"]
        ticket_id = world.create(queue, owner="bridge")
        world.set_right(queue, "")
        assert client.get_ticket(ticket_id).owner_id == world.agent_id("bridge")
        assert client.search({"TicketID": [ticket_id]}) == []
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert not world.exists(ticket_id)

    def test_responsible_alone_may_not_read(self, world: World, client: OtrsClient) -> None:
        """Only with the setting Ticket::Responsible, off by default, would the responsible agent read it."""
        made = client.create_ticket(new(world, "membership"))
        client.update_ticket(made.ticket_id, changes={"ResponsibleID": world.agent_id("bridge")})
        assert client.get_ticket(made.ticket_id).responsible_id == world.agent_id("bridge")
        world.set_right(world.queues["membership"], "")
        with pytest.raises(AccessDenied):
            client.get_ticket(made.ticket_id)

    def test_move_without_right_on_the_target_is_half_done(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        world.set_right(world.queues["membership"], "ro")
        changes = {"Title": "Neu", "Queue": world.queues["membership"], "State": "closed successful"}
        with pytest.raises(Unclear):
            client.update_ticket(made.ticket_id, changes=changes)
        ticket = client.get_ticket(made.ticket_id)
        assert (ticket.title, ticket.queue, ticket.state) == ("Neu", world.queues["support"], "new")

    def test_move_out_of_sight(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world))
        world.set_right(world.queues["membership"], "move_into")
        changes = {"Queue": world.queues["membership"], "State": "closed successful"}
        client.update_ticket(made.ticket_id, changes=changes, article=NewArticle("Notiz", "Text"))
        with pytest.raises(AccessDenied):
            client.get_ticket(made.ticket_id)
        world.set_right(world.queues["membership"], "rw")
        ticket = client.get_ticket(made.ticket_id, articles=True)
        assert (ticket.state_type, len(ticket.articles)) == ("closed", 2)

    def test_control_ticket_is_read_by_the_queues_right_alone(self, world: World, client: OtrsClient) -> None:
        control = client.get_ticket(world.control_id, articles=True)
        assert (control.owner_id, control.responsible_id, len(control.articles)) == (1, 1, 1)
        assert control.queue == world.queues["erasing"]
        world.set_right(world.queues["erasing"], "")
        with pytest.raises(AccessDenied):
            client.get_ticket(world.control_id)

    def test_other_agents_do_not_see_the_erasing_queue(self, world: World) -> None:
        with pytest.raises(AccessDenied):
            OtrsClient(world.endpoint("agent")).get_ticket(world.control_id)


class TestErasing:
    MOVE: ClassVar[dict[str, object]] = {"State": "closed successful", "OwnerID": 1, "Lock": "unlock"}

    def move(self, world: World, client: OtrsClient, ticket_id: int) -> None:
        client.update_ticket(ticket_id, changes={**self.MOVE, "Queue": world.queues["erasing"]})

    def test_the_whole_way(self, world: World, client: OtrsClient) -> None:
        value = reference()
        ticket_id = world.create(world.queues["support"])
        client.update_ticket(ticket_id, fields={"BridgeRef": value})
        before = client.get_ticket(ticket_id, articles=True)
        self.move(world, client, ticket_id)
        moved = client.get_ticket(ticket_id, articles=True)
        assert (moved.queue, moved.owner_id, moved.lock) == (world.queues["erasing"], 1, "unlock")
        assert moved.articles == before.articles
        client.update_ticket(ticket_id, fields={"BridgeErase": ""})
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert not world.exists(ticket_id)  # done when the answer is there, not some time later
        with pytest.raises(AccessDenied):
            client.get_ticket(ticket_id)
        assert client.get_ticket(world.control_id).queue == world.queues["erasing"]
        assert client.find_by_field("BridgeRef", value) == []

    def test_outside_the_queue_the_field_does_nothing(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert client.get_ticket(ticket_id).fields["BridgeErase"] == "erase"
        self.move(world, client, ticket_id)
        assert world.exists(ticket_id)  # moving is no event of the field

    def test_the_same_value_is_no_event(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        self.move(world, client, ticket_id)
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert world.exists(ticket_id)
        client.update_ticket(ticket_id, fields={"BridgeErase": ""})
        assert world.exists(ticket_id)
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert not world.exists(ticket_id)

    def test_move_and_field_in_one_request(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        changes = {**self.MOVE, "Queue": world.queues["erasing"]}
        client.update_ticket(ticket_id, changes=changes, fields={"BridgeErase": "erase"})
        assert not world.exists(ticket_id)

    @pytest.mark.parametrize(
        ("value", "erased"), [("ERASE", True), ("erased", False), ("eras", False), ("*", False)]
    )
    def test_values(self, world: World, client: OtrsClient, value: str, erased: bool) -> None:
        ticket_id = world.create(world.queues["erasing"])
        client.update_ticket(ticket_id, fields={"BridgeErase": value})
        assert world.exists(ticket_id) is not erased

    def test_other_fields_do_nothing(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["erasing"])
        client.update_ticket(ticket_id, fields={"BridgeState": "erase", "BridgeRef": "erase"})
        assert world.exists(ticket_id)

    def test_created_there_with_the_field(self, world: World, client: OtrsClient) -> None:
        made = client.create_ticket(new(world, "erasing", fields={"BridgeErase": "erase"}))
        assert not world.exists(made.ticket_id)

    def test_disabled_job(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        world.enable_job(False)
        self.move(world, client, ticket_id)
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert client.get_ticket(ticket_id).fields["BridgeErase"] == "erase"
        world.enable_job(True)
        client.update_ticket(ticket_id, fields={"BridgeErase": ""})
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert not world.exists(ticket_id)

    def test_agent_elsewhere_erases_nothing(self, world: World) -> None:
        ticket_id = world.create(world.queues["support"])
        agent = OtrsClient(world.endpoint("agent"))
        agent.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        with pytest.raises(Unclear):
            agent.update_ticket(ticket_id, changes={"Queue": world.queues["erasing"]})
        assert world.exists(ticket_id)

    def test_right_revoked_between_move_and_erase(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        self.move(world, client, ticket_id)
        world.set_right(world.queues["erasing"], "")
        with pytest.raises(AccessDenied):
            client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        with pytest.raises(AccessDenied):
            client.get_ticket(ticket_id)
        assert world.exists(ticket_id)

    def test_closed_and_moved_by_others(self, world: World, client: OtrsClient) -> None:
        ticket_id = world.create(world.queues["support"])
        self.move(world, client, ticket_id)
        world.add_article(ticket_id, "Nachtrag")
        assert len(client.get_ticket(ticket_id, articles=True).articles) == 2
        world.move(ticket_id, world.queues["other"])
        client.update_ticket(ticket_id, fields={"BridgeErase": "erase"})
        assert world.exists(ticket_id)


class TestMerging:
    def test_articles_go_and_a_shell_stays(self, world: World, client: OtrsClient) -> None:
        value = reference()
        merged = client.create_ticket(
            new(world, fields={"BridgeRef": value}, article=NewArticle("Betreff", "Inhalt"))
        )
        main = client.create_ticket(new(world, "other"))
        world.merge(main.ticket_id, merged.ticket_id)
        shell = client.get_ticket(merged.ticket_id, articles=True)
        assert (shell.state, shell.state_type, shell.lock) == ("merged", "merged", "unlock")
        assert [one.article_id != merged.article_id for one in shell.articles] == [True]
        assert merged.number in shell.articles[0].body
        assert main.number in shell.articles[0].body
        assert shell.fields["BridgeRef"] == value
        target = client.get_ticket(main.ticket_id, articles=True)
        assert [one.article_id for one in target.articles] == sorted([main.article_id, merged.article_id])
        assert "Merged" in {one.history_type for one in client.history(merged.ticket_id)}
        assert "Merged" in {one.history_type for one in client.history(main.ticket_id)}

    def test_erasing_the_shell_leaves_the_text(self, world: World, client: OtrsClient) -> None:
        merged, main = client.create_ticket(new(world)), client.create_ticket(new(world))
        world.merge(main.ticket_id, merged.ticket_id)
        client.update_ticket(merged.ticket_id, changes={"Queue": world.queues["erasing"]})
        client.update_ticket(merged.ticket_id, fields={"BridgeErase": "erase"})
        assert not world.exists(merged.ticket_id)
        assert len(client.get_ticket(main.ticket_id, articles=True).articles) == 2


def test_attachment_in_base64_with_line_ends(world: World, client: OtrsClient) -> None:
    content = bytes(range(256))
    request = body(Queue=world.queues["support"])
    request["Attachment"] = {
        "Content": base64.encodebytes(content).decode(), "ContentType": "text/plain", "Filename": "a",
    }  # fmt: skip
    answer = raw(world, "POST", "/Ticket", request)
    (article,) = read(client, int(answer.body["TicketID"])).articles
    assert [one.content for one in article.attachments] == [content]
