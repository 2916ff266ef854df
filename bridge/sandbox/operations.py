"""The GenericInterface operations, with Znuny 6.5's checks in its order and its very answers."""

from __future__ import annotations

import secrets

from bridge.sandbox import rendering
from bridge.sandbox.articles import write_article
from bridge.sandbox.checks import (
    Breakdown,
    Data,
    Denial,
    check_article,
    check_attachments,
    check_fields,
    check_new_ticket,
    check_ticket,
    false,
    hash_of,
    number,
    trimmed,
)
from bridge.sandbox.desk import Desk, pending
from bridge.sandbox.faults import Fault
from bridge.sandbox.search import search
from bridge.sandbox.state import (
    STATES,
    Agent,
    StoredTicket,
)


def run(desk: Desk, operation: str, data: Data) -> Data:
    """Do one operation under the state's lock and return its answer; raise Denial or Breakdown."""
    doers = {
        "SessionCreate": _session_create,
        "TicketCreate": _ticket_create,
        "TicketUpdate": _ticket_update,
        "TicketGet": _ticket_get,
        "TicketSearch": _ticket_search,
        "TicketHistoryGet": _history_get,
    }
    with desk.state.lock:
        try:
            return doers[operation](desk, data)
        finally:
            desk.finish()


def _session_create(desk: Desk, data: Data) -> Data:
    if false(data.get("Password")):
        raise Denial("SessionCreate.MissingParameter", "SessionCreate: Password parameter is missing!")
    agent = _by_password(desk, data)
    if agent is None:
        raise Denial("SessionCreate.AuthFail", "SessionCreate: Authorization failing!")
    session = secrets.token_hex(16)
    desk.state.sessions[session] = agent.login
    return {"SessionID": session}


def _by_password(desk: Desk, data: Data) -> Agent | None:
    agent = desk.state.agents.get(str(data.get("UserLogin", "")))
    given = str(data.get("Password", ""))
    return agent if agent and agent.password and secrets.compare_digest(agent.password, given) else None


def _agent(desk: Desk, operation: str, data: Data) -> Agent:
    session = str(data.get("SessionID") or "")
    login = desk.state.sessions.get(session, "") if session else ""
    agent = desk.state.agents.get(login) if session else _by_password(desk, data)
    if agent is None or desk.faults.strike(operation, Fault.AUTH_FAIL):
        raise Denial(f"{operation}.AuthFail", f"{operation}: User could not be authenticated!")
    return agent


def _ticket_create(desk: Desk, data: Data) -> Data:
    operation = "TicketCreate"
    _need_login(operation, data)
    agent = _agent(desk, operation, data)
    for name in ("Article", "Ticket"):
        if not isinstance(data.get(name), dict) or not data[name]:
            raise Denial(
                f"{operation}.MissingParameter", f"{operation}: {name} parameter is missing or not valid!"
            )
    wanted = trimmed(data["Ticket"])
    check_new_ticket(desk, wanted)
    if not agent.may(wanted["Queue"], "create"):
        raise Denial(
            f"{operation}.AccessDenied", f"{operation}: Can not create tickets in given Queue or QueueID!"
        )
    article = check_article(operation, trimmed(data["Article"]))
    fields, files = check_fields(desk, operation, data), check_attachments(operation, data)
    return _create(desk, agent, wanted, article, fields, files)


def _need_login(operation: str, data: Data) -> None:
    if not data.get("SessionID") and not data.get("UserLogin"):
        text = f"{operation}: UserLogin, CustomerUserLogin or SessionID is required!"
        raise Denial(f"{operation}.MissingParameter", text)


def _create(
    desk: Desk, agent: Agent, wanted: Data, article: Data, fields: list[tuple[str, str]], files: list[Data]
) -> Data:
    ticket = desk.create(
        agent,
        title=wanted["Title"],
        queue=wanted["Queue"],
        customer_user=wanted["CustomerUser"],
        state=wanted["State"],
        priority=wanted["Priority"],
    )
    if desk.faults.strike("TicketCreate", Fault.BARE_CREATED):
        raise Breakdown("Ticket could not be created, please contact the system administrator")
    if wanted.get("Lock"):
        desk.set_lock(agent, ticket, wanted["Lock"])
    _set_pending(ticket, wanted)
    _set_fields(desk, agent, ticket, fields)
    if desk.faults.strike("TicketCreate", Fault.HALF_CREATED):
        raise Breakdown("Article could not be created, please contact the system administrator")
    made = write_article(desk, agent, ticket, article, files, to=wanted["Queue"])
    owner = wanted.get("OwnerID")
    desk.set_owner(agent, ticket, int(owner) if owner else agent.agent_id)
    if owner and not wanted.get("Lock"):
        desk.set_lock(agent, ticket, "lock")
    return {
        "TicketID": str(ticket.ticket_id),
        "TicketNumber": ticket.number,
        "ArticleID": made.article_id,
    }


def _set_fields(desk: Desk, agent: Agent, ticket: StoredTicket, fields: list[tuple[str, str]]) -> None:
    for name, value in fields:
        if len(value) > 3800:
            text = f"Dynamic Field {name} could not be set, please contact the system administrator"
            raise Breakdown(text)
        desk.set_field(agent, ticket, name, value)


def _set_pending(ticket: StoredTicket, wanted: Data) -> None:
    if STATES[wanted.get("State") or ticket.state][1].startswith("pending") and wanted.get("PendingTime"):
        ticket.pending_until = pending(wanted["PendingTime"])


def _ticket_update(desk: Desk, data: Data) -> Data:
    operation = "TicketUpdate"
    _need_login(operation, data)
    agent = _agent(desk, operation, data)
    ticket = desk.state.tickets.get(number(data.get("TicketID")))
    if ticket is None or not desk.state.may(agent, ticket, "ro"):
        raise Denial(f"{operation}.AccessDenied", f"{operation}: User does not have access to the ticket!")
    wanted = trimmed(hash_of(operation, data, "Ticket"))
    check_ticket(desk, operation, wanted)
    article = hash_of(operation, data, "Article")
    if article:
        article = check_article(operation, trimmed(article))
    fields, files = check_fields(desk, operation, data), check_attachments(operation, data)
    _check_rights(desk, agent, ticket, wanted, note=bool(article), fields=bool(fields))
    return _update(desk, agent, ticket, wanted, article, fields, files)


def _check_rights(
    desk: Desk, agent: Agent, ticket: StoredTicket, wanted: Data, *, note: bool, fields: bool
) -> None:
    """Ask for what Znuny asks for; title, lock, customer and open states need no more than ro."""
    closing = STATES.get(wanted.get("State", ""), (0, ""))[1].startswith(("closed", "pending"))
    needed = (
        (note, "note", "create new articles"),
        (fields, "rw", "update dynamic fields"),
        (wanted.get("Queue"), "move", "update queue"),
        (wanted.get("Owner") or wanted.get("OwnerID"), "owner", "update owner"),
        (wanted.get("ResponsibleID"), "responsible", "update responsibe"),
        (wanted.get("Priority"), "priority", "update priority"),
        (closing, "close", "update state"),
    )
    for asked, right, what in needed:
        if asked and not desk.state.may(agent, ticket, right):
            text = f"TicketUpdate: Does not have permissions to {what}!"
            raise Denial("TicketUpdate.AccessDenied", text)


def _update(
    desk: Desk,
    agent: Agent,
    ticket: StoredTicket,
    wanted: Data,
    article: Data,
    fields: list[tuple[str, str]],
    files: list[Data],
) -> Data:
    if wanted.get("Title") and wanted["Title"] != ticket.title:
        ticket.title = wanted["Title"]
        desk.note(agent, ticket, "TitleUpdate", f"%%%%{ticket.title}")
    if wanted.get("Queue") and wanted["Queue"] != ticket.queue:
        if agent.agent_id != 1 and not agent.may(wanted["Queue"], "move_into"):
            raise Breakdown("Ticket queue could not be updated, please contact system administrator!")
        desk.move(agent, ticket, wanted["Queue"])
    if wanted.get("Lock"):
        desk.set_lock(agent, ticket, wanted["Lock"])
    if wanted.get("State"):
        if STATES[wanted["State"]][1].startswith("pending") and not wanted.get("PendingTime"):
            raise Denial(
                "TicketUpdate.MissingParameter", "Can't set a ticket on a pending state without pendig time!"
            )
        _set_pending(ticket, wanted)
        desk.set_state(agent, ticket, wanted["State"])
    if wanted.get("CustomerUser"):
        ticket.customer_user = wanted["CustomerUser"]
        desk.note(agent, ticket, "CustomerUpdate", f"%%CustomerUser={ticket.customer_user};")
    ticket.priority = wanted.get("Priority") or ticket.priority
    _hand_over(desk, agent, ticket, wanted)
    told: Data = {"TicketID": str(ticket.ticket_id), "TicketNumber": ticket.number}
    if article:
        made = write_article(desk, agent, ticket, article, files, to=None)
        told["ArticleID"] = made.article_id
    _set_fields(desk, agent, ticket, fields)
    return told


def _change_state(desk: Desk, agent: Agent, ticket: StoredTicket, wanted: Data) -> None:
    if STATES[wanted["State"]][1].startswith("pending") and not wanted.get("PendingTime"):
        raise Denial(
            "TicketUpdate.MissingParameter", "Can't set a ticket on a pending state without pendig time!"
        )
    _set_pending(ticket, wanted)
    desk.set_state(agent, ticket, wanted["State"])


def _hand_over(desk: Desk, agent: Agent, ticket: StoredTicket, wanted: Data) -> None:
    owner_id = number(wanted.get("OwnerID")) if wanted.get("OwnerID") else 0
    if wanted.get("Owner"):
        owner_id = desk.state.agents[wanted["Owner"]].agent_id
    if owner_id:
        desk.set_owner(agent, ticket, owner_id)
    if wanted.get("ResponsibleID"):
        ticket.responsible_id = number(wanted["ResponsibleID"])


def _ticket_get(desk: Desk, data: Data) -> Data:
    agent = _agent(desk, "TicketGet", data)
    found = _readable(desk, agent, "TicketGet", data)
    listed = []
    for ticket in found:
        told = rendering.ticket(desk.state, ticket, fields=not false(data.get("DynamicFields")))
        if not false(data.get("AllArticles")) and ticket.articles:
            html, files = not false(data.get("HTMLBodyAsAttachment")), not false(data.get("Attachments"))
            told["Article"] = [
                rendering.article(one, ticket.ticket_id, number, attachments=files, html=html)
                for number, one in enumerate(ticket.articles, start=1)
            ]
        listed.append(told)
    return {"Ticket": listed}


def _readable(desk: Desk, agent: Agent, operation: str, data: Data) -> list[StoredTicket]:
    asked = data.get("TicketID")
    if false(asked):
        raise Denial(f"{operation}.MissingParameter", f"{operation}: TicketID parameter is missing!")
    parts = asked if isinstance(asked, list) else str(asked).split(",")
    found = [desk.state.tickets.get(number(part)) for part in parts]
    readable = [one for one in found if one is not None and desk.state.may(agent, one, "ro")]
    if len(readable) != len(found):
        raise Denial(f"{operation}.AccessDenied", f"{operation}: User does not have access to the ticket!")
    return readable


def _ticket_search(desk: Desk, data: Data) -> Data:
    agent = _agent(desk, "TicketSearch", data)
    if desk.faults.strike("TicketSearch", Fault.EMPTY_SEARCH):
        return {}
    if desk.faults.strike("TicketSearch", Fault.UNFILTERED):
        data = {"Limit": data.get("Limit")}
    hits = search(desk.state, agent, data)
    return {"TicketID": [str(one) for one in hits]} if hits else {}


def _history_get(desk: Desk, data: Data) -> Data:
    agent = _agent(desk, "TicketHistoryGet", data)
    found = _readable(desk, agent, "TicketHistoryGet", data)
    return {"TicketHistory": [rendering.history(desk.state, one) for one in found]}
