"""Write the corpus of traps: `python tests/messages/make_traps.py`. Each is one way in which parsers failed.

Kept as a program beside the .eml files, so that their bytes (8-bit, NULs, bare CR) can be
read and changed in an editor.
"""
# ruff: noqa: E501 -- a table reads better with one mail a line

from __future__ import annotations

import base64
from pathlib import Path

HERE = Path(__file__).parent
HEAD = b"From: Ada Muster <ada@example.org>\r\nTo: support@example.org\r\nDate: Tue, 12 Jun 2018 06:06:00 +0200\r\nMessage-ID: <trap@example.org>\r\n"
B64 = base64.b64encode


def plain(
    text: bytes, *, subject: bytes = b"Trap", kind: bytes = b"text/plain; charset=utf-8", cte: bytes = b"8bit"
) -> bytes:
    """Return a mail of one part."""
    return HEAD + b"Subject: %s\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (
        subject, kind, cte,
    ) + text  # fmt: skip


def multi(
    *parts: bytes, subtype: bytes = b"mixed", boundary: bytes = b"bound", end: bytes = b"--bound--\r\n"
) -> bytes:
    """Return a multipart mail; each part brings its own header."""
    body = b"".join(b"--bound\r\n" + part + b"\r\n" for part in parts)
    return (
        HEAD
        + b"Subject: Trap\r\nContent-Type: multipart/%s; boundary=%s\r\n\r\n" % (subtype, boundary)
        + body
        + end
    )


def part(kind: bytes, content: bytes, *more: bytes) -> bytes:
    """Return one part."""
    return b"Content-Type: " + kind + b"\r\n" + b"".join(line + b"\r\n" for line in more) + b"\r\n" + content


def subject(value: bytes) -> bytes:
    """Return a mail with this raw subject."""
    return HEAD + b"Subject: " + value + b"\r\n\r\nHallo\r\n"


def nested(levels: int) -> bytes:
    """Return multiparts one in the other."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )
    closed = b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(levels)))
    return HEAD + b"Subject: Trap\r\n" + opened + b"Content-Type: text/plain\r\n\r\ninnermost\r\n" + closed


TEXT = part(b"text/plain; charset=utf-8", "Grüße".encode())
PDF = b"JVBERi0xLjQK"
ATTACHED = b"Content-Disposition: attachment; "
TRAPS: dict[str, bytes] = {
    # charsets
    "charset-unknown": plain("Grüße".encode(), kind=b"text/plain; charset=x-klingon"),
    "charset-utf8-as-latin1": plain("Grüße aus Köln".encode(), kind=b"text/plain; charset=iso-8859-1"),
    "charset-latin1-as-utf8": plain("Grüße aus Köln".encode("latin-1")),
    "charset-cp1252-as-latin1": plain("„Grüße“ – 5 €".encode("cp1252"), kind=b"text/plain; charset=iso-8859-1"),
    "charset-cp1252-as-ascii": plain("„Grüße“".encode("cp1252"), kind=b"text/plain; charset=us-ascii"),
    "charset-none-utf8": plain("Grüße".encode(), kind=b"text/plain"),
    "charset-none-latin1": plain("Grüße".encode("latin-1"), kind=b"text/plain"),
    "charset-utf7": plain(b"Hi Mom -+Jjo--+ADw-script+AD4-", kind=b"text/plain; charset=utf-7"),
    "charset-mixed-lines": plain("Grüße\r\n".encode() + "Fußzeile\r\n".encode("latin-1")),
    "charset-utf16": plain("Grüße".encode("utf-16"), kind=b"text/plain; charset=utf-16"),
    "charset-quoted-twice": plain("Grüße".encode("latin-1"), kind=b"text/plain; charset=\"'ISO-8859-1'\""),
    "charset-base64-codec": plain(b"R3I=", kind=b"text/plain; charset=base64"),
    "charset-gb2312": plain("你好".encode("gb18030"), kind=b"text/plain; charset=gb2312"),
    "charset-truncated-utf8": plain("Grüße".encode() + b"\xc3"),
    "charset-bom": plain(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe"),
    "charset-html-meta": plain("<meta charset=iso-8859-15>5 €".encode("iso-8859-15"), kind=b"text/html"),
    # headers
    "subject-base64": subject(b"=?UTF-8?B?" + B64("Grüße".encode()) + b"?="),
    "subject-split-in-mid-character": subject(
        b"=?utf-8?B?" + B64("Grüße".encode()[:3]) + b"?=\r\n =?utf-8?B?" + B64("Grüße".encode()[3:]) + b"?="
    ),
    "subject-q-split-in-mid-character": subject(b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?="),
    "subject-words-without-space": subject(b"=?utf-8?Q?Gr=C3=BC?==?utf-8?Q?=C3=9Fe?="),
    "subject-word-in-quotes": subject(b'"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="'),
    "subject-raw-utf8": subject("Grüße".encode()),
    "subject-raw-latin1": subject("Grüße".encode("latin-1")),
    "subject-language": subject(b"=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?="),
    "subject-unknown-charset": subject(b"=?x-none?Q?Gr=C3=BC=C3=9Fe?="),
    "subject-no-padding": subject(b"=?utf-8?B?R3LDvMOfZQ?="),
    "subject-spaces-in-word": subject(b"=?utf-8?Q?Gr=C3=BC=C3=9Fe an alle?="),
    "subject-encoded-newline": subject(b"=?utf-8?Q?Eins=0D=0ABcc:_evil@example.org?="),
    "subject-folded-with-tab": subject(b"Eins\r\n\tzwei"),
    "subject-twice": subject(b"Eins\r\nSubject: Zwei"),
    "subject-missing": HEAD + b"\r\nHallo\r\n",
    "from-none": b"To: support@example.org\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "from-two": b"From: eins@example.org\r\nFrom: zwei@example.org\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "from-empty": b"From: \r\nSubject: Trap\r\n\r\nHallo\r\n",
    "from-no-address": b"From: Ada Muster\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "from-address-in-name": b'From: "chef@example.org" <evil@example.net>\r\nSubject: Trap\r\n\r\nHallo\r\n',
    "from-forged-by-encoded-word": b"From: =?utf-8?Q?chef=40example.org=3E=2C?= <evil@example.net>\r\n\r\nHallo\r\n",
    "from-all-encoded": b"From: =?utf-8?Q?M=C3=BCller_=3Cm=40example.org=3E?=\r\n\r\nHallo\r\n",
    "from-comma-in-name": b'From: "Muster, Ada" <ada@example.org>\r\n\r\nHallo\r\n',
    "from-comment": b"From: ada@example.org (Ada (die =?utf-8?Q?Gro=C3=9Fe?=) Muster)\r\n\r\nHallo\r\n",
    "from-unclosed": b'From: "Ada <ada@example.org\r\nSubject: Trap\r\n\r\nHallo\r\n',
    "to-comment-only": HEAD.replace(b"support@example.org", b"(c):") + b"Subject: Trap\r\n\r\nHallo\r\n",
    "message-id-brackets": b"From: a@example.org\r\nMessage-ID: <[abc@host]>\r\n\r\nHallo\r\n",
    "message-id-folded": b"From: a@example.org\r\nMessage-ID:\r\n <a\r\n bc@host>\r\nReferences: <x@y>,<z@y> rubbish\r\n\r\nHallo\r\n",
    "date-nonsense": b"From: a@example.org\r\nDate: gestern\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "date-huge": b"From: a@example.org\r\nDate: Tue, 99 Jun 99999 99:99:99 +9999999\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "x-otrs-orders": HEAD + b"Subject: Trap\r\nX-OTRS-Queue: Raw\r\nx-otrs-dynamicfield-BridgeErase: erase\r\nX-OTRS-Loop: yes\r\n\r\nHallo\r\n",
    "header-without-colon": HEAD + b"this is no header\r\nSubject: Trap\r\n\r\nHallo\r\n",
    "header-name-only": HEAD + b"Subject: Trap\r\n:\r\n: x\r\n\r\nHallo\r\n",
    "header-nul": HEAD + b"Subject: Tr\0ap\r\n\r\nHal\0lo\r\n",
    "header-endless": HEAD + b"Subject: " + b"x" * 70_000 + b"\r\n\r\nHallo\r\n",
    "mbox-from-line": b"From ada@example.org Tue Jun 12 06:06:00 2018\n" + HEAD + b"Subject: Trap\n\nHallo\n",
    "line-ends-cr": (HEAD + b"Subject: Trap\r\n\r\nHallo\r\n").replace(b"\r\n", b"\r"),
    "line-ends-lf": (HEAD + b"Subject: Trap\r\n\r\nHallo\r\n").replace(b"\r\n", b"\n"),
    "blank-first-line": b"\r\n" + HEAD + b"Subject: Trap\r\n\r\nHallo\r\n",
    "empty": b"",
    "no-header-at-all": b"Hallo\r\nWelt\r\n",
    "header-only": HEAD + b"Subject: Trap\r\n",
    # structure
    "no-boundary": multi(TEXT, part(b"text/html", b"<p>x</p>")).replace(b"; boundary=bound", b""),
    "wrong-boundary": multi(TEXT, boundary=b"other"),
    "truncated": multi(TEXT, part(b"application/pdf", PDF, b"Content-Transfer-Encoding: base64"), end=b"")[:-7],
    "boundary-with-spaces": multi(TEXT, boundary=b'"bound  "'),
    "boundary-prefix": multi(TEXT, part(b'multipart/alternative; boundary="bound2"', b"--bound2\r\n" + TEXT + b"\r\n--bound2--")),
    "multipart-empty": multi(),
    "multipart-in-base64": HEAD + b"Subject: Trap\r\nContent-Type: multipart/mixed; boundary=bound\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + B64(b"--bound\r\n" + TEXT + b"\r\n--bound--\r\n"),
    "levels-60": nested(60),
    "parts-500": multi(*[part(b"text/plain", b"part %03d" % n) for n in range(500)]),
    "alternative-html-first": multi(part(b"text/html", b"<p>Hallo</p>"), part(b"text/plain", b"Hallo"), subtype=b"alternative"),
    "html-only": plain("<p>Grüße</p><script>alert(1)</script>".encode(), kind=b"text/html; charset=utf-8"),
    "html-with-list-footer": multi(part(b"text/html; charset=utf-8", b"<p>Anliegen</p>"), part(b"text/plain", b"-- \r\nlist footer")),
    "related-inline-image": multi(part(b"text/html", b"<img src=cid:1>"), part(b"image/png", b"iVBORw0K", b"Content-Transfer-Encoding: base64", b"Content-ID: <1>"), subtype=b"related"),
    "signed": multi(TEXT, part(b"application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----"), subtype=b"signed"),
    "encrypted": multi(part(b"application/pgp-encrypted", b"Version: 1"), part(b"application/octet-stream", b"-----BEGIN PGP MESSAGE-----"), subtype=b"encrypted"),
    "encrypted-inline": plain(b"-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----\r\n"),
    "report": multi(part(b"text/plain", b"failed"), part(b"message/delivery-status", b"Action: failed"), part(b"message/rfc822", b"Subject: returned\r\n\r\nx"), subtype=b"report"),
    "digest": multi(b"\r\nSubject: one\r\n\r\n1", b"\r\nSubject: two\r\n\r\n2", subtype=b"digest"),
    "attached-mail": multi(TEXT, part(b"message/rfc822", multi(TEXT, PDF).replace(b"bound", b"inner"), ATTACHED + b"filename=alt.eml")),
    "tnef": multi(TEXT, part(b"application/ms-tnef; name=winmail.dat", B64(b"\x78\x9f\x3e\x22tnef"), b"Content-Transfer-Encoding: base64")),
    # content transfer encodings
    "base64-broken": plain(b"R3LDvMOf!!ZQ\r\n=ZQ=\r\n*", cte=b"base64"),
    "base64-padding-inside": plain(B64(b"Hallo W") + b"\r\n" + B64(b"elt"), cte=b"base64"),
    "qp-broken": plain(b"Gr=C3=BC=C3=9Fe =XY =\r\nund Ende =", cte=b"quoted-printable"),
    "cte-unknown": plain(b"Hallo", cte=b"x-rot13"),
    "cte-with-comment": plain(B64("Grüße".encode()), cte=b"BASE64 (really)"),
    "uuencode": multi(TEXT, part(b"application/octet-stream; name=a.txt", b"begin 644 a.txt\r\n%2&%L;&\\\r\n`\r\nend", b"Content-Transfer-Encoding: x-uuencode")),
    "flowed": plain(b"Dies ist ein \r\nAbsatz.\r\n> zitiert \r\n> weiter\r\n-- \r\nAda", kind=b"text/plain; format=flowed"),
    "flowed-delsp": plain(b"Donau \r\ndampf \r\nschiff\r\n  gestopft", kind=b"text/plain; format=flowed; delsp=yes"),
    "nul-in-body": plain(b"Hallo\0Welt"),
    # file names
    "name-rfc2231": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + b"filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf")),
    "name-rfc2231-pieces": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + b"filename*1*=%BC%C3%9F; filename*2=e.pdf; filename*0*=utf-8''Gr%C3")),
    "name-rfc2047-in-quotes": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + b'filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?="')),
    "name-raw-utf8": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + 'filename="Grüße.pdf"'.encode())),
    "name-unquoted-spaces": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + b"filename=Antrag neu.pdf")),
    "name-path": multi(TEXT, part(b"application/pdf", PDF, ATTACHED + b'filename="..\\\\..\\\\etc/passwd"')),
    "name-star-empty": HEAD + b"Subject: Trap\r\nContent-Type: text/plain; name*\r\n\r\nHallo\r\n",
    "name-only-in-type": multi(TEXT, part(b'application/pdf; name="a;b.pdf"', PDF)),
    "type-broken": plain(b"Hallo", kind=b"text"),
    "type-empty": plain(b"Hallo", kind=b""),
    "disposition-on-body": HEAD + b"Subject: Trap\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nHallo\r\n",
}  # fmt: skip


def main() -> None:
    """Write every trap as a file."""
    for name, raw in TRAPS.items():
        (HERE / f"{name}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
