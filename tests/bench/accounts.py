"""Accounts at the real servers for measuring."""

from __future__ import annotations

import uuid
from typing import Any

from tests.servers import state
from tests.servers.dovecot import mail_folder
from tests.servers.mail import Mailbox, Sink


def mailbox_account(servers: dict[str, Any]) -> Mailbox:
    """Return a fresh, empty account at Dovecot."""
    name, ports = f"b{uuid.uuid4().hex[:12]}", servers["ports"]
    return Mailbox(
        servers["host"],
        ports["imap"],
        ports["imaps"],
        name,
        servers["passwords"]["mailbox"],
        state.state_folder() / "tls" / "ca.pem",
        mail_folder() / name,
    )


def sink(servers: dict[str, Any]) -> Sink:
    """Return the SMTP sink."""
    folder, ports = state.state_folder(), servers["ports"]
    password, ca_file = servers["passwords"]["smtp"], folder / "tls" / "ca.pem"
    return Sink(servers["host"], ports["smtp"], ports["smtps"], password, ca_file, folder / "smtp")
