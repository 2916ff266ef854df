"""Find what a restore brought back and what it took: by identity and content, never by a number alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bridge.act.base import Tools
from bridge.act.create import holds_original
from bridge.act.fingerprint import fingerprint
from bridge.act.load import mail_ref, ticket_ref
from bridge.act.restored import ERASED_BEFORE, restored
from bridge.daemon.restore import is_same
from bridge.journal import cases, copies, receipts, threads
from bridge.journal.cases import Case
from bridge.message.model import Place
from bridge.message.ticket import from_ticket
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Ticket
from bridge.sources.base import Mailbox, NoFolder, Vanished

# content: what was erased, by the journal's digests; identity: number and time of creation (ticket), or Message-ID,
# Date, From and body (mail), but the journal no longer knows the digests; changed: somebody wrote into it since.
Match = Literal["content", "identity", "changed"]


@dataclass(frozen=True, slots=True)
class Back:
    """An original that the log says is erased and that can be read again.

    `handed_over`: a ticket still holds it byte for byte. `salt` is that of its entries in the log.
    """

    ref: str
    place: Place
    number: str
    salt: str
    case_id: int | None
    match: Match
    handed_over: bool
    size: int = 0
    digest: str = field(default="", repr=False)
    articles: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def shown(self) -> dict[str, Any]:
        """Return what a person may see of it: places, numbers and labels."""
        where = {name: value for name, value in asdict(self.place).items() if name != "account"}
        return {
            "back": self.place.kind,
            "case": self.case_id,
            **where,
            "number": self.number,
            "match": self.match,
            "handed_over": self.handed_over,
        }


@dataclass(frozen=True, slots=True)
class Lost:
    """A ticket that a restored OTRS no longer has. `again`: its case's original is still there, so it can walk anew."""

    case_id: int
    role: str
    number: str
    again: bool

    def shown(self) -> dict[str, Any]:
        """Return what a person may see of it."""
        return {"lost": self.role, "case": self.case_id, "number": self.number, "again": self.again}


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a restore did, as one list that is approved as a whole."""

    back: tuple[Back, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def subject(self) -> str:
        """Name exactly this list, for its approval."""
        lines = [f"{one.ref} {one.place} {one.match} {one.handed_over}" for one in self.back]
        lines += [f"{one.case_id} {one.role} {one.number} {one.again}" for one in self.lost]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def find(tools: Tools, watch: Sequence[str]) -> Found:
    """Look into every folder of the mailbox and every queue of requests; reads each mail and each ticket once."""
    mails = list(_mails(tools, tools.mailbox)) if tools.mailbox is not None else []
    tickets = list(_tickets(tools, watch))
    return Found((*mails, *tickets), tuple(_lost(tools)))


def _mails(tools: Tools, mailbox: Mailbox) -> Iterator[Back]:
    for folder in mailbox.folders():
        if folder == tools.names.folders["checkpoints"]:
            continue
        try:
            places = mailbox.list(folder)
        except NoFolder:
            continue
        for place in places:
            found = _mail(tools, mailbox, place)
            if found is not None:
                yield found


def _mail(tools: Tools, mailbox: Mailbox, place: Place) -> Back | None:
    try:
        fetched = mailbox.fetch(place, max_bytes=tools.pace.message_bytes)
    except Vanished:
        return None
    if fetched.raw is None:
        return None
    ref = mail_ref(tools, fetched.raw)
    salt, case = _known(tools, ref, "mail", "")
    if salt is None or _in_hand(case):
        return None
    digest = tools.secrets.digest(fetched.raw)
    match: Match = "content" if case and _was_verified(tools, case) and case.digest == digest else "identity"
    held = _handed_over(tools, ref, case, fetched.raw)
    return Back(ref, place, "", salt, case.id if case else None, match, held, fetched.size, digest)


def _tickets(tools: Tools, watch: Sequence[str]) -> Iterator[Back]:
    names = tools.names
    queues = {*watch, *(queue for role, queue in names.queues.items() if role != "membership")}
    for ticket_id, short in tools.otrs.get_tickets(tools.otrs.search_all({"Queues": sorted(queues)})).items():
        if short.fields.get(names.fields["ref"]) or short.queue not in queues:
            continue  # the bridge's own, or not asked for
        ref = ticket_ref(tools, short)
        salt, case = _known(tools, ref, "ticket", short.number)
        if salt is None or _in_hand(case):
            continue
        try:
            ticket = tools.otrs.get_ticket(ticket_id, articles=True, attachments=True)
        except AccessDenied:
            continue
        yield _ticket(tools, ticket, ref, salt, case)


def _ticket(tools: Tools, ticket: Ticket, ref: str, salt: str, case: Case | None) -> Back:
    now = fingerprint(ticket, tools.secrets.digest)
    request = from_ticket(ticket, account=tools.names.instance)
    return Back(
        ref,
        request.place,
        ticket.number,
        salt,
        case.id if case else None,
        _ticket_match(tools, now, case),
        _handed_over(tools, ref, case, request.original),
        articles=tuple(sorted(now.items())),
    )


def _ticket_match(tools: Tools, now: dict[str, str], case: Case | None) -> Match:
    """Compare articles with those that were erased; an older state of the ticket has fewer of them."""
    if case is None or not _was_verified(tools, case):
        return "identity"
    with tools.journal.read() as connection:
        seen = receipts.of_case(connection, case.id).get("seen")
    if seen is None:
        return "identity"
    return "content" if now and now.items() <= dict(seen.attrs["articles"]).items() else "changed"


def _known(tools: Tools, ref: str, kind: str, number: str) -> tuple[str | None, Case | None]:
    with tools.journal.read() as connection:
        case = cases.by_ref(connection, ref)
        salts = tools.secrets.case_salts(ref)
        salts = (case.salt, *salts) if case is not None and case.salt else salts
        return tools.log.erased_under(connection, salts, kind, number), case


def _in_hand(case: Case | None) -> bool:
    """Tell whether the daemon is at it anyway: a late copy of a case that is still open."""
    return case is not None and case.state not in ("done", "parked") and case.code != ERASED_BEFORE


def _was_verified(tools: Tools, case: Case) -> bool:
    """Tell whether the journal itself remembers the erasure."""
    with tools.journal.read() as connection:
        kept = receipts.of_case(connection, case.id)
    return any(key.endswith("-result") and r.attrs.get("result") == "verified" for key, r in kept.items())


def _handed_over(tools: Tools, ref: str, case: Case | None, original: bytes) -> bool:
    """Tell whether a ticket still holds the original byte for byte: found by BridgeRef, or by the case's receipts."""
    field_name = tools.names.fields["ref"]
    ids = set(tools.otrs.find_by_field(field_name, tools.secrets.reference(ref, "handover")))
    if case is not None:
        with tools.journal.read() as connection:
            kept = receipts.of_case(connection, case.id).values()
        ids |= {int(r.attrs["ticket_id"]) for r in kept if r.done and r.attrs.get("original")}
    for ticket in tools.otrs.get_tickets(sorted(ids), attachments=True).values():
        if holds_original(ticket, original):
            return True
    return False


def _lost(tools: Tools) -> Iterator[Lost]:
    """Yield what OTRS no longer has of what the journal knows; only once a restore of OTRS was noticed."""
    if restored(tools, "otrs") is None:
        return
    with tools.journal.read() as connection:
        known = threads.living(connection, tools.names.instance)
    there = tools.otrs.get_tickets([one.ticket_id for one in known if one.ticket_id > 0])
    for one in known:
        if one.ticket_id > 0 and one.ticket_id in there and is_same(tools, one):
            continue
        with tools.journal.read() as connection:
            case = cases.by_id(connection, one.case_id)
            erased = any(copy.state == "erased" for copy in copies.of_case(connection, one.case_id))
        if case is not None and case.salt and case.state in ("done", "parked"):
            yield Lost(one.case_id, one.role, one.number, again=case.source == "mail" and not erased)
