"""Erase one mail and prove it: move it to a folder of our own, find it there by content, expunge, look everywhere.

No answer of the server to a move or an expunge is believed: with another client at work all answers are OK and the
mail lies in Trash (measured on Dovecot). What counts is finding the mail by size and digest, and not finding it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bridge.erasure.base import Ended, Progress
from bridge.message import Place

# Another client that keeps moving the mail away would keep us here; a later attempt goes on.
CHASES = 3


class Mailbox(Protocol):
    """The part of a mail source that erasing needs (see bridge.sources.base)."""

    def exists(self, place: Place) -> bool: ...
    def move(self, place: Place, folder: str) -> None: ...
    def expunge(self, place: Place) -> None: ...
    def find(self, folder: str, *, size: int, matches: Callable[[bytes], bool]) -> list[Place]: ...
    def folders(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class MailErasure:
    """One mail to erase: where it lay when its case was opened, its size in bytes, how to know it again."""

    mailbox: Mailbox
    place: Place
    erasing: str
    size: int
    matches: Callable[[bytes], bool]


def erase_mail(mail: MailErasure, progress: Progress) -> Ended:
    """Erase a mail, from wherever an earlier attempt left it.

    1. Move it to the folder `erasing` and find it there; receipt "moved".
    2. Expunge it there; receipt "expunged".
    3. Gone there, gone at its old place, and in no folder that the server lists: verified.

    A mail that turns up elsewhere is moved back to step 1. One that was never found in `erasing` and is nowhere now
    is unverifiable: somebody else took it, to a place that we can't see.
    """
    for _ in range(CHASES):
        stop = progress.may_go_on()
        if stop:
            return Ended("hold", stop)
        found = list(_in_erasing(mail))
        if not found and not _fetch_to_erasing(mail):
            break
        found = found or list(_in_erasing(mail))
        if not found:
            continue
        progress.mark("moved", {"uidvalidity": found[0].uidvalidity, "uids": [p.uid for p in found]})
        for place in found:
            mail.mailbox.expunge(place)
        progress.mark("expunged", {"number": len(found)})
    return _verdict(mail, progress)


def _in_erasing(mail: MailErasure) -> Iterator[Place]:
    yield from mail.mailbox.find(mail.erasing, size=mail.size, matches=mail.matches)


def _fetch_to_erasing(mail: MailErasure) -> bool:
    """Move the mail to `erasing` from its known place, else from any folder; False when it is nowhere."""
    if mail.mailbox.exists(mail.place):
        mail.mailbox.move(mail.place, mail.erasing)
        return True
    elsewhere = _elsewhere(mail)
    for place in elsewhere:
        mail.mailbox.move(place, mail.erasing)
    return bool(elsewhere)


def _elsewhere(mail: MailErasure) -> list[Place]:
    """Look for the mail in every listed folder. Other copies of the same mail share its fate, so all hits count."""
    names = [name for name in mail.mailbox.folders() if name != mail.erasing]
    return [hit for name in names for hit in mail.mailbox.find(name, size=mail.size, matches=mail.matches)]


def _verdict(mail: MailErasure, progress: Progress) -> Ended:
    still = mail.mailbox.exists(mail.place) or any(_in_erasing(mail)) or bool(_elsewhere(mail))
    if still:
        return Ended("failed", "mail-still-there")
    if progress.marked("moved") is None:
        return Ended("unverifiable", "mail-vanished")
    return Ended("verified", attrs={"level": "in-mailbox"})
