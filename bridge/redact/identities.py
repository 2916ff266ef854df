"""Known identities: who the header names, and the words by which those people may turn up in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bridge.message import Address, Message
from bridge.redact.forms import organisation
from bridge.redact.lexicon import first_name, known_name, ordinary, plain_word, surname
from bridge.redact.links import own_domain, platform_host
from bridge.redact.pseudonyms import folded
from bridge.redact.tables import handmade, table

_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PARTICLES = handmade("particles")


@dataclass(slots=True)
class Identities:
    """What is known of the people before any text is read, and what the text adds to it.

    `strong` words are names wherever they stand; `capital` ones when they are capitalised (Vogt, Bäcker); `weak`
    ones are frequent words (Winter, Sommer) and count only where a name can stand. All are lower-case.
    `handles` are whole tokens, the local parts of addresses; `usual` those that people make of their names, each
    group with the part of the name that all of it hold, so that most texts are done with one look.
    """

    people: list[tuple[str, str]] = field(default_factory=list)
    strong: set[str] = field(default_factory=set)
    capital: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)
    usual: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)
    folded: dict[str, str] = field(default_factory=dict)

    def learn(self, name: str, *, header: bool = False) -> None:
        """Take the words of a name; one from the header is surer than one that a rule found in the text."""
        for word in _NAME_WORD.findall(name):
            low = word.lower()
            if low in _PARTICLES or len(low) < 3:
                continue
            if plain_word(low) or (ordinary(low) and not known_name(low)):
                weak = low in table("common") or not (header or known_name(low))
                (self.weak if weak else self.capital).add(low)
            else:
                self.strong.add(low)
            if header and len(self.inside) < 32:
                self.inside.add(folded(low))

    def personal(self, piece: str) -> bool:
        """Tell whether a piece of a web address holds a known name or the owner's domain."""
        low = folded(piece)
        if any(domain in low for domain in self.domains):
            return True
        words = set(re.findall(r"[a-z]+", low))
        if not words.isdisjoint(self._folded()):
            return True
        return any(len(word) > 4 and word in low for word in self.inside)

    def _folded(self) -> set[str]:
        if len(self.folded) != len(self.strong) + len(self.capital):
            self.folded = {word: folded(word) for word in self.strong | self.capital}
        return set(self.folded.values())


def from_header(message: Message, known: Sequence[Address] = ()) -> Identities:
    """Collect the identities of From, Reply-To, To, Cc and of `known` (say, the OTRS customer)."""
    found = Identities()
    senders = [message.sender] if message.sender else []
    for address in [*senders, *message.reply_to]:
        _introduce(found, address, "sender", True)
    for address in known:
        _introduce(found, address, "", True)
    for address in [*message.to, *message.cc]:
        _introduce(found, address, "staff" if platform_host(address.email.rpartition("@")[2]) else "", False)
    return found


def _introduce(found: Identities, address: Address, role: str, sender: bool) -> None:
    name = (
        " ".join(reversed(address.name.split(","))).strip(" \"'")
        if address.name.count(",") == 1
        else address.name
    )
    host = address.email.rpartition("@")[2]
    if platform_host(host) and not _person(name):
        return
    if "@" in name:
        name = re.sub(r"[._-]", " ", name.partition("@")[0])
    if _person(name):
        found.people.append((" ".join(_NAME_WORD.findall(name)), role))
        found.learn(name, header=True)
    if sender:
        _self_named(found, name)
    local = address.email.partition("@")[0]
    words = _local_words(local)
    for word in words:
        found.strong.add(word)
        if len(found.inside) < 32:
            found.inside.add(folded(word))
    if sender and local and not organisation(local):
        found.handles.add(local.lower())
        domain = own_domain(address.email)
        if domain:
            found.domains.add(domain)
        if not _person(name) and words:
            found.people.append((" ".join(words), role))


def _self_named(found: Identities, name: str) -> None:
    """Take what a sender may sign with or log in as, from the display name."""
    if _person(name):
        found.usual += _usual_handles(name)
    elif name.isalpha() and not organisation(name):
        found.weak.add(name.lower())


@lru_cache(maxsize=4096)
def _usual_handles(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Make the user names that people make of their own: "Olaf Hinz" is ohinz, hinzo, olaf.hinz, olaf_hinz."""
    words = [folded(word) for word in _NAME_WORD.findall(name)]
    if len(words) < 2 or len(words[-1]) < 3 or len(words[0]) < 3:
        return ()
    first, last = words[0], words[-1]
    whole = tuple(
        f"{a}{joint}{b}" for joint in ("", ".", "_", "-") for a, b in ((first, last), (last, first))
    )
    short = (
        first[0] + last,
        last + first[0],
        f"{first[0]}.{last}",
        f"{first[0]}_{last}",
        f"{last}.{first[0]}",
    )
    by_last = tuple(handle for handle in whole + short if len(handle) > 4)
    return (last, by_last), (first, (first + last[0], f"{first}.{last[0]}", f"{first}_{last[0]}"))


@lru_cache(maxsize=4096)
def _person(name: str) -> bool:
    words = _NAME_WORD.findall(name)
    if not 0 < len(words) < 7 or organisation(name):
        return False
    lows = [word.lower() for word in words]
    return any(known_name(low) for low in lows) or any(not ordinary(low) for low in lows)


@lru_cache(maxsize=4096)
def _local_words(local: str) -> tuple[str, ...]:
    """Give the words of a local part that can only be names: "moni.seifert" yes, "kontakt" no."""
    words = [word for word in re.split(r"[\W\d_]+", local.lower()) if len(word) > 2]
    return tuple(
        word
        for word in words
        if not organisation(word)
        and (first_name(word) or surname(word) or not ordinary(word))
        and not plain_word(word)
    )
