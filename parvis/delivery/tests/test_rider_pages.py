"""The rider's pages: where next, at the door, back at the hub."""

import io
import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.core.geo import Point
from parvis.core.time import moment
from parvis.delivery.actions import bring_back, fail_stop, hand_over, leave_hub, pack
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Round
from parvis.delivery.riderday import street_and_town
from parvis.delivery.states import DeliveryState
from parvis.delivery.ways import around, compass
from parvis.demo import builders
from parvis.people.models import Role

pytestmark = pytest.mark.usefixtures("clock")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


@pytest.fixture
def me(visit, rider):
    client = visit(rider)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def other_rider(town):
    person = builders.make_person("Rita Pédale")
    builders.give_role(person, town, Role.Kind.RIDER)
    return person


def photo(size=(3000, 2000), name="door.jpg"):
    out = io.BytesIO()
    picture = Image.new("RGB", size, "brown")
    exif = picture.getexif()
    exif[0x010E] = "secret place"
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_nothing_planned(me):
    assert "Nothing is planned for you today" in text_of(me.get("/rider/"))


def test_before_leaving_the_load_is_shown(me, hub, rider, window, book, scan_all, plan_round, at):
    first, second = book(window), book(window)
    for crate, delivery in enumerate((first, second), start=8):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    round_ = plan_round(hub, rider, first, second)
    page = text_of(me.get("/rider/"))
    assert "Leaves at 16:41" in page
    assert page.index(second.code) < page.index(first.code), "the last door goes in first"
    response = me.post(f"/rider/rounds/{round_.pk}/leave/", follow=True)
    assert "Door 1 of 2" in text_of(response)
    assert state(first) == DeliveryState.ON_THE_WAY


def test_leaving_without_something_is_asked_first(me, hub, rider, window, book, scan_all, plan_round, at):
    here, awaited = book(window), book(window)
    scan_all(here)
    pack(delivery=here, crate=1, at=at)
    round_ = plan_round(hub, rider, here, awaited)
    assert "leaves without one delivery?" in text_of(me.post(f"/rider/rounds/{round_.pk}/leave/"))
    assert Round.objects.get().left_at is None
    me.post(f"/rider/rounds/{round_.pk}/leave/", {"anyway": "1", "why": "late"})
    assert "Stayed at the hub" in text_of(me.get("/rider/"))


def test_where_next_says_all(me, on_the_road):
    delivery = on_the_road.stops.first().delivery
    Delivery.objects.filter(pk=delivery.pk).update(note="Code B12")
    response = me.get("/rider/")
    page, html = text_of(response), response.content.decode()
    for said in ("1 rue du Général Leclerc", "Camille Martin", "Code B12", "2 bags", "promised 17:00–19:00", "Ride "):
        assert said in page
    assert 'href="tel:0611223344"' in html
    assert f'href="geo:{delivery.lat:.6f},{delivery.lon:.6f}' in html
    assert "<svg" in html


def test_a_word_too_wide_for_a_telephone_is_written_smaller(me, on_the_road):
    delivery = on_the_road.stops.first().delivery
    assert "door__street--wide" not in me.get("/rider/").content.decode()
    Delivery.objects.filter(pk=delivery.pk).update(address="30 rue Américaine - Amerikaansestraat, 1050 Ixelles")
    assert "door__street--wide" in me.get("/rider/").content.decode()


def test_handing_over_with_a_name_leads_to_the_next_door(me, rider, on_the_road, at):
    first, second = on_the_road.stops.all()
    page = me.get(f"/rider/stops/{first.pk}/")
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    data = {"recipient": "Louis, du 3e", "key": key, "tapped_at": "2026-11-26T09:00:01.000Z"}
    response = me.post(f"/rider/stops/{first.pk}/handed/", data, follow=True)
    assert second.delivery.address.split(",")[0] in text_of(response)
    event = first.delivery.events.get(kind="delivered")
    assert event.detail == {"recipient": "Louis, du 3e", "tapped_at": "2026-11-26T09:00:01+00:00"}
    assert (event.at, event.by) == (at, rider)
    assert "Handed to Louis, du 3e at 10:00" in text_of(me.get(f"/rider/stops/{first.pk}/"))


def test_a_double_post_counts_once(me, on_the_road):
    stop = on_the_road.stops.first()
    data = {"recipient": "Camille", "key": str(uuid4())}
    for _ in range(2):
        response = me.post(f"/rider/stops/{stop.pk}/handed/", data)
        assert response.status_code == 302
    assert stop.delivery.events.filter(kind="delivered").count() == 1
    data = {"reason": "nobody", "key": data["key"]}
    other = on_the_road.stops.last()
    for _ in range(2):
        assert me.post(f"/rider/stops/{other.pk}/failed/", data).status_code == 302
    assert other.delivery.events.filter(kind="failed").count() == 1


def test_without_proof_nothing_is_handed_over(me, on_the_road):
    stop = on_the_road.stops.first()
    response = me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "  "})
    assert "Write who received it, or take a photo." in text_of(response)
    assert state(stop.delivery) == DeliveryState.ON_THE_WAY


@pytest.mark.parametrize(
    "file",
    [SimpleUploadedFile("a.jpg", b"not a picture", "image/jpeg"), SimpleUploadedFile("a.jpg", b"", "image/jpeg")],
)
def test_a_file_that_is_no_picture_keeps_the_name(me, on_the_road, file):
    stop = on_the_road.stops.first()
    response = me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "Voisine Léa", "photo": file})
    assert response.status_code == 422
    assert 'value="Voisine Léa"' in response.content.decode()
    assert state(stop.delivery) == DeliveryState.ON_THE_WAY


def test_a_photo_is_proof_enough_and_says_nothing_of_the_camera(me, on_the_road):
    stop = on_the_road.stops.first()
    assert me.post(f"/rider/stops/{stop.pk}/handed/", {"photo": photo()}).status_code == 302
    event = stop.delivery.events.get(kind="delivered")
    with event.photo.open() as file:
        kept = file.read()
    with Image.open(io.BytesIO(kept)) as picture:
        assert max(picture.size) <= 1280
        assert not picture.getexif()
    assert b"secret" not in kept
    assert "with a photo" in text_of(me.get(f"/rider/stops/{stop.pk}/"))


def test_it_did_not_work(me, on_the_road):
    stop = on_the_road.stops.first()
    url = f"/rider/stops/{stop.pk}/failed/"
    assert "Say why it could not be handed over." in text_of(me.post(url, {}))
    assert "Write what happened." in text_of(me.post(url, {"reason": "other"}))
    kept = me.post(url, {"reason": "flying", "note": "Chien devant la porte"})
    assert 'value="Chien devant la porte"' in kept.content.decode()
    assert state(stop.delivery) == DeliveryState.ON_THE_WAY
    me.post(url, {"reason": "other", "note": "Chien devant la porte"})
    assert state(stop.delivery) == DeliveryState.FAILED
    assert stop.delivery.events.get(kind="failed").reason == "Chien devant la porte"


def test_a_page_kept_open_may_fail_first_and_hand_over_after(me, on_the_road):
    stop = on_the_road.stops.first()
    key = str(uuid4())
    me.post(f"/rider/stops/{stop.pk}/failed/", {"reason": "nobody", "key": key})
    assert "You can still hand it over" in text_of(me.get(f"/rider/stops/{stop.pk}/"))
    me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "Camille", "key": key})
    assert state(stop.delivery) == DeliveryState.DELIVERED


@pytest.mark.parametrize("field", ["key", "tapped_at"])
@pytest.mark.parametrize("value", ["x", "2026-99-99T00:00:00Z", "é" * 30])
def test_nonsense_in_hidden_fields_is_left_out(me, on_the_road, field, value):
    stop = on_the_road.stops.first()
    assert me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "Camille", field: value}).status_code == 302
    event = stop.delivery.events.get(kind="delivered")
    assert event.key is None
    assert "tapped_at" not in event.detail


def test_after_the_last_door_home_and_then_done(me, on_the_road, at):
    for stop in on_the_road.stops.all():
        hand_over(stop=stop, at=at, recipient="Camille")
    assert "Ride back to the hub" in text_of(me.get("/rider/"))
    page = text_of(me.post(f"/rider/rounds/{on_the_road.pk}/back/", follow=True))
    assert "Your day is done" in page
    assert "2 deliveries handed over, 4.2 km ridden." in page


def test_back_with_doors_that_have_no_result_is_asked(me, on_the_road):
    assert "2 deliveries have no result" in text_of(me.post(f"/rider/rounds/{on_the_road.pk}/back/"))
    me.post(f"/rider/rounds/{on_the_road.pk}/back/", {"anyway": "1"})
    assert Round.objects.get().back_at is not None
    assert state(on_the_road.stops.first().delivery) == DeliveryState.AT_HUB


def test_a_refusal_is_said_and_the_name_is_kept(me, on_the_road, at):
    stop = on_the_road.stops.first()
    bring_back(round_=on_the_road, at=at)
    response = me.post(f"/rider/stops/{stop.pk}/handed/", {"recipient": "Voisine Léa"})
    assert f"{stop.delivery.code} is not on its way." in text_of(response)
    assert 'value="Voisine Léa"' in response.content.decode()


def test_the_second_round_follows_the_first(me, hub, rider, window, book, scan_all, plan_round, on_the_road, at):
    delivery = book(window)
    scan_all(delivery)
    pack(delivery=delivery, crate=9, at=at)
    second = plan_round(hub, rider, delivery, number=2)
    assert "Later today" in text_of(me.get("/rider/"))
    assert "is not back from its round before" in text_of(me.post(f"/rider/rounds/{second.pk}/leave/", follow=True))
    bring_back(round_=on_the_road, at=at)
    assert "Leaves at 16:42" in text_of(me.get("/rider/"))
    leave_hub(round_=second, at=at)
    assert "Door 1 of 1" in text_of(me.get("/rider/"))


def test_only_my_own_published_rounds(
    visit, on_the_road, other_rider, hub_keeper, dispatcher, citizen, stranger, other_town
):
    stop = on_the_road.stops.first()
    urls = [f"/rider/stops/{stop.pk}/"]
    posts = [
        f"/rider/stops/{stop.pk}/handed/",
        f"/rider/stops/{stop.pk}/failed/",
        f"/rider/rounds/{on_the_road.pk}/leave/",
        f"/rider/rounds/{on_the_road.pk}/back/",
    ]
    data = {"recipient": "X", "reason": "nobody", "anyway": "1"}
    browsers = [visit(person) for person in (other_rider, hub_keeper, dispatcher, citizen, stranger)]
    for browser in [*browsers, visit(stranger, other_town)]:
        assert all(browser.get(url).status_code == 404 for url in urls)
        assert all(browser.post(url, data).status_code == 404 for url in posts)
    assert "Nothing is planned" in visit_text(visit(other_rider))
    for person in (hub_keeper, dispatcher, citizen, stranger):
        assert visit(person).get("/rider/").status_code == 404
    assert visit().get("/rider/").status_code == 302
    assert state(stop.delivery) == DeliveryState.ON_THE_WAY


def visit_text(client):
    client.cookies["language"] = "en"
    return text_of(client.get("/rider/"))


def test_a_draft_is_nobodys_round(me, hub, rider, window, book, plan_round):
    round_ = plan_round(hub, rider, book(window), state=Plan.State.DRAFT)
    assert "Nothing is planned" in text_of(me.get("/rider/"))
    assert me.get(f"/rider/stops/{round_.stops.get().pk}/").status_code == 404


def test_reading_writes_nothing(me, on_the_road):
    before = DeliveryEvent.objects.count()
    stop = on_the_road.stops.first()
    me.get("/rider/")
    me.get(f"/rider/stops/{stop.pk}/")
    for url in (f"stops/{stop.pk}/handed/", f"stops/{stop.pk}/failed/", f"rounds/{on_the_road.pk}/leave/"):
        assert me.get(f"/rider/{url}").status_code == 405
    assert DeliveryEvent.objects.count() == before


def test_thirty_doors_cost_no_more_questions(
    me, hub, rider, window, book, scan_all, plan_round, at, django_assert_max_num_queries
):
    deliveries = [book(window, "Boulangerie", "Fromagerie") for _ in range(30)]
    for crate, delivery in enumerate(deliveries, start=1):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    round_ = plan_round(hub, rider, *deliveries)
    leave_hub(round_=round_, at=at)
    fail_stop(stop=round_.stops.first(), reason="nobody", at=at + timedelta(minutes=1))
    with django_assert_max_num_queries(18):
        assert me.get("/rider/").status_code == 200
    with django_assert_max_num_queries(22):
        assert me.get(f"/rider/stops/{round_.stops.last().pk}/").status_code == 200


@pytest.mark.parametrize(
    ("lon", "lat", "said"), [(0, 0.01, "north"), (0.02, 0, "east"), (-0.01, -0.007, "south-west"), (-0.02, 0, "west")]
)
def test_the_direction_of_the_sky(lon, lat, said):
    start = Point(2.27, 48.82)
    assert f"Ride {said}," in compass(start, Point(start.lon + lon, start.lat + lat))


def test_only_streets_around_the_way_are_drawn():
    near, far = [[2.27, 48.82], [2.28, 48.82]], [[2.4, 48.9], [2.41, 48.9]]
    kept = around({"roads": [near, far], "water": [far]}, [[2.271, 48.821], [2.272, 48.821]])
    assert (kept["roads"], kept["water"]) == ([near], [far])


def test_an_address_in_two_lines():
    assert street_and_town("5 rue X, 92130 Issy") == ("5 rue X", "92130 Issy")
    assert street_and_town("Le Moulin") == ("Le Moulin", "")


def test_a_bike_that_is_still_out_does_not_vanish_at_midnight(me, on_the_road, clock, at):
    """Ten past twelve, one door to go: the page of the new day still leads to it, and the round of yesterday is gone
    once it is back.
    """
    zone = on_the_road.town.zone
    Round.objects.update(left_at=moment(at.date(), time(23, 30), zone))
    clock.move_to(moment(at.date() + timedelta(days=1), time(0, 10), zone))
    stop = on_the_road.stops.first()
    assert stop.delivery.name in text_of(me.get("/rider/"))
    Round.objects.update(back_at=moment(at.date() + timedelta(days=1), time(0, 5), zone))
    assert stop.delivery.name not in text_of(me.get("/rider/"))
