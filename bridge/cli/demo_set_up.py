"""Settings and mail of the demo: as an operator would write them, for the embedded servers."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bridge.settings import Settings, load_settings
from bridge.wiring.controller import mailbox_of

if TYPE_CHECKING:
    from bridge.sandbox import SandboxOtrs, SandboxSmtp


def demo_settings(folder: Path, otrs: SandboxOtrs, smtp: SandboxSmtp) -> Settings:
    """Write a configuration into `folder` and read it like any other."""
    secret = folder / "otrs.password"
    secret.write_text("bridge-secret", encoding="utf-8")
    secret.chmod(0o600)
    maildir = folder / "Maildir"
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    config = {
        "mailbox": {"kind": "maildir", "path": str(maildir)},
        "otrs": {
            "url": otrs.url,
            "username": "bridge",
            "password_file": str(secret),
            "watch": ["LQFB-Support"],
        },
        "smtp": {"host": "127.0.0.1", "port": smtp.port, "tls": "none", "from": "support@bridge.example"},
        "operator": "ops@bridge.example",
        "dpo": "datenschutz@bridge.example",
        "journal": f"sqlite:///{folder / 'journal.db'}",
        "deletion_log": {"origin": "bridge.example/demo"},
        "keys": str(folder / "keys"),
        "erase": "on",
        "poll_seconds": 5,
        "log_level": "warning",
        "web": {"listen": f"127.0.0.1:{_free(8400)}"},
        "metrics": {"listen": f"127.0.0.1:{_free(9400)}"},
    }
    path = folder / "bridge.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return load_settings(path)


def fill_mailbox(settings: Settings) -> int:
    """Put the sample mails into the inbox; returns their number."""
    from bridge.sandbox.mails import sample_mails

    mailbox = mailbox_of(settings.for_controllers()[0])
    mails = sample_mails()
    for raw in mails:
        mailbox.append("INBOX", raw, received=dt.datetime.now(dt.UTC))
    mailbox.close()
    return len(mails)


def fill_otrs(otrs: SandboxOtrs) -> int:
    """Make two tickets as an agent does who was telephoned; returns their number."""
    caller = "Renate Kühnel <renate.kuehnel@post.example>"
    otrs.create_ticket(
        "Anruf: Löschung",
        "LQFB-Support",
        "Frau Renate Kühnel rief an. Sie möchte, dass alle ihre personenbezogenen Daten gelöscht werden "
        "(Art. 17 DSGVO).\n"
        "Mitgliedsnummer 22107, Rückruf unter 0451 77 88 99.",
        from_=caller,
        customer_user="renate.kuehnel@post.example",
        channel="Phone",
    )
    otrs.create_ticket(
        "Anruf: Passwort",
        "LQFB-Support",
        "Herr Edgar Thomsen hat sein Passwort vergessen und kommt nicht mehr in seinen Zugang.",
        from_="Edgar Thomsen <e.thomsen@post.example>",
        customer_user="e.thomsen@post.example",
        channel="Phone",
    )
    return 2


def _free(wanted: int) -> int:
    """Take the wanted port when it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted
