"""Views of markup: what is read, and where it came from."""

from __future__ import annotations

import time

import pytest

from bridge.redact.hits import Hit, merge
from bridge.redact.markup import markup
from bridge.redact.views import plain


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a &amp; b</p>", "a & b"),
        ("a<br>b", "a\nb"),
        ("a<br/>b<hr>c", "a\nb\nc"),
        ("<div>eins</div><div>zwei</div>", "eins\nzwei"),
        ("viel   Raum\n\t hier", "viel Raum hier"),
        ("<pre>a  b\nc</pre>", "a  b\nc"),
        ("2 < 3 und <3", "2 < 3 und <3"),
        ("<SCRIPT>var a = '<p>';</SCRIPT>nach", "nach"),
        ("<!-- weg -->da<!-- offen", "da"),
        ("<a title='x>y'>z</a>", "z"),
        ("Zer\u00adlegt&shy;es", "Zerlegtes"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<p", ""),
    ],
)
def test_text_is_rendered(page: str, text: str) -> None:
    view = markup("html", page)
    assert view.text[: view.visible].strip("\n") == text


def test_each_character_leads_back_to_its_source() -> None:
    page = "<b>J&#252;r</b>gen &lt;x&gt;"
    view = markup("html", page)
    at = view.text.index("Jürgen")
    assert view.bounds(at, at + 6) == (3, page.index(" &lt;"))
    assert view.pieces(at, at + 6) == [(3, 11), (15, 18)]


def test_attributes_follow_the_text() -> None:
    view = markup("html", '<img alt="Bild von Ute" src="cid:x@y" style="color: red">a')
    assert view.text[view.visible :] == "\nBild von Ute"


def test_decomposed_letters_are_composed_and_mapped() -> None:
    view = plain("filename:0", "Mu\u0308ller.txt")
    assert view.text == "Müller.txt"
    assert view.bounds(0, 6) == (0, 7)


def test_overlapping_hits_become_their_union() -> None:
    hits = [Hit(0, 5, "PERSON"), Hit(3, 9, "EMAIL"), Hit(9, 12, "PHONE"), Hit(4, 4, "IP")]
    assert merge(hits) == [Hit(0, 9, "EMAIL"), Hit(9, 12, "PHONE")]


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a b="', "<!--", "&", "&#", "</", '="', "<p>", "<style>", "<a b='x"]
)
def test_broken_markup_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    markup("html", piece * 60_000)
    assert time.process_time() - began < 3  # 0.1 s; quadratic time would be minutes
