"""A PostgreSQL cluster of its own: Znuny's database, and a role that makes databases for journal tests."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from tests.servers.state import HOST, ServersError, alive, listens, run, state_folder, wait_for

SCHEMA = Path("/usr/share/dbconfig-common/data/otrs2/install/pgsql")
# Tests don't outlive a power cut: no waiting for the disk.
SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
log_min_messages = warning
"""


def folder() -> Path:
    """Return the cluster's folder."""
    return state_folder() / "postgres"


def _program(name: str) -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not versions:
        raise ServersError(f"PostgreSQL's {name} is not installed")
    return versions[-1]


def superuser_sql(state: dict[str, Any], database: str, statements: str) -> str:
    """Run SQL as the cluster's superuser through its socket; one value a line."""
    port = str(state["ports"]["postgres"])
    words = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", str(folder()), "-p", port, "-U", "postgres"]
    return run(*words, "-d", database, text=statements)


def _create(state: dict[str, Any]) -> None:
    folder().mkdir(mode=0o700)
    run("chown", "postgres:postgres", folder())
    auth = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    run(_program("initdb"), "-D", folder(), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
        *auth, user="postgres")  # fmt: skip
    with (folder() / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)


def _create_databases(state: dict[str, Any]) -> None:
    passwords = state["passwords"]
    for role, password, extra in (
        ("otrs", passwords["znuny_database"], ""),
        ("bridge", passwords["journal_database"], "CREATEDB"),
    ):
        there = superuser_sql(state, "postgres", f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
        verb = "ALTER" if there.strip() else "CREATE"
        superuser_sql(state, "postgres", f"{verb} ROLE {role} LOGIN {extra} PASSWORD '{password}'")
        if not superuser_sql(
            state, "postgres", f"SELECT 1 FROM pg_database WHERE datname = '{role}'"
        ).strip():
            superuser_sql(state, "postgres", f"CREATE DATABASE {role} OWNER {role}")
    if not superuser_sql(state, "otrs", "SELECT to_regclass('public.ticket')").strip():
        schema = "SET ROLE otrs;\nSET client_min_messages = warning;\nBEGIN;\n"
        superuser_sql(state, "otrs", schema + SCHEMA.read_text() + "\nCOMMIT;\n")


def is_up(state: dict[str, Any]) -> bool:
    """Tell whether the cluster's process runs and listens."""
    return alive(state["pids"].get("postgres")) and listens(state["ports"]["postgres"])


def start(state: dict[str, Any]) -> None:
    """Create what is missing and start the cluster."""
    if not folder().exists():
        _create(state)
    wait_for("PostgreSQL", lambda: _ready(state), 60)
    _create_databases(state)


def _ready(state: dict[str, Any]) -> bool:
    """Tell whether the cluster takes connections; start it if its process is not there.

    Again and again: after a kill, a new one refuses to start until the old one's sessions have ended.
    """
    port = str(state["ports"]["postgres"])
    if not alive(state["pids"].get("postgres")):
        state["pids"]["postgres"] = _spawn(port)
    ready = [str(_program("pg_isready")), "-q", "-h", HOST, "-p", port]
    return subprocess.run(ready, check=False).returncode == 0 and is_up(state)


def _spawn(port: str) -> int:
    with (state_folder() / "postgres.log").open("ab") as log:
        child = subprocess.Popen(
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", str(_program("postgres")),
             "-D", str(folder()), "-p", port, "-k", str(folder())],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
        )  # fmt: skip
    return child.pid
