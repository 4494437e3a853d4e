"""The rows of a day, as a problem of the pure planning room."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from django.db.models import F, Sum

from parvis.core.geo import Point
from parvis.core.time import day_bounds, day_of, seconds_into
from parvis.delivery.actions.straight import knows, shops_of, straights, with_straights
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.actions.suiting import with_place_in_second, with_second_window
from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.kinds import kind_of, profile_of
from parvis.delivery.models import Bag, BagEvent, Delivery, Hub, Plan, Round, Shift, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.planning import Bike, Drop, Matrix, Problem, Profile, Rest, matrix
from parvis.delivery.sizes import MILLILITRES_FILLED, crates_for
from parvis.delivery.skills import together
from parvis.delivery.states import BagState, DeliveryState

AWAITED_SLACK = timedelta(minutes=15)  # bags that should be here and are not: they come in a quarter of an hour
LEAD = timedelta(minutes=5)  # to look at a plan, publish it and load the first bike
DOOR_MARGIN = timedelta(minutes=5)  # kept free at the end of a window, so that small delays break no promise

_HERE = {BagState.AT_HUB, BagState.PACKED}
_ENDED = {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be brought to a door: where, how much, how long handing over takes."""

    point: Point
    grams: int
    millilitres: int
    service_seconds: int = 180
    cold_millilitres: int = 0  # of them, what must be kept cold
    needs: tuple[str, ...] = ()  # what it asks of a bike


class Carried(Protocol):
    """A bag, or what will be one."""

    @property
    def grams(self) -> int: ...

    @property
    def millilitres(self) -> int: ...

    @property
    def temperature(self) -> str: ...

    @property
    def needs(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class ProblemInput:
    """A problem, with what its ids and indexes stand for.

    Drop ids are keys of ``deliveries``, bike ids keys of ``shifts``, times count from ``midnight`` (UTC) of the
    town's day. ``nothing_to_carry`` are deliveries of the day without a bag left to bring.
    """

    problem: Problem
    midnight: datetime
    streets: StreetNetwork
    deliveries: dict[str, Delivery]
    shifts: dict[str, Shift]
    nothing_to_carry: tuple[Delivery, ...]


def build_problem(
    *,
    hub: Hub,
    day: date,
    at: datetime,
    lead: timedelta = LEAD,
    door_margin: timedelta = DOOR_MARGIN,
    known: Problem | None = None,
    known_conditions: str = "",
    riding: Collection[str] = (),
    with_broken: bool = False,
) -> ProblemInput:
    """What is to be planned on the town's ``day`` as things stand at ``at``.

    Bikes are the shifts of the day (those on bikes that do not count only if ``with_broken``); drops are the deliveries
    of the day that have not ended, and those in ``riding`` whatever their state. No trip departs before ``at`` +
    ``lead``. The ways of ``known``, an earlier problem of the same day, are used again if it has all drops
    and nothing has changed on the streets (``known_conditions``). What may be fetched at its shop has that way too.
    """
    midnight = day_bounds(day, hub.town.zone)[0]
    shifts = {str(shift.pk): shift for shift in shifts_of(hub, day, None if with_broken else at)}
    carried, empty = [], []
    for delivery in deliveries_of(hub, day):
        if str(delivery.pk) not in riding and delivery.state in _ENDED:
            continue
        ready = ready_moment(delivery, at=at, promised=_promised(known, delivery, midnight))
        if ready is None and str(delivery.pk) not in riding:
            empty.append(delivery)
        else:
            carried.append((delivery, ready or at))
    ridden = ridden_lately(hub, day)
    streets = streets_on(hub, day)
    same = known if known_conditions == streets.conditions.mark else None
    profiles = {profile_of(shift.bike.kind) for shift in shifts.values()}
    straight = straights(hub, day, [delivery for delivery, _ready in carried], at)
    same = same if same is None or knows(same, straight) else None
    places, shops, ways = _ways(
        hub, [delivery for delivery, _ready in carried], same, streets, profiles, shops_of(straight)
    )
    either = with_place_in_second(delivery for delivery, _ready in carried)
    problem = Problem(
        bikes=tuple(as_bike(shift, midnight, ridden.get(shift.rider_id, 0)) for shift in shifts.values()),
        drops=tuple(
            (_either_window if delivery.pk in either else as_drop)(
                delivery, places[str(delivery.pk)], ready, midnight, door_margin, hub.cold_minutes
            )
            for delivery, ready in carried
        ),
        durations=ways[""].durations,
        distances=ways[""].distances,
        profiles=tuple(Profile(name, *ways[name]) for name in sorted(profiles - {""})),
        not_before=max(0, seconds_into(at + lead, midnight)),
    )
    if straight:
        reused = same if shops is None else None
        problem = with_straights(problem, straight, shops or {}, midnight, hub, reused)
    return ProblemInput(
        problem=problem,
        midnight=midnight,
        streets=streets,
        deliveries={str(delivery.pk): delivery for delivery, _ready in carried},
        shifts=shifts,
        nothing_to_carry=tuple(empty),
    )


def deliveries_of(hub: Hub, day: date) -> list[Delivery]:
    """The deliveries expected in all windows of the day, with their story, oldest first."""
    return list(
        Delivery.objects.expected()
        .filter(of_days(day, day, hub.town.zone, "window__"), town=hub.town_id, window__hub=hub)
        .select_related("window", "also")
        .prefetch_related("bags__events", "events")
        .order_by("pk")
    )


def shifts_of(hub: Hub, day: date, at: datetime | None = None) -> list[Shift]:
    """The shifts that start on the day, with bike and rider, in a fixed order; with ``at``, only those on bikes that
    count then for that day.
    """
    start, end = day_bounds(day, hub.town.zone)
    shifts = Shift.objects.filter(
        town=hub.town_id, bike__hub=hub, starts_at__gte=start, starts_at__lt=end
    ).select_related("bike", "rider")
    found = shifts.order_by("bike__name", "starts_at", "pk")
    today = day_of(at, hub.town.zone) if at else None
    return [shift for shift in found if today is None or shift.bike.counts_on(day, today)]


def ridden_lately(hub: Hub, day: date) -> dict[UUID, int]:
    """Seconds that each rider was out in the week before ``day``, by published rounds that left."""
    rounds = Round.objects.filter(
        town=hub.town_id,
        plan__hub=hub,
        plan__state=Plan.State.PUBLISHED,
        plan__day__gte=day - timedelta(days=7),
        plan__day__lt=day,
        rider__isnull=False,
        left_at__isnull=False,
    )
    out = rounds.values("rider").annotate(out=Sum(F("returns_at") - F("departs_at")))
    return {row["rider"]: max(0, int(row["out"].total_seconds())) for row in out}


def ready_moment(delivery: Delivery, *, at: datetime, promised: datetime | None = None) -> datetime | None:
    """When a bike may leave with the delivery; None when there is nothing to carry.

    All bags here: since the last one was scanned. Bags awaited: when goods are due, or a little after ``at``
    if that has passed. Bags on a bike that will not bring them: at ``promised`` or a little after ``at``.
    """
    bags = [(bag, bag.state) for bag in delivery.live_bags()]
    bags = [(bag, state) for bag, state in bags if state != BagState.MISSING]
    if not bags:
        return None
    if all(state in _HERE for _bag, state in bags):
        arrivals = (BagEvent.Kind.AT_HUB, BagEvent.Kind.RETURNED)
        moments = [event.at for bag, _s in bags for event in bag.events.all() if event.kind in arrivals]
        return max(moments, default=at)
    soon = at + AWAITED_SLACK
    if any(state in {BagState.LOADED, BagState.DELIVERED} for _bag, state in bags):
        return promised if promised and promised >= at else soon
    return max(delivery.window.goods_due_at, soon)


def _promised(known: Problem | None, delivery: Delivery, midnight: datetime) -> datetime | None:
    """When the earlier problem expected the bags."""
    drop = known.drop.get(str(delivery.pk)) if known else None
    return midnight + timedelta(seconds=drop.ready_at) if drop else None


def bags_here(delivery: Delivery) -> bool:
    """Whether everything that will still come is at the hub."""
    states = {bag.state for bag in delivery.live_bags()} - {BagState.MISSING}
    return bool(states) and states <= _HERE


def as_bike(shift: Shift, midnight: datetime, ridden_seconds: int = 0) -> Bike:
    """A shift as the planning room sees it: a bike with a rider, from one moment to another, with a break."""
    start = max(0, seconds_into(shift.starts_at, midnight))
    end = max(start + 1, seconds_into(shift.ends_at, midnight))
    return Bike(
        id=str(shift.pk),
        max_grams=shift.bike.max_grams,
        max_millilitres=int(shift.bike.max_millilitres * MILLILITRES_FILLED),
        max_crates=shift.bike.max_crates,
        max_cold_crates=shift.bike.cold_crates,
        shift_start=start,
        shift_end=end,
        range_metres=shift.bike.range_metres,
        speed_percent=min(1000, max(10, shift.bike.speed_percent)),
        skills=tuple(shift.bike.skills),
        profile=profile_of(shift.bike.kind),
        rests=_rests(shift, midnight),
        ridden_seconds=ridden_seconds,
    )


def _rests(shift: Shift, midnight: datetime) -> tuple[Rest, ...]:
    """The break of the shift, in which the bike charges if it can."""
    if shift.break_starts_at is None or shift.break_ends_at is None or shift.break_starts_at < midnight:
        return ()
    bike, metres = shift.bike, 0
    if bike.range_metres and bike.charge_minutes:
        metres = min(bike.range_metres, bike.range_metres * shift.break_minutes // bike.charge_minutes)
    return (Rest(seconds_into(shift.break_starts_at, midnight), seconds_into(shift.break_ends_at, midnight), metres),)


def load_for(point: Point, bags: Iterable[Carried], service_seconds: int = 180) -> Load:
    """What some bags, booked or only asked for, are together at a door."""
    bags = list(bags)
    return Load(
        point,
        sum(bag.grams for bag in bags),
        sum(bag.millilitres for bag in bags),
        service_seconds,
        sum(bag.millilitres for bag in bags if bag.temperature != Bag.Temperature.AMBIENT),
        together(bag.needs for bag in bags),
    )


def as_drop(
    delivery: Delivery, location: int, ready: datetime, midnight: datetime, door_margin: timedelta, cold_minutes: int
) -> Drop:
    """A delivery as the planning room sees it."""
    load = load_for(delivery.point, delivery.live_bags(), delivery.service_seconds)
    return drop_of(str(delivery.pk), load, delivery.window, location, ready, midnight, door_margin, cold_minutes)


def _either_window(
    delivery: Delivery, location: int, ready: datetime, midnight: datetime, door_margin: timedelta, cold_minutes: int
) -> Drop:
    """A delivery with the second window that suits its buyer."""
    drop = as_drop(delivery, location, ready, midnight, door_margin, cold_minutes)
    assert delivery.also is not None
    load = load_for(delivery.point, delivery.live_bags(), delivery.service_seconds)
    second = drop_of(drop.id, load, delivery.also, location, ready, midnight, door_margin, cold_minutes)
    return with_second_window(drop, second)


def drop_of(
    id: str,
    load: Load,
    window: Window,
    location: int,
    ready: datetime,
    midnight: datetime,
    door_margin: timedelta,
    cold_minutes: int,
) -> Drop:
    """A load for a window, booked or only asked for, as the planning room sees it.

    Service starts inside the window and, where the window is long enough, ends ``door_margin`` before its end. What
    must stay cold has boxes of its own, and is at the door within ``cold_minutes``.
    """
    cold = crates_for(load.cold_millilitres) if load.cold_millilitres else 0
    warm = load.millilitres - load.cold_millilitres
    earliest = max(0, seconds_into(window.starts_at, midnight))
    latest = seconds_into(window.ends_at - door_margin, midnight) - load.service_seconds
    return Drop(
        id=id,
        location=location,
        grams=load.grams,
        millilitres=load.millilitres,
        crates=cold + (crates_for(warm) if warm or not cold else 0),
        cold_crates=cold,
        max_aboard=60 * cold_minutes if cold else None,
        earliest=earliest,
        latest=max(earliest, latest),
        service_seconds=load.service_seconds,
        ready_at=max(0, seconds_into(ready, midnight)),
        needs=load.needs,
    )


class _Ways(NamedTuple):
    """The matrices of one kind of bike."""

    durations: Matrix
    distances: Matrix


def _ways(
    hub: Hub,
    deliveries: Iterable[Delivery],
    known: Problem | None,
    streets: StreetNetwork,
    profiles: Collection[str],
    shops: Iterable[Point] = (),
) -> tuple[dict[str, int], dict[Point, int] | None, dict[str, _Ways]]:
    """The index of each delivery in the matrices, that of each shop (None where the ways of ``known`` are used again),
    and the matrices of all bikes ("") and of those with ways of their own, by name.
    """
    deliveries = list(deliveries)
    if known is not None and all(str(delivery.pk) in known.drop for delivery in deliveries):
        places = {str(delivery.pk): known.drop[str(delivery.pk)].location for delivery in deliveries}
        ways = {profile.name: _Ways(profile.durations, profile.distances) for profile in known.profiles}
        if set(profiles) <= {"", *ways}:
            return places, None, ways | {"": _Ways(known.durations, known.distances)}
    points: dict[Point, int] = {hub.point: 0}
    reached = {str(d.pk): streets.conditions.at(d.point, *d.hours) for d in deliveries}
    places = {id: points.setdefault(point, len(points)) for id, point in reached.items()}
    doors = {point: points.setdefault(point, len(points)) for point in shops}
    found = {name: streets.by(kind_of(name)).matrix(list(points)) for name in {"", *profiles}}
    return places, doors, {name: _Ways(matrix(ways.durations), matrix(ways.distances)) for name, ways in found.items()}
