"""The words of a town mend what is mistyped; those of another town never do."""

import threading

import pytest
from django.db import connection, transaction

from parvis.towns import words
from parvis.towns.models import Word


@pytest.fixture
def known(town):
    words.learn(town, ["Boulangerie des Lilas", "boulangerie", "Boulangère", "Pharmacie Martin", "Marché", "Bakkerij"])
    return words.vocabulary(town)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("boulangrie", "boulangerie"),  # missing
        ("boulangeriee", "boulangerie"),  # too many
        ("boualngerie", "boulangerie"),  # swapped
        ("voulangerie", "boulangerie"),  # the first letter
        ("boulengrie", "boulangerie"),  # two
        ("farmacie", "pharmacie"),  # two at the beginning
        ("martni", "martin"),
        ("marhc", "marche"),  # a beginning, mistyped
    ],
)
def test_a_mistake_is_mended(known, typed, meant):
    assert not known.knows(typed)
    assert known.guesses(typed)[0] == meant


@pytest.mark.parametrize("typed", ["boulangerie", "boulang", "boulangeries", "pharmacies", "lil"])
def test_words_beginnings_and_trunks_are_known(known, typed):
    assert known.knows(typed)


@pytest.mark.parametrize("typed", ["lil5s", "mar", "12345", "zzzzzz", "", "x" * 40, "martixyz"])
def test_nothing_is_made_up(known, typed):
    assert known.guesses(typed) == []


def test_the_nearest_then_the_same_first_letter_then_the_most_used(town):
    words.learn(town, ["marin", "marin", "garin", "martine"])
    assert words.vocabulary(town).guesses("narin") == ["marin", "garin"]
    assert words.vocabulary(town).guesses("garen")[0] == "garin"


def test_letters_only_and_at_least_three(town):
    words.learn(town, ["12 bis rue 3F du 8 Mai 1945", "x" * 500])
    assert set(Word.objects.filter(town=town).values_list("word", flat=True)) == {"bis", "rue", "mai", "x" * 40}


def test_a_change_is_noticed(town):
    words.learn(town, ["fromagerie"])
    assert not words.vocabulary(town).knows("quincaillerie bleue")
    words.learn(town, ["quincaillerie"])
    assert words.vocabulary(town).guesses("quincailerie") == ["quincaillerie"]


def test_the_vocabulary_is_read_once(town, known, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert words.vocabulary(town) is known


def test_what_is_known_costs_nothing_to_learn(town, known, django_assert_num_queries):
    with django_assert_num_queries(0):
        words.learn(town, ["Marché Martin"])


def test_learning_again_adds_nothing_and_the_night_counts(town, known):
    words.learn(town, ["boulangerie"] * 5)
    assert Word.objects.get(town=town, word="boulangerie").uses == 2
    assert words.recount(town, ["boulangerie", "boulangerie", "boulangerie", "kiosque"]) == 2
    assert dict(Word.objects.filter(town=town).values_list("word", "uses")) == {"boulangerie": 3, "kiosque": 1}
    assert words.vocabulary(town).guesses("kiosqe") == ["kiosque"]


def test_another_town_s_words_never_mend_ours(town, other_town, known):
    words.learn(other_town, ["zizanie", "zizanie"])
    assert words.vocabulary(town).guesses("zizanei") == []
    assert words.vocabulary(other_town).guesses("marttin") == []
    assert words.recount(other_town, []) == 0
    assert words.vocabulary(town).guesses("boulangrie")[0] == "boulangerie"


@pytest.mark.django_db(transaction=True)
def test_learning_never_waits_for_another():
    from parvis.demo.builders import make_town

    town = make_town()
    held, done = threading.Event(), threading.Event()

    def importing() -> None:
        with transaction.atomic():
            words.learn(town, ["poissonnerie"])
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=importing)
    thread.start()
    assert held.wait(20)
    words.learn(town, ["poissonnerie", "ramoneur"])  # would wait for the other's row, for ever
    done.set()
    thread.join()
    assert set(Word.objects.filter(town=town).values_list("word", flat=True)) == {"poissonnerie"}
