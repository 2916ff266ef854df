"""Names of people, by the place where they stand: greeting, title, closing, introduction, and by first-name lists.

One walk over the words of a text; only where a word is a cue or a first name is anything looked at more closely.
"""

from __future__ import annotations

import re

from bridge.redact.forms import organisation
from bridge.redact.hits import Hit
from bridge.redact.lexicon import (
    any_first,
    first_name,
    known_name,
    office,
    ordinary,
    place,
    plain_word,
    surname,
)

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_NEXT = re.compile(r"[ \t\u00a0]{1,3}([^\W\d_]+(?:[-'’][^\W\d_]+)*)(\.?)")
_PREVIOUS = re.compile(r"([^\W\d_]+(?:[-'’][^\W\d_]+)*)(,?)[ \u00a0]$")
_PARTICLE = frozenset(
    "von van vom zu zur der den de del della di da dos das du la le al el bin ibn ben ter ten y e freiherr freifrau graf gräfin baron zum o mc mac af av bint abu st san el-".split()
)
_INITIALS = re.compile(
    r"(?<![\w.])(?:[A-ZÄÖÜ][a-z]?\.[ -]?){1,3} ?(?:(?:von|van|de|der|den) ){0,2}([A-ZÀ-ÖØ-Þ][\w'’-]{2,}(?:-[A-ZÄÖÜ][\w'’]+)?)"
)
_GREETING = frozenset(
    "hallo hi hey moin servus liebe lieber dear hello salut bonjour ahoi hej ciao werte werter geehrte geehrter huhu grüezi salve halo tach "
    "morgen abend tag gott cher chère merhaba hola cześć buongiorno moinsen hallöchen halli nabend yo greetings verehrte verehrter geschätzte geschätzter guden".split()
)
_TITLE = frozenset(
    "herr herrn frau fr hr mr mrs ms mister miss dr prof familie fam monsieur madame mme pan pani sr sra señor señora fräulein fraeulein hrn dipl-ing kollege kollegin kollegen "
    "genosse genossin pirat piratin schwester bruder doktor professor".split()
)
_SOFT_TITLE = frozenset("kollege kollegin kollegen genosse genossin pirat piratin schwester bruder".split())
_ACADEMIC = frozenset("dr prof dipl ing med jur phil mag h.c rer nat habil doktor professor dr-ing".split())
_CLOSING = frozenset(
    "gruß grüße grüßen gruss grüsse grüssen grusse grüßle mfg lg vg bg hochachtungsvoll regards best cheers thanks sincerely "
    "cordialement danke dank thx herzlichst ciao grüßlein gruesse gruss gruessen liebste truly yours faithfully wishes grtz greetz "
    "saludos saluti pozdrawiam selam tschüss tschüß tschö servus ahoi beste herzliche liebgruß bussi gez gezeichnet unterzeichnet mvg glg "
    "merci bye moin respectfully euer eure ihr ihre love warmly bedankt groeten hilsen".split()
)
_STRONG_CLOSING = frozenset(
    "gruß grüße grüßen gruss grüsse grüssen mfg lg vg bg hochachtungsvoll regards cordialement gruesse gruessen sincerely herzlichst "
    "gez gezeichnet mvg glg grüßle faithfully groeten saludos saluti pozdrawiam".split()
)
_INTRO = re.compile(
    r"(?i:mein(?:e)? (?:voller |richtiger |bürgerlicher |klar|echter )?name (?:ist|lautet|wäre)|name'?s?:|ich heiße|ich heisse|heiße ich|heisse ich|my (?:full |real )?name is|hier spricht|hier schreibt|"
    r"im auftrag(?: von)?|i\. ?a\.|i\. ?v\.|gez\.|vertreten durch|ansprechpartner(?:in)?(?: ist| bei uns ist| wäre)?:?|kontaktperson(?: ist)?:?|contact(?: person)?(?: is)?:?|"
    r"kontakt:|c/o|z\. ?hd\.|zu händen(?: von)?|stellvertretend für|gemeldet von|verfasst von|signed(?: by)?:?|je m'appelle|mi chiamo|me llamo|nazywam się|"
    r"jetzt heiße ich|heißt jetzt|heiße jetzt|umbenannt in|nach (?:der )?heirat|geborene|geb\.(?= [A-ZÄÖÜ])|née|verheiratete|verh\.|admin ist|admin is|vorsitzender ist|leiter ist|"
    r"(?:mein|unser|dein|euer) (?:mann|freund|sohn|bruder|vater|kollege|nachbar|chef|admin|vorsitzender|mitbewohner|enkel|schwager|onkel|opa)|"
    r"(?:meine|unsere|deine|meiner|meinem|meinen|unserem|unserer) (?:frau|freundin|tochter|schwester|mutter|kollegin|nachbarin|mitbewohnerin|enkelin|oma|tante|lebensgefährtin|mann|sohn|bruder|vater|kollegen|freund|nachbarn))"
    r"[ \t\u00a0:,]{1,3}"
)
_ICH_BIN = re.compile(
    r"(?i:\bich bin|\bbin ich|\bi am|\bi'm|\bich,|\bhier ist)[ \u00a0]{1,2}(?:(?:der|die) )?"
)
_WROTE = re.compile(r"(?i:schrieb|wrote|écrit|hat geschrieben|scrisse|escribió|skrev|napisał\(a\)|napisał)")
_PREPOSITION = frozenset(
    "von bei mit durch für an by from with for to kollegen kollege vom mitglied frau moderator member ohne wegen gegen und and or oder nach außer laut admin genosse sprecher sprecherin".split()
)
_QUOTE = " \t>|*_-–"
_ENGLISH_NOISE = frozenset(
    "the a an this that i we you they he she it please thanks thank best kind hello my your our is are was can how what when where".split()
)


def _upper(word: str) -> bool:
    return word[0].isupper()


class Names:
    """One walk over one text. `small` says that the writer uses no capitals, so that lower-case names count."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hits: list[Hit] = []
        self.end = 0
        self.small = _writes_small(text)

    def scan(self) -> list[Hit]:
        """Collect every name that its place or a list gives away."""
        text = self.text
        for found in WORD.finditer(text):
            word = found.group()
            low = word.lower()
            if low in _GREETING:
                self._greeting(found.start(), found.end(), low)
            if low in _CLOSING:
                self._closing(found.start(), found.end(), low)
            if low in _TITLE:
                self._title(found.end(), low)
            if found.start() >= self.end and any_first(low):
                self._first(found, word, low)
            elif (
                found.start() >= self.end
                and low[-1] == "s"
                and word[0].isupper()
                and first_name(low[:-1])
                and not ordinary(low)
            ):
                self._add(*found.span())
        self._introduced()
        self._initials()
        self._quoted()
        self._last_line()
        return self.hits

    def _add(self, start: int, end: int) -> None:
        self.hits.append(Hit(start, end, "PERSON"))
        self.end = max(self.end, end)

    # Where a name begins

    def _line_start(self, at: int, reach: int = 28) -> bool:
        begin = self.text.rfind("\n", max(0, at - reach), at)
        if begin < 0 and at > reach:
            return False
        before = self.text[begin + 1 : at].strip(_QUOTE + "\r").lower()
        return all(word in _BEFORE_GREETING for word in before.replace(",", " ").split())

    def _greeting(self, start: int, end: int, low: str) -> None:
        if not self._line_start(start):
            return
        at = end
        for _ in range(4):
            name = self._greeted(at)
            if name is None:
                return
            self._add(*name)
            joint = re.compile(
                r"[ ]?(?:,|/|&|und|and|u\.|sowie)[ ](?:(?:liebe|lieber|hallo|geehrte[r]?|sehr|dear) ){0,2}"
            ).match(self.text, name[1])
            if joint is None:
                return
            at = joint.end() - 1

    def _greeted(self, at: int) -> tuple[int, int] | None:
        first = _NEXT.match(self.text, at)
        while first is not None and first.group(1).lower() in _FILL:
            at = first.end()
            first = _NEXT.match(self.text, at)
        if first is None or first.group(1).lower() in _TITLE:
            return None  # titles are seen by themselves
        word, low = first.group(1), first.group(1).lower()
        named = any_first(low) and low not in _NEVER_GREETED
        if (
            not (named or (not ordinary(low) and (_upper(word) or surname(low))))
            or organisation(word)
            or len(word) < 2
        ):
            return None
        if not _upper(word) and not (self._alone(first.end(1)) or first_name(low)):
            return None
        return first.start(1), self._onwards(first.end(1), 2, self.small)

    def _alone(self, at: int) -> bool:
        return self.text[at : at + 1] in ("", ",", "!", "\n", "\r", ".", ";", ":") or self.text[
            at : at + 2
        ] in (" ,", " \n", " !", " -")

    def _title(self, end: int, low: str) -> None:
        at = end + 1 if self.text[end : end + 1] == "." else end
        step = _NEXT.match(self.text, at)
        while step is not None and step.group(1).lower() in _ACADEMIC:
            at = step.end()
            step = _NEXT.match(self.text, at)
        start = -1
        while step is not None and step.group(1).lower() in _PARTICLE and start < 0:
            later = _NEXT.match(self.text, step.end())
            if later is None or not (_upper(later.group(1)) or later.group(1).lower() in _PARTICLE):
                break
            step = later
        if step is None:
            return
        word, value = step.group(1), step.group(1).lower()
        if value in _TITLE or office(value) or organisation(word) or value in _NEVER_GREETED:
            return
        sure = _upper(word) and (low not in _SOFT_TITLE or known_name(value) or not ordinary(value))
        small = not _upper(word) and (known_name(value) or not ordinary(value)) and not plain_word(value)
        if sure or (small and len(value) > 2):
            begin = _NEXT.match(self.text, at)
            self._add(begin.start(1) if begin else step.start(1), self._onwards(step.end(1), 2, small))

    # How far a name goes

    def _onwards(self, end: int, limit: int, small: bool = False) -> int:
        """Take in up to `limit` further words of a name, with particles and initials."""
        at = end
        for _ in range(limit):
            step = _NEXT.match(self.text, at)
            hop = 0
            while (
                step is not None
                and hop < 3
                and (
                    step.group(1).lower() in _PARTICLE
                    and not _upper(step.group(1))
                    or (len(step.group(1)) == 1 and step.group(2))
                )
            ):
                step = _NEXT.match(self.text, step.end())
                hop += 1
            if step is None or not self._continues(step.group(1), small, hop > 0):
                break
            at = step.end(1)
        return at

    def _continues(self, word: str, small: bool, particle: bool) -> bool:
        low = word.lower()
        if low in _NOT_AFTER or organisation(word) or len(word) < 2:
            return False
        if not _upper(word):
            return small and (surname(low) or not ordinary(low)) and not plain_word(low)
        if word.isupper() and len(word) < 6 and not known_name(low):
            return False
        if particle:
            return True
        return known_name(low) or not ordinary(low)

    # Names by the list

    def _first(self, found: re.Match[str], word: str, low: str) -> None:
        if not _upper(word):
            self._small_first(found, low)
            return
        sure = first_name(low)
        end = self._surname(found.end(), sure)
        if not sure and (end == found.end() or plain_word(low) and low in _NEVER_GREETED):
            return
        if word.isupper() and len(word) < 5 and end == found.end():
            return
        self._add(self._before(found.start(), found.end() == end), end)

    def _surname(self, end: int, sure: bool) -> int:
        """Take the surname after a first name: nearly any capitalised word, since German seldom puts a noun there."""
        step = _NEXT.match(self.text, end)
        if (
            step is not None
            and sure
            and _upper(step.group(1))
            and not step.group(2)
            and self._bears_surname(step.group(1))
        ):
            return self._onwards(step.end(1), 1)
        after = self._onwards(end, 3)
        if sure or after == end:
            return after
        value = self.text[end:after].split()[-1].lower()
        return after if surname(value) or (not ordinary(value)) or first_name(value) else end

    def _bears_surname(self, word: str) -> bool:
        low = word.lower()
        return (
            low not in _NOT_AFTER
            and not organisation(word)
            and not place(low)
            and len(word) > 2
            and not word.isupper()
        )

    def _before(self, start: int, alone: bool) -> int:
        """Take in the word before a first name: another name, or the surname of "Kowalczyk, Tomasz"."""
        previous = _PREVIOUS.search(self.text, max(0, start - 32), start)
        if previous is None or not _upper(previous.group(1)) or previous.start() < self.end:
            return start
        low = previous.group(1).lower()
        if (
            low in _GREETING
            or low in _TITLE
            or low in _CLOSING
            or plain_word(low)
            or place(low)
            or low in _NOT_AFTER
        ):
            return start
        if previous.group(2) and not (alone and surname(low)):
            return start
        return previous.start() if known_name(low) or (not ordinary(low) and not previous.group(2)) else start

    def _small_first(self, found: re.Match[str], low: str) -> None:
        if not first_name(low) or len(low) < 3:
            return
        end = self._onwards(found.end(), 1, True)
        if end > found.end() or (self.small and len(low) > 3):
            self._add(found.start(), end)

    # Closing, introduction, initials, quotes

    def _closing(self, start: int, end: int, low: str) -> None:
        strong = low in _STRONG_CLOSING
        line_end = self.text.find("\n", end)
        line_end = len(self.text) if line_end < 0 else line_end
        if line_end - end > 70:
            return
        if (
            not strong
            and not self._line_start(start, 40)
            and self.text[end : end + 1] not in (",", "!", ".", "\n", "")
        ):
            return
        at = end
        rest = re.compile(r"[ ,.!–:;-]{0,4}").match(self.text, at)
        at = rest.end() if rest else at
        after = self.text[at:line_end].strip(" ,.!\r")
        if after and self._signed(at, line_end, strong):
            return
        if len(after.split()) > 6:
            return
        at = line_end + 1
        for _ in range(4):
            line_end = self.text.find("\n", at)
            line_end = len(self.text) if line_end < 0 else line_end
            line = self.text[at:line_end].strip(_QUOTE + "\r")
            if line and (self._signed(at, line_end, strong) or len(line) > 40):
                return
            at = line_end + 1
            if at >= len(self.text):
                return

    def _signed(self, start: int, end: int, strong: bool) -> bool:
        """Take a line, or its beginning up to a comma or bracket, as a name if it looks like one."""
        text = self.text
        while start < end and not (text[start].isalnum() or text[start] == "\ue000"):
            start += 1
        stop = start
        words: list[re.Match[str]] = []
        for word in WORD.finditer(text, start, min(end, start + 60)):
            gap = text[stop : word.start()]
            if (
                gap.strip(" \t\u00a0.()/\"'„“&+")
                or ("(" in gap and not words)
                or (word.group().lower() in _STOP_SIGN and not _upper(word.group()))
            ):
                break
            if not self._namelike(word.group(), len(words)):
                break
            words.append(word)
            stop = word.end()
        return self._sign(words, end, strong)

    def _namelike(self, word: str, place_in_name: int) -> bool:
        low = word.lower()
        if low in _PARTICLE or low in _ACADEMIC or (low in ("und", "and", "u") and place_in_name):
            return True
        if organisation(word) or low in _NOT_AFTER or low in _STOP_SIGN:
            return False
        if _upper(word):
            return True
        return known_name(low) or not ordinary(low)

    def _sign(self, words: list[re.Match[str]], end: int, strong: bool) -> bool:
        while (
            words
            and words[-1].group().lower() in _PARTICLE | {"und", "and", "u"}
            and not _upper(words[-1].group())
        ):
            words.pop()
        while words and words[0].group().lower() in _ACADEMIC | {
            "ihr",
            "ihre",
            "euer",
            "eure",
            "dein",
            "deine",
            "der",
            "die",
            "das",
        }:
            words.pop(0)
        if not 0 < len(words) < 6:
            return False
        lows = [word.group().lower() for word in words]
        rest = self.text[words[-1].end() : end].strip()
        goes_on = bool(rest) and (rest[0].isalpha() or rest[0].isdigit())
        known = sum(
            known_name(low) and not (plain_word(low) and not surname(low) and not any_first(low))
            for low in lows
        )
        unknown = sum(not ordinary(low) for low in lows)
        capital = all(
            _upper(word.group()) or word.group().lower() in _PARTICLE | {"und", "and"} for word in words
        )
        if goes_on and not (known and capital):
            return False
        if known + unknown == 0 or (not strong and len(lows) == 1 and plain_word(lows[0])):
            return False
        if not capital and known + unknown < len([low for low in lows if low not in _PARTICLE]):
            return False
        self._add(words[0].start(), words[-1].end())
        return True

    def _introduced(self) -> None:
        for found in _INTRO.finditer(self.text):
            self._name_at(found.end(), True)
        for found in _ICH_BIN.finditer(self.text):
            self._name_at(found.end(), False)

    def _name_at(self, at: int, sure: bool) -> None:
        word = WORD.match(self.text, at)
        if word is None:
            return
        if word.group().lower() in _TITLE | _ACADEMIC:
            return
        low = word.group().lower()
        good = (known_name(low) if sure else first_name(low)) or (not ordinary(low) and not place(low))
        if (
            low in _NOT_AFTER
            or organisation(low)
            or (plain_word(low) and not (_upper(word.group()) and sure and known_name(low)))
        ):
            return
        if good and (
            _upper(word.group()) or (sure and not ordinary(low)) or (self.small and known_name(low))
        ):
            end = self._onwards(word.end(), 3, not _upper(word.group()))
            if sure or end > word.end() or first_name(low):
                self._add(
                    word.start(),
                    self._surname(word.end(), True)
                    if end == word.end() and _upper(word.group()) and first_name(low)
                    else end,
                )

    def _initials(self) -> None:
        for found in _INITIALS.finditer(self.text):
            low = found.group(1).lower()
            abbreviation = (
                self.text[max(0, found.start() - 4) : found.start()]
                .lower()
                .endswith(("z. ", "u. ", "d. ", "i. ", "o. "))
            )
            if (
                abbreviation
                or organisation(found.group(1))
                or low in _NOT_AFTER
                or (place(low) and not surname(low))
            ):
                continue
            if surname(low) or not ordinary(low) or any_first(low):
                self._add(*found.span())

    def _quoted(self) -> None:
        for found in _WROTE.finditer(self.text):
            line_end = self.text.find("\n", found.end())
            line_end = len(self.text) if line_end < 0 else line_end
            after = re.compile(r"[ \t\u00a0]{1,2}(?:am|on)?[ ]?[\"']?").match(self.text, found.end())
            if after is not None:
                self._writer(after.end(), min(line_end, after.end() + 60))
            begin = max(self.text.rfind("\n", 0, found.start()) + 1, found.start() - 90)
            before = re.search(
                r"([^\W\d_][^\d\n,;:<>\"]{1,50}?)[\"']?[ ]?(?:[<(\[][^<>\n]{3,60}[>)\]])?[ ]?$",
                self.text[begin : found.start()],
            )
            if before is not None:
                self._writer(begin + before.start(1), begin + before.end(1))

    def _writer(self, start: int, end: int) -> None:
        stop = end
        for sign in '<[(:,"':
            found = self.text.find(sign, start, end)
            stop = found if 0 <= found < stop else stop
        name = self.text[start:stop].rstrip(" \"'")
        words = name.split()
        if (
            0 < len(words) < 5
            and not organisation(name)
            and all(w.replace("-", "").replace(".", "").replace("'", "").isalpha() for w in words)
        ):
            lows = [word.lower() for word in words]
            if (
                all(w[0].isupper() or w in _PARTICLE or known_name(w) for w in words)
                and any(known_name(low) or not ordinary(low) for low in lows)
                and lows[0] not in _GREETING
            ):
                if lows[0] in _TITLE:
                    return
                self._add(start, start + len(name))

    def _last_line(self) -> None:
        """Take the last line of the writer's own text, before quotes and signature, if it is a short name."""
        text = self.text
        lines = list(re.finditer(r"[^\n]+", text[-4000:]))
        base = max(0, len(text) - 4000)
        for line in reversed(lines[-60:]):
            value = line.group().strip("\r \t")
            if not value or value.startswith((">", "--", "__")) or "\ue000" in value and len(value) < 3:
                continue
            words = value.split()
            if len(words) < 4 and len(value) < 36 and not value.endswith((":", "?", "!")) and len(lines) > 2:
                self._lone(base + line.start(), base + line.end(), words)
            return

    def _lone(self, start: int, end: int, words: list[str]) -> None:
        lows = [word.lower().strip(".,") for word in words]
        if all(low.replace("-", "").isalpha() for low in lows) and (
            first_name(lows[0]) or any_first(lows[0]) and (len(lows) > 1 or not plain_word(lows[0]))
        ):
            self._signed(start, end, True)
        elif (
            len(lows) == 2
            and all(not ordinary(low) and low.isalpha() for low in lows)
            and all(_upper(w) for w in words)
        ):
            self._signed(start, end, True)


_BEFORE_GREETING = frozenset(
    "sehr guten schönen gute schöne hallo hi hey moin und liebe lieber grüß grüss good ganz viele liebe tausend vielen besten mit freundlichen "
    "schon mal im voraus herzliche beste freundliche herzlichen kind best warm many with thank you thanks so und dear freundlichem liebem bestem lieben gruß danke moin a the "
    "guten mein meine subject betreff alles".split()
)
_FILL = frozenset(
    "und liebe lieber guten schönen tag morgen abend mein meine allerliebste nochmal nochmals wieder du ihr lieber".split()
)
_NEVER_GREETED = frozenset(
    "zusammen alle leute support team admin admins piraten damen herren all there everyone folks guys together miteinander wieder nochmal "
    "crew freunde mv du ihr sir madam server herr frau gott ladies gentlemen people guten sehr mal an euch in welt und nur ich mai april juni juli august januar link "
    "partei gut technik it ist das die der".split()
)
_NOT_AFTER = frozenset(
    "und oder aus im in am an bei mit von zum zur für auf hat ist war wird will kann soll muss wurde habe haben sind der die das vom "
    "piraten partei kv lv ov ag gmbh verband kreisverband landesverband mitglied mitgliedsnummer bundesvorstand vorstand support admin team "
    "tel telefon mobil fax email e-mail mail www http https ip pgp gpg key id str straße login account passwort benutzername user handy "
    "nr and or from at in on is was has the with for of re wg fwd aw liquidfeedback lqfb liquid feedback piratenpartei deutschland "
    "anschrift adresse gruß grüße hallo danke bitte herr frau dr prof browser version firefox chrome windows linux mac iphone android "
    "betreff datum am gesendet sent subject date to cc an von montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz "
    "april mai juni juli august september oktober november dezember january february march june july october december monday tuesday "
    "wednesday thursday friday saturday sunday ps pps mfg lg vg ticket".split()
)
_STOP_SIGN = frozenset(
    "aus vom im in am an bei mit für from at of und ps p.s kreisverband landesverband kv lv ov mitglied member mitgliedsnummer tel telefon mobil "
    "fax geb geboren born handy email mail e-mail www the vorstand vorsitzender vorsitzende gesendet sent von meinem my für auf zum zur".split()
) - {"und"}


def _writes_small(text: str) -> bool:
    sample = text[:2000]
    starts = re.findall(r"(?:^|[.!?]\s|\n)\s*([^\W\d_])", sample)
    capitals = sum(char.isupper() for char in sample)
    letters = sum(char.isalpha() for char in sample)
    return capitals * 50 < letters or (
        bool(starts) and sum(char.islower() for char in starts) * 2 > len(starts) and capitals * 25 < letters
    )
