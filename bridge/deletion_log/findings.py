"""What a check of the log may find, as values, and how it is told to people who are no programmers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bridge.i18n import gettext, mark

FAULT = "fault"
NOTICE = "notice"

FAULTS: dict[str, str] = {
    "no-entries": mark("The log is empty. There is nothing that could be checked."),
    "entry-unreadable": mark(
        "Entry {index} can't be read: it is not written the way the log writes entries. It was changed or damaged."
    ),
    "entry-out-of-order": mark(
        "Another entry stands where entry {index} belongs. Entries were left out, added or swapped."
    ),
    "entry-of-other-log": mark("Entry {index} belongs to another log. It was put here from elsewhere."),
    "hash-differs": mark(
        "The contents of entry {index} don't fit the hash that is stored with it. The entry was changed in "
        "the database."
    ),
    "hashes-differ": mark(
        "The hashes stored beside the entries don't fit the entries. Proofs made from them would be wrong."
    ),
    "partly-dropped": mark(
        "The contents of entry {index} are missing, although other entries of the same log still have "
        "theirs. Contents may only expire for a whole year at once."
    ),
    "time-backwards": mark(
        "Entry {index} says that it was written before the entry above it. The order of times is broken."
    ),
    "event-after-write": mark("Entry {index} tells of something that happened after the entry was written."),
    "checkpoint-unreadable": mark("A checkpoint can't be read: it was changed or damaged ({name})."),
    "checkpoint-bad-signature": mark(
        "The signature under a checkpoint is wrong ({name}). The checkpoint was changed after it was signed."
    ),
    "checkpoint-unknown-key": mark(
        "A checkpoint is not signed with the key that you trust ({name}). Somebody else signed it, or the "
        "signing key was exchanged. Ask for the reason before you accept another key."
    ),
    "checkpoint-other-log": mark("A checkpoint belongs to another log: {origin}."),
    "log-shorter": mark(
        "The log has {size} entries, but a checkpoint proves that it already had {expected}. The last "
        "entries are missing: the log was cut off, or an old backup was restored."
    ),
    "log-rewritten": mark(
        "The first {size} entries are not those that the checkpoint was signed for. At least one of them was "
        "changed, removed, added or swapped afterwards."
    ),
    "fork": mark(
        "There are two signed versions of the log's first {size} entries, and they differ. The operator's "
        "key has signed two different histories; both can't be true."
    ),
    "intent-without-result": mark(
        "Entry {index} announces an erasure, but no result was ever logged. Whether the erasure took place "
        "is not shown."
    ),
    "key-id-changed": mark(
        "Entry {index} uses another key for the year {year} than the entries before. The keys of the bridge "
        "were exchanged."
    ),
    "key-id-foreign": mark("Entry {index} uses the key of a year that doesn't go with this log."),
    "link-missing": mark("The first entry doesn't hold the link to the log of the year before."),
    "link-bad-signature": mark(
        "The link to the log of the year before is not signed with the key that you trust. The logs don't "
        "hang together."
    ),
    "link-wrong-log": mark("The link to the year before points to another log: {origin}."),
    "link-shorter": mark(
        "The log of the year before goes on after entry {size}, where the new year's log says that it ended."
    ),
    "gap": mark(
        "Entries {first} to {last} are missing in your copy: a checkpoint mail did not arrive. Ask for an "
        "export of the log."
    ),
    "mail-does-not-fit": mark(
        "The entries in this mail don't lead to the checkpoint in the same mail. The mail was put together "
        "wrongly or changed on the way; nothing was taken over."
    ),
    "mail-changes-entries": mark(
        "This mail holds another entry {index} than your copy. An entry that you had already received was changed."
    ),
    "proof-wrong": mark("The proof doesn't show what it should: the entry is not in the log at this place."),
    "proof-other-ticket": mark("The entry in the proof doesn't mean the ticket or mail {number}."),
    "cosignature-conflict": mark(
        "You have already cosigned another version of the log's first {size} entries. This one must not be cosigned."
    ),
    "token-wrong": mark("The time-stamp token doesn't belong to this checkpoint, or its signature is wrong."),
}

NOTICES: dict[str, str] = {
    "contents-expired": mark(
        "The contents of {count} entries have expired and were dropped. Their hashes are still there, so "
        "that nothing can have been added or left out; what they said can't be read any more."
    ),
    "intent-open": mark("Entry {index} announces an erasure that has no result yet."),
    "intent-open-at-end": mark(
        "Entry {index} announces an erasure whose result must stand in the log of the next year."
    ),
    "result-without-intent": mark(
        "Entry {index} reports an erasure that was not announced in this log. Look into the log of the year before."
    ),
    "failed-open": mark("{count} erasures failed and were not verified later; the first is entry {index}."),
    "unverifiable-open": mark("{count} erasures could not be verified so far; the first is entry {index}."),
    "held-open": mark("{count} erasures are on hold; the first is entry {index}."),
    "instance-changed": mark(
        "From entry {index} on, the bridge ran with another set of keys (another host)."
    ),
    "uncovered": mark(
        "The last {count} entries are not covered by a checkpoint that you have. Until one reaches you, they "
        "could still be changed without a trace."
    ),
    "no-key-given": mark(
        "The public key was taken from the export itself. Compare it with the key that you were given in "
        "person: {key}"
    ),
    "first-log": mark("This is the controller's first log: there is no year before."),
    "link-unchecked": mark(
        "The link to the log of the year before is signed. To check that log, too, give its export as well."
    ),
    "already-known": mark("You already had this checkpoint."),
    "taken-over": mark("Checked and taken over into your copy: entries {first} to {last}."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `code` is for programs, `text` for people, in the language in force."""

    code: str
    index: int | None = None
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def severity(self) -> str:
        """Tell whether something is wrong (fault) or only worth knowing (notice)."""
        return FAULT if self.code in FAULTS else NOTICE

    @property
    def text(self) -> str:
        """Say it in a sentence."""
        template = FAULTS.get(self.code) or NOTICES[self.code]
        return gettext(template).format(index=self.index, **self.values)

    def plain(self) -> dict[str, object]:
        """Return JSON values."""
        found: dict[str, object] = {"code": self.code, "severity": self.severity, "text": self.text}
        if self.index is not None:
            found["index"] = self.index
        return found | ({"values": dict(self.values)} if self.values else {})


def finding(code: str, index: int | None = None, **values: object) -> Finding:
    """Make a finding; an unknown code is a programming error."""
    if code not in FAULTS and code not in NOTICES:
        raise KeyError(code)
    return Finding(code, index, MappingProxyType(values))
