"""The words that a deletion log entry may hold. Whatever is not listed here, or patterned in `entry`, is refused.

Adding a word is a change of the format: old verifiers refuse it. So words are added, never renamed or removed.
"""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What happened. `intended` stands before the act, one of the results after it."""

    INTENDED = "intended"
    EXECUTED = "executed"
    VERIFIED = "verified"
    FAILED = "failed"
    UNVERIFIABLE = "unverifiable"
    HOLD = "hold"
    RELEASED = "released"
    REVIEW = "review"
    CHECKPOINT = "checkpoint"
    KEY_DESTROYED = "key-destroyed"
    RESTORE = "restore"
    OVERRIDE = "override"


class Cause(StrEnum):
    """Why: a retention period, Art. 17 GDPR, the workflow's routing, a person; none for acts of the log itself."""

    PERIOD = "period"
    ARTICLE_17 = "request-art-17"
    WORKFLOW = "workflow"
    MANUAL = "manual"
    NONE = "none"


class Category(StrEnum):
    """The fixed category names; none where no single request is meant."""

    DATA_PROTECTION = "data-protection"
    MEMBERSHIP = "membership"
    JOINING_LEAVING = "joining-leaving"
    LOGIN = "login"
    TECHNICAL = "technical"
    NEW_INSTANCE = "new-instance"
    OTHER = "other"
    AUTOMATED = "automated"
    SPAM = "spam"
    NONE = "none"


class Method(StrEnum):
    """How it was erased."""

    IMAP_EXPUNGE = "imap-expunge"
    MAILDIR_UNLINK = "maildir-unlink"
    OTRS_ERASING_JOB = "otrs-erasing-job"
    KEY_UNLINK = "key-unlink"
    CONTENT_DROP = "content-drop"
    NONE = "none"


class Level(StrEnum):
    """How far the proof goes: by control ticket, by counting database rows, by reading the mailbox back."""

    BY_CONTROL = "by-control"
    IN_DATABASE = "in-database"
    IN_MAILBOX = "in-mailbox"
    ON_DISK = "on-disk"
    NONE = "none"


class Result(StrEnum):
    """What the check found: nothing is left, it is still there, only parts are gone, it can't be told."""

    PENDING = "pending"
    GONE = "gone"
    READABLE = "readable"
    PARTLY_GONE = "partly-gone"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    OK = "ok"
    FAULTY = "faulty"
    NONE = "none"


class Role(StrEnum):
    """Who ordered or approved: always a role, never a person. `workflow`: a workflow version approved once."""

    WORKFLOW = "workflow"
    DATA_SUBJECT = "data-subject"
    CONTROLLER = "controller"
    DPO = "dpo"
    OPERATOR = "operator"
    SECOND_APPROVER = "second-approver"
    NONE = "none"


class Informed(StrEnum):
    """Whether the recipients of the erased copies were told (Art. 19 GDPR)."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not-applicable"


class Residue(StrEnum):
    """Where copies may still lie, out of the bridge's reach."""

    NOTIFICATION_MAILS = "notification-mails"
    SPLIT_OR_FORWARDED = "split-or-forwarded-copies"
    COMMUNICATION_LOG = "communication-log"
    MAIL_PROVIDER_BIN = "mail-provider-bin"
    UNLISTED_FOLDERS = "unlisted-folders"
    MAILBOX_BACKUP = "mailbox-backup"
    OTRS_BACKUP = "otrs-backup"
    SEARCH_INDEX = "search-index"
    TICKET_NUMBER = "ticket-number-and-history"
    SENDER_COPY = "sender-copy"
    MEMBERSHIP_FILE = "membership-file"
    KEY_FOLDER_BACKUP = "key-folder-backup"
    DPO_COPY = "dpo-copy"


class HoldCode(StrEnum):
    """Why erasing waits: the exceptions of Art. 17 (3) and 18 GDPR, a person's wish, or a doubt of the bridge."""

    LEGAL_DUTY = "legal-duty"
    LEGAL_CLAIM = "legal-claim"
    AUTHORITY_ORDER = "authority-order"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    DATA_SUBJECT_WISH = "data-subject-wish"
    OPEN_QUESTION = "open-question"
    OPERATOR = "operator"
    ERASING_OFF = "erasing-off"
    BRAKE = "brake"
    RESTORE_SUSPECTED = "restore-suspected"
    CHANGED_SINCE_READ = "changed-since-read"
    MERGED = "merged"
    FOLLOW_UP = "follow-up"
    HAND_OVER_DIFFERS = "hand-over-differs"
    RESIDUAL_CHECK = "residual-check"
    NONE = "none"


RESULTS: dict[Event, frozenset[Result]] = {
    Event.INTENDED: frozenset({Result.PENDING}),
    Event.EXECUTED: frozenset({Result.PENDING, Result.OK}),
    Event.VERIFIED: frozenset({Result.GONE}),
    Event.FAILED: frozenset({Result.READABLE, Result.PARTLY_GONE, Result.CHANGED, Result.FAULTY}),
    Event.UNVERIFIABLE: frozenset({Result.UNKNOWN}),
    Event.HOLD: frozenset({Result.NONE, Result.PENDING}),
    Event.RELEASED: frozenset({Result.NONE, Result.PENDING}),
    Event.REVIEW: frozenset({Result.OK, Result.FAULTY}),
    Event.CHECKPOINT: frozenset({Result.NONE}),
    Event.KEY_DESTROYED: frozenset({Result.PENDING, Result.GONE, Result.FAULTY}),
    Event.RESTORE: frozenset({Result.OK, Result.FAULTY, Result.PENDING}),
    Event.OVERRIDE: frozenset({Result.NONE}),
}
"""Which results make sense with which event; any other pair is refused."""
