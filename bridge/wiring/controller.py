"""Make the tools of one controller from its settings: the only place that names concrete systems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.act.base import Names, Pace, Tools, Wording
from bridge.act.gate import MAILBOX, OTRS, SMTP, Gate
from bridge.act.log import LogWriter
from bridge.classify import Model, ModelError
from bridge.classify.model import loads
from bridge.daemon import Schedule
from bridge.deletion_log.note import Signer
from bridge.deletion_log.store import DeletionLog
from bridge.journal import Journal
from bridge.journal.brakes import Limits
from bridge.keys import Keys
from bridge.keys.expiring import ExpiringKeys
from bridge.otrs.client import OtrsClient
from bridge.otrs.model import Endpoint
from bridge.settings import ControllerSettings
from bridge.settings.connections import OAuth2
from bridge.sources.base import Mailbox
from bridge.sources.imap import ImapMailbox
from bridge.sources.imap_connection import ImapSettings
from bridge.sources.maildir import MaildirMailbox
from bridge.sources.oauth2 import OAuth2Settings, RefreshedTokens
from bridge.targets.smtp import SmtpSettings, SmtpTarget
from bridge.wiring.switch import EraseSwitch
from bridge.wiring.workflows import WorkflowFolder, shipped_digests

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all controllers of one program share."""

    journal: Journal
    keys: Keys
    clock: Callable[[], dt.datetime]
    run: str
    owner: str
    config: Path | None
    key_folder: Path | None = None


def tools_of(settings: ControllerSettings, shared: Shared) -> Tools:
    """Make a controller's tools; nothing is connected to yet."""
    return Tools(
        controller=settings.name,
        journal=shared.journal,
        secrets=shared.keys,
        otrs=otrs_of(settings),
        mailbox=mailbox_of(settings),
        smtp=smtp_of(settings),
        log=LogWriter(
            log_of(settings, shared.keys),
            lambda year: (shared.keys.year_key(year).id, shared.keys.year_key(year).secret),
            settings.residual.mail_backup_days,
            settings.residual.otrs_backup_days,
            shared.clock,
        ),
        names=_names(settings),
        wording=_wording(settings),
        pace=_pace(settings),
        limits=Limits(settings.limits.erasures_per_run, settings.limits.erasures_per_hour),
        workflows=WorkflowFolder(settings.workflow_folder),
        clock=shared.clock,
        erase_on=EraseSwitch(shared.config, settings.name, on=settings.erase),
        run=shared.run,
        owner=shared.owner,
        maildir=settings.mailbox.kind == "maildir",
        approved=shipped_digests(),
        started=shared.clock(),
        model=model_of(settings),
        review_below=settings.classification.review_below,
        people=_people(settings, shared),
        gates={name: Gate(name, settings.name) for name in (OTRS, MAILBOX, SMTP)},
    )


def model_of(settings: ControllerSettings) -> Model | None:
    """Load the model that `train` wrote, if one is configured. Raises ModelError for one that can't be read.

    A file that isn't there yet means the model that comes with the bridge: `train` has found no better one so far.
    """
    path = Path(settings.classification.model) if settings.classification.model else None
    if path is None or not path.exists():
        return None
    try:
        return loads(path.read_bytes())
    except OSError as error:
        raise ModelError("the model file can't be read", code="classify.model-unreadable") from error


def _people(settings: ControllerSettings, shared: Shared) -> ExpiringKeys | None:
    wanted = settings.double_accreditation
    if not wanted.enabled or shared.key_folder is None:
        return None
    return ExpiringKeys(shared.key_folder, wanted.expires_days)


def schedule_of(settings: ControllerSettings) -> Schedule:
    """Tell what the rounds look at and how long things are kept."""
    days = settings.mailbox.retention_days
    return Schedule(
        watch=tuple(settings.otrs.watch),
        mail_days={"done": days.done, "filed": days.filed},
        case_days=settings.retention.finished_case_days,
        remind_days=settings.alarms.deadline_days,
    )


def log_of(settings: ControllerSettings, keys: Keys) -> DeletionLog:
    """Describe the controller's deletion log and who signs it."""
    base = f"{settings.deletion_log.origin}/{settings.name}"
    return DeletionLog(base, lambda origin: Signer(origin, keys.signing), keys.id, VERSION)


def mailbox_of(settings: ControllerSettings) -> Mailbox:
    """Make the mailbox: IMAP or Maildir."""
    wanted = settings.mailbox
    if wanted.kind == "maildir":
        return MaildirMailbox(Path(wanted.path or ""), account=settings.name)
    return ImapMailbox(imap_of(settings), account=settings.name)


def imap_of(settings: ControllerSettings) -> ImapSettings:
    """Tell how to reach and enter the IMAP account."""
    wanted = settings.mailbox
    return ImapSettings(
        host=wanted.host or "",
        username=wanted.username or "",
        port=wanted.port,
        tls=wanted.tls,
        password=wanted.password.get_secret_value(),
        tokens=_tokens(wanted.oauth2) if wanted.oauth2 else None,
        ca_file=Path(wanted.ca_file) if wanted.ca_file else None,
        read_timeout=wanted.timeout_seconds,
    )


def _tokens(wanted: OAuth2) -> RefreshedTokens:
    return RefreshedTokens(
        OAuth2Settings(
            token_url=wanted.token_url,
            client_id=wanted.client_id,
            refresh_token_file=Path(wanted.refresh_token_file or ""),
            client_secret=wanted.client_secret.get_secret_value(),
            scope=wanted.scope,
        )
    )


def otrs_of(settings: ControllerSettings) -> OtrsClient:
    """Make the client of OTRS."""
    wanted = settings.otrs
    return OtrsClient(
        Endpoint(
            url=wanted.url,
            username=wanted.username,
            password=wanted.password.get_secret_value(),
            timeout_read=wanted.timeout_seconds,
            ca_file=wanted.ca_file,
            timezone=wanted.timezone,
        )
    )


def smtp_of(settings: ControllerSettings) -> SmtpTarget:
    """Make the target for outgoing mail."""
    wanted = settings.smtp
    return SmtpTarget(
        SmtpSettings(
            host=wanted.host,
            port=wanted.port,
            tls=wanted.tls,
            username=wanted.username or "",
            password=wanted.password.get_secret_value(),
            ca_file=Path(wanted.ca_file) if wanted.ca_file else None,
            timeout=wanted.timeout_seconds,
        )
    )


def _names(settings: ControllerSettings) -> Names:
    otrs, mailbox = settings.otrs, settings.mailbox
    return Names(
        queues=otrs.queues.model_dump(),
        fields=otrs.fields.model_dump(),
        folders=mailbox.folders.model_dump(),
        erase_value=otrs.erase_value,
        control_title=otrs.control_title,
        in_database=otrs.proof == "in-database",
        instance=settings.name,
        inbox=mailbox.folder,
    )


def _wording(settings: ControllerSettings) -> Wording:
    return Wording(
        language=settings.language,
        sender=settings.smtp.sender,
        operator=settings.operator,
        controller=settings.shown_name,
        own_addresses=frozenset({settings.smtp.sender, settings.operator, settings.dpo}),
        self_service=settings.self_service.text,
    )


def _pace(settings: ControllerSettings) -> Pace:
    limits, answers = settings.limits, settings.answers
    return Pace(
        lease_seconds=limits.lease_seconds,
        server_timeout=settings.otrs.server_timeout_seconds,
        attempts=limits.attempts,
        message_bytes=limits.message_bytes,
        parts=limits.parts,
        answers_per_hour=answers.per_hour,
        answer_days=answers.per_sender_days,
    )
