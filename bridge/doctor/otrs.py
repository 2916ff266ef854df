"""Look at OTRS from outside: connection, log-in, routes, queues, control ticket. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.doctor.bare import Bare
from bridge.doctor.finding import Finding, found
from bridge.erasure.ticket import ROOT
from bridge.errors import BridgeError
from bridge.otrs.client import OtrsClient
from bridge.otrs.errors import AccessDenied, InvalidParameter
from bridge.otrs.model import NewArticle, NewTicket
from bridge.otrs.wire import ROUTES
from bridge.settings.connections import Otrs

NO_SUCH_FIELD = "BridgeNoSuchField"
# Outcomes of check otrs.connection by the client's error codes; whatever is not here may be a missing web service.
_CONNECTION = {
    "otrs.unreachable": "unreachable",
    "otrs.redirect": "redirect",
    "otrs.web-server-refused": "not-found",
}


def connection(otrs: Otrs, client: OtrsClient) -> Iterator[Finding]:
    """Reach OTRS and log in."""
    try:
        client.check_login()
    except BridgeError as error:
        if error.code == "otrs.auth-failed":
            yield found("otrs.connection")
            yield found("otrs.login", "refused", agent=otrs.username)
            return
        tls = error.code == "otrs.unreachable" and "SSL" in str(error)
        outcome = "certificate" if tls else _CONNECTION.get(error.code, "no-webservice")
        yield found("otrs.connection", outcome, text=error, webservice=_webservice(otrs))
        return
    yield found("otrs.connection")
    yield found("otrs.login")


def routes(bare: Bare) -> Iterator[Finding]:
    """Call every route without a session: OTRS refuses, and names the operation in its refusal."""
    sound = True
    for operation, (method, route, _result) in ROUTES.items():
        told = bare.call(method, route.replace(":TicketID", "0"), {"Bridge": "1"}).error
        if not told:
            sound = False
            yield found("otrs.routes", "missing", route=f"{method} {route}")
        elif told.partition(".")[0] != operation:
            sound = False
            yield found(
                "otrs.routes", "other-operation", route=f"{method} {route}", operation=told.partition(".")[0]
            )
    if sound:
        yield found("otrs.routes")


def get_routes(bare: Bare, otrs: Otrs) -> Iterator[Finding]:
    """Ask for every route by GET, without a session: only a route that exists answers with an OTRS error."""
    paths = sorted(
        {route for _method, route, _result in ROUTES.values()} | {"/TicketList", "/Ticket/:TicketID"}
    )
    open_to_get = [path for path in paths if bare.call("GET", path.replace(":TicketID", "0")).error]
    for path in open_to_get:
        yield found("otrs.get-routes", "found", route=path, webservice=_webservice(otrs))
    if not open_to_get:
        yield found("otrs.get-routes")


def queues(client: OtrsClient, names: Mapping[str, str]) -> Iterator[Finding]:
    """Ask OTRS to make a ticket that it must refuse for its field: it looks at queue and rights first.

    Nothing is made. (A faulty state would be refused before the rights are looked at; measured on Znuny 6.5.)

    Only faults are told here; that all rights are there is for the round with a real ticket to say.
    """
    article = NewArticle(subject="probe", body="probe")
    for role, queue in names.items():
        probe = NewTicket("probe", queue, "probe", article, fields={NO_SUCH_FIELD: "probe"})
        try:
            client.create_ticket(probe)
        except InvalidParameter as error:
            if "queue" in error.parameter.lower():
                yield found("otrs.queue", "unknown", queue=queue, role=role)
        except AccessDenied:
            yield found("otrs.queue", "no-create", queue=queue)
        except BridgeError as error:
            yield found("otrs.queue", "other", queue=queue, text=error, left="")


def control(client: OtrsClient, otrs: Otrs) -> Iterator[Finding]:
    """Find the control ticket, and tell what is wrong with those that have its title."""
    queue, title = otrs.queues.erasing, otrs.control_title
    wrong: list[Finding] = []
    try:
        hits = client.get_tickets(client.search({"Title": title, "Queues": [queue]}, limit=50))
    except BridgeError as error:
        yield found("otrs.queue", "other", queue=queue, text=error, left="")
        return
    for number in sorted(hits):
        ticket = hits[number]
        if ticket.title != title or ticket.queue != queue:
            continue
        if ticket.create_by != ROOT:
            wrong.append(found("otrs.control", "creator", number=ticket.number, creator=ticket.create_by))
        elif ticket.owner_id != ROOT:
            wrong.append(found("otrs.control", "owner", number=ticket.number, owner=ticket.owner_id))
        else:
            yield found("otrs.control")
            return
    yield from wrong or [found("otrs.control", "missing", title=title, queue=queue)]


def _webservice(otrs: Otrs) -> str:
    return otrs.url.rpartition("/")[2]
