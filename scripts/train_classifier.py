"""Train the shipped classifier from the labelled set in the repository; the same set gives the same bytes.

    python scripts/train_classifier.py             train, write bridge/classify/model.json.gz
    python scripts/train_classifier.py --check     train, and fail unless the shipped file is the same
    python scripts/train_classifier.py --figures   only measure the shipped model on the evaluation part

Training looks at tests/classification/train.jsonl only; tests/classification/eval.jsonl was written apart.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bridge.classify import CATEGORIES, UNREAD, classify  # noqa: E402
from bridge.classify.fitting import Example, cross_validate, example, fit, variants  # noqa: E402
from bridge.classify.model import SHIPPED, loads  # noqa: E402
from bridge.classify.training import EXAMPLES  # noqa: E402
from bridge.message import Address, Message  # noqa: E402
from bridge.message.text import readable  # noqa: E402

SETS = ROOT / "tests" / "classification"
MODEL = ROOT / "bridge" / "classify" / SHIPPED


def read_set(path: Path) -> Iterator[tuple[dict[str, Any], Message]]:
    """Read a labelled set: one JSON object a line, with category, subject, body or html, and some headers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        yield fields, as_message(fields)


def as_message(fields: dict[str, Any]) -> Message:
    """Build the message of a labelled line."""
    return Message(
        subject=fields["subject"],
        text=fields["body"],
        html=fields.get("html", ""),
        sender=Address(fields["from_name"], fields["from_addr"]),
        headers={name.lower(): (value,) for name, value in fields.get("headers", {}).items()},
    )


def redacted(fields: dict[str, Any], text: str) -> str:
    """Take out what was filled in as personal data, as redaction would."""
    for value in sorted(fields.get("pii", ()), key=len, reverse=True):
        text = text.replace(value, " ")
    return text


def training_part() -> list[Example]:
    """Read the training part, redacted, each text with its variants."""
    examples = []
    rows = list(read_set(SETS / "train.jsonl"))
    counts = Counter(fields["category"] for fields, _ in rows)
    for source, (fields, message) in enumerate(rows):
        share = (len(rows) / len(counts) / counts[fields["category"]]) ** 0.5
        for n, variant in enumerate(variants(message)):
            clean = Message(
                subject=redacted(fields, variant.subject),
                text=redacted(fields, variant.text),
                html=redacted(fields, variant.html),
                sender=variant.sender,
            )
            examples.append(
                example(clean, fields["category"], source=source, weight=share if n == 0 else share / 2)
            )
    return examples


def shipped_set() -> bytes:
    """Give the redacted training part as it is shipped for training again with corrected tickets."""
    lines = [
        json.dumps(
            {
                "category": fields["category"],
                "subject": redacted(fields, fields["subject"]),
                "text": redacted(fields, fields["body"]) or readable(message),
            },
            ensure_ascii=False,
        )
        for fields, message in read_set(SETS / "train.jsonl")
    ]
    return gzip.compress("\n".join(lines).encode("utf-8"), mtime=0)


def figures(path: Path) -> str:
    """Measure the shipped model: accuracy, recall with review counted as caught, review share, speed."""
    rows = list(read_set(path))
    began = time.perf_counter()
    results = [(fields["category"], classify(message)) for fields, message in rows]
    seconds = time.perf_counter() - began
    lines = [
        f"mails {len(rows)}",
        f"accuracy {sum(want == got.category for want, got in results) / len(rows):.3f}",
        f"review share {sum(got.review for _, got in results) / len(rows):.3f}",
        f"mails a second {len(rows) / seconds:.0f}",
    ]
    for name in CATEGORIES:
        mine = [got for want, got in results if want == name]
        hit = sum(got.category == name for got in mine) / max(1, len(mine))
        caught = sum(got.category == name or got.review for got in mine) / max(1, len(mine))
        lines.append(f"{name}: {len(mine)} mails, recall {hit:.3f}, with review {caught:.3f}")
    lost = sum(want not in UNREAD and got.category in UNREAD and not got.review for want, got in results)
    lines.append(f"people's mail filed unread: {lost}")
    lines += [
        f"  wrong: {fields['id']} is {want}, taken for {got.category} ({got.confidence:.2f}, review {got.review})"
        for (fields, _), (want, got) in zip(rows, results, strict=True)
        if want != got.category
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main() -> int:
    """Train, check or measure, as asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--set", type=Path, default=SETS / "eval.jsonl")
    options = parser.parse_args()
    if not options.figures:
        examples = training_part()
        right = [
            max(range(9), key=scores.__getitem__) == CATEGORIES.index(e.category)
            for e, scores in cross_validate(examples)
        ]
        texts = len({e.source for e in examples})
        _say(f"training texts {texts}, cross-validated accuracy {sum(right) / len(right):.3f}")
        content = fit(examples, origin={"set": "tests/classification/train.jsonl", "texts": texts})
        loads(content)
        if options.check:
            same = MODEL.read_bytes() == content
            _say("the shipped model is the same" if same else "the shipped model differs")
            return 0 if same else 1
        MODEL.write_bytes(content)
        MODEL.with_name(EXAMPLES).write_bytes(shipped_set())
        _say(f"wrote {len(content)} bytes")
    _say(figures(options.set))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
