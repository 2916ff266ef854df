"""Tell admins at a glance: how urgent a technical request is, and a title that says where and what.

Titles are safe beside redacted text: they are built only from closed lists and strict patterns (instance,
error code, browser, issue number), never from free words of the request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from bridge.classify.reading import Reading, read
from bridge.i18n import gettext as _
from bridge.i18n import mark
from bridge.message import Message


class Urgency(IntEnum):
    """How urgent a technical request is: an outage before an error before a question."""

    QUESTION = 1
    ERROR = 2
    OUTAGE = 3


@dataclass(frozen=True, slots=True)
class Cues:
    """What a technical request is about. `instance`, `fault` and `topic` are empty where nothing was found."""

    urgency: Urgency
    instance: str = ""
    fault: str = ""
    topic: str = ""

    @property
    def likeness(self) -> tuple[str, str]:
        """Give the key by which open tickets are found similar: same instance, same error (either may be empty)."""
        return self.instance, self.fault


_OUTAGE = re.compile(
    r"\b(?:nicht (?:mehr )?(?:erreichbar|zu erreichen)|offline|(?:server|seite|site|liquid|lqfb"
    r"|system|instanz|plattform|platform)\b.{0,30}"
    r"\b(?:down|weg|tot|hi|ausgefallen|unreachable|not responding|unavailable|laedt nicht"
    r"|antwortet nicht|antwortet nimmer|geht nicht auf)"
    r"|total ?ausfall|ausfall|outage|unreachable|not reachable|connection refused|nxdomain"
    r"|geht (?:gar )?nix mehr|nichts geht mehr|geht nichts mehr"
    r"|can(?:'|no)?t reach|keine?r? kommt (?:mehr )?(?:drauf|auf die seite|rein)|nothing (?:loads"
    r"|works)|allen seiten|all pages)"
    r"|\b50[234]\b(?! ?(?:px|mb|kb|euro))"
)
_OVER = re.compile(
    r"\b(?:war|was|gestern|letzte|vorgestern|wieder (?:da|erreichbar|online)|back (?:up|online)"
    r"|behoben|resolved)\b"
)
_ERROR = re.compile(
    r"\b(?:fehler\w*|error\w*|exception|traceback|absturz|stuerzt|crash\w*|bugs?|kaputt|defekt"
    r"|broken|zertifikat\w*|certificate|ssl\w*"
    r"|langsam|lahm|slow|timeouts?|time-outs?|haengt|spinnt|funktioniert nicht|geht nicht"
    r"|klappt nicht|does(?:n't| not) work|fail\w*|schlaegt fehl"
    r"|[45]\d\d|falsch\w*|doppelt|verschwunden|verschwindet|fehlt|leer\w*|weisse seite|blank)\b"
)
_HTTP = re.compile(
    r"\b(4(?:00|01|03|04|05|08|10|13|22|29)|50[0-4])\b(?! ?(?:euro|eur\b|mitglied|leute|nutzer"
    r"|people|members|px|mb|kb|€|\$|uhr))"
)
_SYMBOL = re.compile(
    r"\b(?:[A-Z]{2,}(?:_[A-Z0-9]+)+|NET::ERR_[A-Z_]+|ERR_[A-Z_]+|NXDOMAIN|SPF|DKIM|DMARC"
    r"|STARTTLS)\b"
)
_SYMBOL_SHAPE = re.compile(
    r"^(?:SSL|SEC|NET|ERR|CERT|MOZILLA|DNS|HTTP|TLS|DLG|PR|INET|ECONN|E[A-Z]+)[A-Z0-9_:]*$"
)
_HOST = re.compile(
    r"\b(?:https?://)?((?:lqfb|liquid|lf|lfqb"
    r"|liquidfeedback)[a-z0-9-]{0,30}(?:\.[a-z0-9-]{1,30}){1,4})\b"
)
_BRANCH = re.compile(
    r"\b(?:(LV|KV|BzV|OV)|(Landes|Kreis|Bezirks|Stadt|Orts|Regional)(?:verband"
    r"|instanz))\s+((?:[A-ZÄÖÜ][a-zäöüß]+)(?:-[A-ZÄÖÜ][a-zäöüß]+)?)"
)
_TEST = re.compile(r"\b(?:test|staging|demo)-?(?:instan[zc]e?|system|server|installation)\b")
_ISSUE = re.compile(r"\b(?:thema|issue|initiative|thread)\s?#?(\d{1,6})\b|\b(i\d{2,6})\b")
_STATE_NAMES = (
    "Baden-Württemberg Bayern Berlin Brandenburg Bremen Hamburg Hessen Mecklenburg-Vorpommern Niedersachsen NRW"
    " Nordrhein-Westfalen Rheinland-Pfalz Saarland Sachsen Sachsen-Anhalt Schleswig-Holstein Thüringen"
)
_STATES = _STATE_NAMES.split()
_FAULTS = (
    (
        mark("certificate"),
        re.compile(r"\bzertifikat\w*|certificat\w*|\bcert_\w+|ssl_error\w*|\bssl\b|\btls\b"),
    ),
    (mark("time-out"), re.compile(r"\btime-?outs?\b|gateway time")),
    (mark("slow"), re.compile(r"\b(?:langsam|lahm|slow|ladezeit\w*|schnecke\w*|performance)\b")),
    (mark("not reachable"), _OUTAGE),
    (mark("mail delivery"), re.compile(r"\b(?:spf|dkim|dmarc|starttls|mailserver|smtp|mailversand)\b")),
    (mark("interface"), re.compile(r"\b(?:api|endpoint|endpunkt|json|rss|feed|csv|schnittstelle|oauth)\b")),
    (mark("search"), re.compile(r"\b(?:suche|volltextsuche|search)\b")),
    (
        mark("voting"),
        re.compile(
            r"\b(?:abstimm\w*|auszaehlung|stimm(?:e|en|abgabe)|vot(?:e|es|ing)|delegation\w*|quorum)\b"
        ),
    ),
    (mark("editor"), re.compile(r"\b(?:editor|entwurf|draft|vorschau|preview|textfeld)\b")),
    (
        mark("display"),
        re.compile(
            r"\b(?:layout|darstellung|anzeige|umlaut\w*|zeichensatz|schrift\w*|css|button|knopf|encoding)\b"
        ),
    ),
)


def cues(message: Message) -> Cues:
    """Read urgency, instance, fault and topic off a technical or new-instance request."""
    reading = read(message)
    text = f"{reading.folded_subject} . {reading.folded}"
    return Cues(_urgency(text), _instance(reading, text), _fault(reading, text), _topic(text))


def title(found: Cues) -> str:
    """Build a title for the admins' ticket from the cues: urgency, fault, instance, topic; holds no free words."""
    names = {Urgency.OUTAGE: _("Outage"), Urgency.ERROR: _("Error"), Urgency.QUESTION: _("Question")}
    parts = [names[found.urgency], _(found.fault) if found.fault else "", found.instance, found.topic]
    return " · ".join(part for part in parts if part)


def _urgency(text: str) -> Urgency:
    outage = _OUTAGE.search(text)
    if outage and not _OVER.search(text[max(0, outage.start() - 30) : outage.end() + 30]):
        return Urgency.OUTAGE
    return Urgency.ERROR if outage or _ERROR.search(text) else Urgency.QUESTION


def _instance(reading: Reading, text: str) -> str:
    if found := _HOST.search(text):
        return found[1]
    written = f"{reading.subject} {reading.own}"
    for found in _BRANCH.finditer(written):
        kind = found[1] or f"{found[2][0]}V"
        return f"{kind} {found[3]}"
    state = next((name for name in _STATES if re.search(rf"\b{name}\b", written)), "")
    return f"LV {state}" if state else "Test" if _TEST.search(text) else ""


def _fault(reading: Reading, text: str) -> str:
    for symbol in _SYMBOL.findall(f"{reading.subject} {reading.own}"):
        if _SYMBOL_SHAPE.match(symbol):
            return str(symbol)
    if found := _HTTP.search(text):
        return f"HTTP {found[1]}"
    return next((name for name, pattern in _FAULTS if pattern.search(text)), "")


def _topic(text: str) -> str:
    found = _ISSUE.search(text)
    return (found[2] or f"#{found[1]}") if found else ""
