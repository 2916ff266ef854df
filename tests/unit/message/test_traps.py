"""The corpus of traps: what comes out of each, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.message.model import Message
from bridge.message.parse import parse, parse_strictly

FOLDER = Path(__file__).parents[2] / "messages"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))


@dataclass(frozen=True)
class Expected:
    text: str | None = None
    subject: str | None = None
    html: str | None = None
    sender: tuple[str, str] | None = None
    files: list[str] | None = None
    contents: list[bytes] | None = None
    defects: set[str] | None = None
    without: set[str] | None = None


WHOLE = "Dies ist ein Absatz.\n> zitiert weiter\n-- \nAda"
EXPECTED = {
    "alternative-html-first": Expected("Hallo", html="<p>Hallo</p>", defects=set()),
    "attached-mail": Expected("Grüße", files=["alt.eml"], defects=set()),
    "base64-broken": Expected("Grüßee", defects={"bad-base64"}),
    "base64-padding-inside": Expected("Hallo Welt", defects=set()),
    "blank-first-line": Expected("Hallo\n", "Trap", defects=set()),
    "boundary-prefix": Expected("Grüße\n\nGrüße\n", defects=set()),
    "boundary-with-spaces": Expected("Grüße"),
    "charset-base64-codec": Expected("R3I=", defects={"refused-charset"}),
    "charset-bom": Expected("Grüße", defects=set()),
    "charset-cp1252-as-ascii": Expected("„Grüße“", defects={"wrong-charset"}),
    "charset-cp1252-as-latin1": Expected("„Grüße“ – 5 €", defects=set()),
    "charset-gb2312": Expected("你好", defects=set()),
    "charset-html-meta": Expected("", html="<meta charset=iso-8859-15>5 €"),
    "charset-latin1-as-utf8": Expected("Grüße aus Köln", defects={"wrong-charset"}),
    "charset-mixed-lines": Expected("Grüße\nFußzeile\n", defects={"wrong-charset"}),
    "charset-none-latin1": Expected("Grüße"),
    "charset-none-utf8": Expected("Grüße"),
    "charset-quoted-twice": Expected("Grüße", defects=set()),
    "charset-truncated-utf8": Expected("GrüßeÃ", defects={"wrong-charset"}),
    "charset-unknown": Expected("Grüße", defects={"unknown-charset"}),
    "charset-utf16": Expected("Grüße", defects=set()),
    "charset-utf7": Expected("Hi Mom -+Jjo--+ADw-script+AD4-", defects={"refused-charset"}),
    "charset-utf8-as-latin1": Expected("Grüße aus Köln", defects={"wrong-charset"}),
    "cte-unknown": Expected("Hallo", defects={"bad-encoding"}),
    "cte-with-comment": Expected("Grüße", defects=set()),
    "date-huge": Expected("Hallo\n", defects={"bad-date", "no-message-id"}),
    "date-nonsense": Expected("Hallo\n", defects={"bad-date", "no-message-id"}),
    "digest": Expected("", contents=[b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2"]),
    "disposition-on-body": Expected("Hallo\n", files=[]),
    "empty": Expected("", "", defects={"empty", "no-headers", "no-message-id", "no-from", "no-date"}),
    "encrypted": Expected("", defects={"encrypted"}),
    "encrypted-inline": Expected(defects={"encrypted"}),
    "flowed": Expected(WHOLE),
    "flowed-delsp": Expected("Donaudampfschiff\n gestopft"),
    "from-address-in-name": Expected(sender=("chef@example.org", "evil@example.net")),
    "from-all-encoded": Expected(sender=("Müller", "m@example.org")),
    "from-comma-in-name": Expected(sender=("Muster, Ada", "ada@example.org")),
    "from-comment": Expected(sender=("Ada die Große Muster", "ada@example.org")),
    "from-forged-by-encoded-word": Expected(sender=("chef@example.org>,", "evil@example.net")),
    "from-no-address": Expected(sender=("Ada Muster", ""), defects={"no-message-id", "no-from", "no-date"}),
    "from-none": Expected("Hallo\n", "Trap", defects={"no-message-id", "no-from", "no-date"}),
    "from-two": Expected(sender=("", "eins@example.org"), defects={"no-message-id", "two-from", "no-date"}),
    "from-unclosed": Expected(sender=("Ada", "ada@example.org")),
    "header-endless": Expected("Hallo\n", defects={"bad-header"}),
    "header-nul": Expected("Hallo\n", "Tr ap", defects={"nul"}),
    "header-only": Expected("", "Trap"),
    "header-without-colon": Expected("Hallo\n", "Trap", defects={"bad-header"}),
    "html-only": Expected("", html="<p>Grüße</p><script>alert(1)</script>", defects=set()),
    "html-with-list-footer": Expected("Anliegen\n\n-- \nlist footer\n", html="<p>Anliegen</p>"),
    "levels-60": Expected(defects={"too-deep"}),
    "line-ends-cr": Expected("Hallo\n", "Trap", sender=("Ada Muster", "ada@example.org"), defects=set()),
    "line-ends-lf": Expected("Hallo\n", "Trap", defects=set()),
    "mbox-from-line": Expected("Hallo\n", "Trap", sender=("Ada Muster", "ada@example.org"), defects=set()),
    "multipart-empty": Expected("", files=[]),
    "multipart-in-base64": Expected("Grüße"),
    "name-only-in-type": Expected("Grüße", files=["a;b.pdf"]),
    "name-path": Expected(files=[".._.._etc_passwd"]),
    "name-raw-utf8": Expected(files=["Grüße.pdf"]),
    "name-rfc2047-in-quotes": Expected(files=["Grüße.pdf"]),
    "name-rfc2231": Expected(files=["Grüße.pdf"]),
    "name-rfc2231-pieces": Expected(files=["Grüße.pdf"]),
    "name-star-empty": Expected("Hallo\n"),
    "name-unquoted-spaces": Expected(files=["Antrag neu.pdf"]),
    "no-boundary": Expected("Grüße\n\nx\n", html="<p>x</p>", defects={"no-boundary"}),
    "no-header-at-all": Expected("Hallo\nWelt\n", "", without={"truncated"}),
    "nul-in-body": Expected("HalloWelt", defects={"nul"}),
    "parts-500": Expected(defects={"too-many-parts"}),
    "qp-broken": Expected("Grüße =XY und Ende "),
    "related-inline-image": Expected("", files=[""]),
    "report": Expected("failed", files=["", ""], contents=[b"Action: failed", b"Subject: returned\r\n\r\nx"]),
    "signed": Expected("Grüße", files=["signature.asc"]),
    "subject-base64": Expected(subject="Grüße"),
    "subject-encoded-newline": Expected(subject="Eins Bcc: evil@example.org"),
    "subject-folded-with-tab": Expected(subject="Eins zwei"),
    "subject-language": Expected(subject="Grüße"),
    "subject-missing": Expected("Hallo\n", ""),
    "subject-no-padding": Expected(subject="Grüße"),
    "subject-q-split-in-mid-character": Expected(subject="Grüße"),
    "subject-raw-latin1": Expected(subject="Grüße", defects={"raw-header"}),
    "subject-raw-utf8": Expected(subject="Grüße", defects={"raw-header"}),
    "subject-spaces-in-word": Expected(subject="Grüße an alle"),
    "subject-split-in-mid-character": Expected(subject="Grüße"),
    "subject-twice": Expected(subject="Eins"),
    "subject-unknown-charset": Expected(subject="Grüße"),
    "subject-word-in-quotes": Expected(subject='"Grüße"'),
    "subject-words-without-space": Expected(subject="Grüße"),
    "tnef": Expected("Grüße", files=["winmail.dat"], defects={"tnef"}),
    "to-comment-only": Expected("Hallo\n", "Trap"),
    "truncated": Expected("Grüße", defects={"truncated"}),
    "type-broken": Expected("Hallo", defects={"bad-content-type"}),
    "type-empty": Expected("Hallo"),
    "uuencode": Expected("Grüße", files=["a.txt"], contents=[b"Hallo"]),
    "wrong-boundary": Expected("Grüße", defects={"bad-boundary"}),
    "x-otrs-orders": Expected("Hallo\n", defects={"x-otrs-header"}),
}


def read(name: str) -> Message:
    return parse_strictly((FOLDER / f"{name}.eml").read_bytes())


def test_the_corpus_is_there() -> None:
    assert len(NAMES) >= 90
    assert set(EXPECTED) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_trap_is_read_and_gives_sound_text(name: str) -> None:
    message = read(name)
    for text in (message.subject, message.text, message.html, *(a.filename for a in message.attachments)):
        text.encode("utf-8")
        assert "\0" not in text
        assert "\r" not in text
    assert "\n" not in message.subject


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_comes_out(name: str) -> None:
    message, expected = read(name), EXPECTED[name]
    sender = (message.sender.name, message.sender.email) if message.sender else None
    pairs = [
        (expected.text, message.text),
        (expected.subject, message.subject),
        (expected.html, message.html),
        (expected.sender, sender),
        (expected.files, [a.filename for a in message.attachments]),
        (expected.contents, [a.content for a in message.attachments]),
        (expected.defects, set(message.defects)),
    ]
    wanted = [(want, got) for want, got in pairs if want is not None]
    assert [got for _, got in wanted] == [want for want, _ in wanted]
    assert not (expected.without or set()) & set(message.defects)


def test_otrs_orders_do_not_travel_but_its_loop_mark_does() -> None:
    assert [name for name in read("x-otrs-orders").headers if name.startswith("x-otrs")] == ["x-otrs-loop"]


def test_ids_keep_their_brackets_and_lose_their_folds() -> None:
    message = read("message-id-folded")
    assert message.message_id == "<abc@host>"
    assert message.references == ("<x@y>", "<z@y>")
    assert read("message-id-brackets").message_id == "<[abc@host]>"


def test_the_parts_up_to_the_limit_are_kept() -> None:
    assert "part 100" in read("parts-500").text
    raw = (FOLDER / "parts-500.eml").read_bytes()
    assert "part 499" in parse(raw, max_parts=1000).text


def test_levels_within_the_limit_are_entered() -> None:
    raw = (FOLDER / "levels-60.eml").read_bytes()
    assert parse(raw, max_depth=100).text.strip() == "innermost"
    assert [a.content_type for a in parse(raw).attachments] == ["multipart/mixed"]


def test_an_inline_image_is_marked_inline() -> None:
    assert [a.inline for a in read("related-inline-image").attachments] == [True]
