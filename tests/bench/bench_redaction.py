"""Redaction: recall, leaks and speed, beside Presidio on the same mails in one run on one core.

    python -m tests.bench redaction

Presidio is measured when `presidio-analyzer` can be imported by the Python named in BENCH_PRESIDIO_PYTHON, or by
this one; it is no dependency of the bridge, not even for development.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bridge.message import Address, Message
from bridge.redact import redact
from bridge.redact.evaluate import evaluate, interval, table

SETS = Path(__file__).parents[1] / "redaction"
DENSE = 2000  # characters of the dense mails: several mails of the evaluation part, one after the other


def main() -> None:
    """Measure and print everything that docs/redaction.md claims."""
    entries = [json.loads(line) for line in (SETS / "eval.jsonl").read_text(encoding="utf-8").splitlines()]
    print("# Evaluation part, sender and recipients known\n\n" + table(evaluate(entries)))
    print("# The same, sender and recipients unknown\n\n" + table(evaluate(entries, headers=False)))
    plain, dense = [entry["body"] for entry in entries if entry["body"]], _dense(entries)
    ours = {name: _rate(mails) for name, mails in (("mails of the set", plain), ("dense mails", dense))}
    print("# Speed on one core, whole redaction of text mails, process time\n")
    for name, mails in (("mails of the set", plain), ("dense mails", dense)):
        size = sum(map(len, mails)) / len(mails)
        print(f"{name} ({size:.0f} characters): {ours[name]:.0f} mails/s")
        _peer(name, mails, ours[name], entries if name == "mails of the set" else [])
    _linear(dense)
    _start()


def _dense(entries: list[dict[str, Any]]) -> list[str]:
    mails, current = [], ""
    for entry in entries * 4:
        current += entry["body"] + "\n"
        if len(current) > DENSE:
            mails.append(current)
            current = ""
    return mails


def _rate(mails: list[str]) -> float:
    messages = [Message(text=mail, sender=Address("Max Muster", "max@muster.example")) for mail in mails]
    for message in messages:
        redact(message)
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        for message in messages:
            redact(message)
        best = max(best, len(messages) / (time.process_time() - began))
    return best


def _peer(name: str, mails: list[str], ours: float, entries: list[dict[str, Any]]) -> None:
    python = os.environ.get("BENCH_PRESIDIO_PYTHON", sys.executable)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as lines:
        lines.write("\n".join(json.dumps(mail) for mail in mails))
        lines.flush()
        command = [python, "-m", "tests.bench.presidio_rate", lines.name]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        print("  Presidio: not measured; set BENCH_PRESIDIO_PYTHON to a Python that has presidio-analyzer")
        return
    found = json.loads(answer.stdout.splitlines()[-1])
    for language in ("en", "de"):
        rate = found[language]["mails_per_second"]
        print(f"  Presidio ({language}): {rate:.0f} mails/s; the bridge is {ours / rate:.1f} times as fast")
        if entries:
            _peer_recall(language, found[language]["spans"], [entry for entry in entries if entry["body"]])
    print(f"  Presidio: import {found['import_seconds']:.1f} s, {found['megabytes']:.0f} MB")


def _peer_recall(language: str, spans: list[list[list[int]]], entries: list[dict[str, Any]]) -> None:
    """Count the values of the body that Presidio covers whole."""
    names = [0, 0]
    structured = [0, 0]
    for entry, hits in zip(entries, spans, strict=True):
        body = entry["body"]
        for value in entry["pii"]:
            at = body.find(value["text"])
            if at >= 0:
                count = names if value["type"] == "PERSON" else structured
                count[1] += 1
                count[0] += any(low <= at and at + len(value["text"]) <= high for low, high in hits)
    for kind, (good, total) in (("names", names), ("structured values", structured)):
        low, high = interval(good, total)
        print(
            f"  Presidio ({language}): recall of {kind} {good / max(1, total):.2f} ({low:.2f} to {high:.2f})"
        )


def _linear(mails: list[str]) -> None:
    print("\n# Length\n")
    text = "\n".join(mails)
    for size in (100_000, 1_000_000, 10_000_000):
        message = Message(text=(text * (size // len(text) + 1))[:size])
        began = time.process_time()
        redact(message)
        print(f"{size / 1e6:>5.1f} MB: {time.process_time() - began:.2f} s")


def _start() -> None:
    code = (
        "import time; t = time.perf_counter(); from bridge.redact import redact; i = time.perf_counter() - t;"
        "from bridge.message import Message; redact(Message(text='Hallo Max')); f = time.perf_counter() - t;"
        "print(i, f, [l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')][0])"
    )
    seconds, first, kilobytes = map(
        float, subprocess.check_output([sys.executable, "-c", code], text=True).split()
    )
    print(
        f"\n# Start\n\nimport {seconds:.2f} s; with the tables and a first mail {first:.2f} s; "
        f"{kilobytes / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
