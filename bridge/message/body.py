"""Sort the parts of a message into readable text, HTML and attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bridge.message.charsets import decode
from bridge.message.flowed import unflow
from bridge.message.html import to_text
from bridge.message.mime import Defects, Part
from bridge.message.model import Attachment
from bridge.message.words import decode_words

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_MAX_NAME = 255


@dataclass(slots=True)
class Body:
    """What one part (with its children) gives: text, HTML and attachments in their order."""

    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)


def collect(root: Part, defects: Defects) -> Body:
    """Return the body of the message; a message that is a single text part is text, whatever its disposition says."""
    if root.content_type in ("text/plain", "text/html") and not root.children:
        body = _text(root, defects)
    else:
        body = _body(root, defects, related=False)
    if "-----BEGIN PGP MESSAGE-----" in body.text:
        defects.add("encrypted")
    return body


def _body(part: Part, defects: Defects, *, related: bool) -> Body:
    if not part.children:
        return _leaf(part, defects, related=related)
    if part.content_type == "multipart/encrypted":
        defects.add("encrypted")
    inside = part.content_type == "multipart/related"
    children = [_body(child, defects, related=inside or related) for child in part.children]
    attachments = [attachment for child in children for attachment in child.attachments]
    if part.content_type == "multipart/alternative":
        texts = [child.text for child in children if child.text.strip()]
        return Body(_joined(texts, once=True), _joined([c.html for c in children], once=True), attachments)
    return Body(_mixed(children), _joined([child.html for child in children]), attachments)


def _mixed(children: list[Body]) -> str:
    """Join the texts; an HTML part without a text of its own is rendered when its neighbours are text.

    Else a mailing list's text footer would hide an HTML body from everyone who reads the text only.
    """
    if not any(child.text.strip() for child in children):
        return ""
    return _joined([child.text or (to_text(child.html) if child.html else "") for child in children])


def _joined(texts: list[str], *, once: bool = False) -> str:
    kept = [text for text in texts if text.strip()]
    if once:
        kept = list(dict.fromkeys(kept))
    if len(kept) < 2:
        return kept[0] if kept else ""
    return "\n\n".join(text.strip("\n") for text in kept) + "\n"


def _leaf(part: Part, defects: Defects, *, related: bool) -> Body:
    name = _filename(part)
    if part.content_type in ("text/plain", "text/html") and not name and part.disposition != "attachment":
        return _text(part, defects)
    if part.content_type in _TNEF or name.lower() == "winmail.dat":
        defects.add("tnef")
    if part.content_type in _SEALED:
        defects.add("encrypted")
    inline = part.disposition == "inline" or (related and part.disposition != "attachment")
    content = part.content(defects)
    charset = part.params.get("charset", "")[:40]
    return Body(attachments=[Attachment(name, part.content_type, content, charset, inline)])


def _filename(part: Part) -> str:
    """Return the decoded name without folder separators, cut to 255 characters with its ending kept."""
    name = part.disposition_params.get("filename") or part.params.get("name") or ""
    if not name and part.first("content-description") and part.disposition == "attachment":
        name = decode_words(part.first("content-description"))
    name = re.sub(r"[/\\]", "_", name).strip()
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 16] + name[-16:]


def _text(part: Part, defects: Defects) -> Body:
    octets = part.content(defects)
    charset = part.params.get("charset", "")
    html = part.content_type == "text/html"
    if html and not charset:
        meta = _META.search(octets[:2048])
        charset = meta[1].decode("ascii") if meta else ""
    text, codes = decode(octets, charset)
    defects.add(*codes)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        defects.add("nul")  # OTRS would end the text there
        text = text.replace("\0", "")
    if html:
        return Body(html=text)
    if part.params.get("format", "").strip().lower() == "flowed":
        text = unflow(text, delsp=part.params.get("delsp", "").strip().lower() == "yes")
    return Body(text=text)
