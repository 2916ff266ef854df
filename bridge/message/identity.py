"""What makes a mailed request itself, wherever it lies: the parts of its identity (invariant 3)."""

from __future__ import annotations

import hashlib

from bridge.message.mime import begin, header_block


def identity_parts(raw: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return Message-ID, Date, From and the SHA-256 of the body; the caller keys them (they are personal data).

    Taken from the raw bytes, not from a parsed Message, so that a better decoder changes no identity. The body is
    everything after the header block with its line ends as LF and none at the end: trace headers added on the
    way and CRLF or LF make no difference. A header given twice counts with both values.
    """
    raw, start = begin(raw)
    fields, body, _ = header_block(raw, start, len(raw))
    message_id, date, sender = (
        b"\n".join(b" ".join(value.split()) for key, value in fields if key.lower() == name)
        for name in (b"message-id", b"date", b"from")
    )
    text = raw[body:].replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    return message_id, date, sender, hashlib.sha256(text).digest()
