"""Restores of the journal, of OTRS, of the mailbox, alone: recognised, stopped, driven to the end by `log replay`."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bridge.daemon.replay import Found, Replayed, find, import_lost, replay_all
from bridge.daemon.restore import LogForkedError, LogShorterError
from bridge.journal import brakes
from bridge.journal.schema import cases
from bridge.journal.schema import folders as folder_table
from bridge.wiring import Bridge, utc_now
from tests.acceptance.actions import Actions
from tests.acceptance.world import World, mail, plain

SUBJECT = "Löschung meiner Daten"
BODY = "Bitte löschen Sie alle meine personenbezogenen Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld"
STRANGER = mail(
    "Passwort vergessen", "Hallo, ich habe mein Passwort vergessen.", sender="Kai <kai@fremd.example>"
)


def events(world: World) -> list[str]:
    return [event for event, _level in world.log_events()]


def pulled(bridge: Bridge) -> list[str]:
    with bridge.journal.read() as connection:
        return [brake.code for brake in brakes.pulled(connection)]


def lift_all(bridge: Bridge) -> None:
    with bridge.journal.write() as connection:
        for brake in brakes.pulled(connection):
            brakes.lift(connection, brake.id, "test", utc_now())


def states(bridge: Bridge) -> Counter[str]:
    with bridge.journal.read() as connection:
        return Counter(connection.execute(select(cases.c.state)).scalars())


def look(bridge: Bridge) -> Found:
    rounds = bridge.rounds[0]
    return find(rounds.tools, rounds.schedule.watch)


def approve(bridge: Bridge, found: Found) -> Replayed:
    rounds = bridge.rounds[0]
    return replay_all(rounds.tools, rounds.log, found, "dpo")


def save(world: World, name: str) -> Path:
    """Back up a part of the world as a plain copy of its files."""
    source = {"journal": world.folder, "mailbox": world.folder / "Maildir"}[name]
    target = world.folder / f"backup-{name}"
    if name == "mailbox":
        shutil.copytree(source, target)
        return target
    target.mkdir()
    for part in source.glob("journal.db*"):
        shutil.copy2(part, target / part.name)
    return target


def put_back(world: World, name: str, saved: Path) -> None:
    """Restore a part from its backup; what came after it is gone."""
    if name == "mailbox":
        shutil.rmtree(world.folder / "Maildir")
        shutil.copytree(saved, world.folder / "Maildir")
        return
    for part in world.folder.glob("journal.db*"):
        part.unlink()
    for part in saved.iterdir():
        shutil.copy2(part, world.folder / part.name)


# --- the journal alone -------------------------------------------------------------------------------------------


def test_a_restored_journal_is_refused_until_its_log_is_imported(sandbox: World) -> None:
    sandbox.deliver(mail(SUBJECT, BODY))
    sandbox.once()
    saved = save(sandbox, "journal")
    sandbox.clock = lambda: utc_now() + dt.timedelta(days=2)
    sandbox.deliver(
        mail("Auskunft", "Welche Daten haben Sie über mich gespeichert? Art. 15 DSGVO. Kai Muster")
    )
    sandbox.once()
    before = sandbox.log_events()
    put_back(sandbox, "journal", saved)
    with pytest.raises(LogShorterError, match="log replay"):
        sandbox.once()
    with sandbox.bridge() as bridge:
        rounds = bridge.rounds[0]
        done = import_lost(rounds.tools, rounds.log)
        assert done.imported > 0
        assert look(bridge) == Found()
        assert pulled(bridge) == ["journal-restored"]
    assert sandbox.log_events() == [*before, ("restore", "none")]
    assert sandbox.once() == []
    assert len(sandbox.tickets("membership")) == 2


def test_a_fork_is_never_written_on(sandbox: World) -> None:
    """Restored, gone on without importing, so that the log holds other entries than the checkpoint."""
    sandbox.deliver(mail(SUBJECT, BODY))
    sandbox.once()
    saved = save(sandbox, "journal")
    sandbox.clock = lambda: utc_now() + dt.timedelta(days=2)
    sandbox.deliver(mail("Auskunft", "Welche Daten haben Sie über mich? Art. 15 DSGVO. Kai Muster"))
    sandbox.once()
    put_back(sandbox, "journal", saved)
    checkpoints = sandbox.folder / "Maildir" / ".Bridge.Checkpoints"
    checkpoints.rename(sandbox.folder / "aside")
    sandbox.deliver(mail("Löschen", BODY, sender="Uwe Anders <uwe@post.example>"))
    sandbox.deliver(mail("Löschen!", BODY, sender="Ute Anders <ute@post.example>"))
    sandbox.once()
    shutil.rmtree(checkpoints)
    (sandbox.folder / "aside").rename(checkpoints)
    with pytest.raises(LogForkedError):
        sandbox.once()


def test_after_a_restored_journal_nothing_is_handed_over_or_answered_twice(sandbox: World) -> None:
    """Cases reappear in the state of the backup; their tickets are found by BridgeRef, their erasure in the log."""
    sandbox.config["erase"] = "off"
    sandbox.deliver(mail(SUBJECT, BODY), STRANGER)
    with sandbox.bridge() as bridge:
        rounds = bridge.rounds[0]
        rounds.check_log()
    saved = save(sandbox, "journal")  # before the first round: it knows nothing
    sandbox.once()
    sandbox.config["erase"] = "on"
    half = save_again(sandbox)  # handed over, not erased yet
    sandbox.clock = lambda: utc_now() + dt.timedelta(days=2)
    sandbox.once()
    made = [t.ticket_id for role in ("membership", "support") for t in sandbox.tickets(role)]
    for backup in (half, saved):
        put_back(sandbox, "journal", backup)
        with sandbox.bridge() as bridge:
            import_lost(bridge.rounds[0].tools, bridge.rounds[0].log)
            bridge.once()
            lift_all(bridge)
        sandbox.clock = lambda: utc_now() + dt.timedelta(days=3)
        sandbox.once()
        assert [t.ticket_id for role in ("membership", "support") for t in sandbox.tickets(role)] == made
        with sandbox.bridge() as bridge:
            assert set(states(bridge)) <= {"done"}


def save_again(world: World) -> Path:
    (world.folder / "backup-journal").rename(world.folder / "backup-first")
    saved = save(world, "journal")
    saved.rename(world.folder / "backup-second")
    (world.folder / "backup-first").rename(world.folder / "backup-journal")
    return world.folder / "backup-second"


def test_an_unnoticed_restore_shows_when_a_ticket_is_there_already(sandbox: World) -> None:
    """No checkpoint left since the backup: the ticket that is found by BridgeRef tells."""
    sandbox.deliver(STRANGER)
    saved = save_empty(sandbox)
    sandbox.once()
    (ticket,) = sandbox.tickets("support")
    put_back(sandbox, "journal", saved)
    move_back(sandbox)
    sandbox.once()
    assert [t.ticket_id for t in sandbox.tickets("support")] == [ticket.ticket_id]
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["journal-restored"]


def save_empty(world: World) -> Path:
    with world.bridge():
        pass
    return save(world, "journal")


def move_back(world: World) -> None:
    with world.mailbox() as box:
        for place in box.list("Bridge/Done"):
            box.move(place, "INBOX")


# --- OTRS alone --------------------------------------------------------------------------------------------------


def test_originals_back_in_a_restored_otrs_are_erased_again_and_not_handed_over_twice(sandbox: World) -> None:
    """The backup was made between hand-over and erasing."""
    act = Actions(sandbox)
    assert sandbox.sandbox is not None
    original = act.create("support", SUBJECT, BODY)
    sandbox.config["erase"] = "off"
    sandbox.once()
    backup = sandbox.sandbox.snapshot()
    sandbox.config["erase"] = "on"
    sandbox.clock = lambda: utc_now() + dt.timedelta(minutes=5)
    sandbox.once()
    assert not act.exists(original)
    sandbox.sandbox.restore(backup)
    sandbox.once()
    assert act.exists(original)
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["otrs-restored"]
        found = look(bridge)
        assert [(one.number != "", one.match, one.handed_over) for one in found.back] == [
            (True, "content", True)
        ]
        assert approve(bridge, found).stopped == "otrs-restored"
        assert act.exists(original)
        lift_all(bridge)
        assert approve(bridge, found) == Replayed(erased=1)
    assert not act.exists(original)
    assert len(sandbox.tickets("membership")) == 1
    assert events(sandbox)[-5:] == ["restore", "intended", "executed", "verified", "restore"]
    with sandbox.bridge() as bridge:
        assert look(bridge).back == ()
        assert pulled(bridge) == []


def test_an_original_whose_hand_over_was_lost_walks_anew(sandbox: World) -> None:
    """The backup was made before the hand-over: erasing the original now would lose the request."""
    act = Actions(sandbox)
    assert sandbox.sandbox is not None
    original = act.create("support", SUBJECT, BODY)
    backup = sandbox.sandbox.snapshot()
    sandbox.once()
    sandbox.sandbox.restore(backup)
    sandbox.once()
    with sandbox.bridge() as bridge:
        found = look(bridge)
        assert [(one.match, one.handed_over) for one in found.back] == [("content", False)]
        assert {one.role for one in found.lost} == {"handover", "stub"}
        lift_all(bridge)
        assert approve(bridge, found).again == 1
        assert act.exists(original)
    sandbox.once()
    assert not act.exists(original)
    (handover,) = sandbox.tickets("membership")
    assert "original.eml" in plain(handover)
    with sandbox.bridge() as bridge:
        assert look(bridge) == Found()


def test_a_strangers_ticket_under_a_reused_id_is_taken_in_and_never_erased_by_replay(sandbox: World) -> None:
    act = Actions(sandbox)
    assert sandbox.sandbox is not None
    backup = sandbox.sandbox.snapshot()
    original = act.create("support", SUBJECT, BODY)
    sandbox.once()
    sandbox.sandbox.restore(backup)
    stranger = act.create("support", "Passwort vergessen", "Ich komme nicht mehr rein, Passwort vergessen.")
    assert stranger == original
    sandbox.sandbox.date_tickets({stranger: utc_now() + dt.timedelta(seconds=90)})
    worked = sandbox.once()
    assert [(w.category, w.state) for w in worked] == [("login", "done")]
    with sandbox.bridge() as bridge:
        assert "otrs-restored" in pulled(bridge)
        found = look(bridge)
        assert found.back == ()
        lift_all(bridge)
        approve(bridge, found)
    assert act.exists(stranger)


def test_hand_overs_lost_with_a_restored_otrs_are_listed_and_made_again_from_mail(sandbox: World) -> None:
    """A login mail lies in `done` still, so its ticket is made again; an erased mail's hand-over is lost and named."""
    assert sandbox.sandbox is not None
    backup = sandbox.sandbox.snapshot()
    sandbox.deliver(mail(SUBJECT, BODY), STRANGER)
    sandbox.once()
    sandbox.sandbox.restore(backup)
    sandbox.once()
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["otrs-restored"]
        found = look(bridge)
        assert sorted((one.role, one.again) for one in found.lost) == [
            ("full", True), ("handover", False), ("stub", False)
        ]  # fmt: skip
        lift_all(bridge)
        assert approve(bridge, found) == Replayed(again=1, left={"lost": 2})
    sandbox.once()
    assert len(sandbox.tickets("support")) == 1
    with sandbox.bridge() as bridge:
        assert look(bridge) == Found()


# --- the mailbox alone -------------------------------------------------------------------------------------------


def test_mails_back_in_a_restored_mailbox_are_erased_again_after_approval(sandbox: World) -> None:
    raw = mail(SUBJECT, BODY)
    sandbox.deliver(raw, STRANGER)
    saved = save(sandbox, "mailbox")
    sandbox.once()
    put_back(sandbox, "mailbox", saved)
    sandbox.once()
    assert raw in sandbox.folder_mails("INBOX")
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["original-back"]
        found = look(bridge)
        assert [(one.match, one.handed_over) for one in found.back] == [("content", True)]
        assert approve(bridge, found).stopped == "original-back"
        lift_all(bridge)
        assert approve(bridge, found) == Replayed(erased=1)
        bridge.once()
    assert sandbox.folder_mails("INBOX") == []
    assert sandbox.folder_mails("Bridge/Done") == [STRANGER]
    assert len(sandbox.tickets("membership")) == 1
    assert events(sandbox).count("verified") == 2


def test_a_new_uidvalidity_does_not_hide_what_came_back(sandbox: World) -> None:
    raw = mail(SUBJECT, BODY)
    sandbox.deliver(raw)
    saved = save(sandbox, "mailbox")
    sandbox.once()
    put_back(sandbox, "mailbox", saved)
    for marker in (sandbox.folder / "Maildir").rglob("bridge-uidvalidity"):
        marker.unlink()
    (sandbox.folder / "Maildir" / "bridge-uidvalidity").write_text("4711\n")
    sandbox.once()
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["uidvalidity-changed"]
        assert states(bridge) == {"held": 1}
        lift_all(bridge)
        found = look(bridge)
        assert [one.match for one in found.back] == ["content"]
        assert approve(bridge, found) == Replayed(erased=1)
        assert states(bridge) == {"done": 1}
    assert sandbox.folder_mails("INBOX") == []
    assert len(sandbox.tickets("membership")) == 1


def test_a_strangers_mail_under_a_reused_uid_is_taken_in_and_touched_by_nobody(sandbox: World) -> None:
    sandbox.deliver(mail(SUBJECT, BODY))
    inbox = sandbox.folder / "Maildir" / "new"
    (file,) = list(inbox.iterdir())
    name = file.name
    sandbox.once()
    (inbox / name).write_bytes(STRANGER)
    worked = sandbox.once()
    assert [(w.category, w.state) for w in worked] == [("login", "done")]
    with sandbox.bridge() as bridge:
        assert pulled(bridge) == ["place-reused"]
        assert look(bridge).back == ()
    assert sandbox.folder_mails("Bridge/Done") == [STRANGER]


# --- together ----------------------------------------------------------------------------------------------------


def test_journal_and_mailbox_restored_together(sandbox: World) -> None:
    """The journal no longer knows any digest: the log alone tells that this very mail was erased."""
    raw = mail(SUBJECT, BODY)
    with sandbox.bridge():
        pass
    journal = save(sandbox, "journal")
    sandbox.deliver(raw)
    mailbox = save(sandbox, "mailbox")
    sandbox.once()
    filed = sandbox.folder / "Maildir" / ".Bridge.Checkpoints"
    shutil.copytree(filed, sandbox.folder / "dpo")
    put_back(sandbox, "mailbox", mailbox)
    put_back(sandbox, "journal", journal)
    from bridge.deletion_log.mail import read_message

    mails = [
        read_message(p.read_bytes())
        for p in (sandbox.folder / "dpo").rglob("*")
        if p.parent.name in ("new", "cur")
    ]
    with sandbox.bridge() as bridge:
        rounds = bridge.rounds[0]
        assert import_lost(rounds.tools, rounds.log, mails).imported > 0
        assert [(w.state, w.code) for w in bridge.once()] == [("held", "erased-before")]
        found = look(bridge)
        assert [(one.match, one.handed_over) for one in found.back] == [("identity", True)]
        lift_all(bridge)
        assert approve(bridge, found) == Replayed(erased=1)
        assert states(bridge) == {"done": 1}
    assert sandbox.folder_mails("INBOX") == []
    assert len(sandbox.tickets("membership")) == 1


# --- on the real servers -----------------------------------------------------------------------------------------


@pytest.mark.servers
def test_a_fallen_uidnext_on_a_real_mail_server(real: World) -> None:
    """The journal saw a higher UIDNEXT than there is now: what comes back is held, then erased again by replay."""
    raw = mail(SUBJECT, BODY)
    real.deliver(raw)
    real.once()
    assert events(real) == ["intended", "executed", "verified"]
    with real.bridge() as bridge, bridge.journal.write() as connection:
        connection.execute(update(folder_table).values(uidnext=folder_table.c.uidnext + 50))
    real.deliver(raw, STRANGER)
    real.once()
    with real.bridge() as bridge:
        assert pulled(bridge) == ["uidnext-fell"]
        found = look(bridge)
        assert [(one.match, one.handed_over) for one in found.back] == [("content", True)]
        assert approve(bridge, found).stopped == "uidnext-fell"
        lift_all(bridge)
        assert approve(bridge, found) == Replayed(erased=1)
        assert look(bridge) == Found()
    assert real.folder_mails("INBOX") == []
    assert real.folder_mails("Bridge/Done") == [STRANGER]
    assert len(real.tickets("membership")) == 1
