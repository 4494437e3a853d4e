"""French and Dutch are complete, and keep what the English sentence names."""

import re

import polib
import pytest

from parvis.config import translations

pytestmark = pytest.mark.house

NAMED = re.compile(r"%\((\w+)\)[sd]")
# Words that French shortens before a vowel, before what stands for something else: a name may begin with one.
ELIDED = re.compile(
    r"\b(?:de|(?:jus|puis|lors|quoi)?que|le|la|[jmtsnc]e)[ \u00a0](?:«[ \u00a0])?(?:<[^>]*>)?%\((\w+)\)", re.IGNORECASE
)
# What may stand there: figures, days of the week, and codes, which are spelled.
NEVER_A_NAME = re.compile(
    "amount|base|code|count|days?|distance|fewest|first|free|hours|last|left|low|minimum|minutes|moment|most|number"
    "|patience|phone|rank|rate|sigma|time|vat"
)
PER_CENT_APART = re.compile(r"[ \u00a0]%%?(?![%(\w])")


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


def test_no_name_stands_where_french_would_have_to_shorten_a_word():
    """« De Issy-les-Moulineaux », « que Émile »: only the sentence written another way is right for every name."""
    wrong = [
        text
        for entry in translations.catalogue("fr")
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if not all(NEVER_A_NAME.fullmatch(name) for name in ELIDED.findall(text))
    ]
    assert wrong == []


def test_only_french_has_a_space_before_a_sign_of_per_cent():
    texts = [entry.msgid for entry in translations.catalogue("fr")]
    texts += [entry.msgstr for entry in translations.catalogue("nl")]
    assert [text for text in texts if PER_CENT_APART.search(text)] == []


def test_french_signs_stay_with_their_word():
    def typed(language):
        entry = polib.POEntry(msgid="x", msgstr="« %(name)s » dit : oui ; 70 %% de %(name)s ; http://a.b ?")
        file = polib.POFile()
        file.append(entry)
        translations.set_type(file, language)
        return entry.msgstr

    assert typed("fr") == "«\u00a0%(name)s\u00a0» dit\u00a0: oui\u00a0; 70\u00a0%% de %(name)s\u00a0; http://a.b\u00a0?"
    assert typed("nl") == "« %(name)s » dit : oui ; 70 %% de %(name)s ; http://a.b ?"
