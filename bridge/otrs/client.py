"""The GenericInterface client: few verbs, frozen values, errors that say whether it was done.

It knows nothing of the bridge's domain. One `OtrsClient` serves all threads: each has its own connection, all share
one OTRS session, which is renewed once when OTRS no longer knows it.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pyotrs.lib
import structlog

from bridge.otrs import answer, payload
from bridge.otrs.errors import (
    AccessDenied,
    AuthFailed,
    BadAnswer,
    InvalidParameter,
    SearchNotFiltered,
    Unclear,
)
from bridge.otrs.model import CreatedTicket, Endpoint, HistoryEntry, NewArticle, NewTicket, Remains, Ticket
from bridge.otrs.wire import Wire

PAGE = 500  # what TicketSearch tells without a limit; Znuny 6.5 obeys a larger one, which others need not
_BATCH = 50
# What Kernel/GenericInterface/Operation/Ticket/TicketSearch.pm reads; it drops anything else without a word.
_KNOWN_CRITERION = re.compile(
    r"TicketNumber|TicketID|Title|(State|StateType|Queue|Priority|Owner|CreatedUser|Watch|Responsible|Type|Service|SLA|Lock)IDs"
    r"|Queues|Types|States|Priorities|Services|SLAs|Locks|StateType|CustomerID|CustomerIDRaw|CustomerUserLogin"
    r"|Created(Types|Priorities|States|Queues|(Type|Priority|State|Queue)IDs)|UseSubQueues|SearchInArchive"
    r"|(Ticket(Create|Change|LastChange|Close|Pending)|ArticleCreate)Time(Older|Newer)(Date|Minutes)"
    r"|MIMEBase_\w+|Fulltext|ContentSearch"
)
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_log = structlog.get_logger(__name__)


class OtrsClient:
    """Talk to one web service of one OTRS as one agent; safe to share between threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        Wire(endpoint).close()  # a malformed address is told here, not at the first request
        self._local = threading.local()
        self._wires: weakref.WeakSet[Wire] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._session_id = ""

    # --- session -------------------------------------------------------------------------------------------------

    def check_login(self) -> None:
        """Log in anew; raise AuthFailed where OTRS refuses name and password, Unreachable where nobody answers."""
        with self._lock:
            self._session_id = self._log_in(self._wire())

    def close(self) -> None:
        """Close all connections and forget the session; a later call opens them again."""
        with self._lock:
            self._session_id = ""
            wires = list(self._wires)
        for wire in wires:
            wire.close()

    def _wire(self) -> Wire:
        wire: Wire | None = getattr(self._local, "wire", None)
        if wire is None:
            wire = self._local.wire = Wire(self._endpoint)
            self._wires.add(wire)
        return wire

    def _log_in(self, wire: Wire) -> str:
        wire.session_id_store.value = None
        self._sent(wire, Wire.session_create)
        session_id = wire.session_id_store.value
        if not isinstance(session_id, str) or not session_id:
            raise BadAnswer("SessionCreate: no session id", operation="SessionCreate")
        return session_id

    def _session(self, wire: Wire, stale: str = "") -> str:
        """Return the shared session; log in when there is none or when it still is the `stale` one."""
        with self._lock:
            if not self._session_id or self._session_id == stale:
                self._session_id = self._log_in(wire)
                if stale:
                    _log.info("otrs session renewed")
            return self._session_id

    def _call(self, send: Callable[[Wire], object], *, again: bool = False) -> Mapping[str, Any]:
        """Send; on AuthFail log in once and send again (OTRS checks the session before it does anything).

        With `again`, for reading only, a connection lost after sending is tried once more: a server may close
        a kept connection just as it is used.
        """
        wire = self._wire()
        session = wire.session_id_store.value = self._session(wire)
        try:
            return self._sent(wire, send)
        except AuthFailed:
            wire.session_id_store.value = self._session(wire, stale=session)
            return self._sent(wire, send)
        except Unclear:
            if not again:
                raise
            return self._sent(wire, send)

    @staticmethod
    def _sent(wire: Wire, send: Callable[[Wire], object]) -> Mapping[str, Any]:
        operation = ""
        try:
            send(wire)
            parsed = wire.result_json
        except (pyotrs.lib.PyOTRSError, LookupError, TypeError, ValueError, AttributeError):
            # Whatever pyotrs stumbles over is an answer of another shape than it expects.
            operation = str(wire.operation)
        finally:
            wire.result_json = wire.result = None  # content must not outlive the call
        if operation:
            raise BadAnswer(f"{operation}: unexpected keys", operation=operation)
        return parsed if isinstance(parsed, dict) else {}

    # --- writing -------------------------------------------------------------------------------------------------

    def create_ticket(self, new: NewTicket) -> CreatedTicket:
        """Make a ticket with its first article.

        TicketCreate is no transaction: after an unclear end there may be a ticket with fields and no article, and
        it may appear only later. Probe for a field's value before trying again.
        """
        ticket = payload.ticket(new, self._endpoint.timezone)
        article = payload.article(new.article)
        attachments = payload.attachments(new.article.attachments)
        fields = payload.dynamic_fields(new.fields)
        sent = self._call(lambda wire: wire.ticket_create(ticket, article, attachments, fields))
        return answer.created_ticket(sent)

    def update_ticket(
        self,
        ticket_id: int,
        *,
        changes: Mapping[str, object] = _NOTHING,
        fields: Mapping[str, str] = _NOTHING,
        article: NewArticle | None = None,
    ) -> int | None:
        """Change attributes (Queue, State, OwnerID, Lock, Title, …), then add the article, then set the fields.

        Return the article's id, None without an article. That order is OTRS's own, and it is no transaction.
        A datetime as `PendingTime` is put into OTRS's time zone. Setting a field to the value it has is no event.
        """
        if not (changes or fields or article):
            raise InvalidParameter("TicketUpdate: nothing to change", operation="TicketUpdate")
        attributes = {name: self._attribute(value) for name, value in changes.items()}
        made = payload.article(article) if article else None
        attachments = payload.attachments(article.attachments) if article else None
        dynamic = payload.dynamic_fields(fields)
        sent = self._call(
            lambda wire: wire.ticket_update(ticket_id, made, attachments, dynamic, **attributes)
        )
        if answer.number(sent, "TicketID") != ticket_id:
            raise BadAnswer("TicketUpdate: another ticket than asked for", operation="TicketUpdate")
        return answer.number(sent, "ArticleID") if article else None

    def _attribute(self, value: object) -> object:
        return (
            payload.pending_time(value, self._endpoint.timezone) if isinstance(value, dt.datetime) else value
        )

    # --- with the add-on inside OTRS --------------------------------------------------------------------------------

    def erase_with_traces(self, ticket_id: int, article_ids: Sequence[int] = ()) -> Remains:
        """Erase a ticket that lies in the erasing queue, with its traces; of one that is gone, whatever was left.

        Raise AccessDenied for a ticket elsewhere, Unclear where the add-on is missing.
        """
        sent = self._call(lambda wire: wire.add_on("TicketErase", ticket_id, article_ids))
        return answer.remains(sent, "TicketErase")

    def prove_ticket(self, ticket_id: int, article_ids: Sequence[int] = ()) -> Remains:
        """Tell gone from hidden and count what is left of a ticket and these articles of it."""
        sent = self._call(lambda wire: wire.add_on("TicketProve", ticket_id, article_ids), again=True)
        return answer.remains(sent, "TicketProve")

    # --- reading -------------------------------------------------------------------------------------------------

    def get_ticket(self, ticket_id: int, *, articles: bool = False, attachments: bool = False) -> Ticket:
        """Read one ticket; `attachments` includes articles, and an HTML body as an attachment.

        Raise AccessDenied for one that is gone, never was or is hidden: OTRS gives one answer to all three.
        """
        return self._get([ticket_id], articles, attachments)[0]

    def get_tickets(
        self, ticket_ids: Sequence[int], *, articles: bool = False, attachments: bool = False
    ) -> dict[int, Ticket]:
        """Read many tickets in few calls; denied ones are left out (OTRS denies a whole call for one of them)."""
        found: dict[int, Ticket] = {}
        ids = list(dict.fromkeys(ticket_ids))
        for start in range(0, len(ids), _BATCH):
            found.update(self._readable(ids[start : start + _BATCH], articles, attachments))
        return found

    def _readable(self, ids: list[int], articles: bool, attachments: bool) -> dict[int, Ticket]:
        try:
            return {one.ticket_id: one for one in self._get(ids, articles, attachments)}
        except AccessDenied:
            if len(ids) == 1:
                return {}
        middle = len(ids) // 2
        first = self._readable(ids[:middle], articles, attachments)
        return first | self._readable(ids[middle:], articles, attachments)

    def _get(self, ids: list[int], articles: bool, attachments: bool) -> list[Ticket]:
        listed = ",".join(str(one) for one in ids)

        def send(wire: Wire) -> object:
            return wire.ticket_get_by_id(
                listed,
                articles=articles or attachments,
                attachments=attachments,
                html_body_as_attachment=attachments,
            )

        return answer.tickets(self._call(send, again=True), ids, self._endpoint.timezone)

    def history(self, ticket_id: int) -> list[HistoryEntry]:
        """Read a ticket's history, oldest first."""
        sent = self._call(lambda wire: wire.ticket_history_get_by_id(ticket_id), again=True)
        return answer.history(sent, ticket_id, self._endpoint.timezone)

    # --- searching -----------------------------------------------------------------------------------------------

    def search(self, criteria: Mapping[str, object], *, limit: int = PAGE) -> list[int]:
        """Return ids that OTRS says match, at most `limit`, in its order (newest first unless criteria sort).

        Never trust them to match: OTRS drops criteria that it does not understand. Criteria that are surely
        dropped raise InvalidParameter here: none at all, empty or unknown ones, a dynamic field as plain text
        (it wants {"Equals": …}).
        """
        _check_criteria(criteria)
        if limit < 1:
            raise InvalidParameter("TicketSearch: limit must be at least 1", parameter="Limit")
        sent = self._call(lambda wire: wire.ticket_search(**{**criteria, "Limit": limit}), again=True)
        return answer.search_hits(sent)

    def search_all(self, criteria: Mapping[str, object]) -> list[int]:
        """Return all ids that OTRS says match, oldest first, in pages of 500 by creation time."""
        found: dict[int, None] = {}
        page_criteria = {**criteria, "SortBy": "Age", "OrderBy": "Up"}
        while True:
            page = self.search(page_criteria)
            fresh = [one for one in page if one not in found]
            found.update(dict.fromkeys(fresh))
            if len(page) < PAGE:
                return list(found)
            last = max((one.created for one in self.get_tickets(page[-_BATCH:]).values()), default=None)
            if not fresh or last is None:
                raise BadAnswer("TicketSearch: paging does not advance", operation="TicketSearch")
            page_criteria["TicketCreateTimeNewerDate"] = self.local_time(last)

    def local_time(self, when: dt.datetime) -> str:
        """Return a time as search criteria want it: in OTRS's own zone, without one."""
        return when.astimezone(ZoneInfo(self._endpoint.timezone)).strftime("%Y-%m-%d %H:%M:%S")

    def find_by_field(self, name: str, value: str) -> list[int]:
        """Return the ids of tickets whose dynamic field `name` is `value`, ascending.

        Every hit is re-read and must carry the value, else SearchNotFiltered: a search may ignore its filter and
        answer with every visible ticket. Hits that are gone by then are left out, and so are those that differ
        in case alone (OTRS compares without regard to it).
        """
        if not value.strip():
            raise InvalidParameter("TicketSearch: blank value", parameter=name)
        hits = self.search({f"DynamicField_{name}": {"Equals": value}})
        found: list[int] = []
        # Of an unfiltered answer a few tickets are enough to see it; no need to read hundreds.
        for start in range(0, len(hits), _BATCH):
            read = self.get_tickets(hits[start : start + _BATCH])
            values = {one: ticket.fields.get(name, "") for one, ticket in read.items()}
            if any(other.lower() != value.lower() for other in values.values()):
                raise SearchNotFiltered(f"TicketSearch: {len(hits)} hits, not all carry {name}")
            found += [one for one, other in values.items() if other == value]
        return sorted(found)


def _check_criteria(criteria: Mapping[str, object]) -> None:
    filters = {name: value for name, value in criteria.items() if name not in ("SortBy", "OrderBy", "Limit")}
    if not filters:
        raise InvalidParameter("TicketSearch: no criteria", parameter="criteria")
    for name, value in filters.items():
        if value in (None, "", [], {}):
            raise InvalidParameter("TicketSearch: empty criterion", parameter=name)
        if name.startswith("DynamicField_"):
            if not isinstance(value, Mapping):
                raise InvalidParameter("TicketSearch: a field wants an operator", parameter=name)
        elif not _KNOWN_CRITERION.fullmatch(name):
            raise InvalidParameter("TicketSearch: unknown criterion", parameter=name)
