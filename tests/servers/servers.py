"""Bring the real servers up and down: `python -m tests.servers up|down|status`."""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import apache, dovecot, packages, postgres, state, znuny_setup
from tests.servers.state import ServersError, alive, listens, state_folder, wait_for


def possible() -> bool:
    """Tell whether this machine can run the servers: root on Debian."""
    release = Path("/etc/os-release")
    return os.geteuid() == 0 and release.exists() and "ID=debian" in release.read_text().split()


@contextmanager
def lock() -> Iterator[None]:
    """Let one process at a time start or stop the servers."""
    state_folder().mkdir(mode=0o755, parents=True, exist_ok=True)
    with (state_folder() / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _sink_python() -> str:
    """Return an interpreter that has aiosmtpd: this one, or the repository's virtual environment."""
    if importlib.util.find_spec("aiosmtpd"):
        return sys.executable
    venv = state.REPOSITORY / ".venv/bin/python"
    if venv.exists():
        return str(venv)
    raise ServersError(
        "the SMTP sink needs aiosmtpd: run `make` first, or use the virtual environment's python"
    )


def _sink_is_up(now: dict[str, Any]) -> bool:
    return alive(now["pids"].get("smtp")) and listens(now["ports"]["smtp"], b"220")


def _start_sink(now: dict[str, Any]) -> None:
    if _sink_is_up(now):
        return
    ports = [str(now["ports"]["smtp"]), str(now["ports"]["smtps"])]
    program = str(state.HERE / "smtp_sink.py")
    with (state_folder() / "smtp.log").open("ab") as log:
        child = subprocess.Popen(
            [_sink_python(), program, str(state_folder()), *ports],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
        )  # fmt: skip
    now["pids"]["smtp"] = child.pid
    wait_for("SMTP sink", lambda: _sink_is_up(now))


CHECKS = {"postgres": postgres.is_up, "dovecot": dovecot.is_up, "smtp": _sink_is_up, "apache": apache.is_up}


def status(now: dict[str, Any] | None = None) -> dict[str, bool]:
    """Tell of each server whether it runs and answers."""
    now = state.load() if now is None else now
    return {name: bool(now) and check(now) for name, check in CHECKS.items()}


def _ready(now: dict[str, Any]) -> bool:
    return now.get("digest") == state.digest() and all(status(now).values())


def up(say: Any = print) -> dict[str, Any]:
    """Install, configure and start whatever is missing; return `servers.json`'s content.

    1. Packages, 2. PostgreSQL, 3. Znuny's configuration, 4. Dovecot and the sink, 5. Znuny's objects, 6. Apache.
    Safe to call at any time and from several processes; takes well under two seconds when all is up.
    """
    with lock():
        now = state.load()
        if _ready(now):
            return now
        if not possible():
            raise ServersError("the real servers need root on Debian")
        began = time.monotonic()

        def tell(text: str) -> None:
            say(f"servers: {time.monotonic() - began:6.1f} s {text}")

        if now.get("digest") != state.digest():
            _stop_all(now)
        now = state.fresh_state(_give_up_taken_ports(now))
        state.save(now)
        _bring_up(now, tell)
        now["digest"] = state.digest()
        state.save(now)
        tell("all up")
        return now


PORTS_OF = {
    "postgres": ["postgres"],
    "dovecot": ["imap", "imaps"],
    "smtp": ["smtp", "smtps"],
    "apache": ["http"],
}


def _give_up_taken_ports(now: dict[str, Any]) -> dict[str, Any]:
    """Forget the ports of servers that do not run and that something else listens on now."""
    ports = now.get("ports", {})
    if ports and not alive(now["pids"].get("apache")):
        apache.stop_orphans()
    for server, names in PORTS_OF.items():
        if ports and not alive(now["pids"].get(server)):
            for name in [name for name in names if listens(ports.get(name, 0))]:
                del ports[name]
    return now


def _bring_up(now: dict[str, Any], tell: Any) -> None:
    # otrs2 that an earlier, broken run left unconfigured is configured below, when it has its database.
    if wanted := [name for name in packages.missing() if name != "otrs2" or not packages.unpacked(name)]:
        tell(f"installing {len(wanted)} packages")
        packages.install(wanted)
    tell("starting PostgreSQL")
    postgres.start(now)
    state.save(now)
    tell("configuring Znuny")
    znuny_setup.configure(now)
    tell("starting Dovecot and the SMTP sink")
    dovecot.start(now)
    _start_sink(now)
    state.save(now)
    if now.get("digest") != state.digest():
        tell("making Znuny's queues, agents, fields and web service")
        now["znuny"] = znuny_setup.set_up(now)
    tell("starting Apache")
    apache.start(now)
    now["urls"] = _urls(now)
    state.save(now)
    if left := packages.missing():
        raise ServersError(f"not fully installed: {left}")


def _urls(now: dict[str, Any]) -> dict[str, str]:
    base = f"http://{state.HOST}:{now['ports']['http']}/otrs/"
    return {"znuny": base, "webservice": base + "nph-genericinterface.pl/Webservice/Bridge"}


def _stop_all(now: dict[str, Any]) -> None:
    pids = now.get("pids", {})
    for name in ("apache", "smtp", "dovecot", "postgres"):
        if _is_ours(name, pids.get(name)):
            # SIGINT asks PostgreSQL to end its sessions first.
            state.stop(pids[name], signal.SIGINT if name == "postgres" else signal.SIGTERM)
        pids.pop(name, None)


def _is_ours(name: str, pid: int | None) -> bool:
    """Guard against a process id that another program got after a restart of the machine."""
    words = {"apache": "apache2", "smtp": "smtp_sink.py", "dovecot": "dovecot", "postgres": "postgres"}
    if not alive(pid):
        return False
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return words[name] in command and str(state_folder()) in command


def down() -> None:
    """Stop all servers by their process ids; databases and mailboxes stay."""
    with lock():
        now = state.load()
        _stop_all(now)
        if now:
            state.save(now)


def main(words: list[str] | None = None) -> int:
    """Run the command line; exit 1 when a server is missing or could not be started."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    command = parser.parse_args(words).command
    try:
        if command == "up":
            up()
        elif command == "down":
            down()
    except ServersError as error:
        print(f"servers: {error}", file=sys.stderr)
        return 1
    found = status()
    print(json.dumps({"state": str(state.state_file()), **found}))
    return 0 if command == "down" or all(found.values()) else 1
