"""The page of search, its suggestions, and the agent's words."""

import re

import pytest

from parvis.demo import builders
from parvis.places.models import Place
from parvis.portal import upkeep
from parvis.portal.search import spot_of
from parvis.towns import words
from parvis.towns.models import Synonym, Word

EN = {"accept-language": "en"}
TYPING = EN | {"HX-Request": "true"}


@pytest.fixture
def vet(town):
    builders.make_address(town, "8", "allée des Lilas")
    return Place.objects.create(
        town=town,
        slug="lilas",
        name="Clinique des Lilas",
        category="vet",
        address="8 allée des Lilas, 92130 Issy-les-Moulineaux",
        lon=town.lon,
        lat=town.lat,
    )


def page(visit, headers=EN, **query):
    answer = visit().get("/search/", query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_mistake_is_mended_and_said(visit, product):
    text = page(visit, q="boulangrie")
    assert "Found for “boulangerie”" in text
    assert "Nothing here is called “boulangrie”." in text
    assert "?q=boulangrie&amp;exactly=1" in text
    assert "Boulangerie du Parvis" in text


def test_exactly_what_was_typed(visit, product):
    text = page(visit, q="boulangrie", exactly="1")
    assert "Nothing found for “boulangrie”" in text
    assert 'href="/search/?q=boulangerie"' in text, "what to try"


def test_every_source_answers(visit, product, vet):
    text = page(visit, q="lilas")
    assert 'href="/places/lilas/"' in text
    assert "/places/?q=all%C3%A9e+des+Lilas" in text
    assert "/places/?kind=vet" in page(visit, q="véto")
    assert f"/shops/{product.shop.slug}/" in page(visit, q="boulangeries")
    assert product.name in page(visit, q="pains")


def test_distances_for_who_shares_a_place(visit, town, vet):
    text = page(visit, q="lilas", near=f"{town.lon + 0.01},{town.lat}")
    assert re.search(r"7[23]\d.m", text), "some 730 metres away"
    assert "?q=lilas" in text


@pytest.mark.parametrize("near", ["", "here", "2.27", "999,999", "nan,nan", "48.8,2.2,1", "x" * 5000, "🥐,1"])
def test_a_place_that_cannot_be_read_is_left_out(visit, vet, near):
    assert spot_of(near) is None
    assert "Clinique des Lilas" in page(visit, q="lilas", near=near)


def test_nothing_is_never_a_dead_end(visit, product, vet):
    text = page(visit, q="zzzz lilas")
    assert "Nothing found for “zzzz lilas”" in text
    assert 'href="/search/?q=lilas"' in text
    assert "/places/?group=health" in text
    assert 'href="/map/"' in text
    assert "Bread and pastry" in text
    assert 'href="/search/?q=clinique"' in page(visit, q="qqqqq clinqiue", exactly="1")


def test_what_is_offered_to_try_finds_something(visit, product, vet):
    for text in ("clinqiue volante", "pain volant", "boulangrie zzzzz"):
        offered = re.findall(r'href="/search/\?q=([^"&]+)"', page(visit, q=text, exactly="1"))
        assert offered
        for one in offered:
            assert "Nothing found" not in page(visit, q=one.replace("%20", " "))


def test_suggestions_are_options_of_a_listbox(visit, product, vet):
    text = page(visit, TYPING, q="lila")
    assert 'role="listbox"' in text
    ids = re.findall(r'role="option" id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) >= 3
    assert 'href="/search/?q=lila"' in text
    assert "Found for “clinique”" in page(visit, TYPING, q="clinqiue")
    assert "listbox" not in page(visit, TYPING, q="zzzz")


@pytest.mark.parametrize("text", ["\x00", "🥐", "x" * 10_000, "' OR 1=1 --", "a:*&b", "%", "<script>alert(1)</script>"])
def test_nonsense_is_safe(visit, product, vet, text):
    for headers in (EN, TYPING):
        assert "<script>alert" not in page(visit, headers, q=text)
        page(visit, headers, q=f"pain {text}", page="99999", exactly="x")


def test_other_towns_neither_answer_nor_mend(visit, other_town, product, vet):
    for text in ("lilas", "lials", "véto", "campagne", "boulangerie"):
        answer = visit(town=other_town).get("/search/", {"q": text}, headers=EN).content.decode()
        assert "Nothing found" in answer
        assert "Lilas" not in answer


def test_suggestions_are_cheap(visit, product, vet, django_assert_max_num_queries):
    for n in range(20):
        builders.make_shop(vet.town, f"Maison {n}")
    page(visit, TYPING, q="clinqiue")
    with django_assert_max_num_queries(8):  # the town, synonyms and a query for each source, two for places
        page(visit, TYPING, q="lilas")


def test_asking_writes_nothing(visit, product, vet):
    before = Word.objects.count(), Synonym.objects.count()
    page(visit, q="boulangrie")
    assert (Word.objects.count(), Synonym.objects.count()) == before
    assert visit().post("/search/", {"q": "x"}).status_code == 405


# The nightly round


def test_the_night_counts_the_words_of_everything(town, other_town, product, vet):
    Place.objects.create(town=other_town, slug="z", name="Zizanie", category="bank", lon=2, lat=48)
    Word.objects.filter(town=town).delete()
    Word.objects.create(town=town, word="disparu", uses=3)
    assert upkeep.recount(town) == Word.objects.filter(town=town).count()
    known = words.vocabulary(town)
    assert all(known.knows(word) for word in ("campagne", "boulangerie", "lilas", "veterinaire"))
    assert not known.knows("disparu")
    assert not known.knows("zizanie")


def test_the_night_repairs_what_rows_are_found_by(visit, town, product, vet):
    assert upkeep.reindex(town) == 0, "the same words give the same rows"
    Place.objects.update(search=None)
    type(product).objects.update(search="'old':1A")
    assert upkeep.reindex(town) == 3  # the shop's place, the vet, the product
    assert "Clinique des Lilas" in page(visit, q="lilas")
    assert product.name in page(visit, q="campagne")


# The agent's words


URL = "/agent/words/"


def test_an_agent_adds_and_removes_a_word(visit, agent, vet, town):
    agent.language = "en"
    agent.save()
    answer = visit(agent).post(URL, {"word": "Toubib à poils", "means": "Clinique des Lilas"}, headers=EN, follow=True)
    assert "Who types “toubib a poils” now finds it." in answer.content.decode()
    assert "Clinique des Lilas" in page(visit, q="toubib à poils")
    line = Synonym.objects.get(town=town)
    answer = visit(agent).post(f"{URL}{line.pk}/remove/", headers=EN, follow=True)
    assert "“toubib a poils” is forgotten." in answer.content.decode()
    assert not Synonym.objects.exists()


def test_the_page_shows_both_tables(visit, agent, town):
    Synonym.objects.create(town=town, word="poly", means="Polyclinique")
    text = visit(agent).get(URL, headers=EN).content.decode()
    assert "Polyclinique" in text
    assert "vétérinaire · véto" in text
    assert "apotheek" not in text, "this town speaks French"


@pytest.mark.parametrize(
    ("word", "means"), [("", ""), ("🥐", "x"), ("x" * 500, "y"), ("a", "\x00"), ("a b c d e f", "y")]
)
def test_nonsense_is_explained_and_kept(visit, agent, word, means):
    answer = visit(agent).post(URL, {"word": word, "means": means}, headers=EN)
    assert answer.status_code == 422
    assert "summary" in answer.content.decode()
    if word.isascii() and word:
        assert f'value="{word}"' in answer.content.decode()
    assert not Synonym.objects.exists()


def test_only_agents_of_the_town(visit, town, other_town, agent, citizen, merchant, stranger):
    line = Synonym.objects.create(town=town, word="poly", means="Polyclinique")
    for person in (citizen, merchant, stranger):
        assert visit(person).get(URL).status_code == 404
        assert visit(person).post(URL, {"word": "a", "means": "b"}).status_code == 404
        assert visit(person).post(f"{URL}{line.pk}/remove/").status_code == 404
    assert visit().get(URL).status_code == 302
    assert visit(stranger, other_town).post(f"{URL}{line.pk}/remove/").status_code == 404
    assert visit(agent).get(f"{URL}{line.pk}/remove/").status_code == 405
    assert list(Synonym.objects.all()) == [line]


def test_the_list_is_cheap(visit, agent, town, django_assert_max_num_queries):
    for n in range(50):
        Synonym.objects.create(town=town, word=f"mot {n}", means="chose")
    browser = visit(agent)
    with django_assert_max_num_queries(7):  # the tab of call-backs counts who waits
        browser.get(URL)
