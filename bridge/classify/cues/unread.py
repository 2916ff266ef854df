"""Cues for mail that needs no answer: written by programs, or spam."""

from bridge.classify.cues.cue import Cue
from bridge.i18n import mark

AUTOMATED = (
    Cue(
        "au.absence",
        3.5,
        r"(?:bin|befinde mich)\b.{0,60}\b(?:nicht (?:im (?:buero|haus)|am platz|erreichbar|da\b"
        r"|anwesend)|abwesend|im urlaub|in urlaub|in elternzeit|in mutterschutz|auf (?:dienst)?reise"
        r"|ausser haus|wieder (?:erreichbar|im buero|da))|(?:nicht|not|un)\b.{0,20}(?:weitergeleitet"
        r"|forwarded)|(?:nachricht|mail) wird nicht weitergeleitet|in dringenden faellen"
        r"|ab dem .{0,20} (?:bin ich )?wieder|zugriff auf (?:meine|mein) (?:e-?mails?|postfach)"
        r"|out of (?:the )?office|on (?:annual |parental |sick )?leave|on (?:vacation|holiday)\b"
        r"|limited access to (?:e-?mail|my)|(?:will be )?back (?:in the office )?on\b|urgent matters"
        r"|en conge|absent\w* (?:du bureau|jusqu)|urlaubsbedingt|abwesenheits\w+|nieobecn\w+",
        mark("is an absence notice"),
    ),
    Cue(
        "au.generated",
        3.5,
        r"automatisch (?:erstellt|generiert|erzeugt|versendet|versandt|verschickt|gesendet)\w*"
        r"|automatisch erzeugte|automatische (?:benachrichtigung|antwort|nachricht"
        r"|eingangsbestaetigung|mail|e-mail)|automatically generated|auto-?generated"
        r"|automated (?:message|mail|e-?mail|response|reply|notification)|generated automatically"
        r"|(?:bitte )?(?:antworten sie )?nicht auf diese (?:e-?mail|nachricht|mail)\b.{0,20}"
        r"|auf diese (?:e-?mail|nachricht|mail)\b.{0,30}\bnicht (?:antworten|geantwortet)|do not reply"
        r"|please don'?t reply|no-?reply|message automatique|genere automatiquement"
        r"|wygenerowan\w+ automatycznie|systemnachricht|system(?:generierte)? (?:mail|nachricht)",
        mark("says that a program wrote it"),
    ),
    Cue(
        "au.bounce",
        4.0,
        r"could not be delivered|couldn't be delivered|delivery (?:has )?failed|undeliver\w*"
        r"|permanent (?:fatal )?error|recipient address rejected|user unknown|mailbox (?:is )?(?:full"
        r"|unavailable)|quota exceeded|unzustellbar\w*|nicht zugestellt|konnte nicht (?:an|zugestellt"
        r"|ausgeliefert)|empfaenger unbekannt|retry timeout|remote server (?:returned|said)"
        r"|\b55[0-4][ -]\d?|diagnostic code|non-?delivery|this is the mail system|host .{3,60} said",
        mark("is a bounce"),
    ),
    Cue(
        "au.receipt",
        3.2,
        r"lesebestaetigung|(?:ihre|deine) (?:nachricht|e-?mail"
        r"|mail)\b.{0,60}\b(?:wurde (?:am .{0,30})?(?:gelesen|geoeffnet|geloescht|ungelesen)"
        r"|gelesen am)|(?:your|the) message\b.{0,80}\bwas (?:read|displayed|deleted)|read receipt"
        r"|return receipt|eingangsbestaetigung|(?:ihre|deine) (?:anfrage|nachricht|e-?mail"
        r"|mail)\b.{0,40}\b(?:ist (?:bei uns )?eingegangen|erhalten|haben wir erhalten|wurde (?:unter"
        r"|registriert))|(?:we have|has been) received your|ticket ?(?:nummer|number|id|#"
        r"|nr)?\b.{0,30}\b(?:lautet|wurde (?:erstellt|angelegt|eroeffnet)|has been (?:created|opened)"
        r"|was created)|vorgangsnummer|bearbeitungsnummer|case number",
        mark("is a receipt"),
    ),
    Cue(
        "au.order",
        2.6,
        r"(?:bestell|auftrags|versand|buchungs|zahlungs|termin|reservierungs)-?bestaetigung"
        r"|ihre (?:bestellung|rechnung|buchung|lieferung|reservierung|sendung|zahlung)|rechnungsnummer"
        r"|rechnungsbetrag|kundennummer|sendungs(?:nummer|verfolgung)|bestellnummer|your (?:order"
        r"|invoice|booking|payment|receipt|shipment|parcel)\b|order (?:confirmation|number|no)"
        r"|has (?:been )?shipped|tracking number|invoice (?:number|no|#)",
        mark("is an order, invoice or delivery notice"),
    ),
    Cue(
        "au.digest",
        3.0,
        r"digest\b|(?:taegliche|woechentliche|monatliche)\w* (?:zusammenfassung|uebersicht|bericht"
        r"|report|statistik)|(?:daily|weekly|monthly) (?:summary|report|digest|statistics)"
        r"|wochenbericht|neue (?:themen|initiativen|beitraege|nachrichten|kommentare) (?:in|im"
        r"|seit)\b.{0,60}\d|today's topics|moderator (?:request|notice)|erwartet die zustimmung"
        r"|zustimmung des moderators|genehmigung des moderators|awaits moderator|mailman"
        r"|listen-?(?:mitgliedschaft|abonnement)|welcome to the .{2,40} mailing list"
        r"|subscription (?:notification|results)",
        mark("is a digest or list notice"),
    ),
    Cue(
        "au.monitoring",
        3.2,
        r"(?:nagios|icinga|zabbix|munin|logwatch|fail2ban|sentry|jenkins)\b|\bcron (?:<|job|daemon)"
        r"|backup.{0,20}(?:job|erfolgreich|fehlgeschlagen|failed|completed|status)"
        r"|sicherung .{0,30}(?:fehler|ok\b|erfolgreich)|naechste[rn]? (?:pruefung|versuch)"
        r"|ausfalldauer|\bhost\b.{0,30}\b(?:down|up)\b|\bvolume\b|threshold"
        r"|\*\* (?:problem|recovery|notification)|(?:service|host) (?:state|alert|notification|check)"
        r"|state: (?:critical|warning|ok|down|up)|load average|disk (?:space|usage)"
        r"|(?:wartungsarbeiten|wartungsfenster|maintenance window|scheduled maintenance)"
        r"|build (?:failed|passed|#\d)|pipeline|merge request|pull request|commit \w{7}",
        mark("is a monitoring or build notice"),
    ),
    Cue(
        "au.newsletter",
        2.6,
        r"newsletter\b.{0,200}(?:abbestell\w*|abmeld\w*|unsubscribe|austragen|ausgabe)|(?:abbestellen"
        r"|abmelden|unsubscribe|austragen)\b.{0,60}\b(?:hier|klick\w*|here|link|newsletter|click)"
        r"|(?:klick\w*|click)\b.{0,40}\b(?:abbestell\w*|abmeld\w*|unsubscribe)|im browser (?:ansehen"
        r"|anzeigen|oeffnen)|view (?:this|in) (?:e-?mail|your|browser)|online-?version"
        r"|sie erhalten diese (?:e-?mail|mail|nachricht)|you (?:are )?receiv\w+ this (?:e-?mail"
        r"|message|because)",
        mark("is a newsletter"),
    ),
    Cue(
        "au.calendar",
        3.0,
        r"(?:hat|haben) (?:die |ihre |deine )?(?:einladung|besprechung"
        r"|termin)\w*\b.{0,20}(?:angenommen|abgelehnt|zugesagt|abgesagt|mit vorbehalt)|has (?:accepted"
        r"|declined|tentatively)|(?:einladung|invitation): .{3,80}(?:@|\d{1,2}[.:]\d{2})|(?:wann|when"
        r"|wo|where|kalender|calendar): |erinnerung: .{3,60}\d{1,2}[.:]\d{2}|terminerinnerung"
        r"|google kalender|google calendar|\.ics\b",
        mark("is a calendar notice"),
    ),
    Cue(
        "au.platform",
        2.6,
        r"(?:hat|haben) (?:ihnen|dir|dich) (?:eine |auf )?(?:nachricht|freundschaftsanfrage"
        r"|kontaktanfrage|markiert|erwaehnt|eingeladen)|neue (?:anmeldung|follower|kontakte)\b"
        r"|(?:someone|we) (?:noticed a )?(?:new )?(?:sign-?in|login) (?:to|from)|verification code"
        r"|bestaetigungscode (?:lautet|ist)|(?:verifizieren|bestaetigen) sie (?:ihre"
        r"|bitte ihre) (?:e-?mail|adresse)|password (?:will|has been|was) (?:expire|changed)"
        r"|storage (?:is )?(?:almost )?full|wiki\b.{0,30}(?:wurde (?:geaendert|bearbeitet)"
        r"|has been (?:changed|edited))",
        mark("is a notice of a platform"),
    ),
    Cue(
        "au.courtesy",
        2.0,
        r"(?:haben|habe) (?:ihre|deine) (?:nachricht|e-?mail|mail|anfrage|zahlung"
        r"|bestellung)\b.{0,30}\berhalten|we(?:'ve| have)? received your|thank(?:s"
        r"| you) for (?:contacting|your (?:e-?mail|message|mail|order|registration))"
        r"|(?:vielen )?dank fuer (?:ihre|deine|die) (?:nachricht|e-?mail|mail|anfrage|bestellung"
        r"|anmeldung|zuschrift)"
        r"|(?:bitte )?(?:sehen sie|wir bitten sie,?) von (?:rueckfragen|antworten)|von rueckfragen"
        r"|not monitored|is (?:now )?(?:available|ready)|steht (?:\w+ ){0,4}bereit"
        r"|wurde (?:erfolgreich )?(?:angelegt|eingerichtet|hochgeladen|verlaengert|gebucht|bestaetigt"
        r"|aktiviert|eingetragen|ausgetragen)"
        r"|(?:buero|betrieb|geschaeftsstelle|praxis|laden) (?:ist|bleibt) (?:\w+ ){0,8}geschlossen"
        r"|mutterschutz|elternzeit|auf (?:einer )?fortbildung|bin (?:\w+ ){0,3}erkrankt"
        r"|klicken sie (?:hier|auf den (?:folgenden )?link)|falls sie (?:das )?nicht|if (?:this"
        r"|it) was(?:n't| not)? you|wenn sie sich nicht",
        mark("has the set phrases of automatic mail"),
    ),
)

SPAM = (
    Cue(
        "sp.loan",
        3.2,
        r"\b(?:loans?|kredit\w*|darlehen|finanzierung)\b.{0,100}(?:%|interest|zins\w*|sofort|schufa"
        r"|urgent|ohne|offer|rate)|(?:%|zins\w*|schufa|urgent|sofort)\b.{0,60}\b(?:loans?|kredit\w*"
        r"|darlehen)|schufa",
        mark("offers a loan"),
    ),
    Cue(
        "sp.prize",
        3.2,
        r"(?:gewonnen|gewinn(?:er|spiel|benachrichtigung)?|lotto|lotterie|lottery|jackpot"
        r"|you (?:have )?won|winner|ausgewaehlt|auserwaehlt|gutschein)\b.{0,120}(?:euro|€|iphone|ipad"
        r"|\$|prize|preis|klick\w*|claim|sichern|anruf\w*|versand\w*|karte|million\w*)|congratulations"
        r"|gewinnbenachrichtigung|lucky (?:winner|draw)|lotterie|jackpot",
        mark("promises a prize"),
    ),
    Cue(
        "sp.advance-fee",
        3.4,
        r"(?:million|mio\.?)\w*\b.{0,50}(?:dollar|usd|euro|\$|€|pfund|pounds)|inherit\w*|erbschaft\w*"
        r"|nachlass\b|next of kin|beneficiary|late (?:husband|client|father)|barrister|diplomat\w*"
        r"|dear (?:friend|beneficiary|beloved|sir/madam)|god bless|compensation fund|atm card"
        r"|transfer (?:the|this) (?:fund|sum|money)|verstorbener? (?:kunde|mandant)|fund transfer"
        r"|trunk box|western union",
        mark("looks like advance-fee fraud"),
    ),
    Cue(
        "sp.seo",
        3.0,
        r"\bseo\b|backlinks?|(?:google|such\w*)-?(?:ranking|platzierung)|first page of google"
        r"|seite 1 bei google|guest post|gastartikel|gastbeitrag|link(?:aufbau| building)"
        r"|website (?:traffic|redesign)|more (?:traffic|leads|visitors)|mehr (?:besucher|kunden"
        r"|follower|traffic)|webdesign|e-?mail (?:list|database|leads)|adressen kaufen|leads\b"
        r"|domain authority",
        mark("sells search engine services"),
    ),
    Cue(
        "sp.pills",
        3.4,
        r"viagra|cialis|potenz\w*|\bpills?\b|pharmacy|apotheke\b.{0,40}(?:rezept|guenstig)|abnehm\w*"
        r"|weight ?loss|\bcbd\b|diaet\w*|testosteron\w*|penis|keto\b|hair loss|rezeptfrei",
        mark("sells medicine"),
    ),
    Cue(
        "sp.sex",
        3.2,
        r"\bsex\w*|dating|single\w* (?:in|aus|frauen)|hot (?:girls|singles)|heisse (?:girls|frauen"
        r"|singles)|webcam|einsam\w*|russian (?:women|ladies|girls)|escort|erotik\w*|nacktbild\w*"
        r"|lonely|affaere|kennenlernen\b.{0,30}(?:fotos?|profil)",
        mark("offers contacts"),
    ),
    Cue(
        "sp.crypto",
        3.0,
        r"bitcoin\w*|\bbtc\b|crypto\w*|krypto\w*|forex|trading|ethereum|investment|rendite\w*"
        r"|boersen\w*|aktien\w*|passive[sn]? (?:income|einkommen)|geld verdienen|work from home"
        r"|nebenverdienst|heimarbeit|binary options|casino|sportwetten|roulette|freispiele"
        r"|verdien\w*\b.{0,30}(?:euro|€|taeglich|pro (?:tag|woche|monat))",
        mark("offers easy money"),
    ),
    Cue(
        "sp.phishing",
        3.2,
        r"(?:konto|account|paypal|bank|kreditkarte|sparkasse|volksbank|amazon|postfach|mailbox|paket"
        r"|dhl|netflix|apple)\b.{0,100}\b(?:verifizier\w*|bestaetig\w* sie|verify|suspend\w*"
        r"|eingeschraenkt|limited|expire\w*|aktualisier\w* sie|confirm your|zollgebuehr\w*"
        r"|gesperrt wird|upgrade now)|verify your (?:account|identity|mailbox)|click (?:here|below"
        r"|the link)\b.{0,40}(?:verify|restore|confirm|avoid|update)|(?:hacked"
        r"|gehackt)\b.{0,80}(?:webcam|kamera|bitcoin|video)|i have (?:access to|hacked) your|wallet\b",
        mark("looks like phishing"),
    ),
    Cue(
        "sp.goods",
        2.4,
        r"(?:replica|rolex|luxusuhr\w*|uhren|handtaschen|gucci|louis vuitton|ray ?ban|sonnenbrillen"
        r"|schuhe|software oem)\b|(?:\d{2} ?%|50%|rabatt|discount|sale|schnaeppchen|sonderangebot"
        r"|special offer|best price|great prices|tiefpreis\w*|jetzt (?:kaufen|bestellen|zugreifen"
        r"|sichern)|buy now|order now|limited (?:time )?offer|nur (?:heute|noch)|kostenlos testen"
        r"|unverbindliches angebot)|factory|manufacturer|supplier|hersteller aus|led\b.{0,20}(?:lampen"
        r"|lights|display)|moq\b|wholesale",
        mark("sells goods"),
    ),
    Cue(
        "sp.b2b",
        1.8,
        r"(?:unser|our) (?:unternehmen|firma|company)\b.{0,60}\b(?:bietet|offers?|speciali\w+"
        r"|provides?)|(?:moechten|wuerden|darf ich|duerfen wir) (?:ihnen|sie)\b.{0,60}\b(?:anbieten"
        r"|angebot|vorstellen|praesentieren|beraten)|quick (?:call|question about your)"
        r"|business (?:proposal|opportunity|partner)|zusammenarbeit|photovoltaik|solaranlage"
        r"|private krankenversicherung|pkv\b|versicherung\w*|immobilie\w*|schluesseldienst"
        r"|druckerpatronen|toner\b",
        mark("is an unasked offer"),
    ),
    Cue(
        "sp.pitch",
        1.8,
        r"(?:jetzt|noch heute|sofort|gleich) (?:\w+ )?(?:anfordern|pruefen|sichern|bestellen"
        r"|registrieren|anmelden|testen|kaufen|zugreifen|anfragen|vergleichen|abholen|klicken"
        r"|einsteigen|bewerben)|(?:katalog|probe|analyse|erstberatung|angebot|kostenvoranschlag"
        r"|starterset|webinar|beratungstermin)\b.{0,30}(?:gratis|kostenlos|anfordern|unverbindlich)"
        r"|gratis\w*|kostenlose[rsn]? (?:analyse|probe|beratung|test|katalog|webinar)"
        r"|\d+ ?(?:%|prozent) (?:rabatt|nachlass|guenstiger|billiger|off|sparen|reduziert|unter)"
        r"|statt \d|nur (?:\d|heute|noch|diese woche|bis mitternacht|fuer kurze zeit)"
        r"|\bab (?:nur )?\d+(?:[.,]\d+)? ?(?:euro|eur|€|\$)|versandkostenfrei|geld-zurueck|guaranteed"
        r"|free (?:trial|shipping|report|quote)|apply (?:now|online)|register now|sign up now"
        r"|join (?:now|our)|act now|limited seats|cheap\b|lowest price",
        mark("has the set phrases of advertising"),
    ),
    Cue(
        "sp.stranger",
        2.0,
        r"(?:saw|found|came across|visited) your (?:profile|website|site|page)|gift cards?|(?:hi|hey"
        r"|hallo|na) (?:suesser|suesse|mein schatz|dear|baby|handsome)|mein(?:e|en)? (?:fotos?"
        r"|bilder)\b.{0,40}(?:hier|seite|an\b|findest)|bin (?:wieder )?single"
        r"|send (?:you )?my (?:pictures|photos)|private (?:mail|e-?mail)|vertrauensvoll\w*"
        r"|vertraulich\w*\b.{0,60}(?:million|mio|dollar|usd|geschaeft|partner)|\.exe\b|\.zip\b|macros",
        mark("is a stranger's lure"),
    ),
)
