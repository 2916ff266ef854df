"""Decode text of any declared charset, never raising; wrong and missing labels are the rule in real mail."""

from __future__ import annotations

import codecs
import re
from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache

# What mail programs write and what they mean. Superset encodings replace the narrower one that is labelled
# (WHATWG Encoding Standard, section 4.2): windows-1252 for latin-1, gb18030 for gb2312, cp932 for shift_jis.
_MEANT = {
    "ansi": "cp1252",
    "cp65001": "utf-8",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso_8859_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso_8859_11": "cp874",
    "iso_8859_8_e": "iso8859-8",
    "iso_8859_8_i": "iso8859-8",
    "ks_c_5601_1987": "cp949",
    "latin1": "cp1252",
    "latin_1": "cp1252",
    "shift_jis": "cp932",
    "unicode_1_1_utf_8": "utf-8",
    "utf8mb4": "utf-8",
    "windows_874": "cp874",
    "x_gbk": "gb18030",
    "x_mac_roman": "mac-roman",
    "x_sjis": "cp932",
}
_KNOWN = frozenset(aliases) | frozenset(aliases.values()) | frozenset(_MEANT)
# UTF-7 hides markup from every filter; the others are no mail charsets (and punycode decodes in quadratic time).
_REFUSED = frozenset(
    {"utf-7", "punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)
# Charsets whose every byte string is valid, so that a wrong label shows only when UTF-8 fits as well.
_LATIN = frozenset({"ascii", "cp1252", "iso8859-1", "iso8859-15"})
_MAX_REPAIRS = 100_000


def _bad_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("bridge.cp1252", _bad_byte)


@lru_cache(maxsize=256)
def codec_of(label: str) -> str | None:
    """Return Python's name of the charset `label`, "" for a refused one, None for an unknown one.

    Labels are looked up in Python's alias table first: asking `codecs` itself would cache every label ever sent.
    """
    plain = normalize_encoding(re.sub(r"[\s\"';]+", "", label[:80])).lower()
    if not plain.isascii() or plain not in _KNOWN:
        return None
    try:
        info = codecs.lookup(_MEANT.get(plain, plain))
    except (LookupError, ValueError):
        return None
    text = getattr(info, "_is_text_encoding", True)
    return info.name if text and info.name not in _REFUSED else ""


def decode(octets: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    """Decode `octets` labelled with charset `label` ("" = none) and return the text and the defect codes.

    Codes: `refused-charset` (UTF-7 and the like), `unknown-charset`, `wrong-charset` (the label does not fit the
    bytes). Never raises; the text holds no lone surrogate and no byte order mark.
    """
    text, codes = _decode(octets, label)
    return text.removeprefix("\ufeff"), codes


def _decode(octets: bytes, label: str) -> tuple[str, tuple[str, ...]]:
    label = label.strip()
    codec = codec_of(label) if label else "ascii"
    if not codec:
        text, _ = _guess(octets)
        return text, ("refused-charset",) if codec == "" else ("unknown-charset",)
    if codec in _LATIN:
        text, guessed = _guess(octets)
        if guessed != "cp1252":
            return text, ("wrong-charset",) if label and guessed == "utf-8" else ()
        return _latin(octets, codec), ("wrong-charset",) if codec == "ascii" and label else ()
    try:
        return octets.decode(codec), ()
    except ValueError:
        return _repair(octets, codec), ("wrong-charset",)


def _guess(octets: bytes) -> tuple[str, str]:
    """Return the text and which of ascii, utf-8 and cp1252 it was read as (bytes that fit UTF-8 are UTF-8)."""
    if octets.isascii():
        return octets.decode("ascii"), "ascii"
    if octets[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return octets.decode("utf-16", "replace"), "utf-16"
    try:
        return octets.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _latin(octets, "cp1252"), "cp1252"


def _latin(octets: bytes, codec: str) -> str:
    if codec == "iso8859-15" and not re.search(rb"[\x80-\x9f]", octets):
        return octets.decode(codec)
    return octets.decode("cp1252", "replace")


def _repair(octets: bytes, codec: str) -> str:
    if codec not in ("utf-8", "utf-8-sig"):
        text, guessed = _guess(octets)
        return text if guessed == "utf-8" else octets.decode(codec, "replace")
    lost = len(octets) - len(octets.decode("utf-8", "ignore").encode())
    if lost > _MAX_REPAIRS:
        return octets.decode("cp1252", "replace")
    return octets.decode("utf-8", "bridge.cp1252")
