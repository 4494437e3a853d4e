"""Several ways to make one delivery: a plan takes one of them, where it costs least and keeps every rule."""

import json
from dataclasses import replace
from typing import Any

import pytest

from parvis.delivery.planning import (
    Drop,
    Option,
    Plan,
    Problem,
    Tour,
    best_place,
    collected_at,
    cost_of,
    explain,
    late_rather_than_never,
    replan,
    retime,
    solve,
    verify,
    with_detours,
    with_drop,
)
from parvis.delivery.planning.explaining import Reason
from parvis.delivery.planning.tests.test_inserting import rules_of, ways_of
from parvis.delivery.planning.tests.towns import HOUR, bike, drop, line_town, round_town


def straight_town(*, shop: int = 3, door: int = 4, others: tuple[Drop, ...] = (), **changes: Any) -> Problem:
    """A straight street with a shop; "d" may ride from the hub at its start, or from the shop straight to its door.

    From the hub its bags are there at 11:30 only; at the shop they are ready at 9:00 and it is open until noon.
    """
    facts: dict[str, Any] = {"earliest": 9 * HOUR, "latest": 14 * HOUR, "service_seconds": 240}
    town = line_town(
        drop("d", door, ready_at=11 * HOUR + 1800, latest=14 * HOUR), *others, drop("far", max(shop, door))
    )
    size = len(town.durations)
    straight = Option("direct", size, collect=shop, **(facts | changes))
    return replace(
        town,
        drops=tuple(replace(d, others=(straight,)) if d.id == "d" else d for d in town.drops if d.id != "far"),
        durations=with_detours(town.durations, [(shop, door)]),
        distances=with_detours(town.distances, [(shop, door)]),
    )


def second_window(id: str, location: int, hour: int, **changes: Any) -> Option:
    return Option(id, location, hour * HOUR, (hour + 1) * HOUR, 120, ready_at=9 * HOUR, **changes)


def taken(plan: Plan) -> dict[str, str]:
    return {id: option for trip in plan.trips for id, option in trip.options.items()}


def test_the_way_to_a_detour_leads_through_the_shop_and_away_from_the_door() -> None:
    rows = ((0, 1, 2), (3, 0, 4), (5, 6, 0))
    wide = with_detours(rows, [(1, 2), (2, 1)])
    assert [row[:3] for row in wide[:3]] == list(rows)
    assert [row[3] for row in wide] == [1 + 4, 4, 6 + 4, 0, 4]  # from the door of the other, to the shop, to the door
    assert wide[3][:3] == rows[2]
    assert (wide[4][3], wide[4][4]) == (rows[1][1] + rows[1][2], 0)


def test_a_delivery_is_made_in_the_window_that_suits_the_round() -> None:
    """Two neighbours, one of whom is there in the morning or in the afternoon: both are served in one trip."""
    flexible = replace(drop("a", 4), others=(second_window("later", 4, 16),))
    fixed = drop("b", 4, earliest=16 * HOUR, latest=17 * HOUR)
    town = line_town(flexible, fixed)
    plan = solve(town, seed=1, iterations=200)
    assert verify(town, plan) == []
    assert taken(plan) == {"a": "later", "b": ""}
    assert plan.metres == 8_000
    only_morning = line_town(drop("a", 4), fixed)
    assert solve(only_morning, seed=1, iterations=200).cost > 2 * plan.cost


def test_a_second_window_is_used_where_the_first_cannot_be_kept() -> None:
    town = line_town(replace(drop("a", 4, earliest=0, latest=600), others=(second_window("later", 4, 15),)))
    plan = solve(town, seed=1, iterations=20)
    assert (taken(plan), plan.unserved) == ({"a": "later"}, ())
    none_of_them = replace(town, bikes=(bike("b1", max_grams=1),))
    assert [left.reason for left in solve(none_of_them, seed=1, iterations=20).unserved] == ["too_heavy"]


def test_straight_from_the_shop_where_the_hub_has_the_bags_too_late() -> None:
    """A bike that is out that way anyway takes the bags along; from the hub it would have to ride out again."""
    neighbour = drop("n", 5, earliest=9 * HOUR + 1800, latest=10 * HOUR + 1800)
    town = straight_town(others=(neighbour,))
    plan = solve(town, seed=1, iterations=200)
    assert verify(town, plan) == []
    assert taken(plan) == {"d": "direct", "n": ""}
    assert plan.metres == 10_000
    by_hub = solve(replace(town, drops=(replace(town.drop["d"], others=()), neighbour)), seed=1, iterations=200)
    assert by_hub.metres == 18_000


def test_by_the_hub_where_the_shop_lies_far_away() -> None:
    """The shop is at the other end of the street: riding there and back to the door costs more than waiting."""
    town = straight_town(shop=9, door=2)
    plan = solve(town, seed=1, iterations=200)
    assert taken(plan) == {"d": ""}
    assert plan.metres == 4_000


def test_the_shop_comes_right_before_its_door_at_the_moment_that_is_told() -> None:
    town = straight_town(latest=10 * HOUR, earliest=10 * HOUR)
    trip = retime(town, "b1", ["d"], 0, {"d": "direct"})
    stop = trip.stops[0]
    assert (trip.metres, stop.option) == (8_000, "direct")
    assert collected_at(town, town.bikes[0], stop) == 10 * HOUR - 300
    assert trip.departs == 10 * HOUR - 1200  # no bags at the hub hold it up
    assert stop.leave == 10 * HOUR + 240
    plain = retime(town, "b1", ["d"], 0)
    assert collected_at(town, town.bikes[0], plain.stops[0]) is None


def test_a_slower_bike_is_at_the_shop_earlier() -> None:
    town = replace(straight_town(earliest=10 * HOUR), bikes=(bike("b1", speed_percent=50),))
    stop = retime(town, "b1", ["d"], 0, {"d": "direct"}).stops[0]
    assert collected_at(town, town.bikes[0], stop) == stop.start - 600


def test_whoever_was_told_the_way_keeps_it() -> None:
    town = straight_town(shop=9, door=2)
    bound = replace(town, drops=(replace(town.drop["d"], bound="direct"),))
    plan = solve(bound, seed=1, iterations=100)
    assert taken(plan) == {"d": "direct"}
    by_hub = solve(town, seed=1, iterations=100)
    assert [v.kind for v in verify(bound, by_hub)] == ["unknown_option"]
    assert taken(solve(bound, seed=1, iterations=0, initial=by_hub)) == {"d": "direct"}


def test_a_door_that_is_asked_for_rides_in_the_way_that_costs_least() -> None:
    town = straight_town(others=(drop("n", 5),))
    tours = [Tour(town.bikes[0], ((town.drop["n"],),))]
    place = best_place(tours, town.drop["d"], ways_of(town), rules_of(town))
    assert place is not None
    assert (place.option, place.trip, place.metres) == ("direct", 0, 0)
    assert with_drop(tours, place, town.drop["d"])[0].trips[0][place.position or 0].collect == 3


def test_a_plan_with_options_is_kept_and_read() -> None:
    town = straight_town(others=(drop("n", 5),))
    town = replace(town, drops=(replace(town.drop["d"], bound="direct"), *town.drops[1:]))
    plan = solve(town, seed=1, iterations=20)
    assert taken(plan)["d"] == "direct"
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert Problem.from_json(json.loads(json.dumps(town.to_json()))) == town
    assert "option" not in json.dumps(solve(line_town(drop("a", 1)), seed=1, iterations=1).to_json())


def test_every_other_way_is_explained_with_what_it_costs() -> None:
    neighbour = drop("n", 5, earliest=9 * HOUR + 1800, latest=10 * HOUR + 1800)
    town = straight_town(others=(neighbour, drop("late", 1, earliest=11 * HOUR + 3000, latest=12 * HOUR)))
    trips = (
        retime(town, "b1", ["d", "n"], 0, {"d": "direct"}),
        retime(town, "b1", ["late"], 11 * HOUR),
    )
    plan = Plan(trips, (), cost_of(town, trips))
    assert verify(town, plan) == []
    told = explain(town, plan, "d")
    assert told.option == "direct"
    other = next(a for a in told.alternatives if a.kind == "option")
    assert (other.option, other.trip, other.broken, other.metres) == ("", 1, 0, 6_000)
    assert other.reason.code == "longer"
    assert all(a.option == "direct" for a in told.alternatives if a.kind != "option")


def test_a_broken_bike_leaves_at_the_shop_what_it_has_not_collected() -> None:
    """Before it is at the shop, another bike collects there; afterwards the bags are fetched back to the hub."""
    town = replace(straight_town(), bikes=(bike("b1"), bike("b2")))
    trip = retime(town, "b1", ["d"], 0, {"d": "direct"})
    at_shop = collected_at(town, town.bikes[0], trip.stops[0])
    assert at_shop is not None
    plan = Plan((trip,), (), cost_of(town, [trip]))
    town = replace(town, drops=(replace(town.drop["d"], bound="direct"),))
    for now, option in ((at_shop - 1, "direct"), (at_shop, "")):
        result = replan(town, plan, now=now, seed=1, lost_bikes=["b1"], recovered_at=now + 600, iterations=20)
        assert verify(result.problem, result.plan) == []
        assert [(t.bike_id, t.options) for t in result.plan.trips] == [("b2", {"d": option})]
    told = replan(town, plan, now=at_shop, seed=1, lost_bikes=["b1"], collected=[], iterations=20)
    assert taken(told.plan) == {"d": "direct"}, "what is really known counts"


def test_a_trip_on_the_road_goes_on_collecting_when_another_stop_falls_out() -> None:
    town = straight_town(others=(drop("n", 1),))
    trip = retime(town, "b1", ["n", "d"], 0, {"d": "direct"})
    plan = Plan((trip,), (), cost_of(town, [trip]))
    result = replan(town, plan, now=trip.departs + 60, seed=1, lost_drops=["n"], iterations=10)
    assert verify(result.problem, result.plan) == []
    assert taken(result.plan) == {"d": "direct"}


def test_rather_late_from_the_hub_and_never_after_the_shop_closes() -> None:
    town = straight_town(latest=9 * HOUR)
    town = replace(town, bikes=(bike("b1", shift_start=14 * HOUR - 600),))
    plan = solve(town, seed=1, iterations=20)
    assert [left.id for left in plan.unserved] == ["d"]
    later, after = late_rather_than_never(town, plan, seed=1, iterations=20)
    assert verify(later, after) == []
    assert taken(after) == {"d": ""}
    assert later.drop["d"].others == town.drop["d"].others


@pytest.mark.parametrize("seed", range(2))
def test_more_to_choose_from_does_no_harm(seed: int) -> None:
    """Each of forty doors may be collected at one of four shops: the plan keeps every rule, and more to choose from
    does not lead the search astray (a hundredth is what chance does).
    """
    town = round_town(40, seed=seed)
    shops = [1, 2, 3, 4]
    detours = [(shops[i % 4], drop.location) for i, drop in enumerate(town.drops)]
    size = len(town.durations)
    free = replace(
        town,
        durations=with_detours(town.durations, detours),
        distances=with_detours(town.distances, detours),
        drops=tuple(
            replace(
                d,
                others=(
                    Option("direct", size + i, d.earliest, d.latest, d.service_seconds + 90, collect=detours[i][0]),
                ),
            )
            for i, d in enumerate(town.drops)
        ),
    )
    plain, better = solve(town, seed=1, iterations=1500), solve(free, seed=1, iterations=1500)
    assert verify(free, better) == []
    assert (plain.unserved, better.unserved) == ((), ())
    assert better.cost <= 1.01 * plain.cost
    assert solve(free, seed=1, iterations=100) == solve(free, seed=1, iterations=100)


def test_what_a_way_spares_others_is_weighed_and_is_no_cost_of_the_bikes() -> None:
    """The shop lies on the way and hands over in two minutes: that is chosen once it spares more than two minutes."""
    town = straight_town()
    at_hub = replace(town.drop["d"], ready_at=9 * HOUR)

    def sparing(amount: int) -> Problem:
        return replace(town, drops=(replace(at_hub, others=(replace(at_hub.others[0], spared=amount),)),))

    plans = {amount: solve(sparing(amount), seed=1, iterations=50) for amount in (119, 121)}
    assert {amount: taken(plan)["d"] for amount, plan in plans.items()} == {119: "", 121: "direct"}
    assert plans[121].cost == cost_of(town, plans[121].trips) == plans[119].cost + 120
    other = explain(sparing(1000), plans[121], "d").alternatives[0]
    assert (other.option, other.seconds, other.cost, other.reason) == ("", -120, 880, Reason("errand", 1000))
    place = best_place([Tour(town.bikes[0])], sparing(1000).drop["d"], ways_of(town), rules_of(town))
    assert place is not None
    assert (place.option, place.cost) == ("direct", plans[121].cost)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": ""}, "id"),
        ({"location": -1}, "location"),
        ({"earliest": -1}, "window"),
        ({"latest": 0}, "closes after"),
        ({"service_seconds": -1}, "service"),
        ({"ready_at": -1}, "ready"),
        ({"max_aboard": -1}, "board"),
        ({"collect": -1}, "location"),
        ({"spared": -1}, "spares"),
    ],
)
def test_an_option_refuses_nonsense(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(second_window("later", 4, 15), **changes)


def test_a_drop_refuses_options_that_make_no_sense() -> None:
    twice = (second_window("later", 1, 15), second_window("later", 1, 16))
    with pytest.raises(ValueError, match="an id of its own"):
        replace(drop("a", 1), others=twice)
    with pytest.raises(ValueError, match="bound"):
        replace(drop("a", 1), bound="later")
    with pytest.raises(KeyError):
        drop("a", 1).as_taken("later")


def test_a_problem_refuses_ways_that_do_not_lead_by_the_shop() -> None:
    town = straight_town()
    with pytest.raises(ValueError, match="misses the shop"):
        replace(town, distances=with_detours(line_town(drop("far", 4)).distances, [(2, 4)]))
    outside = replace(town.drop["d"], others=(second_window("later", 9, 15),))
    with pytest.raises(ValueError, match="outside"):
        replace(town, drops=(outside,))
