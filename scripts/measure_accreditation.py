"""Measure how often two different people share a fingerprint, and how often one person's two requests do.

    python -m scripts.measure_accreditation [PEOPLE]

People are made up: names drawn from the shipped tables with weights 1/(rank + 10) and 1/(rank + 50), so that the most
common first name has 1.7 % and the most common surname 0.5 % (about as in Germany); birth dates even over 60 years;
households of one to four share the address and mostly the surname, and one member in a hundred has another's first
name too. Prints one JSON line.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from bridge.act.identifying import fold_date, fold_name, fold_street
from bridge.redact.tables import table


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person; `number` is the member number."""

    first: str
    last: str
    born: dt.date
    street: str
    town: str
    number: int


def people(count: int, random_: random.Random) -> list[Person]:
    """Make people in households."""
    firsts, lasts = Drawn("first_names", 10, random_), Drawn("surnames", 50, random_)
    made: list[Person] = []
    while len(made) < count:
        street = f"{lasts.one()}{random_.choice(('straße', 'weg', 'allee'))} {random_.randint(1, 120)}"
        town, family = f"{random_.randint(1000, 99999):05d}", lasts.one()
        called: list[str] = []
        for _ in range(random_.choice((1, 1, 2, 2, 3, 4))):
            named_after = bool(called) and random_.random() < 0.01
            first = called[0] if named_after else next(n for n in iter(firsts.one, "") if n not in called)
            last = family if random_.random() < 0.8 else lasts.one()
            born = dt.date(1945, 1, 1) + dt.timedelta(days=random_.randrange(60 * 365))
            made.append(Person(first, last, born, street, town, 10_000 + len(made)))
            called.append(first)
    return made[:count]


class Drawn:
    """Names of a table, drawn with the weight 1/(rank + `flat`)."""

    def __init__(self, name: str, flat: int, random_: random.Random) -> None:
        self._names = sorted(table(name))[:4000]
        self._weights = list(accumulate(1 / (rank + flat) for rank in range(len(self._names))))
        self._random = random_

    def one(self) -> str:
        """Draw one."""
        return self._random.choices(self._names, cum_weights=self._weights)[0]


def prints(person: Person, *, changed: bool = False) -> set[tuple[str, str]]:
    """Give the fingerprints' values; `changed`: written another way, as in a second request."""
    name = f"{person.last}, {person.first}" if changed else f"{person.first} {person.last}"
    born = f"{person.born:%-d.%-m.%y}" if changed else f"{person.born:%d.%m.%Y}"
    street = person.street.replace("straße", "str.") if changed else person.street
    folded = fold_name(name)
    return {
        ("number", str(person.number)),
        ("birth", f"{folded}|{fold_date(born)}"),
        ("address", f"{folded}|{fold_street(street)}|{person.town}"),
    }


def main(arguments: list[str]) -> int:
    """Print the measured shares."""
    count = int(arguments[0]) if arguments else 50_000
    random_ = random.Random(20_261_124)  # noqa: S311  # the same people every time
    everyone = people(count, random_)
    owners = Counter(value for person in everyone for value in prints(person))
    false = Counter(kind for person in everyone for kind, text in prints(person) if owners[kind, text] > 1)
    alarmed = sum(any(owners[value] > 1 for value in prints(person)) for person in everyone)
    found = Counter(kind for person in everyone for kind, _ in prints(person) & prints(person, changed=True))
    shares = {kind: round(false[kind] / count, 6) for kind in ("number", "birth", "address")}
    same = {kind: round(found[kind] / count, 4) for kind in ("number", "birth", "address")}
    told = {
        "people": count,
        "false_alarms": round(alarmed / count, 6),
        "false_by_kind": shares,
        "found_again": same,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
