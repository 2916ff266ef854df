"""Redaction of a whole message: read, detect, replace, re-scan."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from bridge.message import Address, Message
from bridge.redact.detect import Knowledge, detect
from bridge.redact.hits import Hit
from bridge.redact.identities import from_header
from bridge.redact.markup import markup
from bridge.redact.model import Policy, Reading, RedactedAttachment, Redaction, Residual, Span
from bridge.redact.pseudonyms import Pseudonyms, introduced
from bridge.redact.reading import views
from bridge.redact.views import View, plain

_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "application/zip": "zip",
}


def redact(
    message: Message,
    *,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    known: Sequence[Address] = (),
    prior: Pseudonyms | None = None,
) -> Redaction:
    """Replace every personal value in every part of a message by a pseudonym.

    1. read: every part as a view, what can't be read is listed by place and kind only
    2. know: identities of the header and of `known` (the OTRS customer, members of staff)
    3. detect: values and names in all views, each name carried to all parts
    4. replace: what `policy` hides, the same pseudonym for the same value; `prior` continues the numbers of an
       earlier message of the ticket
    5. re-scan the output for every known name and value, and for values by shape; hits are `residual`, and then
       a person must look

    Never raises for whatever a message holds. Takes time linear in its length.
    """
    parts = views(message)
    identities = from_header(message, known)
    pseudonyms = introduced(identities.people, prior)
    detected, knowledge = detect(parts, identities)
    found = [
        [(hit, _replacement(pseudonyms, view, hit)) for hit in hits if policy.hides(hit.kind)]
        for view, hits in zip(parts, detected, strict=True)
    ]
    output = _output(message, parts, found, pseudonyms)
    return _with_residual(output, policy, knowledge)


def read(message: Message) -> tuple[Reading, ...]:
    """Give the decoded original of every part that spans can refer to."""
    return tuple(Reading(view.part, view.source) for view in views(message))


def kinds_of(message: Message, *, known: Sequence[Address] = ()) -> frozenset[str]:
    """Give the types of personal values that a message holds ("IBAN", "INVITE_CODE", …)."""
    found, _ = detect(views(message), from_header(message, known))
    return frozenset(hit.kind for hits in found for hit in hits)


def _replacement(pseudonyms: Pseudonyms, view: View, hit: Hit) -> str:
    return pseudonyms.replacement(hit.kind, view.text[hit.start : hit.end])


def _output(
    message: Message, parts: list[View], found: list[list[tuple[Hit, str]]], pseudonyms: Pseudonyms
) -> Redaction:
    texts: dict[str, str] = {}
    spans: list[Span] = []
    for view, hits in zip(parts, found, strict=True):
        is_markup = view.visible >= 0
        texts[view.part] = view.redacted(hits, _quoted if is_markup else str)
        if is_markup:
            texts[f"{view.part}/text"] = view.rendered(hits)
        spans += [Span(hit.kind, view.part, *view.bounds(hit.start, hit.end), new) for hit, new in hits]
    return Redaction(
        subject=texts["subject"],
        body=texts["body"] if "body" in texts else texts.get("html/text", "").strip("\n") + "\n",
        html=texts.get("html", ""),
        attachments=_attachments(message, texts),
        spans=tuple(spans),
        residual=(),
        pseudonyms=pseudonyms,
    )


def _quoted(text: str) -> str:
    return html.escape(text, quote=False)


def _attachments(message: Message, texts: dict[str, str]) -> tuple[RedactedAttachment, ...]:
    out = []
    for number, attachment in enumerate(message.attachments):
        text = texts.get(f"attachment:{number}")
        size, kind = len(attachment.content), attachment.content_type
        if text is None:
            name = f"Anhang-{number + 1}.{_EXTENSIONS.get(kind.lower(), 'bin')}"
            out.append(RedactedAttachment(name, "", kind, size, readable=False))
        else:
            out.append(RedactedAttachment(texts[f"filename:{number}"], text, kind, size, readable=True))
    return tuple(out)


def _with_residual(output: Redaction, policy: Policy, knowledge: Knowledge) -> Redaction:
    """Look once more, in the output, for all that is known now and for every value that its shape gives away.

    Parts without a span are as they were read, and all that was sought in them was sought with the same knowledge.
    """
    changed = {span.part for span in output.spans}
    parts: list[View] = []
    if "subject" in changed:
        parts.append(plain("subject", output.subject))
    if "body" in changed or "html" in changed:
        parts.append(plain("body", output.body))
    if "html" in changed:
        parts.append(markup("html", output.html))
    for number, attachment in enumerate(output.attachments):
        for part, text in (("attachment", attachment.text), ("filename", attachment.filename)):
            if f"{part}:{number}" in changed:
                parts.append(plain(f"{part}:{number}", text))
    residual = [
        Residual(hit.kind, view.part, *view.bounds(hit.start, hit.end))
        for view in parts
        for hit in knowledge.residual(view)
        if policy.hides(hit.kind)
    ]
    return replace(output, residual=tuple(residual)) if residual else output
