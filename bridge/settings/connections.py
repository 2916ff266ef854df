"""Sections about the systems that the bridge talks to: mailbox, OTRS, outgoing mail."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, SecretStr

from bridge.settings.section import Count, Email, Port, Secret, Section, Text, Url, Zone, zone

Tls = Literal["implicit", "starttls", "none"]


class OAuth2(Section):
    """Log-in by OAuth 2.0 (XOAUTH2) instead of a password, with a refresh token."""

    token_url: Url
    """Where access tokens are fetched."""
    client_id: Text
    """The bridge's id at the provider."""
    client_secret: Secret = SecretStr("")
    client_secret_file: str | None = None
    """File that holds the client's secret, if it has one."""
    client_secret_env: str | None = None
    """Environment variable that holds it instead."""
    refresh_token: Secret = SecretStr("")
    refresh_token_file: str | None = None
    """File that holds the refresh token."""
    refresh_token_env: str | None = None
    """Environment variable that holds it instead."""
    scope: str = ""
    """Scopes to ask for, separated by blanks."""


class Folders(Section):
    """Folders of the mailbox; the bridge makes those that are missing."""

    done: Text = "Bridge/Done"
    """Mail that became a ticket or was answered."""
    filed: Text = "Bridge/Filed"
    """Automated mail and spam."""
    parked: Text = "Bridge/Parked"
    """Mail that a person has to look at."""
    erasing: Text = "Bridge/Erasing"
    """Mail on its way out. Nobody but the bridge should touch it."""
    checkpoints: Text = "Bridge/Checkpoints"
    """Checkpoints of the deletion log. Never emptied."""


class MailRetention(Section):
    """How long mail is kept before it is erased as a regular deletion run."""

    done: Count = 14
    """Days for mail in `done`."""
    filed: Count = 30
    """Days for mail in `filed`."""


class Mailbox(Section):
    """The mailbox that people write to. The request form files its requests there too."""

    kind: Literal["imap", "maildir"] = "imap"
    """`imap`, or `maildir` with `path` and folder names only."""
    path: str | None = None
    """Maildir: its folder."""
    host: str | None = None
    """IMAP server."""
    port: Port = 993
    """Its port."""
    tls: Tls = "implicit"
    """`implicit`, `starttls`, or `none`, which is allowed to this machine itself only."""
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""
    username: str | None = None
    """Account."""
    password: Secret = SecretStr("")
    password_file: str | None = None
    """File that holds the password; not readable by everyone."""
    password_env: str | None = None
    """Environment variable that holds the password instead."""
    oauth2: OAuth2 | None = None
    """OAuth 2.0 instead of a password."""
    folder: Text = "INBOX"
    """Folder that new mail arrives in."""
    folders: Folders = Folders()
    """Where mail goes."""
    retention_days: MailRetention = MailRetention()
    """How long it stays there."""
    timeout_seconds: Count = 60
    """How long to wait for an answer of the server."""
    idle: bool = True
    """Wake up at once when mail arrives (IMAP IDLE); it is polled besides."""


class Queues(Section):
    """Queues of OTRS, by what they are for."""

    support: Text = "LQFB-Support"
    """Supporters."""
    admins: Text = "LQFB-Administration"
    """Administrators: redacted tickets only."""
    membership: Text = "Mitgliederverwaltung"
    """Membership management, who may keep personal data."""
    other: Text = "LQFB-Sonstiges"
    """Anything else."""
    erasing: Text = "Bridge-Erase"
    """Tickets on their way out; only the bridge's agent has rights in it."""


class Fields(Section):
    """Dynamic fields of OTRS that the bridge uses; `setup-otrs` makes them."""

    ref: Text = "BridgeRef"
    """Reference by which the bridge knows its own tickets."""
    state: Text = "BridgeState"
    """State, shown to supporters."""
    reason: Text = "BridgeReason"
    """Why it is in that state, shown to supporters."""
    category: Text = "BridgeCategory"
    """Category; supporters change it to send a request another way."""
    action: Text = "BridgeAction"
    """What supporters ask of the bridge."""
    erase: Text = "BridgeErase"
    """Starts the erasing job. On no screen."""


class Otrs(Section):
    """OTRS, Znuny or OTOBO, through its GenericInterface."""

    url: Url
    """Address of the web service, ending in its name."""
    username: Text
    """The bridge's own agent."""
    password: Secret = SecretStr("")
    password_file: str | None = None
    """File that holds the password; not readable by everyone."""
    password_env: str | None = None
    """Environment variable that holds the password instead."""
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""
    timeout_seconds: Count = 60
    """How long to wait for an answer."""
    server_timeout_seconds: Count = 300
    """When the web server surely has given up a request (Apache's TimeOut): after an unclear answer the
    bridge waits so long before it sends again."""
    timezone: Zone = "UTC"
    """OTRSTimeZone of the system configuration: the zone that OTRS states times in."""
    queues: Queues = Queues()
    """Queues by purpose."""
    watch: tuple[Text, ...] = ()
    """Queues that are polled for tickets that did not come in through the bridge."""
    fields: Fields = Fields()
    """Dynamic fields by purpose."""
    erase_value: Text = "erase"
    """Value of the erase field that starts the erasing job."""
    control_title: Text = "Kontrollticket"
    """Title of the standing control ticket in the erasing queue."""
    proof: Literal["by-control", "in-database"] = "by-control"
    """How erased tickets are proved; `in-database` needs the add-on inside OTRS."""

    @property
    def tzinfo(self) -> dt.tzinfo:
        """Give the zone that OTRS states times in."""
        return zone(self.timezone)

    @property
    def host(self) -> str:
        """Give the host of the web service."""
        return urlsplit(self.url).hostname or ""


class Smtp(Section):
    """Outgoing mail: automatic answers, alarms, checkpoints."""

    model_config = ConfigDict(title="Smtp")

    host: Text = "127.0.0.1"
    """Mail server."""
    port: Port = 25
    """Its port."""
    tls: Tls = "none"
    """`implicit`, `starttls`, or `none`, which is allowed to this machine itself only."""
    ca_file: str | None = None
    """Certificates to trust instead of the system's."""
    username: str | None = None
    """Account, where the server wants one."""
    password: Secret = SecretStr("")
    password_file: str | None = None
    """File that holds the password; not readable by everyone."""
    password_env: str | None = None
    """Environment variable that holds the password instead."""
    sender: Email = Field(alias="from")
    """Address that the bridge writes from: the support address."""
    timeout_seconds: Count = 30
    """How long to wait for an answer of the server."""
