"""Optional RFC 3161 time stamps on checkpoints: make the request, check the answer. The transport is the caller's.

Needs the extra `timestamp` (rfc3161-client). A token says that the checkpoint existed at the time of an authority
that the operator does not control.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.x509 import Certificate

from bridge.deletion_log.findings import finding
from bridge.errors import BridgeError

CONTENT_TYPE = "application/timestamp-query"


class TimestampError(BridgeError):
    """Say why there is no valid time stamp."""

    code = "log.timestamp"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A request to send (POST, `CONTENT_TYPE`), and what is needed to check the answer."""

    note: str
    request: bytes
    nonce: int


def make_request(note: str) -> Stamp:
    """Ask for a time stamp on a checkpoint's whole note; SHA-256, with a nonce, certificates wanted."""
    client = _client()
    builder = (
        client.TimestampRequestBuilder().data(note.encode()).hash_algorithm(client.base.HashAlgorithm.SHA256)
    )
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    return Stamp(note, request.as_bytes(), request.nonce)


def check_answer(stamp: Stamp, answer: bytes, roots: Sequence[Certificate]) -> dt.datetime:
    """Check the answer to a request and return the time that it states; keep the answer as the token."""
    return _check(stamp.note, answer, roots, stamp.nonce)


def check_token(note: str, token: bytes, roots: Sequence[Certificate]) -> dt.datetime:
    """Check a kept token again, later and elsewhere; return the time that it states."""
    return _check(note, token, roots, None)


def _check(note: str, answer: bytes, roots: Sequence[Certificate], nonce: int | None) -> dt.datetime:
    client = _client()
    try:
        response = client.decode_timestamp_response(answer)
        builder = client.VerifierBuilder(roots=list(roots))
        verifier = (builder.nonce(nonce) if nonce is not None else builder).build()
        verifier.verify_message(response, note.encode())
        time: dt.datetime = response.tst_info.gen_time
    except (client.VerificationError, ValueError, TypeError) as error:
        raise TimestampError(finding("token-wrong").text, permanent=True) from error
    return time


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError as error:
        raise TimestampError("time stamps need the extra: otrs-bridge[timestamp]", permanent=True) from error
    return rfc3161_client
