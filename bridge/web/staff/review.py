"""A review by the DPO: check a range of the log, look at a random sample, reconcile, sign; it becomes an entry."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, select

from bridge.deletion_log import reading
from bridge.deletion_log.audit import Verdict
from bridge.deletion_log.detail import Review, ReviewFinding
from bridge.deletion_log.entry import Draft, Entry
from bridge.deletion_log.export import verify_stored
from bridge.deletion_log.findings import FAULT
from bridge.deletion_log.patterns import NONCE, EntryError
from bridge.deletion_log.reading import LogState, Row
from bridge.deletion_log.store import append
from bridge.deletion_log.tables import entries
from bridge.deletion_log.words import Event, Result
from bridge.deletion_log.words import Role as LogRole
from bridge.i18n import gettext as _
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.limits import limiter
from bridge.web.login import for_roles
from bridge.web.ports import Controller
from bridge.web.staff.proof_state import ProofState, prove_row
from bridge.web.staff.reconciliation import Counts, reconcile

pages = Blueprint("review", __name__)
SAMPLE, MOST_SAMPLE = 10, 50


@dataclass(frozen=True, slots=True)
class Range:
    """What is reviewed: entries `first` up to (not including) `end`, and how the sample is drawn."""

    first: int
    end: int
    sample: int
    seed: str

    def draw(self) -> list[int]:
        """Draw the sample; the same seed draws the same one again (Python's random.Random(seed).sample)."""
        number = min(self.sample, self.end - self.first)
        return sorted(random.Random(self.seed).sample(range(self.first, self.end), number))  # noqa: S311


@dataclass(frozen=True, slots=True)
class Checked:
    """What the bridge found in a range. `sample` are the drawn entries with their proof states."""

    span: Range
    verdict: Verdict
    counts: Counts
    checkpoint_size: int
    sample: tuple[tuple[int, Entry | None, ProofState], ...]

    @property
    def faults(self) -> int:
        """Count the verifier's faults."""
        return sum(one.severity == FAULT for one in self.verdict.findings)

    @property
    def suggested(self) -> set[ReviewFinding]:
        """Return the findings that follow from the numbers."""
        codes = {one.code for one in self.verdict.findings}
        found = {
            ReviewFinding.VERIFIER_FAULT: self.faults > 0,
            ReviewFinding.COUNTS_DIFFER: bool(self.counts.intake_differs or self.counts.erasing_differs),
            ReviewFinding.UNVERIFIABLE_OPEN: "unverifiable-open" in codes,
            ReviewFinding.FAILED_OPEN: "failed-open" in codes,
            ReviewFinding.SAMPLE_DIFFERS: any(state.level == "bad" for _, _, state in self.sample),
        }
        return {finding for finding, holds in found.items() if holds}

    @property
    def fingerprint(self) -> str:
        """Name what was shown, so that exactly that is signed."""
        shown = repr((self.span, self.faults, self.counts, self.checkpoint_size, sorted(self.suggested)))
        return hashlib.sha256(shown.encode()).hexdigest()[:32]


@pages.get("/c/<controller>/review")
@for_roles(Role.DPO)
def prepare(controller: Controller) -> Any:
    """Ask what to review; by default what came after the last review."""
    with desk().journal.read() as connection:
        state = reading.latest(connection, controller.log.base)
        past = _reviews(connection, state) if state else []
    first = past[-1][1].end if past else 0
    return render_template(
        "staff/review.html",
        controller=controller,
        state=state,
        past=past[::-1],
        span=Range(
            min(first, state.size - 1) if state else 0,
            state.size if state else 0,
            SAMPLE,
            secrets.token_hex(16),
        ),
        wrong="",
    )


@pages.post("/c/<controller>/review/check")
@limiter.limit("10/minute")
@for_roles(Role.DPO)
def check(controller: Controller) -> Any:
    """Check the range and show all that is found; nothing is signed yet."""
    with desk().journal.read() as connection:
        state = reading.latest(connection, controller.log.base) or abort(404)
        span = _span(state)
        if span is None:
            text = _("Entries run from 0 to {last}; the range must not be empty.").format(last=state.size - 1)
            flash(text, "bad")
            return redirect(url_for("review.prepare", controller=controller.name), 303)
        checked = _check(connection, controller, state, span)
    return _page(controller, state, checked)


@pages.post("/c/<controller>/review/sign")
@limiter.limit("10/minute")
@for_roles(Role.DPO)
def sign(controller: Controller) -> Any:
    """Append the review to the log, if what was shown still holds; else show it anew."""
    with (
        desk().journal.read() as connection
    ):  # checking a long log takes a while and must not keep others waiting
        state = reading.latest(connection, controller.log.base) or abort(404)
        span = _span(state) or abort(400)
        checked = _check(connection, controller, state, span)
    if request.form.get("shown") != checked.fingerprint:
        flash(_("Something has changed since. Please look at it again before you sign."), "warn")
        return _page(controller, state, checked), 409
    faulty = request.form.get("sample_faults", type=int)
    if faulty is None or not 0 <= faulty <= len(checked.sample):
        abort(400)
    review = _review(checked, faulty, _findings())
    with desk().journal.write() as connection:
        index = append(connection, controller.log, _draft(controller, review), desk().now)
        written = reading.latest(connection, controller.log.base) or state
    flash(_("Your review is entry {index} of the log now.").format(index=index), "good")
    return redirect(url_for("log.entry", controller=controller.name, year=written.year, index=index), 303)


def _check(connection: Connection, controller: Controller, state: LogState, span: Range) -> Checked:
    now = desk().now()
    logs = reading.all_logs(connection, controller.log.base)
    verdict = verify_stored(connection, logs, [controller.log_key], now)[-1]
    left = reading.last_left(connection, state)
    drawn = []
    for index in span.draw():
        row = reading.row(connection, state, index)
        if row is not None:
            drawn.append((index, _readable(row), prove_row(connection, state, row, controller.log_key)))
    since, until = _time(connection, state, span.first), _time(connection, state, span.end - 1)
    counts = reconcile(
        connection, controller.name, controller.log.base, since, until + dt.timedelta(microseconds=1)
    )
    return Checked(span, verdict, counts, left[0] if left else 0, tuple(drawn))


def _review(checked: Checked, sample_faults: int, findings: tuple[ReviewFinding, ...]) -> Review:
    counts = checked.counts
    return Review(
        first=checked.span.first,
        end=checked.span.end,
        checkpoint_size=checked.checkpoint_size,
        verifier_faults=checked.faults,
        seed=checked.span.seed,
        sample=len(checked.sample),
        sample_faults=sample_faults,
        taken_in=counts.taken_in,
        tickets=counts.tickets,
        answers=counts.answers,
        filed=counts.filed,
        parked=counts.parked,
        forwarded=counts.forwarded,
        erased=counts.erased,
        held=counts.held,
        failed=counts.failed,
        findings=findings,
    )


def _draft(controller: Controller, review: Review) -> Draft:
    sound = not (review.findings or review.verifier_faults or review.sample_faults)
    return Draft(
        event=Event.REVIEW,
        event_time=desk().now(),
        result=Result.OK if sound and review.reconciled else Result.FAULTY,
        instance=controller.log.instance,
        version=controller.log.version,
        objects=review.end - review.first,
        ordered_by=LogRole.DPO,
        approved_by=LogRole.DPO,
        detail=review,
    )


def _reviews(connection: Connection, state: LogState) -> list[tuple[int, Review, dt.datetime]]:
    query = select(entries.c.position, entries.c.body).where(
        entries.c.log_id == state.id, entries.c.event == Event.REVIEW.value, entries.c.body.is_not(None)
    )
    found = []
    for row in connection.execute(query.order_by(entries.c.position)):
        entry = Entry.from_json(row.body)
        if isinstance(entry.detail, Review):
            found.append((row.position, entry.detail, entry.write_time))
    return found


def _span(state: LogState) -> Range | None:
    first, end = request.form.get("first", type=int), request.form.get("last", type=int)
    sample, seed = request.form.get("sample", SAMPLE, type=int), request.form.get("seed", "")
    if first is None or end is None or not 0 <= first <= end < state.size or not NONCE.fullmatch(seed):
        return None
    return Range(first, end + 1, max(0, min(sample, MOST_SAMPLE)), seed)


def _findings() -> tuple[ReviewFinding, ...]:
    wanted = set(request.form.getlist("findings"))
    return tuple(one for one in ReviewFinding if one.value in wanted)


def _time(connection: Connection, state: LogState, index: int) -> dt.datetime:
    row = reading.row(connection, state, index)
    entry = _readable(row) if row else None
    return entry.write_time if entry else dt.datetime(state.year, 1, 1, tzinfo=dt.UTC)


def _readable(row: Row) -> Entry | None:
    try:
        return row.entry
    except EntryError:
        return None


def _page(controller: Controller, state: LogState, checked: Checked) -> str:
    return render_template(
        "staff/review_check.html",
        controller=controller,
        state=state,
        checked=checked,
        counts=checked.counts,
        findings=list(ReviewFinding),
    )
