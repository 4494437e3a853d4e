"""The days of hubs that towns share, read from the rows: what each cost, whom it served, who bears what.

A fixed number of queries for each host, however many days; one query for a town that shares nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, Sum

from parvis.core.geo import distance_m
from parvis.core.time import day_bounds, day_of
from parvis.delivery.costs import cost_of_day
from parvis.delivery.dayfigures import Told, told_of
from parvis.delivery.models import Agreement, Delivery, Plan, Round, RunningCosts, SharedHub, Shift
from parvis.delivery.models.costs import rates_on
from parvis.delivery.shares import HubDay, Ridden, SharedDay
from parvis.towns.models import Town


def shared_days(town: Town, first: date, last: date, at: datetime) -> list[SharedDay]:
    """Every day of a hub on which the town is host or guest of an agreement, from ``first`` to ``last``, in order."""
    mine = SharedHub.objects.between(first, last).filter(Q(town=town) | Q(agreement__guest=town))
    hosts = {one.town_id for one in mine}
    found = []
    for host in Town.objects.defer("backdrop").filter(pk__in=hosts).order_by("pk"):
        found += _days_of(host, first, last, at)
    return [day for day in found if town.pk in (day.host, *day.guests)]


def _days_of(host: Town, first: date, last: date, at: datetime) -> list[SharedDay]:
    """All shared days of a host, whoever its guests are: each bears its part of the same whole."""
    held: dict[HubDay, list[Agreement]] = defaultdict(list)
    for one in SharedHub.objects.between(first, last).filter(town=host).order_by("agreement__signed_at", "pk"):
        one.agreement.town = host
        for number in range((last - first).days + 1):
            if one.agreement.holds_on(day := first + timedelta(days=number)):
                held[one.hub_id, day].append(one.agreement)
    told = told_of(Delivery.objects.counted().filter(town=host), host.zone, first, last, at)
    drops = _drops(told)
    ridden, paid = _ridden(host, held, first, last), _paid(host, held, first, last)
    rows = list(RunningCosts.objects.of(host))
    days = []
    for key in sorted(held, key=lambda key: (key[1], key[0])):
        if key not in ridden and key not in paid and key not in drops:
            continue
        seconds, bikes = paid.get(key, (0, 0))
        went, served = ridden.get(key, Ridden()), drops.get(key, {})
        cost = cost_of_day(
            rates_on(rows, key[1]),
            rider_seconds=seconds,
            bikes=bikes,
            metres=sum(went.out.values()),
            drops=sum(served.values()),
        )
        days.append(_day(host, key, held[key], cost=cost, drops=served, ridden=went, staffed=seconds > 0))
    return days


def _day(host: Town, key: HubDay, agreements: list[Agreement], **found: Any) -> SharedDay:
    """By the one rule that the agreements of a hub have at a time."""
    fixed = agreements[0].rule == Agreement.Rule.PERCENT
    return SharedDay(
        host=host.pk,
        hub=key[0],
        day=key[1],
        guests=tuple(one.guest_id for one in agreements),
        by_metres=agreements[0].rule == Agreement.Rule.METRES,
        percents={one.guest_id: one.guest_percent or 0 for one in agreements} if fixed else None,
        **found,
    )


def planned_metres(town: Town, day: date) -> tuple[int | None, str]:
    """Metres of the published plans of a day for a town's own buyers, and how ways were reckoned; (None, "") without.

    Of rounds that serve several towns each has what its doors have of the way, as in what the day costs.
    """
    hubs = SharedHub.objects.between(day, day).filter(Q(town=town) | Q(agreement__guest=town))
    hubs = hubs.select_related("agreement__town").defer("agreement__town__backdrop")
    shared = [one for one in hubs if one.agreement.holds_on(day)]
    hosts = {town.pk, *(one.town_id for one in shared)}
    rounds = Round.objects.filter(town__in=hosts, plan__state=Plan.State.PUBLISHED, plan__day=day)
    if not shared:
        found = rounds.aggregate(metres=Sum("metres"), streets=Min("plan__streets"))
        return found["metres"], found["streets"] or ""
    ridden, streets = Ridden(), set[str]()
    rows = rounds.order_by("pk").select_related("plan__hub").prefetch_related("stops__delivery")
    for round_ in rows.defer("geometry", "plan__problem", "plan__solution"):
        doors = _doors(round_)
        if town.pk in {round_.town_id, *(buyers for buyers, _away in doors)}:
            ridden.add(round_.metres, round_.back_at is not None, doors, round_.town_id)
            streets.add(round_.plan.streets)
    return (ridden.out.get(town.pk, 0), min(streets)) if streets else (None, "")


def _doors(round_: Round) -> list[tuple[UUID, int]]:
    """The doors of a round with its plan, hub and stops: of which town each is, how far from the hub."""
    hub, stops = round_.plan.hub, [stop.delivery for stop in round_.stops.all()]
    return [(one.buyers_town_id, one.away_metres or round(distance_m(hub.point, one.point))) for one in stops]


def _drops(told: Iterable[Told]) -> dict[HubDay, Mapping[UUID, int]]:
    """The deliveries at whose door a bike was, by hub, day and town."""
    found: dict[HubDay, Counter[UUID]] = defaultdict(Counter)
    for one in told:
        if one.attempts:
            found[one.hub, one.day][one.buyers_town] += 1
    return dict(found)


def _ridden(host: Town, held: Iterable[HubDay], first: date, last: date) -> dict[HubDay, Ridden]:
    """The rounds of the published plans that left, with what each town's doors have of them."""
    wanted = set(held)
    rounds = Round.objects.filter(
        town=host, plan__state=Plan.State.PUBLISHED, plan__day__gte=first, plan__day__lte=last, left_at__isnull=False
    )
    found: dict[HubDay, Ridden] = defaultdict(Ridden)
    rows = rounds.order_by("plan__day", "pk").select_related("plan__hub").prefetch_related("stops__delivery")
    for round_ in rows.defer("geometry", "plan__problem", "plan__solution"):
        hub = round_.plan.hub
        if (key := (hub.pk, round_.plan.day)) in wanted:
            found[key].add(round_.metres, round_.back_at is not None, _doors(round_), host.pk)
    return dict(found)


def _paid(host: Town, held: Iterable[HubDay], first: date, last: date) -> dict[HubDay, tuple[int, int]]:
    """Seconds of shifts and bikes on shift."""
    wanted = set(held)
    start, end = day_bounds(first, host.zone)[0], day_bounds(last, host.zone)[1]
    shifts = Shift.objects.filter(town=host, starts_at__gte=start, starts_at__lt=end)
    seconds: dict[HubDay, int] = defaultdict(int)
    bikes: dict[HubDay, set[UUID]] = defaultdict(set)
    for bike, hub, starts_at, ends_at in shifts.values_list("bike_id", "bike__hub", "starts_at", "ends_at"):
        if (key := (hub, day_of(starts_at, host.zone))) in wanted:
            seconds[key] += round((ends_at - starts_at).total_seconds())
            bikes[key].add(bike)
    return {key: (seconds[key], len(bikes[key])) for key in seconds}
