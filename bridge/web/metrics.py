"""Metrics for Prometheus, computed from the journal at each look; an application of its own, for its own listener."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from bridge.errors import BridgeError
from bridge.journal import brakes, cases, reconciled
from bridge.journal.schema import cases as case_table
from bridge.journal.schema import erasures
from bridge.web.ports import Controller, Desk
from bridge.web.staff.figures import coverage

StartResponse = Callable[..., Any]


class JournalCollector(Collector):
    """Read all numbers anew for each answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics; `bridge_up` is 0 and the only one when the journal can't be read."""
        up = GaugeMetricFamily("bridge_up", "1 while the journal can be read")
        try:
            found = self._read()
        except BridgeError:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, *found]

    def _read(self) -> list[Metric]:
        metrics = _Metrics()
        with self._desk.journal.read() as connection:
            for controller in self._desk.controllers:
                self._one(metrics, connection, controller)
        return list(metrics)

    def _one(self, metrics: _Metrics, connection: Connection, controller: Controller) -> None:
        name, now = controller.name, self._desk.now()
        for (category, state), count in cases.count_by(connection, name).items():
            metrics.cases.add_metric([name, category or "none", state], count)
        done = select(erasures.c.result, func.count()).where(erasures.c.controller == name)
        for result, count in connection.execute(done.group_by(erasures.c.result)):
            metrics.erasures.add_metric([name, result or "pending"], count)
        metrics.brakes.add_metric([name], len(brakes.pulled(connection, name)))
        oldest = connection.execute(
            select(func.min(case_table.c.due)).where(
                case_table.c.controller == name, case_table.c.state != "done"
            )
        ).scalar()
        if oldest is not None:
            metrics.deadline.add_metric([name], (oldest - now).total_seconds())
        cover = coverage(connection, controller.log.base)
        if cover.left_at is not None:
            metrics.left.add_metric([name], cover.left_at.timestamp())
        metrics.uncovered.add_metric([name], cover.uncovered)
        compared = reconciled.last(connection, name)
        if compared is not None:
            metrics.reconciled.add_metric([name], compared.at.timestamp())
            for code, number in {"none": 0, **compared.differences}.items():
                metrics.differences.add_metric([name, code], number)
        for one in controller.rounds():
            metrics.rounds.add_metric([name, one.name], 1 if one.fault else 0)


class _Metrics:
    def __init__(self) -> None:
        self.cases = GaugeMetricFamily(
            "bridge_cases", "Cases in the journal", labels=["controller", "category", "state"]
        )
        self.erasures = GaugeMetricFamily(
            "bridge_erasures", "Erasures begun, by result", labels=["controller", "result"]
        )
        self.brakes = GaugeMetricFamily("bridge_brakes", "Brakes that are on", labels=["controller"])
        self.deadline = GaugeMetricFamily(
            "bridge_next_deadline_seconds",
            "Seconds until the next deadline; negative: over",
            labels=["controller"],
        )
        self.left = GaugeMetricFamily(
            "bridge_checkpoint_left_timestamp_seconds", "When the last checkpoint left", labels=["controller"]
        )
        self.uncovered = GaugeMetricFamily(
            "bridge_log_uncovered_entries",
            "Entries that no checkpoint that left covers",
            labels=["controller"],
        )
        self.reconciled = GaugeMetricFamily(
            "bridge_reconciliation_timestamp_seconds",
            "When journal, mailbox and OTRS were last compared",
            labels=["controller"],
        )
        self.differences = GaugeMetricFamily(
            "bridge_reconciliation_differences",
            "Requests that don't fit between journal, mailbox and OTRS, by code",
            labels=["controller", "code"],
        )
        self.rounds = GaugeMetricFamily(
            "bridge_round_failing", "1 while a round fails", labels=["controller", "round"]
        )

    def __iter__(self) -> Iterator[Metric]:
        return iter(vars(self).values())


def metrics_app(desk: Desk) -> Callable[[dict[str, Any], StartResponse], list[bytes]]:
    """Make the WSGI application that answers GET /metrics and nothing else."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(JournalCollector(desk))

    def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        if environ.get("PATH_INFO") != "/metrics" or environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"see /metrics\n"]
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")])
        return [generate_latest(registry)]

    return application
