"""Where the servers keep their files, and the `servers.json` that says how to reach them.

Standard library only: `up` runs before there is a virtual environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
ZNUNY_HOME = Path("/usr/share/otrs")
ZNUNY_VAR = Path("/var/lib/otrs")

PORT_NAMES = ("postgres", "http", "imap", "imaps", "smtp", "smtps")
PASSWORD_NAMES = ("znuny_database", "journal_database", "bridge", "agents", "mailbox", "smtp")
# Whatever is baked into the installed servers; a change in one of them makes `up` set up again.
SET_UP_BY = (
    "config/otrs/setup.pl",
    "config/otrs/webservice.yml",
    "tests/servers/agent.pl",
    "tests/servers/apache.py",
    "tests/servers/dovecot.py",
    "tests/servers/postgres.py",
    "tests/servers/smtp_sink.py",
    "tests/servers/state.py",
    "tests/servers/znuny_setup.py",
)


class ServersError(RuntimeError):
    """Say which server did not come up, and where its log lies."""


def state_folder() -> Path:
    """Return the folder of all server files; OTRS_BRIDGE_SERVERS overrides it.

    Not in the repository: the servers' own users (postgres, otrs, mail) must be able to enter it.
    """
    return Path(os.environ.get("OTRS_BRIDGE_SERVERS", "/var/tmp/otrs-bridge-servers"))


def state_file() -> Path:
    """Return the path of `servers.json`."""
    return state_folder() / "servers.json"


def load() -> dict[str, Any]:
    """Return what `servers.json` says, or an empty dictionary."""
    try:
        loaded: dict[str, Any] = json.loads(state_file().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return loaded


def save(state: dict[str, Any]) -> None:
    """Write `servers.json` atomically; readable by root only, for it holds the passwords."""
    draft = state_file().with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(state, indent=2, sort_keys=True) + "\n")
    draft.replace(state_file())


def digest() -> str:
    """Return the digest of every file whose change needs a new set-up."""
    found = hashlib.sha256()
    for name in SET_UP_BY:
        path = REPOSITORY / name
        found.update(path.read_bytes() if path.exists() else b"")
    return found.hexdigest()


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def fresh_state(state: dict[str, Any]) -> dict[str, Any]:
    """Fill in ports, passwords and pids that `state` has not got yet.

    Ports stay the same over `down` and `up`; OTRS_BRIDGE_PORT_<NAME> sets one.
    """
    ports = dict(state.get("ports", {}))
    for name in PORT_NAMES:
        wanted = os.environ.get(f"OTRS_BRIDGE_PORT_{name.upper()}")
        ports[name] = int(wanted) if wanted else ports.get(name) or free_port()
    passwords = dict(state.get("passwords", {}))
    for name in PASSWORD_NAMES:
        passwords.setdefault(name, secrets.token_urlsafe(12).replace("-", "x").replace("_", "y"))
    pids: dict[str, int] = dict(state.get("pids", {}))
    return {**state, "host": HOST, "ports": ports, "passwords": passwords, "pids": pids}


def listens(port: int, greeting: bytes = b"", timeout: float = 1.0) -> bool:
    """Tell whether a server answers on `port`, and its first bytes start with `greeting`."""
    try:
        with socket.create_connection((HOST, port), timeout) as connection:
            return not greeting or connection.recv(len(greeting)) == greeting
    except OSError:
        return False


def alive(pid: int | None) -> bool:
    """Tell whether the process runs (a zombie does not)."""
    if not pid:
        return False
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_for(what: str, probe: Callable[[], bool], seconds: float = 30.0) -> None:
    """Probe until it succeeds; raise ServersError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not probe():
        if time.monotonic() > deadline:
            raise ServersError(f"{what}: not up after {seconds:.0f} s; its log is under {state_folder()}")
        time.sleep(0.05)


def stop(pid: int | None, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 15.0) -> None:
    """Stop one process by its id and wait for its end; kill it when it does not go."""
    if not alive(pid):
        return
    assert pid is not None
    os.kill(pid, with_signal)
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def run(*command: str | Path, text: str | None = None, cwd: str | Path = "/", user: str | None = None) -> str:
    """Run a command to its end and return its output; raise ServersError with both outputs if it fails."""
    words = ["runuser", "-u", user, "--"] if user else []
    words += [str(word) for word in command]
    done = subprocess.run(words, input=text, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = (done.stdout + done.stderr)[-3000:]
        raise ServersError(f"{' '.join(words)[:200]} ended with {done.returncode}:\n{tail}")
    return done.stdout
