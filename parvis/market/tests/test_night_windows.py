"""What is brought after midnight is of the evening before for shops too: its goods, its days off, its neighbours."""

from datetime import date, time, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.time import moment
from parvis.delivery.models import Window
from parvis.demo import builders
from parvis.market.actions.changing import change_time
from parvis.market.actions.closures import close_market
from parvis.market.changing import times_for
from parvis.market.promised import promised_in
from parvis.market.tests.test_changing import text_of
from parvis.market.tests.test_closures import WORDS
from parvis.market.tests.test_order_page import place
from parvis.market.tests.test_place_order import order_by_bike

pytestmark = pytest.mark.usefixtures("clock")
DAY, NEXT = date(2026, 11, 27), date(2026, 11, 28)  # Friday, Saturday; it is Thursday


@pytest.fixture
def night(hub, rider, town):
    """0:30 to 2:00 in the night from Friday to Saturday, with the rider of Friday's evening; goods are due at 23:30."""
    begin = moment(NEXT, time(0, 30), town.zone)
    builders.make_shift(hub.bikes.get(), rider, begin - timedelta(days=1), time(19), time(23, 59))
    hub.bikes.get().shifts.update(ends_at=begin + timedelta(hours=2))
    return builders.make_window(hub, begin, hours=1.5, night=True, goods_due_at=begin - timedelta(hours=5))


@pytest.mark.parametrize(("weekday", "sold"), [(DAY.weekday(), True), (NEXT.weekday(), False)])
def test_goods_are_sold_for_a_night_on_the_day_on_which_the_shop_hands_them_over(
    visit, town, hub, product, night, at, weekday, sold
):
    """Bread of Saturday is not baked when Friday's riders leave."""
    product.sale_days = [weekday]
    product.save()
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    assert (str(night.pk) in browser.get("/checkout/").content.decode()) == sold
    if sold:
        assert order_by_bike(town, product, night, at).delivery.window == night
    else:
        with pytest.raises(Refusal, match="does not sell all of this on that day"):
            order_by_bike(town, product, night, at)


def test_a_buyer_may_move_to_the_night_of_a_day_of_sale(town, product, night, window, at, hub):
    product.sale_days = [at.weekday(), DAY.weekday()]
    product.save()
    order = place(town, at, product, window=window)
    assert night in times_for(order, town, at)
    change_time(order=order, window_id=night.pk, at=at)
    order.delivery.refresh_from_db()
    assert order.delivery.window == night


@pytest.mark.parametrize(("closed", "rides"), [(DAY, False), (NEXT, True)])
def test_the_night_after_a_day_off_is_off_too(visit, town, product, night, at, closed, rides):
    """On a day off nobody prepares and nobody rides, until the last bell of its night; the day after begins later."""
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    order = order_by_bike(town, product, night, at)
    closure = close_market(town=town, first_day=closed, last_day=closed, messages=WORDS, at=at)
    assert (str(night.pk) in browser.get("/checkout/").content.decode()) == rides
    assert promised_in(closure).orders == (not rides)
    assert order.delivery.window == night


def test_a_neighbour_s_night_is_shared_with_the_evening_before(hub, night, other_town, at):
    builders.make_agreement(hub, guest=other_town, at=at, ends_on=DAY, starts_on=DAY)
    assert list(Window.objects.promised_to(other_town, at)) == [night], "the last night of the last day"


def test_before_the_first_day_no_night_is_shared(hub, night, other_town, at):
    builders.make_agreement(hub, guest=other_town, at=at, starts_on=NEXT)
    assert not Window.objects.promised_to(other_town, at).exists(), "it is ridden, and paid, with the day before"


def test_a_second_time_of_the_night_says_its_day(visit, town, product, hub, night, at):
    """Beside a time of Friday evening 0:30 alone could be read as Friday's."""
    evening = builders.make_window(hub, night.starts_at - timedelta(hours=4), goods_due_at=night.goods_due_at)
    later = builders.make_window(hub, night.starts_at - timedelta(hours=2), goods_due_at=night.goods_due_at, hours=1)
    order = place(town, at, product, window=evening)
    page = text_of(visit().get(f"/orders/{order.code}/?key={order.secret}", headers={"accept-language": "en"}))
    assert "Saturday 28 November, 0:30–2:00" in page
    assert "22:30–23:30" in page
    assert "Friday 27 November, 22:30–23:30" not in page
    assert later.day_in(town.zone) == night.day_in(town.zone)
