"""Search databases and files for canary words, looking through the encodings that mail hides them in."""

from __future__ import annotations

import binascii
import os
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import psycopg
from psycopg import sql

# Znuny's own settings and translations: large, and no request ever gets in.
STATIC = re.compile(r"^(sysconfig_|translation_|xml_storage)")
STATIC_FOLDERS = {"htdocs", "XML"}
BASE64 = re.compile(rb"[A-Za-z0-9+/][A-Za-z0-9+/\r\n]{15,}")


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a needle was found: table or file, row key or empty, column or empty."""

    place: str
    row: str
    column: str
    needle: str


def _readings(content: bytes, depth: int = 2) -> Iterator[bytes]:
    """Yield the content and what it decodes to."""
    yield content
    if b"=" in content:
        yield quopri.decodestring(content)
    if b"%" in content:
        yield unquote_to_bytes(content)
    if not depth:
        return
    for run in BASE64.findall(content):
        packed = run.replace(b"\r", b"").replace(b"\n", b"")
        for start in range(4):  # plain text before it may have shifted it
            part = packed[start:]
            part = part[:-1] if len(part) % 4 == 1 else part
            yield from _readings(binascii.a2b_base64(part + b"=" * (-len(part) % 4)), depth - 1)


def found_in(content: bytes, needles: Sequence[str]) -> list[str]:
    """Return the needles that occur in the content, whatever the case, the charset or the encoding."""
    found: set[str] = set()
    for reading in _readings(content):
        low = reading.lower()
        found |= {needle for needle in needles if any(form in low for form in _forms(needle))}
    return sorted(found)


@lru_cache(maxsize=256)
def _forms(needle: str) -> frozenset[bytes]:
    charsets = ("utf-8", "iso-8859-1", "utf-16-le", "utf-16-be")
    cases = (needle, needle.lower(), needle.upper())  # lower() of bytes knows ASCII only
    return frozenset(case.encode(charset, "ignore").lower() for case in cases for charset in charsets) - {b""}


def search_database(connection: psycopg.Connection[Any], needles: Sequence[str]) -> list[Trace]:
    """Read every row of every table in the schema public."""
    tables = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
    ).fetchall()
    traces: list[Trace] = []
    for (table,) in tables:
        if not STATIC.match(table):
            traces += _search_table(connection, table, needles)
    return traces


def _search_table(connection: psycopg.Connection[Any], table: str, needles: Sequence[str]) -> Iterator[Trace]:
    cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    names = [column.name for column in cursor.description or ()]
    for row in cursor:
        contents = [value if isinstance(value, bytes) else str(value or "").encode() for value in row]
        if not found_in(b"\n=\n".join(contents), needles):  # one look at the row: most rows hold nothing
            continue
        for name, content in zip(names, contents, strict=True):
            for needle in found_in(content, needles):
                yield Trace(table, str(row[0]), name, needle)


def search_files(places: Iterable[Path], needles: Sequence[str]) -> list[Trace]:
    """Read every file under the places; file names count as content."""
    traces: list[Trace] = []
    for place in places:
        for path in _files(place):
            content = str(path).encode(errors="surrogateescape") + b"\n" + _read(path)
            traces += [Trace(str(path), "", "", needle) for needle in found_in(content, needles)]
    return traces


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
    for folder, folders, names in os.walk(place):  # takes folders that vanish meanwhile for empty
        folders[:] = [each for each in folders if each not in STATIC_FOLDERS]
        yield Path(folder)
        yield from (Path(folder) / name for name in names)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:  # a cache file may go while we look
        return b""
