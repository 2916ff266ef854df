"""What is kept for a time only: answered and filed mail, and the ids of finished cases."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select

from bridge.deletion_log.entry import Entry
from bridge.deletion_log.tables import entries
from bridge.deletion_log.words import Event
from bridge.journal import schema
from bridge.wiring import Bridge
from tests.acceptance.world import World, mail

ASKING = "Hallo, ich habe mein Passwort vergessen und komme nicht mehr rein."
ERASURE = "Bitte löschen Sie alle meine Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld"
SPAM = "Claim your $1,000,000 lottery prize now, send bank details to claim@lotto.example. Cheap loan offer!"


def later(days: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def run_retention(world: World, days: float) -> int:
    """Let so many days pass, and the daily run come."""
    world.clock = lambda: later(days)
    with world.bridge() as bridge:
        rounds = bridge.rounds[0]
        rounds.check_log()  # as the first round does; before that nothing is erased
        return rounds.retention()


def log_of(bridge: Bridge) -> list[tuple[str, str, str, int]]:
    """Return event, cause, level and number of objects of every entry."""
    with bridge.journal.read() as connection:
        rows = connection.execute(select(entries.c.body).order_by(entries.c.position)).scalars()
        found = [Entry.from_json(body) for body in rows]
    return [
        (e.event.value, e.cause.value, e.level.value, e.objects) for e in found if e.event != Event.CHECKPOINT
    ]


def fill(world: World) -> None:
    world.deliver(
        mail("Passwort vergessen", ASKING),
        mail("Passwort vergessen, nochmal", f"{ASKING} Bitte um Hilfe."),
        mail("You won a lottery prize!!!", SPAM),
    )
    assert {(w.category, w.state) for w in world.once()} == {("login", "done"), ("spam", "done")}


def counts(world: World) -> tuple[int, int]:
    return len(world.folder_mails("Bridge/Done")), len(world.folder_mails("Bridge/Filed"))


def test_mail_is_expunged_after_its_folder_s_period_as_a_run_of_its_own(world: World) -> None:
    fill(world)
    assert counts(world) == (2, 1)
    assert run_retention(world, 10) == 0
    assert counts(world) == (2, 1)
    assert run_retention(world, 17) == 2
    assert counts(world) == (0, 1)
    assert run_retention(world, 33) == 1
    assert counts(world) == (0, 0)
    assert run_retention(world, 40) == 0
    with world.bridge() as bridge:
        assert log_of(bridge) == [
            ("intended", "period", "none", 2),
            ("verified", "period", "in-mailbox", 2),
            ("intended", "period", "none", 1),
            ("verified", "period", "in-mailbox", 1),
        ]


def test_parked_mail_is_never_expunged(world: World) -> None:
    world.config["limits"]["message_bytes"] = 4000
    one = mail("Passwort vergessen", ASKING * 100)
    world.deliver(one)
    assert [w.state for w in world.once()] == ["parked"]
    assert run_retention(world, 400) == 0
    assert world.folder_mails("Bridge/Parked") == [one]


def test_erase_off_stops_retention_too(world: World) -> None:
    fill(world)
    world.config["erase"] = "off"
    assert run_retention(world, 50) == 0
    assert counts(world) == (2, 1)
    world.config["erase"] = "on"
    assert run_retention(world, 50) == 3
    assert counts(world) == (0, 0)


def test_retention_stands_under_no_brake_and_counts_for_none(sandbox: World) -> None:
    from bridge.journal import brakes

    sandbox.config["limits"]["erasures_per_run"] = 1
    sandbox.config["limits"]["erasures_per_hour"] = 1
    fill(sandbox)
    with sandbox.bridge() as bridge, bridge.journal.write() as connection:
        brakes.pull(connection, "main", "uidnext-fell", "inbox", later(0))
    assert run_retention(sandbox, 50) == 3
    with sandbox.bridge() as bridge:
        assert bridge.lift(1)
    sandbox.deliver(mail("Löschung", ERASURE))
    assert [(w.category, w.state) for w in sandbox.once()] == [("data-protection", "done")]


def test_once_keeps_the_periods_as_well(sandbox: World) -> None:
    """Whoever runs the bridge by a timer instead of the daemon has the same periods."""
    fill(sandbox)
    sandbox.clock = lambda: later(50)
    sandbox.once()
    assert counts(sandbox) == (0, 0)


def kept_of(bridge: Bridge) -> dict[str, int]:
    """Count the rows that tie a case to mails and tickets."""
    tables = (schema.copies, schema.receipts, schema.tickets, schema.message_refs)
    with bridge.journal.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


def test_finished_cases_lose_their_ids_after_ninety_days(sandbox: World) -> None:
    """With a sender or without one, answered, ticketed, filed or erased."""
    fill(sandbox)
    no_sender = mail("Passwort vergessen", f"{ASKING} Ohne Absender.").replace(b"From:", b"X-From:")
    joining = "Hallo, wie werde ich Mitglied bei euch? Was kostet das und welche Unterlagen brauche ich?"
    asking = mail("Mitglied werden", joining, sender=f"Neu <neu.{uuid.uuid4().hex}@post.example>")
    sandbox.deliver(no_sender, asking, mail("Löschung", ERASURE))
    assert {w.state for w in sandbox.once()} == {"done"}
    with sandbox.bridge() as bridge:
        before = kept_of(bridge)
        refs = identifying(bridge)
    assert min(before.values()) > 0
    assert len(refs) == 6
    run_retention(sandbox, 80)
    with sandbox.bridge() as bridge:
        assert kept_of(bridge) == before
    run_retention(sandbox, 91)
    with sandbox.bridge() as bridge:
        assert set(kept_of(bridge).values()) == {0}
        after = identifying(bridge)
    assert not {ref for ref, *_rest in after} & {ref for ref, *_rest in refs}
    assert {tuple(rest) for _ref, *rest in after} == {("", None, None, None, None)}
    assert sandbox.once() == []


def identifying(bridge: Bridge) -> list[tuple[object, ...]]:
    """Return the columns by which a case could be tied to somebody."""
    table = schema.cases.c
    with bridge.journal.read() as connection:
        rows = connection.execute(
            select(table.ref, table.salt, table.sender, table.digest, table.size, table.joined)
        )
        return [tuple(row) for row in rows]


def test_a_case_that_is_not_finished_keeps_its_ids(sandbox: World) -> None:
    sandbox.config["erase"] = "off"
    sandbox.deliver(mail("Löschung", ERASURE))
    assert [w.state for w in sandbox.once()] == ["waiting"]
    with sandbox.bridge() as bridge:
        before = kept_of(bridge)
    run_retention(sandbox, 200)
    with sandbox.bridge() as bridge:
        assert kept_of(bridge) == before
