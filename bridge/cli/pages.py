"""Put the web pages before a running bridge: the one place that knows both."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bridge.errors import BridgeError
from bridge.journal import Journal
from bridge.web.ports import Controller, RoundState, WebSettings
from bridge.wiring.controller import log_of

if TYPE_CHECKING:
    from bridge.daemon import Rounds
    from bridge.settings import ControllerSettings
    from bridge.web.server import Serving
    from bridge.wiring import Bridge

ROUNDS = ("mail", "queues", "waiting", "answers", "checkpoints", "retention")


class BridgeDesk:
    """What the pages need, given by the bridge (bridge.web.ports.Desk)."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        of_each = zip(bridge.settings.for_controllers(), bridge.rounds, strict=True)
        self.controllers: Sequence[Controller] = tuple(_controller(bridge, s, r) for s, r in of_each)
        web = bridge.settings.web
        self.web = WebSettings(
            secret=bridge.keys.subkey("web"),
            public_url=web.public_url or "",
            trusted_proxies=web.trusted_proxies,
            session_minutes=web.session_minutes,
            form=web.form,
            form_per_hour=web.form_per_hour,
            language=bridge.settings.language,
        )

    @property
    def journal(self) -> Journal:
        return self._bridge.journal

    def now(self) -> dt.datetime:
        return self._bridge.tools[0].clock()

    def case(self, case_id: int) -> dict[str, Any] | None:
        return self._bridge.case(case_id)

    def ask(self, case_id: int, verb: str) -> str | None:
        return self._bridge.ask(case_id, verb)

    def lift(self, brake_id: int) -> bool:
        return self._bridge.lift(brake_id)


def serve_pages(bridge: Bridge, stop: threading.Event) -> list[Serving]:
    """Serve pages and metrics from threads of their own. Raises ListenError for an address that can't be used."""
    from bridge.web.app import create_app
    from bridge.web.metrics import metrics_app
    from bridge.web.server import serve

    desk = BridgeDesk(bridge)
    running = [serve(create_app(desk), bridge.settings.web.address, stop)]
    metrics = bridge.settings.metrics.address
    if metrics is not None:
        running.append(serve(metrics_app(desk), metrics, stop))
    return running


def _controller(bridge: Bridge, settings: ControllerSettings, rounds: Rounds) -> Controller:
    tools, days = rounds.tools, settings.mailbox.retention_days
    log = log_of(settings, bridge.keys)
    return Controller(
        name=settings.name,
        shown_name=settings.shown_name,
        letterbox=tools.mailbox,
        inbox=tools.names.inbox,
        sender=settings.smtp.sender,
        dpo=settings.dpo,
        log=log,
        log_key=log.sign(log.base).verifier,
        year_secret=_year_secret(bridge),
        workflows=tools.workflows,
        rounds=lambda: _states(rounds),
        erase_on=tools.erase_on,
        tz=settings.tzinfo,
        message_bytes=settings.limits.message_bytes,
        mail_days={"done": days.done, "filed": days.filed},
        log_years=settings.deletion_log.retention_years,
    )


def _year_secret(bridge: Bridge) -> Callable[[int], bytes | None]:
    def secret(year: int) -> bytes | None:
        try:
            return bridge.keys.year_key(year).secret
        except BridgeError:
            return None

    return secret


def _states(rounds: Rounds) -> list[RoundState]:
    return [RoundState(name, rounds.last.get(name), rounds.faults.get(name, "")) for name in ROUNDS]
