"""What tickets and articles say: made from the request in memory, never kept. The same request gives the same text."""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Mapping
from typing import Any

from bridge.act.base import Job, StepError
from bridge.classify.urgency import Urgency, cues, title
from bridge.i18n import gettext as _
from bridge.message.model import Attachment
from bridge.message.text import own_text, readable
from bridge.otrs.model import NewArticle, NewAttachment, NewTicket
from bridge.otrs.normal import acceptable_attachments, acceptable_body, acceptable_subject, acceptable_title
from bridge.plan import Step
from bridge.redact import RedactedAttachment
from bridge.redact.model import Mode
from bridge.redact.strict import only_known_words
from bridge.workflow.model import Deadline, fill

REDACTED_CUSTOMER = "redacted@bridge.invalid"
BRIDGE_SENDER = "OTRS bridge <otrs-bridge@bridge.invalid>"
ORIGINAL = "original.eml"
KNOWN_TYPES = frozenset(mimetypes.types_map.values())
PRIORITIES = {
    "very low": "1 very low",
    "low": "2 low",
    "normal": "3 normal",
    "high": "4 high",
    "very high": "5 very high",
}


def new_ticket(job: Job, step: Step) -> NewTicket:
    """Make the ticket that a create step asks for; it carries BridgeRef."""
    args = step.args
    names = job.tools.names
    plain = args["redact"] == "none" and args["role"] != "parked"
    fields = {
        names.fields["ref"]: job.tools.secrets.reference(job.case.ref, step.key),
        names.fields["state"]: STATES.get(args["role"], "taken"),
        names.fields["category"]: "" if job.plan.undecided else job.plan.category,
    }
    pending = _pending(job, args)
    return NewTicket(
        title=_title(job, step),
        queue=names.queues[args["queue"]],
        customer_user=_customer(job) if plain else REDACTED_CUSTOMER,
        article=_full(job, args) if plain else _redacted(job, step),
        state="pending reminder" if pending else args["state"],
        priority=_priority(job, args["priority"]),
        pending_until=pending,
        fields={name: value for name, value in fields.items() if name and value},
    )


STATES = {"handover": "handed-over", "stub": "stub", "full": "taken", "admins": "taken", "parked": "parked"}


def follow_up(job: Job, step: Step) -> NewArticle:
    """Make the article that an append step asks for."""
    match step.args["as"]:
        case "full":
            return _full(job, {"attachments": True, "original": False})
        case "handover":
            return _full(job, {"attachments": True, "original": True})
        case "redacted":
            strict = step.args["role"] == "stub"
            return internal(_("Follow-up, redacted"), _redacted_text(job, "all", (), strict=strict))
        case "carry":
            return _carried(job, step)
        case "link":
            other = job.created(step.args["other"])
            number = other["number"] if other else "-"
            return internal(_("Redacted ticket for the admins"), f"[{job.tools.names.ticket_hook}{number}]")
        case _:
            made = job.created("stub") or job.created("handover") or job.created("full")
            number = f"[{job.tools.names.ticket_hook}{made['number']}]" if made else "-"
            text = _("A further mail on this ticket concerns personal data and takes its own way: {ticket}")
            return internal(_("Follow-up handed over"), text.format(ticket=number))


def _carried(job: Job, step: Step) -> NewArticle:
    """Take over what an admin answered visibly; OTRS mails it to the sender from the full ticket's queue."""
    otrs = job.tools.otrs
    answers = otrs.get_ticket(step.args["ticket"], articles=True, attachments=True).articles
    answer = next((a for a in answers if a.article_id == step.args["article"]), None)
    if answer is None:
        raise StepError("The answer is gone from the admins' ticket.", code="carry.gone", permanent=True)
    to = (
        otrs.get_ticket(job.receipts[step.key].attrs["ticket_id"]).customer_user
        if step.key in job.receipts
        else ""
    )
    files = [
        NewAttachment(a.filename, a.content_type, a.content) for a in answer.attachments if not a.content_id
    ]
    return NewArticle(
        subject=acceptable_subject(answer.subject, "-"),
        body=acceptable_body(answer.body, "-"),
        channel="Email",
        visible=True,
        from_=job.tools.wording.sender,
        to=to,
        send=True,
        attachments=acceptable_attachments(files),
    )


def note(job: Job, step: Step) -> NewArticle:
    """Make an internal note from a text of the case's workflow."""
    return internal(
        _("Note of the bridge"), workflow_text(job, str(step.args["workflow"]), str(step.args["text"]))
    )


def workflow_text(job: Job, workflow: str, key: str, language: str | None = None) -> str:
    """Return a workflow's text with its placeholders filled; "" when the workflow or the text is gone by now."""
    found = job.tools.workflows().named(workflow)
    if found is None or key not in found.texts:
        return ""
    wording = job.tools.wording
    language = language or wording.language
    made = job.created("full") or job.created("handover")
    text = found.text(key, language)
    values = {
        "ticket_number": str(made["number"]) if made else "",
        "deadline": _day(job.plan.due, language) if job.plan.due else "-",
        "controller": wording.controller,
    }
    if "{self_service}" in text:
        request = f"{job.message.subject}\n{own_text(job.message)}"
        values["self_service"] = wording.self_service(request, language)
    return fill(text, values)


def parked_text(code: str, place: str) -> str:
    """Say, without any content, what could not be done and where the original lies."""
    lines = [
        _("The bridge could not work this request and leaves it to a person."),
        _("Code: {code}").format(code=code),
        _("Place of the original: {place}").format(place=place),
        _("See: otrs-bridge cases list; after mending: otrs-bridge cases retry"),
    ]
    return "\n".join(lines)


def _title(job: Job, step: Step) -> str:
    if step.args["role"] == "parked":
        return _("Parked request ({code})").format(code=step.args["code"])
    match step.args["title"]:
        case "original":
            return acceptable_title(job.message.subject, _("(no subject)"))
        case "redacted":
            redaction = job.redaction("all", tuple(step.args["keep"]))
            if not redaction.clean:
                return _generic_title(job)
            shown = only_known_words(redaction.subject) if step.args["role"] == "stub" else redaction.subject
            if job.plan.category == "technical":
                shown = f"{title(cues(job.message))} – {shown}"
            return acceptable_title(shown, _("(no subject)"))
        case _:
            return _generic_title(job)


def _generic_title(job: Job) -> str:
    return _("Request ({category})").format(category=job.plan.category)


def _customer(job: Job) -> str:
    sender = job.message.sender
    return sender.email if sender and sender.email else REDACTED_CUSTOMER


def _full(job: Job, args: Mapping[str, Any]) -> NewArticle:
    message = job.message
    sender = message.sender
    attachments = [_new(a) for a in message.attachments] if args["attachments"] else []
    if args["original"]:
        attachments.append(NewAttachment(ORIGINAL, "message/rfc822", job.request.original))
    shown = (
        f'"{_quoted(sender.name)}" <{sender.email}>'
        if sender and sender.name
        else sender.email
        if sender
        else ""
    )
    return NewArticle(
        subject=acceptable_subject(message.subject, _("(no subject)")),
        body=acceptable_body(readable(message), _("(no text)")),
        channel="Email",
        sender_type="customer",
        visible=True,
        from_=shown or BRIDGE_SENDER,
        to=job.tools.wording.sender,
        attachments=acceptable_attachments(attachments),
    )


def _quoted(name: str) -> str:
    return name.replace("\\", "").replace('"', "'").replace("\r", " ").replace("\n", " ")


def _new(attachment: Attachment) -> NewAttachment:
    charset = f"; charset={attachment.charset}" if attachment.charset else ""
    return NewAttachment(attachment.filename, attachment.content_type + charset, attachment.content)


def _redacted(job: Job, step: Step) -> NewArticle:
    if step.args["role"] == "parked":
        return internal(_title(job, step), parked_text(step.args["code"], step.args["place"]))
    strict = step.args["role"] == "stub"
    text = _redacted_text(job, step.args["redact"], tuple(step.args["keep"]), strict=strict)
    if step.args["role"] == "admins":
        text = _admins_head(job) + text
    return internal(_title(job, step), text)


def _admins_head(job: Job) -> str:
    full = job.created("full") or job.created("adopt")
    if full is None or not full.get("number"):
        return ""
    line = _("Redacted. Support has the full ticket: {ticket}").format(
        ticket=f"[{job.tools.names.ticket_hook}{full['number']}]"
    )
    return f"{line}\n\n"


def _redacted_text(job: Job, mode: Mode, keep: tuple[str, ...], *, strict: bool) -> str:
    """Give the redacted request; `strict`, for stubs, leaves nothing but plain vocabulary."""
    redaction = job.redaction(mode, keep)
    if not redaction.clean:
        # Fail towards people: what could not be surely redacted is not shown at all.
        return _("This request could not be redacted surely, so its text is not shown here.")
    listed = "\n".join(_listed(one) for one in redaction.attachments)
    files = f"\n\n{_('Attachments (not shown here):')}\n{listed}" if listed else ""
    shown = only_known_words if strict else str
    subject = _("Subject: {subject}").format(subject=shown(redaction.subject))
    return f"{subject}\n\n{shown(redaction.body).strip() or _('(no text)')}{files}"


def _listed(attachment: RedactedAttachment) -> str:
    size = max(1, round(attachment.size / 1024))
    # The type is the sender's to write, so only listed ones are repeated.
    kind = attachment.content_type if attachment.content_type in KNOWN_TYPES else "application/octet-stream"
    return f"- {kind}, {size} KiB"


def internal(subject: str, body: str) -> NewArticle:
    """Make an internal article in the bridge's own name, about which no agent is notified."""
    return NewArticle(
        subject=acceptable_subject(subject, "-"),
        body=acceptable_body(body, "-"),
        from_=BRIDGE_SENDER,
        notify_agents=False,
    )


def _priority(job: Job, wanted: str) -> str:
    if wanted == "by cue":
        by_cue = {Urgency.OUTAGE: "very high", Urgency.ERROR: "high", Urgency.QUESTION: "normal"}
        wanted = by_cue[cues(job.message).urgency]
    return PRIORITIES[wanted]


def _pending(job: Job, args: Mapping[str, Any]) -> dt.datetime | None:
    kept = args.get("pending")
    if not kept:
        return None
    end = Deadline(months=kept["months"], days=kept["days"]).end(job.case.received)
    return max(end, job.case.received + dt.timedelta(minutes=1))


def _day(moment: dt.datetime, language: str) -> str:
    return moment.strftime("%d.%m.%Y" if language == "de" else "%-d %B %Y")
