"""TicketSearch, with its vice: criteria that it does not understand are dropped without a word."""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Callable, Mapping
from typing import Any

from bridge.sandbox.state import LOCKS, STATES, Agent, State, StoredTicket

LIMIT = 500


def search(state: State, agent: Agent, data: Mapping[str, Any]) -> list[int]:
    """Return the ids of visible tickets (by the queue's rights alone) that match, newest first unless told else."""
    tests = [test for test in (_test(state, name, value) for name, value in data.items()) if test is not None]
    visible = [one for one in state.tickets.values() if agent.may(one.queue, "ro") or agent.agent_id == 1]
    hits = [one for one in visible if all(test(one) for test in tests)]
    hits.sort(key=lambda one: (one.created, one.ticket_id), reverse=str(data.get("OrderBy")) != "Up")
    return [one.ticket_id for one in hits[: int(data.get("Limit") or LIMIT)]]


Test = Callable[[StoredTicket], bool]


def _test(state: State, name: str, value: Any) -> Test | None:
    if name.startswith("DynamicField_"):
        return _field_test(state, name.removeprefix("DynamicField_"), value)
    if name.endswith(("NewerDate", "OlderDate")):
        return _time_test(name, str(value))
    wanted = {str(one) for one in value} if isinstance(value, list) else {str(value)}
    if name == "Queues" and not wanted <= set(state.queues):
        return lambda _one: False  # one unknown name and nothing is found
    if wanted <= {""} or isinstance(value, dict):
        return None
    return _attribute_test(state, name, wanted)


def _attribute_test(state: State, name: str, wanted: set[str]) -> Test | None:
    readers: dict[str, Callable[[StoredTicket], str]] = {
        "TicketID": lambda one: str(one.ticket_id),
        "Queues": lambda one: one.queue,
        "QueueIDs": lambda one: str(state.queues[one.queue]),
        "States": lambda one: one.state,
        "StateType": lambda one: STATES[one.state][1],
        "StateIDs": lambda one: str(STATES[one.state][0]),
        "Locks": lambda one: one.lock,
        "LockIDs": lambda one: str(LOCKS[one.lock]),
        "OwnerIDs": lambda one: str(one.owner_id),
        "CreatedUserIDs": lambda one: str(one.create_by),
        "CustomerUserLogin": lambda one: one.customer_user,
    }
    patterns = {"TicketNumber": lambda one: one.number, "Title": lambda one: one.title}
    if name in readers:
        return lambda one: readers[name](one) in wanted
    if name in patterns:
        return lambda one: any(_like(patterns[name](one), pattern) for pattern in wanted)
    return None


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text.lower(), pattern.lower().replace("[", "[[]"))


def _field_test(state: State, name: str, operators: Any) -> Test | None:
    if name not in state.fields or not isinstance(operators, dict) or not operators:
        return None
    operator, value = next(iter(operators.items()))
    values = [str(one).lower() for one in value] if isinstance(value, list) else [str(value).lower()]
    if operator == "Equals":
        return lambda one: one.fields.get(name, "").lower() in values
    if operator == "Like":
        return lambda one: any(_like(one.fields.get(name, ""), pattern) for pattern in values)
    if operator == "Empty":
        return lambda one: (name not in one.fields) == (str(value) == "1")
    return lambda _one: False


def _time_test(name: str, value: str) -> Test | None:
    try:
        limit = dt.datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return lambda _one: False
    read: Callable[[StoredTicket], dt.datetime]
    if name.startswith("TicketCreateTime"):
        read = lambda one: one.created  # noqa: E731 - two readers of one shape
    elif name.startswith(("TicketChangeTime", "TicketLastChangeTime")):
        read = lambda one: one.changed  # noqa: E731
    else:
        return None
    if name.endswith("NewerDate"):
        if limit > dt.datetime.now(dt.UTC):
            return lambda _one: False
        return lambda one: read(one) >= limit
    return lambda one: read(one) <= limit
