"""Which shops bear what a door costs: those whose bags were on the bike that stood at it."""

from datetime import timedelta

import pytest

from parvis.delivery.actions import bring_back, fail_stop, hand_over, rebook_delivery, report_lost, scan_bag_in
from parvis.delivery.models import Bag, DeliveryEvent
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import (
    cancel_part,
    pack_again,
    place_order,
    prepare_part,
    receive_goods,
    refund_withdrawal,
    return_part,
    write_off_part,
)
from parvis.market.actions.changing import collect_instead
from parvis.market.figures import day_figures
from parvis.market.models import Order
from parvis.market.round_figures import round_figures
from parvis.market.tests.test_losses import (  # noqa: F401 - a fixture
    _out,
    bag_of,
    bread_of,
    fresh,
    order,
)
from parvis.market.tests.test_place_order import BUYER, order_by_bike
from parvis.market.tests.test_withdrawals import ask

pytestmark = pytest.mark.usefixtures("clock")
BREAD, APPLES = "Boulangerie du Parvis", "Primeurs de la Place"


@pytest.fixture
def by_shop(town, at):
    """``by_shop()``: (deliveries, kept, broken, cost) of each shop on the day; its sums are those of the day."""

    def read(days=0):
        day = (at + timedelta(days=days)).date()
        found = round_figures(town, day, day, at + timedelta(days=days, hours=14), shops=True)
        every = [*found.by_shop.shops, found.by_shop.idle, found.by_shop.unowned]
        for name in ("cost", "income", "metres"):
            line = found.total.line
            whole = {"cost": line.cost.cents, "income": found.total.income, "metres": line.metres}[name]
            assert sum(getattr(one, name) for one in every) == whole
        return {one.name: (one.deliveries, one.kept, one.broken, one.cost > 0) for one in found.by_shop.shops}

    return read


def test_a_part_cancelled_before_it_was_packed_bears_nothing(
    town, product, other_merchant, window, hub, rider, at, by_shop
):
    apples = builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350)
    chosen = {shop.pk: shop.modalities.get(kind="bike") for shop in (product.shop, apples.shop)}
    basket = builders.make_basket(town, (product, 2), (apples, 1))
    made = place_order(town=town, basket=basket, buyer=BUYER, chosen=chosen, window_id=window.pk, key="k1", at=at)
    cancel_part(part=made.parts.get(shop=product.shop), at=at)
    assert by_shop() == {APPLES: (1, 0, 1, False)}, "the bike never came; there is no delivery of the other"
    collect_instead(order=made, at=at)
    assert by_shop() == {}, "nothing of it is left to a bike: that is no delivery"


def test_both_shops_whose_bags_rode_share(order, hub, rider, at, by_shop):  # noqa: F811
    hand_over(stop=_out(order, hub, rider, at), at=at + timedelta(minutes=9), recipient="Camille")
    assert by_shop() == {BREAD: (1, 1, 0, True), APPLES: (1, 1, 0, True)}


def test_a_lost_bag_was_promised_and_bears_nothing(order, hub, rider, at, by_shop):  # noqa: F811
    part = bread_of(order)
    report_lost(bag=bag_of(part), at=at)
    hand_over(stop=_out(order, hub, rider, at), at=at + timedelta(hours=8), recipient="Camille")
    told = {BREAD: (1, 0, 1, False), APPLES: (1, 1, 0, True)}
    assert by_shop() == told
    write_off_part(part=part, at=at + timedelta(hours=9))
    assert by_shop() == told, "given up afterwards, it was promised all the same"


def test_a_bag_lost_on_the_way_home_was_ridden(order, hub, rider, at, by_shop):  # noqa: F811
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, at=at + timedelta(hours=8), reason="nobody")
    bring_back(round_=stop.round, at=at + timedelta(hours=9))
    report_lost(bag=bag_of(bread_of(order)), at=at + timedelta(hours=9, minutes=5))
    assert by_shop() == {BREAD: (1, 1, 0, True), APPLES: (1, 1, 0, True)}


def test_what_goes_back_to_its_shops_after_a_failed_door_was_a_delivery(order, town, hub, rider, at, by_shop):  # noqa: F811
    """Somebody rode there in time: neither the promise nor its cost goes away when the shops take back their goods."""
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, at=at + timedelta(hours=8), reason="nobody")
    bring_back(round_=stop.round, at=at + timedelta(hours=9))
    told = {BREAD: (1, 1, 0, True), APPLES: (1, 1, 0, True)}
    assert by_shop() == told
    for part in order.parts.all():
        return_part(part=fresh(part), at=at + timedelta(hours=10))
        assert by_shop() == told
    assert Order.objects.get().delivery.cancelled_at is not None
    bikes = day_figures(town, at.date(), at + timedelta(hours=11)).bikes
    assert (bikes.promised, bikes.failed, bikes.under_way) == (1, 1, 0)


def test_a_door_tried_again_on_another_day_is_one_delivery_of_its_first_day(order, hub, rider, at, by_shop):  # noqa: F811
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, at=at + timedelta(hours=8), reason="nobody")
    bring_back(round_=stop.round, at=at + timedelta(hours=9))
    return_part(part=fresh(bread_of(order)), at=at + timedelta(hours=10))
    later = builders.make_window(hub, at + timedelta(days=1, hours=7))
    builders.make_shift(hub.bikes.get(), rider, at + timedelta(days=1))
    rebook_delivery(delivery=order.delivery, window_id=later.pk, at=at + timedelta(hours=11))
    order.delivery.refresh_from_db()
    told = {BREAD: (1, 1, 0, True), APPLES: (1, 1, 0, True)}
    assert by_shop() == told, "both rode on the first day"
    assert by_shop(days=1) == {}
    assert Bag.objects.filter(cancelled_at=None).count() == 1


def test_what_was_sent_back_and_paid_back_was_ridden(town, shop, hub, rider, window, at, by_shop):
    book = builders.make_product(shop, "Roman", 1999, category="books", vat_bp=550)
    made = order_by_bike(town, book, window, at, quantity=1)
    part = made.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    scan_bag_in(town=town, code=bag_of(part).code, at=at)
    hand_over(stop=_out(made, hub, rider, at), at=at + timedelta(hours=8), recipient="Camille")
    assert by_shop() == {BREAD: (1, 1, 0, True)}
    fees = ledger.balances(town, "town:delivery")
    case = ask(fresh(part), 1, at + timedelta(days=1))
    receive_goods(case=case, at=at + timedelta(days=2))
    refund_withdrawal(case=case, at=at + timedelta(days=2))
    assert ledger.balances(town, "town:delivery") != fees, "the fee went back"
    assert by_shop() == {BREAD: (1, 1, 0, True)}


def test_a_door_that_failed_stays_one_whatever_is_asked_afterwards(order, town, hub, rider, at, tomorrow):  # noqa: F811
    """The other shop packs again what was lost, and asks for another time: the bike was at the door all the same."""
    part = bread_of(order)
    report_lost(bag=bag_of(part), at=at)
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, at=at + timedelta(hours=8), reason="nobody")
    bring_back(round_=stop.round, at=at + timedelta(hours=9))
    pack_again(part=fresh(part), at=at + timedelta(hours=9, minutes=5))
    later = at + timedelta(hours=10)
    for said in (None, "asked", "kept", "left_behind", "tried"):
        if said:
            DeliveryEvent.objects.create(town=town, delivery=order.delivery, kind=said, at=later)
        bikes = day_figures(town, at.date(), at + timedelta(hours=11)).bikes
        assert (bikes.promised, bikes.failed, bikes.under_way) == (1, 1, 0), said
