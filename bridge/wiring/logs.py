"""Structured logs (structlog): events and codes, never anything of a request."""

from __future__ import annotations

import logging
import sys

import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
# At DEBUG these print whole mails, URLs with ids, or statements with values.
QUIET = (
    "imapclient",
    "urllib3",
    "requests",
    "pyotrs",
    "sqlalchemy",
    "apscheduler",
    "alembic",
    "waitress",
    "procrastinate",
    "psycopg",
)


def configure_logs(level: str) -> None:
    """Write one line an event to standard error: coloured for a person, logfmt where nobody watches."""
    for name in QUIET:
        logging.getLogger(name).setLevel(
            logging.ERROR if name in {"apscheduler", "procrastinate", "psycopg"} else logging.WARNING
        )
    terminal = sys.stderr.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.LogfmtRenderer(sort_keys=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
