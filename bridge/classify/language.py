"""Guess a text's language from its commonest words; enough to choose a text for the answer, and cheap."""

from __future__ import annotations

import re

_COMMON = {
    "de": "ich nicht und der die das ist mit bei ein eine zu auf fuer mir mich von den dem im wie kann habe hallo bitte"
    " wir sie ihr euch es auch wenn noch aber gruss gruesse danke oder wird werden mein meine nach seit hab mal nur"
    " kein keine bin sind hier ihre ihren uns was moin servus liebe sehr wurde vom zum zur",
    "en": "i the and to of is in my you for not it that have with on this can me we are be please your from but as"
    " was do at hello hi thanks regards dear would how what if or has no an been when our there",
    "fr": "je le la les de des et est pas que vous un une pour dans mon ma bonjour merci avec sur ne votre nous du au"
    " ce mes il qui cordialement suis ai ou par plus comment",
    "es": "el la los de que y en un una por para no mi con es hola gracias su se me del al como lo",
    "it": "il la di che e un una per non mi con sono ciao grazie come del si lo le gli ho mio alla",
    "nl": "ik de het een en van is niet op met voor dat mijn te zijn heb hallo aan bij wat hoe jullie",
    "pl": "nie sie na do w z i jest ze moje mam dzien dobry prosze jak o za mnie po czy to dla pozdrawiam moj",
    "cs": "se na je v a ze do jsem dobry den prosim mi jak s o pro neni muj moje",
    "sv": "jag och att det som en pa ar inte med for av hej tack har min till om kan",
    "pt": "o a os de que e em um uma para nao meu minha com ola obrigado por se do da no na como",
    "tr": "bir ve bu icin ile ben nasil merhaba var mi degil adresim",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_SCRIPTS = (
    ("ru", re.compile(r"[а-я]")),
    ("el", re.compile(r"[α-ω]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
)
_WORD = re.compile(r"[a-zа-я\u0370-\u03ff\u0600-\u06ff\u3040-\u9fff]+")


def guess(folded: str, default: str = "de") -> str:
    """Guess the ISO 639-1 code of a folded text; `default` where nothing speaks for any language."""
    sample = folded[:1500]
    if not sample.isascii():
        for code, letters in _SCRIPTS:
            if 3 * len(letters.findall(sample)) > len(sample):
                return code
    words = _WORD.findall(sample)
    scores = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(scores, key=lambda code: (scores[code], code == default))
    return best if scores[best] else default
