"""What kind of word a token is: first name, surname, ordinary word, place, or unknown."""

from __future__ import annotations

from functools import lru_cache

from bridge.redact.tables import table

# Names that are listed as ordinary words only because of rare ones ("max." for maximal, Florin the coin).
_SURELY_NAMES = frozenset(
    "max florin serge lars jens sven björn uwe kai tim tom jan ben leo lena nora mia ina eva anna emma paul otto hugo "
    "hanna lisa laura lara sara sarah klara clara mara marie maria sofia sophie nina tina vera olga ali omar ahmed".split()
)
# Words on the first-name list that German text uses as something else far more often.
_RARELY_NAMES = frozenset(
    "server juni juli april mai august januar june may montag dienstag mittwoch freitag samstag sonntag link chat bot "
    "internet herr herren dame damen frau kind kinder mann general major graf prinz könig kaiser lord king prince baron "
    "christ christen sommer winter herbst frühling linde heide rose viola flora iris erika jasmin wolf bär stern welt "
    "european pirate pirates paris london berlin wien hamburg china india israel georgia jordan austria america "
    "admin user web mail mails post ticket tickets pin code codes test vote votes note notes page pages site version "
    "piraten pirat partei liquid feedback lqfb android apple google windows chrome safari opera firefox linux mozilla "
    "edge explorer ubuntu debian mac ios iphone ipad samsung galaxy microsoft facebook twitter java python ruby perl pearl "
    "mark will bill rich art gut good sonne luna stella justice hope faith joy grace summer autumn angel victor victory "
    "charity honor dawn penny ginger sky star son sun ray miles guy guys peer dean major basic data beta alpha delta gamma "
    "omega domain media melody mercy merit miss mister mrs ms dr prof an am im in on as at by do go he if is it me my no "
    "of ok or so to up us we ab da er es ja je ob um wo zu bei mit von vor für der die das des dem den ein eine kein "
    "mein dein sein ihr wir sie und oder aber auch noch nur schon nach aus auf über unter hier dort dann wenn weil dass "
    "wie was wer wann warum alle viele einige mehr sehr hi hey hallo moin servus ciao bye danke bitte gruß grüße gruss "
    "grüsse lieben liebe lieber mfg lg vg bg ps p.s. re wg aw fwd fw cc bcc betreff datum anlage anhang seite "
    "thema themen antrag frage fragen antwort status info infos support team service passwort login account profil konto "
    "zugang name vorname nachname adresse telefon fax handy mobil nummer straße ort plz stadt land kreis bezirk bund".split()
)
_TITLES_OF_WORK = frozenset(
    "bundeskanzlerin bundeskanzler kanzlerin kanzler vorsitzende vorsitzender präsident präsidentin kollege kollegin "
    "administrator administratorin minister ministerin bürgermeister bürgermeisterin direktor nachbar nachbarin und oder "
    "schatzmeister schatzmeisterin generalsekretär doktor professor rechtsanwalt rechtsanwältin moderator moderatorin "
    "abgeordneter abgeordnete richterin beauftragter beauftragte datenschutzbeauftragter datenschutzbeauftragte nr vorstand "
    "support admin team webmaster pirat piratin gott oberst pfarrer pastor".split()
)


@lru_cache(maxsize=65536)
def known_name(word: str) -> bool:
    """Tell a first name or surname of the lists, whatever else it may mean. `word` is lower-case."""
    return first_name(word) or any_first(word) or surname(word)


@lru_cache(maxsize=65536)
def any_first(word: str) -> bool:
    """Tell a first name even where it is an ordinary word too (Rose, Wolf, Mark)."""
    return _listed(word, "first_names")


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
    if word in _RARELY_NAMES or len(word) < 3 or word in table("words") or word in table("places"):
        return False
    return _listed(word, "first_names") and not (len(word) == 3 and word not in _SHORT)


_SHORT = frozenset(
    "ali ben eva ida ina jan kai kim lea leo mia pia tim tom udo ulf uta ute uwe zoe amy ian jim joe kay ken liv lou ron roy "
    "sue ann ada ivo ole per ove jon pál ana eli noa isa ria jos cem nur efe can tan mai thi anh duc huy hoa bao ngo yen".split()
) - {"mai", "can", "tan", "per", "ken", "nur"}


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
    return len(word) > 8 and not surname(word) and any(word[-n:] in words for n in range(4, len(word) - 2))


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
