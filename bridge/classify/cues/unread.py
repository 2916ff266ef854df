"""Cues for mail that needs no answer: written by programs, or spam."""

from bridge.classify.cues.cue import Cue
from bridge.i18n import mark

AUTOMATED = (
    Cue(
        "au.absence",
        3.5,
        r"(?:bin|befinde mich)\b.{0,60}\b(?:nicht (?:im (?:buero|haus)|am platz|erreichbar|da\b|anwesend)|abwesend|im urlaub|in urlaub|in elternzeit|in mutterschutz|auf (?:dienst)?reise|ausser haus|wieder (?:erreichbar|im buero|da))|(?:nicht|not|un)\b.{0,20}(?:weitergeleitet|forwarded)|(?:nachricht|mail) wird nicht weitergeleitet|in dringenden faellen|ab dem .{0,20} (?:bin ich )?wieder|zugriff auf (?:meine|mein) (?:e-?mails?|postfach)|out of (?:the )?office|on (?:annual |parental |sick )?leave|on (?:vacation|holiday)\b|limited access to (?:e-?mail|my)|(?:will be )?back (?:in the office )?on\b|urgent matters|en conge|absent\w* (?:du bureau|jusqu)|urlaubsbedingt|abwesenheits\w+|nieobecn\w+",
        mark("is an absence notice"),
    ),
    Cue(
        "au.generated",
        3.5,
        r"automatisch (?:erstellt|generiert|erzeugt|versendet|versandt|verschickt|gesendet)\w*|automatisch erzeugte|automatische (?:benachrichtigung|antwort|nachricht|eingangsbestaetigung|mail|e-mail)|automatically generated|auto-?generated|automated (?:message|mail|e-?mail|response|reply|notification)|generated automatically|(?:bitte )?(?:antworten sie )?nicht auf diese (?:e-?mail|nachricht|mail)\b.{0,20}|auf diese (?:e-?mail|nachricht|mail)\b.{0,30}\bnicht (?:antworten|geantwortet)|do not reply|please don'?t reply|no-?reply|message automatique|genere automatiquement|wygenerowan\w+ automatycznie|systemnachricht|system(?:generierte)? (?:mail|nachricht)",
        mark("says that a program wrote it"),
    ),
    Cue(
        "au.bounce",
        4.0,
        r"could not be delivered|couldn't be delivered|delivery (?:has )?failed|undeliver\w*|permanent (?:fatal )?error|recipient address rejected|user unknown|mailbox (?:is )?(?:full|unavailable)|quota exceeded|unzustellbar\w*|nicht zugestellt|konnte nicht (?:an|zugestellt|ausgeliefert)|empfaenger unbekannt|retry timeout|remote server (?:returned|said)|\b55[0-4][ -]\d?|diagnostic code|non-?delivery|this is the mail system|host .{3,60} said",
        mark("is a bounce"),
    ),
    Cue(
        "au.receipt",
        3.2,
        r"lesebestaetigung|(?:ihre|deine) (?:nachricht|e-?mail|mail)\b.{0,60}\b(?:wurde (?:am .{0,30})?(?:gelesen|geoeffnet|geloescht|ungelesen)|gelesen am)|(?:your|the) message\b.{0,80}\bwas (?:read|displayed|deleted)|read receipt|return receipt|eingangsbestaetigung|(?:ihre|deine) (?:anfrage|nachricht|e-?mail|mail)\b.{0,40}\b(?:ist (?:bei uns )?eingegangen|erhalten|haben wir erhalten|wurde (?:unter|registriert))|(?:we have|has been) received your|ticket ?(?:nummer|number|id|#|nr)?\b.{0,30}\b(?:lautet|wurde (?:erstellt|angelegt|eroeffnet)|has been (?:created|opened)|was created)|vorgangsnummer|bearbeitungsnummer|case number",
        mark("is a receipt"),
    ),
    Cue(
        "au.order",
        2.6,
        r"(?:bestell|auftrags|versand|buchungs|zahlungs|termin|reservierungs)-?bestaetigung|ihre (?:bestellung|rechnung|buchung|lieferung|reservierung|sendung|zahlung)|rechnungsnummer|rechnungsbetrag|kundennummer|sendungs(?:nummer|verfolgung)|bestellnummer|your (?:order|invoice|booking|payment|receipt|shipment|parcel)\b|order (?:confirmation|number|no)|has (?:been )?shipped|tracking number|invoice (?:number|no|#)",
        mark("is an order, invoice or delivery notice"),
    ),
    Cue(
        "au.digest",
        3.0,
        r"digest\b|(?:taegliche|woechentliche|monatliche)\w* (?:zusammenfassung|uebersicht|bericht|report|statistik)|(?:daily|weekly|monthly) (?:summary|report|digest|statistics)|wochenbericht|neue (?:themen|initiativen|beitraege|nachrichten|kommentare) (?:in|im|seit)\b.{0,60}\d|today's topics|moderator (?:request|notice)|erwartet die zustimmung|zustimmung des moderators|genehmigung des moderators|awaits moderator|mailman|listen-?(?:mitgliedschaft|abonnement)|welcome to the .{2,40} mailing list|subscription (?:notification|results)",
        mark("is a digest or list notice"),
    ),
    Cue(
        "au.monitoring",
        3.2,
        r"(?:nagios|icinga|zabbix|munin|cron(?:job|-?daemon)?|logwatch|monit|fail2ban|backup)\b.{0,60}|\*\* (?:problem|recovery|notification)|(?:service|host) (?:state|alert|notification|check)|state: (?:critical|warning|ok|down|up)|load average|disk (?:space|usage)|(?:wartungsarbeiten|wartungsfenster|maintenance window|scheduled maintenance)|build (?:failed|passed|#\d)|pipeline|merge request|pull request|commit \w{7}",
        mark("is a monitoring or build notice"),
    ),
    Cue(
        "au.newsletter",
        2.6,
        r"newsletter\b.{0,200}(?:abbestell\w*|abmeld\w*|unsubscribe|austragen|ausgabe)|(?:abbestellen|abmelden|unsubscribe|austragen)\b.{0,60}\b(?:hier|klick\w*|here|link|newsletter|click)|(?:klick\w*|click)\b.{0,40}\b(?:abbestell\w*|abmeld\w*|unsubscribe)|im browser (?:ansehen|anzeigen|oeffnen)|view (?:this|in) (?:e-?mail|your|browser)|online-?version|sie erhalten diese (?:e-?mail|mail|nachricht)|you (?:are )?receiv\w+ this (?:e-?mail|message|because)",
        mark("is a newsletter"),
    ),
    Cue(
        "au.calendar",
        3.0,
        r"(?:hat|haben) (?:die |ihre |deine )?(?:einladung|besprechung|termin)\w*\b.{0,20}(?:angenommen|abgelehnt|zugesagt|abgesagt|mit vorbehalt)|has (?:accepted|declined|tentatively)|(?:einladung|invitation): .{3,80}(?:@|\d{1,2}[.:]\d{2})|(?:wann|when|wo|where|kalender|calendar): |erinnerung: .{3,60}\d{1,2}[.:]\d{2}|terminerinnerung|google kalender|google calendar|\.ics\b",
        mark("is a calendar notice"),
    ),
    Cue(
        "au.platform",
        2.6,
        r"(?:hat|haben) (?:ihnen|dir|dich) (?:eine |auf )?(?:nachricht|freundschaftsanfrage|kontaktanfrage|markiert|erwaehnt|eingeladen)|neue (?:anmeldung|follower|kontakte)\b|(?:someone|we) (?:noticed a )?(?:new )?(?:sign-?in|login) (?:to|from)|verification code|bestaetigungscode (?:lautet|ist)|(?:verifizieren|bestaetigen) sie (?:ihre|bitte ihre) (?:e-?mail|adresse)|password (?:will|has been|was) (?:expire|changed)|storage (?:is )?(?:almost )?full|wiki\b.{0,30}(?:wurde (?:geaendert|bearbeitet)|has been (?:changed|edited))",
        mark("is a notice of a platform"),
    ),
)

SPAM = (
    Cue(
        "sp.loan",
        3.2,
        r"\b(?:loans?|kredit\w*|darlehen|finanzierung)\b.{0,100}(?:%|interest|zins\w*|sofort|schufa|urgent|ohne|offer|rate)|(?:%|zins\w*|schufa|urgent|sofort)\b.{0,60}\b(?:loans?|kredit\w*|darlehen)|schufa",
        mark("offers a loan"),
    ),
    Cue(
        "sp.prize",
        3.2,
        r"(?:gewonnen|gewinn(?:er|spiel|benachrichtigung)?|lotto|lotterie|lottery|jackpot|you (?:have )?won|winner|ausgewaehlt|auserwaehlt|gutschein)\b.{0,120}(?:euro|€|iphone|ipad|\$|prize|preis|klick\w*|claim|sichern|anruf\w*|versand\w*|karte|million\w*)|congratulations|gewinnbenachrichtigung|lucky (?:winner|draw)|lotterie|jackpot",
        mark("promises a prize"),
    ),
    Cue(
        "sp.advance-fee",
        3.4,
        r"(?:million|mio\.?)\w*\b.{0,50}(?:dollar|usd|euro|\$|€|pfund|pounds)|inherit\w*|erbschaft\w*|nachlass\b|next of kin|beneficiary|late (?:husband|client|father)|barrister|diplomat\w*|dear (?:friend|beneficiary|beloved|sir/madam)|god bless|compensation fund|atm card|transfer (?:the|this) (?:fund|sum|money)|verstorbener? (?:kunde|mandant)|fund transfer|trunk box|western union",
        mark("looks like advance-fee fraud"),
    ),
    Cue(
        "sp.seo",
        3.0,
        r"\bseo\b|backlinks?|(?:google|such\w*)-?(?:ranking|platzierung)|first page of google|seite 1 bei google|guest post|gastartikel|gastbeitrag|link(?:aufbau| building)|website (?:traffic|redesign)|more (?:traffic|leads|visitors)|mehr (?:besucher|kunden|follower|traffic)|webdesign|e-?mail (?:list|database|leads)|adressen kaufen|leads\b|domain authority",
        mark("sells search engine services"),
    ),
    Cue(
        "sp.pills",
        3.4,
        r"viagra|cialis|potenz\w*|\bpills?\b|pharmacy|apotheke\b.{0,40}(?:rezept|guenstig)|abnehm\w*|weight ?loss|\bcbd\b|diaet\w*|testosteron\w*|penis|keto\b|hair loss|rezeptfrei",
        mark("sells medicine"),
    ),
    Cue(
        "sp.sex",
        3.2,
        r"\bsex\w*|dating|single\w* (?:in|aus|frauen)|hot (?:girls|singles)|heisse (?:girls|frauen|singles)|webcam|einsam\w*|russian (?:women|ladies|girls)|escort|erotik\w*|nacktbild\w*|lonely|affaere|kennenlernen\b.{0,30}(?:fotos?|profil)",
        mark("offers contacts"),
    ),
    Cue(
        "sp.crypto",
        3.0,
        r"bitcoin\w*|\bbtc\b|crypto\w*|krypto\w*|forex|trading|ethereum|investment|rendite\w*|boersen\w*|aktien\w*|passive[sn]? (?:income|einkommen)|geld verdienen|work from home|nebenverdienst|heimarbeit|binary options|casino|sportwetten|roulette|freispiele|verdien\w*\b.{0,30}(?:euro|€|taeglich|pro (?:tag|woche|monat))",
        mark("offers easy money"),
    ),
    Cue(
        "sp.phishing",
        3.2,
        r"(?:konto|account|paypal|bank|kreditkarte|sparkasse|volksbank|amazon|postfach|mailbox|paket|dhl|netflix|apple)\b.{0,100}\b(?:verifizier\w*|bestaetig\w* sie|verify|suspend\w*|eingeschraenkt|limited|expire\w*|aktualisier\w* sie|confirm your|zollgebuehr\w*|gesperrt wird|upgrade now)|verify your (?:account|identity|mailbox)|click (?:here|below|the link)\b.{0,40}(?:verify|restore|confirm|avoid|update)|(?:hacked|gehackt)\b.{0,80}(?:webcam|kamera|bitcoin|video)|i have (?:access to|hacked) your|wallet\b",
        mark("looks like phishing"),
    ),
    Cue(
        "sp.goods",
        2.4,
        r"(?:replica|rolex|luxusuhr\w*|uhren|handtaschen|gucci|louis vuitton|ray ?ban|sonnenbrillen|schuhe|software oem)\b|(?:\d{2} ?%|50%|rabatt|discount|sale|schnaeppchen|sonderangebot|special offer|best price|great prices|tiefpreis\w*|jetzt (?:kaufen|bestellen|zugreifen|sichern)|buy now|order now|limited (?:time )?offer|nur (?:heute|noch)|kostenlos testen|unverbindliches angebot)|factory|manufacturer|supplier|hersteller aus|led\b.{0,20}(?:lampen|lights|display)|moq\b|wholesale",
        mark("sells goods"),
    ),
    Cue(
        "sp.b2b",
        1.8,
        r"(?:unser|our) (?:unternehmen|firma|company)\b.{0,60}\b(?:bietet|offers?|speciali\w+|provides?)|(?:moechten|wuerden|darf ich|duerfen wir) (?:ihnen|sie)\b.{0,60}\b(?:anbieten|angebot|vorstellen|praesentieren|beraten)|quick (?:call|question about your)|business (?:proposal|opportunity|partner)|zusammenarbeit|photovoltaik|solaranlage|private krankenversicherung|pkv\b|versicherung\w*|immobilie\w*|schluesseldienst|druckerpatronen|toner\b",
        mark("is an unasked offer"),
    ),
)
