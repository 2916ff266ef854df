"""Kill -9 before, inside and after every step: 0 lost, 0 lasting doubles, 0 false proofs."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from tests.acceptance.world import World
from tests.bench.mixed import mixed_mails
from tests.faults.harness import Stream, zygote

KILLS = int(os.environ.get("OTRS_BRIDGE_KILLS", "40"))
SEED = int(os.environ.get("OTRS_BRIDGE_SEED", "20261124"))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(2))
def test_random_kills_in_the_sandbox(sandbox: World, part: int) -> None:
    seed = SEED + part
    mails = mixed_mails(12 if KILLS < 100 else 60)
    random.Random(seed).shuffle(mails)
    sandbox.deliver(*mails)
    with zygote() as bridges:
        stream = Stream(sandbox, bridges, seed)
        stream.work(KILLS // 2)
        stream.check(mails)
        assert sum(stream.states().values()) == len(mails)
        assert answers_doubled(sandbox, mails) == {}


def answers_doubled(world: World, mails: list[bytes]) -> dict[str, int]:
    """Return senders who had more than one automatic answer."""
    senders = [
        line.split(b"<")[1].split(b">")[0].decode()
        for m in mails
        for line in m.split(b"\r\n")
        if line.startswith(b"From:") and b"<" in line
    ]
    counts = Counter({sender: len(world.answers(sender)) for sender in set(senders)})
    return {sender: number for sender, number in counts.items() if number > 1}
