"""What a day of shared bikes costs each town: by the rule of the agreement, and to the cent."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from parvis.core.geo import Point
from parvis.delivery.actions.booking import away
from parvis.delivery.costs import Cost
from parvis.delivery.dayfigures import lines_of, told_between
from parvis.delivery.models import (
    Agreement,
    Delivery,
    DeliveryEvent,
    Hub,
    Plan,
    Round,
    RunningCosts,
    Shift,
    Stop,
    Window,
)
from parvis.delivery.sharedays import planned_metres, shared_days
from parvis.delivery.shares import Ridden, SharedDay, by_percent, shared, shared_cost
from parvis.demo import builders
from parvis.towns.models import Town

DAY = date(2026, 11, 25)


@pytest.fixture
def world(hub: Hub, other_town: Town, at: datetime, rider: Any) -> Any:
    """``world(host=3, guest=2)``: yesterday so many doors were served for each, the guest's three times as far."""

    def make(host: int, guest: int, **terms: Any) -> Agreement:
        day = at - timedelta(days=1)
        window = builders.make_window(hub, day + timedelta(hours=6))
        builders.make_shift(hub.bikes.get(), rider, day, time(13), time(17))
        plan = Plan.objects.create(
            town=hub.town, hub=hub, day=DAY, version=1, made_at=day, published_at=day, state="published"
        )
        round_ = Round.objects.create(
            town=hub.town, plan=plan, bike=hub.bikes.get(), rider=rider, number=1, departs_at=day, returns_at=day,
            metres=10_001, grams=1, millilitres=1, left_at=day, back_at=day,
        )  # fmt: skip
        for number in range(host + guest):
            _door(hub, window, round_, number, other_town if number >= host else None)
        terms = {"starts_on": date(2026, 11, 1)} | terms
        return builders.make_agreement(hub, guest=other_town, at=at, **terms)

    return make


def _door(hub: Hub, window: Window, round_: Round, number: int, ordered_in: Town | None) -> None:
    delivery = Delivery.objects.create(
        town=hub.town, ordered_in=ordered_in, window=window, code=f"D{number:04}", reference=f"R{number}",
        name="Camille", address="1 rue Longue", lon=hub.lon, lat=hub.lat, booked_at=window.closes_at,
        confirmed_at=window.closes_at, away_metres=3000 if ordered_in else 1000,
    )  # fmt: skip
    moment = window.starts_at + timedelta(minutes=number)
    DeliveryEvent.objects.create(town=hub.town, delivery=delivery, kind="delivered", at=moment)
    Stop.objects.create(
        town=hub.town, round=round_, delivery=delivery, position=number + 1, arrive_at=moment, leave_at=moment
    )


def day_of_both(hub: Hub, guest: Town, at: datetime) -> tuple[Any, Any]:
    """The lines of the day as the figures of each of the two towns have them."""
    found = []
    for town in (hub.town, guest):
        told = told_between(town, DAY, DAY, at)
        [line] = lines_of(town, told, DAY, DAY, shared_days(town, DAY, DAY, at)) or [None]
        found.append(line)
    return found[0], found[1]


# the whole day: 4 h of a rider 80 €, 5 doors through the hub 10 €, a bike 9 € and 10.001 km at 12 ct = 1.20 €
WHOLE = Cost(80_00, 10_00, 10_20)


@pytest.mark.parametrize(
    ("terms", "host", "guest"),
    [
        ({"rule": "drops"}, Cost(48_00, 6_00, 6_12), Cost(32_00, 4_00, 4_08)),
        # 3 doors at 1 km and 2 at 3 km: of 10,001 m a third is the host's, 3,334 m
        ({"rule": "metres"}, Cost(26_67, 3_33, 3_40), Cost(53_33, 6_67, 6_80)),
        ({"rule": "percent", "guest_percent": 25}, Cost(60_00, 7_50, 7_65), Cost(20_00, 2_50, 2_55)),
    ],
)
def test_each_town_bears_its_share(
    world: Any, hub: Hub, other_town: Town, at: datetime, terms: Any, host: Cost, guest: Cost
) -> None:
    world(3, 2, **terms)
    ours, theirs = day_of_both(hub, other_town, at)
    assert (ours.cost, theirs.cost) == (host, guest)
    assert ours.cost + theirs.cost == WHOLE
    assert (ours.promised, ours.drops, theirs.promised, theirs.drops) == (3, 3, 2, 2), "each counts its own buyers"
    assert (ours.metres, theirs.metres) == (3334, 6667), "kilometres are those ridden for it, whatever the rule"
    assert (ours.ridden, theirs.ridden) == (3334, 6667)
    assert theirs.air.high > ours.air.high > 0


def test_before_the_agreement_the_day_is_the_host_s(world: Any, hub: Hub, other_town: Town, at: datetime) -> None:
    world(5, 0, starts_on=at.date())
    ours, theirs = day_of_both(hub, other_town, at)
    assert ours.cost == WHOLE
    assert theirs is None


def test_a_day_without_a_door(world: Any, hub: Hub, other_town: Town, at: datetime) -> None:
    """A rider was paid and nobody served: the host's, unless a fixed share says otherwise."""
    agreement = world(0, 0, rule="drops")
    ours, theirs = day_of_both(hub, other_town, at)
    assert ours.cost.riders == 80_00
    assert theirs is None, "a day on which nobody rode for it is none of its days"
    agreement.rule, agreement.guest_percent = "percent", 40
    agreement.save()
    ours, theirs = day_of_both(hub, other_town, at)
    assert (ours.cost.riders, theirs.cost.riders) == (48_00, 32_00)


def test_shared_doors_without_a_shift_are_said_to_cost_less_than_they_did(
    world: Any, hub: Hub, other_town: Town, at: datetime
) -> None:
    world(3, 2, rule="drops")
    assert [line.unstaffed for line in day_of_both(hub, other_town, at)] == [0, 0]
    Shift.objects.all().delete()
    assert [line.unstaffed for line in day_of_both(hub, other_town, at)] == [1, 1]
    assert Window.objects.exists()
    other = builders.make_window(builders.make_hub(hub.town, name="Halle du Nord"), Window.objects.get().starts_at)
    Delivery.objects.filter(code="D0000").update(window=other)
    assert [line.unstaffed for line in day_of_both(hub, other_town, at)] == [1, 1], "one day, whichever the hub"


def test_the_rates_are_those_of_who_rides(world: Any, hub: Hub, other_town: Town, at: datetime) -> None:
    RunningCosts.objects.create(town=hub.town, starts_on=DAY, rider_hour_cents=30_00)
    RunningCosts.objects.create(town=other_town, starts_on=DAY, rider_hour_cents=1)
    world(3, 2, rule="drops")
    ours, theirs = day_of_both(hub, other_town, at)
    assert (ours.cost.riders, theirs.cost.riders) == (72_00, 48_00)


def test_a_hub_that_is_not_shared_stays_the_host_s(
    world: Any, hub: Hub, other_town: Town, at: datetime, rider: Any
) -> None:
    world(3, 2, rule="drops")
    second = builders.make_hub(hub.town, name="Halle du Nord")
    bike = builders.make_bike(second, "Vélo 9")
    builders.make_shift(bike, rider, at - timedelta(days=1), time(9), time(10))
    ours, theirs = day_of_both(hub, other_town, at)
    assert ours.cost == Cost(48_00 + 20_00, 6_00, 6_12 + 9_00)
    assert theirs.cost == Cost(32_00, 4_00, 4_08)


def test_three_towns_on_one_hub(world: Any, hub: Hub, other_town: Town, at: datetime) -> None:
    world(3, 2, rule="percent", guest_percent=33)
    third = builders.make_town("vanves", name="Vanves")
    builders.make_agreement(hub, guest=third, at=at, starts_on=DAY, rule="percent", guest_percent=33)
    [day] = shared_days(third, DAY, DAY, at)
    assert set(day.costs) == {hub.town_id, other_town.pk, third.pk}
    assert sum(cost.cents for cost in day.costs.values()) == WHOLE.cents
    assert day.cost_of(third.pk).riders == 26_40


def test_shares_add_up_whatever_the_numbers() -> None:
    """Two thousand days, splits that do not come out even: not a cent and not a metre is lost or made."""
    draw = Random(5)
    for _number in range(2000):
        towns = [uuid4() for _n in range(draw.randint(2, 4))]
        cost = Cost(draw.randint(0, 99_999), draw.randint(0, 9_999), draw.randint(0, 9_999))
        ridden = Ridden()
        lengths = [draw.randint(0, 30_000) for _n in range(draw.randint(0, 5))]
        for metres in lengths:
            doors = [(draw.choice(towns), draw.randint(0, 5000)) for _n in range(draw.randint(0, 9))]
            ridden.add(metres, draw.random() < 0.8, doors, towns[0])
        drops = {town: draw.randint(0, 9) for town in towns}
        rule = draw.randint(0, 2)
        percents: dict[UUID, int] = {town: draw.randint(0, 100 // (len(towns) - 1)) for town in towns[1:]}
        day = SharedDay(
            host=towns[0], hub=uuid4(), day=DAY, guests=tuple(towns[1:]), cost=cost, drops=drops, ridden=ridden,
            by_metres=rule == 1, percents=percents if rule == 2 else None,
        )  # fmt: skip
        assert sum((one for one in day.costs.values()), Cost()) == cost
        assert all(min(one.riders, one.hub, one.bikes) >= 0 for one in day.costs.values())
        assert sum(ridden.out.values()) == sum(lengths)
        assert all(ridden.back[town] <= ridden.out[town] for town in ridden.out)


def test_shares_of_nothing_are_the_host_s() -> None:
    host, guest = uuid4(), uuid4()
    assert shared(7, {host: 0, guest: 0}) == {host: 7, guest: 0}
    assert shared(7, {host: 1, guest: 1}) == {host: 4, guest: 3}
    assert by_percent(host, {guest: 30}) == {host: 70, guest: 30}
    assert shared_cost(Cost(1, 1, 1), {host: 1, guest: 1}) == {host: Cost(1, 1, 1), guest: Cost()}


def test_how_far_a_door_is_stays_when_its_address_goes(hub: Hub, window: Window) -> None:
    assert away(window, Point(hub.lon, hub.lat)) == 100
    assert away(window, Point(hub.lon, hub.lat + 0.0181)) == 2000


def test_as_many_questions_for_a_month_as_for_a_day(
    world: Any, hub: Hub, other_town: Town, at: datetime, django_assert_max_num_queries: Any
) -> None:
    world(3, 2, rule="metres")
    with django_assert_max_num_queries(13):
        assert len(shared_days(other_town, date(2026, 11, 1), DAY, at)) == 1
    third = builders.make_town("vanves", name="Vanves")
    with django_assert_max_num_queries(1):
        assert shared_days(third, DAY, DAY, at) == []


def test_what_is_planned_by_bike_is_told_to_each_town(
    world: Any, hub: Hub, other_town: Town, django_assert_max_num_queries: Any
) -> None:
    """Of 10,001 m a third is the host's (3 doors at 1 km), the rest the guest's (2 at 3 km); nothing is another's."""
    world(3, 2, rule="drops")
    third = builders.make_town("vanves", name="Vanves")
    with django_assert_max_num_queries(10):
        told = [planned_metres(town, DAY) for town in (hub.town, other_town, third)]
    assert [metres for metres, _streets in told] == [3334, 6667, None]
    assert planned_metres(other_town, DAY + timedelta(days=1)) == (None, "")


def test_a_town_that_shares_nothing_has_all_of_its_plan(world: Any, hub: Hub, other_town: Town) -> None:
    world(3, 0, rule="drops", starts_on=DAY + timedelta(days=30))
    assert planned_metres(hub.town, DAY)[0] == 10_001
    assert planned_metres(other_town, DAY) == (None, "")
