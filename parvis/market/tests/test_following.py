"""Whoever waits follows the bike: an honest interval, no more than that of others, and what may still be said."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from parvis.core.geo import Point
from parvis.delivery.actions import agree, fail_stop, hand_over, leave_hub, note_position, pack, scan_bag_in
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Rating, Round, Stop
from parvis.market.actions import prepare_part
from parvis.market.tests.test_order_page import place

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def orders(town, product, window, citizen, at):
    """Three orders by bike, the last one the citizen's; all at the hub, packed."""
    made = [place(town, at, product, window=window, person=p, key=f"k{n}") for n, p in enumerate((None, None, citizen))]
    for crate, order in enumerate(made, start=1):
        prepare_part(part=order.parts.get(), quantities={}, at=at)
        scan_bag_in(town=town, code=order.delivery.bags.get().code, at=at)
        pack(delivery=order.delivery, crate=crate, at=at)
    return made


@pytest.fixture
def round_(orders, hub, rider, at):
    """One bike to the three doors at 17:10, 17:20 and 17:30."""
    town = orders[0].town
    plan = Plan.objects.create(
        town=town, hub=hub, day=at.date(), version=1, made_at=at, published_at=at, state="published"
    )
    made = Round.objects.create(
        town=town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=at + timedelta(hours=7),
        returns_at=at + timedelta(hours=9), metres=1000, grams=1, millilitres=1,
    )  # fmt: skip
    for position, order in enumerate(orders, start=1):
        arrive = at + timedelta(hours=7, minutes=10 * position)
        leave = arrive + timedelta(minutes=3)
        Stop.objects.create(
            town=town, round=made, delivery=order.delivery, position=position, arrive_at=arrive, leave_at=leave
        )
    return made


def address(order, rest="follow/"):
    return f"/orders/{order.code}/{rest}?key={order.secret}"


def with_streets(town):
    """A street through the middle of the town, so that a map of it shows more than dots."""
    town.backdrop = {"roads": [[[town.lon - 0.001, town.lat], [town.lon + 0.001, town.lat]]]}
    town.save()


def page(visit, order):
    return text_of(visit().get(address(order), headers=EN))


def ride(round_, clock, doors, late=0):
    """The bike leaves on time and hands over at so many doors, some minutes late."""
    clock.move_to(round_.departs_at)
    leave_hub(round_=round_, at=round_.departs_at)
    for stop in round_.stops.all()[:doors]:
        moment = stop.leave_at + timedelta(minutes=late)
        clock.move_to(moment)
        hand_over(stop=stop, at=moment, recipient="Camille")


def test_from_a_window_to_the_next_door(visit, orders, round_, clock):
    mine = orders[2]
    said = page(visit, mine)
    assert "The bike leaves the depot at 17:00: 2 doors before yours." in said
    assert "The rider rings between 17:15 and 17:45" in said
    assert "A first guess: too few rides" in said
    ride(round_, clock, 1, late=4)
    said = page(visit, mine)
    assert "The bike is on its way: one door before yours." in said
    assert "The rider rings between 17:25 and 17:45" in said
    second = round_.stops.get(position=2)
    clock.move_to(second.leave_at + timedelta(minutes=4))
    hand_over(stop=second, at=second.leave_at + timedelta(minutes=4), recipient="Louis")
    said = page(visit, mine)
    assert "Your door is the next one." in said
    assert "The rider rings between 17:31 and 17:39" in said
    third = round_.stops.get(position=3)
    hand_over(stop=third, at=third.leave_at, recipient="Nour")
    said = page(visit, mine)
    assert "Handed to Nour at 17:33" in said
    assert "How did the delivery go?" in said


def test_nothing_of_the_other_doors(visit, orders, round_, clock):
    ride(round_, clock, 1)
    html = visit().get(address(orders[2])).content.decode()
    for other in orders[:2]:
        assert other.code not in html
        assert other.delivery.code not in html


def test_the_bike_is_shown_to_the_next_door_alone(visit, orders, round_, clock, rider):
    town, mine = round_.town, orders[2]
    with_streets(town)
    ride(round_, clock, 1)
    now = round_.stops.get(position=1).leave_at
    agree(town=town, rider=rider, at=now)
    note_position(town=town, rider=rider, point=Point(town.lon, town.lat), at=now)
    assert "The bike was about here" in page(visit, orders[1])
    assert "The bike was about here" not in page(visit, mine)
    assert "if its rider agreed" in page(visit, mine)
    second = round_.stops.get(position=2)
    clock.move_to(second.leave_at)
    hand_over(stop=second, at=second.leave_at, recipient="Louis")
    assert "The bike was about here" not in page(visit, mine), "what was known is too old"
    note_position(town=town, rider=rider, point=Point(town.lon, town.lat), at=second.leave_at)
    assert "The bike was about here at 17:23" in page(visit, mine)


def test_without_streets_the_doors_are_drawn_and_the_distance_is_said(visit, orders, round_, clock, rider):
    town, mine = round_.town, orders[2]
    html = visit().get(address(mine), headers=EN).content.decode()
    assert "<town-map" not in html
    assert 'aria-label="The depot, 2 doors before yours, Your door"' in html
    assert (html.count("doors__door--done"), html.count('"doors__door"'), "doors__bike" in html) == (0, 2, False)
    assert "as the crow flies. Each dot is a door before yours" in page(visit, mine)
    ride(round_, clock, 1)
    html = visit().get(address(mine), headers=EN).content.decode()
    assert 'aria-label="The depot, one door done, one door before yours, Your door"' in html
    assert html.index("doors__door--done") < html.index("doors__bike") < html.index('"doors__door"')
    second = round_.stops.get(position=2)
    clock.move_to(second.leave_at)
    hand_over(stop=second, at=second.leave_at, recipient="Louis")
    agree(town=town, rider=rider, at=second.leave_at)
    door = mine.delivery.point
    note_position(town=town, rider=rider, point=Point(door.lon, door.lat + 0.0045), at=second.leave_at)
    assert "The bike was about 500 m from your door at 17:23; its rider agreed" in page(visit, mine)
    assert "The bike was about" not in page(visit, orders[0])
    with_streets(town)
    assert "<town-map" in visit().get(address(mine), headers=EN).content.decode()


def test_without_streets_nor_a_round_only_the_two_ends_are_drawn(visit, orders):
    html = visit().get(address(orders[0]), headers=EN).content.decode()
    assert 'aria-label="The depot, Your door"' in html
    assert "doors__door" not in html
    assert "Each dot" not in html


def test_before_a_plan_it_is_the_window(visit, orders):
    said = page(visit, orders[0])
    assert "By bike this evening, 17:00–19:00" in said
    assert "Everything is at the depot." in said


def test_left_behind_it_is_the_window_again(visit, orders, round_, at):
    first = orders[0].delivery
    Delivery.objects.get(pk=first.pk).bags.get().events.filter(kind__in=["packed", "at_hub"]).delete()
    leave_hub(round_=round_, at=round_.departs_at, without="late")
    assert "By bike this evening" in page(visit, orders[0])


def test_a_plan_from_before_another_time_was_promised_says_nothing(visit, orders, round_, at):
    delivery = orders[2].delivery
    DeliveryEvent.objects.create(town=delivery.town, delivery=delivery, kind="rebooked", at=at + timedelta(minutes=1))
    assert "rings between" not in page(visit, orders[2])


def test_past_rides_give_the_width(visit, orders, round_, hub, rider, product, window, at):
    """Twelve rounds that rang three to eight minutes late: the guess says so, and that it is measured."""
    town, rang = orders[0].town, 0
    for number in range(12):
        day = at - timedelta(days=number + 1)
        plan = Plan.objects.create(
            town=town, hub=hub, day=day.date(), version=1, made_at=day, published_at=day, state="published"
        )
        past = Round.objects.create(
            town=town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=day,
            returns_at=day, metres=1, grams=1, millilitres=1, left_at=day, back_at=day + timedelta(hours=2),
        )  # fmt: skip
        for position in range(1, 4):
            delivery = Delivery.objects.create(
                town=town, window=window, code=f"P{number:02}{position}", reference="x", name="x", address="x", lon=2.2,
                lat=48.8, booked_at=day, confirmed_at=day,
            )  # fmt: skip
            arrive = day + timedelta(minutes=10 * position)
            Stop.objects.create(
                town=town, round=past, delivery=delivery, position=position, arrive_at=arrive,
                leave_at=arrive + timedelta(minutes=3),
            )  # fmt: skip
            late = timedelta(minutes=3 + rang % 6)
            rang += 1
            DeliveryEvent.objects.create(
                town=town, delivery=delivery, kind="delivered", at=arrive + timedelta(minutes=3) + late
            )
    cache.clear()
    said = page(visit, orders[2])
    assert "Eight rides of ten in this town" in said
    assert "The rider rings between 17:25 and 17:40" in said


def test_the_fragment_is_the_page(visit, orders, round_):
    browser = visit()
    whole = browser.get(address(orders[2])).content.decode()
    part = browser.get(address(orders[2]), headers={"HX-Request": "true"}).content.decode().strip()
    assert part.startswith("<div")
    assert "csrfmiddlewaretoken" not in part, "what is typed is not asked for again"
    assert 'hx-trigger="every 20s"' in whole


def test_when_it_is_over_the_page_is_read_again(visit, orders, round_, clock):
    ride(round_, clock, 3)
    answer = visit().get(address(orders[2]), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


@pytest.mark.parametrize("rest", ["follow/", "follow/change/"])
def test_the_key_or_the_account_opens_it_and_nobody_else(visit, orders, citizen, merchant, stranger, other_town, rest):
    mine = orders[2]
    assert visit().get(address(mine, rest)).status_code == 200
    answer = visit(citizen).get(f"/orders/{mine.code}/{rest}")
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    for browser in (visit(), visit(merchant), visit(stranger)):
        assert browser.get(f"/orders/{mine.code}/{rest}").status_code == 404
        assert browser.get(f"/orders/{mine.code}/{rest}?key=wrong").status_code == 404
    assert visit(stranger, town=other_town).get(address(mine, rest)).status_code == 404


@pytest.mark.parametrize(("verb", "data"), [("door/", {"who": "door"}), ("rate/", {"score": "5"})])
def test_nobody_else_says_anything(visit, orders, round_, clock, merchant, stranger, other_town, verb, data):
    ride(round_, clock, 3)
    mine = orders[2]
    for browser in (visit(), visit(merchant), visit(stranger)):
        assert browser.post(f"/orders/{mine.code}/follow/{verb}", data).status_code == 404
    assert visit(stranger, town=other_town).post(address(mine, f"follow/{verb}"), data).status_code == 404
    assert visit().get(address(mine, f"follow/{verb}")).status_code == 405
    assert not Rating.objects.exists()


def test_what_is_collected_is_not_followed(visit, town, product, at):
    order = place(town, at, product, key="c1")
    assert visit().get(address(order)).status_code == 404


def test_leave_it_with_the_neighbour(visit, orders, round_, clock, rider):
    mine = orders[2]
    said = visit().post(address(mine, "follow/door/"), {"who": "neighbour", "note": ""}, headers=EN)
    assert said.status_code == 422
    assert "Write which neighbour" in text_of(said)
    said = visit().post(address(mine, "follow/door/"), {"who": "moon", "note": "kept"}, headers=EN)
    assert said.status_code == 422
    assert 'value="kept"' in said.content.decode()
    answer = visit().post(
        address(mine, "follow/door/"), {"who": "neighbour", "note": "Mme Roux, 2e"}, headers=EN, follow=True
    )
    assert "The rider will read it at your door." in text_of(answer)
    ride(round_, clock, 2)
    browser = visit(rider)
    browser.cookies["language"] = "en"
    stop = round_.stops.get(position=3)
    for where in (f"/rider/stops/{stop.pk}/", "/rider/"):
        assert "Leave it with the neighbour: Mme Roux, 2e" in text_of(browser.get(where))
    visit().post(address(mine, "follow/door/"), {"who": "", "note": "forgotten"})
    assert "Mme Roux" not in text_of(browser.get(f"/rider/stops/{stop.pk}/")), "changed on the way"
    hand_over(stop=stop, at=stop.leave_at, recipient="Nour")
    late = visit().post(address(mine, "follow/door/"), {"who": "door"}, headers=EN)
    assert "The bike was at your door already." in text_of(late)


def test_one_tap_counts_once(visit, orders, round_, clock, citizen):
    mine = orders[2]
    early = visit().post(address(mine, "follow/rate/"), {"score": "5"}, headers=EN)
    assert "once the bike was at your door" in text_of(early)
    ride(round_, clock, 3)
    for score in ("4", "5", "5"):
        assert visit().post(address(mine, "follow/rate/"), {"score": score}).status_code == 302
    assert [(r.score, r.comment) for r in Rating.objects.all()] == [(5, "")]
    visit().post(address(mine, "follow/rate/"), {"score": "5", "comment": "Très gentil"})
    visit().post(address(mine, "follow/rate/"), {"score": "4"})
    assert [(r.score, r.comment) for r in Rating.objects.all()] == [(4, "Très gentil")]
    assert "Très gentil" in visit(citizen).get(f"/orders/{mine.code}/follow/").content.decode()


@pytest.mark.parametrize("score", ["", "0", "6", "55", "-1", "x", "٣"])
def test_a_number_that_is_none(visit, orders, round_, clock, score):
    ride(round_, clock, 3)
    answer = visit().post(address(orders[2], "follow/rate/"), {"score": score, "comment": "kept"}, headers=EN)
    assert answer.status_code == 422
    assert "Choose a number from 1 to 5." in text_of(answer)
    assert not Rating.objects.exists()


def test_too_long_ago(visit, orders, round_, clock, at):
    ride(round_, clock, 3)
    clock.move_to(at + timedelta(days=15))
    answer = visit().post(address(orders[2], "follow/rate/"), {"score": "5"}, headers=EN)
    assert "This was too long ago." in text_of(answer)


def test_a_failed_attempt_can_be_rated_too(visit, orders, round_, clock):
    ride(round_, clock, 2)
    stop = round_.stops.get(position=3)
    fail_stop(stop=stop, reason="nobody", at=stop.leave_at)
    said = page(visit, orders[2])
    assert "Nobody at home" in said
    visit().post(address(orders[2], "follow/rate/"), {"score": "2"})
    assert Rating.objects.get().score == 2


def test_the_hub_and_the_shop_read_means_but_of_no_rider(visit, orders, round_, clock, hub_keeper, merchant, rider):
    ride(round_, clock, 3)
    for order, score in zip(orders, (5, 4, 3), strict=True):
        visit().post(address(order, "follow/rate/"), {"score": str(score), "comment": f"n{score}"})
    for person, where in ((hub_keeper, "/hub/ratings/"), (merchant, "/merchant/boulangerie-du-parvis/ratings/")):
        browser = visit(person)
        browser.cookies["language"] = "en"
        said = text_of(browser.get(where))
        assert "4 of 5" in said
        assert "3 ratings" in said
        assert "n5" in said
        assert rider.name not in said


def test_means_are_for_the_hub_and_the_shop_alone(visit, orders, other_merchant, citizen, rider, stranger, other_town):
    for browser in (*map(visit, (citizen, rider, stranger, other_merchant)), visit(stranger, town=other_town)):
        assert browser.get("/merchant/boulangerie-du-parvis/ratings/").status_code == 404
    for person in (citizen, rider, stranger, other_merchant):
        assert visit(person).get("/hub/ratings/").status_code == 404
    assert visit().get("/hub/ratings/").status_code == 302


def test_few_queries(visit, orders, round_, clock, django_assert_max_num_queries, town, at, product, window):
    ride(round_, clock, 1)
    cache.clear()
    with django_assert_max_num_queries(36):
        visit().get(address(orders[2]))
    with django_assert_max_num_queries(32):
        visit().get(address(orders[2]), headers={"HX-Request": "true"})


def test_looking_writes_nothing(visit, orders, round_, django_assert_max_num_queries):
    before = DeliveryEvent.objects.count()
    visit().get(address(orders[2]))
    visit().get(address(orders[2], "follow/change/"))
    assert DeliveryEvent.objects.count() == before
