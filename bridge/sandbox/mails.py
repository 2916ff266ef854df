"""Some thirty invented mails for the demo: all categories, several languages and shapes, nobody real."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

TO = "LQFB Support <support@bridge.example>"
BOUNCE = {"Auto-Submitted": "auto-replied", "Return-Path": "<>"}
LIST = {"List-Id": "<aktive.lists.bridge.example>", "Precedence": "bulk", "Auto-Submitted": "auto-generated"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail: who writes what, which headers, which files."""

    sender: str
    subject: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()
    html: str = ""


def sample_mails() -> list[bytes]:
    """Return all mails as bytes, the same at every call."""
    return [_composed(number, sample) for number, sample in enumerate(SAMPLES, start=1)]


def _composed(number: int, sample: Sample) -> bytes:
    message = EmailMessage()
    for name, value in sample.headers:
        message[name] = value
    message["From"] = sample.sender
    message["To"] = TO
    message["Subject"] = sample.subject
    message["Date"] = f"Mon, {number % 28 + 1:02d} Nov 2026 {8 + number % 10:02d}:{number % 60:02d}:00 +0100"
    message["Message-ID"] = f"<demo-{number}@mail.example>"
    charset = ("utf-8", "iso-8859-1")[number % 2]
    text = sample.body.strip() + "\n"
    message.set_content(text, charset=charset if _fits(text, charset) else "utf-8")
    if sample.html:
        message.add_alternative(sample.html, subtype="html")
    for filename, content_type, content in sample.files:
        main, _, sub = content_type.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return message.as_bytes(policy=SMTP)


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


SAMPLES = (
    Sample(
        "Hedwig Österle <h.oesterle@post.example>",
        "Auskunft nach Art. 15 DSGVO",
        """Sehr geehrte Damen und Herren,

bitte teilen Sie mir mit, welche Daten Sie über mich gespeichert haben und an wen sie gegeben wurden.
Geboren bin ich am 14.02.1958, meine Mitgliedsnummer ist 40817.

Mit freundlichen Grüßen
Hedwig Österle
Lindenstr. 12
79098 Freiburg
Tel. 0761 / 55 44 33""",
        files=(("Vollmacht Österle.txt", "text/plain", "Vollmacht für meine Tochter Änne.".encode()),),
    ),
    Sample(
        "rudi <rudi.klapproth@mail.example>",
        "will raus",
        "hey leute, löscht mich bitte komplett aus eurem system, ich will da nicht mehr auftauchen. mein user war "
        "rudi_k.\n\nrudi klapproth",
    ),
    Sample(
        "Aylin Yıldırım <aylin.yildirim@posta.example>",
        "Erasure request",
        "Dear team,\n\nplease erase all personal data you hold about me (Art. 17 GDPR). My account is aylin_y, "
        "registered with aylin.yildirim@posta.example.\n\nKind regards,\nAylin Yıldırım",
    ),
    Sample(
        "Torben Hinrichsen <torben@hinrichsen.example>",
        "Fremde Daten sichtbar!",
        "Moin,\n\nwenn ich in der Adresszeile die Nummer am Ende ändere, sehe ich Namen und Mailadresse eines anderen "
        "Mitglieds (ich sah eine Frau Petra Lüders, p.lueders@web.example). Das ist ein Datenleck, bitte prüfen!\n\n"
        "Torben Hinrichsen, 0431 987 65 43",
    ),
    Sample(
        "Giovanna Ricci <g.ricci@posta.example>",
        "Widerspruch gegen die Verarbeitung",
        "Guten Tag,\n\nhiermit widerspreche ich der Verarbeitung meiner Daten für Statistiken. Mitglied 33871.\n\n"
        "Giovanna Ricci",
    ),
    Sample(
        "Karsten Böhnke <karsten.boehnke@mail.example>",
        "Doppelt akkreditiert?",
        "Hallo,\n\nich wurde in Lübeck und in Kiel akkreditiert und habe jetzt zwei Einladungscodes: K7XM-22PQ und "
        "B3ZT-90LW. Meine Mitgliedsnummer: SH-20931. Was tun?\n\nKarsten Böhnke",
    ),
    Sample(
        "Wiebke Sattler <wiebke.sattler@post.example>",
        "Neue Adresse",
        "Liebe Mitgliederverwaltung,\n\nich bin umgezogen: Am Alten Markt 3, 18055 Rostock. Bitte auch die Bankverbindung "
        "ändern: DE89 3704 0044 0532 0130 00.\n\nViele Grüße\nWiebke Sattler",
    ),
    Sample(
        "Nguyễn Minh Anh <minh.anh@mail.example>",
        "Einladungscode verloren",
        "Hallo, ich habe meinen Einladungscode verloren. Mitgliedsnummer 51102. Können Sie mir einen neuen schicken?\n\n"
        "Nguyễn Minh Anh",
    ),
    Sample(
        "Bogdan Petrescu <bogdan@petrescu.example>",
        "Wrong name in my membership",
        "Hello, my name is misspelled in your membership list: it says Petresku, but it is Petrescu. Member no. 60412. "
        "Please correct it.\n\nBogdan Petrescu",
    ),
    Sample(
        "Lena Fuchs <lena.fuchs@post.example>",
        "Mitglied werden",
        "Hallo, wie kann ich bei euch Mitglied werden, und was kostet das?\n\nLena",
    ),
    Sample(
        "Owen Hughes <owen.hughes@mail.example>",
        "How do I join?",
        "Hi, how can I join and get access to LiquidFeedback? I live in Cardiff.\n\nOwen",
    ),
    Sample(
        "Horst Dieckmann <h.dieckmann@post.example>",
        "Austritt",
        "Guten Tag, an wen muss man eine Austrittserklärung schicken und welche Frist gilt?\n\nHorst Dieckmann",
    ),
    Sample(
        "Sina <sina.w@mail.example>",
        "passwort",
        "hallo ich komm nicht mehr rein, passwort vergessen und die mail zum zurücksetzen kommt nicht an. user: sinaw88\n\n"
        "sina",
    ),
    Sample(
        "Ferdinand Graf <f.graf@post.example>",
        "Konto gesperrt",
        "Guten Tag, nach drei falschen Eingaben ist mein Konto gesperrt. Bitte wieder freischalten.\n\nFerdinand Graf",
    ),
    Sample(
        "Chiara Neumann <chiara.neumann@mail.example>",
        "E-Mail-Benachrichtigungen",
        "Hallo,\n\nwo stelle ich ein, dass ich nur eine Zusammenfassung in der Woche bekomme?\n\nChiara",
        html="<p>Hallo,</p><p>wo stelle ich ein, dass ich nur <b>eine Zusammenfassung</b> in der Woche bekomme?</p>"
        "<p>Chiara</p>",
    ),
    Sample(
        "Jan Pieter de Vries <jp.devries@mail.example>",
        "Cannot log in",
        "Hi, I changed my display name and now the login page says invalid user. Login: jpdv.\n\nJan Pieter",
    ),
    Sample(
        "Ulrike Tamm <ulrike.tamm@post.example>",
        "Fehler 500 beim Abstimmen",
        "Hallo,\n\nseit heute 9:40 Uhr kommt beim Abstimmen über i4711 „500 Internal Server Error“. Firefox 131, "
        "meine IP ist 198.51.100.23.\n\nGruß\nUlrike Tamm",
    ),
    Sample(
        "Matthias Köhn <m.koehn@mail.example>",
        "Server nicht erreichbar",
        "Moin, lqfb.bridge.example ist seit einer Stunde nicht erreichbar, auch bei Dörte nicht.\n\nMatthias Köhn",
    ),
    Sample(
        "Priya Raman <priya.raman@mail.example>",
        "Certificate expired",
        "Hello, your certificate has expired: SSL_ERROR_EXPIRED_CERT on https://lqfb.bridge.example.\n\nPriya",
    ),
    Sample(
        "Arne Wulf <arne.wulf@post.example>",
        "Editor löscht Absätze",
        "Hallo Technik,\n\nder Editor wirft beim Speichern alle Leerzeilen weg. Version 2.2.3.\n\nArne Wulf",
    ),
    Sample(
        "Vorstand KV Ammerland <vorstand@kv-ammerland.example>",
        "Eigene Instanz für den Kreisverband",
        "Liebe Admins,\n\nder KV Ammerland möchte eine eigene LiquidFeedback-Instanz mit rund 60 Mitgliedern. Was "
        "brauchen Sie von uns? Ansprechpartner: Gesche Oltmanns, 04488 12 34 56.\n\nGesche Oltmanns",
    ),
    Sample(
        "Marek Dvořák <marek.dvorak@strana.example>",
        "New instance for our party",
        "Dear all, we would like to set up a LiquidFeedback instance for the Czech association. Which version do you "
        "recommend, who installs it?\n\nMarek Dvořák",
    ),
    Sample(
        "Radio Förde <redaktion@radio-foerde.example>",
        "Interviewanfrage",
        "Guten Tag, wir suchen für Donnerstag jemanden, der uns Online-Abstimmungen erklärt. Rückruf: 0461 111 22 33.\n\n"
        "Swantje Ketelsen",
    ),
    Sample(
        "Elif Demir <elif.demir@uni.example>",
        "Frage für meine Masterarbeit",
        "Guten Tag, gibt es Zahlen zur Beteiligung in den letzten fünf Jahren? Es geht um meine Masterarbeit.\n\n"
        "Elif Demir",
    ),
    Sample(
        "Gregor <gregor@mail.example>",
        "Danke!",
        "Danke für die schnelle Hilfe gestern, alles läuft wieder. Ihr seid super!\n\nGregor",
    ),
    Sample(
        "MAILER-DAEMON <mailer-daemon@mx.bridge.example>",
        "Undelivered Mail Returned to Sender",
        "The following address had permanent errors: <unbekannt@post.example>: mailbox unavailable",
        headers=tuple(BOUNCE.items()),
    ),
    Sample(
        "Beate Rühl <beate.ruehl@post.example>",
        "Abwesenheitsnotiz: Ihre Anfrage",
        "Ich bin bis zum 7. Dezember nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.\n\nBeate Rühl",
        headers=(("Auto-Submitted", "auto-replied"),),
    ),
    Sample(
        "Liste Aktive <aktive-bounces@lists.bridge.example>",
        "Aktive Zusammenfassung, Band 12, Eintrag 4",
        "Themen dieser Zusammenfassung: 1. Stammtisch 2. Infostand",
        headers=tuple(LIST.items()),
    ),
    Sample(
        "Crypto Winner <win@coins.example>",
        "You have won 2 BTC!!!",
        "Congratulations! Claim your bitcoin prize now, send your bank details to claim@coins.example today!",
    ),
    Sample(
        "SEO Team <offer@seo.example>",
        "First page on Google guaranteed",
        "We can bring your website to the first page of Google. Cheap backlinks, 70% discount this week only.",
    ),
)
