"""Classify a message: headers first, then cues and the linear model together, then doubt."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bridge.classify.classification import CATEGORIES, UNREAD, Classification, Reason
from bridge.classify.headers import PROOF, Signal, signals
from bridge.classify.model import Model, shipped, softmax
from bridge.classify.reading import Reading, read
from bridge.classify.rules import Hit, find, scores
from bridge.i18n import gettext as _
from bridge.message import Message

SURE = 0.45
"""Below this probability a person decides."""
DOUBT_PERSONAL = 0.07
"""Data protection and membership lean to recall: with this share for one that was not chosen, a person decides."""
DOUBT_CUED = 0.004
"""The same where strong cues speak for it (`PERSONAL_CUES`)."""
PERSONAL_CUES = {"data-protection": 1.5, "membership": 3.2}
SURE_UNREAD = 0.90
"""Below this for automated and spam together a mail without telling headers is not filed unread."""
LITTLE_SAID = 0.3
"""The most that a mail of hardly any words and no cue is worth."""
RULES_MARGIN = 3.0
"""The cues alone decide when the best category leads the next by this much."""
BESIDE = 2.6
"""Cues of this strength for a second category make it a second concern."""
_TOP_REASONS = 4


def classify(
    message: Message,
    *,
    redacted: str | None = None,
    own_addresses: Collection[str] = (),
    model: Model | None = None,
) -> Classification:
    """Say what a message is about, how sure that is, and why.

    Steps: (1) headers that prove automated mail decide, unless the text reads like a person's concern;
    (2) cues and linear model are weighed together, header signals added to `automated`; (3) unsure, two concerns,
    or a mail that would be filed unread without proof: `review`. `redacted` is the redacted subject, a line end
    and the redacted body: the model then reads that instead of the message. Never raises for a parsed message.
    """
    reading = read(message)
    hits = find(reading)
    found = signals(message, own_addresses)
    logits = list((model or shipped()).logits(reading, hits, redacted))
    evidence = sum(signal.weight for signal in found)
    if evidence >= PROOF:
        return _by_headers(reading, hits, found, logits)
    logits[CATEGORIES.index("automated")] += evidence
    return _by_text(reading, hits, found, softmax(logits))


def _by_headers(
    reading: Reading, hits: Sequence[Hit], found: Sequence[Signal], logits: list[float]
) -> Classification:
    by_text = softmax(logits)
    best = CATEGORIES[max(range(len(by_text)), key=by_text.__getitem__)]
    concern = best not in UNREAD and by_text[CATEGORIES.index(best)] >= 0.8
    decisive = any(signal.weight >= 6.0 for signal in found)
    doubtful = concern and not decisive and not any(hit.category == "automated" for hit in hits)
    return Classification(
        category="automated",
        confidence=0.7 if doubtful else 0.99,
        decided_by="headers",
        reasons=tuple(Reason(s.code, _(s.text), s.weight) for s in found),
        review=doubtful,
        runner_up=best if best != "automated" else None,
        concerns=("automated", best) if doubtful else ("automated",),
        language=reading.language,
    )


def _by_text(
    reading: Reading, hits: tuple[Hit, ...], found: Sequence[Signal], shares: Sequence[float]
) -> Classification:
    order = sorted(range(len(CATEGORIES)), key=lambda n: -shares[n])
    category, runner_up = CATEGORIES[order[0]], CATEGORIES[order[1]]
    confidence = shares[order[0]]
    if not hits and not found and _says_little(reading):
        confidence = min(confidence, LITTLE_SAID)
    by_rules = _rules_choice(hits)
    beside = _concerns(category, hits, shares)
    return Classification(
        category=category,
        confidence=round(confidence, 4),
        decided_by="rules" if by_rules == category else "model",
        reasons=_reasons(category, confidence, hits, found),
        review=confidence < SURE or _doubt(category, shares, scores(hits)) or len(beside) > 1,
        runner_up=runner_up,
        concerns=beside,
        language=reading.language,
    )


def _doubt(category: str, shares: Sequence[float], sums: Sequence[float]) -> bool:
    share = dict(zip(CATEGORIES, shares, strict=True))
    if category in UNREAD:
        return sum(share[name] for name in UNREAD) < SURE_UNREAD
    if share[category] < SURE:
        return True
    return any(
        share[name] >= DOUBT_PERSONAL or (share[name] >= DOUBT_CUED and sums[CATEGORIES.index(name)] >= least)
        for name, least in PERSONAL_CUES.items()
        if name != category
    )


def _says_little(reading: Reading) -> bool:
    return sum(len(word) > 2 for word in f"{reading.folded_subject} {reading.folded}".split()) < 4


def _rules_choice(hits: tuple[Hit, ...]) -> str | None:
    sums = scores(hits)
    best, second = sorted(sums, reverse=True)[:2]
    return CATEGORIES[sums.index(best)] if best - second >= RULES_MARGIN else None


def _concerns(category: str, hits: tuple[Hit, ...], shares: Sequence[float]) -> tuple[str, ...]:
    """Name the categories that stand side by side: a strong cue and a share of their own."""
    sums = scores(hits)
    others = [
        name
        for n, name in enumerate(CATEGORIES)
        if name != category
        and name not in UNREAD
        and name != "other"
        and sums[n] >= BESIDE
        and shares[n] >= 0.15
    ]
    return (category, *others)


def _reasons(
    category: str, confidence: float, hits: tuple[Hit, ...], found: Sequence[Signal]
) -> tuple[Reason, ...]:
    reasons = [
        Reason(hit.cue.code, _(hit.cue.reason), round(hit.weight, 2))
        for hit in hits
        if hit.category == category
    ]
    if category == "automated":
        reasons += [Reason(signal.code, _(signal.text), signal.weight) for signal in found]
    reasons.sort(key=lambda reason: -reason.weight)
    wording = Reason(
        "model.wording", _("its wording resembles earlier requests of this category"), round(confidence, 2)
    )
    return (
        (*reasons[:_TOP_REASONS], wording)
        if confidence >= 0.3 or not reasons
        else tuple(reasons[:_TOP_REASONS])
    )
