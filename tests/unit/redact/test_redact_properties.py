"""Properties that hold for whatever comes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.message import Address, Attachment, Message
from bridge.redact import Redaction, prefilter, read, redact
from bridge.redact.evaluate import leaked, message_of, output_of
from bridge.redact.propagate import Known

SETS = Path(__file__).parents[2] / "redaction"
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.sampled_from(
    [
        "Hallo",
        "Gruß",
        "Passwort:",
        "geheim7X",
        "Max",
        "Müller",
        "Frau",
        "Herr",
        "0171/1234567",
        "max@web.example",
        "\n",
        "\n\n",
        ">",
        ",",
        ".",
        "Mitglied",
        "55210",
        "IBAN",
        "DE29860555920188204713",
        "Anger",
        "37,",
        "99084",
        "Erfurt",
        "[Person-1]",
        "[Person-1",
        "=",
        "Absender]",
        "\ue000",
        "http://a.example/~max",
        "<b>",
        "&uuml;",
        "Konto",
        "moni_s",
        "203.0.113.58",
        "geb.",
        "3.4.1962",
        "Code",
        "aa93-kf02-xx7",
        "schrieb",
        "İ",
        "ß",
    ]
)


def entries(name: str) -> list[dict[str, Any]]:
    """Read a labelled set."""
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def again(found: Redaction) -> Redaction:
    """Redact what was redacted."""
    attachments = tuple(
        Attachment(each.filename, each.content_type, each.text.encode(), "utf-8")
        for each in found.attachments
        if each.readable
    )
    return redact(Message(subject=found.subject, text=found.body, html=found.html, attachments=attachments))


@QUICK
@given(
    st.text(max_size=300),
    st.text(max_size=300),
    st.binary(max_size=300),
    st.sampled_from(["text/plain", "text/csv", "message/rfc822", "text/html", "text/vcard"]),
)
def test_nothing_raises(text: str, page: str, content: bytes, kind: str) -> None:
    message = Message(
        subject=text[:40],
        text=text,
        html=page,
        sender=Address(text[:20], page[:20]),
        attachments=(Attachment(text[:9], kind, content),),
    )
    found = redact(message)
    sources = {reading.part: reading.text for reading in read(message)}
    for span in found.spans:
        assert 0 <= span.start < span.end <= len(sources[span.part])


@QUICK
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_spans_rebuild_the_redacted_text(text: str) -> None:
    found = redact(Message(text=text))
    rebuilt, at = "", 0
    for span in found.spans:
        if span.part == "body":
            rebuilt += text[at : span.start] + span.replacement
            at = span.end
    assert found.body == (rebuilt + text[at:] if text.strip() else text)


@QUICK
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_markup_and_text_hide_the_same(text: str) -> None:
    page = "<p>" + text.replace("<b>", "").replace("&uuml;", "ü").replace("<", "&lt;") + "</p>"
    message = Message(html=page, sender=Address("Max Müller", "max@web.example"))
    assert not leaked("Müller", output_of(redact(message)))


@pytest.mark.parametrize("name", ["eval", "dev"])
def test_redacting_twice_changes_nothing(name: str) -> None:
    changed = 0
    for entry in entries(name):
        first = redact(message_of(entry))
        second = again(first)
        same = (second.subject, second.body) == (first.subject, first.body)
        changed += not same
    assert changed == 0


@pytest.mark.parametrize("name", ["eval"])
def test_no_found_value_survives_in_any_part(name: str) -> None:
    for entry in entries(name):
        message = message_of(entry)
        found = redact(message)
        sources = {reading.part: reading.text for reading in read(message)}
        output = output_of(found)
        for span in found.spans:
            value = sources[span.part][span.start : span.end]
            if span.type in ("EMAIL", "IBAN", "PHONE", "INVITE_CODE", "IP", "ID_CARD") and "<" not in value:
                assert not leaked(value, output)


@QUICK
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_few_and_many_known_names_are_sought_alike(text: str) -> None:
    from bridge.redact.identities import Identities

    identities = Identities(strong={"müller", "max"}, capital={"anger"}, weak={"frau"})
    known = Known(identities)
    low = text.replace("İ", "i").lower()
    assert sorted(set(known._few(low))) == sorted(set(known._many(low)))


SIGNS = st.sampled_from(
    [
        "@",
        "(at)",
        "[ät]",
        " at ",
        "%40",
        "::",
        ":a:",
        "://",
        "www.",
        "_",
        "ä",
        "\ud800",
        "\ue000",
        "x",
        " ",
        "\n",
    ]
)


@pytest.mark.skipif(prefilter.database() is None, reason="hyperscan is not installed")
@QUICK
@given(st.lists(SIGNS, max_size=60).map("".join), st.text(max_size=80))
def test_hyperscan_sees_the_same_signs(text: str, more: str) -> None:
    both = text + more
    assert prefilter.by_hyperscan(prefilter.database(), both) == prefilter.by_pattern(both)


@pytest.mark.skipif(prefilter.database() is None, reason="hyperscan is not installed")
@pytest.mark.parametrize("name", ["eval"])
def test_spans_are_equal_with_and_without_hyperscan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = [redact(message_of(entry)).spans for entry in entries(name)]
    monkeypatch.setattr(prefilter, "database", lambda: None)
    assert [redact(message_of(entry)).spans for entry in entries(name)] == with_it
