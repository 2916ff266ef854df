"""Kill the bridge again and again over a stream of requests, then see whether anything was lost, doubled or false."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bridge.deletion_log.tables import entries
from bridge.journal.schema import cases, copies
from tests.acceptance.world import World

REPOSITORY = Path(__file__).parents[2]
STEP_SECONDS = (
    400  # each new process lives that much later: leases, back-off and the server's time-out are over
)


class Zygote:
    """Start bridges quickly, each in a process of its own."""

    def __init__(self) -> None:
        log = Path(os.environ["OTRS_BRIDGE_FAULT_LOG"]) if "OTRS_BRIDGE_FAULT_LOG" in os.environ else None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if log is None else log.open("a"),
            text=True,
            cwd=REPOSITORY,
        )

    def run(self, config: Path, *, clock: int, crash_at: int = 0, rounds: int = 1) -> dict[str, Any]:
        """Let one bridge live; returns whether it was killed and how many points it passed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"config": str(config), "clock": clock, "crash_at": crash_at, "rounds": rounds}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def zygote() -> Iterator[Zygote]:
    """Give a zygote and end it."""
    made = Zygote()
    try:
        yield made
    finally:
        made.close()


@dataclass
class Stream:
    """One run over a world: kills counted, the clock moved on at each."""

    world: World
    zygote: Zygote
    seed: int
    kills: int = 0
    clock: int = 0
    points: list[int] = field(default_factory=list)

    def work(self, kills: int, most: int = 60) -> None:
        """Kill `kills` bridges at random points, then let others live until nothing is left to do."""
        chance = random.Random(self.seed)  # repeatable on purpose
        self.world.write()
        reach = 120
        while self.kills < kills:
            found = self.zygote.run(self.world.path, clock=self.clock, crash_at=chance.randint(1, reach))
            self.clock += STEP_SECONDS
            if found["killed"]:
                self.kills += 1
            else:
                assert found["status"] == 0, f"the bridge failed, seed {self.seed}"
                if found["points"] < 10 and self.settled():
                    break
                reach = max(10, found["points"])
        self.finish(most)

    def finish(self, most: int = 60) -> None:
        """Let bridges live, undisturbed, until every case is done, parked or held."""
        for _ in range(most):
            found = self.zygote.run(self.world.path, clock=self.clock)
            assert found["status"] == 0, f"the bridge failed, seed {self.seed}"
            self.clock += STEP_SECONDS
            if self.settled():
                return
        raise AssertionError(f"cases never came to rest, seed {self.seed}: {self.states()}")

    def settled(self) -> bool:
        """Tell whether the inbox is empty and no case is open."""
        return not self.world.folder_mails("INBOX") and not set(self.states()) & {"new", "working", "waiting"}

    def states(self) -> Counter[str]:
        """Count cases by state."""
        with self.world.bridge() as bridge, bridge.journal.read() as connection:
            return Counter(connection.execute(select(cases.c.state)).scalars())

    def check(self, mails: list[bytes]) -> None:
        """Nothing lost, nothing twice, no false proof."""
        refs = Counter(
            ticket.fields.get("BridgeRef", "")
            for role in ("support", "admins", "membership", "other", "erasing")
            for ticket in self.world.tickets(role)
        )
        doubles = {ref: number for ref, number in refs.items() if ref and number > 1}
        assert not doubles, f"doubled tickets, seed {self.seed}: {doubles}"
        self._nothing_lost(mails)
        self._no_false_proof(mails)

    def _nothing_lost(self, mails: list[bytes]) -> None:
        """Every mail lies in a folder, or was erased after it was handed over whole."""
        kept = Counter(
            self._digests(["INBOX", "Bridge/Done", "Bridge/Filed", "Bridge/Parked", "Bridge/Erasing"])
        )
        handed = {
            hashlib.sha256(file.content).hexdigest()
            for ticket in self.world.tickets("membership")
            for article in ticket.articles
            for file in article.attachments
        }
        for raw in mails:
            digest = hashlib.sha256(raw).hexdigest()
            assert kept[digest] or digest in handed, f"a mail was lost, seed {self.seed}"

    def _no_false_proof(self, mails: list[bytes]) -> None:
        """As many mails are gone as the log says are verified, and none that it says is gone lies anywhere."""
        with self.world.bridge() as bridge, bridge.journal.read() as connection:
            verified = list(
                connection.execute(
                    select(entries.c.event).where(
                        entries.c.event == "verified", entries.c.level == "in-mailbox"
                    )
                ).scalars()
            )
            erased = list(connection.execute(select(copies.c.id).where(copies.c.state == "erased")).scalars())
        with self.world.mailbox() as box:
            folders = [name for name in box.folders() if name != "Bridge/Checkpoints"]
        left = len(list(self._digests(folders)))
        gone = len(mails) - left
        assert len(verified) == gone, f"{len(verified)} verified, {gone} gone, seed {self.seed}"
        assert len(erased) == gone, f"{len(erased)} copies noted as erased, {gone} gone, seed {self.seed}"

    def _digests(self, folders: list[str]) -> Iterator[str]:
        for folder in folders:
            for raw in self.world.folder_mails(folder):
                yield hashlib.sha256(raw).hexdigest()
