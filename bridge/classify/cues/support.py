"""Cues for requests that support and admins answer."""

from bridge.classify.cues.cue import Cue
from bridge.i18n import mark

JOINING_LEAVING = (
    Cue(
        "jl.how-to-join",
        3.0,
        r"(?:wie|wo|was|kann|koennen|darf|duerfen|muss|ab wann"
        r"|unter welchen)\b.{0,70}\b(?:mitglied (?:werden|zu werden|sein)|eintreten|beitreten|beitritt"
        r"|eintritt|mitmachen|beitreten|pirat\w* werden|aufgenommen)|(?:mitglied|pirat) werden"
        r"|(?:werde|wird) (?:ich|man|wir|jemand)\b.{0,30}\b(?:mitglied|pirat)"
        r"|beitreten\?|eintreten\?|mitmachen\?|how (?:do|can|does|to)\b.{0,40}\b(?:join|become|sign up"
        r"|apply|enrol)|(?:can|may|could)\b.{0,40}\b(?:join|become (?:a )?member)|become a member"
        r"|devenir membre|adherer|zostac czlonkiem|comment (?:adherer|s'inscrire)",
        mark("asks how to join"),
    ),
    Cue(
        "jl.how-to-leave",
        3.0,
        r"(?:wie|wo|wohin|an wen|an welche|reicht|muss|kann|kuendigungsfrist|bis wann|genuegt"
        r"|form)\b.{0,80}\b(?:austreten|austritt\w*|kuendig\w*|verlassen)|austrittserklaerung"
        r"|kuendigungsfrist|how (?:do|can|does|to)\b.{0,40}\b(?:leave|resign|quit|cancel)|(?:leave"
        r"|resign from|quit) the party|(?:formlos\w*|form) (?:austritt|kuendigung)|quitter le parti",
        mark("asks how to leave"),
    ),
    Cue(
        "jl.leaving",
        1.6,
        r"\b(?:austritt|austreten|trete (?:hiermit |ich )?\w* ?aus|kuendige\b.{0,30}mitgliedschaft"
        r"|kuendigung (?:der|meiner) mitgliedschaft)",
        mark("speaks of leaving the party"),
    ),
    Cue(
        "jl.get-access",
        2.2,
        r"(?:wie|wo|was)\b.{0,50}\b(?:bekomm\w*|krieg\w*|erhalt\w*|komm\w*)\b.{0,50}\b(?:zugang"
        r"|account|zugangsdaten|liquid|konto|teilnehmen)|(?:zugang|account"
        r"|teilnahme)\b.{0,50}\b(?:voraussetzung\w*|beantrag\w*|bekommen|bekommt man)"
        r"|wie funktioniert\b.{0,30}\b(?:anmeldung|akkreditierung|teilnahme|beitritt|aufnahme)"
        r"|was (?:kostet|muss man)\b.{0,40}(?:mitgliedschaft|tun|machen)|how (?:do|can) (?:i|one|we"
        r"|people)\b.{0,20}\b(?:get|obtain)\b.{0,20}\b(?:access|account|accredited)|voraussetzung\w*",
        mark("asks how to get access"),
    ),
    Cue(
        "jl.form",
        1.8,
        r"mitgliedsantrag|aufnahmeantrag|beitrittsformular|antragsformular|eintrittsformular"
        r"|membership (?:form|application)|application form|probemitglied\w*|interessent\w*"
        r"|foerdermitglied\w*|schnupper\w*|mindestalter|minderjaehrig|unter 16|staatsangehoerig\w*"
        r"|staatsbuergerschaft",
        mark("asks for conditions or forms of membership"),
    ),
)

LOGIN = (
    Cue(
        "li.password",
        2.8,
        r"pass?wo?e?rt\w*|kennwort\w*|password|passwd|\bpw\b|mot de passe|hasl[oa]\b|startpasswort"
        r"|contrasena",
        mark("is about a password"),
    ),
    Cue(
        "li.login",
        2.0,
        r"einlog\w*|eingelogg\w*|\blog-?in\b|log ?in\b|log(?:ging)? (?:me )?in|ausgeloggt|ausloggen"
        r"|anmelden\b|anmeldung (?:schlaegt|geht|klappt|funktioniert|fehl|nicht)|sign in|sign-in"
        r"|connecter|zalogowa\w*|reinkomm\w*|komme? (?:\w+ ){0,4}(?:nicht|nimmer|net"
        r"|ned) (?:mehr )?(?:rein|hinein|in mein)|logged out|angemeldet bleiben",
        mark("is about logging in"),
    ),
    Cue(
        "li.reset",
        2.4,
        r"reset\w*|zuruecksetz\w*|zurueckgesetzt|passwort vergessen|vergessen\w*\b.{0,20}(?:passwort"
        r"|login|benutzer\w*|nutzer\w*)|forgot\w*|bestaetigungs(?:link|mail|code)|aktivierungs(?:link"
        r"|mail)|confirmation (?:link|mail|e-?mail)|activation",
        mark("waits for a reset or confirmation mail"),
    ),
    Cue(
        "li.locked",
        2.4,
        r"(?:fehlversuch\w*|falsch\w* (?:eingabe\w*|eingegeben|versuch\w*|passwort\w*))|locked out"
        r"|account (?:is |was )?(?:locked|blocked|disabled)|(?:konto|account"
        r"|zugang)\b.{0,25}\b(?:gesperrt|blockiert|deaktiviert|eingefroren)|entsperr\w*|freischalt\w*"
        r"|ausgesperrt|unlock",
        mark("is locked out"),
    ),
    Cue(
        "li.username",
        2.4,
        r"(?:benutzer|nutzer|anmelde|login|user)-?name\w*|user ?name|anzeigename\w*|display name"
        r"|nickname|nick\b|spitzname|screen name|pseudonym\w*|profilbild|avatar|nom d'utilisateur",
        mark("is about a user or display name"),
    ),
    Cue(
        "li.notification",
        2.4,
        r"benachrichtig\w*|notification\w*|mail-?flut|abbestell\w*|abonn\w*|(?:mails?|e-?mails?"
        r"|post) (?:vom|von|aus dem) (?:liquid|lqfb|system)|(?:zu viele|keine|weniger"
        r"|taeglich\w*) (?:\w+ )?(?:mails?|e-?mails?|benachrichtig\w*)|zusammenfass\w*|unsubscribe",
        mark("is about notifications"),
    ),
    Cue(
        "li.account-mail",
        2.4,
        r"(?:mail-?|e-?mail-?)(?:adresse|addresse)?\b.{0,40}\b(?:im profil|im konto|im account|aendern"
        r"|umstellen|wechseln|geaendert|hinterlegen|tauschen|bestaetig\w*)|change\w*\b.{0,20}\be-?mail"
        r"|new e-?mail address|e-?mail change|neue (?:mail|e-mail)-?adresse",
        mark("changes the account's e-mail address"),
    ),
    Cue(
        "li.second-factor",
        2.4,
        r"zwei-?faktor|2fa\b|\botp\b|totp|authenticator|tan\b|yubikey|two-factor|session|sitzung"
        r"|captcha",
        mark("is about a second factor or session"),
    ),
    Cue(
        "li.profile",
        1.2,
        r"im profil|mein profil|account settings|(?:profil|konto|account)-?einstellung\w*"
        r"|kontoeinstellung\w*",
        mark("is about profile settings"),
    ),
)

TECHNICAL = (
    Cue(
        "te.http",
        3.0,
        r"\b(?:4(?:00|03|04|05|08|13|22|29)|50[0-4])\b.{0,30}\b(?:error|fehler|bad|gateway|unavailable"
        r"|service|internal|not found|forbidden|timeout|too many|seite)|(?:error|fehler\w*|http|status"
        r"|code|meldung) ?:?\"? ?(?:code )?(?:4(?:00|03|04|08|13|22|29)|50[0-4])\b"
        r"|internal server error|bad gateway|service unavailable|gateway time-?out|too many requests",
        mark("gives an HTTP error"),
    ),
    Cue(
        "te.error",
        1.6,
        r"fehlermeldung\w*|\berrors?\b|\bexception|traceback|stack ?trace|fehlercode|absturz"
        r"|abgestuerzt|stuerzt|crash\w*|\bbugs?\b|kaputt|defekt|erreur|blad\b",
        mark("reports an error"),
    ),
    Cue(
        "te.outage",
        2.6,
        r"(?:server|seite|liquid|system|lqfb|instanz|plattform|dienst|site|platform|service"
        r"|website)\b.{0,40}\b(?:down\b|offline|nicht erreichbar|nicht zu erreichen|weg\b|tot\b|haengt"
        r"|laedt nicht|antwortet nicht|unreachable|not responding|ausgefallen|streikt|unavailable)"
        r"|ausfall|outage|downtime|nicht erreichbar|weisse seite|leere seite|blank page|time-?out",
        mark("reports an outage"),
    ),
    Cue(
        "te.certificate",
        3.0,
        r"zertifikat\w*|certificate|\bssl\w*|\btls\b|https\b.{0,30}(?:warn\w*|unsicher|fehler)"
        r"|sec_error\w*|net::err\w*|cert_\w+|unsichere? verbindung",
        mark("is about a certificate"),
    ),
    Cue(
        "te.slow",
        2.4,
        r"(?:extrem |sehr |total |so |unglaublich )?(?:langsam|lahm|schnecke\w*|zaeh)\b|ladezeit\w*"
        r"|(?:sekunden|minuten)\b.{0,30}\b(?:bis|laedt|laden|warte\w*|dauert)|slow\b|performance"
        r"|takes (?:ages|forever|\d+ (?:seconds|minutes))",
        mark("says that it is slow"),
    ),
    Cue(
        "te.browser",
        1.6,
        r"firefox|chrom(?:e|ium)|safari|internet explorer|\bie ?\d|opera\b|edge\b|android|iphone|ipad"
        r"|\bios\b|browser\w*|ubuntu|windows|macos|linux|thunderbird|smartphone|tablet",
        mark("names browser or device"),
    ),
    Cue(
        "te.interface",
        1.8,
        r"\bapi\b|\bjson\b|\bxml\b|rss|feed\b|endpoint|schnittstelle\w*|\btoken\b|\bcsv\b|javascript"
        r"|\bcss\b|\bsql\b|postgres\w*|\bimap\b|\bsmtp\b|\bdns\b|webserver|apache|nginx|skript"
        r"|\bwiki-?syntax|markdown|markup",
        mark("is about interfaces or formats"),
    ),
    Cue(
        "te.display",
        2.0,
        r"(?:umlaut\w*|sonderzeichen|schrift\w*|layout|darstellung|spalte\w*|tabelle|grafik|diagramm"
        r"|schaltflaeche|button|knopf|menue|link\w*|bilder)\b.{0,60}\b(?:falsch|kaputt|zerschossen"
        r"|verschoben|fehl\w*|ueberlapp\w*|nicht|tot|abgeschnitten|broken|zerstoert)|layout"
        r"|darstellungs\w*|rendering|zeichensatz|umlaut\w*|encoding",
        mark("reports a display fault"),
    ),
    Cue(
        "te.function",
        1.6,
        r"(?:suche|volltextsuche|editor|delegation\w*|abstimmung\w*|auszaehlung|initiative\w*|entwurf"
        r"|anregung\w*|upload|vorschau|sortierung|export|quorum|countdown|frist\w*|speichern"
        r"|kommentar\w*|search|voting|draft|delegations?|counts?)\b.{0,70}\b(?:funktioniert nicht"
        r"|geht nicht|klappt nicht|liefert|findet (?:nichts|keine)|falsch\w*|doppelt|verschwind\w*"
        r"|verschwunden|fehlt|zaehlt|spinnt|haengt|frisst|loescht|broken|does(?:n't| not) work|fails?"
        r"|wrong|vanish\w*|missing|disappear\w*)",
        mark("reports that a function fails"),
    ),
    Cue("te.version", 1.0, r"version \d|v\d+\.\d|\d+\.\d+\.\d+", mark("names a version")),
)

NEW_INSTANCE = (
    Cue(
        "ni.own-instance",
        3.5,
        r"(?:eigene\w*|neue\w*|weitere\w*|zweite\w*|separate\w*|zusaetzliche\w*|own|new|separate"
        r"|second|another|our own|fresh|test|nowa|wlasn\w+) (?:\w+ ){0,2}(?:instan[zc]\w*|liquid\w*"
        r"|lqfb\w*|installation|server|system|plattform)|instan(?:z|ce)\w*\b.{0,50}\b(?:einricht\w*"
        r"|aufsetz\w*|haben|brauch\w*|bekommen|beantrag\w*|wuensch\w*|set up|install\w*|fuer (?:den"
        r"|die|unser\w*|uns|das)|for (?:our|the|us))|(?:instanz|instance)-?(?:antrag|wunsch"
        r"|einrichtung|request)|propre instance|nouvelle instance",
        mark("wants a LiquidFeedback instance"),
    ),
    Cue(
        "ni.branch",
        2.0,
        r"(?:liquid\w*|lqfb|lf\b|instan[zc]\w*)\b.{0,50}\b(?:fuer|for|pour"
        r"|dla) (?:\w+ ){0,3}(?:kreis\w*|landes\w*|bezirk\w*|orts\w*|stadt\w*|kv\b|lv\b|bzv\b|verband"
        r"|fraktion|crew|partei\w*|party|pirat\w*|verein|jugend|jupi|hochschul\w*|ag\b|association"
        r"|branch|chapter|faction|group)",
        mark("names the branch it is for"),
    ),
    Cue(
        "ni.upgrade",
        2.4,
        r"(?:upgrade|update|aktualisier\w*|umstieg|umstell\w*|migration|migrier\w*|hochzieh\w*"
        r"|einspiel\w*)\b.{0,60}\b(?:instan[zc]\w*|liquid\w*|lqfb|version|auf \d|to \d|\d\.\d|frontend"
        r"|core)|(?:instan[zc]\w*|liquid\w*|lqfb)\b.{0,60}\b(?:upgrade|update\w*|aktualisier\w*"
        r"|migrier\w*|umziehen|hochzieh\w*)",
        mark("wants an instance upgraded"),
    ),
    Cue(
        "ni.set-up",
        2.0,
        r"(?:aufsetzen|einrichten|hosten|hosting|betreiben|installier\w*|bereitstell\w*"
        r"|set(?:ting)? up|host\b|deploy\w*|install(?:ing|ation)?)\b.{0,60}\b(?:liquid\w*|lqfb"
        r"|instan[zc]\w*|plattform|lf\b)|(?:liquid\w*|lqfb|instan[zc]\w*)\b.{0,60}\b(?:aufsetzen"
        r"|einrichten|hosten|hosting|betreiben|installier\w*|bereitstell\w*|aufgesetzt|eingerichtet"
        r"|set up|hosted|deploy\w*)",
        mark("speaks of setting one up"),
    ),
    Cue(
        "ni.decision",
        1.2,
        r"(?:vorstand|parteitag|mitgliederversammlung|kreisparteitag|board"
        r"|assembly)\b.{0,50}\b(?:beschlossen|beschluss|entschieden|decided|voted|gestimmt)|subdomain"
        r"|ansprechpartner|gebietsversammlung",
        mark("refers to a decision of a branch"),
    ),
)

OTHER = (
    Cue(
        "ot.press",
        2.8,
        r"interview\w*|redaktion\b|journalist\w*|presse\w*|zeitung|rundfunk|\bradio\b|fernseh\w*"
        r"|reporter\w*|podcast|\bpress\b|newspaper|magazin\b|documentary|dreh\w*",
        mark("comes from the press"),
    ),
    Cue(
        "ot.research",
        2.6,
        r"(?:master|bachelor|diplom|doktor|haus|magister|seminar|fach)-?arbeit|dissertation"
        r"|promotion\b|forschungs\w*|studie\b|umfrage|fragebogen|thesis|research\w*|survey|memoire"
        r"|student\w*|universit\w*|hochschule",
        mark("is about research or a thesis"),
    ),
    Cue(
        "ot.thanks",
        2.4,
        r"(?:vielen |herzlichen |tausend |besten )?dank fuer\b.{0,50}\b(?:hilfe|arbeit|muehe"
        r"|schnell\w*|antwort|support|geduld|einsatz|erklaerung)|danke\b.{0,40}\b(?:hilfe|geholfen"
        r"|geklappt|schnelle|spitze|super|arbeit|klappt|laeuft|erledigt)|hat sich erledigt"
        r"|erledigt\b.{0,15}danke|(?:funktioniert|klappt|geht|laeuft) (?:jetzt|nun|wieder)|gute arbeit"
        r"|tolle arbeit|weiter so|frohe weihnacht\w*|gutes neues|thanks? (?:you )?(?:so much "
        r"|a lot )?for (?:the|your)\b.{0,30}(?:help|work|quick|support)|great (?:job|work)|keep up"
        r"|works (?:now|again)|merci (?:beaucoup )?pour",
        mark("gives thanks or praise"),
    ),
    Cue(
        "ot.events",
        2.2,
        r"stammtisch|einladung (?:zu|zum|zur)\b|veranstaltung|vortrag|workshop|podium\w*|barcamp"
        r"|infostand|schulung|termin\w* fuer|messe\b|parteitag\b.{0,40}\?|konferenz|conference|talk\b"
        r"|invite you|speaker|treffen\b",
        mark("is about an event"),
    ),
    Cue(
        "ot.opinion",
        1.8,
        r"(?:vorschlag|idee|anregung|kritik|meinung|verbesserungs\w*|wunsch)\b.{0,50}|finde (?:ich"
        r"|es)\b.{0,40}(?:schade|gut|schlecht|toll|bloed)|lizenz\w*|quellcode|open source|suggestion"
        r"|feature request|feedback\b|satzung\w*|geschaeftsordnung|regelwerk\w*|demokratie|statisti\w+"
        r"|zahlen\b",
        mark("is a question or opinion for people"),
    ),
)
