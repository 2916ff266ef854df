"""Build the labelled sets from their sources: `python tests/redaction/build.py` writes eval.jsonl and dev.jsonl.

A source file holds mails one after the other, labelled in place:

    === id lang category
    From: Name <address>
    Subject: …
    H: Header: value            (any number)
    html: gmail | outlook | apple | only-gmail | only-outlook | only-apple
    attach: filename content/type
    body with {P:personal value} and {+:a string that must survive}
    --- filename                (the attachment's text, labelled the same way)

The letters are those of KINDS. The JSONL format is that of `otrs-bridge redact --evaluate`.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import html
import json
import re
import sys
from pathlib import Path
from typing import Any

KINDS = {
    "P": "PERSON",
    "E": "EMAIL",
    "T": "PHONE",
    "A": "ADDRESS",
    "Z": "CITY_ZIP",
    "B": "BIRTHDATE",
    "I": "IBAN",
    "X": "TAX_ID",
    "D": "ID_CARD",
    "M": "MEMBER_NO",
    "C": "INVITE_CODE",
    "W": "PASSWORD",
    "N": "IP",
    "H": "HANDLE",
    "U": "URL_PERSONAL",
    "V": "INSURANCE_NO",
    "K": "CARD_NO",
}
MARK = re.compile(r"\{([PETAZBIXDMCWNHUVK+]):((?:[^{}]|\{[^{}]*\})*)\}")
TO = (
    "LQFB Support <lqfb-support@piratenpartei.example>",
    "lqfb-support@piratenpartei.example",
    "Piratenpartei LiquidFeedback <lqfb@piratenpartei.example>",
    "Bundesgeschäftsstelle <info@piratenpartei.example>, lqfb-support@piratenpartei.example",
)
HERE = Path(__file__).parent


def unmarked(text: str, pii: list[dict[str, str]], keep: list[str]) -> str:
    """Take the labels out of a text and note what they labelled."""

    def note(found: re.Match[str]) -> str:
        letter, value = found.groups()
        if letter == "+":
            keep.append(value)
        else:
            pii.append({"text": value.strip('"„“'), "type": KINDS[letter]})
        return value

    return MARK.sub(note, text)


def page(body: str, style: str, pii: list[dict[str, str]]) -> str:
    """Write a body as HTML the way a mail program does."""
    text = html.escape(body.strip("\n"), quote=style == "apple")
    for value in pii:
        address = html.escape(value["text"])
        if value["type"] == "EMAIL":
            text = text.replace(address, f'<a href="mailto:{address}">{address}</a>', 1)
        if value["type"] == "PERSON" and " " in address and style == "apple":
            first, rest = address.split(" ", 1)
            text = text.replace(address, f"<b>{first}</b> {rest}", 1)
    if style == "gmail":
        return '<div dir="ltr">' + text.replace("\n", "<br>") + "</div>\n"
    if style == "apple":
        blocks = "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))
        return f'<html><body style="word-wrap: break-word;">{blocks}</body></html>\n'
    coded = "".join(char if ord(char) < 128 else f"&#{ord(char)};" for char in text)
    lines = "\n".join(f"<p class=MsoNormal>{line or '&nbsp;'}<o:p></o:p></p>" for line in coded.split("\n"))
    head = "<head><style><!-- p.MsoNormal {margin:0cm;font-size:11.0pt} --></style></head>"
    return (
        f'<html xmlns:o="urn:schemas-microsoft-com:office:office">{head}<body lang=DE>{lines}</body></html>\n'
    )


def mail(block: str) -> dict[str, Any]:
    """Read one labelled mail."""
    first, _, rest = block.partition("\n")
    name, lang, category = first.split()
    headers: dict[str, str] = {}
    out: dict[str, Any] = {"id": name, "lang": lang, "category": category}
    pii: list[dict[str, str]] = []
    keep: list[str] = []
    style = ""
    kinds: dict[str, str] = {}
    lines = rest.split("\n")
    while lines and (found := re.match(r"(From|Subject|H|html|attach): ?(.*)", lines[0])):
        lines.pop(0)
        key, value = found.groups()
        if key == "From":
            out["from_name"], out["from_addr"] = email.utils.parseaddr(value)
        elif key == "Subject":
            out["subject"] = unmarked(value, pii, keep)
        elif key == "H":
            headers[value.partition(": ")[0]] = value.partition(": ")[2]
        elif key == "html":
            style = value
        elif key == "attach":
            kinds[value.split()[0]] = value.split()[1]
    pieces = re.split(r"^--- (\S+)\n", "\n".join(lines), flags=re.MULTILINE)
    body = unmarked(pieces[0].rstrip("\n") + "\n", pii, keep)
    out |= {
        "to": TO[int(hashlib.sha256(name.encode()).hexdigest(), 16) % len(TO)],
        "date": _date(name),
        "headers": headers,
    }
    out["body"] = "" if style.startswith("only-") else body
    if style:
        out["html"] = page(body, style.removeprefix("only-"), pii)
    attachments = [
        {
            "filename": pieces[n],
            "content_type": kinds[pieces[n]],
            "text": unmarked(pieces[n + 1].rstrip("\n") + "\n", pii, keep),
        }
        for n in range(1, len(pieces), 2)
    ]
    if attachments:
        out["attachments"] = attachments
    return out | {"pii": pii, "keep": keep}


def _date(name: str) -> str:
    days = int(hashlib.sha256(b"date" + name.encode()).hexdigest(), 16) % 3600
    return email.utils.format_datetime(
        dt.datetime(2012, 1, 9, 8, 30, tzinfo=dt.UTC) + dt.timedelta(days=days, minutes=days * 7 % 660)
    )


def mails(prefix: str) -> list[dict[str, Any]]:
    """Read all source files whose name begins with the prefix."""
    out = []
    for path in sorted((HERE / "sources").glob(f"{prefix}-*.txt")):
        blocks = re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        out += [mail(block) for block in blocks if block.strip()]
    return out


def main() -> int:
    """Write both sets and check them: ids unique, every label found, no label left."""
    faults = 0
    for prefix in ("eval", "dev"):
        found = mails(prefix)
        ids = [entry["id"] for entry in found]
        faults += len(ids) - len(set(ids))
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in found)
        if re.search(r"\{[A-Z+]:", text):
            print("label left:", re.findall(r".{30}\{[A-Z+]:.{20}", text))
            faults += 1
        (HERE / f"{prefix}.jsonl").write_text(text, encoding="utf-8")
        print(f"{prefix}: {len(found)} mails, {sum(len(entry['pii']) for entry in found)} values")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
