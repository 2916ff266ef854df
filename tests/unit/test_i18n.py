"""Texts for people: the language in force, plurals, and a German catalogue that is complete."""

from __future__ import annotations

import importlib.util
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bridge import i18n

ROOT = Path(__file__).resolve().parents[2]
PO = r"""
# a comment
msgid ""
msgstr ""
"Language: xx\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"

#: bridge/x.py
msgid "one \"quoted\" line\n"
"and another"
msgstr "eine »zitierte« Zeile\n"
"und noch eine"

#, fuzzy
msgid "unsure"
msgstr "unsicher"

#, python-format
msgid "%d mail"
msgid_plural "%d mails"
msgstr[0] "a"
msgstr[1] "b"
msgstr[2] "c"

msgid "empty"
msgstr ""

#~ msgid "old"
#~ msgstr "alt"
"""


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("en")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def _polish(monkeypatch: pytest.MonkeyPatch) -> None:
    known = i18n.read_po(PO)
    monkeypatch.setattr(i18n, "catalogue", lambda code: known if code == "xx" else i18n.Catalogue())


@pytest.mark.usefixtures("_polish")
def test_reads_quotes_plurals_and_leaves_fuzzy_and_obsolete_out() -> None:
    with i18n.language("xx"):
        assert i18n.gettext('one "quoted" line\nand another') == "eine »zitierte« Zeile\nund noch eine"
        assert i18n.gettext("unsure") == "unsure"
        assert i18n.gettext("empty") == "empty"
        assert i18n.gettext("old") == "old"
        assert i18n.gettext("") == ""
        assert [i18n.ngettext("%d mail", "%d mails", count) for count in (1, 3, 5, 11, 21)] == list("abcca")


def test_untranslated_plurals_follow_english() -> None:
    assert [i18n.ngettext("mail", "mails", count) for count in (0, 1, 2)] == ["mails", "mail", "mails"]


@pytest.mark.parametrize("code", ["de", "de-AT", "de_CH.UTF-8", "DE"])
def test_regional_codes_mean_the_language(code: str) -> None:
    i18n.set_language(code)
    assert i18n.current_language() == "de"


def test_override_stays_in_its_thread_and_the_default_reaches_all() -> None:
    seen: list[str] = []
    i18n.set_language("de")
    with i18n.language("en"):
        thread = threading.Thread(target=lambda: seen.append(i18n.current_language()))
        thread.start()
        thread.join()
        assert i18n.current_language() == "en"
    assert seen == ["de"]
    assert i18n.current_language() == "de"


def test_an_unknown_language_falls_back_to_the_source() -> None:
    with i18n.language("tlh"):
        assert i18n.gettext("anything") == "anything"
    assert i18n.languages()[0] == "en"
    assert "de" in i18n.languages()


def test_extraction_knows_calls_by_name_only(messages: ModuleType) -> None:
    source = '_("a" "b"); gettext(x); self.mark("c"); mark("d"); ngettext("one", "many", n); f(_("e").format(_("g")))'
    assert sorted(map(str, messages.python_texts(source))) == sorted(["ab", "d", "('one', 'many')", "e", "g"])


def test_german_catalogue_is_complete_without_fuzzy_or_unused_texts(messages: ModuleType) -> None:
    texts = messages.source_texts()
    for path in messages.catalogues():
        assert messages.missing(path, texts) == [], "run: python -m scripts.messages"
        assert messages.unused(path, texts) == [], "run: python -m scripts.messages"
        assert "fuzzy" not in path.read_text(encoding="utf-8")


def test_translations_keep_the_placeholders(messages: ModuleType) -> None:
    field = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[-+ 0#]*\d*(?:\.\d+)?[sdrf]")
    for path in messages.catalogues():
        for text in messages.read(path):
            sources = [text.id] if isinstance(text.id, str) else list(text.id)
            forms = [text.string] if isinstance(text.string, str) else list(text.string)
            for source, form in zip(sources, forms, strict=True):
                if source and form:
                    assert sorted(field.findall(form)) == sorted(field.findall(source)), source
