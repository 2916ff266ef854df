"""otrs-bridge run: the daemon."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from bridge.cli.bridge_of import bridge_of


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
        from bridge.cli.pages import serve_pages

        pages = serve_pages(bridge, stop)
        try:
            bridge.serve(stop)
        finally:
            for page in pages:
                page.stop()
