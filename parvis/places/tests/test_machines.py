"""What machines take of a place: calendar, schema.org, poster."""

import json
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from parvis.demo import builders
from parvis.places.categories import CATEGORIES
from parvis.places.models import Closure
from parvis.places.schema_org import TYPES, json_ld

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(time_machine, at):
    time_machine.move_to(at, tick=False)


@pytest.fixture
def place(town):
    return builders.make_shop(town, opening_hours="Mo-Fr 09:00-12:30,14:00-19:00; PH off").place


def events(response):
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_the_calendar_has_every_stretch(visit, place):
    response = visit().get(f"/places/{place.slug}/hours.ics")
    assert response["Content-Type"].startswith("text/calendar")
    starts = {event["DTSTART"].dt.isoformat() for event in events(response)}
    assert {"2026-11-26T08:00:00+00:00", "2026-11-26T13:00:00+00:00"} <= starts
    assert not any(start.startswith(("2026-11-28", "2026-11-29", "2026-12-25", "2027-01-01")) for start in starts)
    keys = [str(event["UID"]) for event in events(response)]
    assert len(keys) == len(set(keys))


def test_closed_days_stand_in_the_calendar(visit, town, place, at):
    Closure.objects.create(
        town=town, place=place, first_day=date(2026, 12, 7), last_day=date(2026, 12, 8), reason="Inventaire"
    )
    found = events(visit().get(f"/places/{place.slug}/hours.ics"))
    [closed] = [event for event in found if "Inventaire" in event["SUMMARY"]]
    assert (closed["DTSTART"].dt, closed["DTEND"].dt) == (date(2026, 12, 7), date(2026, 12, 9))
    assert not any(str(event["DTSTART"].dt).startswith("2026-12-07 ") for event in found)


def test_a_calendar_is_not_sent_twice(visit, place):
    browser = visit()
    first = browser.get(f"/places/{place.slug}/hours.ics")
    assert browser.get(f"/places/{place.slug}/hours.ics", headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("page", ["hours.ics", "poster.pdf"])
def test_strangers_and_nonsense(visit, other_town, place, page):
    assert visit(town=other_town).get(f"/places/{place.slug}/{page}").status_code == 404
    assert visit().get(f"/places/nowhere/{page}").status_code == 404
    assert visit().post(f"/places/{place.slug}/{page}").status_code == 405


def test_a_place_without_hours_has_no_calendar(visit, place):
    type(place).objects.filter(pk=place.pk).update(opening_hours="")
    assert visit().get(f"/places/{place.slug}/hours.ics").status_code == 404


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_the_poster_is_a_pdf(visit, place, language):
    browser = visit()
    browser.cookies["language"] = language
    response = browser.get(f"/places/{place.slug}/poster.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert len(response.content) > 5_000


def test_the_poster_is_not_set_again_until_it_says_something_else(visit, place):
    browser, address = visit(), f"/places/{place.slug}/poster.pdf"
    first = browser.get(address)
    assert first["Cache-Control"] == "public, max-age=3600"
    assert browser.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    type(place).objects.filter(pk=place.pk).update(opening_hours="Mo 08:00-09:00")
    assert browser.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_schema_org_says_each_day_with_its_date(town, place, at):
    Closure.objects.create(town=town, place=place, first_day=at.date(), last_day=at.date())
    said = json.loads(json_ld(place, at, "https://issy.example/places/x/"))
    assert said["@type"] == "Bakery"
    hours = said["openingHoursSpecification"]
    thursday = [row for row in hours if row["validFrom"] == "2026-11-26"]
    friday = [(row["opens"], row["closes"]) for row in hours if row["validFrom"] == "2026-11-27"]
    assert [(row["opens"], row["closes"]) for row in thursday] == [("00:00", "00:00")]
    assert friday == [("09:00", "12:30"), ("14:00", "19:00")]


def test_words_of_people_cannot_leave_the_script(place, at):
    place.name = "</script><script>alert(1)</script>"
    said = json_ld(place, at, "https://issy.example/places/x/")
    assert "<" not in said
    assert json.loads(said)["name"] == place.name


def test_every_type_is_of_a_category():
    assert set(TYPES) <= set(CATEGORIES)


def test_open_all_day_is_not_closed_all_day(place, at):
    place.opening_hours = "24/7"
    hours = json.loads(json_ld(place, at, "https://x.example/"))["openingHoursSpecification"]
    assert {(row["opens"], row["closes"]) for row in hours} == {("00:00", "23:59")}
    assert len(hours) == 7
    assert hours[0]["validFrom"] == (at.date()).isoformat()
    assert hours[-1]["validThrough"] == (at.date() + timedelta(days=6)).isoformat()
