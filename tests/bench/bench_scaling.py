"""How far the bridge scales: hosts and workers on one PostgreSQL, and years of old cases in the journal.

python -m tests.bench.bench_scaling [hosts|old-cases] [--number N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bridge.journal import Journal, open_engine
from bridge.journal.schema import cases
from tests.acceptance.world import World, sandbox_world
from tests.bench.accounts import mailbox_account, sink
from tests.bench.bench_speed import bare_creates, fresh_world, login_mails
from tests.bench.old_cases import fill
from tests.faults.hosts import hosts, until
from tests.servers import servers as real
from tests.servers import state
from tests.servers.journal_database import fresh_database

HOSTS = ((1, 1), (1, 2), (1, 4), (2, 4), (4, 2))  # hosts, and requests side by side on each
PATIENCE = 900.0
OPEN = ("new", "working", "waiting")


def shared_rate(world: World, url: str, mails: list[bytes], number: int, workers: int) -> float:
    """Let several hosts work a backlog; requests a second, from the first case's making to the last one's end."""
    world.config |= {"journal": url, "poll_seconds": 1, "workers": workers, "log_level": "error"}
    world.once()
    world.deliver(*mails)
    journal = Journal(open_engine(url))

    def through() -> int:
        with journal.read() as connection:
            done = select(func.count()).select_from(cases).where(cases.c.state.not_in(OPEN))
            return connection.execute(done).scalar_one()

    with hosts(world.path) as team:
        for _ in range(number):
            team.start()
        until(lambda: through() >= len(mails), PATIENCE, lambda: f"{through()} {team.logged()[-2000:]}")
        ends = [team.stop(pid) for pid in list(team.alive)]
    assert set(ends) == {0}, ends
    with journal.read() as connection:
        first, last = connection.execute(select(func.min(cases.c.created), func.max(cases.c.finished))).one()
    journal.close()
    return len(mails) / float((last - first).total_seconds())


def measure_hosts(number: int) -> None:
    """Print requests a second against hosts and workers, in the sandbox and on the real Znuny."""
    servers = state.load()
    print("hosts x workers   sandbox /s   Znuny /s   of 8 bare calls side by side")
    with _real(servers) as (znuny, make_world):
        with make_world() as world:
            bare = bare_creates(znuny, world.queues, number, 8)
        for count, workers in HOSTS:
            with fresh_database(servers) as url, sandbox() as world:
                quick = shared_rate(world, url, login_mails(number), count, workers)
            with fresh_database(servers) as url, make_world() as world:
                slow = shared_rate(world, url, login_mails(number), count, workers)
            print(f"{count:5d} x {workers:<7d} {quick:12.1f} {slow:10.1f} {slow / bare:11.0%}", flush=True)
        print(f"bare TicketCreate, 8 kept connections: {bare:.1f} /s")


@contextmanager
def sandbox() -> Iterator[World]:
    """Give a sandbox in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, sandbox_world(Path(folder)) as world:
        yield world


@contextmanager
def _real(servers: dict[str, Any]) -> Iterator[tuple[Any, Callable[[], Any]]]:
    from tests.servers.znuny import Znuny

    znuny = Znuny(servers)
    try:
        yield znuny, lambda: fresh_world(servers, znuny, sink(servers), lambda: mailbox_account(servers))
    finally:
        znuny.close()


def poll_seconds(world: World, times: int = 30) -> float:
    """Measure one look at mailbox, queues and waiting cases with nothing to do, in seconds.

    The quickest of all counts: what else the machine does only adds.
    """
    with world.bridge() as bridge:
        (rounds,) = bridge.rounds
        rounds.everything()
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            for look in (rounds.mail, rounds.queues, rounds.waiting):
                look()
            taken.append(time.perf_counter() - begun)
    return min(taken)


def compare_old_cases(url: str, number: int) -> tuple[float, float]:
    """Measure a poll round with an empty journal and with `number` old cases; seconds each.

    Five tickets of the bridge's own lie in OTRS: the newest are looked at in every round, and others must not be.
    """
    with sandbox() as world:
        if url:
            world.config["journal"] = url
        world.config["log_level"] = "error"
        world.deliver(*login_mails(5))
        assert len(world.once()) == 5
        empty = poll_seconds(world)
        with world.bridge() as bridge:
            fill(bridge.journal, number, bridge.tools[0].controller, bridge.tools[0].clock())
        return empty, poll_seconds(world)


def measure_old_cases(number: int) -> None:
    """Print how much longer a poll round takes with many old cases."""
    _compared("SQLite", "", number)
    if real.possible():
        with fresh_database(state.load()) as url:
            _compared("PostgreSQL", url, number)


def _compared(name: str, url: str, number: int) -> None:
    empty, full = compare_old_cases(url, number)
    ratio = f"{full / empty:.2f} times"
    print(
        f"{name:11s} poll round: empty {empty * 1000:6.1f} ms, {number} old cases {full * 1000:6.1f} ms, {ratio}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure what is named, or everything."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("what", nargs="?", choices=("hosts", "old-cases"))
    reading.add_argument("--number", type=int)
    wanted = reading.parse_args(arguments or [])
    if wanted.what != "hosts":
        measure_old_cases(wanted.number or 1_000_000)
    if wanted.what != "old-cases" and real.possible():
        measure_hosts(wanted.number or 400)


if __name__ == "__main__":
    main(sys.argv[1:])
