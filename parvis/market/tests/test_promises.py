"""What a shop promises by its own rules: hours, preparation, capacity, cycles, the market's days off."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from parvis.core.errors import Refusal
from parvis.core.time import day_bounds
from parvis.demo import builders
from parvis.market.capacity import window_of
from parvis.market.models import Capacity
from parvis.market.promises import ShopRules, promise, promise_by

HOURS = "Mo-Sa 09:00-13:00,15:00-19:00"


def local(text, town):
    return datetime.fromisoformat(text).replace(tzinfo=town.zone).astimezone(UTC)


def said(moment, town):
    return f"{moment.astimezone(town.zone):%Y-%m-%d %H:%M}" if moment else None


@pytest.fixture
def rules(town):
    """``rules(full={"10:00": 3}, most=3)``: a shop's rules with so many taken in windows of 26 November."""

    count = iter(range(100))

    def make(*, hours=HOURS, full=None, most=3, minutes=60, counts="orders", off=(), preparation=60, **more):
        shop = builders.make_shop(town, f"Fournil {next(count)}", opening_hours=hours)
        shop.preparation_minutes = preparation
        taken = {local(day if " " in day else f"2026-11-26 {day}", town): n for day, n in (full or {}).items()}
        capacity = Capacity(town=town, shop=shop, most=most, minutes=minutes, counts=counts)
        return ShopRules(shop=shop, town=town, market_off=off, capacity=capacity, taken=taken, **more)

    return make


@pytest.mark.parametrize(
    ("full", "now", "work", "ready"),
    [
        ({}, "10:10", "10:00", "11:10"),  # room now
        ({"10:00": 3}, "10:10", "11:00", "12:00"),  # this hour is full: work starts with the next
        ({"10:00": 3, "11:00": 3, "12:00": 3}, "10:10", "15:00", "16:00"),  # over lunch
        ({"12:00": 3}, "12:30", "15:00", "16:00"),
        ({"10:00": 2}, "10:59", "10:00", "11:59"),  # the last place
        ({}, "13:30", "15:00", "16:00"),  # closed: from the next opening
        ({"15:00": 3, "16:00": 3, "17:00": 3, "18:00": 3}, "14:00", "2026-11-27 09:00", "2026-11-27 10:00"),
    ],
)
def test_a_full_window_offers_the_next_moment(rules, town, full, now, work, ready):
    found = promise(rules(full=full), 1, local(f"2026-11-26 {now}", town))
    day = "2026-11-26 "
    assert said(found.work_at, town) == (work if " " in work else day + work)
    assert said(found.ready_at, town) == (ready if " " in ready else day + ready)


@pytest.mark.parametrize(
    ("points", "full", "work"),
    [(1, {"10:00": 19}, "10:00"), (2, {"10:00": 19}, "11:00"), (20, {"10:00": 1}, "11:00"), (20, {}, "10:00")],
)
def test_points_of_work(rules, town, points, full, work):
    found = promise(rules(full=full, most=20, counts="points"), points, local("2026-11-26 10:10", town))
    assert said(found.work_at, town) == f"2026-11-26 {work}"


def test_more_than_one_window_holds_is_a_sentence(rules, town, at):
    with pytest.raises(Refusal, match=r"more than .* can prepare at one time"):
        promise(rules(most=20, counts="points"), 21, at)
    assert promise(rules(most=1, preparation=30), 21, at), "an order is one, however large"


@pytest.mark.parametrize("minutes", [30, 60, 120, 1440])
@pytest.mark.parametrize("day", ["2026-11-26", "2027-03-28", "2027-10-31"])
def test_windows_have_no_hole_and_no_double_when_the_clocks_change(town, minutes, day):
    start, end = day_bounds(date.fromisoformat(day), town.zone)
    moment, windows = start, []
    while moment < end:
        windows.append(window_of(moment, minutes, town.zone))
        moment = windows[-1][1]
    assert windows[0][0] == start
    assert windows[-1][1] == end
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    for begins, ends in windows:
        assert window_of(ends - timedelta(seconds=1), minutes, town.zone) == (begins, ends)


@pytest.mark.parametrize(
    ("now", "full", "ready"),
    [
        ("2027-03-28 01:30", {"2027-03-28 01:00": 3}, "2027-03-28 04:00"),  # 2:00 is 3:00 that night
        ("2027-03-27 23:30", {"2027-03-27 23:00": 3}, "2027-03-28 01:00"),
        ("2027-10-31 01:30", {"2027-10-31 01:00": 3}, "2027-10-31 02:00"),  # an hour later it is 2:00 once more
    ],
)
def test_capacity_in_the_night_of_the_clocks(rules, town, now, full, ready):
    found = promise(rules(hours="24/7", full=full), 1, local(now, town))
    assert said(found.ready_at, town) == ready


def test_full_for_weeks_is_a_sentence(rules, town):
    days = {f"{date(2026, 11, 26) + timedelta(days=n)} 00:00": 3 for n in range(70)}
    with pytest.raises(Refusal, match="no room for more orders"):
        promise(rules(full=days, minutes=1440), 1, local("2026-11-26 10:00", town))


def test_unknown_hours_and_no_opening_in_sight_are_left_to_the_shop(rules, town):
    for hours in ("", "sometimes", "off"):
        found = promise(rules(hours=hours, full={"23:00": 3}, preparation=30), 1, local("2026-11-26 23:10", town))
        assert said(found.work_at, town) == "2026-11-27 00:00", hours


def test_the_markets_days_off_move_the_work(rules, town):
    off = [(date(2026, 11, 27), date(2026, 12, 1), "Fête")]
    full = {f"{hour}:00": 3 for hour in (15, 16, 17, 18)}
    found = promise(rules(full=full, off=off), 1, local("2026-11-26 15:10", town))
    assert said(found.ready_at, town) == "2026-12-02 10:00"


def test_what_leaves_tomorrow_takes_nobodys_place_today(rules, town):
    due = local("2026-11-27 16:00", town)
    found = promise_by(rules(), 1, due, local("2026-11-26 10:10", town))
    assert said(found.work_at, town) == "2026-11-27 15:00"
    full = promise_by(
        rules(full={"2026-11-27 15:00": 3, "2026-11-27 12:00": 3}), 1, due, local("2026-11-26 10:10", town)
    )
    assert said(full.work_at, town) == "2026-11-27 11:00"
    with pytest.raises(Refusal, match="cannot be ready by then"):
        promise_by(rules(full={"10:00": 3}), 1, local("2026-11-26 11:30", town), local("2026-11-26 10:10", town))


def test_a_cycle_decides_alone_and_the_bike_takes_the_last_turn_before_it(town, shop):
    cycle = builders.make_cycle(shop, most=2)
    mine = ShopRules(shop=shop, town=town, cycles=[cycle], places={(cycle.pk, date(2026, 11, 28)): 2})
    now = local("2026-11-23 10:00", town)
    assert said(promise(mine, 1, now).ready_at, town) == "2026-12-05 09:00", "full on the 28th: the next one"
    with pytest.raises(Refusal, match="cannot be ready by then"):
        promise_by(mine, 1, local("2026-12-04 16:00", town), now)
    assert promise_by(mine, 1, local("2026-12-16 16:00", town), now).turn.day == date(2026, 12, 12)


def test_a_shop_without_a_turn_ahead_does_not_sell(town, shop, at):
    past = builders.make_cycle(shop, weekday=None, dates=[date(2026, 11, 1)])
    with pytest.raises(Refusal, match="its next date is not set yet"):
        promise(ShopRules(shop=shop, town=town, cycles=[past]), 1, at)
    full = builders.make_cycle(shop, weekday=None, dates=[date(2026, 12, 5)], most=1)
    taken = {(full.pk, date(2026, 12, 5)): 1}
    with pytest.raises(Refusal, match=r"All places .* are taken"):
        promise(ShopRules(shop=shop, town=town, cycles=[full], places=taken), 1, at)


def test_the_shops_own_holiday_skips_its_turn_and_nobody_elses(town, shop, other_merchant, at):
    other = other_merchant.roles.get().organisation.shops.get()
    cycle = builders.make_cycle(shop, other)
    shop.place.closures.create(town=town, first_day=date(2026, 11, 28), last_day=date(2026, 11, 28))
    days = [promise(ShopRules(shop=s, town=town, cycles=[cycle]), 1, at).turn.day for s in (shop, other)]
    assert days == [date(2026, 12, 5), date(2026, 11, 28)]
