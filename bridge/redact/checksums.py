"""Checksums of identifying numbers. They raise confidence and choose the label; they never drop a hit."""

from __future__ import annotations

# ISO 13616 lengths of the countries whose accounts turn up in German support mail; others need a right checksum.
IBAN_LENGTHS = {
    "DE": 22, "AT": 20, "CH": 21, "LI": 21, "LU": 20, "NL": 18, "BE": 16, "FR": 27, "IT": 27, "ES": 24, "PT": 25,
    "PL": 28, "CZ": 24, "SK": 24, "HU": 28, "SI": 19, "HR": 21, "RO": 24, "BG": 22, "GR": 27, "CY": 28, "MT": 31,
    "DK": 18, "SE": 24, "NO": 15, "FI": 18, "EE": 20, "LV": 21, "LT": 20, "IE": 22, "GB": 22, "IS": 26, "TR": 26,
    "UA": 29, "AE": 23, "SA": 24, "IL": 23, "RS": 22, "BA": 20, "MK": 19, "ME": 22, "AL": 28, "XK": 20, "MC": 27,
}  # fmt: skip


def iban(value: str) -> bool:
    """Check ISO 7064 mod 97-10 over letters and digits only."""
    turned = value[4:] + value[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def tax_id(digits: str) -> bool:
    """Check a German tax identification number (11 digits, ISO 7064 mod 11,10)."""
    if len(digits) != 11 or digits[0] == "0" or len(set(digits[:10])) > 9:
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = (total * 2) % 11
    return (11 - product) % 10 == int(digits[10])


def luhn(digits: str) -> bool:
    """Check a payment card number."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def id_card(value: str) -> bool:
    """Check a German identity card or passport number (weights 7, 3, 1; nine places and a check digit)."""
    if len(value) != 10 or not value[9].isdigit():
        return False
    total = sum(int(char, 36) * (7, 3, 1)[at % 3] for at, char in enumerate(value[:9]))
    return total % 10 == int(value[9])
