"""Values made of digits: one walk over the runs of digits, each judged by its shape and the cue before it.

The pattern is a chain of single digits with at most three separators between, so it can't backtrack; letters
that touch a run are taken in by hand, at most 64 characters to each side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.redact import checksums
from bridge.redact.cues import cue
from bridge.redact.hits import Hit
from bridge.redact.tables import table

_RUN = re.compile(r"[0-9](?:[ \u00a0./()\u2013\u2011-]{0,3}[0-9])*")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DATE = re.compile(
    r"(?<![0-9])(?:[0-3]?[0-9]\. ?[01]?[0-9]\. ?(?:(?:19|20)[0-9]{2}|[0-9]{2})|[0-3]?[0-9]([/-])[01]?[0-9]\1(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])(?![0-9])"
)
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::|(?:[0-9A-Fa-f]{1,4}))(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?(?![\w:])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?[0-9]{2}(?:[ \u00a0.-]{0,2}[A-Za-z0-9]){11,30}")
_TOWN = re.compile(
    r"[ \u00a0]{1,3}([A-ZÄÖÜ][\w.'’-]*|[a-zäöüß][\w-]{3,})(?:(?:[ ](?:am|an der|an|im|in|bei|ob der|vor der|auf|zu|unter) |/| |-)[A-ZÄÖÜ][\w.-]*(?: Hall)?)?(?: ?\([A-Z][\w .]{1,20}\))?"
)
_STATES = "BW BY BE BB HB HH HE MV NI NW NRW RP SL SN ST SH TH BAY HES NDS SAC BER".split()
_STATE_NUMBER = re.compile(r"(?:" + "|".join(_STATES) + r")[-/ ]?[0-9]{3,7}")
_CODE = re.compile(r"[A-Za-z0-9]{3,8}(?:-[A-Za-z0-9]{3,8}){1,7}")
_CARD_CHARS = re.compile(r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}[0-9]?")
_UNITS = frozenset(
    "euro eur mitglieder mitgliedern stimmen leute uhr kb mb gb km kg prozent personen teilnehmer teilnehmern "
    "einwohner zeichen mails nutzer nutzern user users members votes people piraten abstimmungen initiativen themen "
    "times jahre tage wochen stunden minuten sekunden byte bytes zeilen besucher unterschriften abonnenten".split()
)
_SINCE = frozenset(
    "seit since ab im in jahr vor bis von am vom dem den kapitel seite version art artikel".split()
)
_NOT_A_VALUE = frozenset(
    "ticket ticketnummer ticketnr ticket-nr error fehler fehlercode fehlernummer errorcode version build port http code-zeile "
    "thema themen initiative initiativen ini issue bug artikel paragraph firefox chrome windows rechnung "
    "rechnungsnummer vorgangsnummer vorgang vorgangsnr aktenzeichen az kb status antrag seite zeile".split()
)
_TOUCHING = re.compile(r"[\w.@+-]")


def _around(text: str, start: int, end: int) -> tuple[int, int]:
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


def nearest_cue(text: str, start: int, reach: int = 44) -> tuple[str, list[str]]:
    """Give the cue that stands nearest before an offset on its line (or the line above), and the words between."""
    before = text[max(0, start - reach) : start]
    words = _WORD.findall(before.lower())
    after: list[str] = []
    for word in reversed(words):
        found = cue(word)
        if found:
            return found, after
        after.append(word)
    return "", after


def dates(text: str) -> Iterator[re.Match[str]]:
    """Find the dates that are written in digits with a year."""
    return _DATE.finditer(text)


class Digits:
    """One walk over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hits: list[Hit] = []
        self.done = 0

    def scan(self) -> list[Hit]:
        """Collect every value made of digits."""
        self._accounts()
        self._addresses_v6()
        for run in _RUN.finditer(self.text):
            start, end = run.span()
            start = max(start, self.done)
            if start < end:
                self._run(start, end)
        return self.hits

    def _add(self, start: int, end: int, kind: str) -> None:
        self.hits.append(Hit(start, end, kind))

    def _accounts(self) -> None:
        for found in _IBAN.finditer(self.text):
            value = found.group()
            at = [n for n, char in enumerate(value) if char.isalnum()]
            plain = "".join(value[n] for n in at).upper()
            length = IBAN_LENGTH(plain[:2])
            if plain.isascii() and length and len(plain) >= length:
                stop = found.start() + at[length - 1] + 1
                whole = stop == len(self.text) or not self.text[stop].isalnum()
                if sum(c.isdigit() for c in plain[:length]) > 9 and (whole or checksums.iban(plain[:length])):
                    self._add(found.start(), stop, "IBAN")
            elif plain.isascii() and length and len(plain) >= length - 4 and plain[2:].isdigit():
                self._add(found.start(), found.start() + at[-1] + 1, "IBAN")

    def _addresses_v6(self) -> None:
        if "::" in self.text or self.text.count(":") > 6:
            for found in _IPV6.finditer(self.text):
                value = found.group()
                if value.count(":") == 7 or ("::" in value and len(value) > 4):
                    self._add(*found.span(), "IP")

    def _run(self, start: int, end: int) -> None:
        low, high = _around(self.text, start, end)
        if (low < start or high > end) and self._mixed(low, high):
            return
        for piece_start, piece_end in self._without_dates(start, end):
            self._number(piece_start, piece_end)

    def _without_dates(self, start: int, end: int) -> list[tuple[int, int]]:
        if end - start < 6:
            return [(start, end)]
        pieces, at = [], start
        for date in _DATE.finditer(self.text, start, end):
            self._date(*date.span())
            pieces.append((at, date.start()))
            at = date.end()
        pieces.append((at, end))
        return pieces

    def _date(self, start: int, end: int) -> None:
        text = self.text
        found, between = nearest_cue(text, start)
        after = text[end : end + 12].lower().lstrip(" ,")
        year = (
            int(re.findall(r"[0-9]{4}", text[start:end])[0]) if re.search(r"[0-9]{4}", text[start:end]) else 0
        )
        born = found == "BIRTH" and len(between) < 4
        star = text[max(0, start - 2) : start].strip() == "*"
        old = 1900 < year < 2000 and (not between or between[0] not in ("vom", "v"))
        if born or star or old or after.startswith(("gebor", "in " if found == "BIRTH" else "gebor")):
            self._add(start, end, "BIRTHDATE")

    def _number(self, start: int, end: int) -> None:
        text = self.text
        while start < end and not text[start].isdigit():
            start += 1
        while end > start and not text[end - 1].isdigit():
            end -= 1
        digits = "".join(char for char in text[start:end] if char.isdigit())
        if len(digits) < 3:
            return
        kind = self._kind(start, end, digits)
        if kind == "PHONE":
            start, end = self._phone_bounds(start, end)
        if kind == "CITY_ZIP":
            return  # added with its town
        if kind:
            self._add(start, end, kind)

    def _kind(self, start: int, end: int, digits: str) -> str:
        text, value = self.text, self.text[start:end]
        if _IP.fullmatch(value):
            ok = all(int(n) < 256 for n in value.split("."))
            versioned = nearest_cue(text, start)[1][:1] in (["version"], ["v"])
            return "IP" if ok and not versioned else ""
        before = text[max(0, start - 24) : start].lower()
        if before.endswith(
            ("#", "ticket", "bug ", "§ ", "§", "ticket ", "ticket-", "error ", "fehler ", "http ")
        ):
            return ""
        town = self._town(start, end, digits)
        if town:
            return town
        found, between = nearest_cue(text, start)
        by_cue = self._by_cue(found, between, digits, value, text[end : end + 12])
        return by_cue or self._by_shape(start, end, digits, value, between)

    def _by_cue(self, found: str, between: list[str], digits: str, value: str, after: str) -> str:
        if between and (between[0] in _NOT_A_VALUE or len(between) > 4):
            return ""
        unit = _WORD.findall(after.lower())[:1]
        if unit and unit[0] in _UNITS and digits[0] != "0":
            return ""
        size = len(digits)
        if found == "MEMBER_STRONG":
            return "MEMBER_NO" if size < 13 else ""
        if found == "MEMBER":
            year = size == 4 and digits[:2] in ("19", "20")
            since = bool(between) and between[0] in _SINCE
            return (
                "MEMBER_NO"
                if 3 <= size < 10 and not since and not (year and between) and "." not in value
                else ""
            )
        if found == "TAX":
            return "TAX_ID" if size >= 8 else ""
        if found == "PHONE":
            return "PHONE" if size >= 5 and (value[0] in "0(" or size > 5) else ""
        if found == "BANK":
            return "IBAN" if size >= 6 else ""
        return self._by_rare_cue(found, between, size)

    def _by_rare_cue(self, found: str, between: list[str], size: int) -> str:
        if found == "ID" and size >= 6:
            return "ID_CARD"
        if found == "INSURANCE" and size >= 6:
            return "INSURANCE_NO"
        if found == "CARD" and size >= 8:
            return "CARD_NO"
        if found == "PASSWORD" and size >= 4 and len(between) < 3:
            return "PASSWORD"
        if found == "CODE" and size >= 5 and len(between) < 3:
            return "INVITE_CODE"
        return ""

    def _by_shape(self, start: int, end: int, digits: str, value: str, between: list[str]) -> str:
        if between and between[0] in _NOT_A_VALUE:
            return ""
        size = len(digits)
        before = self.text[start - 1 : start]
        if before == "+" or digits.startswith("00"):
            return "PHONE" if 8 <= size < 17 else ""
        if size == 11 and value[0] != "0" and (checksums.tax_id(digits) or _grouped(value, (2, 3, 3, 3))):
            return "TAX_ID"
        if size == 16 and (checksums.luhn(digits) or _grouped(value, (4, 4, 4, 4))):
            return "CARD_NO"
        separated = any(char in " /-\u2013(\u00a0" for char in value)
        area = value.lstrip("(")[:2]
        if value[0] == "0" and area[1:] != "0" and 7 <= size < 15 and "." not in value[:6]:
            return "PHONE" if separated or size >= 9 else ""
        if value[0] == "0" and value.count(".") >= 2 and size >= 9:
            return "PHONE"
        return ""

    def _phone_bounds(self, start: int, end: int) -> tuple[int, int]:
        text = self.text
        while start > 0 and text[start - 1] in "+(":
            start -= 1
        return start, end

    def _town(self, start: int, end: int, digits: str) -> str:
        size = len(digits)
        if end - start != size or size not in (4, 5):
            return self._late_town(start, end)
        found = _TOWN.match(self.text, end)
        if found is None:
            return self._lone_zip(start, end) if size == 5 else ""
        if not self._is_town(start, found.group(1), size):
            return ""
        stop = self._town_end(found)
        low = start
        prefix = self.text[max(0, start - 3) : start].upper()
        for country in ("D-", "A-", "CH-", "DE-", "AT-"):
            if prefix.endswith(country):
                low = start - len(country)
        self._add(low, stop, "CITY_ZIP")
        return "CITY_ZIP"

    def _town_end(self, found: re.Match[str]) -> int:
        """End a town before a second word that is none: "10115 Berlin Tel", "12345 Musterstadt Deutschland"."""
        rest = found.group()[found.end(1) - found.start() :]
        second = rest.strip().split(" ")[-1] if rest.startswith(" ") and "(" not in rest else ""
        low = second.lower().rstrip(".")
        if second and rest.count(" ") == 1 and low in table("words") and low not in table("places"):
            return found.end(1)
        if second and (cue(low) or low in ("deutschland", "germany")):
            return found.end(1)
        stop = found.end()
        return stop - 1 if self.text[stop - 1] in ".,-" else stop

    def _late_town(self, start: int, end: int) -> str:
        """Find a postal code that a house number or separator joined to: "12 12345 Stadt", "5 - 12345 Stadt"."""
        tail = self.text[max(start, end - 5) : end]
        if (
            end - start > 6
            and tail.isdigit()
            and self.text[end - 6] in " -\u2013/\u00a0"
            and end - start < 13
        ):
            found = _TOWN.match(self.text, end)
            if found and self.text[end - 5] != "0" and self._is_town(end - 5, found.group(1), 5):
                self._add(end - 5, self._town_end(found), "CITY_ZIP")
                return "CITY_ZIP"
        return ""

    def _lone_zip(self, start: int, end: int) -> str:
        found, between = nearest_cue(self.text, start, 16)
        if found == "ZIP" and not between:
            self._add(start, end, "CITY_ZIP")
            return "CITY_ZIP"
        return ""

    def _is_town(self, start: int, word: str, size: int) -> bool:
        low = word.lower().rstrip(".")
        if low in _UNITS or cue(low):
            return False
        place = low in table("places") or low.split("-")[0] in table("places")
        before = self.text[max(0, start - 14) : start]
        addressed = bool(re.search(r"[0-9][a-z]?[ ,\n\r>|/–-]{1,8}(?:D-|A-|CH-)?$", before))
        if size == 4:
            return (addressed or before.endswith(("A-", "CH-"))) and word[0].isupper()
        if word[0].islower():
            return place and (addressed or low not in table("words"))
        return place or addressed or low not in table("words") or low in ("bad", "sankt", "st", "neu", "alt")

    def _mixed(self, low: int, high: int) -> bool:
        """Judge a run of digits that letters touch. True where the whole token is dealt with."""
        text = self.text
        token = text[low:high]
        if not any(char.isalpha() for char in token):
            return self._hyphenated(low, high, token)
        self.done = max(self.done, high) if len(token) > 5 else self.done
        kind = self._mixed_kind(low, high, token)
        if kind:
            self._add(low, high, kind)
            self.done = high
        return bool(kind) or token[0].isalpha()

    def _hyphenated(self, low: int, high: int, token: str) -> bool:
        return False

    def _mixed_kind(self, low: int, high: int, token: str) -> str:
        if _STATE_NUMBER.fullmatch(token):
            return "MEMBER_NO"
        if not token.isascii() or len(token) < 5:
            return ""
        found, between = nearest_cue(self.text, low)
        near = len(between) < 4
        if found in ("MEMBER_STRONG", "MEMBER") and near and "-" in token and token[-1].isdigit():
            return "MEMBER_NO"
        if found == "ID" and near and 8 <= len(token) <= 11 and token.isalnum():
            return "ID_CARD"
        if found == "INSURANCE" and near and len(token) > 7:
            return "INSURANCE_NO"
        return self._code(token, found if near else "")

    def _code(self, token: str, found: str) -> str:
        letters = sum(char.isalpha() for char in token)
        digits = sum(char.isdigit() for char in token)
        if found == "CODE" and digits and letters and len(token) >= 6 and not _dated(token):
            return "INVITE_CODE"
        if token.startswith(("tok_", "sk_", "pk_", "ghp_", "key_", "api_")) and digits > 2:
            return "PASSWORD"
        groups = token.split("-")
        if len(groups) > 2 and _CODE.fullmatch(token) and digits > 2 and letters > 2 and _scrambled(groups):
            return "INVITE_CODE"
        if _CARD_CHARS.fullmatch(token) and checksums.id_card(token):
            return "ID_CARD"
        return ""


def IBAN_LENGTH(country: str) -> int:  # noqa: N802 - reads like the table it asks
    """Give the length of a country's IBAN, 0 where unknown."""
    return checksums.IBAN_LENGTHS.get(country, 0)


def _grouped(value: str, sizes: tuple[int, ...]) -> bool:
    return tuple(len(group) for group in re.findall(r"[0-9]+", value)) == sizes


def _dated(token: str) -> bool:
    return bool(re.search(r"(?:19|20)[0-9]{2}$", token)) and token[:1].isupper() and token[1:2].islower()


def _scrambled(groups: list[str]) -> bool:
    """Tell a random code from a compound word: at least two groups hold digits, or mix them with letters."""
    return sum(any(char.isdigit() for char in group) for group in groups) > 1
