"""Two boxes: what is typed is checked, a machine is thanked, a stranger learns nothing."""

from datetime import timedelta

import pytest

from parvis.core.models import OutboxMessage
from parvis.joining.access import thanks_token
from parvis.joining.actions.calls import MOST_AN_HOUR, note_outcome
from parvis.joining.models import CallEvent, Preregistration
from parvis.joining.tests.conftest import english, text_of
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.places.tests.test_claims import make_place

pytestmark = pytest.mark.usefixtures("clock")
GOOD = {"shop": "Fromagerie Nina", "contact": "01 99 00 12 34", "website": ""}
SIRET = "732 829 320 00074"


def kinds(asked):
    return list(asked.events.values_list("kind", flat=True))


def test_two_boxes_and_one_tap(visit, town):
    place = make_place(town, "Fromagerie Nina")
    browser = english(visit())
    page = text_of(browser.get("/join/"))
    assert "Name of your shop, or its SIRET" in page
    assert "before Monday 30 November, 18:00" in page
    assert not Preregistration.objects.exists()
    answer = browser.post("/join/", GOOD)
    assert answer.status_code == 302
    thanks = text_of(browser.get(answer.headers["Location"]))
    assert "Thank you" in thanks
    assert "Monday 30 November" in thanks
    assert "That is it" in thanks
    asked = Preregistration.objects.get()
    assert (asked.shop_name, asked.phone, asked.email) == ("Fromagerie Nina", "+33199001234", "")
    assert "127.0.0.1" not in asked.sender
    assert asked.place is None
    assert browser.post(answer.headers["Location"], {"place": place.slug}).status_code == 302
    asked.refresh_from_db()
    assert asked.place == place
    assert kinds(asked) == ["asked", "entry"]
    assert "That is it" not in text_of(browser.get(answer.headers["Location"]))
    assert not OutboxMessage.objects.exists(), "nobody can have mails sent to somebody else"


def test_from_the_entry_one_box_is_left(visit, town):
    place = make_place(town, "Fromagerie Nina")
    browser = english(visit())
    link = f"/join/?place={place.slug}"
    assert link in text_of(browser.get(f"/places/{place.slug}/"))
    page = text_of(browser.get(link))
    assert 'value="Fromagerie Nina"' in page
    browser.post("/join/", GOOD | {"place": place.slug})
    assert Preregistration.objects.get().place == place


@pytest.mark.parametrize(
    ("country", "typed", "name", "number"),
    [
        ("FR", SIRET, "", "73282932000074"),
        ("FR", "siret : 73282932000074", "", "73282932000074"),
        ("BE", "BE 0403.170.701", "", "0403170701"),
        ("BE", "BCE 403.170.701", "", "0403170701"),
        ("CH", "CHE-109.322.551", "", "CHE109322551"),
        ("FR", "  Chez   Nina 1905 ", "Chez Nina 1905", ""),
        ("FR", "421", "421", ""),
    ],
)
def test_the_name_or_the_number(visit, town, country, typed, name, number):
    type(town).objects.filter(pk=town.pk).update(country=country)
    answer = visit().post("/join/", {"shop": typed, "contact": "nina@example.org"})
    assert answer.status_code == 302, text_of(answer)
    asked = Preregistration.objects.get()
    assert (asked.shop_name, asked.registration_number, asked.email) == (name, number, "nina@example.org")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"shop": ""}, "required"),
        ({"shop": "—"}, "name over your door"),
        ({"shop": "732 829 320 00075"}, "mistake in this number"),
        ({"shop": "7328293200007"}, "too few or too many"),
        ({"shop": "x" * 121}, "120"),
        ({"contact": ""}, "required"),
        ({"contact": "12"}, "no telephone number"),
        ({"contact": "nina@"}, "no e-mail address"),
        ({"contact": "01 99 00 12 34 / 06"}, "no telephone number"),
    ],
)
def test_nonsense_is_explained_and_kept(visit, town, typed, words):
    answer = english(visit()).post("/join/", GOOD | typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    for value in (GOOD | typed).values():
        assert value in page
    assert not Preregistration.objects.exists()


def test_a_machine_that_fills_everything_is_thanked_and_forgotten(visit, town):
    answer = english(visit()).post("/join/", GOOD | {"website": "http://spam.example"}, follow=True)
    assert "Thank you" in text_of(answer)
    assert not Preregistration.objects.exists()


def test_one_door_does_not_fill_the_list(visit, town):
    for number in range(MOST_AN_HOUR):
        assert visit().post("/join/", GOOD | {"shop": f"Boutique {number}"}).status_code == 302
    answer = english(visit()).post("/join/", GOOD)
    assert answer.status_code == 422
    assert "a lot for one hour" in text_of(answer)
    assert Preregistration.objects.count() == MOST_AN_HOUR


def test_who_asks_the_same_again_keeps_their_place_and_learns_nothing(visit, town, at, clock):
    first = english(visit()).post("/join/", GOOD, follow=True)
    clock.shift(timedelta(minutes=5))
    again = english(visit()).post("/join/", GOOD | {"shop": "FROMAGERIE  nina"}, follow=True)
    asked = Preregistration.objects.get()
    assert kinds(asked) == ["asked", "again"]
    stranger = english(visit()).post("/join/", GOOD | {"shop": "Une autre"}, follow=True)
    assert Preregistration.objects.count() == 2
    words = [text_of(page).partition("<main")[2].partition("</main>")[0] for page in (first, again, stranger)]
    assert words[0] == words[1] == words[2]


def test_a_shop_that_is_known_reads_the_same_thanks(visit, shop, at):
    plain = english(visit()).post("/join/", GOOD | {"shop": SIRET}, follow=True)
    shop.organisation.registration_number = "73282932000074"
    shop.organisation.save()
    Preregistration.objects.all().delete()
    known = english(visit()).post("/join/", GOOD | {"shop": SIRET}, follow=True)
    words = [text_of(page).partition("<main")[2].partition("</main>")[0] for page in (plain, known)]
    assert words[0] == words[1]


def test_the_page_after_asking_is_ours_of_today_and_of_this_town(visit, ask, at, other_town, clock):
    asked = ask()
    token = thanks_token(asked, at)
    assert visit().get(f"/join/thanks/{token}/").status_code == 200
    assert visit(None, other_town).get(f"/join/thanks/{token}/").status_code == 404
    assert visit().get(f"/join/thanks/{token[:-2]}xx/").status_code == 404
    assert visit().get("/join/thanks/nonsense/").status_code == 404
    clock.shift(timedelta(days=1, seconds=1))
    assert visit().get(f"/join/thanks/{token}/").status_code == 404


def test_only_an_entry_that_was_offered_can_be_chosen(visit, town, other_town, ask, at):
    asked = ask()
    make_place(town, "Autre chose")
    make_place(other_town, "Fromagerie Nina", slug="ailleurs")
    token = thanks_token(asked, at)
    for slug in ("autre-chose", "ailleurs", "nowhere", ""):
        assert visit().post(f"/join/thanks/{token}/", {"place": slug}).status_code == 302
    asked.refresh_from_db()
    assert asked.place is None


def test_after_the_call_the_entry_is_settled(visit, town, ask, agent, at):
    place = make_place(town, "Fromagerie Nina")
    asked = ask()
    note_outcome(preregistration=asked, outcome=CallEvent.Kind.NOT_INTERESTED, at=at, by=agent)
    assert visit().post(f"/join/thanks/{thanks_token(asked, at)}/", {"place": place.slug}).status_code == 302
    asked.refresh_from_db()
    assert asked.place is None


def test_nobody_elses_shop_has_no_way_to_join(visit, town):
    park = make_place(town, "Parc", category="park")
    assert "/join/?place" not in text_of(visit().get(f"/places/{park.slug}/"))


def test_the_ways_to_the_page(visit, town, shop):
    for page in ("/", "/shops/"):
        assert text_of(visit().get(page)).count('href="/join/"') >= 2, page  # in the page and in the footer
    assert "/join/" in text_of(visit().get("/sitemap-pages.xml"))
    assert "/join/?place" not in text_of(visit().get(f"/places/{shop.place.slug}/")), "it sells already"


def test_a_shop_that_has_closed_is_not_offered(visit, town, at):
    place = make_place(town, "Fromagerie Nina")
    Place.objects.filter(pk=place.pk).update(gone_on=at.date())
    assert "That is it" not in text_of(english(visit()).post("/join/", GOOD, follow=True))
    assert not Person.objects.exists()
