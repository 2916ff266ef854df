"""Read what a person filled in; everything that is wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

from bridge.i18n import gettext as _
from bridge.i18n import ngettext
from bridge.message.encode import ComposeError, ascii_email
from bridge.message.model import Attachment
from bridge.web.form.questions import Question, Topic, questions_of
from bridge.web.memory import MOST_FILES

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\]]{2,}")
TRAP = "website"
"""A field that people don't see. Whoever fills it in is told, never silently dropped: it may be a person after all."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in; `wrong` maps fields to what is wrong with them, in the order of the form."""

    topic: Topic
    values: Mapping[str, str] = field(repr=False)
    files: tuple[Attachment, ...] = field(repr=False)
    wrong: Mapping[str, str]


def read(topic: Topic, fields: Mapping[str, str], uploads: Iterable[FileStorage], most_bytes: int) -> Filled:
    """Read and check all fields and files of a topic; `most_bytes` is for all files together."""
    values = {question.name: _clean(question, fields) for question in questions_of(topic)}
    wrong = {
        question.name: text
        for question in questions_of(topic)
        if (text := _complaint(question, values[question.name]))
    }
    files = tuple(_files(uploads)) if topic.files else ()
    if text := _too_much(files, most_bytes):
        wrong["files"] = text
    if fields.get(TRAP):
        wrong[TRAP] = _("Please leave this field empty. It is there to keep out programs that send spam.")
    return Filled(topic, values, files, wrong)


def _clean(question: Question, fields: Mapping[str, str]) -> str:
    text = fields.get(question.name, "").replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text).strip()
    return text if question.kind == "long" else " ".join(text.split())


def _complaint(question: Question, value: str) -> str:
    if not value:
        return _("Please fill this in.") if question.required else ""
    if len(value) > question.most:
        return _("That is too long: at most {number} characters.").format(number=question.most)
    if question.kind == "email" and not _is_address(value):
        return _("This is no e-mail address such as name@example.org.")
    if question.kind == "choice" and value not in question.choices:
        return _("Please choose one of the answers.")
    return ""


def _is_address(value: str) -> bool:
    try:
        ascii_email(value, "From")
    except ComposeError:
        return False
    return bool(_EMAIL.fullmatch(value))


def _files(uploads: Iterable[FileStorage]) -> Iterable[Attachment]:
    for upload in uploads:
        if upload.filename:
            name = re.split(r"[/\\]", upload.filename)[-1][:120]
            yield Attachment(name, (upload.content_type or "")[:120], upload.stream.read())


def _too_much(files: tuple[Attachment, ...], most_bytes: int) -> str:
    if len(files) > MOST_FILES:
        few = ngettext("At most {number} file, please.", "At most {number} files, please.", MOST_FILES)
        return few.format(number=MOST_FILES)
    if sum(len(one.content) for one in files) > most_bytes:
        return _("The files are too large: at most {number} MB together.").format(
            number=megabytes(most_bytes)
        )
    return ""


def megabytes(number: int) -> int:
    """Say a number of bytes in whole megabytes, not more than it is."""
    return number // 1_000_000
