"""The clock of a trip: home as early as it can be, gone from the hub as late as that allows."""

import pytest

from parvis.delivery.planning import retime, verify
from parvis.delivery.planning.plan import Plan
from parvis.delivery.planning.timing import cost_of

from .towns import HOUR, bike, drop, line_town


def test_nobody_leaves_at_eight_to_wait_at_the_first_door() -> None:
    town = line_town(drop("d1", 1))
    trip = retime(town, "b1", ["d1"], 0)
    assert trip.departs == 10 * HOUR - 300
    assert (trip.stops[0].arrive, trip.stops[0].start, trip.stops[0].leave) == (36_000, 36_000, 36_120)
    assert trip.returns == 36_420
    assert trip.metres == 2000


def test_leaving_later_never_makes_a_stop_late_or_the_way_home_longer() -> None:
    # d1 must be served by 9:40, d2 opens at 11:00: the wait between them cannot be saved entirely.
    town = line_town(drop("d1", 1, earliest=9 * HOUR, latest=9 * HOUR + 2400), drop("d2", 2, earliest=11 * HOUR))
    trip = retime(town, "b1", ["d1", "d2"], 0)
    assert trip.stops[0].start == 9 * HOUR + 2400
    assert trip.stops[1].start == 11 * HOUR
    assert trip.returns == 11 * HOUR + 120 + 600


def test_a_trip_waits_for_its_last_bag_the_shift_and_the_dispatcher() -> None:
    town = line_town(drop("d1", 1, ready_at=11 * HOUR), drop("d2", 2, ready_at=11 * HOUR + 60))
    assert retime(town, "b1", ["d1"], 0).departs == 11 * HOUR
    assert retime(town, "b1", ["d1", "d2"], 0).departs == 11 * HOUR + 60
    assert retime(town, "b1", ["d1"], 11 * HOUR + 600).departs == 11 * HOUR + 600
    late_shift = line_town(drop("d1", 1), bikes=(bike("b1", shift_start=11 * HOUR),))
    assert retime(late_shift, "b1", ["d1"], 0).departs == 11 * HOUR
    now = line_town(drop("d1", 1), not_before=11 * HOUR + 5)
    assert retime(now, "b1", ["d1"], 0).departs == 11 * HOUR + 5


def test_a_hand_made_trip_may_be_late_and_the_verifier_says_so() -> None:
    town = line_town(drop("d1", 1, latest=10 * HOUR), drop("d2", 2, latest=10 * HOUR))
    trip = retime(town, "b1", ["d1", "d2"], 0)
    plan = Plan((trip,), (), cost_of(town, [trip]))
    assert [(found.kind, found.drop_id) for found in verify(town, plan)] == [("late", "d2")]


def test_a_slow_bike_takes_longer_rounded_up() -> None:
    town = line_town(drop("d1", 1, earliest=0), bikes=(bike("b1", speed_percent=70),))
    trip = retime(town, "b1", ["d1"], 9 * HOUR)
    assert trip.stops[0].arrive - trip.departs == 429  # 300 / 0.7 = 428.57


def test_loads_are_those_of_the_bags() -> None:
    town = line_town(drop("d1", 1, grams=7, crates=2), drop("d2", 2, millilitres=9))
    trip = retime(town, "b1", ["d2", "d1"], 0)
    assert (trip.load_grams, trip.load_millilitres, trip.load_crates) == (5_007, 12_009, 3)
    assert trip.drop_ids == ("d2", "d1")


def test_unknown_ids_and_empty_trips_are_refused() -> None:
    town = line_town(drop("d1", 1))
    with pytest.raises(KeyError):
        retime(town, "b9", ["d1"], 0)
    with pytest.raises(KeyError):
        retime(town, "b1", ["d9"], 0)
    with pytest.raises(ValueError, match="at least one stop"):
        retime(town, "b1", [], 0)
