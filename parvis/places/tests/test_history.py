"""What has changed in an entry: told in words, undone by a button, and undone again."""

from datetime import timedelta
from html import unescape

import pytest

from parvis.demo import builders
from parvis.places.actions.entries import change_place
from parvis.places.models import Change

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _english(settings):
    """Sentences are compared in the language they are written in."""
    settings.LANGUAGE_CODE = "en"


def browser(visit, person):
    client = visit(person)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def place(town, merchant):
    return builders.make_shop(town, owner=merchant).place


@pytest.fixture
def change(place, merchant, at):
    """``change(phone="…")``, a minute later each time."""
    moments = iter(at + timedelta(minutes=n) for n in range(100))

    def make(origin="shop", **values):
        made = change_place(place=place, values=values, origin=origin, at=next(moments), by=merchant)
        assert made is not None
        return made

    return make


def page(visit, person, place, query=""):
    answer = browser(visit, person).get(f"/places/{place.slug}/history/{query}")
    return answer, " ".join(unescape(answer.content.decode()).split())


def undo(visit, person, change):
    path = f"/places/{change.place.slug}/history/{change.pk}/undo/"
    return browser(visit, person).post(path, follow=True)


def test_each_kind_of_value_is_said_in_words(visit, merchant, agent, place, change):
    change(opening_hours="Mo-Fr 09:00-18:00", phone="01 00 00 00 00", services=["card"], wheelchair="yes")
    change(lon=place.lon + 0.001, category="cafe", delivers_within_m=1500, details={"capacity": 12})
    change(name="Le Fournil", origin="source")
    answer, said = page(visit, merchant, place)
    assert answer.status_code == 200
    for words in (
        "Monday to Friday: 9:00–18:00", "01 00 00 00 00", "Bank card", "Step-free", "moved by 73", "Café", "1.5 km",
        "Places 12", "Le Fournil", "The shop", "An import",
    ):  # fmt: skip
        assert words in said.replace("\xa0", " "), words
    assert merchant.name not in said.replace(f">{merchant.name.split()[0]}<", "")
    assert merchant.name in page(visit, agent, place)[1]


def test_control_characters_are_left_out(place, change):
    change(name="Four\x08nil", description="Un\x00\r\ndeux\ttrois", details={"cuisine": "\x1bpizza"})
    place.refresh_from_db()
    assert (place.name, place.description, place.details) == ("Fournil", "Un\r\ndeux\ttrois", {"cuisine": "pizza"})


def test_undo_and_undo_of_undo(visit, merchant, place, change):
    first = change(phone="01 00 00 00 00")
    undo(visit, merchant, first)
    place.refresh_from_db()
    assert place.phone == "01 23 45 67 89"
    back = Change.objects.get(undoes=first)
    undo(visit, merchant, back)
    place.refresh_from_db()
    assert place.phone == "01 00 00 00 00"
    assert "undone already" in unescape(undo(visit, merchant, first).content.decode())


def test_a_later_change_stands_in_the_way(visit, merchant, place, change):
    first = change(phone="01 00 00 00 00")
    change(phone="02 00 00 00 00")
    answer = undo(visit, merchant, first)
    assert "Undo the later change first" in unescape(answer.content.decode())
    place.refresh_from_db()
    assert place.phone == "02 00 00 00 00"


def test_an_agent_undoes_in_the_name_of_the_town(visit, agent, place, change):
    first = change(phone="01 00 00 00 00")
    undo(visit, agent, first)
    assert Change.objects.get(undoes=first).origin == "town"


def test_who_may_look_and_undo(visit, place, change, other_merchant, citizen, stranger):
    first = change(phone="01 00 00 00 00")
    for wrong in (other_merchant, citizen, stranger):
        assert page(visit, wrong, place)[0].status_code == 404
        assert undo(visit, wrong, first).status_code == 404
    assert page(visit, None, place)[0].status_code == 302
    place.refresh_from_db()
    assert place.phone == "01 00 00 00 00"


def test_a_change_of_another_entry_is_not_undone_here(visit, merchant, other_merchant, town, place, change, at):
    other = builders.make_shop(town, "Ailleurs").place
    elsewhere = change_place(place=other, values={"phone": "03 00 00 00 00"}, origin="shop", at=at)
    answer = visit(merchant).post(f"/places/{place.slug}/history/{elsewhere.pk}/undo/")
    assert answer.status_code == 404


def test_undoing_is_a_button(visit, merchant, place, change):
    first = change(phone="01 00 00 00 00")
    assert visit(merchant).get(f"/places/{place.slug}/history/{first.pk}/undo/").status_code == 405


def test_an_empty_history_says_so(visit, merchant, place):
    assert "Nothing has changed yet" in page(visit, merchant, place)[1]


def test_a_long_history_asks_few_questions(visit, merchant, place, change, django_assert_max_num_queries):
    for number in range(40):
        change(phone=f"01 00 00 00 {number:02d}")
    client = browser(visit, merchant)
    with django_assert_max_num_queries(9):
        client.get(f"/places/{place.slug}/history/")
    assert "01 00 00 00 00" in page(visit, merchant, place, "?page=2")[1]


def test_no_undo_promises_what_the_market_does_not_offer(visit, merchant, place, change):
    change(services=["click-collect", "bike-delivery", "card"])
    both = change(services=["post", "terrace"])  # as the market and the editor wrote at once
    undo(visit, merchant, both)
    place.refresh_from_db()
    assert set(place.services) == {"post", "card"}
    last = Change.objects.exclude(undoes=None).get()
    undo(visit, merchant, last)
    place.refresh_from_db()
    assert set(place.services) == {"post", "terrace"}
    only_kept = change(services=["click-collect", "terrace"])
    answer = undo(visit, merchant, only_kept)
    assert "There is nothing to undo" in " ".join(unescape(answer.content.decode()).split())
    place.refresh_from_db()
    assert set(place.services) == {"click-collect", "terrace"}
