"""Write an internal note, with a text of the workflow, into a ticket of the case."""

from __future__ import annotations

from bridge.act import content
from bridge.act.append import Append
from bridge.act.base import Job
from bridge.otrs.model import NewArticle
from bridge.plan import Step


class Note(Append):
    """As Append, but the text comes from the workflow."""

    def _article(self, job: Job, step: Step) -> NewArticle:
        return content.note(job, step)
