"""Follow-ups join their case only when they prove it, wherever its ticket has gone, and are classified again."""

from __future__ import annotations

import email
import email.policy

from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail, plain


def message_id(raw: bytes) -> str:
    return str(email.message_from_bytes(raw, policy=email.policy.compat32)["Message-ID"])


def test_reply_by_message_id_joins_the_ticket(world: World) -> None:
    first = mail("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen.")
    world.deliver(first)
    world.once()
    reply = mail(
        "Re: Passwort vergessen",
        "Nachtrag: Mein Passwort geht immer noch nicht, ich kann mich nicht einloggen.",
        In_Reply_To=message_id(first),
    )
    world.deliver(reply)
    assert [w.state for w in world.once()] == ["done"]
    (ticket,) = world.tickets("support")
    assert "geht immer noch nicht" in ticket.articles[-1].body
    assert sorted(world.folder_mails("Bridge/Done")) == sorted([first, reply])


def test_ticket_number_and_sender_join_too(world: World) -> None:
    world.deliver(mail("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen."))
    world.once()
    (ticket,) = world.tickets("support")
    world.deliver(mail(f"Re: [Ticket#{ticket.number}] Passwort", "Das Passwort geht immer noch nicht."))
    assert [w.state for w in world.once()] == ["done"]
    (ticket,) = world.tickets("support")
    assert len(ticket.articles) == 2


def test_follow_up_after_a_hand_over_goes_to_membership_and_is_erased(world: World) -> None:
    first = mail("Auskunft nach Art. 15 DSGVO", "Bitte Auskunft über meine Daten.\n\nJördis Ährenfeld")
    world.deliver(first)
    world.once()
    world.deliver(
        mail(
            "Re: Auskunft nach Art. 15 DSGVO",
            "Nachtrag: geboren am 03.04.1971, Jördis Ährenfeld.",
            In_Reply_To=message_id(first),
        )
    )
    assert [w.state for w in world.once()] == ["done"]
    (handover,) = world.tickets("membership")
    assert "03.04.1971" in plain(handover)
    (stub,) = world.tickets("support")
    assert "03.04.1971" not in plain(stub)
    assert "hrenfeld" not in plain(stub)
    assert len(stub.articles) == 2
    assert world.folder_mails("Bridge/Done") == []
    assert [event for event, _ in world.log_events()].count("verified") == 2


def test_a_technical_ticket_that_turns_into_an_erasure_request(world: World) -> None:
    first = mail("Fehler 500", "Beim Abstimmen kommt HTTP 500, bitte beheben.")
    world.deliver(first)
    world.once()
    world.deliver(
        mail(
            "Re: Fehler 500",
            "Mir reicht es. Löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.",
            In_Reply_To=message_id(first),
        )
    )
    (worked,) = world.once()
    assert (worked.category, worked.state) == ("data-protection", "done")
    assert len(world.tickets("membership")) == 1
    full = next(t for t in world.tickets("support") if t.title == "Fehler 500")
    assert "Art. 17" not in plain(full)
    assert [event for event, _ in world.log_events()] == ["intended", "executed", "verified"]


def test_follow_up_finds_its_ticket_in_another_queue(world: World) -> None:
    first = mail("Passwort vergessen", "Hallo, ich habe mein Passwort vergessen.")
    world.deliver(first)
    world.once()
    act = Actions(world)
    (ticket,) = world.tickets("support")
    act.move(ticket.ticket_id, "other")
    world.deliver(
        mail("Re: Passwort", "Passwort geht noch nicht, Login klappt nicht.", In_Reply_To=message_id(first))
    )
    assert [w.state for w in world.once()] == ["done"]
    (moved,) = world.tickets("other")
    assert len(moved.articles) == 2


def test_what_admins_answer_visibly_is_sent_from_the_full_ticket(world: World) -> None:
    world.deliver(mail("Fehler 500", "Beim Abstimmen kommt HTTP 500.\n\nJördis Ährenfeld"))
    world.once()
    (admins,) = world.tickets("admins")
    act = Actions(world)
    act.add_article(admins.ticket_id, "Interne Notiz, nicht weitergeben")
    act.answer(admins.ticket_id, "Der Fehler ist behoben, bitte neu laden.")
    world.once()
    (full,) = world.tickets("support")
    assert "bitte neu laden" in full.articles[-1].body
    assert "joerdis.aehrenfeld@post.example" in full.articles[-1].to
    assert "nicht weitergeben" not in plain(full)
    before = len(full.articles)
    world.once()
    (full,) = world.tickets("support")
    assert len(full.articles) == before
