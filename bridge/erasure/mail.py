"""Erase one mail and prove it: move it to a folder of our own, find it there by content, expunge, look everywhere.

No answer of the server to a move or an expunge is believed: with another client at work all answers are OK and the
mail lies in Trash (measured on Dovecot). What counts is finding the mail by size and digest, and not finding it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bridge.erasure.base import Ended, Progress
from bridge.errors import BridgeError
from bridge.message import Place

# Another client that keeps moving the mail away would keep us here; a later attempt goes on.
CHASES = 3
NO_FOLDER = "mailbox.no-folder"


class Mailbox(Protocol):
    """The part of a mail source that erasing needs (see bridge.sources.base)."""

    def exists(self, place: Place) -> bool: ...
    def move(self, place: Place, folder: str) -> None: ...
    def expunge(self, place: Place) -> None: ...
    def find(self, folder: str, *, size: int, matches: Callable[[bytes], bool]) -> list[Place]: ...
    def folders(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class MailErasure:
    """One mail to erase: where it lay when its case was opened, its size in bytes, how to know it again.

    `others` are the places of further copies whose turn comes by itself; they are left alone.
    """

    mailbox: Mailbox
    place: Place
    erasing: str
    size: int
    matches: Callable[[bytes], bool]
    others: frozenset[Place] = frozenset()


def erase_mail(mail: MailErasure, progress: Progress) -> Ended:
    """Erase a mail, from wherever an earlier attempt left it.

    1. Move it to the folder `erasing` and find it there; receipt "moved".
    2. Expunge it there; receipt "expunged".
    3. Gone there, gone at its old place, and in no folder that the server lists: verified.

    A mail that turns up elsewhere is moved back to step 1. One that was never found in `erasing` and is nowhere now
    is unverifiable: somebody else took it, to a place that we can't see.
    """
    taken: list[Place] = []
    for _ in range(CHASES):
        stop = progress.may_go_on()
        if stop:
            return Ended("hold", stop)
        found = list(_in_erasing(mail))
        if not found and not _fetch_to_erasing(mail, taken):
            break
        found = found or list(_in_erasing(mail))
        if not found:
            continue
        progress.mark("moved", _moved(found, taken))
        for place in found:
            mail.mailbox.expunge(place)
        progress.mark("expunged", {"number": len(found)})
    return _verdict(mail, progress)


def _moved(found: list[Place], taken: list[Place]) -> dict[str, object]:
    """Say where the mail lies now, and from which places besides its own it was taken."""
    also = [[place.folder, place.uidvalidity, place.uid] for place in taken]
    return {"uidvalidity": found[0].uidvalidity, "uids": [place.uid for place in found], "also": also}


def _in_erasing(mail: MailErasure) -> Iterator[Place]:
    yield from _find(mail, mail.erasing)


def _fetch_to_erasing(mail: MailErasure, taken: list[Place]) -> bool:
    """Move the mail to `erasing` from its known place, else from any folder; False when it is nowhere."""
    if mail.mailbox.exists(mail.place):
        mail.mailbox.move(mail.place, mail.erasing)
        return True
    elsewhere = _elsewhere(mail)
    for place in elsewhere:
        mail.mailbox.move(place, mail.erasing)
    taken += elsewhere
    return bool(elsewhere)


def _elsewhere(mail: MailErasure) -> list[Place]:
    """Look for the mail in every listed folder. Unknown copies of the same mail share its fate, so all hits count."""
    names = [name for name in mail.mailbox.folders() if name != mail.erasing]
    hits = [hit for name in names for hit in _find(mail, name)]
    return [hit for hit in hits if hit not in mail.others]


def _find(mail: MailErasure, folder: str) -> list[Place]:
    """Look into one folder. One that is listed but can't be opened is a residual place, which the entry names."""
    try:
        return mail.mailbox.find(folder, size=mail.size, matches=mail.matches)
    except BridgeError as error:
        if error.code == NO_FOLDER:
            return []
        raise


def _verdict(mail: MailErasure, progress: Progress) -> Ended:
    still = mail.mailbox.exists(mail.place) or any(_in_erasing(mail)) or bool(_elsewhere(mail))
    if still:
        return Ended("failed", "mail-still-there")
    if progress.marked("moved") is None:
        return Ended("unverifiable", "mail-vanished")
    return Ended("verified", attrs={"level": "in-mailbox"})
