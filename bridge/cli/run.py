"""otrs-bridge run: the daemon."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import bridge_of

if TYPE_CHECKING:
    from bridge.wiring import Bridge


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Poll mailbox and queues and serve the pages until SIGTERM or Ctrl-C; the requests in hand are finished."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    with bridge_of(ctx, starting=True) as bridge:
        bridge.serve(stop, lambda: start_pages(bridge, stop))


def start_pages(bridge: Bridge, stop: threading.Event) -> Callable[[], None]:
    """Start the pages; returns how to stop them. They are imported here: the first look at the mailbox comes first."""
    from bridge.cli.pages import serve_pages

    running = serve_pages(bridge, stop)

    def end() -> None:
        for page in running:
            page.stop()

    return end
