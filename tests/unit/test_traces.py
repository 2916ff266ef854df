"""The search for canary words sees through what mail hides them in."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.servers.traces import Trace, found_in, search_files

WORD = "Kanarienvögelchen"
ENCODINGS = {
    "plain": WORD.encode(),
    "other case": WORD.upper().encode(),
    "latin-1": WORD.encode("latin-1"),
    "utf-16": WORD.encode("utf-16"),
    "base64 in lines": base64.encodebytes(b"x" * 100 + WORD.encode()),
    "base64 twice": base64.b64encode(base64.b64encode(b"und " + WORD.encode() + b" und")),
    "quoted-printable": quopri.encodestring(b"y" * 70 + WORD.encode()),
    "percent": quote(WORD).encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_word_is_found_in(name: str) -> None:
    assert found_in(b"davor\n" + ENCODINGS[name] + b"\ndanach", [WORD, "anderes"]) == [WORD]


def test_files_and_their_names_are_searched(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(ENCODINGS["quoted-printable"])
    (tmp_path / f"{WORD}.txt").touch()
    (tmp_path / "c").write_bytes(b"nichts")
    found = search_files([tmp_path], [WORD])
    assert sorted(found, key=str) == sorted(
        [Trace(str(tmp_path / "a"), "", "", WORD), Trace(str(tmp_path / f"{WORD}.txt"), "", "", WORD)],
        key=str,
    )
