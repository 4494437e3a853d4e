"""French and Dutch are complete, and keep what the English sentence names."""

import re

import polib
import pytest

from parvis.config import translations

pytestmark = pytest.mark.house

NAMED = re.compile(r"%\((\w+)\)[sd]")


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_sentence_is_translated(language):
    assert translations.missing(language) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_translation_is_left_over(language):
    wanted = set(translations.extract())
    assert [e.msgid for e in translations.catalogue(language) if (e.msgctxt or "", e.msgid) not in wanted] == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_translations_name_the_same_things(language):
    for entry in translations.catalogue(language):
        asked = set(NAMED.findall(entry.msgid + (entry.msgid_plural or "")))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(NAMED.findall(text)) <= asked, entry.msgid
        if not entry.msgid_plural:
            assert set(NAMED.findall(entry.msgstr)) == asked, entry.msgid


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_the_tone_is_calm(language):
    assert [e.msgstr for e in translations.catalogue(language) if "!" in e.msgstr] == []


def test_french_signs_stay_with_their_word():
    def typed(language):
        entry = polib.POEntry(msgid="x", msgstr="« %(name)s » dit : oui ; http://a.b ?")
        file = polib.POFile()
        file.append(entry)
        translations.set_type(file, language)
        return entry.msgstr

    assert typed("fr") == "«\u00a0%(name)s\u00a0» dit\u00a0: oui\u00a0; http://a.b\u00a0?"
    assert typed("nl") == "« %(name)s » dit : oui ; http://a.b ?"
