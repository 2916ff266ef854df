"""Work a large backlog of mixed, also broken, mails in the sandbox: memory must stay flat and time linear.

python -m tests.bench.bench_backlog [--number 10000] [--workers 4]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bridge.journal import Journal, open_engine
from bridge.journal.schema import cases
from tests.acceptance.running import Running, daemon
from tests.acceptance.world import World, sandbox_world
from tests.bench.mixed import mixed_mails

TRAPS = Path(__file__).parents[1] / "messages"
OPEN = ("new", "working", "waiting")
PARTS = 10


@dataclass(frozen=True, slots=True)
class Course:
    """How a backlog was worked: seconds until each tenth was through, and the most memory held at that time (MB)."""

    number: int
    seconds: tuple[float, ...]
    megabytes: tuple[float, ...]
    open_left: int

    @property
    def slowdown(self) -> float:
        """How much longer the last three tenths took than the second to fourth (the first warms up)."""
        spans = [b - a for a, b in zip((0.0, *self.seconds), self.seconds, strict=False)]
        return sum(spans[-3:]) / max(sum(spans[1:4]), 1e-9)


def broken_mails() -> list[bytes]:
    """Return mails with every trap that the parser's tests know."""
    return [path.read_bytes() for path in sorted(TRAPS.glob("*.eml"))]


def mixed_and_broken(number: int) -> list[bytes]:
    """Return mails of which every fifth is broken in some way; no two are the same request."""
    good, traps = mixed_mails(number), broken_mails()
    return [_own(traps[n % len(traps)], n) if n % 5 == 0 else good[n] for n in range(number)]


def _own(raw: bytes, n: int) -> bytes:
    """Give a mail a line of its own at its end: its identity follows from its body too."""
    return re.sub(rb"\Z", b"\r\n%d\r\n" % n, raw, count=1)


def lay_out(folder: Path, mails: list[bytes]) -> None:
    """Put mails into a Maildir as quickly as possible."""
    new = folder / "Maildir" / "new"
    for n, raw in enumerate(mails):
        (new / f"{1_700_000_000 + n}.M{n}P1.bench").write_bytes(raw)


def run(number: int, workers: int, folder: Path) -> Course:
    """Lay out the mails, start the program, and look how far it gets."""
    with sandbox_world(folder) as world:
        world.config |= {"poll_seconds": 1, "workers": workers, "log_level": "error"}
        world.config["web"] = {"listen": "127.0.0.1:0"}
        world.config["limits"] = {"erasures_per_run": number, "erasures_per_hour": number}
        world.once()
        lay_out(folder, mixed_and_broken(number))
        with daemon(world) as running:
            course = _watch(world, running, number)
            assert running.stop() == 0, running.logged()[-2000:]
        return course


def _watch(world: World, running: Running, number: int) -> Course:
    journal = Journal(open_engine(world.config["journal"]))
    begun, peak, through = time.monotonic(), 0.0, 0
    seconds: list[float] = []
    megabytes: list[float] = []
    last_change, before = begun, -1
    while len(seconds) < PARTS and time.monotonic() - last_change < 60:
        time.sleep(0.2)
        assert running.process.poll() is None, running.logged()[-2000:]
        peak = max(peak, running.status("VmRSS") / 1024)
        with journal.read() as connection:
            at_rest = select(func.count()).select_from(cases).where(cases.c.state.not_in(OPEN))
            through = connection.execute(at_rest).scalar_one()
        if through != before:
            last_change, before = time.monotonic(), through
        while len(seconds) < PARTS and through >= number * (len(seconds) + 1) // PARTS:
            seconds.append(time.monotonic() - begun)
            megabytes.append(peak)
    journal.close()
    return Course(number, tuple(seconds), tuple(megabytes), number - through)


def show(course: Course) -> None:
    """Print the course."""
    for part, (seconds, megabytes) in enumerate(zip(course.seconds, course.megabytes, strict=True), 1):
        print(f"{course.number * part // PARTS:6d} mails {seconds:8.1f} s {megabytes:6.0f} MB at most so far")
    print(f"last three tenths against the second to fourth: {course.slowdown:.2f} times the time")
    if course.open_left:
        print(f"NOT THROUGH: {course.open_left}")


def main(arguments: list[str] | None = None) -> None:
    """Measure."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--number", type=int, default=10_000)
    reading.add_argument("--workers", type=int, default=4)
    wanted = reading.parse_args(arguments or [])
    with tempfile.TemporaryDirectory() as folder:
        show(run(wanted.number, wanted.workers, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
