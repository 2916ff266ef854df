"""What kind of word a token is: first name, surname, ordinary word, place, or unknown."""

from __future__ import annotations

from functools import lru_cache

from bridge.redact.tables import handmade, table

# Names that are listed as ordinary words only because of rare ones ("max." for maximal, Florin the coin).
_SURELY_NAMES = handmade("surely_names")
# Words on the first-name list that German text uses as something else far more often.
_RARELY_NAMES = handmade("rarely_names")
_NICKNAMES = handmade("nicknames")
_WORDS_FIRST = handmade("words_first")
_TITLES_OF_WORK = handmade("titles_of_work")


@lru_cache(maxsize=65536)
def known_name(word: str) -> bool:
    """Tell a first name or surname of the lists, whatever else it may mean. `word` is lower-case."""
    return first_name(word) or any_first(word) or surname(word)


@lru_cache(maxsize=65536)
def any_first(word: str) -> bool:
    """Tell a first name even where it is an ordinary word too (Rose, Wolf, Mark)."""
    return _listed(word, "first_names") or word in _NICKNAMES


def _listed(word: str, name: str) -> bool:
    names = table(name)
    if word in names:
        return True
    parts = word.replace("’", "'").split("-")
    if len(parts) > 1:
        return all(part in names or part in table("first_names") for part in parts if part)
    return word.replace("’", "'") in names


@lru_cache(maxsize=65536)
def first_name(word: str) -> bool:
    """Tell a first name that is hardly anything else."""
    if word in _SURELY_NAMES:
        return True
    if word in _NICKNAMES:
        return True
    if word in _RARELY_NAMES or len(word) < 3 or word in table("words") or word in table("places"):
        return False
    return _listed(word, "first_names") and not (len(word) == 3 and word not in _SHORT)


_SHORT = handmade("short")


@lru_cache(maxsize=65536)
def capital_name(word: str) -> bool:
    """Tell a first name that a capital letter makes sure, though written small it is a word (Malte, Lasse)."""
    if first_name(word):
        return True
    return word in table("capital_names") and word not in _RARELY_NAMES and word not in _WORDS_FIRST


@lru_cache(maxsize=65536)
def lone_surname(word: str) -> bool:
    """Tell a listed surname that is neither word nor place, so that it needs no first name beside it."""
    return len(word) > 3 and word not in _WORDS_FIRST and surname(word) and not ordinary(word)


@lru_cache(maxsize=65536)
def surname(word: str) -> bool:
    """Tell a listed surname."""
    return _listed(word, "surnames")


@lru_cache(maxsize=65536)
def ordinary(word: str) -> bool:
    """Tell a word of the German or English vocabulary, a place, or a compound that ends in such a word."""
    words = table("words")
    if word in words or word in _RARELY_NAMES or word in table("places"):
        return True
    parts = word.split("-")
    if len(parts) > 1:
        return all(part in words or part in table("places") or len(part) < 3 for part in parts)
    if word.endswith("'s") and word[:-2] in words:
        return True
    return (
        8 < len(word) < 60
        and not surname(word)
        and any(word[-n:] in words for n in range(4, min(len(word) - 2, 24)))
    )


@lru_cache(maxsize=65536)
def plain_word(word: str) -> bool:
    """Tell a word of the vocabulary itself, compounds left aside."""
    return word in table("words") or word in _RARELY_NAMES


def place(word: str) -> bool:
    """Tell a town or country."""
    return word in table("places")


def office(word: str) -> bool:
    """Tell what follows Herr or Frau without being a name (Vorsitzender, Kanzlerin)."""
    return word in _TITLES_OF_WORK
