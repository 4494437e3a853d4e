"""The hub: which bike may leave, what it takes, what it brings back."""

import re

import pytest

from parvis.delivery.actions import fail_stop, hand_over, leave_hub, pack, scan_bag_in
from parvis.delivery.models import Bag, Plan, Round
from parvis.delivery.states import BagState
from parvis.delivery.tests.dispatch_world import add_bikes

pytestmark = pytest.mark.usefixtures("clock")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def keeper(visit, hub_keeper, hub):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def packed(book, window, scan_all, at):
    """Three deliveries in the crates 1, 2 and 3."""
    deliveries = [book(window), book(window), book(window)]
    for crate, delivery in enumerate(deliveries, start=1):
        scan_all(delivery)
        pack(delivery=delivery, crate=crate, at=at)
    return deliveries


def test_crates_are_loaded_in_reverse_order_of_the_doors(keeper, hub, rider, packed, plan_round):
    plan_round(hub, rider, *packed)
    page = text_of(keeper.get("/hub/rounds/"))
    assert "Vélo 1 leaves at 16:41" in page
    assert "Ready to leave" in page
    load = page[page.index("Load in this order") :]
    codes = [delivery.code for delivery in packed]
    assert sorted(codes, key=load.index) == codes[::-1]


def test_a_draft_is_not_shown(keeper, hub, rider, packed, plan_round):
    plan_round(hub, rider, *packed, state=Plan.State.DRAFT)
    assert "No round is planned" in text_of(keeper.get("/hub/rounds/"))


def test_the_bike_leaves(keeper, hub, rider, packed, plan_round):
    round_ = plan_round(hub, rider, *packed)
    page = text_of(keeper.post(f"/hub/rounds/{round_.pk}/leave/", follow=True))
    assert "Vélo 1 is on its way." in page
    assert "0 of 3 handed over" in page
    assert {bag.state for bag in Bag.objects.all()} == {BagState.LOADED}


def test_loose_bags_keep_the_bike_here(keeper, hub, rider, packed, plan_round, book, window, scan_all):
    loose = book(window)
    scan_all(loose)
    round_ = plan_round(hub, rider, *packed, loose)
    page = keeper.get("/hub/rounds/")
    assert "Not packed yet" in text_of(page)
    assert "The bike leaves" not in text_of(page)
    said = text_of(keeper.post(f"/hub/rounds/{round_.pk}/leave/", follow=True))
    assert f"{loose.code} is not in a crate yet." in said
    assert Round.objects.get().left_at is None


def test_leaving_without_something_is_asked_first(keeper, hub, rider, packed, plan_round, book, window):
    awaited = book(window)
    round_ = plan_round(hub, rider, *packed, awaited)
    asked = keeper.post(f"/hub/rounds/{round_.pk}/leave/")
    assert "Vélo 1 leaves without one delivery?" in text_of(asked)
    assert awaited.code in text_of(asked)
    assert Round.objects.get().left_at is None
    keeper.post(f"/hub/rounds/{round_.pk}/leave/", {"anyway": "1", "why": "late"})
    assert Round.objects.get().left_at is not None
    assert Bag.objects.get(delivery=awaited).state == BagState.EXPECTED


def test_half_a_delivery_stays_behind(keeper, hub, rider, packed, plan_round, book, window, at):
    half = book(window, "Boulangerie", "Fromagerie")
    scan_bag_in(town=half.town, code=half.bags.first().code, at=at)
    round_ = plan_round(hub, rider, *packed, half)
    assert "leaves without one delivery?" in text_of(keeper.post(f"/hub/rounds/{round_.pk}/leave/"))
    keeper.post(f"/hub/rounds/{round_.pk}/leave/", {"anyway": "1", "why": "late"})
    assert Round.objects.get().left_at is not None
    assert half.bags.first().state == BagState.AT_HUB


def test_the_bike_comes_back_with_what_nobody_took(keeper, hub, rider, on_the_road, at):
    first, second = on_the_road.stops.all()
    hand_over(stop=first, at=at, recipient="Camille")
    fail_stop(stop=second, reason="nobody", at=at)
    page = text_of(keeper.post(f"/hub/rounds/{on_the_road.pk}/back/", follow=True))
    assert "Bags that came back" in page
    assert second.delivery.bags.get().code in page
    assert "Nobody at home" in page
    page = text_of(keeper.get("/hub/deliveries/"))
    assert page.index("Came back") < page.index(second.delivery.code)
    again = text_of(keeper.post(f"/hub/rounds/{on_the_road.pk}/back/", follow=True))
    assert "This round is not on the road." in again


def test_doors_without_a_result_are_asked_about(keeper, on_the_road):
    asked = text_of(keeper.post(f"/hub/rounds/{on_the_road.pk}/back/"))
    assert "2 deliveries have no result" in asked
    assert Round.objects.get().back_at is None
    keeper.post(f"/hub/rounds/{on_the_road.pk}/back/", {"anyway": "1"})
    assert Round.objects.get().back_at is not None


def test_all_slips_of_a_round(keeper, hub, rider, packed, plan_round, book, window):
    round_ = plan_round(hub, rider, *packed, book(window))
    html = keeper.get(f"/hub/rounds/{round_.pk}/slips/").content.decode()
    assert html.count("sheet--a4") == 3
    empty = plan_round(hub, rider, book(window), number=2)
    assert keeper.get(f"/hub/rounds/{empty.pk}/slips/").status_code == 404


def test_many_rounds_cost_no_more_questions(
    keeper, hub, rider, book, window, plan_round, scan_all, at, django_assert_max_num_queries
):
    crate = 0
    add_bikes(hub, at, *"ABCDEFGH")
    for number in range(1, 11):
        deliveries = [book(window) for _ in range(6)]
        for delivery in deliveries:
            crate += 1
            scan_all(delivery)
            pack(delivery=delivery, crate=crate, at=at)
        plan_round(hub, rider, *deliveries, number=number)
    leave_hub(round_=Round.objects.first(), at=at)
    with django_assert_max_num_queries(18):
        assert keeper.get("/hub/rounds/").status_code == 200


def test_who_may_look_and_who_may_act(visit, hub, rider, packed, plan_round, dispatcher, agent, citizen, stranger):
    round_ = plan_round(hub, rider, *packed)
    for person in (dispatcher, agent):
        page = visit(person).get("/hub/rounds/")
        assert page.status_code == 200
        assert f"/hub/rounds/{round_.pk}/leave/" not in page.content.decode()
        assert visit(person).post(f"/hub/rounds/{round_.pk}/leave/").status_code == 404
    for person in (rider, citizen, stranger):
        assert visit(person).get("/hub/rounds/").status_code == 404
        assert visit(person).post(f"/hub/rounds/{round_.pk}/leave/").status_code == 404
        assert visit(person).post(f"/hub/rounds/{round_.pk}/back/").status_code == 404
        assert visit(person).get(f"/hub/rounds/{round_.pk}/slips/").status_code == 404
    assert visit().get("/hub/rounds/").status_code == 302
    assert Round.objects.get().left_at is None


def test_a_stranger_hub_of_another_town_finds_nothing(visit, stranger, other_town, hub, rider, packed, plan_round):
    round_ = plan_round(hub, rider, *packed)
    there = visit(stranger, other_town)
    assert there.post(f"/hub/rounds/{round_.pk}/leave/").status_code == 404
    assert there.get(f"/hub/deliveries/{packed[0].code}/").status_code == 404
