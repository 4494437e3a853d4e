"""A shop that hands over to riders at its door: one tap, its hours, and the moment that its order says."""

from datetime import timedelta

import pytest

from parvis.core.models import OutboxMessage
from parvis.delivery.actions import leave_hub, miss_bags
from parvis.delivery.actions.publishing import announce
from parvis.delivery.models import Bag, Plan, Round, Stop
from parvis.delivery.pickups import STRAIGHT
from parvis.demo import builders
from parvis.market.actions.changing import change_time
from parvis.market.actions.parts import cancel_part
from parvis.market.actions.shops import set_riders_fetch
from parvis.market.models import Order, Part

from .test_shop import text


@pytest.fixture
def bag(hub, window, order_of, product):
    """The bag of an order by bike, in a town whose riders fetch at shops."""
    hub.fetches = True
    hub.save()
    part = order_of(product, "bike", window=window)
    return Bag.objects.get(sender_ref=str(part.pk))


def test_one_tap_and_off_at_first(hub, page_of, post_to, shop):
    assert "A rider at your door" not in text(page_of("ways/")), "the town does not do it"
    hub.fetches = True
    hub.save()
    assert not shop.riders_fetch
    assert "A rider may fetch at my door" in text(page_of("ways/"))
    post_to("riders-fetch/", riders_fetch="1")
    shop.refresh_from_db()
    assert shop.riders_fetch
    assert "I bring everything to the hub" in text(page_of("ways/"))
    post_to("riders-fetch/", riders_fetch="0")
    shop.refresh_from_db()
    assert not shop.riders_fetch


def test_orders_at_hand_follow_the_switch(bag, shop, at):
    assert bag.pickup is None
    set_riders_fetch(shop=shop, riders_fetch=True, at=at)
    bag.refresh_from_db()
    assert bag.pickup is not None
    assert (bag.pickup.address, bag.pickup.point) == (shop.place.address, shop.place.point)
    set_riders_fetch(shop=shop, riders_fetch=False, at=at)
    bag.refresh_from_db()
    assert bag.pickup is None


@pytest.mark.parametrize(
    ("hours", "opens", "closes"),
    [
        ("Mo-Su 08:00-12:30, 14:00-19:30", 14, 19.5),
        ("Mo-Su 08:00-18:00", 8, 18),
        ("Mo-Su 08:00-12:00", None, None),
        ("when it pleases", None, None),
    ],
)
def test_its_hours_bound_what_riders_may_fetch(hub, window, shop, product, order_of, at, hours, opens, closes):
    """The window is from 17:00 to 19:00: of two stretches, the one that lies around it."""
    shop.place.opening_hours = hours
    shop.place.save()
    set_riders_fetch(shop=shop, riders_fetch=True, at=at)
    product.shop.refresh_from_db()
    part = order_of(product, "bike", window=window)
    pickup = Bag.objects.get(sender_ref=str(part.pk)).pickup
    if opens is None:
        assert pickup is None
    else:
        midnight = window.starts_at - timedelta(hours=17)
        assert pickup is not None
        said = (pickup.opens_at, pickup.closes_at)
        assert said == (midnight + timedelta(hours=opens), midnight + timedelta(hours=closes))


def test_another_day_has_hours_of_its_own(bag, hub, shop, rider, at):
    tomorrow = builders.make_window(hub, at + timedelta(days=1, hours=7))
    builders.make_shift(hub.bikes.first(), rider, at + timedelta(days=1))
    set_riders_fetch(shop=shop, riders_fetch=True, at=at)
    change_time(order=Order.objects.get(), window_id=tomorrow.pk, at=at)
    bag.refresh_from_db()
    assert bag.pickup is not None
    assert bag.pickup.opens_at.date() == tomorrow.starts_at.date()


@pytest.fixture
def told(bag, shop, hub, plan_for, at):
    """The published plan sends a rider to the shop at 16:40."""
    set_riders_fetch(shop=shop, riders_fetch=True, at=at)
    return plan_for(bag, at + timedelta(hours=6, minutes=40))


@pytest.fixture
def plan_for(hub, rider, at):
    def make(bag, moment):
        plan = Plan.objects.create(town=hub.town, hub=hub, day=at.date(), version=1, state="published", made_at=at)
        round_ = Round.objects.create(
            town=hub.town,
            plan=plan,
            rider=rider,
            bike=hub.bikes.first(),
            number=1,
            departs_at=at,
            returns_at=moment,
            metres=1,
            grams=1,
            millilitres=1,
        )
        Stop.objects.create(
            town=hub.town,
            round=round_,
            delivery=bag.delivery,
            position=1,
            arrive_at=moment,
            leave_at=moment,
            option=STRAIGHT,
            fetch_at=moment,
        )
        return round_.stops.get()

    return make


def test_the_order_says_when_the_rider_comes(told, bag, page_of, at):
    order = f"orders/{bag.sender_ref}/"
    said = text(page_of(order))
    assert "The rider comes to you at about 16:40" in said
    assert "you need not bring it to the hub" in said


def test_a_shop_that_changes_its_mind_keeps_its_word(told, bag, shop, page_of, at):
    set_riders_fetch(shop=shop, riders_fetch=False, at=at)
    bag.refresh_from_db()
    assert bag.pickup is not None


def test_what_was_not_ready_is_brought_to_the_hub(told, bag, post_to, page_of, at):
    order = f"orders/{bag.sender_ref}/"
    leave_hub(round_=told.round, at=at)
    miss_bags(stop=told, at=at)
    post_to(f"{order}ready/")
    said = text(page_of(order))
    assert "Bring it to the hub" in said
    assert "The rider comes to you" not in said


def letters_of():
    """What its shop was written about riders, in order."""
    return list(OutboxMessage.objects.filter(key__startswith="rider-").order_by("pk"))


def test_the_shop_is_written_when_a_rider_comes_and_when_none_does(told, bag, shop, at):
    """Once; again where the time changes by more than a quarter of an hour, or where nobody comes after all."""
    plan = told.round.plan
    for _time in range(2):
        announce(plan, at=at, by=None)
    (letter,) = letters_of()
    assert letter.to == shop.organisation.email
    assert "16 h 40" in letter.subject
    assert bag.delivery.buyers_town_id == letter.town_id
    assert f"/merchant/{shop.slug}/orders/{bag.sender_ref}/" in letter.body
    for minutes, letters in ((10, 1), (30, 2)):
        Stop.objects.filter(pk=told.pk).update(fetch_at=told.fetch_at + timedelta(minutes=minutes))
        announce(plan, at=at + timedelta(minutes=minutes), by=None)
        assert len(letters_of()) == letters
    assert "17 h 10" in letters_of()[1].subject
    told.delete()
    announce(plan, at=at + timedelta(hours=1), by=None, told=[bag.delivery_id])
    off = letters_of()[2]
    assert off.key.startswith("rider-called-off")
    assert "16\N{NO-BREAK SPACE}h." in off.body, "until when it must be at the hub"


def test_the_shop_is_written_when_its_bag_was_not_ready(told, bag, shop, at):
    announce(told.round.plan, at=at, by=None)
    leave_hub(round_=told.round, at=at)
    miss_bags(stop=told, at=at + timedelta(hours=8))
    off = letters_of()[1]
    assert off.to == shop.organisation.email
    assert "\N{NO-BREAK SPACE}h" not in off.body, "its time at the hub is over: as soon as it can"


def test_a_cancelled_order_brings_no_rider(told, bag, at):
    cancel_part(part=Part.objects.get(), at=at)
    announce(told.round.plan, at=at, by=None)
    assert letters_of() == []
