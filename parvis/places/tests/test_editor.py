"""The editor of an entry: for the shop's people and the town's agents; seen at once, dated, and never half."""

from datetime import date
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.demo import builders
from parvis.people.models import Organisation, Role
from parvis.places.actions.hours import open_on
from parvis.places.models import Change, Check, Closure, Place
from parvis.places.weekly import Span

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _english(settings):
    """Sentences are compared in the language they are written in."""
    settings.LANGUAGE_CODE = "en"


def browser(visit, person):
    client = visit(person)
    client.cookies["language"] = "en"
    return client


SECTIONS = ("", "hours/", "hours/?as=text", "days/", "picture/", "services/", "contact/", "words/", "where/", "access/")


@pytest.fixture
def place(town, merchant):
    """A shop that stands in the directory and sells nothing on the market."""
    organisation = Organisation.objects.create(town=town, name="Cordonnerie Rapide")
    builders.give_role(merchant, town, Role.Kind.MERCHANT, organisation)
    return Place.objects.create(
        town=town,
        slug="cordonnerie",
        name="Cordonnerie Rapide",
        category="craft",
        address="3 rue Verte",
        lon=town.lon,
        lat=town.lat,
        opening_hours="Mo-Fr 09:00-18:00; Dec 24 09:00-12:00",
        hours_read=True,
        organisation=organisation,
        services=["cash"],
    )


@pytest.fixture
def get(visit, merchant):
    def page(path, person=merchant):
        return browser(visit, person).get(path)

    return page


@pytest.fixture
def post(visit, merchant, place):
    """``post("contact/", phone="…")``: a press of the merchant's button in a section of the editor."""

    def send(section, person=merchant, **values):
        path = section if section.startswith("/") else f"/places/{place.slug}/edit/{section}"
        return browser(visit, person).post(path, values)

    return send


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def fresh(place):
    return Place.objects.get(pk=place.pk)


def grid(**days):
    boxes = {"save": "1"}
    for day, spans in days.items():
        for number, (start, end) in enumerate(spans):
            boxes |= {f"{day}-{number}-from": start, f"{day}-{number}-to": end}
    return boxes


WEEK = {f"d{day}": [("09:00", "18:00")] for day in range(5)}


@pytest.mark.parametrize("section", SECTIONS)
def test_who_may_enter(get, place, section, agent, other_merchant, citizen, stranger):
    path = f"/places/{place.slug}/edit/{section}"
    assert get(path).status_code == 200
    assert get(path, person=agent).status_code == 200
    for wrong in (other_merchant, citizen, stranger):
        assert get(path, person=wrong).status_code == 404
    anonymous = get(path, person=None)
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous["Location"]


@pytest.mark.parametrize("section", SECTIONS)
def test_who_may_press(post, place, section, other_merchant, citizen, stranger):
    for wrong in (other_merchant, citizen, stranger):
        assert post(section, person=wrong, name="Mine now", do="close-day", day="2026-11-30").status_code in {404, 405}
    assert fresh(place).name == "Cordonnerie Rapide"
    assert not Closure.objects.exists()


def test_an_agent_of_another_town_is_nobody_here(visit, place, stranger, other_town):
    assert visit(stranger, other_town).get(f"/places/{place.slug}/edit/").status_code == 404


def test_looking_changes_nothing(get, place):
    for section in SECTIONS:
        get(f"/places/{place.slug}/edit/{section}")
    assert get(f"/places/{place.slug}/right/").status_code == 405
    assert not Change.objects.exists()
    assert not Check.objects.exists()


def test_everything_is_right(post, get, place, at):
    assert post(f"/places/{place.slug}/right/").status_code == 302
    assert (fresh(place).checked_at, fresh(place).checked_by) == (at, "shop")
    assert "Last checked today by the shop" in text(get(f"/places/{place.slug}/", person=None))


def test_the_town_checks_in_its_own_name(post, place, agent):
    post(f"/places/{place.slug}/right/", person=agent)
    assert fresh(place).checked_by == "town"


def test_hours_are_saved_seen_and_dated(post, get, place):
    answer = post("hours/", **grid(**WEEK | {"d5": [("10:00", "12:30"), ("14:00", "17:00")]}))
    assert answer.status_code == 302
    assert fresh(place).opening_hours == "Mo-Fr 09:00-18:00; Sa 10:00-12:30,14:00-17:00; Dec 24 09:00-12:00"
    public = text(get(f"/places/{place.slug}/", person=None))
    assert "14:00–17:00" in public
    assert "Last checked today by the shop" in public


def test_an_untouched_form_changes_nothing(post, place):
    place.opening_hours = "Mo-Fr 9:00-18:00;Dec 24 9:00-12:00"  # written by others, in their way
    place.save()
    post("hours/", **grid(**WEEK))
    assert fresh(place).opening_hours == "Mo-Fr 9:00-18:00;Dec 24 9:00-12:00"
    assert not Change.objects.exists()


def test_a_rule_that_nobody_can_draw_goes_only_when_it_is_ticked(post, get, place):
    assert "24 December: 9:00–12:00" in text(get(f"/places/{place.slug}/edit/hours/"))
    post("hours/", **grid())
    assert fresh(place).opening_hours == "Dec 24 09:00-12:00"
    post("hours/", **grid(**WEEK), drop=["Dec 24 09:00-12:00"])
    assert fresh(place).opening_hours == "Mo-Fr 09:00-18:00"


def test_nights_holidays_and_three_spans(post, place):
    boxes = grid(d4=[("18:00", "02:00")], d5=[("09:00", "11:00"), ("12:00", "14:00")]) | {"h-closed": "on"}
    post("hours/", **boxes)
    assert fresh(place).opening_hours.startswith("Fr 18:00-02:00, Sa 09:00-11:00,12:00-14:00; PH off")
    place.refresh_from_db()
    place.opening_hours = "Mo 08:00-10:00,11:00-13:00,15:00-18:00"
    place.save()
    boxes = grid(d0=[("08:00", "10:00"), ("11:00", "13:00"), ("15:00", "18:30")])
    post("hours/", **boxes)
    assert fresh(place).opening_hours == "Mo 08:00-10:00,11:00-13:00,15:00-18:30"


def test_a_season_is_asked_for_written_and_removed(post, place):
    page = text(post("hours/", **grid(**WEEK), add="season"))
    assert 'name="s0-first-day"' in page
    assert not Change.objects.exists()
    season = {"seasons": "1", "s0-first-day": "1", "s0-first-month": "4", "s0-last-day": "30", "s0-last-month": "9"}
    post("hours/", **grid(**WEEK | {"s0-d0": [("08:00", "20:00")]}), **season, **{"s0-d1-closed": "on"})
    kept = "Mo-Fr 09:00-18:00; Apr-Sep Mo 08:00-20:00; Apr-Sep Tu off; Dec 24 09:00-12:00"
    assert fresh(place).opening_hours == kept
    post("hours/", **grid(**WEEK), **season, **{"s0-drop": "on"})
    assert fresh(place).opening_hours == "Mo-Fr 09:00-18:00; Dec 24 09:00-12:00"


def test_a_season_asked_for_and_left_empty_is_none(post, place):
    assert post("hours/", **grid(**WEEK), seasons="1").status_code == 302
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({"seasons": "1", "s0-d0-0-from": "09:00", "s0-d0-0-to": "10:00"}, "from which day to which day"),
        (
            {"seasons": "1", "s0-first-day": "31", "s0-first-month": "6", "s0-last-day": "1", "s0-last-month": "9"},
            "This month has no such day",
        ),
        ({"d0-0-to": ""}, "Write both an opening and a closing time"),
        ({"d0-0-from": "19:00", "d0-0-to": "15:00"}, "Closing comes after opening"),
        ({"seasons": "99999999999"}, ""),
        ({"drop": "not a rule"}, "Select a valid choice"),
    ],
)
def test_nonsense_is_explained_and_kept(post, place, boxes, sentence):
    answer = post("hours/", **grid(**WEEK) | boxes)
    assert answer.status_code == (422 if sentence else 302)
    assert sentence in text(answer)
    assert not Change.objects.exists()


def test_hours_changed_meanwhile_are_not_written_over(post, place):
    answer = post("hours/", **grid(**WEEK), seen="Mo 10:00-12:00", d6="x")
    assert answer.status_code == 422
    assert "Somebody changed these hours" in text(answer)
    again = post("hours/", **grid(d0=[("08:00", "12:00")]), seen=place.opening_hours)
    assert again.status_code == 302


def test_text_typed_over_changed_hours_is_not_written(post, place):
    answer = post("hours/", **{"as": "text", "opening_hours": "Mo 08:00-09:00", "seen": "Mo 10:00-12:00"})
    assert answer.status_code == 422
    assert "Somebody changed these hours" in text(answer)
    assert fresh(place).opening_hours == place.opening_hours
    again = post("hours/", **{"as": "text", "opening_hours": "Mo 08:00-09:00", "seen": place.opening_hours})
    assert again.status_code == 302


def test_two_dates_at_once_are_both_kept(place, at):
    first, second = fresh(place), fresh(place)  # as two pages read it
    for found, day in ((first, date(2026, 12, 24)), (second, date(2026, 12, 31))):
        open_on(place=found, day=day, hours=(Span(9 * 60, 12 * 60),), origin="shop", at=at)
    assert "2026 Dec 24" in fresh(place).opening_hours
    assert "2026 Dec 31" in fresh(place).opening_hours


def test_only_what_was_changed_on_the_page_is_written(post, get, place):
    page = get(f"/places/{place.slug}/edit/contact/").content.decode()
    assert 'name="initial-phone"' in page
    shown = {f"initial-{name}": getattr(place, name) for name in ("phone", "email", "website")}
    Place.objects.filter(pk=place.pk).update(phone="01 99 99 99 99")  # by somebody else
    post("contact/", phone=place.phone, email="rose@example.org", website=place.website, **shown)
    assert (fresh(place).phone, fresh(place).email) == ("01 99 99 99 99", "rose@example.org")


def test_boxes_ticked_meanwhile_stay(post, place):
    Place.objects.filter(pk=place.pk).update(services=["terrace", "wifi"])
    post("services/", payment=["card"], seen="terrace cash")  # unticked the terrace; cash has gone meanwhile
    assert set(fresh(place).services) == {"wifi", "card"}


def test_hours_that_nobody_understands_are_shown_and_replaced_knowingly(post, get, place):
    place.opening_hours, place.hours_read, place.hours_text = "le matin", False, "tous les matins"
    place.save()
    page = text(get(f"/places/{place.slug}/edit/hours/"))
    assert "le matin" in page
    assert "tous les matins" in page
    post("hours/", **grid())
    assert fresh(place).opening_hours == "le matin"  # an untouched form saved changes nothing
    post("hours/", **grid(d0=[("08:00", "12:00")]))
    assert (fresh(place).opening_hours, fresh(place).hours_text) == ("Mo 08:00-12:00", "")
    assert Change.objects.get().before == {"opening_hours": "le matin", "hours_text": "tous les matins"}


def test_hours_that_are_too_long_are_refused(post, place):
    rules = "; ".join(f"Jan {day:02d} 09:00-12:{day:02d} open" for day in range(1, 21))
    place.opening_hours = rules[:495].rpartition(";")[0]
    place.save()
    answer = post("hours/", **grid(d0=[("08:00", "12:00"), ("13:00", "14:00")], d1=[("08:00", "12:05")]))
    assert answer.status_code == 422
    assert "too many rules" in text(answer)


def test_closed_by_one_tap(post, get, place, at):
    assert "Closed this Monday" in text(get(f"/places/{place.slug}/edit/days/"))
    assert post("days/", do="close-day", day="2026-11-30").status_code == 302
    assert Closure.objects.get().first_day == date(2026, 11, 30)
    assert "Closed on Monday 30 November" in text(get(f"/places/{place.slug}/", person=None))
    assert "Closed this Monday" not in text(get(f"/places/{place.slug}/edit/days/"))
    post("days/", do="reopen", closure=str(Closure.objects.get().pk))
    assert not Closure.objects.exists()


def test_closed_for_some_days(post, place):
    post("days/", do="close", first_day="2026-12-24", last_day="2027-01-02", reason="Holidays")
    assert Closure.objects.get().last_day == date(2027, 1, 2)
    post("days/", do="close", first_day="2027-02-01", last_day="", reason="")
    assert Closure.objects.filter(first_day=date(2027, 2, 1), last_day=date(2027, 2, 1)).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2062-12-26", "more than two years ahead"), ("2206-12-26", "between the years 2000 and 2199")],
)
def test_a_mistyped_year_is_asked_about(post, place, typed, said):
    answer = post("days/", do="close", first_day="2026-12-24", last_day=typed, reason="")
    assert answer.status_code == 422
    assert said in text(answer)
    assert typed in text(answer)
    assert not Closure.objects.filter(place=place).exists()


def test_open_on_one_date(post, get, place):
    opening = {"do": "open", "day": "2026-12-20", "special-0-from": "10:00", "special-0-to": "18:00"}
    assert post("days/", **opening).status_code == 302
    rule = "2026 Dec 20 10:00-18:00"
    assert fresh(place).opening_hours == f"Mo-Fr 09:00-18:00; Dec 24 09:00-12:00; {rule}"
    page = text(get(f"/places/{place.slug}/edit/days/"))
    assert "On Sunday 20 December: 10:00–18:00" in page
    assert f'value="{rule}"' not in text(get(f"/places/{place.slug}/edit/hours/"))  # it has its own list
    post("days/", do="as-usual", rule=rule)
    assert fresh(place).opening_hours == "Mo-Fr 09:00-18:00; Dec 24 09:00-12:00"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"do": "close-day", "day": "demain"}, "We do not understand this day"),
        ({"do": "close-day", "day": "2026-01-01"}, "already past"),
        ({"do": "close", "first_day": "2026-12-10", "last_day": "2026-12-01"}, "The last day comes before the first"),
        ({"do": "open", "day": "2026-12-20", "special-0-from": "10:00"}, "This field is required"),
        ({"do": "open", "day": "2020-12-20", "special-0-from": "10:00", "special-0-to": "11:00"}, "already past"),
        ({"do": "open", "day": "2026-12-20", "special-0-from": "18:00", "special-0-to": "12:00"}, "Closing comes"),
        ({"do": "as-usual", "rule": "Dec 31 off"}, "removed already"),
        ({"do": "reopen", "closure": "00000000-0000-7000-8000-000000000000"}, "removed already"),
        ({"do": "dance"}, ""),
    ],
)
def test_impossible_days_are_explained(post, place, asked, sentence):
    answer = post("days/", **asked)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Closure.objects.exists()
    assert not Change.objects.exists()


def test_one_date_alone_would_close_all_others(post, place):
    place.opening_hours, place.hours_read = "", False
    place.save()
    answer = post("days/", **{"do": "open", "day": "2026-12-20", "special-0-from": "10:00", "special-0-to": "18:00"})
    assert "Write your usual week first" in text(answer)


def test_a_closed_day_is_not_opened_by_mistake(post, place):
    post("days/", do="close", first_day="2026-12-20")
    answer = post("days/", **{"do": "open", "day": "2026-12-20", "special-0-from": "10:00", "special-0-to": "18:00"})
    assert "you are closed on this day" in text(answer)


def test_contact(post, get, place):
    post("contact/", phone="01 23 45 67 89", email="a@example.org", website="example.org")
    assert fresh(place).website == "https://example.org"
    public = get(f"/places/{place.slug}/", person=None).content.decode()
    assert 'href="tel:0123456789"' in public
    assert 'href="mailto:a@example.org"' in public
    answer = post("contact/", phone="call me", email="nobody", website="javascript:alert(1)")
    assert answer.status_code == 422
    assert "call me" in text(answer)
    assert text(answer).count("field__error") == 3


def test_words(post, place):
    post("words/", name="Cordonnerie Lente", category="craft", description="Patience.")
    assert fresh(place).description == "Patience."
    answer = post("words/", name="", category="nonsense", description="x" * 700)
    assert answer.status_code == 422
    assert "700 letters" in text(answer)
    assert fresh(place).name == "Cordonnerie Lente"


def test_services_of_a_shop_that_does_not_sell_here(post, place):
    post("services/", collect=["click-collect"], payment=["card", "cheque"], delivers_within_km="1.5")
    assert fresh(place).services == ["click-collect", "card", "cheque"]
    assert fresh(place).delivers_within_m == 1500
    assert post("services/", collect=["teleport"]).status_code == 422


def test_wheelchairs(post, get, place):
    post("access/", wheelchair="limited")
    assert fresh(place).wheelchair == "limited"
    assert "Partly accessible" in text(get(f"/places/{place.slug}/", person=None))


def photo(colour="red"):
    out = BytesIO()
    Image.new("RGB", (1200, 900), colour).save(out, "JPEG")
    return SimpleUploadedFile("front.jpg", out.getvalue(), "image/jpeg")


def test_a_picture_is_cleaned_shown_and_its_predecessor_kept(post, get, place, merchant):
    assert post("picture/", picture=photo()).status_code == 302
    first = fresh(place).picture
    assert first.name.startswith("places/")
    with first.open() as file, Image.open(file) as image:
        assert image.format == "WEBP"
    assert first.url in get(f"/places/{place.slug}/", person=None).content.decode()
    post("picture/", picture=photo("blue"))
    assert first.storage.exists(first.name)  # so that the change can be undone
    post("picture/", drop="on")
    assert not fresh(place).picture
    newest = Change.objects.first()
    post(f"/places/{place.slug}/history/{newest.pk}/undo/")
    assert fresh(place).picture.name == newest.before["picture"]


def test_a_file_that_is_no_picture_is_refused(post, place):
    answer = post("picture/", picture=SimpleUploadedFile("x.jpg", b"MZ", "image/jpeg"))
    assert answer.status_code == 422
    assert "cannot read this file as a picture" in text(answer)
    assert "Choose a picture first" in text(post("picture/"))


def test_the_point_moves_to_the_address_when_somebody_confirms(post, place, town):
    door = builders.make_address(town, "12", "rue du Général Leclerc")
    page = post("where/", address="12 rue du Général Leclerc")
    assert "Yes, move the point" in text(page)
    assert fresh(place).address == "3 rue Verte"
    post("where/", address="12 rue du Général Leclerc", point="stay")
    assert (fresh(place).address, fresh(place).lon) == ("12 rue du Général Leclerc", town.lon)
    post("where/", address="12, rue du Général Leclerc", point="move")
    assert (fresh(place).lon, fresh(place).lat) == (door.lon, door.lat)


def test_only_an_agent_moves_the_point_by_hand(post, place, agent, town):
    post("where/", address="3 rue Verte", lon=str(town.lon + 0.01), lat=str(town.lat))
    assert fresh(place).lon == town.lon
    post("where/", person=agent, address="3 rue Verte", lon=str(town.lon + 0.01), lat=str(town.lat))
    assert fresh(place).lon == town.lon + 0.01
    far = post("where/", person=agent, address="3 rue Verte", lon="48.8", lat="2.2")
    assert far.status_code == 422
    assert "not in the town" in text(far)


def test_my_entries(get, place, merchant, other_merchant, citizen, stranger):
    assert "Cordonnerie Rapide" in text(get("/my-places/"))
    assert get("/my-places/", person=citizen).status_code == 404
    assert "Cordonnerie" not in text(get("/my-places/", person=other_merchant))
    assert get("/my-places/", person=None).status_code == 302


def test_my_shop_leads_to_my_entries_without_a_shop_on_the_market(get, place, citizen):
    assert get("/merchant/")["Location"] == "/my-places/"
    assert get("/merchant/", person=citizen).status_code == 404


def test_many_entries_ask_few_questions(visit, merchant, place, town, django_assert_max_num_queries):
    for number in range(12):
        Place.objects.create(
            town=town, slug=f"p{number}", name=f"P{number}", category="craft", lon=2, lat=48,
            organisation=place.organisation, opening_hours="Mo-Fr 09:00-18:00", hours_read=True,
        )  # fmt: skip
    client = browser(visit, merchant)
    with django_assert_max_num_queries(9):
        assert "P11" in text(client.get("/my-places/"))
