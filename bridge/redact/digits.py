"""Values made of digits: one walk over the runs of digits, each judged by its shape and the cue before it.

The pattern is a chain of single digits with at most three separators between, so it can't backtrack; letters
that touch a run are taken in by hand, at most 64 characters to each side.
"""

from __future__ import annotations

import re

from bridge.redact import checksums
from bridge.redact.accounts import account_at, addresses_v6
from bridge.redact.cues import nearest_cue, words_of
from bridge.redact.hits import Hit
from bridge.redact.lexicon import known_name
from bridge.redact.prefilter import ALL
from bridge.redact.tables import handmade
from bridge.redact.tokens import around, token_kind
from bridge.redact.towns import foreign_town, joined_town, prefixed_town, town_at

_RUN = re.compile(r"[0-9](?:[ \u00a0./()\u2013\u2011-]{0,3}[0-9])*")
_DATE = re.compile(
    r"(?<![0-9])(?<![0-9]\.)(?:[0-3]?[0-9]\. ?[01]?[0-9]\. ?(?:(?:19|20)[0-9]{2}|[0-9]{2})"
    r"|[0-3]?[0-9]([/-])[0-3]?[0-9]\1(?:19|20)[0-9]{2}|[0-3]?[0-9]/[0-3]?[0-9]/[3-9][0-9]"
    r"|(?:19|20)[0-9]{2}([/-])[01][0-9]\2[0-3][0-9])(?![0-9])"
)
_IP = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")
_YEAR = re.compile(r"(?<![0-9])(?:[12][0-9]{3}|[0-9]{2})$|^[12][0-9]{3}(?=[/-])")
_INSURANCE = re.compile(
    r"[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}(?!\w)"
)  # number of the German pension insurance
_HYPHENED = re.compile(r"[0-9]{2}-(?!19|20)[0-9]{4}")
_LONE_NUMBER = re.compile(r"[1-9][0-9]{4}|[1-9][0-9] [0-9]{3}")
_NAME_BEFORE = re.compile(r"(?:([^\W\d_]{2,})(,| ?[/|])?|(\ue000),?) (?:ehemals |vormals |Nr\.? )?$")
_NOT_DIGIT = re.compile(r"[^0-9]+")
_UNITS = handmade("units")
_SINCE = handmade("since")
_NOT_A_VALUE = handmade("not_a_value")
_REFERENCE = (
    "#",
    "ticket",
    "bug ",
    "§ ",
    "§",
    "ticket ",
    "ticket-",
    "error ",
    "fehler ",
    "http ",
    "artikel ",
    "art. ",
)


class Digits:
    """One walk over one text."""

    def __init__(self, text: str, present: frozenset[str] = ALL) -> None:
        self.text = text
        self.hits: list[Hit] = addresses_v6(text) if "address v6" in present else []
        self.dates: list[tuple[int, int]] = []
        self.done = 0

    def scan(self) -> list[Hit]:
        """Collect every value made of digits, and note the bounds of every date."""
        for run in _RUN.finditer(self.text):
            start, end = max(run.start(), self.done), run.end()
            if start < end:
                self._run(start, end)
        return self.hits

    def _add(self, start: int, end: int, kind: str) -> None:
        self.hits.append(Hit(start, end, kind))

    def _run(self, start: int, end: int) -> None:
        text, size = self.text, end - start
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        if before.isalnum() or before in "_-" or after.isalnum() or after in "_-":
            low, high = around(text, start, end)
            if self._sure(account_at(text, start) or foreign_town(text, low)) or self._token(low, high):
                return
        elif size < 3 or ((after == " " or before == " ") and self._sure(self._spaced(start, end))):
            return
        if size < 6:
            if size == 4 and text[max(0, start - 3) : start].rstrip(" ").endswith("(*"):
                self._add(start, end, "BIRTHDATE")
            self._number(start, end)
            return
        for piece_start, piece_end in self._undated(start, end):
            if piece_end - piece_start > 2:
                self._number(piece_start, piece_end)

    def _spaced(self, start: int, end: int) -> Hit | None:
        """Judge a run that goes on after a space with a capital: a foreign postal code, an insurance number."""
        text = self.text
        account = account_at(text, start) if text[start - 1 : start] == " " else None
        if account is not None or not text[end + 1 : end + 2].isupper():
            return account
        insured = _INSURANCE.match(text, start) if 8 < end - start < 12 else None
        return Hit(*insured.span(), "INSURANCE_NO") if insured is not None else foreign_town(text, start)

    def _sure(self, hit: Hit | None) -> bool:
        if hit is not None:
            self.hits.append(hit)
            self.done = hit.end
        return hit is not None

    def _token(self, low: int, high: int) -> bool:
        """Judge a run that letters touch. True where the whole token is dealt with."""
        token = self.text[low:high]
        if not any(char.isalpha() for char in token):
            return False
        town = prefixed_town(self.text, low, high)
        if town is not None:
            self.hits.append(town)
            self.done = town.end
            return True
        kind = token_kind(self.text, low, high)
        if kind:
            self._add(low, high, kind)
        if kind or len(token) > 5:
            self.done = max(self.done, high)
        return bool(kind) or token[0].isalpha()

    def _undated(self, start: int, end: int) -> list[tuple[int, int]]:
        value = self.text[start:end]
        address = _IP.search(self.text, start, end) if value.count(".") > 2 else None
        if address is not None:
            self._address(*address.span())
            return [(start, address.start()), (address.end(), end)]
        if not ("." in value or "/" in value or "-" in value):
            return [(start, end)]
        pieces: list[tuple[int, int]] = []
        at = start
        slash = self.text.find(" / ", start, end)
        if self.text[start] not in "0(" and slash - start > 3 and end - slash > 6:
            return [(start, slash), (slash + 3, end)]
        for date in _DATE.finditer(self.text, start, end):
            self._date(*date.span())
            pieces.append((at, date.start()))
            at = date.end()
        pieces.append((at, end))
        return pieces

    def _address(self, start: int, end: int) -> None:
        valid = all(int(number) < 256 for number in self.text[start:end].split("."))
        before = self.text[max(0, start - 12) : start].lower().split()[-1:]
        if valid and before not in (["version"], ["v"], ["build"], ["v."]):
            self._add(start, end, "IP")

    def _date(self, start: int, end: int) -> None:
        """Judge a date: birth by its cue, by a star, or because it lies before the platform's people could write."""
        text = self.text
        self.dates.append((start, end))
        found, between = nearest_cue(text, start)
        after = text[end : end + 12].lower().lstrip(" ,")
        written = _YEAR.search(text[start:end])
        year = int(written.group()) if written is not None else 0
        born = found == "BIRTH" and len(between) < 4
        star = text[max(0, start - 2) : start].strip() == "*"
        old = (1900 < year < 2000 or 29 < year < 100) and (not between or between[0] not in ("vom", "v"))
        if born or star or old or 1800 < year < 1901 or after.startswith("gebor"):
            self._add(start, end, "BIRTHDATE")

    def _number(self, start: int, end: int) -> None:
        text = self.text
        while start < end and not "0" <= text[start] <= "9":
            start += 1
        while end > start and not "0" <= text[end - 1] <= "9":
            end -= 1
        digits = _NOT_DIGIT.sub("", text[start:end])
        if len(digits) < 3 or text[max(0, start - 8) : start].lower().endswith(_REFERENCE):
            return
        town = (
            town_at(text, start, end)
            if end - start == len(digits) in (4, 5)
            else joined_town(text, start, end)
        )
        if town is not None:
            self.hits.append(town)
            return
        kind = _Number(text, start, end, digits).kind()
        if kind == "PHONE":
            start -= text[start - 1 : start] == "+"
            start -= text[start - 1 : start] == "(" and ")" in text[start:end]
        if kind:
            self._add(start, end, kind)


class _Number:
    """One run of digits with its surroundings."""

    def __init__(self, text: str, start: int, end: int, digits: str) -> None:
        self.text, self.start, self.end = text, start, end
        self.value, self.digits, self.size = text[start:end], digits, len(digits)
        self.cue, self.between = nearest_cue(text, start)

    def kind(self) -> str:
        """Give the type, "" for a number that identifies nobody."""
        blocked = bool(self.between) and self.between[0] in _NOT_A_VALUE
        if blocked or self.cue == "BLOCK":
            near = blocked or len(self.between) < 3
            return (
                ("PHONE" if self._phone() and not blocked and self.size > 8 else "")
                if near
                else self._by_shape()
            )
        unit = words_of(self.text[self.end : self.end + 14])[:1]
        counted = bool(unit) and unit[0] in _UNITS and self.digits[0] != "0"
        if len(self.between) > 4 or counted:
            return "" if counted else self._by_shape()
        return self._by_cue() or self._by_shape()

    def _by_cue(self) -> str:
        size, near = self.size, len(self.between) < 3
        if self.cue in ("MEMBER", "ACCOUNT", "NUMBER"):
            return "MEMBER_NO" if self._member() else ""
        if self.cue == "EXTENSION" and near:
            return "PHONE"
        if self.cue in ("PHONE", "EXTENSION"):
            return "PHONE" if size >= 5 and (self.value[0] in "0(" or size > 5) else ""
        fits = {
            "MEMBER_STRONG": ("MEMBER_NO", 1 < size < 13),
            "TAX": ("TAX_ID", size >= 8),
            "BANK": ("IBAN", size >= 6),
            "ID": ("ID_CARD", size >= 6 and near),
            "INSURANCE": ("INSURANCE_NO", size >= 6),
            "CARD": ("CARD_NO", size >= 8),
            "PASSWORD": ("PASSWORD", size >= 4 and near),
            "CODE": ("INVITE_CODE", size >= 5 and near),
            "CODE_STRONG": ("INVITE_CODE", size >= 4),
        }
        kind, ok = fits.get(self.cue, ("", False))
        return kind if ok else ""

    def _member(self) -> bool:
        """Ask for a number of members' size, not for a year, a date or "Mitglied seit 2011"."""
        year = self.size == 4 and self.digits[:2] in ("19", "20")
        since = bool(self.between) and self.between[0] in _SINCE
        least = 3 if self.cue == "MEMBER" else 4
        near = len(self.between) < (5 if self.cue == "MEMBER" else 3)
        return (
            least <= self.size < 10
            and near
            and not since
            and not (year and self.between)
            and "." not in self.value
        )

    def _by_shape(self) -> str:
        size, value = self.size, self.value
        before = self.text[self.start - 1 : self.start]
        if before == "+" or self.digits.startswith("00"):
            return "PHONE" if 8 <= size < 17 else ""
        if (
            size == 11
            and value[0] != "0"
            and (checksums.tax_id(self.digits) or _grouped(value, (2, 3, 3, 3)))
        ):
            return "TAX_ID"
        if size == 16 and (checksums.luhn(self.digits) or _grouped(value, (4, 4, 4, 4))):
            return "CARD_NO"
        after = self.text[self.end : self.end + 1]
        if 5 <= size < 7 and " " not in value[:2] and value[0] != "0" and self._bracketed(before, after):
            return "MEMBER_NO"
        if self._phone():
            return "PHONE"
        return "MEMBER_NO" if self._signed() else ""

    def _signed(self) -> bool:
        """Tell a member number by its form where people put it: behind a name or at the end of a line.

        Forms seen: 24-8594, 76 209, 60530. The first is taken anywhere, since nothing else is written so.
        """
        if _HYPHENED.fullmatch(self.value):
            return True
        if not _LONE_NUMBER.fullmatch(self.value):
            return False
        text, ends = self.text, self.text[self.end : self.end + 2].rstrip(" .,;")[:1] in ("", "\n", "\r")
        before = text[max(0, self.start - 3) : self.start]
        first = not before.strip(" >") or before.rstrip(" ").endswith("\n")
        name = _NAME_BEFORE.search(text, max(0, self.start - 40), self.start)
        named = name is not None and (
            bool(name.group(2) or name.group(3)) or known_name((name.group(1) or "").lower())
        )
        return (ends and (first or before[-2:] in (". ", "? ", "! ") or named)) or (first and ends)

    def _bracketed(self, before: str, after: str) -> bool:
        """Tell "(44120)" and the numbers of "(40021 und 40377)"."""
        if before == "(":
            return (
                after == ")"
                or self.text[self.end : self.end + 5] in (" und ", " and ")
                or after in (",", "/")
            )
        return after == ")" and self.text[max(0, self.start - 5) : self.start] in (" und ", " and ")

    def _phone(self) -> bool:
        value, size = self.value, self.size
        if value[0] != "0" or not 7 <= size < 15:
            return False
        if "." in value:
            return size >= 9 and not _DATE.search(value) and len(value.split(".")[0]) > 2
        separated = any(char in " /-\u2013(\u00a0)" for char in value)
        return value.lstrip("(")[1:2] != "0" and (separated or size >= 9)


def _grouped(value: str, sizes: tuple[int, ...]) -> bool:
    return tuple(len(group) for group in re.findall(r"[0-9]+", value)) == sizes
