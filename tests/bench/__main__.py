"""Measure everything that the documentation claims: python -m tests.bench [speed|redaction|log|…]."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from tests.bench.accounts import mailbox_account, sink
from tests.servers import servers as real
from tests.servers import state


def speed() -> None:
    """Compare with Znuny's own fetch and bare creates (needs the real servers)."""
    if not real.possible():
        print("speed: not measured; the real servers need root on Debian")
        return
    from tests.bench.bench_speed import run
    from tests.servers.znuny import Znuny

    servers = state.load()
    znuny = Znuny(servers)
    try:
        run(servers, znuny, sink(servers), lambda: mailbox_account(servers))
    finally:
        znuny.close()


def _module(name: str) -> Callable[[], Any]:
    return lambda: importlib.import_module(f"tests.bench.{name}").main()


BENCHES: dict[str, Callable[[], Any]] = {
    "speed": speed,
    "redaction": _module("bench_redaction"),
    "log": _module("bench_deletion_log"),
    "scaling": _module("bench_scaling"),
    "backlog": _module("bench_backlog"),
}


def main() -> None:
    """Run the named benches, or all."""
    for name in sys.argv[1:] or BENCHES:
        print(f"== {name}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
