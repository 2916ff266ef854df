"""Decode header values: RFC 2047 encoded words in all the habits of real mail programs, and raw 8-bit text."""

from __future__ import annotations

import binascii
import re

from bridge.message.charsets import decode

_WORD = re.compile(rb"=\?([^?\s=*]{1,40})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BASE64_OR_SPACE = _BASE64 + b" \t\r\n"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def decode_words(value: bytes) -> str:
    """Decode an unfolded header value: encoded words anywhere (inside quotes too), raw UTF-8 or windows-1252.

    Adjacent words of one charset are joined before decoding, since many programs split them in mid-character.
    Line ends and control characters, encoded or not, become one space: a decoded value never starts a new header.
    """
    if b"=?" not in value:
        return _printable(decode(value)[0])
    pieces: list[str] = []
    words: list[tuple[str, bytes]] = []
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if between.strip() or not words:
            pieces += [_join(words), decode(between)[0]]
            words = []
        words.append((match[1].decode("ascii", "replace").lower(), _octets(match[2], match[3])))
        end = match.end()
    pieces += [_join(words), decode(value[end:])[0]]
    return _printable("".join(pieces))


def _printable(text: str) -> str:
    return _CONTROL.sub(" ", text) if not text.isprintable() else text


def _octets(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"Qq":
        return _Q_BYTE.sub(lambda m: bytes([int(m[1], 16)]), text.replace(b"_", b" "))
    return base64_octets(text)[0]


def base64_octets(encoded: bytes) -> tuple[bytes, bool]:
    """Decode base64 as far as it goes, wherever its padding stands, and tell whether it was sound."""
    kept = encoded.translate(None, _NOT_BASE64)
    sound = len(kept) == len(encoded) or not encoded.translate(None, _BASE64_OR_SPACE)
    kept = kept.rstrip(b"=")
    runs = kept.split(b"=") if b"=" in kept else [kept]
    octets = []
    for run in runs:
        if len(run) % 4 == 1:
            sound, run = False, run[:-1]  # noqa: PLW2901 -- a last lone character carries no whole octet
        octets.append(binascii.a2b_base64(run + b"=" * (-len(run) % 4) if len(run) % 4 else run))
    return (octets[0] if len(octets) == 1 else b"".join(octets)), sound


def _join(words: list[tuple[str, bytes]]) -> str:
    text: list[str] = []
    at = 0
    while at < len(words):
        charset, run = words[at][0], [words[at][1]]
        at += 1
        while at < len(words) and words[at][0] == charset:
            run.append(words[at][1])
            at += 1
        text.append(decode(b"".join(run), charset)[0])
    return "".join(text)
