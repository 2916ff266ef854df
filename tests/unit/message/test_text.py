"""The readable text, the sender's own part of it, and ticket numbers."""

from __future__ import annotations

import pytest

from bridge.message.html import CUT, MAX_LENGTH
from bridge.message.model import Message
from bridge.message.text import own_text, readable, ticket_number, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Eins</p><p>Zwei</p>", "Eins\n\nZwei\n"),
        ("Eins<br>Zwei<br/>Drei", "Eins\nZwei\nDrei\n"),
        ("Eins<br><br><br>Zwei", "Eins\n\nZwei\n"),
        ("<div>Eins</div><div>Zwei</div>", "Eins\nZwei\n"),
        ("a\n  b\tc&nbsp;d", "a b c d\n"),
        ("5 &lt; 6 &amp; 7 &euro; &#8364; &#x20ac;", "5 < 6 & 7 € € €\n"),
        ("5 < 6 und 7 > 3", "5 < 6 und 7 > 3\n"),
        ("<b>A</b><i>B</i>", "AB\n"),
        ("<ul><li>eins<li>zwei</ul>", "- eins\n- zwei\n"),
        ("<ol><li>eins</li><li>zwei</li></ol>", "1. eins\n2. zwei\n"),
        (
            "<table><tr><td>Name</td><td>Ada</td></tr><tr><th>Nr</th><td>5</td></tr></table>",
            "Name Ada\nNr 5\n",
        ),
        ("Hallo<script>alert('<p>')</script><style>p{}</style> Welt", "Hallo Welt\n"),
        ("<title>Titel</title>Text", "Text\n"),
        ("<script>nie geschlossen", "nie geschlossen\n"),
        ("a<!-- weg -->b<!-- offen c", "ab offen c\n"),
        ("<!DOCTYPE html><?xml version=1?>Text", "Text\n"),
        ('<a href="https://example.org/x">hier</a>', "hier <https://example.org/x>\n"),
        ('<a href="https://example.org/">example.org</a>', "example.org\n"),
        ('<a href="javascript:alert(1)">hier</a>', "hier\n"),
        ('<a href="mailto:a@example.org">schreib mir</a>', "schreib mir\n"),
        ('<img src="cid:1" alt="Logo">', "[Logo]\n"),
        ("<p>oben</p><blockquote>Zitat<br>weiter</blockquote>unten", "oben\n\n> Zitat\n> weiter\n\nunten\n"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n>> b\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("<p title='>'>Text</p>", "Text\n"),
        ('<p title="offen>Text</p>', "Text\n"),
        ("Soft\u00adhy\u200bphen", "Softhyphen\n"),
        ("&#99999999999;&#xffffffffff;", "\ufffd\ufffd\n"),
        ("&#" + "9" * 5000 + ";", "\ufffd\n"),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert to_text(html) == text


def test_endless_html_is_cut_with_a_mark() -> None:
    text = to_text("x" * (MAX_LENGTH + 5))
    assert text == "x" * MAX_LENGTH + CUT + "\n"


HTML = "<p>" + "Der eigentliche Text steht nur hier. " * 20 + "</p>"


def test_the_plain_text_is_preferred() -> None:
    assert readable(Message(text="Hallo\n", html="<p>Hallo</p>")) == "Hallo\n"


@pytest.mark.parametrize("text", ["", " \n", "Ihr Mailprogramm kann kein HTML."])
def test_a_stand_in_gives_way_to_the_html(text: str) -> None:
    assert "eigentliche" in readable(Message(text=text, html=HTML))


def test_nothing_is_readable_as_nothing() -> None:
    assert readable(Message()) == ""


QUOTED = "> alte Frage\n> mehr"


@pytest.mark.parametrize(
    "text",
    [
        f"Meine Antwort\n\nAm 12.06.2018 um 06:06 schrieb Ada Muster:\n{QUOTED}\n",
        f"Meine Antwort\n\nOn Tue, 12 Jun 2018 at 06:06, Ada Muster\n<ada@example.org> wrote:\n\n{QUOTED}\n",
        f"Meine Antwort\n\nAda Muster <ada@example.org> schrieb am Di., 12. Juni 2018, 06:06:\n\n{QUOTED}\n",
        f"Am 12.06.2018 schrieb Ada:\n{QUOTED}\n\nMeine Antwort\n",
        "Meine Antwort\n-- \nAda Muster\nTel. 030 1234\n",
        f"Meine Antwort\n-- \nAda\n\nAm 1.1.2018 schrieb X:\n{QUOTED}\n",
        "Meine Antwort\n\n-----Ursprüngliche Nachricht-----\nVon: Ada\nGesendet: heute\n\nalte Frage\n",
        "Meine Antwort\n\n-----Original Message-----\nFrom: Ada\n\nalte Frage\n",
        "Meine Antwort\n\nVon: Ada <a@example.org>\nGesendet: Dienstag\nAn: B\nBetreff: X\n\nalte Frage\n",
        "Meine Antwort\n________________________________\nFrom: Ada\nSent: Tue\nTo: B\nSubject: X\n\nalt\n",
        "Meine Antwort\n\nVon meinem iPhone gesendet\n",
    ],
)
def test_own_text_is_what_was_written_now(text: str) -> None:
    assert own_text(Message(text=text)).strip() == "Meine Antwort"


def test_answers_between_quotes_stay_in_order() -> None:
    text = f"{QUOTED}\nEins\n{QUOTED}\nZwei\n"
    assert own_text(Message(text=text)) == "Eins\nZwei\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{QUOTED}\n",
        "-- \nAda\n",
        "---------- Forwarded message ---------\nFrom: Ada\nDate: heute\nSubject: Löschung\nTo: B\n\nBitte löschen\n",
    ],
)
def test_where_nothing_else_is_left_the_whole_stays(text: str) -> None:
    assert own_text(Message(text=text)) == text


def test_a_forwarded_mail_under_own_words_stays() -> None:
    text = "Siehe unten\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Löschung\nVon: Ada\n\nBitte löschen\n"
    assert "Bitte löschen" in own_text(Message(text=text))


def test_what_a_subject_calls_forwarded_stays() -> None:
    text = "Zur Kenntnis\n\nVon: Ada\nGesendet: heute\nAn: B\nBetreff: Löschung\n\nBitte löschen\n"
    assert own_text(Message(subject="WG: Löschung", text=text)) == text
    assert "Bitte" not in own_text(Message(subject="AW: Löschung", text=text))


def test_a_forwarded_quote_stays() -> None:
    text = "Siehe unten\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ada\n>\n> Bitte löschen\n"
    assert own_text(Message(text=text)) == text


def test_quotes_in_html_are_recognised() -> None:
    html = (
        "<div>Meine Antwort</div><div>Am 1.1.2018 schrieb Ada:<br></div><blockquote>alte Frage</blockquote>"
    )
    assert own_text(Message(html=html)).strip() == "Meine Antwort"


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[Ticket#2024112410000012] Frage", "2024112410000012"),
        ("AW: Re: [Ticket#: 2024112410000012] Frage", "2024112410000012"),
        ("ticket#12345", "12345"),
        ("Re: [Ticket#1234567] und [Ticket#7654321]", "1234567"),
        ("Ticket 2024112410000012", None),
        ("[MyTicket#2024112410000012]", None),
        ("[Ticket#2024112410000012x]", None),
        ("[Ticket#٢٠٢٤١١]", None),
        ("[Ticket#1]", None),
        ("", None),
    ],
)
def test_ticket_numbers_in_subjects(subject: str, number: str | None) -> None:
    assert ticket_number(subject) == number


def test_the_hook_is_taken_literally() -> None:
    assert ticket_number("[Anfrage (neu)+77001]", "Anfrage (neu)+") == "77001"
