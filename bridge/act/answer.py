"""Send the automatic answer of a standard process (RFC 3834).

SMTP has no way to ask whether a mail was taken. The Message-ID is deterministic, the attempt is journalled before
anything leaves, and an unclear end parks the case: a person may answer twice, the bridge never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job, StepError
from bridge.act.content import workflow_text
from bridge.journal import answers, threads
from bridge.message.compose import Draft, compose, reply_references, reply_subject
from bridge.message.model import Address
from bridge.plan import Step

LANGUAGES = ("de", "en")


class AnswerSender:
    """Send one answer to the sender of the request."""

    repeatable = False

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Nothing has to be known before; that the attempt was begun is what counts."""
        return {}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """An attempt that was begun and has no receipt may have gone out: never again by itself."""
        raise StepError("It is unclear whether the answer went out.", code="answer.unclear", permanent=True)

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Hand the answer to the SMTP server, with a null envelope sender."""
        message_id = self._message_id(job, step)
        message = job.message
        to = (message.reply_to or ((message.sender,) if message.sender else ()))[:1]
        if not to or not to[0].email:
            raise StepError("There is nobody to answer.", code="answer.nobody", permanent=True)
        raw = compose(
            Draft(
                sender=Address(job.tools.wording.controller, job.tools.wording.sender),
                to=to,
                subject=reply_subject(message.subject),
                text=self._text(job, step),
                message_id=message_id,
                date=job.now(),
                in_reply_to=message.message_id,
                references=reply_references(message),
            )
        )
        job.tools.smtp.send(raw, sender="", recipients=[to[0].email])
        return {"sent": 1}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The server's 250 to DATA is all there is."""
        return attrs

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Count the answer for the caps, and know its Message-ID so that a reply finds its case."""
        if job.case.sender:
            answers.note(connection, job.tools.controller, job.case.sender, str(step.args["text"]), job.now())
        hashed = job.tools.secrets.message(self._message_id(job, step))
        threads.add_message(connection, hashed, job.case.id)

    def _message_id(self, job: Job, step: Step) -> str:
        host = job.tools.wording.sender.rpartition("@")[2] or "otrs-bridge.invalid"
        return f"<{job.tools.secrets.reference(job.case.ref, step.key)[:40]}@{host}>"

    def _text(self, job: Job, step: Step) -> str:
        language = str(step.args.get("language") or job.tools.wording.language)
        language = language if language in LANGUAGES else job.tools.wording.language
        text = workflow_text(job, str(step.args["workflow"]), str(step.args["text"]), language)
        if not text.strip():
            raise StepError("The workflow has no such text now.", code="answer.no-text", permanent=True)
        return text
