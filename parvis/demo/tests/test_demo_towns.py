"""``parvis demo``: living towns, whatever the hour, and nothing twice."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from django.apps import apps
from django.utils import timezone

from parvis.core.models import OutboxMessage
from parvis.core.money import vat_included
from parvis.delivery.models import Delivery, Hub, Plan, Shift, Window
from parvis.demo import kinds, reading
from parvis.demo.hours import times_at
from parvis.demo.profiles import PROFILES, Profile, profile_of
from parvis.demo.refresh import bring_up, is_alive
from parvis.demo.story import on_the_road
from parvis.market.ledger import town_sum
from parvis.market.models import Cycle, Document, Modality, Option, Order, Part, Product, Shop, Withdrawal
from parvis.market.season import Season
from parvis.market.states import PartState
from parvis.market.trades import CATEGORIES, TRADES
from parvis.people.models import BankAccount, Person
from parvis.places.categories import CATEGORIES as PLACE_CATEGORIES
from parvis.places.hours import is_readable
from parvis.places.models import Place
from parvis.towns.models import Address, Town


def _rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def test_every_state_is_there(ivry: Town, noon: datetime) -> None:
    parts = Part.objects.filter(town=ivry).select_related("order__delivery")
    states = {part.state for part in parts}
    assert states == set(PartState) - {PartState.RESERVED}, "nothing is paid online where no provider has a key"
    deliveries = Counter(delivery.state.value for delivery in Delivery.objects.filter(town=ivry))
    assert {"booked", "packed", "on_the_way", "delivered", "failed"} <= set(deliveries)
    assert town_sum(ivry) == 0


def test_a_plan_runs_with_rounds_done_on_the_road_and_to_come(ivry: Town, noon: datetime) -> None:
    plan = Plan.objects.get(town=ivry, day="2026-11-26", state=Plan.State.PUBLISHED)
    rounds = list(plan.rounds.all())
    assert any(r.back_at for r in rounds)
    assert any(r.left_at and not r.back_at for r in rounds)
    assert any(not r.left_at for r in rounds)
    rider = Person.objects.get(email="rider@ivry.demo")
    assert any(r.rider == rider and r.left_at and not r.back_at for r in rounds)


def test_twice_changes_nothing(ivry: Town, noon: datetime) -> None:
    profile = profile_of("ivry")
    assert profile
    before = _rows()
    bring_up([profile], at=noon)
    bring_up([profile], at=noon + timedelta(minutes=5))
    assert {name: count - before[name] for name, count in _rows().items() if count != before[name]} == {}


def test_what_visitors_broke_does_not_stop_the_next_day(
    ivry: Town, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("left behind")

    monkeypatch.setattr("parvis.demo.refresh.finish_old", broken)
    hub = Hub.objects.get(town=ivry)
    hub.bikes.update(broken_at=noon)
    said: list[str] = []
    profile = profile_of("ivry")
    assert profile
    later = noon + timedelta(days=1)
    bring_up([profile], at=later, say=said.append)
    assert "earlier orders stay as they are" in said[0]
    assert on_the_road(hub, later)


def test_another_day_is_alive_again_and_leaves_no_heap(ivry: Town, noon: datetime) -> None:
    profile = profile_of("ivry")
    assert profile
    later = noon + timedelta(days=1, hours=4)
    bring_up([profile], at=later, build=False)
    hub = Hub.objects.get(town=ivry)
    assert on_the_road(hub, later)
    old = Part.objects.filter(town=ivry, placed_at__lt=noon, order__delivery__window__ends_at__lt=later)
    open_ = [p.state for p in old.select_related("order__delivery") if not p.state.is_over]
    assert set(open_) <= {PartState.FAILED}
    assert town_sum(ivry) == 0
    before = _rows()
    bring_up([profile], at=later + timedelta(minutes=3), build=False)
    assert _rows() == before


@pytest.mark.parametrize("hour", [0, 3, 6, 22, 23])
def test_windows_of_odd_hours_begin_on_one_day(hour: int) -> None:
    town = Town(slug="ivry", timezone="Europe/Paris")
    now = datetime(2026, 11, 26, hour, 7, tzinfo=town.zone).astimezone(UTC)
    times = times_at(now, town)
    spans = [span for span in (times.past, times.present, times.later) if span]
    assert {span.start.astimezone(town.zone).date() for span in spans} == {times.day}
    assert times.present.start <= now < times.present.end
    assert all(span.closes <= span.start and span.due <= span.start for span in spans)


def test_windows_can_be_booked_for_days(ivry: Town, noon: datetime) -> None:
    open_windows = Window.objects.open_at(ivry, noon)
    days = {window.starts_at.astimezone(ivry.zone).date() for window in open_windows}
    assert len(days) == 7
    assert Shift.objects.filter(town=ivry, starts_at__gt=noon + timedelta(days=2)).exists()


def test_nobody_gets_mail_from_a_played_day(ivry: Town) -> None:
    assert not OutboxMessage.objects.exists()


def test_everything_invented_says_so_and_public_places_name_their_source(ivry: Town) -> None:
    assert set(Place.objects.filter(town=ivry, shop__isnull=False).values_list("invented", flat=True)) == {True}
    public = Place.objects.filter(town=ivry, shop=None, invented=False)
    assert public
    assert all(place.source and place.source_date and not place.invented for place in public)


def test_the_resident_and_the_agent_have_a_past(ivry: Town, noon: datetime) -> None:
    resident = Person.objects.get(email="resident@ivry.demo")
    mine = Order.objects.filter(person=resident)
    assert mine.filter(placed_at__lt=noon - timedelta(days=1)).exists()
    assert mine.filter(delivery__window__starts_at__lte=noon, delivery__window__ends_at__gte=noon).exists()
    yesterday = Delivery.objects.filter(town=ivry, window__ends_at__lt=noon - timedelta(hours=12))
    assert {delivery.state.value for delivery in yesterday} == {"delivered", "failed"}, "at one door nobody was at home"


def test_a_real_town_of_that_name_is_left_alone(town: Town) -> None:
    Town.objects.filter(pk=town.pk).update(is_demo=False)
    before = _rows()
    said: list[str] = []
    bring_up([PROFILES[0]], at=timezone.now(), say=said.append)
    assert _rows() == before
    assert "left alone" in said[0]
    assert not is_alive(timezone.now())


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
def test_data_files_are_sound(profile: object) -> None:
    slug = profile.slug  # type: ignore[attr-defined]
    shape = shapely.geometry.shape(reading.boundary(slug)).buffer(0.0007)
    assert shape.is_valid
    for place in reading.places(slug):
        assert place.category in PLACE_CATEGORIES, place
        assert shape.contains(shapely.Point(place.lon, place.lat)), place
        assert not place.opening_hours or is_readable(place.opening_hours), place
        assert "@" not in place.description
    doors = reading.doors(slug)
    assert len(doors) > 300
    assert all(shape.contains(shapely.Point(door.lon, door.lat)) for door in doors)
    streets = {door.street for door in doors}
    for shop in reading.shops(slug):
        assert shop.street in streets, shop
        assert shop.trade in TRADES
        assert is_readable(shop.hours), shop
        assert {way.kind for way in shop.ways} <= set(Modality.Kind.values)
        for good in reading.goods(shop.trade):
            assert good.shelf in CATEGORIES, good
            assert good.cents > 0
            assert good.grams > 0
            assert good.millilitres > 0
            assert good.vat in {"food", "book", "plants", "other"}


def test_goods_have_their_country_s_vat(ivry: Town) -> None:
    assert set(Product.objects.filter(town=ivry).values_list("vat_bp", flat=True)) <= {550, 1000, 2000}
    assert vat_included(1055, 550) == 55
    assert Shop.objects.filter(town=ivry).count() == 16  # one of them on its way
    assert Address.objects.filter(town=ivry).count() > 300


def test_sales_are_invoiced_and_something_goes_back(ivry: Town) -> None:
    cases = Withdrawal.objects.filter(town=ivry).prefetch_related("events")
    assert {case.state.value for case in cases} == {"asked", "refunded"}
    numbers = Document.objects.filter(town=ivry, series__kind="F").values_list("series", "number")
    assert len(numbers) == len(set(numbers)) > 3
    assert town_sum(ivry) == 0


def test_a_visitor_sees_what_goods_can_be(ivry: Town, noon: datetime) -> None:
    goods = Product.objects.filter(town=ivry)
    assert {product.sold_by for product in goods} == {"piece", "weight", "about"}
    assert Option.objects.filter(town=ivry).exists()
    assert Cycle.objects.filter(town=ivry).exists()
    today = noon.astimezone(ivry.zone).date()
    seasons = [product.season for product in goods if product.season_from]
    assert {season.holds(today) for season in seasons} == {True, False}, "some in season, some not"


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
def test_every_town_has_shops_that_sell_so(profile: Profile) -> None:
    trades = {row.trade for row in reading.shops(profile.slug)}
    assert trades >= {"bakery", "cheese", "butcher", "greengrocer"}, "options, weight, seasons"


@pytest.mark.parametrize("month", range(1, 13))
def test_in_every_month_something_is_out_of_season(month: int) -> None:
    names = {good.name for good in reading.goods("greengrocer")}
    seasons = [Season(*months) for name, months in kinds.SEASONS.items() if name in names]
    assert {season.holds(date(2026, month, 15)) for season in seasons} == {True, False}


def test_some_shops_say_where_they_are_paid(ivry: Town) -> None:
    accounts = BankAccount.objects.filter(town=ivry)
    assert accounts.filter(replaced_at=None).exists()
    assert accounts.exclude(replaced_at=None).count() == 1, "one of them changed lately"
