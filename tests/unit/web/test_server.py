"""The server: it answers, stops quickly though browsers keep connections open, and says when it can't listen."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterable

import pytest

from bridge.web.server import ListenError, serve
from tests.unit.web.web_bench import WebBench


def test_it_stops_at_once_though_a_browser_keeps_its_connection(web: WebBench) -> None:
    stop = threading.Event()
    server = serve(web.app, ("127.0.0.1", 0), stop)
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    kept.request("GET", "/healthz")
    answer = kept.getresponse()
    assert answer.status == 200
    assert answer.read()
    assert answer.getheader("Server") is None
    begun = time.monotonic()
    stop.set()
    server.join()
    assert time.monotonic() - begun < 5
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=10).request("GET", "/healthz")
    kept.close()


def test_an_answer_under_way_is_finished() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_environ: object, start_response: object) -> Iterable[bytes]:
        begun.set()
        assert go_on.wait(10)
        start_response("200 OK", [("Content-Length", "4")])  # type: ignore[operator]
        return [b"done"]

    server = serve(slow, ("127.0.0.1", 0))
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    asked.request("GET", "/")
    assert begun.wait(10)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    go_on.set()
    assert asked.getresponse().read() == b"done"
    stopping.join(10)
    asked.close()


def test_an_address_in_use_is_told(web: WebBench) -> None:
    server = serve(web.app, ("127.0.0.1", 0))
    with pytest.raises(ListenError):
        serve(web.app, ("127.0.0.1", server.port))
    server.stop()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(web: WebBench) -> None:
    server = serve(web.app, ("127.0.0.1", 0))
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    asked.putrequest("POST", "/request/main/other")
    asked.putheader("Content-Length", str(1 << 30))
    asked.endheaders()
    assert asked.getresponse().status == 413
    asked.close()
    server.stop()
