"""Measure everything that the documentation claims: python -m tests.bench [speed|redaction|log|…]."""

from __future__ import annotations

import importlib
import sys
import uuid
from collections.abc import Callable
from typing import Any

from tests.servers import servers as real
from tests.servers import state
from tests.servers.dovecot import mail_folder
from tests.servers.mail import Mailbox, Sink


def speed() -> None:
    """Compare with Znuny's own fetch and bare creates (needs the real servers)."""
    if not real.possible():
        print("speed: not measured; the real servers need root on Debian")
        return
    from tests.bench.bench_speed import run
    from tests.servers.znuny import Znuny

    servers = state.load()
    znuny = Znuny(servers)
    folder, ports, passwords = state.state_folder(), servers["ports"], servers["passwords"]
    ca_file = folder / "tls" / "ca.pem"

    def account() -> Mailbox:
        name = f"b{uuid.uuid4().hex[:12]}"
        files = mail_folder() / name
        return Mailbox(servers["host"], ports["imap"], ports["imaps"], name, passwords["mailbox"], ca_file, files)

    smtp = Sink(servers["host"], ports["smtp"], ports["smtps"], passwords["smtp"], ca_file, folder / "smtp")
    try:
        run(servers, znuny, smtp, account)
    finally:
        znuny.close()


def _module(name: str) -> Callable[[], Any]:
    return lambda: importlib.import_module(f"tests.bench.{name}").main()


BENCHES: dict[str, Callable[[], Any]] = {
    "speed": speed,
    "redaction": _module("bench_redaction"),
    "log": _module("bench_deletion_log"),
}


def main() -> None:
    """Run the named benches, or all."""
    for name in sys.argv[1:] or BENCHES:
        print(f"== {name}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
