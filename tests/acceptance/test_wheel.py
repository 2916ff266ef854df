"""The supporters' hand on the wheel: what people change in OTRS, and where it leads. Done as agents do it."""

from __future__ import annotations

from typing import Any

from bridge.daemon.wheel import OVERLAP
from bridge.journal import approvals, cases, folders
from bridge.journal.approvals import Approval
from bridge.otrs.model import Ticket
from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail, plain

LOGIN = ("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen.\n\nJördis Ährenfeld")
ACCESS = ("Auskunft nach Art. 15 DSGVO", "Bitte Auskunft über meine Daten.\n\nJördis Ährenfeld")
UNSURE = ("Frage zu meinen Daten", "Guten Tag, ich habe eine Frage zu meinen Daten.\n\nJördis Ährenfeld")
FAULT = ("Fehler 500", "Beim Abstimmen kommt HTTP 500.\n\nJördis Ährenfeld")


def only(tickets: list[Ticket]) -> Ticket:
    (ticket,) = tickets
    return ticket


def open_ones(world: World, role: str) -> list[Ticket]:
    return [one for one in world.tickets(role) if one.state_type != "closed"]


def events(world: World) -> list[str]:
    return [event for event, _level in world.log_events()]


def category_to(world: World, ticket: Ticket, category: str) -> None:
    Actions(world).set_field(ticket.ticket_id, "BridgeCategory", category)


def action(world: World, ticket: Ticket, wish: str) -> None:
    Actions(world).set_field(ticket.ticket_id, "BridgeAction", wish)


def first_case(world: World) -> Any:
    with world.bridge() as bridge, bridge.journal.read() as connection:
        return cases.by_id(connection, 1)


def test_a_login_mail_that_is_personal_is_handed_over_and_gone_everywhere(world: World) -> None:
    raw = mail(*LOGIN)
    world.deliver(raw)
    world.once()
    assert world.folder_mails("Bridge/Done") == [raw]
    ticket = only(world.tickets("support"))
    act = Actions(world)
    act.add_article(ticket.ticket_id, "Rückruf unter 0171 2345678 erbeten")
    category_to(world, ticket, "data-protection")
    assert [(w.category, w.state) for w in world.once()] == [("data-protection", "done")]
    assert not act.exists(ticket.ticket_id)
    for folder in ("INBOX", "Bridge/Done", "Bridge/Erasing"):
        assert world.folder_mails(folder) == []
    handover = only(world.tickets("membership"))
    assert "Jördis Ährenfeld" in plain(handover)
    assert "0171 2345678" in plain(handover)
    assert raw in [file.content for article in handover.articles for file in article.attachments]
    stub = only(world.tickets("support"))
    assert "hrenfeld" not in plain(stub)
    assert "2345678" not in plain(stub)
    assert events(world) == ["intended", "executed", "verified"] * 2
    assert world.once() == []


def test_follow_ups_of_a_corrected_ticket_share_its_fate(world: World) -> None:
    first = mail(*LOGIN)
    world.deliver(first)
    world.once()
    number = only(world.tickets("support")).number
    reply = mail(f"Re: [Ticket#{number}] Passwort", "Das Passwort geht immer noch nicht, ich bin Nr. 47110.")
    world.deliver(reply)
    world.once()
    ticket = only(world.tickets("support"))
    assert len(ticket.articles) == 2
    category_to(world, ticket, "membership")
    assert {w.state for w in world.once()} == {"done"}
    assert world.folder_mails("Bridge/Done") == []
    files = [f.content for a in only(world.tickets("membership")).articles for f in a.attachments]
    assert {first, reply} <= set(files)
    assert "47110" not in plain(only(world.tickets("support")))
    assert world.once() == []


def test_a_ticket_born_in_otrs_that_is_personal_is_handed_over(world: World) -> None:
    act = Actions(world)
    original = act.create("support", *LOGIN)
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    act.add_article(original, "Mitgliedsnummer 47110")
    act.set_field(original, "BridgeCategory", "membership")
    assert [(w.category, w.state) for w in world.once()] == [("membership", "done")]
    assert not act.exists(original)
    assert "47110" in plain(only(world.tickets("membership")))
    assert "47110" not in plain(only(world.tickets("support")))
    assert world.log_events()[-1] == ("verified", "by-control")


def test_technical_that_is_a_login_question_goes_back_from_the_admins(world: World) -> None:
    world.deliver(mail(*FAULT))
    world.once()
    full, admins = only(world.tickets("support")), only(world.tickets("admins"))
    category_to(world, full, "login")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    assert only(world.tickets("support")).ticket_id == full.ticket_id
    left = only(world.tickets("admins"))
    assert left.ticket_id == admins.ticket_id
    assert left.state_type == "closed"
    assert left.fields["BridgeCategory"] == "login"
    assert full.number in left.articles[-1].body
    assert world.once() == []


def test_a_hand_over_that_was_wrong_comes_back_after_the_erasure(world: World) -> None:
    raw = mail(*ACCESS)
    world.deliver(raw)
    world.once()
    stub = only(world.tickets("support"))
    category_to(world, stub, "login")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    full = only(open_ones(world, "support"))
    assert "Jördis Ährenfeld" in plain(full)
    assert full.customer_user == "joerdis.aehrenfeld@post.example"
    former = next(one for one in world.tickets("support") if one.ticket_id == stub.ticket_id)
    assert former.state_type == "closed"
    assert full.number in former.articles[-1].body
    assert only(world.tickets("membership")).state_type == "closed"
    assert events(world) == ["intended", "executed", "verified", "override"]
    assert world.once() == []


def test_a_wrong_hand_over_born_in_otrs_comes_back_too(world: World) -> None:
    act = Actions(world)
    original = act.create("support", *ACCESS)
    world.once()
    assert not act.exists(original)
    category_to(world, only(world.tickets("membership")), "other")
    assert [(w.category, w.state) for w in world.once()] == [("other", "done")]
    full = only(open_ones(world, "support"))
    assert "Jördis Ährenfeld" in plain(full)
    assert full.title == ACCESS[0]
    assert events(world)[-1] == "override"


def test_there_and_back_and_there_again(world: World) -> None:
    world.deliver(mail(*LOGIN))
    world.once()
    category_to(world, only(world.tickets("support")), "membership")
    world.once()
    category_to(world, only(world.tickets("support")), "login")
    world.once()
    category_to(world, only(open_ones(world, "support")), "membership")
    assert [(w.category, w.state) for w in world.once()] == [("membership", "done")]
    assert len(open_ones(world, "membership")) == 1
    assert all("hrenfeld" not in plain(one) for one in world.tickets("support"))
    assert world.once() == []


def test_a_guess_is_not_shown_and_confirming_it_starts_the_workflow(world: World) -> None:
    world.config["classification"] = {"review_below": 0.99}
    raw = mail(*UNSURE)
    world.deliver(raw)
    assert [w.state for w in world.once()] == ["done"]
    full = only(world.tickets("membership"))
    assert "BridgeCategory" not in full.fields
    assert world.folder_mails("Bridge/Done") == [raw]
    category_to(world, full, "data-protection")
    assert [(w.category, w.state) for w in world.once()] == [("data-protection", "done")]
    assert world.folder_mails("Bridge/Done") == []
    handover = only(world.tickets("membership"))
    assert handover.ticket_id != full.ticket_id
    assert "hrenfeld" not in plain(only(world.tickets("support")))
    assert world.once() == []


def test_a_guess_that_was_wrong_goes_to_support(world: World) -> None:
    world.config["classification"] = {"review_below": 0.99}
    world.deliver(mail(*UNSURE))
    world.once()
    full = only(world.tickets("membership"))
    category_to(world, full, "login")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    assert only(world.tickets("support")).ticket_id == full.ticket_id
    assert world.tickets("membership") == []


def test_forward_hands_over_now(world: World) -> None:
    world.deliver(mail(*LOGIN))
    world.once()
    action(world, only(world.tickets("support")), "forward")
    assert [(w.category, w.state) for w in world.once()] == [("membership", "done")]
    assert "Jördis Ährenfeld" in plain(only(world.tickets("membership")))
    stub = only(world.tickets("support"))
    action(world, stub, "forward")
    assert world.once() == []
    stub = only(world.tickets("support"))
    assert stub.fields.get("BridgeAction", "") == ""
    assert "bereits" in stub.fields["BridgeReason"]


def test_to_admins_makes_a_redacted_ticket_beside(world: World) -> None:
    world.deliver(mail(*LOGIN))
    world.once()
    full = only(world.tickets("support"))
    action(world, full, "to-admins")
    assert [w.state for w in world.once()] == ["done"]
    admins = only(world.tickets("admins"))
    assert "hrenfeld" not in plain(admins)
    assert full.number in plain(admins)
    full = only(world.tickets("support"))
    assert admins.number in plain(full)
    assert full.fields.get("BridgeAction", "") == ""
    assert world.once() == []


def test_hold_stops_an_erasure_and_release_lets_it_go_on(world: World) -> None:
    world.config["erase"] = "off"
    raw = mail(*ACCESS)
    world.deliver(raw)
    assert [w.code for w in world.once()] == ["erase-off"]
    world.config["erase"] = "on"
    action(world, only(world.tickets("membership")), "hold")
    world.once()
    assert (first_case(world).state, first_case(world).code) == ("held", "hold-in-ticket")
    assert world.folder_mails("INBOX") == [raw]
    handover = only(world.tickets("membership"))
    assert handover.fields.get("BridgeAction", "") == ""
    assert handover.fields["BridgeState"] == "held"
    action(world, handover, "release")
    assert [w.state for w in world.once()] == ["done"]
    assert world.folder_mails("INBOX") == []
    assert events(world) == ["hold", "released", "intended", "executed", "verified"]


def test_nobody_erases_alone(world: World) -> None:
    raw = mail(*LOGIN)
    world.deliver(raw)
    world.once()
    full = only(world.tickets("support"))
    action(world, full, "erase-now")
    assert world.once() == []
    assert world.once() == []
    assert Actions(world).exists(full.ticket_id)
    found = only(world.tickets("support"))
    assert found.fields.get("BridgeAction", "") == ""
    assert "zweite Person" in found.fields["BridgeReason"]
    case = first_case(world)
    with world.bridge() as bridge, bridge.journal.write() as connection:
        orders = approvals.given(connection, "main", "erasure", case.ref)
        assert [(one.role, one.account[:5]) for one in orders] == [("operator", "otrs:")]
        again = Approval("erasure", case.ref, "approver", orders[0].account, bridge.tools[0].clock())
        approvals.give(connection, "main", again)
    assert world.once() == []
    with world.bridge() as bridge, bridge.journal.write() as connection:
        second = Approval("erasure", case.ref, "approver", "2", bridge.tools[0].clock())
        approvals.give(connection, "main", second)
    assert [w.state for w in world.once()] == ["done"]
    assert not Actions(world).exists(full.ticket_id)
    assert world.folder_mails("Bridge/Done") == []
    assert world.tickets("membership") == []
    assert events(world) == ["intended", "executed", "verified"] * 2
    assert world.once() == []


def test_a_parked_request_goes_the_way_that_a_person_chooses(world: World) -> None:
    world.config["limits"]["parts"] = 1
    raw = mail(*LOGIN, attachments=(("a.txt", "text/plain", b"x"), ("b.txt", "text/plain", b"y")))
    world.deliver(raw)
    assert [w.state for w in world.once()] == ["parked"]
    world.config["limits"]["parts"] = 200
    notice = only(world.tickets("support"))
    action(world, notice, "release")
    assert [(w.category, w.state) for w in world.once()] == [("login", "done")]
    assert world.folder_mails("Bridge/Done") == [raw]


def test_a_ticket_moved_into_a_watched_queue_is_picked_up(world: World) -> None:
    act = Actions(world)
    ticket = act.create("other", *ACCESS)
    assert world.once() == []
    act.move(ticket, "support")
    assert [(w.category, w.state) for w in world.once()] == [("data-protection", "done")]
    assert not act.exists(ticket)


def test_quiet_rounds_read_only_what_changed(sandbox: World) -> None:
    assert sandbox.sandbox is not None
    sandbox.deliver(*(mail(*LOGIN) for _ in range(5)))
    sandbox.once()
    with sandbox.bridge() as bridge:
        tools, rounds = bridge.tools[0], bridge.rounds[0]
        quiet = tools.clock() + 2 * OVERLAP
        with bridge.journal.write() as connection:
            folders.set_cursor(connection, tools.names.instance, "wheel", at=quiet)
        before = sandbox.sandbox.calls()
        assert rounds.wheel() == []
        after = sandbox.sandbox.calls()
    assert after["TicketSearch"] == before["TicketSearch"] + 1
    assert after["TicketGet"] == before["TicketGet"]
