"""The listed words of journal and deletion log as people read them."""

from __future__ import annotations

from bridge.i18n import gettext, mark

WORDS: dict[str, str] = {
    # events
    "intended": mark("intended"),
    "executed": mark("executed"),
    "verified": mark("verified"),
    "failed": mark("failed"),
    "unverifiable": mark("could not be verified"),
    "hold": mark("put on hold"),
    "released": mark("released"),
    "review": mark("review"),
    "checkpoint": mark("checkpoint"),
    "key-destroyed": mark("key destroyed"),
    "restore": mark("restore"),
    "override": mark("decided by a person"),
    # categories
    "data-protection": mark("data protection"),
    "membership": mark("membership"),
    "joining-leaving": mark("joining or leaving"),
    "login": mark("logging in"),
    "technical": mark("technical"),
    "new-instance": mark("new instance"),
    "other": mark("other"),
    "automated": mark("automated"),
    "spam": mark("spam"),
    # causes
    "period": mark("end of a retention period"),
    "request-art-17": mark("request under Art. 17 GDPR"),
    "workflow": mark("workflow"),
    "manual": mark("by hand"),
    # methods
    "imap-expunge": mark("expunged from the mailbox"),
    "maildir-unlink": mark("removed from the Maildir"),
    "otrs-erasing-job": mark("erasing job in OTRS"),
    "key-unlink": mark("key destroyed"),
    "content-drop": mark("contents dropped"),
    # levels of proof
    "by-control": mark("by control ticket"),
    "in-database": mark("in the database"),
    "in-mailbox": mark("in the mailbox"),
    "on-disk": mark("on disk"),
    # results
    "pending": mark("pending"),
    "gone": mark("gone"),
    "readable": mark("still readable"),
    "partly-gone": mark("partly gone"),
    "changed": mark("changed"),
    "unknown": mark("not known"),
    "ok": mark("in order"),
    "faulty": mark("faulty"),
    "none": mark("none"),
    # roles
    "data-subject": mark("data subject"),
    "controller": mark("controller"),
    "dpo": mark("data protection officer"),
    "operator": mark("operator"),
    "second-approver": mark("second approver"),
    "approver": mark("second approver"),
    "yes": mark("yes"),
    "no": mark("no"),
    "not-applicable": mark("not applicable"),
    # residual places
    "notification-mails": mark("agents' notification mails"),
    "split-or-forwarded-copies": mark("split or forwarded copies"),
    "communication-log": mark("communication log of OTRS"),
    "mail-provider-bin": mark("the mail provider's bin"),
    "unlisted-folders": mark("mail folders that can't be listed"),
    "mailbox-backup": mark("backups of the mailbox"),
    "otrs-backup": mark("backups of OTRS"),
    "search-index": mark("search index"),
    "ticket-number-and-history": mark("ticket number and history"),
    "sender-copy": mark("the sender's own copy"),
    "membership-file": mark("membership file"),
    "key-folder-backup": mark("backups of the key folder"),
    "dpo-copy": mark("copy of the data protection officer"),
    # hold codes
    "legal-duty": mark("legal duty to keep"),
    "legal-claim": mark("legal claim"),
    "authority-order": mark("order of an authority"),
    "restriction": mark("restriction of processing"),
    "objection": mark("objection"),
    "data-subject-wish": mark("wish of the data subject"),
    "open-question": mark("open question"),
    "erasing-off": mark("erasing is switched off"),
    "brake": mark("brake"),
    "restore-suspected": mark("a restore is suspected"),
    "changed-since-read": mark("changed since it was read"),
    "merged": mark("merged with another ticket"),
    "follow-up": mark("a follow-up came in"),
    "hand-over-differs": mark("the hand-over differs from the original"),
    "residual-check": mark("residual check failed"),
    # findings of reviews
    "counts-differ": mark("the counts differ"),
    "sample-differs": mark("the sample differs"),
    "verifier-fault": mark("the check found faults"),
    "unverifiable-open": mark("erasures that could not be verified"),
    "failed-open": mark("failed erasures"),
    "hold-too-long": mark("holds that last too long"),
    "deadline-missed": mark("a deadline was missed"),
    "retention-missed": mark("a retention period was missed"),
    "checkpoint-late": mark("a checkpoint left late"),
    "approval-missing": mark("an approval is missing"),
    # states of cases
    "new": mark("new"),
    "working": mark("being worked"),
    "waiting": mark("waiting"),
    "held": mark("held"),
    "parked": mark("parked"),
    "done": mark("done"),
    # tickets of a case
    "original": mark("original"),
    "stub": mark("stub"),
    "handover": mark("hand-over"),
    "full": mark("support"),
    "admins": mark("administration"),
    # steps
    "sent": mark("begun, outcome not known"),
    "open": mark("open"),
    "closed": mark("closed"),
    "erased": mark("erased"),
    "present": mark("present"),
    "moved": mark("moved"),
    "lost": mark("not found any more"),
}

REASONS: dict[str, str] = {
    "unforeseen": mark("Something happened that the bridge does not foresee. See the log of the program."),
    "unclear": mark("A server's answer was unclear; the bridge looks again before it repeats anything."),
    "until-acknowledged": mark("Waits until membership management has confirmed the hand-over."),
    "until-after": mark("Waits for the time that the workflow sets before erasing."),
    "hold-in-ticket": mark("Somebody put a hold on it in OTRS."),
    "hold-by-person": mark("A person put it on hold here."),
    "hand-over-changed": mark("The hand-over no longer matches the original, so nothing is erased."),
    "hand-over-hidden": mark("The hand-over can't be read, so nothing is erased."),
    "changed-since-hand-over": mark("The original has changed since it was handed over."),
    "merged": mark("The ticket was merged with another one."),
    "erase-off": mark("Erasing is switched off in the configuration."),
    "limit-per-run": mark("The number of erasures in one run is used up."),
    "limit-per-hour": mark("The number of erasures in an hour is used up; it goes on by itself."),
    "uidvalidity-changed": mark("The mail folder was made anew (UIDVALIDITY changed): perhaps a restore."),
    "uidnext-fell": mark("The mail folder's counter fell: perhaps a restore."),
    "otrs-restored": mark("OTRS fell back to an earlier state: perhaps a restore."),
    "journal-restored": mark("The bridge's own journal fell back to an earlier state: perhaps a restore."),
    "original-back": mark(
        "Something that was erased is there again: perhaps a restore. See: otrs-bridge log replay."
    ),
    "place-reused": mark("A mail server gave an old number to another mail: perhaps a restore."),
    "erased-before": mark("The log says that this was erased already. See: otrs-bridge log replay."),
    "otrs-away": mark("Waits until OTRS can be reached and lets the bridge in."),
    "mailbox-away": mark("Waits until the mailbox can be reached and lets the bridge in."),
    "smtp-away": mark("Waits until outgoing mail is taken again."),
    "source-empty": mark("A folder that held mail is suddenly empty."),
    "search-not-filtered": mark("A search in OTRS returned tickets that were not asked for."),
    "otrs.unreachable": mark("OTRS can't be reached."),
    "otrs.auth-failed": mark("OTRS refuses the bridge's log-in."),
    "otrs.access-denied": mark("OTRS denies access to a ticket."),
    "mailbox.unreachable": mark("The mail server can't be reached."),
    "mailbox.login-refused": mark("The mail server refuses the bridge's log-in."),
    "mailbox.vanished": mark("The mail is no longer where it was."),
    "original.vanished": mark("The original is no longer where it was."),
    "step.not-as-meant": mark("A step was done but reads back otherwise than it was meant."),
    "workflow.none-fits": mark("No workflow fits this request."),
}


def word(value: object) -> str:
    """Say a listed word in the reader's language; what is not listed (a number, a name) stays as it is."""
    if value is None or value == "":
        return "–"
    text = str(value)
    return gettext(WORDS[text]) if text in WORDS else text


def reason(code: str | None) -> str:
    """Say why a case or brake stands, "" where only the code is known."""
    if not code:
        return ""
    base = code.removeprefix("released:")
    return gettext(REASONS[base]) if base in REASONS else ""
