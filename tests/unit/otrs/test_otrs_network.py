"""Failures of the network itself, made by small servers on loopback: not sent, or sent and unclear."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge.otrs import BadAnswer, Endpoint, OtrsClient, OtrsError, Unclear, Unreachable

Act = Callable[[socket.socket], None]


@contextmanager
def server(act: Act, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve each connection with `act`, one after the other, on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with plain:
                try:
                    plain.settimeout(5)
                    if context:
                        with context.wrap_socket(plain, server_side=True) as wrapped:
                            act(wrapped)
                    else:
                        act(plain)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def client(
    port: int,
    *,
    scheme: str = "http",
    ca_file: str | None = None,
    timeout_read: float = 5.0,
    most: int = 1_000_000,
) -> OtrsClient:
    url = f"{scheme}://127.0.0.1:{port}/otrs/nph-genericinterface.pl/Webservice/Bridge"
    bounds = Endpoint(url, "u", "p", 5, timeout_read, ca_file, max_answer_bytes=most)
    return OtrsClient(bounds)


def read_request(connection: socket.socket) -> None:
    """Read a whole request: closing with unread bytes would reset the connection under the answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def hang_up(connection: socket.socket) -> None:
    read_request(connection)


def reply(data: bytes) -> Act:
    def act(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(data)

    return act


def dribble(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(200):
        connection.sendall(b" ")
        time.sleep(0.02)


def stall(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    ("act", "timeout_read"),
    [
        (hang_up, 5.0),
        (reply(HEAD + b'{"SessionID"'), 5.0),
        (reply(b"HTTP/1.1 200"), 5.0),
        (reply(b"SSH-2.0-OpenSSH\r\n"), 5.0),
        (stall, 0.1),
        (dribble, 0.1),
    ],
    ids=["hang-up", "cut-short", "cut-head", "no-http", "stall", "dribble"],
)
def test_sent_and_unclear(act: Act, timeout_read: float) -> None:
    with server(act) as port, pytest.raises(Unclear) as caught:
        client(port, timeout_read=timeout_read).check_login()
    assert caught.value.outcome == "unclear"
    assert not caught.value.permanent


def test_endless_answer_is_cut() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b" " * 300_000
    with server(reply(data)) as port, pytest.raises(BadAnswer) as caught:
        client(port, most=100_000).check_login()
    assert caught.value.code == "otrs.answer-too-large"


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        client(port).check_login()
    assert caught.value.outcome == "not-sent"


def test_tls_to_a_plain_port_is_not_sent() -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)  # a TLS greeting is no request with an end to wait for
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with server(refuse) as port, pytest.raises(Unreachable):
        client(port, scheme="https").check_login()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate_file, key_file


def tls_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_unknown_authority_is_not_sent(certificate: tuple[Path, Path]) -> None:
    with server(hang_up, tls_context(certificate)) as port, pytest.raises(Unreachable):
        client(port, scheme="https").check_login()


def test_own_authority(certificate: tuple[Path, Path]) -> None:
    body = b'{"SessionID":"s1"}'
    data = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )
    with server(reply(data), tls_context(certificate)) as port:
        client(port, scheme="https", ca_file=str(certificate[0])).check_login()


def test_tls_lost_after_sending_is_unclear(certificate: tuple[Path, Path]) -> None:
    with server(hang_up, tls_context(certificate)) as port, pytest.raises(OtrsError) as caught:
        client(port, scheme="https", ca_file=str(certificate[0])).check_login()
    assert caught.value.outcome == "unclear"


def test_environment_can_not_divert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    body = b'{"SessionID":"s1"}'
    data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with server(reply(data)) as port:
        client(port).check_login()
