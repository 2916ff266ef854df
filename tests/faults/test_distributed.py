"""Several hosts on one PostgreSQL: whichever is killed whenever, nothing is lost or doubled, and others go on."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bridge.distributed import bring_up, jobs
from bridge.distributed.keeping import look_if_due
from bridge.distributed.schema import VERSION
from bridge.journal import Journal, JournalError, meta, open_engine, workers
from bridge.journal.schema import cases
from bridge.journal.schema_version import migrate
from bridge.message.model import Place
from bridge.sandbox.faults import Fault
from tests.acceptance.world import World, mail
from tests.bench.mixed import mixed_mails
from tests.faults.harness import Stream
from tests.faults.hosts import hosts, until
from tests.faults.test_kills import answers_doubled

pytestmark = pytest.mark.servers

KILLS = int(os.environ.get("OTRS_BRIDGE_HOST_KILLS", "5"))
SEED = int(os.environ.get("OTRS_BRIDGE_SEED", "20261124"))
PATIENCE = 120.0  # seconds until what must come counts as missing; no measure of anything
OPEN = ("new", "working", "waiting")


@pytest.fixture
def journal(postgres_url: str) -> Iterator[Journal]:
    """Give a journal on PostgreSQL with all its tables, jobs too."""
    made = Journal(open_engine(postgres_url))
    migrate(made.engine)
    bring_up(made)
    yield made
    made.close()


@pytest.fixture
def shared(sandbox: World, journal: Journal, postgres_url: str) -> World:
    """Give a sandbox whose journal many hosts can share, quick to poll and to take over."""
    sandbox.config |= {"journal": postgres_url, "poll_seconds": 1, "workers": 2, "takeover_seconds": 3}
    sandbox.config["limits"] = {
        "lease_seconds": 3600
    }  # what is taken over in time is not taken over by lapse of lease
    sandbox.once()  # the keys are there before the first host starts, as on real hosts
    return sandbox


def states(journal: Journal) -> list[str]:
    """Return the state of every case."""
    with journal.read() as connection:
        return list(connection.execute(select(cases.c.state)).scalars())


def at_rest(world: World, journal: Journal, number: int) -> bool:
    """Tell whether all mails have a case, none is open, and the inbox is empty."""
    found = states(journal)
    return len(found) >= number and not set(found) & set(OPEN) and not world.folder_mails("INBOX")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", [2, 4])
def test_kill_any_host_at_any_time(shared: World, journal: Journal, number: int) -> None:
    chance = random.Random(SEED + number)
    mails = mixed_mails(30 if KILLS < 20 else 120)
    chance.shuffle(mails)
    with hosts(shared.path) as team:
        for _ in range(number):
            team.start()
        for part in range(KILLS):
            shared.deliver(*mails[part::KILLS])
            time.sleep(chance.uniform(0.2, 1.5))  # the kill may fall anywhere; what is checked holds at all
            team.kill(chance.choice(team.alive))
            team.start()
        until(
            lambda: at_rest(shared, journal, len(mails)),
            PATIENCE,
            lambda: f"{states(journal)}\n{team.logged()[-3000:]}",
        )
        assert [team.stop(pid) for pid in list(team.alive)] == [0] * number
    Stream(shared, None, SEED + number).check(mails)  # type: ignore[arg-type]
    assert len(states(journal)) == len(mails)
    assert answers_doubled(shared, mails) == {}
    assert jobs_in(journal, "doing") == 0


@pytest.mark.timeout(300)
def test_a_dead_hosts_case_is_taken_over(shared: World, journal: Journal) -> None:
    assert shared.sandbox is not None
    with hosts(shared.path) as team:
        first = team.start()
        gate = shared.sandbox.faults.arm("TicketCreate", Fault.HOLD_BEFORE)
        shared.deliver(mail("Passwort vergessen", "Hallo,\n\nich habe mein Passwort vergessen.\n"))
        until(lambda: in_hand(journal), PATIENCE, team.logged)
        until(lambda: shared.sandbox and shared.sandbox.faults.struck, PATIENCE, team.logged)
        team.start()
        team.kill(first)
        gate.set()  # the dead host's call is carried out after its death
        seconds = until(lambda: at_rest(shared, journal, 1), PATIENCE, team.logged)
    assert states(journal) == ["done"]
    assert len(shared.tickets("support")) == 1
    assert seconds < 60


@pytest.mark.timeout(300)
def test_sigterm_finishes_what_is_in_hand_and_leaves_the_rest(shared: World, journal: Journal) -> None:
    assert shared.sandbox is not None
    shared.deliver(*mixed_mails(12))
    with hosts(shared.path) as team:
        pid = team.start()
        until(lambda: in_hand(journal), PATIENCE, team.logged)
        assert team.stop(pid) == 0
        assert in_hand(journal) == 0
        assert jobs_in(journal, "doing") == 0
        with journal.read() as connection:
            assert workers.listing(connection) == []
        team.start()
        until(lambda: at_rest(shared, journal, 12), PATIENCE, lambda: f"{states(journal)} {team.logged()}")
    assert "unforeseen" not in team.logged()


@pytest.mark.timeout(300)
def test_workers_are_listed_and_buried(shared: World, journal: Journal) -> None:
    with hosts(shared.path) as team:
        pids = {team.start(), team.start()}

        def listed() -> set[int]:
            with journal.read() as connection:
                return {one.process for one in workers.listing(connection)}

        until(lambda: listed() == pids, PATIENCE, team.logged)
        dead = pids.pop()
        team.kill(dead)
        until(lambda: listed() == pids, PATIENCE, team.logged)
        assert "its work is taken over" in team.logged()


def test_one_look_a_period_however_many_hosts(journal: Journal) -> None:
    looks = [look_if_due(journal, "main", "mail", 3600) for _ in range(3)]
    assert looks in ([True, False, False], [True, True, False])  # the hour may turn in between
    assert jobs_in(journal, "todo") == 1


def test_nothing_is_queued_twice(journal: Journal) -> None:
    places = [Place("maildir", "main", "INBOX", 7, str(uid)) for uid in range(1200)]
    assert jobs.enqueue(journal, [jobs.mail("main", "a", place) for place in places]) == 1200
    assert jobs.enqueue(journal, [jobs.mail("main", "b", place) for place in places]) == 0
    with journal.write() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id % 2 = 0"))
    assert jobs.enqueue(journal, [jobs.mail("main", "c", place) for place in places]) == 0
    assert jobs.enqueue(journal, [jobs.look("main", "mail"), jobs.look("main", "mail")]) == 1


def test_jobs_hold_ids_and_places_only(shared: World, journal: Journal) -> None:
    """The job table is part of the bridge's database: invariant 1 holds for it too."""
    from bridge.distributed.tasks import Tasks

    shared.deliver(mail("Jördis Ährenfeld bittet um Auskunft", "Meine Adresse: Wiesengrund 7, 24103 Kiel"))
    with shared.bridge() as bridge:
        Tasks(bridge.rounds).look("main", "mail")
    with journal.read() as connection:
        (args,) = connection.execute(text("SELECT CAST(args AS text) FROM procrastinate_jobs")).scalars()
    assert {"controller", "run", "kind", "account", "folder", "uidvalidity", "uid"} == set(_keys(args))
    assert not any(word in args for word in ("hrenfeld", "Auskunft", "Wiesengrund"))


def test_older_job_tables_are_brought_up_to_date(postgres_url: str) -> None:
    from procrastinate.schema import SchemaManager

    made = Journal(open_engine(postgres_url))
    migrate(made.engine)
    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    old = [script for script in scripts if script.name < "03.02"]
    for script in old:
        with made.write() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute(script.read_text())
            meta.put(connection, VERSION, script.name)
    bring_up(made)
    bring_up(made)
    with made.read() as connection:
        assert meta.get(connection, VERSION) == scripts[-1].name
    assert jobs.enqueue(made, [jobs.look("main", "mail")]) == 1
    made.close()


def test_another_programs_job_tables_are_left_alone(postgres_url: str) -> None:
    made = Journal(open_engine(postgres_url))
    migrate(made.engine)
    with made.write() as connection:
        connection.execute(text("CREATE TABLE procrastinate_jobs (id int)"))
    with pytest.raises(JournalError, match="another program"):
        bring_up(made)
    made.close()


def in_hand(journal: Journal) -> int:
    """Count the cases that somebody holds."""
    with journal.read() as connection:
        return len(list(connection.execute(select(cases.c.id).where(cases.c.lease_owner.is_not(None)))))


def jobs_in(journal: Journal, status: str) -> int:
    """Count jobs by their status."""
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE CAST(status AS text) = :status")
    with journal.read() as connection:
        return int(connection.execute(query, {"status": status}).scalar_one())


def _keys(args: str) -> list[str]:
    return list(json.loads(args))
