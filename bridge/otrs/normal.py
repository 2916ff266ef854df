"""What OTRS does to texts and files on their way in, and how to make any content acceptable to it.

Read from Znuny 6.5's code and measured by tests/contract. Pure functions; nothing here talks to OTRS.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from bridge.otrs.model import Attachment, NewAttachment

# Perl's \s on Unicode text, which is what the GenericInterface trims every value with, at both ends.
SPACE = (
    " \t\n\r\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_LINE_ENDS = re.compile(r"\n\r|\r\r\n|\r\n")  # as in ArticleCreate of the MIMEBase backend; a lone CR stays
_NUL_SIGN = "\u2400"  # SYMBOL FOR NULL: PostgreSQL's text ends at a real one
_SURROGATES = re.compile("[\ud800-\udfff]")  # Znuny's JSON parser refuses the whole request for one
_TYPE = re.compile(r"\w+/\w[\w.+-]*", re.ASCII)  # the \w+/\w+ at its start is all that OTRS checks
_CHARSET = re.compile(r"charset=[\"']?(utf-8|us-ascii|iso-8859-\d{1,2}|windows-125\d)\b", re.IGNORECASE)
# Attachments that OTRS takes for the article's own body, and hides.
_HIDDEN_NAMES = frozenset({"file-1", "file-2", "file-1.html"})
_NAME_BYTES = 200  # OTRS cuts at 220, in the middle of what makes two names different
TITLE_LENGTH = 255
SUBJECT_LENGTH = 3700  # the column holds 3800; sending adds the ticket number


def as_stored(text: str) -> str:
    """Return a plain text article's body as OTRS gives it back when `text` was sent."""
    return _LINE_ENDS.sub("\n", text.strip(SPACE)).partition("\0")[0]


def subject_as_stored(text: str) -> str:
    """Return an article's subject as OTRS gives it back when `text` was sent: on one line, joined without a space."""
    return re.sub(r"[\r\n]", "", text.strip(SPACE)).partition("\0")[0]


def same_text(sent: str, stored: str) -> bool:
    """Tell whether `stored` is what OTRS makes of `sent`; white space at the ends and kinds of line end don't count."""
    return _bare(as_stored(sent)) == _bare(stored)


def _bare(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(SPACE)


def acceptable_body(text: str, placeholder: str) -> str:
    """Return `text` such that OTRS takes it and keeps all of it but white space at its ends.

    NUL becomes its visible sign, a lone surrogate U+FFFD; a blank text becomes `placeholder`,
    "0" (false to Perl) is quoted.
    """
    clean = _SURROGATES.sub("\ufffd", text).replace("\0", _NUL_SIGN)
    bare = clean.strip(SPACE)
    if not bare:
        return placeholder
    return '"0"' if bare == "0" else clean


def acceptable_subject(text: str, placeholder: str, *, length: int = SUBJECT_LENGTH) -> str:
    """Return `text` on one line, as `acceptable_body` does, at most `length` characters (cut with an ellipsis)."""
    line = re.sub(r"[\r\n\t]+ *", " ", text).strip(SPACE)
    line = acceptable_body(line, placeholder)
    return line if len(line) <= length else line[: length - 1].rstrip(SPACE) + "…"


def acceptable_title(text: str, placeholder: str) -> str:
    """Return `text` as a ticket's title, at most 255 characters."""
    return acceptable_subject(text, placeholder, length=TITLE_LENGTH)


def acceptable_attachments(attachments: Iterable[NewAttachment]) -> tuple[NewAttachment, ...]:
    """Return the attachments such that OTRS takes, keeps and shows all of them under the names given here.

    An empty file gets one line end, since OTRS refuses empty ones. Names become different from each other, types that
    OTRS refuses become application/octet-stream. Content is otherwise untouched.
    """
    used: set[str] = set()
    accepted = []
    for index, one in enumerate(attachments, start=1):
        name = _free_name(_clean_name(one.filename) or f"attachment-{index}", used)
        used.add(name.lower())
        content_type = _clean_type(one.content_type)
        accepted.append(NewAttachment(name, content_type, one.content or b"\n", one.disposition))
    return tuple(accepted)


def _clean_name(name: str) -> str:
    clean = _SURROGATES.sub("\ufffd", name)
    clean = "".join("_" if char in '/\\:*?"<>|' or not char.isprintable() else char for char in clean)
    clean = clean.strip(SPACE).lstrip(".").strip(SPACE)
    stem, dot, extension = clean.rpartition(".")
    if not dot or not stem or len(extension) > 12:
        stem, dot, extension = clean, "", ""
    room = _NAME_BYTES - len((dot + extension).encode())
    stem = stem.encode()[: max(room, 20)].decode("utf-8", "ignore").rstrip(SPACE)
    clean = f"{stem}{dot}{extension}"
    return "" if clean == "0" else clean


def _free_name(name: str, used: set[str]) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        stem, dot, extension = name, "", ""
    free, number = name, 0
    while free.lower() in used or free.lower() in _HIDDEN_NAMES:
        number += 1
        free = f"{stem}_{number}{dot}{extension}"
    return free


def _clean_type(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(kind):
        return "application/octet-stream"
    charset = _CHARSET.search(content_type)
    return f"{kind}; charset={charset.group(1).lower()}" if charset and kind.startswith("text/") else kind


def same_attachments(sent: Sequence[NewAttachment], stored: Sequence[Attachment]) -> bool:
    """Tell whether exactly the sent contents are stored, byte for byte, in whatever order and under whatever names."""

    def digests(contents: Iterable[bytes]) -> Counter[bytes]:
        return Counter(sha256(content).digest() for content in contents)

    return digests(one.content for one in sent) == digests(one.content for one in stored)
