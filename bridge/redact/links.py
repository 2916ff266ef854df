"""E-mail addresses and web addresses. Each is found by its sign (@, ://) and read outwards within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from bridge.redact.hits import Hit
from bridge.redact.prefilter import ALL
from bridge.redact.tables import handmade

_ESCAPED_AT = re.compile("%40")
_SPACED_AT = re.compile(" at | AT ")
_BRACKETED_AT = re.compile(r"[(\[{] ?(?:at|ät|AT|At|@|Klammeraffe|affe) ?[)\]}]")
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]{1,30}\w(?![\w@])")
_HOST = re.compile(
    r"[A-Za-z0-9\u00c0-\u024f](?:[\w-]{0,62})(?:(?:\.|[ ]?[(\[{][ ]?(?:dot|punkt|DOT|\.)[ ]?[)\]}][ ]?|"
    r" (?:dot|punkt) )[A-Za-z0-9\u00c0-\u024f][\w-]{0,62}){1,8}"
)
_REST = re.compile(r"[^\s<>\"'\u201c\u201d\u201e)\]]{1,2000}")
_SCHEME = re.compile(r"(?:https?|ftp)$", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.+%'-]+$")
_ROLES = handmade("roles")
_PLATFORM = ("piratenpartei", "liquidfeedback", "lqfb", "piraten", "piratenwiki", "pirate")
_SOCIAL = (
    "twitter.com", "x.com", "facebook.com", "fb.com", "instagram.com", "linkedin.com", "xing.com", "xing.to", "t.me",
    "tiktok.com", "github.com", "gitlab.com", "mastodon.social", "chaos.social", "wa.me", "youtube.com", "flickr.com",
    "reddit.com", "keybase.io", "about.me", "soundcloud.com", "paypal.me",
)  # fmt: skip
_OWN_PAGES = (
    "/~",
    "/ueber-mich",
    "/about-me",
    "/uebermich",
    "/lebenslauf",
    "/cv",
    "/benutzer:",
    "/user:",
    "/users/",
    "/profil",
)
_FREE_HOSTS = handmade("free_hosts")
_CODE_IN_URL = re.compile(
    r"[?&;](?:code|invite|token|key|secret|password|pw|pass|hash|auth|sid|session)=([^&#;\s]{3,200})",
    re.IGNORECASE,
)


def role_address(local: str, host: str) -> bool:
    """Tell an address of a function at the platform or party, which identifies nobody."""
    low = local.lower()
    parts = low.replace(".", "-").replace("_", "-").split("-")
    role = (
        low in _ROLES
        or (len(parts) > 1 and all(part in _ROLES for part in parts))
        or parts[-1] in ("bounces", "request")
    )
    return role and platform_host(host)


@lru_cache(maxsize=4096)
def platform_host(host: str) -> bool:
    """Tell a host of the platform or the party: its addresses are no personal ones."""
    labels = host.lower().split(".")
    return any(label.startswith(_PLATFORM) or label.endswith(_PLATFORM) for label in labels[:-1]) and not any(
        label.startswith("piraten-") for label in labels[:-1]
    )


def emails(text: str, present: frozenset[str] = ALL) -> list[Hit]:
    """Find e-mail addresses, also written with (at), [at], ` at ` and %40, and "@NAME" as a user name.

    `present` are the signs that the text can hold (`prefilter.signs`).
    """
    hits: list[Hit] = []
    for start, end in sorted(_signs(text, present)):
        local = _LOCAL.search(text, max(0, start - 64), start)
        host = _HOST.match(text, end)
        if local is None or host is None:
            hit = _mention(text, start, end) if local is None else None
        else:
            hit = _email(text, text[start:end], local, host)
        if hit is not None and (not hits or hit.start >= hits[-1].end):
            hits.append(hit)
    return hits


def _signs(text: str, present: frozenset[str]) -> list[tuple[int, int]]:
    """Find every @ and what people write for it."""
    signs = []
    at = text.find("@")
    while at >= 0:
        signs.append((at, at + 1))
        at = text.find("@", at + 1)
    if "escaped at" in present and "%40" in text:
        signs += [found.span() for found in _ESCAPED_AT.finditer(text)]
    if "spaced at" in present and (" at " in text or " AT " in text):
        signs += [found.span() for found in _SPACED_AT.finditer(text)]
    bracketed = "bracketed at" in present and ("(" in text or "[" in text or "{" in text)
    for found in _BRACKETED_AT.finditer(text) if bracketed else ():
        low, high = found.span()
        low -= text[low - 1 : low] == " "
        signs.append((low, high + (text[high : high + 1] == " ")))
    return signs


def _mention(text: str, start: int, end: int) -> Hit | None:
    name = (
        _NAME.match(text, end)
        if text[start:end] == "@" and text[start - 1 : start] not in (".", "/")
        else None
    )
    return Hit(*name.span(), "HANDLE") if name is not None else None


def _email(text: str, sign: str, local: re.Match[str], host: re.Match[str]) -> Hit | None:
    end = host.end()
    tail = re.split(r"\.|dot|punkt", text[host.start() : end].lower())[-1].strip(" )]}")
    if text[end : end + 1] == "@":
        return None
    if sign == " at " and not (len(tail) < 9 and tail.isalpha() and "." in host.group()):
        return None
    start = local.start()
    while start < local.end() and text[start] in ".'-%+":
        start += 1
    if text[start : start + 3].lower() == "%3c":
        start += 3
    name = text[start : local.end()]
    if not name or tail.isdigit() or role_address(name, text[host.start() : end]):
        return None
    while text[end - 1] in "-_":
        end -= 1
    return Hit(start, end, "EMAIL")


def web_addresses(text: str) -> list[tuple[int, int]]:
    """Give the bounds of every web address, without the punctuation behind it."""
    found: list[tuple[int, int]] = []
    for sign, width in (("://", 3), ("www.", 0), ("WWW.", 0), ("Www.", 0)):
        at = text.find(sign)
        while at >= 0:
            start = at
            if width:
                scheme = _SCHEME.search(text, max(0, at - 5), at)
                start = scheme.start() if scheme is not None else -1
            rest = _REST.match(text, at + width)
            if (
                start >= 0
                and rest is not None
                and not (not width and at and (text[at - 1].isalnum() or text[at - 1] in "@./_"))
            ):
                end = rest.end()
                while text[end - 1] in ".,;:!?*_'":
                    end -= 1
                found.append((start, end))
                at = rest.end() - 1
            at = text.find(sign, at + 1)
    return sorted(found)


def urls(text: str, places: list[tuple[int, int]], personal: Callable[[str], bool]) -> list[Hit]:
    """Find web addresses that lead to a person, and secrets in the query of any other.

    `places` are those of `web_addresses`; `personal` tells whether a piece of an address contains a known name.
    """
    hits: list[Hit] = []
    for start, end in places:
        hits += _url(text, start, end, personal)
    return hits


def _url(text: str, start: int, end: int, personal: Callable[[str], bool]) -> list[Hit]:
    url = text[start:end]
    rest = url.partition("://")[2] or url
    host, _, path = rest.partition("/")
    low = host.lower().rpartition("@")[2].partition(":")[0]
    own = platform_host(low)
    if not own and _leads_to_person(low, path, rest, personal):
        return [Hit(start, end, "URL_PERSONAL")]
    if own and ("@" in rest or "%40" in rest):
        return []
    return [Hit(start + c.start(1), start + c.end(1), "INVITE_CODE") for c in _CODE_IN_URL.finditer(url)]


def _leads_to_person(host: str, path: str, rest: str, personal: Callable[[str], bool]) -> bool:
    social = host.removeprefix("www.").removeprefix("m.") in _SOCIAL
    if social and path.strip("/") and path.count("/") < 2:
        return True
    low = "/" + path.lower()
    return (
        low.startswith("/~")
        or any(page in low for page in _OWN_PAGES)
        or "@" in rest
        or personal(host)
        or personal(path)
    )


def own_domain(email: str) -> str:
    """Give the second-level label of an address's host where that can point to its owner, else ""."""
    labels = email.rpartition("@")[2].lower().split(".")
    label = labels[-2] if len(labels) > 1 else ""
    return "" if label in _FREE_HOSTS or len(label) < 4 or platform_host(email.rpartition("@")[2]) else label
