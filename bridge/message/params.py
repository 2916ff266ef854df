"""Read Content-Type and Content-Disposition with their parameters (RFC 2045, 2231), however broken."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from bridge.message.charsets import decode
from bridge.message.words import decode_words

_PARAM = re.compile(rb';[\s;]*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_SPLIT_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_MAX_PARAMS = 200


def parse_params(value: bytes) -> tuple[str, dict[str, str]]:
    """Split `value` (unfolded) into its lower-case main value and its decoded parameters, names in lower case.

    An extended parameter (`name*`) wins over the plain one. Values lose control characters; nothing is raised.
    """
    main, _, _ = value.partition(b";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in list(_PARAM.finditer(value))[:_MAX_PARAMS]:
        raw = re.sub(rb"\\(.)", rb"\1", match[2]) if match[2] is not None else match[3].strip()
        name = _SPLIT_NAME.fullmatch(match[1].decode("ascii", "replace").lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], decode_words(raw))
        else:
            pieces.setdefault(name[1], {}).setdefault(int(name[2] or 0), (raw, bool(name[3])))
    extended = {name: _assemble(parts) for name, parts in pieces.items()}
    return decode_words(main).strip().lower(), plain | extended


def _assemble(parts: dict[int, tuple[bytes, bool]]) -> str:
    """Join RFC 2231 pieces in their order; the first one names the charset for all that are percent-encoded."""
    charset = ""
    octets: list[bytes] = []
    for at, number in enumerate(sorted(parts)):
        raw, encoded = parts[number]
        if encoded and at == 0 and raw.count(b"'") >= 2:
            label, _, raw = raw.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        octets.append(unquote_to_bytes(raw) if encoded else raw)
    whole = b"".join(octets)
    if not charset and b"=?" in whole:
        return decode_words(whole)
    return decode_words(decode(whole, charset)[0].encode())
