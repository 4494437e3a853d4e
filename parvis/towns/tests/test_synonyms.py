"""What people say finds what things are called; the town's own lines come before ours."""

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry
from parvis.towns.actions import add_synonym, remove_synonym
from parvis.towns.models import Synonym
from parvis.towns.questions import ask
from parvis.towns.synonyms import GROUPS, LONGEST_PHRASE, defaults


def others(town, text):
    return {" ".join(name) for term in ask(town, text).terms for name in term.others}


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("véto", "veterinaire"),
        ("resto", "restaurant"),
        ("pharma", "pharmacie"),
        ("DAB", "banque"),
        ("PMU", "tabac"),
        ("mairie", "hotel de ville"),
        ("hôtel de ville", "mairie"),
        ("coiffeur", "salon de coiffure"),
        ("supérette", "supermarche"),
        ("bibli", "mediatheque"),
        ("vet", "veterinary"),
    ],
)
def test_words_that_every_french_town_starts_with(town, typed, other):
    assert other in others(town, typed)


@pytest.mark.parametrize(
    ("typed", "other"), [("apotheek", "apotheker"), ("bakker", "bakkerij"), ("mairie", "maison communale")]
)
def test_dutch_where_the_town_speaks_it(town, typed, other):
    town.languages = ["fr", "nl"]
    assert other in others(town, typed)
    town.languages = ["fr"]
    assert typed == "mairie" or other not in others(town, typed)


def test_a_phrase_is_one_term_and_the_rest_stay_words(town):
    question = ask(town, "hôtel de ville rue Pasteur")
    assert [term.text for term in question.terms] == ["hotel de ville", "rue", "pasteur"]


def test_our_own_table_is_in_order():
    for lines in GROUPS.values():
        for line in lines:
            names = [name.strip() for name in line.split("|")]
            assert len(names) == len(set(names)) >= 1
            assert all(len(name.split()) <= LONGEST_PHRASE for name in names)
    assert ("veto",) in defaults(["fr"])
    assert ("apotheek",) not in defaults(["fr"])


def test_a_town_s_own_line_replaces_ours_and_can_switch_it_off(town, other_town, agent, at):
    line = add_synonym(town=town, word="Véto", means="clinique des Lilas, SPA", at=at, by=agent)
    assert others(town, "veto") == {"clinique des lilas", "spa"}
    assert "veterinaire" in others(other_town, "veto")
    add_synonym(town=town, word="véto", means="véto", at=at, by=agent)
    assert others(town, "veto") == set()
    line.refresh_from_db()
    remove_synonym(line=line, at=at, by=agent)
    assert "veterinaire" in others(town, "veto")
    assert AuditEntry.objects.filter(town_id=town.pk, verb__startswith="town.synonym").count() == 3


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("", "x"),
        ("🥐", "x"),
        ("x" * 41, "y"),
        ("x", ""),
        ("x", "🥐, !"),
        ("x", "y" * 81),
        ("a b c d e", "y"),
        ("\x00", "y"),
    ],
)
def test_nonsense_is_refused(town, at, word, means):
    with pytest.raises(Refusal):
        add_synonym(town=town, word=word, means=means, at=at)
    assert not Synonym.objects.exists()


def test_asking_costs_one_query(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        ask(town, "le resto du boulevard")
    with django_assert_num_queries(0):
        ask(town, "")
