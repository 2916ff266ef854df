"""What redaction takes and gives: policy, spans, and the redacted message. All frozen, all in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bridge.redact.pseudonyms import Pseudonyms

Mode = Literal["all", "secrets", "none"]

SECRETS = frozenset({"PASSWORD", "INVITE_CODE"})
"""Types that are destroyed, never mapped: nobody who reads the redacted text needs to tell two of them apart."""

TYPES = (
    "PERSON",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "CITY_ZIP",
    "BIRTHDATE",
    "IBAN",
    "CARD_NO",
    "TAX_ID",
    "INSURANCE_NO",
    "ID_CARD",
    "MEMBER_NO",
    "INVITE_CODE",
    "PASSWORD",
    "IP",
    "HANDLE",
    "URL_PERSONAL",
    "PLATE",
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Say what a reader may see.

    `all` redacts every type but those in `keep`; `secrets` redacts passwords and codes only; `none` redacts
    nothing. Secrets are redacted in both of the first two modes even when `keep` names them.
    """

    mode: Mode = "all"
    keep: frozenset[str] = frozenset()

    def hides(self, kind: str) -> bool:
        """Tell whether a value of this type must not reach the reader."""
        if self.mode == "none":
            return False
        return kind in SECRETS or (self.mode == "all" and kind not in self.keep)


@dataclass(frozen=True, slots=True)
class Span:
    """One redacted value.

    `part` is subject, body, html, attachment:N or filename:N (N from 0). `start` and `end` count code points of
    the decoded original of that part (`Reading.text`), which for html is the markup.
    """

    type: str
    part: str
    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Residual:
    """A hit of the re-scan: its type and where it stands in the *redacted* part. The value is not kept."""

    type: str
    part: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The decoded original of one part: what the offsets of its spans count."""

    part: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RedactedAttachment:
    """One attachment as a reader may see it.

    Where it can't be read as text (`readable` is false) its `text` is "", its `filename` tells place and kind
    only ("Anhang-2.pdf"), and the attachment itself must not be shown. `size` counts the bytes of the original.
    """

    filename: str
    text: str
    content_type: str
    size: int
    readable: bool


@dataclass(frozen=True, slots=True)
class Redaction:
    """A message in which no detected value is left.

    `body` is redacted text: of the text part, or rendered from HTML where there is no text part. `html` is the
    redacted markup, without comments, scripts and style sheets, or "". `residual` holds what the re-scan found in
    the output: with any hit a person decides. `pseudonyms` lets a follow-up go on numbering; never store it.
    """

    subject: str
    body: str
    html: str
    attachments: tuple[RedactedAttachment, ...]
    spans: tuple[Span, ...]
    residual: tuple[Residual, ...]
    pseudonyms: Pseudonyms = field(repr=False, compare=False)

    @property
    def clean(self) -> bool:
        """Tell whether the re-scan found nothing. It is no promise that nothing was missed."""
        return not self.residual
