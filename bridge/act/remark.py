"""Write an internal note of the bridge's own into a ticket of the case; nothing personal stands in it."""

from __future__ import annotations

from bridge.act.append import Append
from bridge.act.base import Job, StepError
from bridge.act.content import internal
from bridge.act.marks import living
from bridge.act.reasons import reason_text
from bridge.i18n import gettext as _
from bridge.otrs.model import NewArticle
from bridge.plan import PERSONAL, Step


class Remark(Append):
    """As Append, with a text by code; it names the ticket in which the request goes on, if there is one."""

    def _target(self, job: Job, step: Step) -> int:
        if step.args.get("ticket"):
            return int(step.args["ticket"])
        found = [one for one in living(job) if one.role == step.args["role"]]
        if not found:
            raise StepError("The case has no such ticket.", code="remark.no-ticket", permanent=True)
        return found[-1].ticket_id

    def _article(self, job: Job, step: Step) -> NewArticle:
        lines = [reason_text(step.args["text"])]
        if step.args["text"] == "taken-back":
            number = _goes_on(job)
            hook = job.tools.names.ticket_hook
            lines += (
                [_("The request goes on in {ticket}.").format(ticket=f"[{hook}{number}]")] if number else []
            )
        if step.args.get("until"):
            lines.append(_("Time limit: {day}").format(day=step.args["until"][:10]))
        if step.args.get("reason"):
            lines.append(
                _("Reason of the extension: {reason}").format(reason=_extension(step.args["reason"]))
            )
        return internal(_("Note of the bridge"), "\n".join(lines))


def _goes_on(job: Job) -> str:
    roles = ("stub", "handover") if job.plan.category in PERSONAL else ("full", "adopt")
    made = [job.created(role) for role in roles]
    numbers = [str(ids["number"]) for ids in made if ids and ids.get("number")]
    return numbers[0] if numbers else ""


def _extension(code: str) -> str:
    return {"complexity": _("complexity of the request"), "number": _("number of requests")}[code]
