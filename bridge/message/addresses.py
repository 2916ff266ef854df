"""Read address headers (RFC 5322 section 3.4) in one pass, whatever stands in them."""

from __future__ import annotations

import re

from bridge.message.model import Address
from bridge.message.words import decode_words

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[()]|[,;:]|\\.|[^"<>(),;:\\]+|.', re.DOTALL)
_EMAIL = re.compile(r"[^\s@<>\"(),;:]+@[^\s@<>\"(),;:]+|\"[^\"]+\"@[^\s@<>\"(),;:]+")
_MAX_ADDRESSES = 500


def parse_addresses(value: bytes) -> tuple[Address, ...]:
    """Return the mailboxes of an unfolded address header in order; at most the first 500.

    Structure is read before encoded words are decoded, so that a comma or an angle bracket inside a display name
    can't forge an address. Only where that finds no address at all, the decoded text is searched for one.
    """
    found = [a for a in (_mailbox(tokens) for tokens in _entries(value)) if a is not None]
    if not any(a.email for a in found):
        name, email = _split(decode_words(value))
        if email:
            return (Address(name, email),)
    return tuple(found[:_MAX_ADDRESSES])


def _entries(value: bytes) -> list[list[bytes]]:
    """Split at commas, semicolons and group colons outside of quotes and comments; a comment stays as one token."""
    entries: list[list[bytes]] = [[]]
    depth = 0
    for match in _TOKEN.finditer(value):
        token = match[0]
        if len(entries) > _MAX_ADDRESSES:
            break
        if token == b"(":
            depth += 1
            if depth == 1:
                entries[-1].append(b"(")
        elif token == b")":
            depth = max(0, depth - 1)
        elif depth:
            entries[-1][-1] += token if len(entries[-1][-1]) < 1000 else b""
        elif token in (b",", b";"):
            entries.append([])
        elif token == b":":
            entries[-1] = []
        else:
            entries[-1].append(token)
    return entries


def _mailbox(tokens: list[bytes]) -> Address | None:
    phrase: list[bytes] = []
    comment = b""
    email = ""
    bare = False
    for token in tokens:
        if token[:1] == b"<":
            email = email or _address(decode_words(token.strip(b"<>")))
        elif token[:1] == b"(":
            comment = comment or token[1:]
        elif token[:1] == b'"':
            phrase.append(re.sub(rb"\\(.)", rb"\1", token.removeprefix(b'"').removesuffix(b'"')))
        else:
            bare = True
            phrase.append(token)
    name = decode_words(b"".join(phrase)).strip()
    if not email and bare and "@" in name:
        name, email = _split(name)
    name = name or decode_words(comment).strip()
    return Address(" ".join(name.split()), email) if name or email else None


def _split(text: str) -> tuple[str, str]:
    """Return what stands before the first address in `text`, and the address."""
    match = _EMAIL.search(text)
    if match is None:
        return text, ""
    return text[: match.start()].strip(" \t<\"'"), _host_lowered(match[0])


def _address(text: str) -> str:
    """Return the address in `text` with its host in lower case, "" where there is none; routes (`@a:u@b`) are cut."""
    match = _EMAIL.search(text.rpartition(":")[2] if text.lstrip().startswith("@") else text)
    return _host_lowered(match[0]) if match else ""


def _host_lowered(email: str) -> str:
    local, _, host = email.rpartition("@")
    return f"{local}@{host.lower()}"
