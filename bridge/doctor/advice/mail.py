"""Texts for mailbox and outgoing mail."""

from __future__ import annotations

from bridge.doctor.finding import Advice
from bridge.i18n import mark

_CERTIFICATE = mark(
    "Use the host name that the certificate is made for; if it is signed by an authority of your own, name "
    "that authority's file in {section}.ca_file. If it has expired, renew it on the server."
)
_PLAIN = mark("Set {section}.tls to implicit (port 993 or 465) or starttls (port 143 or 587).")

MAIL: dict[str, dict[str, Advice]] = {
    "mailbox.connection": {
        "ok": Advice("ok", mark("The mailbox can be reached.")),
        "unreachable": Advice(
            "fault",
            mark("The mailbox server can't be reached ({text})."),
            mark(
                "Check mailbox.host and mailbox.port (implicit: 993, starttls: 143), the firewall, and "
                "that the server runs."
            ),
        ),
        "certificate": Advice(
            "fault", mark("The mailbox server's certificate is refused ({text})."), _CERTIFICATE
        ),
        "no-starttls": Advice(
            "fault",
            mark("The mailbox server offers no STARTTLS."),
            mark(
                "Set mailbox.tls: implicit with the port for it (993), or switch STARTTLS on in the server."
            ),
        ),
        "plaintext": Advice("fault", mark("tls: none is allowed to this machine itself only."), _PLAIN),
        "other": Advice("fault", "{text}", mark("Look into the mailbox server's log at this time.")),
    },
    "mailbox.login": {
        "ok": Advice("ok", mark("The mailbox takes user name and password.")),
        "refused": Advice(
            "fault",
            mark("The mailbox refuses user name or password."),
            mark(
                "Check mailbox.username and the file that mailbox.password_file names; providers often "
                "want an app password."
            ),
        ),
        "unavailable": Advice(
            "warning",
            mark("The mailbox server can't log anybody in right now."),
            mark("Try again in some minutes; if it lasts, ask the mail provider."),
        ),
        "no-password": Advice(
            "fault",
            mark("The mailbox server allows no log-in by password on this connection."),
            mark("Set mailbox.tls to implicit or starttls."),
        ),
    },
    "mailbox.inbox": {
        "ok": Advice("ok", mark("The folder {folder} can be opened.")),
        "missing": Advice(
            "fault",
            mark("The folder {folder} does not exist or can't be opened."),
            mark("Set mailbox.folder to a folder that exists: {others}"),
        ),
    },
    "mailbox.capabilities": {
        "ok": Advice("ok", mark("The mailbox server can do what the bridge needs (UIDPLUS, MOVE, IDLE).")),
        "no-uidplus": Advice(
            "fault",
            mark("The mailbox server lacks UIDPLUS: single mails can't be erased without touching others."),
            mark("Use a server or provider with UIDPLUS (RFC 4315), such as Dovecot or Cyrus."),
        ),
        "no-move": Advice(
            "fault",
            mark("The mailbox server lacks MOVE: mails can't be moved in one step."),
            mark("Use a server or provider with MOVE (RFC 6851), such as Dovecot or Cyrus."),
        ),
        "no-idle": Advice(
            "warning",
            mark("The mailbox server lacks IDLE: new mail is noticed at the next poll only."),
            mark("Set poll_seconds as short as you want to wait."),
        ),
    },
    "mailbox.folders": {
        "ok": Advice("ok", mark("The bridge's own folders are there.")),
        "refused": Advice(
            "fault",
            mark("The folder {folder} is missing and can't be made ({text})."),
            mark(
                "Make it by hand, or name another in mailbox.folders; the account needs the right to make "
                "folders."
            ),
        ),
    },
    "mailbox.erasing": {
        "ok": Advice("ok", mark("A test mail was stored, moved, erased and is gone.")),
        "failed": Advice(
            "fault",
            mark("A test mail could not be stored, moved or erased ({text})."),
            mark(
                "The account needs all rights in {folder}: insert, delete, expunge (in IMAP ACLs: "
                "lrswipkxte). Quota full?"
            ),
        ),
        "survives": Advice(
            "fault",
            mark("An erased test mail is still in the folder {folder}."),
            mark(
                "Switch off archiving or the bin for this account: mail that is expunged must be removed "
                "for good."
            ),
        ),
    },
    "mailbox.provider": {
        "ok": Advice("ok", mark("No peculiarity of the mail provider is known.")),
        "gmail": Advice(
            "warning",
            mark("This is Gmail: it may archive mail instead of removing it."),
            mark(
                "In Gmail's settings, Forwarding and POP/IMAP: Auto-Expunge off, and when a message is "
                "expunged: immediately delete the message forever. Google's own backups remain residual."
            ),
        ),
        "exchange": Advice(
            "warning",
            mark(
                "This is Exchange: expunged mail stays in Recoverable Items for some weeks (14 days by "
                "default)."
            ),
            mark(
                "Have the administrator shorten RetainDeletedItemsFor, and set residual.mail_backup_days "
                "to at least that."
            ),
        ),
        "dovecot": Advice(
            "warning",
            mark(
                "This is Dovecot: where other programs read the mailbox too, its cache keeps their "
                "subjects and senders."
            ),
            mark(
                "Every night on the mail server: doveadm mailbox cache purge -u {user} '*'; or "
                "let only the bridge read this account."
            ),
        ),
    },
    "mailbox.clock": {
        "ok": Advice("ok", mark("The mail server's clock agrees with ours.")),
        "skew": Advice(
            "fault",
            mark("The mail server's clock differs from ours by {seconds} seconds."),
            mark("Switch time synchronisation on, here and there: timedatectl set-ntp true"),
        ),
    },
    "smtp.connection": {
        "ok": Advice("ok", mark("The server for outgoing mail can be reached and takes our log-in.")),
        "unreachable": Advice(
            "fault",
            mark("The server for outgoing mail can't be reached ({text})."),
            mark(
                "Check smtp.host, smtp.port and smtp.tls (implicit: 465, starttls: 587), the firewall, and "
                "that the server runs."
            ),
        ),
        "certificate": Advice(
            "fault",
            mark("The certificate of the server for outgoing mail is refused ({text})."),
            _CERTIFICATE,
        ),
        "login": Advice(
            "fault",
            mark("The server for outgoing mail refuses user name or password."),
            mark("Check smtp.username and the file that smtp.password_file names."),
        ),
        "unsupported": Advice(
            "fault",
            mark("The server for outgoing mail lacks STARTTLS or a log-in that the configuration asks for."),
            mark("Set smtp.tls: implicit with its port (465); without a log-in leave smtp.username out."),
        ),
        "plaintext": Advice("fault", mark("tls: none is allowed to this machine itself only."), _PLAIN),
    },
    "smtp.recipients": {
        "ok": Advice("ok", mark("Mail to operator and DPO would be taken.")),
        "refused": Advice(
            "fault",
            mark("Mail from us to {key} is refused ({text})."),
            mark(
                "Check the address under {key} and smtp.from; the server must relay for this machine (log "
                "in with smtp.username)."
            ),
        ),
    },
}
