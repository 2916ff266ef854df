"""Tokens that mix letters and digits: member numbers, codes, keys, numbers of documents."""

from __future__ import annotations

import itertools
import re

from bridge.redact import checksums
from bridge.redact.cues import nearest_cue

_STATE_NUMBER = re.compile(
    r"(?:BW|BY|BE|BB|HB|HH|HE|MV|NI|NW|NRW|RP|SL|SN|ST|SH|TH|BAY|HES|NDS|SAC|BER|BRB|LSA|"
    r"RLP)[-/ ]?[0-9]{3,7}(?:-[0-9]{1,3})?"
)
_CODE = re.compile(r"[A-Za-z0-9]{2,8}(?:-[A-Za-z0-9]{2,8}){1,7}")
_ID_CARD = re.compile(r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}[0-9]?D?")
_KEYS = ("tok_", "sk_", "pk_", "ghp_", "key_", "api_", "tok-", "sk-", "glpat-")
_DATED = re.compile(r"[A-ZÄÖÜ][a-zäöüß].*(?:19|20)[0-9]{2}")
_MEMBER_TOKEN = re.compile(
    r"[A-Z]{1,4}[-/]?[0-9]{2,8}|[0-9]{2,7}[-/][A-Z]{1,4}|[A-Z]{1,4}[-/][0-9]{1,4}[-/][0-9]{1,6}"
)


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the letters, digits, underscores and hyphens that touch a run, at most 64 to each side."""
    low, high = start, end
    while low > 0 and start - low < 64 and (text[low - 1].isalnum() or text[low - 1] in "_-"):
        low -= 1
    while high < len(text) and high - end < 64 and (text[high].isalnum() or text[high] in "_-"):
        high += 1
    while low < start and text[low] in "-_":
        low += 1
    while high > end and text[high - 1] in "-_":
        high -= 1
    return low, high


def token_kind(text: str, start: int, end: int) -> str:
    """Give the type of a token that mixes letters and digits, "" where it is none."""
    token = text[start:end]
    if _STATE_NUMBER.fullmatch(token):
        return "MEMBER_NO"
    if not token.isascii() or len(token) < 5 or text[start - 1 : start] in ("#", "/", "="):
        return _code(token, "") if text[start - 1 : start] == "=" else ""
    found, between = nearest_cue(text, start)
    near = found if len(between) < 4 else ""
    if near in ("MEMBER_STRONG", "MEMBER", "ACCOUNT", "NUMBER") and _member(token, near):
        return "MEMBER_NO"
    if near == "ID" and 8 <= len(token) <= 11 and token.isalnum():
        return "ID_CARD"
    if near == "INSURANCE" and len(token) > 7:
        return "INSURANCE_NO"
    return _code(token, near)


def _member(token: str, near: str) -> bool:
    if _MEMBER_TOKEN.fullmatch(token):
        return near != "NUMBER" or len(token) > 5
    return near != "NUMBER" and "-" in token and token[-1].isdigit()


def _code(token: str, near: str) -> str:
    letters = sum(char.isalpha() for char in token)
    digits = sum(char.isdigit() for char in token)
    if (
        near in ("CODE", "CODE_STRONG")
        and digits
        and letters
        and len(token) >= 6
        and not _DATED.fullmatch(token)
    ):
        return "INVITE_CODE"
    if token.startswith(_KEYS) and digits > 2:
        return "PASSWORD"
    groups = token.split("-")
    if len(groups) > 2 and _CODE.fullmatch(token) and digits > 2 and letters > 2 and _scrambled(groups):
        return "INVITE_CODE"
    if _ID_CARD.fullmatch(token) and (checksums.id_card(token.rstrip("D")) or _alternating(token)):
        return "ID_CARD"
    return ""


def _alternating(token: str) -> bool:
    """Tell a token that changes between letters and digits at least four times: no word, product or version does."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(token))
    return len(token) > 8 and changes > 3


def _scrambled(groups: list[str]) -> bool:
    """Tell a random code from a compound word: at least two groups hold digits."""
    return sum(any(char.isdigit() for char in group) for group in groups) > 1
