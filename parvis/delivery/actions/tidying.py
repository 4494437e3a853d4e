"""The tours that prove promises, found anew by the planner while nobody waits: there is room for more afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from parvis.core.time import day_of
from parvis.delivery.actions.dayreading import Day
from parvis.delivery.actions.daytours import recorded, tours_json
from parvis.delivery.actions.dayways import DayWays
from parvis.delivery.models import DayTours
from parvis.delivery.planning import Matrix, Plan, Problem, Profile, Trip, Unserved, cost_of, matrix, solve, verify
from parvis.delivery.planning.timing import time_trip

AT_ONCE = 4  # days looked at in one go; the next go is two minutes later


def tidy_all(at: datetime, *, iterations: int | None = None) -> int:
    """Tidy the days ahead that took a promise since they were tidied last; how many came out better."""
    stale = DayTours.objects.filter(Q(tidied_at=None) | Q(tidied_at__lt=F("changed_at")), changed_at__isnull=False)
    ahead = stale.filter(day__gte=at.date() - timedelta(days=1)).select_related("hub__town").order_by("day", "pk")
    return sum(tidy_tours(kept=kept, at=at, iterations=iterations) for kept in ahead[:AT_ONCE])


def tidy_tours(*, kept: DayTours, at: datetime, iterations: int | None = None) -> bool:
    """Search for better tours of a day, without any lock; kept if nobody promised anything in the meantime.

    Trips that have left stay. Every promise stays kept: what the planner says is verified, and must serve all that was
    served before. False when nothing better was found, or when it came too late.
    """
    read, day = kept.tours, recorded(kept, at, fresh=True)
    over = day_of(at, kept.hub.town.zone) > kept.day
    better = None if day is None or over else _better(day, iterations)
    with transaction.atomic():
        row = DayTours.objects.select_for_update().get(pk=kept.pk)
        if row.tours != read:
            return False
        if better is not None:
            row.tours = tours_json(*better)
        elif day is not None and row.conditions != day.ways.streets.conditions.mark:
            row.tours = day.to_json()  # the same trips, by the ways that are open now
        if day is not None:
            row.conditions = day.ways.streets.conditions.mark
        row.tidied_at = max(at, row.changed_at or at)
        row.save(update_fields=["tours", "tidied_at", "conditions"])
    return better is not None


def _better(day: Day, iterations: int | None) -> tuple[Problem, tuple[Trip, ...]] | None:
    """The problem and trips that serve at least as many with less riding; None where there are none."""
    drops = [*(drop for tour in day.tours for trip in tour.trips for drop in trip), *day.left_out]
    if len(drops) < 2 or not day.bikes:
        return None
    day.learn_all()
    open_problem = Problem(
        bikes=day.bikes,
        drops=tuple(drops),
        durations=_table(day.ways, 0),
        distances=_table(day.ways, 1),
        reload_seconds=day.rules.reload_seconds,
        profiles=tuple(
            Profile(name, _table(day.ways.of(name), 0), _table(day.ways.of(name), 1))
            for name in sorted({bike.profile for bike in day.bikes if bike.profile})
        ),
    )
    left, standing = _as_trips(day, open_problem)
    problem = replace(open_problem, fixed=tuple(left), not_before=day.rules.not_before)
    now = Plan(
        (*left, *standing),
        tuple(Unserved(drop.id, "no_capacity") for drop in day.left_out),
        cost_of(problem, [*left, *standing]),
    )
    found = solve(problem, seed=1, initial=now, iterations=iterations)
    saved = (len(found.unserved), found.cost) < (len(now.unserved), now.cost)
    kept = {lost.id for lost in found.unserved} <= {drop.id for drop in day.left_out}
    return (problem, found.trips) if saved and kept and not verify(problem, found) else None


def _table(ways: DayWays, which: int) -> Matrix:
    """Seconds (0) or metres (1) between all places of a day."""
    size = range(len(ways.places))
    return matrix([ways(a, b)[which] for b in size] for a in size)


def _as_trips(day: Day, problem: Problem) -> tuple[list[Trip], list[Trip]]:
    """The trips of the tours with their times: those that have left, and those ahead."""
    left: list[Trip] = []
    ahead: list[Trip] = []
    for tour, clocks in zip(day.tours, day.known_clocks, strict=True):
        for trip, clock in zip(tour.trips, clocks or (), strict=True):
            timed = time_trip(problem, tour.bike, trip, clock.departs)
            (left if clock.leaves < day.rules.not_before else ahead).append(timed)
    return left, ahead
