"""Fixtures of all tests: the real servers, each test with queues, mailbox and databases of its own."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from bridge.i18n import set_language
from tests.servers import servers as real
from tests.servers import state
from tests.servers.dovecot import mail_folder
from tests.servers.mail import Mailbox, Sink

if TYPE_CHECKING:
    from tests.servers.znuny import QueueSet, Znuny

NOT_RUN = "REAL-SERVER TESTS DID NOT RUN"


# Znuny answers a request with 500 or a false denial once in some thousands, when another process empties its file cache
# at that moment (measured; see docs/otrs-set-up.md). Tests set up queues for each other all the time, so a failure that
# does not repeat is theirs, not the bridge's: it is tried again, and the report names it.
TRIES_AGAIN = 2


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Begin each test in the sources' language, whatever the one before set."""
    set_language("en")
    yield
    set_language("en")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need the real servers where those can't be; as root on Debian nothing is skipped."""
    if real.possible():
        for each in items:
            if each.get_closest_marker("servers"):
                each.add_marker(pytest.mark.flaky(reruns=TRIES_AGAIN))
        return
    for each in items:
        if each.get_closest_marker("servers"):
            each.add_marker(pytest.mark.skip(reason="real servers need root on Debian"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what was not tested."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("real servers need root on Debian" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_sep(
            "!", f"{NOT_RUN}: {count} of them; they need root on Debian", red=True, bold=True
        )


@pytest.fixture(scope="session")
def servers() -> dict[str, Any]:
    """Bring all real servers up (they stay up) and return the content of servers.json."""
    command = [sys.executable, "-m", "tests.servers", "up"]
    done = subprocess.run(command, cwd=state.REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"the real servers did not come up:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    )
    return state.load()


@pytest.fixture(scope="session")
def znuny(servers: dict[str, Any]) -> Iterator[Znuny]:
    """Return the running Znuny."""
    from tests.servers.znuny import Znuny

    running = Znuny(servers)
    yield running
    running.close()


@pytest.fixture
def znuny_queues(znuny: Znuny) -> Iterator[QueueSet]:
    """Return a private set of queues, agents, erasing job and control ticket for one test."""
    queues = znuny.new_queues()
    yield queues
    znuny.drop_queues(queues)


@pytest.fixture(scope="module")
def module_queues(znuny: Znuny) -> Iterator[QueueSet]:
    """Return a private set for all tests of a module: quicker, where tests don't touch rights, job or control."""
    queues = znuny.new_queues()
    yield queues
    znuny.drop_queues(queues)


@pytest.fixture
def mailbox(servers: dict[str, Any]) -> Mailbox:
    """Return a fresh, empty account at Dovecot."""
    username = f"t{uuid.uuid4().hex[:12]}"
    ports = servers["ports"]
    return Mailbox(
        host=servers["host"],
        port=ports["imap"],
        tls_port=ports["imaps"],
        username=username,
        password=servers["passwords"]["mailbox"],
        ca_file=state.state_folder() / "tls" / "ca.pem",
        files=mail_folder() / username,
    )


@pytest.fixture(scope="session")
def smtp(servers: dict[str, Any]) -> Sink:
    """Return the SMTP sink."""
    return Sink(
        host=servers["host"],
        port=servers["ports"]["smtp"],
        tls_port=servers["ports"]["smtps"],
        password=servers["passwords"]["smtp"],
        ca_file=state.state_folder() / "tls" / "ca.pem",
        folder=state.state_folder() / "smtp",
    )


@pytest.fixture
def postgres_url(servers: dict[str, Any]) -> Iterator[str]:
    """Return the SQLAlchemy URL of an empty PostgreSQL database that goes after the test."""
    from tests.servers.journal_database import fresh_database

    with fresh_database(servers) as url:
        yield url
