"""The program as its own process, as systemd runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.world import World

PROGRAM = Path(sys.executable).with_name("otrs-bridge")
FIRST_POLL = 'round=mail controller=main event="first round done"'
PATIENCE = 60.0  # seconds until something that must come counts as missing; no measure of anything


def wait_for(
    holds: Callable[[], object],
    seconds: float = PATIENCE,
    what: str | Callable[[], str] = "what was waited for",
) -> float:
    """Look until something holds; returns the seconds it took, fails after `seconds` with what `what` says."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what if isinstance(what, str) else what()} did not come in {seconds} s")
        time.sleep(0.01)
    return time.monotonic() - begun


@dataclass
class Running:
    """A daemon that was started; `log` is the file of its standard error."""

    process: subprocess.Popen[bytes]
    log: Path

    def logged(self) -> str:
        """Return what it has logged so far."""
        return self.log.read_text(encoding="utf-8")

    def wait_for_log(self, text: str) -> float:
        """Wait for a text in the log; returns the seconds."""

        def there() -> bool:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.logged()}"
            return text in self.logged()

        return wait_for(there, what=text)

    def stop(self) -> int:
        """Send SIGTERM and wait; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def status(self, name: str) -> int:
        """Return a number of /proc/PID/status, such as VmRSS in kB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def program(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    world.write()
    command = [str(PROGRAM), "--config", str(world.path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


@contextmanager
def daemon(world: World) -> Iterator[Running]:
    """Start `otrs-bridge run`; killed at the end if it still runs."""
    world.write()
    log = world.folder / f"run-{time.monotonic_ns()}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [str(PROGRAM), "--config", str(world.path), "run"], stdout=errors, stderr=errors, cwd=world.folder
        )
    try:
        yield Running(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
