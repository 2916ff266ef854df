"""Check whole logs, alone: `log verify` and the DPO's `witness verify` both end here.

This module and everything that it imports need the standard library, cryptography and rfc8785 alone: no database,
nothing of the daemon. A test keeps it so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.deletion_log.audit import Audit, Verdict
from bridge.deletion_log.bundle import Bundle, BundleError, open_bundle, read_dropped
from bridge.deletion_log.detail import Link
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.findings import Finding, finding
from bridge.deletion_log.note import NoteError, VerifierKey, claimed
from bridge.deletion_log.patterns import LOG_ID, EntryError

Lines = Callable[[], AbstractContextManager[Iterator[bytes]]]


@dataclass(frozen=True, slots=True)
class Source:
    """One log to check: its origin, a way to read its lines (more than once), its checkpoints by name."""

    origin: str
    lines: Lines
    checkpoints: Mapping[str, str]


def verify_bundles(
    paths: Sequence[Path],
    keys: Sequence[VerifierKey],
    now: dt.datetime,
    checkpoints: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """Check exports, of one year or of several that hang together; the verdicts come oldest first.

    `keys` are those that the reader trusts; without any, the export's own are used and a notice says so.
    `checkpoints` are more of them, by name, such as the reader has kept himself: they are what makes tampering show.
    Raises BundleError when a path is no export.
    """
    bundles = [open_bundle(path) for path in paths]
    trusted = list(keys) or [key for bundle in bundles for key in bundle.keys]
    kept = checkpoints or {}
    sources = [_source(bundle, kept) for bundle in bundles]
    known = {source.origin for source in sources}
    foreign = [finding("checkpoint-other-log", origin=one) for one in _origins(kept) if one not in known]
    verdicts = verify_sources(sources, trusted, now)
    if not keys:
        shown = ", ".join(sorted({str(key) for key in trusted})) or "-"
        foreign.append(finding("no-key-given", key=shown))
    return [*verdicts[:-1], with_findings(verdicts[-1], *foreign)] if verdicts else []


def verify_sources(sources: Sequence[Source], keys: Sequence[VerifierKey], now: dt.datetime) -> list[Verdict]:
    """Check logs of one controller, oldest first.

    The link in a log's first entry is a checkpoint of the log before; so it is checked like any other there.
    Announced erasures that are open at the end of a year are looked for in the next.
    """
    ordered = sorted(sources, key=lambda source: source.origin)
    verdicts: list[Verdict] = []
    for at, source in enumerate(ordered):
        following = _link(ordered[at + 1]) if at + 1 < len(ordered) else ""
        verdict = _verify(source, keys, now, following, verdicts[-1] if verdicts else None)
        verdicts.append(verdict)
    return verdicts


def with_findings(verdict: Verdict, *more: Finding) -> Verdict:
    """Return the verdict with more findings."""
    return replace(verdict, findings=(*verdict.findings, *more))


def note_origin(note: str) -> str:
    """Return the origin that a note claims, unverified; "" when it is no checkpoint."""
    try:
        return claimed(note).origin
    except NoteError:
        return ""


def _verify(
    source: Source, keys: Sequence[VerifierKey], now: dt.datetime, following: str, before: Verdict | None
) -> Verdict:
    notes = dict(source.checkpoints)
    if following and note_origin(following) == source.origin:
        notes["(link in the log of the next year)"] = following
    linked = before is not None and before.origin.rpartition("/")[0] == source.origin.rpartition("/")[0]
    check = Audit(source.origin, keys, notes, now, before.still_open if before and linked else None)
    with source.lines() as lines:
        for line in lines:
            check.take(line)
    if check.link.checkpoint and not (before and note_origin(check.link.checkpoint) == before.origin):
        check.add("link-unchecked")
    verdict = check.finish()
    if following and note_origin(following) == source.origin:
        ended = claimed(following).size
        if verdict.size > ended:
            verdict = with_findings(verdict, finding("link-shorter", size=ended))
    return verdict


def _source(bundle: Bundle, kept: Mapping[str, str]) -> Source:
    origin = _bundle_origin(bundle)
    mine = {name: note for name, note in kept.items() if note_origin(note) == origin}
    return Source(origin, bundle.lines, {**bundle.checkpoints, **mine})


def _bundle_origin(bundle: Bundle) -> str:
    """Take the origin from the first entry; from a checkpoint when the first entry can't be read."""
    entry = _first_entry(bundle.lines)
    claimed = [entry.log] if entry else []
    claimed += [note_origin(note) for note in bundle.checkpoints.values()]
    found = next((one for one in claimed if LOG_ID.fullmatch(one)), None)
    if found is None:
        raise BundleError("neither entries nor checkpoints tell which log this is")
    return found


def _first_entry(lines: Lines) -> Entry | None:
    with lines() as opened:
        line = next(opened, b"")
    try:
        return None if read_dropped(line) else Entry.from_json(line)
    except EntryError:
        return None


def _link(source: Source) -> str:
    entry = _first_entry(source.lines)
    return entry.detail.checkpoint if entry and isinstance(entry.detail, Link) else ""


def _origins(notes: Mapping[str, str]) -> list[str]:
    return sorted({origin for note in notes.values() if (origin := note_origin(note))})
