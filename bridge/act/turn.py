"""Lay out how a case goes on after a person has decided otherwise: what is done stays, the rest is planned anew. Pure.

The steps of the new plan that were done before under the same key get the turn's number behind their key, so that
each keeps its own receipt and BridgeRef.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from bridge.journal.threads import KnownTicket
from bridge.plan import Plan, Step

FORMER = "former"
"""The role of a ticket that was taken back: follow-ups and rounds look past it."""
TAKEN_BACK = ("handover", "stub", "admins", "parked")


@dataclass(frozen=True, slots=True)
class Before:
    """How a case stood when a person decided: its plan, which steps have their receipt, its living tickets.

    `number` counts the turns of the case, this one included. `asked_on` is the ticket on which the person acted.
    `keep_days` is how long the mailbox keeps mail that became a ticket.
    """

    plan: Plan
    number: int
    done: Mapping[str, Mapping[str, Any]]
    tickets: Sequence[KnownTicket]
    mail: bool
    erased: bool
    asked_on: int
    keep_days: int = 0

    @property
    def suffix(self) -> str:
        return f"-t{self.number}"

    @property
    def kept(self) -> tuple[Step, ...]:
        return tuple(step for step in self.plan.steps if step.key in self.done)

    @property
    def open(self) -> tuple[Step, ...]:
        return tuple(step for step in self.plan.steps if step.key not in self.done)

    def living(self, role: str) -> KnownTicket | None:
        """Return the newest ticket of a role that was neither erased nor taken back."""
        found = [one for one in self.tickets if one.role == role and one.state != "erased"]
        return found[-1] if found else None

    def key_of(self, ticket: KnownTicket) -> str:
        """Return the key of the step that made a ticket, "" when no receipt tells."""
        made = [key for key, attrs in self.done.items() if attrs.get("ticket_id") == ticket.ticket_id]
        return next((key for key in made if key.split("-t")[0] == ticket.role), "")


def mark(before: Before, reason: str, state: str = "", category: str = "") -> Step:
    """Say on the tickets what happened, and clear the action that was asked for."""
    args = {"ticket": before.asked_on, "reason": reason, "state": state, "category": category}
    return Step(f"mark{before.suffix}", "mark", MappingProxyType(args))


def another_way(before: Before, fresh: Plan, reason: str) -> Plan:
    """Go the way of another category from here.

    1. Say so on the tickets. 2. Bring a hidden original back, where nothing is to be handed over.
    3. What the new way makes, as far as it isn't there. 4. Take back what it does not want. 5. Its end.
    """
    personal = fresh.erases
    renamed = _Names(before)
    head = [mark(before, reason, category=fresh.category)]
    if not personal and not before.mail and not before.erased:
        head.append(_step(before, "unhide", "unhide", reopen="close" in before.done))
    made = [step for one in fresh.steps if one.kind not in _ENDS for step in renamed.steps(one)]
    ends = [step for one in fresh.steps if one.kind in _ENDS for step in _end(before, one, renamed)]
    back = _taken_back(before, fresh, personal=personal)
    return replace(fresh, steps=_ordered(before, [*head, *made, *back, *ends]))


def _ordered(before: Before, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Put steps behind those that are done; the end stays last, for later copies share its fate."""
    last = {"erase", "move"}
    ended = [step for step in before.kept if step.kind in last][-1:]
    if not ended or any(step.kind in last for step in steps):
        return (*before.kept, *steps)
    return (*(step for step in before.kept if step is not ended[0]), *steps, ended[0])


_ENDS = frozenset({"erase", "move", "close", "hide"})


def _end(before: Before, step: Step, renamed: _Names) -> Iterable[Step]:
    if step.kind == "erase":
        yield from _erasing(before, step, renamed)
    elif step.kind == "hide":
        if not before.erased and "hide" not in before.done:
            yield Step(renamed.new(step.key), "hide", step.args)
    elif step.kind != "move" or before.mail:
        yield Step(renamed.new(step.key), step.kind, step.args)


def _erasing(before: Before, step: Step, renamed: _Names) -> Iterable[Step]:
    """Erase the original, wherever it lies now, and every full ticket, whose conversation is handed over before."""
    full = [one for one in before.tickets if one.role == "full" and one.state != "erased"]
    if before.erased and not full:
        return
    receipts = [renamed.known.get(name, name) for name in step.args.get("receipts", ())]
    for one in full:
        key = f"conversation-{one.ticket_id}{before.suffix}"
        receipts.append(key)
        yield Step(key, "conversation", {"role": "handover", "ticket": one.ticket_id})
    yield from _locate(before, [one.ticket_id for one in full])
    yield _step(before, "joined", "joined", keep_days=before.keep_days)
    yield Step(renamed.new(step.key), "erase", {**step.args, "receipts": receipts})


def _locate(before: Before, full: Sequence[int]) -> Iterable[Step]:
    if before.mail or full:
        yield _step(before, "locate", "locate", tickets=list(full), keep_days=before.keep_days)


def _taken_back(before: Before, fresh: Plan, *, personal: bool) -> Iterable[Step]:
    wanted = {step.args.get("role") for step in fresh.steps if step.kind == "create"}
    for role in TAKEN_BACK:
        ticket = before.living(role)
        if ticket is None or role in wanted:
            continue
        yield from take_back(before, ticket)
    full = before.living("full")
    if full and not personal and "full" not in wanted and not _answers_there(fresh):
        yield _step(before, "shut", "take-back", ticket=full.ticket_id, role="full")


def _answers_there(fresh: Plan) -> bool:
    """Tell whether the new way works in the ticket born in OTRS, as with `adopt`; then nothing is shut."""
    return any(step.kind == "adopt" for step in fresh.steps)


def take_back(before: Before, ticket: KnownTicket) -> Iterable[Step]:
    """Tell in a ticket where the request has gone, and close it."""
    about = {"ticket": ticket.ticket_id, "role": ticket.role}
    yield _step(before, f"remark-{ticket.role}", "remark", text="taken-back", **about)
    yield _step(before, f"back-{ticket.role}", "take-back", **about)


class _Names:
    """Give each step of a new plan its key; a ticket that is there already is not made again."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self.known: dict[str, str] = {}

    def new(self, key: str) -> str:
        before = self._before
        taken = key in before.done or any(step.key == key for step in before.kept)
        self.known[key] = f"{key}{before.suffix}" if taken else key
        return self.known[key]

    def steps(self, step: Step) -> Iterable[Step]:
        before, role = self._before, str(step.args.get("role", ""))
        ticket = before.living(role) if step.kind == "create" else None
        if ticket is None:
            yield Step(self.new(step.key), step.kind, step.args)
            return
        self.known[step.key] = before.key_of(ticket) or step.key
        shut = any(key.startswith("shut-") for key in before.done)
        about = {"ticket": ticket.ticket_id, "queue": step.args["queue"], "reopen": role == "full" and shut}
        yield Step(f"place-{role}{before.suffix}", "place", about)


def _step(before: Before, name: str, kind: str, **args: Any) -> Step:
    return Step(f"{name}{before.suffix}", kind, args)


def inserted(before: Before, steps: Sequence[Step]) -> Plan:
    """Take some steps more before going on with what is left."""
    return replace(before.plan, steps=_ordered(before, [*steps, *before.open]))


def erase_now(before: Before, approved_by: str) -> Plan:
    """Erase original and full tickets without any hand-over: two people have decided so, the second in that role."""
    full = [one.ticket_id for one in before.tickets if one.role == "full" and one.state != "erased"]
    erase = {"receipts": [], "until": "immediately", "approved": approved_by}
    steps = [mark(before, "erasing-approved"), *_locate(before, full)]
    steps += [
        _step(before, "joined", "joined", keep_days=before.keep_days, approved=approved_by),
        _step(before, "erase", "erase", **erase),
    ]
    # Approved by itself, not through its workflow's version.
    return replace(before.plan, digest="", cause="manual", steps=(*before.kept, *steps))


def to_admins(before: Before) -> Plan:
    """Make a redacted ticket for the admins beside the full one."""
    role = "full" if before.living("full") else "original"
    admins = {
        "role": "admins",
        "queue": "admins",
        "redact": "all",
        "keep": ["ip"],
        "attachments": False,
        "original": False,
        "title": "redacted",
        "priority": "by cue",
        "state": "new",
    }
    new = _Names(before).new
    make = Step(new("admins"), "create", admins)
    link = Step(f"link{before.suffix}", "append", {"role": role, "as": "link", "other": "admins"})
    return inserted(before, [mark(before, "to-admins"), make, link])
