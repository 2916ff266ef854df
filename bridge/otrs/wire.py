"""One pyotrs client for one thread: the same calls and payloads, sent our way.

pyotrs 1.5.3 sends every request over a new connection, with the session id in the body, without bounds on time or
size, and quotes whole answers in its exceptions. All of that goes through `_send_request`, which is replaced here.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyotrs.lib
import requests
import urllib3

from bridge.otrs import connection
from bridge.otrs.errors import (
    AccessDenied,
    AuthFailed,
    BadAnswer,
    InvalidParameter,
    OtrsError,
    Refused,
    Unclear,
    Unreachable,
)
from bridge.otrs.model import Endpoint

# POST for reading too: a GET would put session and search terms into the web server's access log.
ROUTES = {
    "SessionCreate": ("POST", "/Session", "SessionID"),
    "TicketCreate": ("POST", "/Ticket", "TicketID"),
    "TicketUpdate": ("PATCH", "/Ticket/:TicketID", "TicketID"),
    "TicketGet": ("POST", "/TicketGet/:TicketID", "Ticket"),
    "TicketSearch": ("POST", "/TicketSearch", "TicketID"),
    "TicketHistoryGet": ("POST", "/TicketHistory/:TicketID", "TicketHistory"),
}
# Of the package OtrsBridgeProof, where it is installed.
ADD_ON = {
    "TicketErase": ("POST", "/TicketErase/:TicketID", "State"),
    "TicketProve": ("POST", "/TicketProve/:TicketID", "State"),
}
_ALL = {**ROUTES, **ADD_ON}
# The only words of an OTRS error text that are repeated: names of parameters, never values.
_PARAMETER = re.compile(r"\b(?:Ticket|Article|DynamicField|Attachment)->([A-Z][A-Za-z]{1,30})\b")
_NOT_DONE_4XX = frozenset(range(400, 500)) - {408, 425, 429, 499}


class _Answer(requests.Response):
    """A checked answer; pyotrs asks it for its JSON again, which need not be parsed twice."""

    def __init__(self, parsed: dict[str, Any]) -> None:
        super().__init__()
        self.status_code = 200
        self._content = b""
        self._parsed = parsed

    def json(self, **_kwargs: Any) -> dict[str, Any]:
        return self._parsed


class Wire(pyotrs.lib.Client):  # type: ignore[misc]  # pyotrs has no types
    """Send pyotrs's requests over one kept connection; not for use by two threads at once.

    `session_id_store.value` holds the session id, in memory only: it is set by the owner of all wires.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        base, path, name = _split(endpoint.url)
        config = {
            operation: {"RequestMethod": method, "Route": route, "Result": result}
            for operation, (method, route, result) in _ALL.items()
        }
        super().__init__(
            baseurl=base,
            webservice_path=path,
            webservice_config_ticket={"Name": name, "Config": config},
            username=endpoint.username,
            password=endpoint.password,
            session_id_file=os.devnull,  # never read, never written: sessions stay in memory
            use_legacy_sessions=True,  # else two log-ins, and the password sent twice
        )
        self._endpoint = endpoint
        self._http = connection.new_session(endpoint.ca_file)

    def close(self) -> None:
        """Close the kept connection."""
        self._http.close()

    def add_on(self, operation: str, ticket_id: int, article_ids: Sequence[int]) -> None:
        """Call an operation of the add-on; `result_json` holds its answer, as after pyotrs's own calls."""
        self.operation = operation
        payload = {self._session_key: self.session_id_store.value, "ArticleIDs": list(article_ids)}
        self.result_json = self._send_request(payload, ticket_id).json()

    def _send_request(
        self, payload: dict[str, Any] | None = None, data_id: object = None
    ) -> requests.Response:
        operation = str(self.operation)
        self._result_type = _ALL[operation][2]
        body = dict(payload or {})
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "otrs-bridge",
        }
        session_id = body.pop(self._session_key, None)
        if session_id:
            headers["X-OTRS-Header-SessionID"] = str(session_id)
        body = body or {"Bridge": "1"}  # Znuny answers 500 to an empty object
        url = self._build_url(data_id)
        raw = self._exchange(operation, url, headers, json.dumps(body).encode("ascii"))
        return _Answer(_parse(operation, raw))

    def _exchange(self, operation: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
        endpoint = self._endpoint
        connection.begin()
        failure: OtrsError
        try:
            with self._http.request(
                _ALL[operation][0],
                url,
                headers=headers,
                data=body,
                timeout=(endpoint.timeout_connect, endpoint.timeout_read),
                allow_redirects=False,
                stream=True,
            ) as response:
                _check_status(operation, response.status_code)
                return _read(operation, response, endpoint)
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
        ) as error:
            # Only the kind of failure is kept: texts of requests quote addresses and answers.
            kind = type(error).__name__
            if connection.left():
                failure = Unclear(f"{operation}: no answer ({kind})", operation=operation)
            else:
                failure = Unreachable(f"{operation}: not sent ({kind})", operation=operation)
        finally:
            self._http.cookies.clear()
        raise failure


def _split(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    path, _, name = parts.path.rstrip("/").rpartition("/")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not name
        or parts.username
        or parts.query
    ):
        raise InvalidParameter("the OTRS address must be http(s)://host/…/Webservice/NAME", parameter="url")
    return f"{parts.scheme}://{parts.netloc}", f"{path}/", name


def _check_status(operation: str, status: int) -> None:
    if status == 200:
        return
    text = f"{operation}: HTTP {status}"
    if 300 <= status < 400:
        raise Refused(text, operation=operation, code="otrs.redirect")
    if status == 413:
        raise Refused(text, operation=operation, code="otrs.too-large", permanent=True)
    if status == 429:
        raise Refused(text, operation=operation, code="otrs.throttled")
    if status in _NOT_DONE_4XX:
        raise Refused(text, operation=operation, code="otrs.web-server-refused")
    raise Unclear(text, operation=operation)


def _read(operation: str, response: requests.Response, endpoint: Endpoint) -> bytes:
    deadline = time.monotonic() + 4 * endpoint.timeout_read
    chunks: list[bytes] = []
    size = 0
    # read1 comes back with what is there; iter_content would sit out a server that dribbles.
    while chunk := response.raw.read1(65536):
        chunks.append(chunk)
        size += len(chunk)
        if size > endpoint.max_answer_bytes:
            raise BadAnswer(
                f"{operation}: answer too large", operation=operation, code="otrs.answer-too-large"
            )
        if time.monotonic() > deadline:
            raise Unclear(f"{operation}: answer took too long", operation=operation)
    return b"".join(chunks)


def _parse(operation: str, raw: bytes) -> dict[str, Any]:
    parsed: Any = None
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        what = "empty answer" if not raw.strip() else "answer is no JSON object"
        raise Unclear(f"{operation}: {what}", operation=operation)
    if "Error" in parsed:
        raise _refusal(operation, parsed["Error"])
    return parsed


def _refusal(operation: str, error: object) -> OtrsError:
    fields = error if isinstance(error, dict) else {}
    otrs_code = re.sub(r"[^A-Za-z.]", "", str(fields.get("ErrorCode", "")))[:60]
    text = f"{operation}: {otrs_code or 'error without code'}"
    kind = otrs_code.rpartition(".")[2]
    if kind == "AccessDenied":
        return AccessDenied(text, operation=operation, otrs_code=otrs_code)
    if kind == "AuthFail":
        return AuthFailed(text, operation=operation, otrs_code=otrs_code)
    if kind in ("InvalidParameter", "MissingParameter", "WrongStructure", "EmptyRequest"):
        found = _PARAMETER.search(str(fields.get("ErrorMessage", "")))
        parameter = found.group(1) if found else ""
        text = f"{text} ({parameter})" if parameter else text
        return InvalidParameter(text, parameter=parameter, operation=operation, otrs_code=otrs_code)
    return Refused(text, operation=operation, otrs_code=otrs_code)
