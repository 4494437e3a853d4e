"""Good plans made bad in one way, each with the rule that it then breaks: what ``parvis bench verifier`` asks about.

One act damages a plan: a stop is put on a full bike, a trip rides into the break, two doors are swapped. Everything the
act does not touch is told anew as an honest planner would tell it (loads, metres, cost), so that a sum which no longer
agrees gives nothing away. That the rule named is broken follows from what was done; the verifier is not asked.

Times are whole seconds from local midnight, distances metres.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from parvis.config.plan_case import Case
from parvis.delivery.planning import Bike, Drop, Plan, Problem, Stop, Trip, Unserved

type Damage = Callable[[Case], Plan | None]
"""The plan damaged, or None where this plan cannot be damaged so."""


def moved(trip: Trip, seconds: int) -> Trip | None:
    """The trip at another time; None before midnight."""
    if trip.departs + seconds < 0:
        return None
    stops = tuple(
        replace(stop, arrive=stop.arrive + seconds, start=stop.start + seconds, leave=stop.leave + seconds)
        for stop in trip.stops
    )
    return replace(trip, departs=trip.departs + seconds, returns=trip.returns + seconds, stops=stops)


def _with_moved(case: Case, trip: Trip, seconds: int) -> Plan | None:
    other = moved(trip, seconds)
    return None if other is None else case.instead(trip, other)


def _heaped(size: Callable[[Drop], int], limit: Callable[[Bike], int | None]) -> Damage:
    """Stops of other trips are put at the end of one, until it is more than its bike may carry."""

    def damage(case: Case) -> Plan | None:
        for trip in case.trips():
            most = limit(case.bike(trip))
            if most is None:
                continue
            kept = {other: list(other.stops) for other in case.trips() if other is not trip}
            heap, load = trip, sum(size(drop) for drop in case.problem.drops_of(trip))
            for other in kept:
                for stop in other.stops:
                    if load <= most and size(drop := case.problem.drop_of(stop)):
                        heap, load = _appended(case, heap, drop), load + size(drop)
                        kept[other].remove(stop)
            if load > most:
                trips = [case.told(other, *stops) for other, stops in kept.items() if stops]
                return case.with_trips([*case.problem.fixed, *trips, heap])
        return None

    return damage


def _appended(case: Case, trip: Trip, drop: Drop) -> Trip:
    """The trip with one more door at its end, as soon as it can be there."""
    bike, last = case.bike(trip), trip.stops[-1]
    arrive = last.leave + case.seconds(bike, case.problem.drop_of(last).location, drop.location)
    start = max(arrive, drop.earliest)
    leave = start + drop.service_seconds
    home = leave + case.seconds(bike, drop.location, 0)
    return case.told(replace(trip, returns=home), *trip.stops, Stop(drop.id, arrive, start, leave, drop.option))


def _misstated(**change: int) -> Damage:
    """A number that the trip states is wrong by a little; the rest agrees."""

    def damage(case: Case) -> Plan | None:
        for trip in case.trips():
            return case.instead(trip, replace(trip, **{name: getattr(trip, name) + by for name, by in change.items()}))
        return None

    return damage


def _late(case: Case) -> Plan | None:
    """Service begins a second after the window; all that follows is as much later."""
    for trip, at, stop, drop in case.stops():
        by = drop.latest + 1 - stop.start
        after = [replace(s, arrive=s.arrive + by, start=s.start + by, leave=s.leave + by) for s in trip.stops[at + 1 :]]
        held = replace(stop, start=stop.start + by, leave=stop.leave + by)
        return case.instead(trip, replace(trip, stops=(*trip.stops[:at], held, *after), returns=trip.returns + by))
    return None


def _early(case: Case) -> Plan | None:
    """The whole trip is as much sooner as it takes to ring before the window."""
    for trip, _at, stop, drop in case.stops():
        if plan := _with_moved(case, trip, drop.earliest - 1 - stop.start):
            return plan
    return None


def _swapped(case: Case) -> Plan | None:
    """Two doors change places, and the times stay: the bike would have to fly to the first of them."""
    for trip, at, stop, drop in case.stops():
        if at + 1 == len(trip.stops):
            continue
        then = trip.stops[at + 1]
        here = case.problem.drop_of(trip.stops[at - 1]).location if at else 0
        left = trip.stops[at - 1].leave if at else trip.departs
        if left + case.seconds(case.bike(trip), here, case.problem.drop_of(then).location) <= stop.arrive:
            continue
        first = replace(stop, drop_id=then.drop_id, option=then.option)
        second = replace(then, drop_id=drop.id, option=drop.option)
        return case.instead(trip, case.told(trip, *trip.stops[:at], first, second, *trip.stops[at + 2 :]))
    return None


def _unready(case: Case) -> Plan | None:
    """The bike has left a second before the last bag of a door is there; it rides the more slowly."""
    for trip, _at, _stop, drop in case.stops():
        if drop.ready_at > 0:
            return case.instead(trip, replace(trip, departs=drop.ready_at - 1))
    return None


def _handed(over: Callable[[Bike, Sequence[Trip]], bool]) -> Damage:
    """Trips of other bikes are ridden by one, their times as they were, until it is more than that one can."""

    def damage(case: Case) -> Plan | None:
        for bike in case.problem.bikes:
            trips = list(case.plan.trips)
            for trip in case.trips():
                if trip.bike_id != bike.id:
                    trips[trips.index(trip)] = case.told(trip, by=bike.id)
                if over(bike, [one for one in trips if one.bike_id == bike.id]):
                    return case.with_trips(trips)
        return None

    return damage


def _is_too_far(bike: Bike, trips: Sequence[Trip]) -> bool:
    """Further than the battery lasts, with all that the breaks charge."""
    lasts = bike.range_metres
    charged = sum(rest.metres for rest in bike.rests)
    return lasts is not None and sum(trip.metres for trip in trips) > lasts + charged


def _is_too_often(bike: Bike, trips: Sequence[Trip]) -> bool:
    return bike.max_trips is not None and len(trips) > bike.max_trips


def _too_long(case: Case) -> Plan | None:
    """The last trip of a rider who may be out for so long is later than that."""
    for trip in case.trips():
        bike = case.bike(trip)
        own = sorted((one for one in case.plan.trips if one.bike_id == bike.id), key=lambda one: one.departs)
        if bike.max_seconds is not None and len(own) > 1 and trip is own[-1]:
            return _with_moved(case, trip, own[0].departs + bike.max_seconds + 1 - trip.returns)
    return None


def _at_rest(case: Case) -> Plan | None:
    """A trip is still out when a break begins, or out before it ends."""
    for trip in case.trips():
        for rest in case.bike(trip).rests:
            into = case.chance.choice((rest.start + 1 - trip.returns, rest.end - 1 - trip.departs))
            if plan := _with_moved(case, trip, into):
                return plan
    return None


def _behind(gap: Callable[[Problem], int]) -> Damage:
    """A trip leaves so many seconds after the bike came home from the one before."""

    def damage(case: Case) -> Plan | None:
        for trip in case.trips():
            before = [one for one in case.plan.trips if one.bike_id == trip.bike_id and one.departs < trip.departs]
            if before:
                last = max(before, key=lambda one: one.departs)
                if last.returns - last.departs > 1:
                    return _with_moved(case, trip, last.returns + gap(case.problem) - trip.departs)
        return None

    return damage


def _before_shift(case: Case) -> Plan | None:
    for trip in case.trips():
        return _with_moved(case, trip, case.bike(trip).shift_start - 1 - trip.departs)
    return None


def _after_shift(case: Case) -> Plan | None:
    for trip in case.trips():
        return _with_moved(case, trip, case.bike(trip).shift_end + 1 - trip.returns)
    return None


def _in_the_past(case: Case) -> Plan | None:
    for trip in case.trips() if case.problem.not_before else []:
        return _with_moved(case, trip, case.problem.not_before - 1 - trip.departs)
    return None


def _fixed_moved(case: Case) -> Plan | None:
    """What the dispatcher has locked, or what is on the road, is a second later."""
    for trip in case.problem.fixed:
        return _with_moved(case, trip, 1)
    return None


def _unable(case: Case) -> Plan | None:
    """A trip is given to a bike that cannot do what one of its doors asks for."""
    for trip, _at, _stop, drop in case.stops():
        for bike in case.problem.bikes:
            if set(drop.needs) - set(bike.skills):
                return case.instead(trip, case.told(trip, by=bike.id))
    return None


def _slower(case: Case) -> Plan | None:
    """A trip is given to a bike that is slower, at the times of the one that had it."""
    for trip, at, stop, drop in case.stops():
        left = trip.stops[at - 1].leave if at else trip.departs
        here = case.problem.drop_of(trip.stops[at - 1]).location if at else 0
        for bike in case.problem.bikes:
            if left + case.seconds(bike, here, drop.location) > stop.arrive:
                return case.instead(trip, case.told(trip, by=bike.id))
    return None


def _warm(case: Case) -> Plan | None:
    """What must stay cold left the hub a second too long before its door."""
    for trip, _at, stop, drop in case.stops():
        if drop.max_aboard is not None and stop.start > drop.max_aboard:
            return case.instead(trip, replace(trip, departs=stop.start - drop.max_aboard - 1))
    return None


def _hurried(case: Case) -> Plan | None:
    for trip, at, stop, drop in case.stops():
        if drop.service_seconds and stop.leave == stop.start + drop.service_seconds:
            quick = replace(stop, leave=stop.leave - 1)
            return case.instead(trip, replace(trip, stops=(*trip.stops[:at], quick, *trip.stops[at + 1 :])))
    return None


def _home_too_soon(case: Case) -> Plan | None:
    for trip in case.trips():
        last = trip.stops[-1]
        home = last.leave + case.seconds(case.bike(trip), case.problem.drop_of(last).location, 0)
        return case.instead(trip, replace(trip, returns=home - 1)) if home > last.leave else None
    return None


def _by_way(id: str) -> Damage:
    """A stop takes a way that its drop does not have, or has no longer."""

    def damage(case: Case) -> Plan | None:
        for trip, at, stop, drop in case.stops():
            bound = case.problem.drop[drop.id].bound
            if id or (bound is not None and bound != id):
                other = replace(stop, option=id)
                return case.instead(trip, replace(trip, stops=(*trip.stops[:at], other, *trip.stops[at + 1 :])))
        return None

    return damage


def _lost(case: Case) -> Plan | None:
    for trip, at, _stop, _drop in case.stops():
        return case.instead(trip, *case.without(trip, at))
    return None


def _renamed(case: Case) -> Plan | None:
    for trip, at, stop, _drop in case.stops():
        other = replace(stop, drop_id="nobody's")
        return case.instead(trip, replace(trip, stops=(*trip.stops[:at], other, *trip.stops[at + 1 :])))
    return None


def _twice(case: Case) -> Plan | None:
    """A door is served by two trips, or twice by one."""
    for _trip, _at, _stop, drop in case.stops():
        for other in case.trips():
            return case.instead(other, _appended(case, other, drop))
    return None


def _left_too(times: int, also_served: bool) -> Damage:
    """A drop is said to be left out, though it is served; or it is left out, and said so twice."""

    def damage(case: Case) -> Plan | None:
        for trip, at, _stop, drop in case.stops():
            plan = case.plan if also_served else case.instead(trip, *case.without(trip, at))
            return replace(plan, unserved=(*plan.unserved, *[Unserved(drop.id, "no_capacity")] * times))
        return None

    return damage


def _strange_left(case: Case) -> Plan | None:
    return replace(case.plan, unserved=(*case.plan.unserved, Unserved("nobody's", "no_capacity")))


def _on_no_bike(case: Case) -> Plan | None:
    for trip in case.trips():
        return case.instead(trip, replace(trip, bike_id="gone"))
    return None


def _dear(by: int) -> Damage:
    return lambda case: replace(case.plan, cost=case.plan.cost + by)


DAMAGES: Mapping[str, tuple[str, Damage]] = {
    "load: too heavy": ("overload_grams", _heaped(lambda d: d.grams, lambda b: b.max_grams)),
    "load: too bulky": ("overload_millilitres", _heaped(lambda d: d.millilitres, lambda b: b.max_millilitres)),
    "load: too many crates": ("overload_crates", _heaped(lambda d: d.crates, lambda b: b.max_crates)),
    "load: too many cold crates": ("overload_cold", _heaped(lambda d: d.cold_crates, lambda b: b.max_cold_crates)),
    "load: grams misstated": ("load", _misstated(load_grams=1)),
    "load: crates misstated": ("load", _misstated(load_crates=1)),
    "window: too late": ("late", _late),
    "window: too early": ("early", _early),
    "order: two doors swapped": ("impossible_ride", _swapped),
    "order: one trip before the other is home": ("overlap", _behind(lambda problem: -1)),
    "release: gone before the bags are there": ("not_ready", _unready),
    "release: too warm": ("too_long_aboard", _warm),
    "range: further than the battery lasts": ("over_range", _handed(_is_too_far)),
    "break: on the road in it": ("in_rest", _at_rest),
    "shift: before it": ("before_shift", _before_shift),
    "shift: after it": ("after_shift", _after_shift),
    "shift: too many trips": ("too_many_trips", _handed(_is_too_often)),
    "shift: out for too long": ("too_long", _too_long),
    "hub: no time to load": ("no_reload", _behind(lambda problem: problem.reload_seconds - 1)),
    "bike: cannot do it": ("unskilled", _unable),
    "bike: too slow": ("impossible_ride", _slower),
    "bike: not there": ("unknown_bike", _on_no_bike),
    "clock: served too briefly": ("short_service", _hurried),
    "clock: home too soon": ("impossible_return", _home_too_soon),
    "clock: in the past": ("before_now", _in_the_past),
    "sums: metres": ("metres", _misstated(metres=-1)),
    "sums: cost": ("cost", _dear(1)),
    "drops: one lost": ("lost", _lost),
    "drops: a stranger served": ("unknown_drop", _renamed),
    "drops: a stranger left out": ("unknown_drop", _strange_left),
    "drops: one served twice": ("served_twice", _twice),
    "drops: served and left out": ("served_and_unserved", _left_too(1, also_served=True)),
    "drops: left out twice": ("unserved_twice", _left_too(2, also_served=False)),
    "ways: one nobody knows": ("unknown_option", _by_way("nobody's")),
    "ways: one no longer free": ("unknown_option", _by_way("")),
    "fixed: what is locked moves": ("fixed_changed", _fixed_moved),
}
"""What is done to a plan, and the rule it breaks then (`KINDS`)."""
