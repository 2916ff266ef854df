"""Policies, and pseudonyms over the messages of a ticket."""

from __future__ import annotations

from bridge.message import Address, Message
from bridge.redact import Policy, Pseudonyms, redact

TEXT = "Passwort: Hund3Katze\nIP 203.0.113.58\nGruß Egon Schlüter"
SENDER = Address("Egon Schlüter", "egon@web.example")


def body(policy: Policy) -> str:
    """Redact the text above."""
    return redact(Message(text=TEXT, sender=SENDER), policy=policy).body


def test_all_hides_everything() -> None:
    assert body(Policy()) == "Passwort: [Passwort entfernt]\nIP [IP-1]\nGruß [Person-1 = Absender]"


def test_kept_types_stay_but_never_secrets() -> None:
    shown = body(Policy(keep=frozenset({"IP", "PASSWORD"})))
    assert "203.0.113.58" in shown
    assert "Hund3Katze" not in shown


def test_secrets_hides_secrets_only() -> None:
    assert body(Policy("secrets")) == TEXT.replace("Hund3Katze", "[Passwort entfernt]")


def test_none_hides_nothing() -> None:
    found = redact(Message(text=TEXT, sender=SENDER), policy=Policy("none"))
    assert (found.body, found.spans, found.clean) == (TEXT, (), True)


def test_a_follow_up_goes_on_numbering() -> None:
    first = redact(Message(text="Bei Tanja Berg auch.\nGruß Egon", sender=SENDER))
    second = redact(
        Message(text="Tanja Berg und Kirsten Ohm warten.\nEgon", sender=SENDER), prior=first.pseudonyms
    )
    assert second.body == "[Person-2] und [Person-3] warten.\n[Person-1 = Absender]"
    again = redact(Message(text="Gruß Kirsten Ohm", sender=SENDER), prior=first.pseudonyms)
    assert again.body == "Gruß [Person-3]"  # the first message's numbers were not changed by the second


def test_numbers_of_their_own_where_the_first_message_is_gone() -> None:
    found = redact(Message(text="Gruß Egon", sender=SENDER), prior=Pseudonyms(prefix="F2-"))
    assert found.body == "Gruß [F2-Person-1 = Absender]"


def test_people_of_one_family_have_numbers_of_their_own() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.introduce("Reinhold Zeidler", "sender")
    assert pseudonyms.replacement("PERSON", "Waltraud") == "[Person-2]"
    assert (
        pseudonyms.replacement("PERSON", "Reinhold und Waltraud Zeidler")
        == "[Person-1 = Absender] und [Person-2]"
    )
    assert pseudonyms.replacement("PERSON", "R. Zeidler") == "[Person-1 = Absender]"


def test_english_labels() -> None:
    pseudonyms = Pseudonyms(language="en")
    assert pseudonyms.replacement("MEMBER_NO", "55210") == "[Member no-1]"
    assert pseudonyms.replacement("PASSWORD", "x") == "[password removed]"


def test_a_value_written_differently_is_the_same_value() -> None:
    pseudonyms = Pseudonyms()
    assert pseudonyms.replacement("IBAN", "DE29 8605") == pseudonyms.replacement("IBAN", "DE298605")
