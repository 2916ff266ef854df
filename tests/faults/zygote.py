"""A process that has everything imported and forks one bridge for each line it reads: quick, and truly killed.

A line is JSON: {"config": path, "clock": seconds ahead, "crash_at": n or 0, "rounds": n}. The child counts every call
to the outside (OTRS, mailbox, SMTP) and every commit of the journal, before and after, and kills itself with SIGKILL
at number `crash_at`. The answer is JSON: {"killed": bool, "points": how many were counted, "status": exit status}.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bridge.classify import classify
from bridge.daemon import Rounds
from bridge.journal import Journal
from bridge.message.parse import parse
from bridge.redact import redact
from bridge.settings import load_settings
from bridge.wiring import Bridge, build, utc_now


class Points:
    """Count the moments at which a process may die, and die at the chosen one."""

    def __init__(self, crash_at: int, report: int) -> None:
        self.count, self._crash_at, self._report = 0, crash_at, report

    def pass_by(self) -> None:
        """Pass one such moment."""
        self.count += 1
        if self.count == self._crash_at:
            os.write(self._report, str(self.count).encode())
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """Stand before a client; every call passes two points: before it, and when its effect has happened."""

    def __init__(self, target: Any, points: Points) -> None:
        self._target, self._points = target, points

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found) or name in {"close", "local_time", "wait"}:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._points.pass_by()
            result = found(*args, **kwargs)
            self._points.pass_by()
            return result

        return call


class WatchedJournal(Journal):
    """Pass a point before and after every commit."""

    def __init__(self, journal: Journal, points: Points) -> None:
        super().__init__(journal.engine)
        self._points = points

    @contextmanager
    def write(self) -> Iterator[Any]:
        with super().write() as connection:
            yield connection
            self._points.pass_by()
        self._points.pass_by()


def watched(bridge: Bridge, points: Points) -> list[Rounds]:
    """Make rounds whose every step can be the last."""
    made = []
    for rounds in bridge.rounds:
        tools = rounds.tools
        changed: dict[str, Any] = {
            "otrs": Watched(tools.otrs, points),
            "mailbox": Watched(tools.mailbox, points),
            "smtp": Watched(tools.smtp, points),
            "journal": WatchedJournal(tools.journal, points),
        }
        mine = dataclasses.replace(tools, **changed)
        made.append(Rounds(mine, rounds.schedule, rounds.pool, rounds.log, rounds.dpo))
    return made


def live(order: dict[str, Any], report: int) -> None:
    """Be one process of the bridge: a few rounds, or fewer."""
    ahead = dt.timedelta(seconds=order["clock"])
    points = Points(order["crash_at"], report)
    path = Path(order["config"])
    with build(load_settings(path), config=path, clock=lambda: utc_now() + ahead) as bridge:
        for rounds in watched(bridge, points):
            for _ in range(order.get("rounds", 1)):
                rounds.everything()
    os.write(report, str(points.count).encode())


def serve() -> None:
    """Fork a bridge for every line."""
    warm = b"Subject: warm\r\n\r\nwarm\r\n"
    classify(parse(warm))
    redact(parse(warm))
    for line in sys.stdin:
        order = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            status = 0
            try:
                live(order, write)
            except BaseException as error:  # noqa: BLE001  # the parent is told
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                status = 9
            os._exit(status)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read, "rb") as reports:
            points = int(reports.read() or b"0")
        answer = {"killed": os.WIFSIGNALED(status), "points": points, "status": status}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
