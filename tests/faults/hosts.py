"""Hosts that share a journal: each a process of its own, forked from one that has everything imported, truly killed.

The program reads lines of JSON from standard input: {"config": path, "log": path} starts a host and answers its pid.
A host lives as `otrs-bridge run` does, without pages, until SIGTERM.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def live(config: Path) -> None:
    """Be one host."""
    from bridge.settings import load_settings
    from bridge.wiring import build

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    with build(load_settings(config), config=config) as bridge:
        bridge.serve(stop)


def fork(config: Path, log: Path) -> int:
    """Start a host; its log goes to a file."""
    child = os.fork()
    if child:
        return child
    status = 0
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
            os.dup2(file.fileno(), 1)
        live(config)
    except BaseException as error:  # noqa: BLE001  # told in the log; the child must not go on as its parent
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        status = 9
    os._exit(status)


def serve() -> None:
    """Fork hosts, and report how each ended when asked: {"wait": pid}."""
    import bridge.distributed
    import bridge.wiring  # noqa: F401  # what every host needs is imported once
    from bridge.classify import classify
    from bridge.message.parse import parse
    from bridge.redact import redact

    warm = b"Subject: warm\r\n\r\nwarm\r\n"
    classify(parse(warm))
    redact(parse(warm))
    for line in sys.stdin:
        order = json.loads(line)
        pid = order.get("wait")
        answer = os.waitpid(pid, 0)[1] if pid else fork(Path(order["config"]), Path(order["log"]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


@dataclass
class Hosts:
    """The hosts of one test."""

    config: Path
    log: Path
    _process: subprocess.Popen[str]
    alive: list[int] = field(default_factory=list)

    def start(self) -> int:
        """Start a host; returns its pid."""
        pid = self._ask({"config": str(self.config), "log": str(self.log)})
        self.alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill -9: nothing is finished, nothing given back."""
        os.kill(pid, signal.SIGKILL)
        self.alive.remove(pid)
        self._ask({"wait": pid})

    def stop(self, pid: int) -> int:
        """Send SIGTERM and wait; returns the exit status."""
        os.kill(pid, signal.SIGTERM)
        self.alive.remove(pid)
        return os.waitstatus_to_exitcode(self._ask({"wait": pid}))

    def logged(self) -> str:
        """Return what all hosts have logged."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def _ask(self, order: dict[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def hosts(config: Path) -> Iterator[Hosts]:
    """Give hosts of one configuration; whatever still lives at the end is killed."""
    command = [sys.executable, "-m", "tests.faults.hosts"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    made = Hosts(config, config.with_name("hosts.log"), process)
    try:
        yield made
    finally:
        for pid in list(made.alive):
            made.kill(pid)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def until(holds: Callable[[], object], seconds: float, what: Callable[[], str]) -> float:
    """Look until something holds; returns the seconds it took, fails after `seconds` with what `what` says."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"not in {seconds} s: {what()}")
        time.sleep(0.05)
    return time.monotonic() - begun


if __name__ == "__main__":
    serve()
