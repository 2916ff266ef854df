"""otrs-bridge demo: the daemon on embedded servers with sample mail."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.run import start_pages
from bridge.i18n import gettext as _

if TYPE_CHECKING:
    from bridge.sandbox import SandboxOtrs
    from bridge.wiring import Bridge

SETTLED_SECONDS = 90.0


@click.command()
@click.option("--once", "only_once", is_flag=True, help="Stop after one round and the summary.")
@click.option("--port", default=0, help="Port of the OTRS page; 0 takes a free one.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Keep mailbox, journal and keys here; else a new one."
)
def demo(only_once: bool, port: int, folder: Path | None) -> None:
    """Show the bridge at work, without any server: an embedded mailbox and OTRS, thirty invented mails."""
    from bridge.cli.demo_set_up import demo_settings, fill_mailbox, fill_otrs
    from bridge.sandbox import SandboxOtrs, SandboxSmtp

    with _folder(folder) as place, SandboxSmtp() as smtp, SandboxOtrs(port=port, smtp=smtp) as otrs:
        settings = demo_settings(place, otrs, smtp)
        number, calls = fill_mailbox(settings), fill_otrs(otrs)
        from bridge.wiring import build

        with build(settings) as bridge:
            bridge.check()
            _show_addresses(bridge, otrs, place)
            text = _("{number} mails lie in the mailbox, {calls} telephone calls in OTRS. Working …")
            click.echo(text.format(number=number, calls=calls))
            if only_once:
                bridge.once()
                _summary(bridge, otrs, len(smtp.received()))
                return
            _serve(bridge, otrs, smtp.received)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="otrs-bridge-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _show_addresses(bridge: Bridge, otrs: SandboxOtrs, place: Path) -> None:
    click.echo(_("OTRS (queues, tickets):     {url}").format(url=otrs.page_url))
    click.echo(_("Request form and pages:     http://{listen}/").format(listen=bridge.settings.web.listen))
    click.echo(_("Drop further .eml files in: {folder}").format(folder=place / "Maildir" / "new"))


def _serve(bridge: Bridge, otrs: SandboxOtrs, received: object) -> None:
    """Run the daemon; the summary comes when the sample mails are worked, the end with Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_given: stop.set())
    daemon = threading.Thread(
        target=bridge.serve, args=(stop, lambda: start_pages(bridge, stop)), name="daemon"
    )
    daemon.start()
    try:
        if _settled(bridge, stop):
            _summary(bridge, otrs, len(received()))  # type: ignore[operator]
            click.echo(_("The daemon goes on; Ctrl-C stops it."))
        while daemon.is_alive() and not stop.is_set():
            stop.wait(1)
    finally:
        stop.set()
        daemon.join()


def _settled(bridge: Bridge, stop: threading.Event) -> bool:
    """Wait until the inbox is empty and no case is in hand."""
    deadline = time.monotonic() + SETTLED_SECONDS
    mailbox, names = bridge.tools[0].mailbox, bridge.tools[0].names
    while time.monotonic() < deadline and not stop.is_set():
        states = {state for (_category, state) in _cases(bridge)}
        if mailbox and mailbox.state(names.inbox).count == 0 and states and not states & {"new", "working"}:
            return True
        stop.wait(0.3)
    return not stop.is_set()


def _cases(bridge: Bridge) -> dict[tuple[str | None, str], int]:
    from bridge.journal import cases

    with bridge.journal.read() as connection:
        return cases.count_by(connection, bridge.tools[0].controller)


def _summary(bridge: Bridge, otrs: SandboxOtrs, answers: int) -> None:
    """Say what came in, where it went, what was erased and how that was proved."""
    click.echo("\n" + _("What came in:"))
    for (category, state), number in sorted(_cases(bridge).items(), key=str):
        click.echo(f"  {number:3d}  {category or '-':16}  {state}")
    click.echo(_("Where it went:"))
    for queue, number in sorted(Counter(t.queue for t in otrs.tickets()).items()):
        click.echo(f"  {number:3d}  {queue}")
    mailbox = bridge.tools[0].mailbox
    if mailbox is not None:
        for name in sorted(set(bridge.tools[0].names.folders.values())):
            click.echo(f"  {mailbox.state(name).count:3d}  {name}")
    click.echo(f"  {answers:3d}  {_('mails sent (answers, alarms)')}")
    _proof(bridge)


def _proof(bridge: Bridge) -> None:
    from bridge.wiring.proof import erased, verify_log

    click.echo(_("What was erased, and how it was proved:"))
    for (event, level), number in sorted(erased(bridge).items()):
        click.echo(f"  {number:3d}  {event:14}  {level}")
    findings = verify_log(bridge)
    click.echo(_("log verify: everything holds") if not findings else "\n".join(findings))
