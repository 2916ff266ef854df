"""Evaluation: how much of what a labelled set of mails holds is found, and how much else is lost.

Format of a set: JSON lines with id, lang, category, from_name, from_addr, to, subject, date, headers, body, html,
attachments (filename, content_type, text), pii (text, type) and keep.
"""

from __future__ import annotations

import email.utils
import html
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.message import Address, Attachment, Message
from bridge.redact.model import Redaction
from bridge.redact.redaction import read, redact

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class MailResult:
    """What happened to one mail. `missed` are indexes of its pii, `lost` of its keep: never the values."""

    id: str
    missed: tuple[int, ...]
    lost: tuple[int, ...]
    over: int
    size: int
    true_spans: int
    spans: int
    residual: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one set. `found` and `total` count values by type."""

    found: Mapping[str, int]
    total: Mapping[str, int]
    mails: tuple[MailResult, ...] = field(repr=False)
    keep_total: int

    def recall(self, *types: str) -> float:
        """Give the share of values found, of the named types or of all."""
        chosen = types or tuple(self.total)
        total = sum(self.total.get(kind, 0) for kind in chosen)
        return sum(self.found.get(kind, 0) for kind in chosen) / total if total else 1.0

    @property
    def structured(self) -> tuple[str, ...]:
        """Give all types but names."""
        return tuple(kind for kind in self.total if kind != "PERSON")

    @property
    def leak_free(self) -> float:
        """Give the share of mails in which no value was missed."""
        return sum(not mail.missed for mail in self.mails) / max(1, len(self.mails))

    @property
    def over_redacted(self) -> float:
        """Give the share of all characters that were redacted without being personal."""
        return sum(mail.over for mail in self.mails) / max(1, sum(mail.size for mail in self.mails))

    @property
    def kept(self) -> float:
        """Give the share of the strings that must survive and did."""
        return 1 - sum(len(mail.lost) for mail in self.mails) / max(1, self.keep_total)

    @property
    def f2(self) -> float:
        """Give F2, which weighs recall of values four times as much as precision of spans."""
        precision = sum(mail.true_spans for mail in self.mails) / max(
            1, sum(mail.spans for mail in self.mails)
        )
        recall = self.recall()
        return 5 * precision * recall / max(1e-9, 4 * precision + recall)


def message_of(entry: Mapping[str, Any], *, headers: bool = True) -> Message:
    """Make the message of one labelled mail; without headers, nothing is known of its sender."""
    attachments = tuple(
        Attachment(each["filename"], each["content_type"], each["text"].encode(), "utf-8")
        for each in entry.get("attachments", ())
    )
    return Message(
        subject=entry["subject"],
        text=entry["body"],
        html=entry.get("html", ""),
        attachments=attachments,
        sender=Address(entry["from_name"], entry["from_addr"]) if headers else None,
        to=tuple(Address(*pair) for pair in email.utils.getaddresses([entry["to"]])) if headers else (),
    )


def evaluate(entries: Iterable[Mapping[str, Any]], *, headers: bool = True) -> Evaluation:
    """Redact every mail of a set and compare. A value counts as found when it stands in no part of the output."""
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    results = []
    keep_total = 0
    for entry in entries:
        result = _judge(entry, redact(message_of(entry, headers=headers)), headers)
        results.append(result)
        keep_total += len(entry["keep"])
        for number, value in enumerate(entry["pii"]):
            total[value["type"]] += 1
            found[value["type"]] += number not in result.missed
    return Evaluation(found, total, tuple(results), keep_total)


def output_of(redaction: Redaction) -> str:
    """Join everything that a reader of the redacted message can see."""
    pieces = [redaction.subject, redaction.body, redaction.html, html.unescape(_TAG.sub("", redaction.html))]
    pieces += [f"{each.filename}\n{each.text}" for each in redaction.attachments]
    return "\n".join(pieces)


def leaked(value: str, output: str) -> bool:
    """Tell whether a value still stands in an output as a whole word."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", output) is not None


def _judge(entry: Mapping[str, Any], redaction: Redaction, headers: bool) -> MailResult:
    output = output_of(redaction)
    lost = tuple(number for number, keep in enumerate(entry["keep"]) if keep not in output)
    rest = output
    for keep in sorted(entry["keep"], key=len, reverse=True):
        rest = rest.replace(keep, "\n")
    missed = tuple(number for number, value in enumerate(entry["pii"]) if leaked(value["text"], rest))
    over, size, hits, spans = _over(entry, redaction, headers)
    return MailResult(entry["id"], missed, lost, over, size, hits, spans, len(redaction.residual))


def _over(entry: Mapping[str, Any], redaction: Redaction, headers: bool) -> tuple[int, int, int, int]:
    """Count redacted characters that belong to no labelled value, all characters, and right and all spans."""
    sources = {reading.part: reading.text for reading in read(message_of(entry, headers=headers))}
    counted = [
        part
        for part in sources
        if not part.startswith("filename") and (part != "html" or "body" not in sources)
    ]
    values = [value["text"] for value in entry["pii"]] + [entry["from_name"], entry["from_addr"]]
    over = hits = spans = 0
    for span in redaction.spans:
        if span.part not in counted:
            continue
        text = sources[span.part][span.start : span.end]
        loose = _loose(html.unescape(_TAG.sub("", text)) if span.part == "html" else text, values)
        over += loose
        spans += 1
        hits += loose * 2 <= span.end - span.start
    size = sum(len(_TAG.sub("", sources[part]) if part == "html" else sources[part]) for part in counted)
    return over, size, hits, spans


def _loose(text: str, values: Sequence[str]) -> int:
    """Count the letters and digits of a redacted text that no labelled value explains."""
    low = " ".join(text.lower().split())
    if any(low in value.lower() for value in values):
        return 0
    for value in sorted(values, key=len, reverse=True):
        if value:
            low = low.replace(value.lower(), "")
    words = {word for value in values for word in re.findall(r"\w+", value.lower())}
    return sum(
        len(word) for word in re.findall(r"\w+", low) if word not in words and word.rstrip("s") not in words
    )


def interval(found: int, total: int) -> tuple[float, float]:
    """Give the 95 % confidence interval of a share (Wilson score)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.96, found / total
    middle, width = p + z * z / (2 * total), z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return (middle - width) / (1 + z * z / total), (middle + width) / (1 + z * z / total)


def table(evaluation: Evaluation) -> str:
    """Set the figures as a text table: recall by type with confidence intervals, then the figures of the set."""
    rows = [f"{'type':<14}{'found':>7}{'of':>6}{'recall':>9}   95 % interval"]
    for kind in [*sorted(evaluation.total), "structured", "all"]:
        types = {"structured": evaluation.structured, "all": tuple(evaluation.total)}.get(kind, (kind,))
        total = sum(evaluation.total[each] for each in types)
        found = sum(evaluation.found[each] for each in types)
        low, high = interval(found, total)
        rows.append(f"{kind:<14}{found:>7}{total:>6}{found / max(1, total):>9.3f}   {low:.3f} to {high:.3f}")
    residual = sum(bool(mail.residual) for mail in evaluation.mails)
    rows += [
        "",
        f"mails                  {len(evaluation.mails)}",
        f"mails without a leak   {evaluation.leak_free:.3f}",
        f"F2                     {evaluation.f2:.3f}",
        f"over-redacted          {evaluation.over_redacted:.4f} of the characters",
        f"strings kept           {evaluation.kept:.3f} of {evaluation.keep_total}",
        f"sent to a person       {residual} (a hit of the re-scan)",
    ]
    return "\n".join(rows) + "\n"


def figures(evaluation: Evaluation) -> dict[str, object]:
    """Give the same figures for programs."""
    kinds = {kind: [evaluation.found[kind], total] for kind, total in sorted(evaluation.total.items())}
    return {
        "types": kinds,
        "recall": evaluation.recall(),
        "structured": evaluation.recall(*evaluation.structured),
        "leak_free": evaluation.leak_free,
        "f2": evaluation.f2,
        "over_redacted": evaluation.over_redacted,
        "kept": evaluation.kept,
        "mails": len(evaluation.mails),
    }
