"""Words are folded, cut to their trunks and weighed; a question is answered the same by the database and without it."""

import random

import pytest
from django.db import connection

from parvis.core.questions import Question, Term, understand
from parvis.core.stems import stems
from parvis.core.text import LONGEST, Part, lexemes, vector, weighed

BOTH = ("fr", "nl")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("boulangeries", "boulangerie", "fr"),
        ("pharmacies", "pharmacie", "fr"),
        ("journaux", "journal", "fr"),
        ("veterinaires", "veterinaire", "fr"),
        ("bakkerijen", "bakkerij", "nl"),
        ("winkels", "winkel", "nl"),
        ("bakeries", "bakery", "en"),
    ],
)
def test_plurals_have_the_trunk_of_the_word(one, other, language):
    assert stems(one, [language]) == stems(other, [language]) != set()


def test_short_words_figures_and_unknown_languages_have_no_trunk():
    assert stems("du", BOTH) == stems("93140", BOTH) == stems("3e", BOTH) == stems("boulangerie", ["xx"]) == set()


def test_a_vector_keeps_the_heaviest_weight_and_marks_trunks():
    found = weighed([Part("Chez Paul", "C", ()), Part("Boulangeries PAUL", "A", ("fr",))])
    assert found == {"chez": "C", "paul": "A", "boulangeries": "A", "~boulanger": "A"}
    assert vector(found) == "'boulangeries':1A 'chez':1C 'paul':1A '~boulanger':1A"
    assert vector(found, {"chez": "B"}) == vector({"chez": "B"}, found)


def test_words_of_ten_thousand_letters_are_cut():
    assert lexemes("x" * 10_000) == f"'{'x' * LONGEST}'"
    assert vector(weighed([Part("x" * 10_000, "A", BOTH)])).count("x") <= LONGEST * 2


def test_small_words_are_left_out_when_others_remain():
    assert understand("la boulangerie de la gare").text == "boulangerie gare"
    assert understand("la").text == "la"
    assert not understand("")
    assert len(understand(" ".join(f"mot{n}" for n in range(50))).terms) == 8


@pytest.mark.parametrize(
    "text", ["' | !'", "a:*B & (", "\\'", "~boulanger", "🥐", "\x00", "'; DROP TABLE x", "é" * 9999]
)
def test_what_people_type_is_never_an_operator(db, text):
    question = understand(text)
    with connection.cursor() as cursor:
        for query in (question.exactly("A"), question.begun("AB"), question.loosely()):
            if question:
                cursor.execute("SELECT ''::tsvector @@ %s::tsquery", [query])
                assert cursor.fetchone() == (False,)


WORDS = [
    "boulangerie",
    "boulangeries",
    "boulanger",
    "boul",
    "gare",
    "l",
    "abbe",
    "bakkerij",
    "bakkerijen",
    "hotel",
    "ville",
]


def test_the_database_and_python_agree(db):
    """The same rows, the same questions: who answers, and how well."""
    chance = random.Random(4)
    steps = [("exactly", "A"), ("begun", "A"), ("exactly", "AB"), ("loosely", "A"), ("loosely", "AB"), ("loosely", "")]
    compared = 0
    for _ in range(300):
        parts = [Part(" ".join(chance.sample(WORDS, 3)), weight, BOTH) for weight in "ABC"]
        found = weighed(parts)
        others = (("hotel", "ville"),) if chance.random() < 0.3 else ()
        question = Question((Term((chance.choice(WORDS),), others), Term((chance.choice(WORDS),))), BOTH)
        with connection.cursor() as cursor:
            number = None
            for step, (how, weights) in reversed(list(enumerate(steps))):
                cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector(found), getattr(question, how)(weights)])
                number = step if cursor.fetchone()[0] else number
        assert question.fit(found) == number, (question, found)
        compared += number is not None
    assert compared > 50
