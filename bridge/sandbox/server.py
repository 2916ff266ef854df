"""The HTTP side of the sandbox: GenericInterface routes, faults on the way, and the pages to look at."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bridge.sandbox.checks import Breakdown, Denial
from bridge.sandbox.desk import Desk
from bridge.sandbox.faults import Fault, Faults
from bridge.sandbox.operations import run

SERVICE = "/otrs/nph-genericinterface.pl/Webservice/Bridge"
# Both the bridge's own routes (POST throughout) and the method each takes.
ROUTES = (
    ("POST", re.compile(r"/Session"), "SessionCreate"),
    ("POST", re.compile(r"/Ticket"), "TicketCreate"),
    ("POST", re.compile(r"/TicketSearch"), "TicketSearch"),
    ("PATCH", re.compile(r"/Ticket/(?P<TicketID>[^/]+)"), "TicketUpdate"),
    ("POST", re.compile(r"/TicketGet/(?P<TicketID>[^/]+)"), "TicketGet"),
    ("POST", re.compile(r"/TicketHistory/(?P<TicketID>[^/]+)"), "TicketHistoryGet"),
)
_HEADERS = {
    "X-OTRS-Header-SessionID": "SessionID",
    "X-OTRS-Header-UserLogin": "UserLogin",
    "X-OTRS-Header-Password": "Password",
}
_BEFORE = (
    Fault.DROP_BEFORE,
    Fault.ERROR_BEFORE,
    Fault.HTML_BEFORE,
    Fault.REDIRECT,
    Fault.HOLD_BEFORE,
)
_AFTER = (
    Fault.DROP_AFTER,
    Fault.ERROR_AFTER,
    Fault.HTML_AFTER,
    Fault.EMPTY_AFTER,
    Fault.TRUNCATED_AFTER,
    Fault.HOLD_AFTER,
)
_PAGE = b"<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>"
_HOLD_LIMIT = 120.0  # seconds; a forgotten gate must not keep a thread for ever


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; status 0 closes the connection without one."""

    status: int
    content_type: str = "text/plain; charset=UTF-8"
    body: bytes = b""
    location: str = ""


Page = Callable[[str, str], Reply | None]  # path and Accept-Language to a page


class Server(ThreadingHTTPServer):
    """Serve one sandbox on a loopback port; counts the requests of each operation."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, desk: Desk, faults: Faults, page: Page) -> None:
        self.desk, self.faults, self.page = desk, faults, page
        self.calls: dict[str, int] = {}
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that hang up are part of the game, and texts of errors may hold content."""

    def answer(self, method: str, path: str, data: dict[str, Any] | None) -> Reply:
        """Do one GenericInterface request, faults included; `data` None means a body that is no JSON object."""
        for wanted, route, operation in ROUTES:
            found = route.fullmatch(path)
            if found and wanted == method:
                return self._operate(operation, {**data, **found.groupdict()} if data else None)
        return Reply(500, body=b"HTTP::REST Error while determine Operation for request URI.")

    def _operate(self, operation: str, data: dict[str, Any] | None) -> Reply:
        self.calls[operation] = self.calls.get(operation, 0) + 1
        struck = self.faults.strike(operation, *_BEFORE)
        if struck and struck.fault is Fault.HOLD_BEFORE:
            struck.gate.wait(_HOLD_LIMIT)
        elif struck:
            return _struck(struck.fault, b"")
        reply = _done(self.desk, operation, data)
        struck = self.faults.strike(operation, *_AFTER)
        if struck and struck.fault is Fault.HOLD_AFTER:
            struck.gate.wait(_HOLD_LIMIT)
        elif struck:
            return _struck(struck.fault, reply.body)
        return reply


def _done(desk: Desk, operation: str, data: dict[str, Any] | None) -> Reply:
    if data is None:
        return Reply(500, body=b"Unsupported request content structure.")
    try:
        told = run(desk, operation, data)
    except Denial as denial:
        told = {"Error": {"ErrorCode": denial.otrs_code, "ErrorMessage": denial.message}}
    except Breakdown as breakdown:
        fault = {"faultcode": "Server", "faultstring": str(breakdown)}
        return Reply(500, body=json.dumps(fault, sort_keys=True).encode())
    body = json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    return Reply(200, "application/json; charset=UTF-8", body)


def _struck(fault: Fault, body: bytes) -> Reply:
    html = "text/html; charset=UTF-8"
    replies = {
        Fault.DROP_BEFORE: Reply(0),
        Fault.DROP_AFTER: Reply(0),
        Fault.ERROR_BEFORE: Reply(500, html, _PAGE),
        Fault.ERROR_AFTER: Reply(500, html, _PAGE),
        Fault.HTML_BEFORE: Reply(200, html, _PAGE),
        Fault.HTML_AFTER: Reply(200, html, _PAGE),
        Fault.EMPTY_AFTER: Reply(200),
        Fault.TRUNCATED_AFTER: Reply(200, "application/json; charset=UTF-8", body[: max(1, len(body) // 2)]),
        Fault.REDIRECT: Reply(302, location="http://127.0.0.1:9/elsewhere"),
    }
    return replies[fault]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 300

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: request lines hold ticket ids, and a demo's terminal is no access log."""

    def do_GET(self) -> None:
        """Show a page."""
        path = urlsplit(self.path).path
        if path.startswith(SERVICE):
            self.do_POST()
            return
        reply = self.server.page(path, self.headers.get("Accept-Language", ""))
        self._send(reply or Reply(404, body=b"not found"))

    def do_POST(self) -> None:
        """Do an operation."""
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        path = urlsplit(self.path).path
        if not path.startswith(f"{SERVICE}/"):
            self._send(Reply(500, "text/html; charset=iso-8859-1", _PAGE))
            return
        data = _object(raw)
        if data is not None:
            for header, name in _HEADERS.items():
                if self.headers.get(header):
                    data[name] = self.headers[header]
        self._send(self.server.answer(self.command, path.removeprefix(SERVICE), data))

    do_PATCH = do_POST  # noqa: N815 - the stdlib looks it up by this name

    def _send(self, reply: Reply) -> None:
        if not reply.status:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        head = [f"HTTP/1.1 {reply.status} {self.responses[reply.status][0]}"]
        head += [f"Content-Type: {reply.content_type}", f"Content-Length: {len(reply.body)}"]
        head += [f"Location: {reply.location}"] if reply.location else []
        head += ["Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'", "", ""]
        # One write for head and body: two would meet Nagle and delayed acknowledgements (40 ms).
        self.wfile.write("\r\n".join(head).encode() + reply.body)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        # A lone surrogate makes Znuny's parser refuse the whole request; the UTF-8 round trip does so here.
        data = json.loads(raw)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and data else None
