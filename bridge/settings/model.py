"""The configuration as frozen objects: one controller's keys, and those of the whole program."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

from pydantic import Field

from bridge.settings.connections import Mailbox, Otrs, Smtp
from bridge.settings.section import (
    Count,
    Email,
    Journal,
    Listen,
    Section,
    Switch,
    Text,
    Texts,
    Url,
    Zone,
    split_listen,
    zone,
)


class DeletionLog(Section):
    """The log of deletions."""

    origin: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*$")
    """Name of the log in its checkpoints, such as example.org/otrs-bridge; `/<controller>/<year>` is added.
    Never change it later."""
    retention_years: Count = 3
    """Full calendar years after which a year's key is destroyed and its entries' contents are dropped."""
    timestamp_url: Url | None = None
    """Time-stamp authority (RFC 3161) for checkpoints, if wanted."""


class Limits(Section):
    """Brakes, and what one request may take."""

    erasures_per_run: Count = 50
    """Erasures in one run; more stop with an alarm."""
    erasures_per_hour: Count = 200
    """Erasures in one hour; more stop with an alarm."""
    message_bytes: Count = 26_214_400
    """Size of a mail above which it is parked."""
    parts: Count = 200
    """Parts of a mail above which it is parked."""
    attempts: Count = 8
    """Attempts at one step before the request is parked."""
    lease_seconds: int = Field(default=300, ge=30)
    """How long a worker holds a request before another may take it over."""


class Answers(Section):
    """Caps on automatic answers, whatever workflows say."""

    per_sender_days: Count = 7
    """At most one answer to a sender in so many days."""
    per_hour: Count = 60
    """At most so many answers an hour to all senders together."""


class Branch(Section):
    """A regional branch with a self-service text of its own."""

    words: tuple[Text, ...] = Field(min_length=1)
    """Words by which a request names the branch, such as its place."""
    texts: Texts = Field(min_length=1)
    """The text, by language."""


_SELF_SERVICE = {
    "de": "Wie Sie Mitglied werden, austreten oder einen Zugang bekommen, steht auf der Internetseite Ihres "
    "Landesverbands. Dort können Sie auch alles selbst erledigen.",
    "en": "How to join, leave or get access is described on the web site of your regional association. You can do "
    "it all yourself there.",
}


class SelfService(Section):
    """What the automatic answer to joining-leaving says, in place of {self_service}."""

    texts: Texts = Field(default=_SELF_SERVICE, min_length=1)
    """The text where no branch or more than one is named, by language."""
    branches: dict[str, Branch] = Field(default_factory=dict)
    """Texts of regional branches, by name."""

    def text(self, request: str, language: str) -> str:
        """Give the text for a request (its subject and own words); the general one unless one branch is named."""
        named = [
            branch for branch in self.branches.values() if any(_names(word, request) for word in branch.words)
        ]
        texts = named[0].texts if len(named) == 1 else self.texts
        return texts.get(language) or texts.get("en") or next(iter(texts.values()))


def _names(word: str, request: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", request, re.IGNORECASE) is not None


class Retention(Section):
    """How long the journal keeps what it holds."""

    finished_case_days: Count = 90
    """Days after which a finished case loses its ids."""


class Residual(Section):
    """Places that the bridge can't reach, for the deletion log."""

    mail_backup_days: int = Field(default=30, ge=0)
    """Days after which an erased mail is out of the mail server's backups; 0: there are none."""
    otrs_backup_days: int = Field(default=30, ge=0)
    """Days after which an erased ticket is out of the backups of OTRS; 0: there are none."""


class DoubleAccreditation(Section):
    """Hints that a person may be accredited already. This is processing of its own: off unless you decide for it."""

    enabled: Switch = False
    """Whether keyed fingerprints of people are kept."""
    expires_days: int = Field(default=365, ge=30, le=1100)
    """Days after which the key of a fingerprint is destroyed."""


class Classification(Section):
    """How requests are classified."""

    model: str | None = None
    """File that `train --apply` writes; until it is there, and without it, the model that comes with the bridge."""
    review_below: float = Field(default=0.45, ge=0, le=1)
    """Confidence below which a person decides. The shipped model has 0.45 built in; only a higher value tells."""


class Alarms(Section):
    """Alarms to the operator by mail. They hold codes and counts only."""

    repeat_hours: Count = 24
    """Hours after which an alarm that lasts is sent again."""
    deadline_days: Count = 7
    """Days before a deadline at which the operator and the DPO are told."""


class Web(Section):
    """Web pages: request form, DPO pages, health."""

    listen: Listen = "127.0.0.1:8400"
    """Host and port; TLS is the proxy's part."""
    public_url: Url | None = None
    """Address under which people reach it."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """Number of proxies in front whose X-Forwarded-For is believed."""
    session_minutes: Count = 30
    """Minutes without a click after which a log-in ends."""
    form: bool = True
    """Whether the request form is offered."""
    form_per_hour: Count = 20
    """Requests by the form an hour from one address."""

    @property
    def address(self) -> tuple[str, int]:
        """Give host and port to listen on."""
        return split_listen(self.listen)


class Metrics(Section):
    """Metrics for Prometheus."""

    listen: Listen | None = "127.0.0.1:9400"
    """Host and port; empty: no metrics."""

    @property
    def address(self) -> tuple[str, int] | None:
        """Give host and port to listen on."""
        return split_listen(self.listen) if self.listen else None


class ControllerSettings(Section):
    """What belongs to one controller (in the sense of the GDPR)."""

    name: str = Field(default="main", pattern=r"^[a-z][a-z0-9-]{0,39}$")
    """Short name; part of the deletion log's origin. Never change it later."""
    display_name: str = ""
    """Name that answers are signed with; otherwise the short name."""
    mailbox: Mailbox
    """The mailbox that people write to."""
    otrs: Otrs
    """OTRS, Znuny or OTOBO."""
    smtp: Smtp
    """Outgoing mail."""
    operator: Email
    """Who gets alarms."""
    dpo: Email
    """Data protection officer, who gets the checkpoints."""
    deletion_log: DeletionLog
    """The log of deletions."""
    workflows: str = "workflows"
    """Folder of workflows: looked for beside the configuration, then in the working folder, then in the program."""
    erase: Switch = False
    """`on` or `off`; whatever is not clearly on is off. Off stops all erasing at once."""
    limits: Limits = Limits()
    """Brakes and sizes."""
    answers: Answers = Answers()
    """Caps on automatic answers."""
    self_service: SelfService = SelfService()
    """Self-service texts of regional branches."""
    retention: Retention = Retention()
    """How long the journal keeps what it holds."""
    residual: Residual = Residual()
    """Places that the bridge can't reach."""
    double_accreditation: DoubleAccreditation = DoubleAccreditation()
    """Hints that a person may be accredited already."""
    classification: Classification = Classification()
    """How requests are classified."""
    alarms: Alarms = Alarms()
    """Alarms to the operator."""
    language: Literal["de", "en"] = "de"
    """Language of tickets' texts, pages and answers where a request does not tell."""
    timezone: Zone = "Europe/Berlin"
    """Time zone of deadlines and of hours in workflows."""
    workflow_folder: Path = Field(default=Path(), exclude=True, json_schema_extra={"hidden": True})

    @property
    def shown_name(self) -> str:
        """Give the name that answers are signed with."""
        return self.display_name or self.name

    @property
    def tzinfo(self) -> dt.tzinfo:
        """Give the time zone of deadlines and hours."""
        return zone(self.timezone)


class Program(Section):
    """What belongs to the program as a whole."""

    journal: Journal = Field(default="sqlite:////var/lib/otrs-bridge/journal.db", repr=False)
    """Database: SQLite, or PostgreSQL by its address."""
    journal_file: str | None = None
    """File that holds the address, where it has a password in it."""
    journal_env: str | None = None
    """Environment variable that holds it instead."""
    keys: str = "/etc/otrs-bridge/keys"
    """Folder of keys, made by `keys init`; outside the database and its backups."""
    poll_seconds: Count = 60
    """Seconds between two looks at each source."""
    workers: int = Field(default=4, ge=1, le=64)
    """Requests worked side by side."""
    takeover_seconds: int = Field(default=30, ge=3)
    """With the journal on PostgreSQL: seconds without a sign of life after which the others take a host's work over."""
    web: Web = Web()
    """Web pages."""
    metrics: Metrics = Metrics()
    """Metrics."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged; never anything personal."""


class Settings(Program):
    """The whole configuration, secrets read. `controllers` are complete: the top-level keys are in each of them."""

    controllers: tuple[ControllerSettings, ...] = Field(min_length=1)

    def for_controllers(self) -> tuple[ControllerSettings, ...]:
        """Give every controller's settings, at least one, names all different."""
        return self.controllers

    @property
    def language(self) -> str:
        """Give the program's own language: the first controller's."""
        return self.controllers[0].language
