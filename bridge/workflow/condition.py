"""For which requests a workflow is meant: facts about one request, and conditions on them. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields

CATEGORIES = (
    "data-protection",
    "membership",
    "joining-leaving",
    "login",
    "technical",
    "new-instance",
    "other",
    "automated",
    "spam",
)
SOURCES = ("mail", "form", "otrs")
# Types of personal data, as redaction spells them; files spell them in lower case.
TYPES = (
    "PERSON", "EMAIL", "PHONE", "ADDRESS", "CITY_ZIP", "BIRTHDATE", "IBAN", "CARD_NO", "TAX_ID", "INSURANCE_NO",
    "ID_CARD", "MEMBER_NO", "INVITE_CODE", "PASSWORD", "IP", "HANDLE", "URL_PERSONAL", "PLATE",
)  # fmt: skip
SECRETS = frozenset({"PASSWORD", "INVITE_CODE"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may look at. Lives in memory only.

    `candidates` are the two likeliest categories, the chosen one first; empty means only the chosen one.
    `contains` holds types of personal data found (see `TYPES`). `received` is the server's receipt, in the
    time zone that the operator's hours are meant in. `sender_domain` is lower case, without `@`.
    """

    category: str
    confidence: float = 1.0
    review: bool = False
    candidates: tuple[str, ...] = ()
    language: str = ""
    sender_domain: str = ""
    has_attachments: bool = False
    contains: frozenset[str] = frozenset()
    source: str = "mail"
    subject: str = field(default="", repr=False)
    received: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of day on some weekdays (0 is Monday). With `end` not after `start` it spans midnight."""

    start: dt.time = dt.time(0)
    end: dt.time = dt.time(0)
    days: frozenset[int] = frozenset(range(7))

    def hold(self, moment: dt.datetime) -> bool:
        """Tell whether `moment` lies inside. After midnight, the day on which the span began counts."""
        time, day = moment.time(), moment.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= time < self.end
        if time >= self.start:
            return day in self.days
        return time < self.end and (day - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class Condition:
    """What a request must be like. Empty fields demand nothing; all that is set must hold.

    Within a field any one value suffices (`contains: [iban, password]` means either). `review` is never
    "don't care": a workflow is either for requests that the bridge is sure of, or for those that a person
    has to look at first.
    """

    categories: frozenset[str] = frozenset()
    review: bool = False
    candidates: frozenset[str] = frozenset()
    confidence_at_least: float = 0.0
    languages: frozenset[str] = frozenset()
    sender_domains: frozenset[str] = frozenset()
    has_attachments: bool | None = None
    contains: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    subject_contains: frozenset[str] = frozenset()
    hours: Hours | None = None

    @property
    def demands(self) -> int:
        """Count the fields that demand something: the more, the earlier a workflow is asked."""
        blank = Condition(review=self.review)
        return sum(getattr(self, part.name) != getattr(blank, part.name) for part in fields(self))

    def matches(self, facts: Facts) -> bool:
        """Tell whether the facts fulfil everything that is demanded."""
        subject = facts.subject.casefold()
        return (
            self.review == facts.review
            and facts.confidence >= self.confidence_at_least
            and self.has_attachments in (None, facts.has_attachments)
            and _allows(self.categories, {facts.category})
            and _allows(self.candidates, {facts.category, *facts.candidates})
            and _allows(self.languages, {facts.language})
            and _allows(self.sources, {facts.source})
            and _allows(self.contains, facts.contains)
            and _allows(self.sender_domains, _parents(facts.sender_domain))
            and (not self.subject_contains or any(words in subject for words in self.subject_contains))
            and (self.hours is None or (facts.received is not None and self.hours.hold(facts.received)))
        )

    def covers(self, other: Condition) -> bool:
        """Tell whether everything that fulfils `other` surely fulfils this one too."""
        return (
            self.review == other.review
            and self.confidence_at_least <= other.confidence_at_least
            and self.has_attachments in (None, other.has_attachments)
            and self.hours in (None, other.hours)
            and _covers(self.categories, other.categories)
            and _covers(self.candidates, other.candidates or other.categories)
            and _covers(self.languages, other.languages)
            and _covers(self.sources, other.sources)
            and _covers(self.contains, other.contains)
            and _covers(self.sender_domains, other.sender_domains)
            and _covers(self.subject_contains, other.subject_contains)
        )

    def overlaps(self, other: Condition) -> bool:
        """Tell whether one request could fulfil both. Errs on the side of yes."""
        return (
            self.review == other.review
            and (self.has_attachments is None or other.has_attachments in (None, self.has_attachments))
            and _meet(self.categories, other.categories)
            and _meet(self.languages, other.languages)
            and _meet(self.sources, other.sources)
        )


def _allows(demanded: frozenset[str], found: set[str] | frozenset[str]) -> bool:
    return not demanded or not demanded.isdisjoint(found)


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _parents(domain: str) -> set[str]:
    labels = domain.lower().split(".")
    return {".".join(labels[start:]) for start in range(len(labels))}
