"""Cues for requests that hold personal data of members: data protection and membership."""

from bridge.classify.cues.cue import Cue
from bridge.i18n import mark

_LAW = (
    r"(?:ds-?gvo|dsvgo|gdpr|rgpd|rodo|avg\b|bdsg|datenschutz-?grundverordnung|datenschutzgesetz"
    r"|general data protection)"
)
_DATA = (
    r"(?:daten\b|angaben|informationen|dinge|eintraege|profil|konto|account|zugang|benutzer\w*"
    r"|user\b|stimmen|beitraege|spuren|abstimmungen)"
)

DATA_PROTECTION = (
    Cue("dp.law", 1.2, _LAW, mark("names data protection law")),
    Cue(
        "dp.article",
        2.5,
        rf"\bart(?:ikel|icle|\.|\b)? ?(?:7|15|16|17|18|20|21|22|33|34|77|82)\b.{{0,50}}{_LAW}"
        rf"|{_LAW}.{{0,12}}\bart(?:ikel|icle|\.)? ?\d",
        mark("cites an article of data protection law"),
    ),
    Cue(
        "dp.access",
        3.0,
        r"(?:selbst|daten)auskunft|auskunft\b.{0,60}\b(?:daten|gespeichert|angaben|ueber mich"
        r"|zu meiner person|dsgvo|art)"
        r"|(?:auskunftsersuchen|auskunftsanspruch|auskunftsrecht|auskunftsbegehren)"
        r"|\bwas\b.{0,25}\b(?:wisst|habt|speichert|steht|liegt|ist)\b.{0,30}\bueber mich\b"
        r"|welche\b.{0,30}\b(?:daten|angaben|informationen)\b.{0,50}\b(?:gespeichert|speicher\w+|habt"
        r"|haben|hinterlegt|ueber mich|von mir)"
        r"|was\b.{0,30}(?:alles )?(?:von|ueber) (?:mir|mich)\b.{0,20}(?:gespeichert|hinterlegt"
        r"|aufbewahrt|bekannt)"
        r"|(?:kopie|auszug|aufstellung|uebersicht|export)\b.{0,40}\b(?:meiner|aller|saemtlicher|meine"
        r"|ueber mich)\b.{0,30}\b(?:daten|angaben|informationen)"
        r"|subject access|access request|(?:copy|export|list) of (?:all |my "
        r"|the )*(?:personal )?(?:data|information)"
        r"|(?:what|which|all) (?:personal )?(?:data|information|info)\b.{0,30}\b(?:hold|have|store"
        r"|keep|saved|stored|kept)\b.{0,20}(?:about|on|of) me"
        r"|quelles donnees|donnees (?:personnelles )?(?:que vous|me concernant)|jakie dane",
        mark("asks what is stored about a person"),
    ),
    Cue(
        "dp.erase",
        3.0,
        rf"(?:mein\w*|saemtliche|alle|komplette\w*|den|das|dieses"
        rf"|diesen) (?:\w+ ){{0,4}}?{_DATA}.{{0,60}}\b(?:(?:ge)?loesch\w*|entfern\w*|getilgt|tilg\w+"
        rf"|vernicht\w+|weg(?:machen|hau\w*)?\b|rausnehm\w*|schredder\w*)"
        rf"|\b(?:(?:ge)?loesch\w*|entfern\w*|tilg\w+|vernicht\w+)\b.{{0,50}}\b(?:mein\w*|aller"
        rf"|saemtlicher|meiner) (?:\w+ ){{0,3}}?(?:person\w+ )?{_DATA}"
        r"|(?:account|konto|daten|benutzer|profil)-?loesch\w+|loesch\w+ (?:mich|uns)\b|loeschantrag"
        r"|loeschbegehren|loeschung (?:meine|aller|saemtlich|beantrag|verlang|bestaetig)"
        r"|\b(?:erase|delete|wipe|purge|remove|erasure of|deletion of)\b.{0,40}\b(?:my|me|all|every"
        r"|everything)\b.{0,30}\b(?:data|profile|account|name|details|information|records?|traces?"
        r"|entry|address|everything)"
        r"|erasure request|request for (?:erasure|deletion)|deletion request|\bdelete (?:me"
        r"|everything)\b|supprim\w+.{0,30}(?:compte|donnees)|effacer mes|usun\w+.{0,30}(?:konto|dane"
        r"|moje)|(?:cancell|elimin)\w+.{0,20}(?:miei dati|mis datos)",
        mark("asks that data be erased"),
        negatable=True,
    ),
    Cue(
        "dp.erase-plain",
        2.6,
        r"(?:nehmt?|nehmen sie|schmeiss\w*|werft|wirf|streich\w*|holt?|macht?|lasst?|tragt?"
        r"|tragen sie) (?:mich|meinen namen|meine (?:person|adresse|daten)|uns)\b.{0,60}\b(?:raus"
        r"|heraus|weg|streichen|verschwinden|aus\b)"
        r"|(?:will|moechte|mag|wuensche)\b.{0,50}\b(?:nirgend\w*|nicht (?:mehr|laenger)|nimmer"
        r"|nie (?:mehr|wieder))\b.{0,40}\b(?:auftauch\w*|erschein\w*|gefunden|gefuehrt|drin\w*"
        r"|vorkomm\w*|gespeichert|stehen)"
        r"|mit haut und haar|vergesst (?:mich|dass es mich)|recht auf vergessen|vergessen werden"
        r"|right to be forgotten|forget (?:about )?me\b"
        r"|(?:nichts|keine spur\w*|kein\w* (?:daten|eintrag))\b.{0,25}\b(?:mehr|uebrig|von mir"
        r"|ueber mich)\b.{0,30}\b(?:auftauch\w*|bleib\w*|uebrig|finden|steh\w*|seh\w*|existier\w*)"
        r"|spurlos|restlos|rueckstandslos"
        r"|(?:mein name|meine (?:adresse|daten)|alles von mir|alles ueber mich)\b.{0,30}\b(?:muss|soll"
        r"|hat|haben|gehoert?)\b.{0,30}\b(?:weg|raus|verschwind\w*)"
        r"|take me (?:off|out)|get (?:me|my \w+) (?:out|off)|don'?t want to (?:be|appear"
        r"|show up)\b.{0,30}(?:anywhere|any ?more|in (?:your|any))|no trace of me|scrub (?:me|my)",
        mark("wants to be nowhere any more"),
        negatable=True,
    ),
    Cue(
        "dp.objection",
        3.2,
        r"widersp(?:r|ru)\w+\b.{0,80}\b(?:verarbeit\w+|nutzung|weitergabe|daten\w*|veroeffentlich\w+"
        r"|verwend\w+|werbung|uebermittl\w+)|(?:verarbeit\w+|nutzung|weitergabe|veroeffentlich\w+"
        r"|speicherung)\b.{0,60}\b(?:widersp(?:r|ru)\w+|untersag\w+|nicht einverstanden)"
        r"|einwilligung\b.{0,60}(?:widerruf\w*|zurueck\w*|zieh\w*)|widerruf\w*\b.{0,40}(?:einwilligung"
        r"|zustimmung|einverstaendnis)"
        r"|(?:object|objection) to\b.{0,40}\b(?:process|use|publication|sharing|data)"
        r"|withdraw\w*\b.{0,20}\bconsent|consent\b.{0,20}withdraw|restrict\w*\b.{0,20}processing"
        r"|einschraenkung der verarbeitung"
        r"|m'oppose|retire mon consentement",
        mark("objects to the use of data or takes consent back"),
    ),
    Cue(
        "dp.origin",
        3.2,
        r"(?:woher|von wem|wo|wie) (?:habt|haben|hast|hat|kommt|kommen|stammt|stammen|seid|sind|kriegt"
        r"|bezieht|kennt|kennen)\b.{0,40}\b(?:adresse|mail\w*|e-mail\w*|daten|nummer|name\w*"
        r"|kontakt\w*|anschrift|handynummer)\b.{0,20}(?:\?|her|bekommen|gekommen|$)"
        r"|(?:herkunft|quelle) (?:meiner|der) (?:daten|adresse|mail)|where did you (?:get|obtain|find)"
        r"|how did you (?:get|obtain|come by) my|who gave you my|source of my data|d'ou (?:tenez"
        r"|avez)-?vous",
        mark("asks where an address came from"),
    ),
    Cue(
        "dp.breach",
        3.2,
        r"datenleck|datenpanne|daten ?schutz ?(?:panne|verletzung|verstoss|vorfall|problem)"
        r"|data (?:breach|leak)|\bleak(?:s|ed|ing)?\b|geleakt"
        r"|(?:fremde\w*|anderer|andere\w*|aller|fremd\w*) (?:\w+ ){0,2}(?:daten|mitglieder\w*|codes?"
        r"|adressen|namen|profile?n?|e-?mail\w*|mail\w*|nutzer\w*|klarnamen|geburtsdat\w+|personen"
        r"|leute\w*)\b.{0,80}\b(?:seh\w*|sichtbar|sieht|einsehbar|offen|abruf\w*|angezeigt|lesbar"
        r"|zeigt|lesen|einseh\w*|vorausgefuellt|herunter\w*|runter\w*)"
        r"|(?:seh\w*|sichtbar|sieht|zeigt|angezeigt|bekomm\w*|lesen|abrufen|landet?\w*"
        r"|eingeloggt als)\b.{0,50}\b(?:fremde\w*|eines anderen|anderer|anderen|einer anderen"
        r"|von jemand(?:em)? ander\w*) (?:\w+ ){0,2}(?:daten|mitglied\w*|adressen|namen|profil\w*"
        r"|nutzer\w*|e-?mail\w*|mail\w*|konto|account|person\w*|postfach)"
        r"|(?:mitgliederliste|adressliste|teilnehmerliste|mailadressen|klarnamen|geburtsdat\w+"
        r"|mitgliedsnummern?|(?:mitglieder)?daten|excel\w*|tabelle|backup|dump)\b.{0,80}\b(?:offen"
        r"|oeffentlich|ungeschuetzt|ohne (?:passwort|login|anmeldung)|fuer (?:alle|jeden)|im (?:netz"
        r"|internet|web)|frei)\b"
        r"|(?:offen|oeffentlich|ungeschuetzt|fuer (?:alle|jeden) (?:sichtbar|lesbar"
        r"|einsehbar))\b.{0,60}\b(?:mitgliederliste|adressen|mailadressen|klarnamen|geburtsdat\w+"
        r"|mitgliedsnummern?|mitgliederdaten|personendaten|personenbezogen\w*)"
        r"|im (?:cc|an-feld|verteiler)\b.{0,80}\b(?:alle|sichtbar|statt|adressen)|(?:offene[mrn]?"
        r"|alle\w*|sichtbar\w*)\b.{0,50}\b(?:verteiler|cc)\b|statt (?:im |in )?bcc|instead of bcc"
        r"|in the (?:cc|to) (?:field|line)"
        r"|(?:see|read|view|access|shows?|download|opened|logged in as)\b.{0,50}\b(?:other"
        r"|someone else|somebody else|another|strangers?|different)\b.{0,15}(?:people|members?"
        r"|persons?|users?|account|profile|data|mail|name|addresses|details|person|member)"
        r"|(?:an (?:den |die )?falsche\w*|fremden|wrong) (?:empfaenger|adressat\w*|person|recipient)"
        r"|nicht fuer mich (?:bestimmt|gedacht)|publicly (?:accessible|visible|available)|(?:gestohlen"
        r"|geklaut|verloren)\w*\b.{0,40}(?:laptop|stick|liste|mitgliederdaten)|(?:laptop|stick"
        r"|liste)\b.{0,60}(?:gestohlen|geklaut|verloren|weg)",
        mark("reports that others could see personal data"),
    ),
    Cue(
        "dp.rectification",
        2.2,
        r"berichtig\w*\b.{0,50}\b(?:daten|angaben|personenbezogen\w*)|(?:falsche|unrichtige) (?:daten"
        r"|angaben) (?:ueber|zu) (?:mich|meiner)|rectif\w+|inaccurate (?:personal )?data",
        mark("asks that stored data be corrected"),
    ),
    Cue(
        "dp.authority",
        2.0,
        r"datenschutz(?:beauftragt\w+|behoerde|erklaerung|verstoss|beschwerde)|(?:landes"
        r"|bundes)datenschutz|aufsichtsbehoerde|data protection (?:officer|authority)"
        r"|privacy (?:officer|policy|request)|datenschutzanfrage|datenschutz\b",
        mark("mentions data protection"),
    ),
    Cue(
        "dp.search-engine",
        2.5,
        r"(?:google\w*|bing|suchmaschine\w*|duckduckgo"
        r"|search engine\w*)\b.{0,80}\b(?:mein\w* (?:\w+ )?name\w*|klarname\w*|find\w*|mich|my name"
        r"|me)\b|(?:mein\w* (?:\w+ )?name\w*|klarname\w*|mich|my name)\b.{0,60}\b(?:google\w*"
        r"|suchmaschine\w*|search engine)",
        mark("is found by a search engine"),
    ),
    Cue(
        "dp.shared-with",
        2.2,
        r"(?:weitergegeben|weitergereicht|weitergabe|uebermittelt|verkauft|shared|passed on"
        r"|disclosed)\b.{0,50}\b(?:daten|adresse\w*|nummer|dritte|data|third part\w+)|(?:daten|adresse"
        r"|nummer|data)\b.{0,60}(?:weiter(?:ge)?geb\w*|weitergereicht|an dritte|third part)",
        mark("asks whether data went to others"),
    ),
    Cue(
        "dp.retention",
        1.8,
        r"(?:wie lange|how long)\b.{0,50}\b(?:gespeichert|speicher\w*|aufbewahr\w*|aufgehoben|data"
        r"|kept|keep|retain|store)|loeschfrist|aufbewahrungsfrist|retention period",
        mark("asks how long data is kept"),
    ),
    Cue(
        "dp.personal-data",
        1.5,
        r"personenbezogen\w*|personal data|persoenliche\w* daten|donnees personnelles|dane osobowe"
        r"|dati personali|datos personales",
        mark("speaks of personal data"),
    ),
    Cue(
        "dp.strangers",
        2.0,
        r"\bfremde[rnms]? (?:\w+ )?(?:name\w*|rechnung\w*|einstellungen|konto|person\w*|code\w*"
        r"|brief\w*|schreiben|mail\w*|leute\w*|ausweis\w*|antr\w+|daten|unterlagen)"
        r"|mir (?:voellig |ganz |gaenzlich )?(?:unbekannt|fremd)\w*|(?:gar |ueberhaupt )?nicht kenne\b"
        r"|i don'?t know\b.{0,20}(?:her|him|them|phone|address)|(?:gehoert|betrifft|gilt) (?:mir"
        r"|mich) nicht"
        r"|(?:jemand|eine[rsm]?) (?:voellig |ganz )?ander\w*\b.{0,40}\b(?:daten|adresse|nummer|konto"
        r"|namen?|profil)|somebody else'?s|someone else'?s|not meant for me|meant for (?:someone"
        r"|somebody)",
        mark("speaks of strangers' data"),
    ),
    Cue(
        "dp.exposed",
        2.0,
        r"(?:real\w*|echte\w*|privat\w*|buergerlich\w*|klar)[ -]?(?:namen?|mail\w*|adress\w*|nummern?"
        r"|anschrift\w*|telefon\w*)\b.{0,90}\b(?:sichtbar|angezeigt|oeffentlich|fuer (?:alle|jeden)"
        r"|zurueck|ausgibt|vorschlaegt|abrufbar|lesbar|einsehbar)"
        r"|(?:frei|oeffentlich) (?:zugaenglich|einsehbar|abrufbar|herunterladbar|lesbar)"
        r"|ohne (?:passwort|anmeldung|login|token) (?:abruf\w*|erreichbar|zugaenglich|sichtbar)"
        r"|downloadable|without (?:a )?(?:login|password)"
        r"|entwendet|abhanden ?(?:ge)?kommen|eingebrochen|im klartext|unverschluesselt"
        r"|directory listing|offen (?:im|in|auf|herum)|oeffentlich (?:im|in|auf|ins)\b|stand\w* offen",
        mark("says that data lies open or is lost"),
    ),
    Cue(
        "dp.never-agreed",
        2.0,
        r"\b(?:nie|niemals|nicht|kein\w*)\b.{0,25}\b(?:zugestimmt|freigegeben|erlaubt|eingewilligt"
        r"|einverstanden|genehmigt|ja gesagt|zustimmung|einwilligung|erlaubnis)|ohne mein(?:e"
        r"|en)? (?:zustimmung|erlaubnis|einwilligung|wissen)|gegen meinen willen"
        r"|never (?:agreed|consented|gave|signed|allowed)|without my (?:consent|permission|knowledge)"
        r"|rechtsgrundlage|legal basis|untersag\w+|unterlass\w+|tracking|google analytics",
        mark("says that it was never agreed to"),
    ),
    Cue(
        "dp.destroy",
        1.8,
        r"\b(?:vernicht|schredder|tilg|bereinig|ausradier|beseitig|schwaerz)\w*|unkenntlich"
        r"|\bdestroy\w*|\bwipe\b|\bexpunge\b|blank out|anonymi[sz]ier\w*|unsichtbar machen"
        r"|vom netz (?:nehmen|zu nehmen)|herunter ?nehmen|take (?:it|that|this|my \w+) down"
        r"|offline nehmen",
        mark("wants something destroyed or hidden"),
    ),
    Cue(
        "dp.delete",
        1.0,
        r"(?:ge)?loesch\w*|\bdelete\w*|\berase\w*|\bremove\w*|\bentfern\w*|verwijder\w*|efface\w*"
        r"|supprim\w*|borr(?:ar|en)|elimin\w+|cancellazion\w*|usun\w+|\bsil(?:in|mek)\w*",
        mark("speaks of deleting"),
        negatable=True,
    ),
    Cue(
        "dp.technical-fault",
        -2.0,
        r"ssl_error|bad_cert|zertifikat\w*|certificate|cookie-?banner|impressum",
        mark("the law is named beside a technical fault"),
    ),
)

_FEE = r"(?:mitglieds)?beitr(?:ag|aege)\w*|jahresbeitrag|membership fee|\bdues\b"

MEMBERSHIP = (
    Cue(
        "ms.number",
        1.2,
        r"mitglieds?-?(?:nr|nummer|no|num|id)\b|mitglied (?:nr|nummer)|\bmitgl\.?-?(?:nr|nummer)"
        r"|member(?:ship)? ?(?:number|no|id|#|\d)|mitgliedsnummern?|\bmnr\b",
        mark("gives a membership number"),
    ),
    Cue(
        "ms.accreditation",
        2.2,
        r"akkredit\w+|\bakk\b|clearing(?:stelle)?|accredit\w+|verifizier\w+ (?:als|meine"
        r"|der) (?:mitglied|person|identitaet)|identitaetspruefung|accrediti\w*",
        mark("is about accreditation"),
    ),
    Cue(
        "ms.double",
        3.0,
        r"doppel(?:t|te[rns]?|mitglied\w*|akkredit\w*|eintrag|buchung)?\b.{0,40}(?:mitglied\w*"
        r"|akkredit\w*|gefuehrt|angelegt|registriert|eingetragen)|doppelmitglied\w*|(?:mitglied\w*"
        r"|gefuehrt|akkreditiert|mitgliedsnummern)\b.{0,50}\b(?:doppelt|zweimal|2x|zwei ?mal"
        r"|gleichzeitig|zwei (?:mitgliedsnummern|landesverbaend\w+|nummern))|zwei (?:mitgliedsnummern"
        r"|mitgliedschaften|mitgliedsausweise)|two (?:member\w*|accounts? as a member)|(?:listed"
        r"|registered|accredited|member) twice",
        mark("is a member or accredited twice"),
    ),
    Cue(
        "ms.code",
        2.8,
        r"(?:einladungs?|invite|registrierungs?|referenz|akk|zugangs)-?(?:code|schluessel|key|link"
        r"|mail|brief)\w*|invit(?:e|ation) ?(?:code|key|link|letter)|reference key|code d'invitation"
        r"|kod zaproszenia",
        mark("is about an invite code"),
    ),
    Cue(
        "ms.fee",
        2.4,
        rf"(?:{_FEE})\b.{{0,80}}\b(?:(?:ge|be)zahl\w*|ueberwies\w*|ueberweis\w*|eingezogen|abgebucht"
        rf"|gebucht|offen|mahnung|erlass\w*|ermaess\w*|minder\w*|rueckstand|lastschrift|paid"
        rf"|transferred|reduced|bescheinigung|quittung|doppelt)|(?:bezahlt|gezahlt|ueberwiesen"
        rf"|abgebucht|eingezogen|paid|zahle|zahlen)\b.{{0,60}}\b(?:{_FEE})|beitrags(?:bescheinigung"
        rf"|rueckstand|zahlung|minderung|mahnung|konto|quittung|rechnung)|zahlungserinnerung"
        rf"|spendenquittung|zuwendungsbestaetigung|bankeinzug|lastschrift\w*|sepa\b|mahnung",
        mark("is about a member's fee"),
    ),
    Cue(
        "ms.voting-right",
        2.4,
        r"(?:nicht|noch nicht|wieder|immer noch nicht|kein\w*) (?:mehr )?(?:stimmberechtigt"
        r"|stimmrecht\w*|wahlberechtigt)|stimmberechtig\w*|not (?:yet )?(?:entitled|eligible"
        r"|allowed) to vote|voting rights?|cannot vote on",
        mark("lacks the right to vote"),
    ),
    Cue(
        "ms.address",
        2.4,
        r"umgezogen|umzug\b|neue\w* (?:anschrift|adresse|wohn\w+|postanschrift|bankverbindung|iban"
        r"|kontonummer|handynummer|telefonnummer)|anschriften?(?:aenderung)?\b|adress(?:aenderung"
        r"|wechsel|e hat sich)|(?:anschrift|adresse|bankverbindung|name|nachname"
        r"|familienstand)\b.{0,30}\b(?:geaendert|ge?andert|hat sich|lautet (?:jetzt|nun|ab))|(?:i"
        r"|we)(?:'ve| have)? moved|change of address|new (?:postal |home )?address|bank details"
        r"|demenage",
        mark("reports a new address or bank account"),
    ),
    Cue(
        "ms.name",
        2.6,
        r"(?:geheiratet|heirat\b|hochzeit|eheschliessung|scheidung|geschieden|namensaenderung"
        r"|neuer (?:nach|familien|vor)?name|heisse (?:jetzt|nun|seit|wieder)|geburtsname|maedchenname"
        r"|transition|vornamens?aenderung|married|maiden name|changed my (?:legal |last |sur)?name)",
        mark("reports a new name"),
    ),
    Cue(
        "ms.region",
        2.4,
        r"(?:falsch\w*|verkehrt\w*|anderen?|wrong) (?:landesverband|kreisverband|lv|kv|gliederung"
        r"|bezirk|(?:regional |state )?(?:group|association|branch|chapter)|gebiet\w*|region)"
        r"|(?:landesverband|kreisverband|gliederung|lv|kv|verband)s?-?(?:wechsel|wechseln|zuordnung"
        r"|zugeordnet|ummeld\w*|gewechselt)|(?:wechsel\w*|ummeld\w*|zugeordnet|umgemeldet"
        r"|wechseln)\b.{0,50}\b(?:landesverband|kreisverband|gliederung|lv|kv|ortsverband)\b|ummeldung",
        mark("is in the wrong regional branch"),
    ),
    Cue(
        "ms.member",
        0.8,
        r"\bmitglied (?:seit|bin|im|in|der|des|nr|nummer)|\b(?:bin|als|war) (?:\w+ ){0,3}mitglied\b"
        r"|mitgliedschaft|mitgliederverwaltung|\bmv\b|mitgliederbetreuung|generalsekret\w+|membership"
        r"|i am (?:a |member)|i'm a (?:paying )?member|czlonk\w+|adherent|membre",
        mark("speaks as a member"),
    ),
    Cue(
        "ms.own-status",
        2.0,
        r"(?:mein\w*|ihr\w*|unser\w*) (?:\w+ )?(?:mitgliedschaft|mitgliedsstatus|mitgliedsantrag"
        r"|aufnahmeantrag|mitgliedsausweis|austritt\w*|kuendigung|mitgliedsnummer)"
        r"|mitgliedsausweis\b.{0,40}(?:verloren|nie|nicht|neu|falsch)|my (?:membership|application"
        r"|member (?:card|number|id))",
        mark("is about one's own membership"),
    ),
    Cue(
        "ms.list",
        1.8,
        r"(?:akk|mitglieder|teilnehmer|anwesenheits|austritts|aufnahme)-?liste\w*|datenabgleich"
        r"|abgleich\w*|abgeglichen\w*|member list|list of (?:new )?members|aufnahmeantraege|sterbefall"
        r"|verstorben",
        mark("holds a list of members"),
    ),
)
