"""The tours that prove the promises of a day: what a bike would ride for one more door, or that none can be there.

``offers`` answers for many windows and writes nothing; ``hold`` answers for one, behind the lock of its day, and keeps
the tours with the new door in them. A day on which no shift is entered yet has no tours: there the window's own number
of places must do. ``dayreading`` reads the day from the rows.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from parvis.core.time import day_bounds, day_of
from parvis.delivery.actions.daykeeping import kept_days
from parvis.delivery.actions.dayreading import Day, days_of, shifts_between, trip_json
from parvis.delivery.actions.problems import Load
from parvis.delivery.models import DayTours, Delivery, Hub, Shift, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.planning import Drop, Problem, Trip, Ways
from parvis.towns.models import Town

type _Key = tuple[UUID, date]

NEW = "new"  # the id of a drop that is asked for and not booked


@dataclass(frozen=True, slots=True)
class Offer:
    """A bike can be there: ``metres`` it rides for this door alone; None where no tour says so yet."""

    metres: int | None = None


def offers(*, town: Town, windows: Collection[Window], load: Load, at: datetime) -> dict[UUID, Offer]:
    """The windows in which a bike can be at the door, by id; some may be of a neighbour whose bikes ride for this town.
    One query for all windows of a town, and some more where a row of their days has changed since somebody asked.
    """
    return {
        pk: offer
        for host, theirs in _by_host(town, windows)
        for pk, offer in _offers_of(host, theirs, load, at).items()
    }


def _offers_of(town: Town, windows: Collection[Window], load: Load, at: datetime) -> dict[UUID, Offer]:
    days = kept_days(town, windows, at)
    found = {window.pk: Offer() for window in windows}
    asked: dict[_Key, list[tuple[Window, Drop]]] = {}
    for window in windows:
        key = (window.hub_id, window.day_in(town.zone))
        if key in days:
            asked.setdefault(key, []).append((window, days[key].drop(NEW, window, load)))
    for key, wishes in asked.items():
        days[key].foresee(drop for _window, drop in wishes)
        for window, drop in wishes:
            place = days[key].best(window, drop, quickly=True)
            if place is None:
                del found[window.pk]
            else:
                found[window.pk] = Offer(place.metres)
    return found


def nobody_rides(town: Town, windows: Collection[Window], at: datetime) -> set[UUID]:
    """The windows in which nobody is on shift on a bike that counts, though the town that rides has entered shifts for
    their day: no door can be promised in them, whoever asks. One query for the windows of a town.
    """
    return {pk for host, theirs in _by_host(town, windows) for pk in _nobody_rides_of(host, theirs, at)}


def _nobody_rides_of(town: Town, windows: Collection[Window], at: datetime) -> set[UUID]:
    zone, today = town.zone, day_of(at, town.zone)
    days = [window.day_in(zone) for window in windows]
    first, last = day_bounds(min(days), zone)[0], day_bounds(max(days), zone)[1]
    entered: dict[_Key, list[Shift]] = {}
    for shift in shifts_between(town, first, last):
        entered.setdefault((shift.bike.hub_id, day_of(shift.starts_at, zone)), []).append(shift)
    return {
        window.pk
        for window in windows
        if (shifts := entered.get((window.hub_id, day := window.day_in(zone))))
        and not any(
            shift.bike.counts_on(day, today) and shift.starts_at < window.ends_at and shift.ends_at > window.starts_at
            for shift in shifts
        )
    }


def _by_host(town: Town, windows: Iterable[Window]) -> list[tuple[Town, list[Window]]]:
    """The windows of each town whose bikes ride in them."""
    found: dict[UUID, list[Window]] = {}
    for window in windows:
        found.setdefault(window.town_id, []).append(window)
    others = Town.objects.defer("backdrop").in_bulk(found.keys() - {town.pk})
    return [(others.get(host, town), theirs) for host, theirs in found.items()]


def hold(*, delivery: Delivery, window: Window, load: Load, at: datetime) -> bool:
    """Keep a place for a delivery in its window; False when no bike can be there. Call it behind the window's lock.

    The row of the day is locked until the transaction ends, so that two buyers cannot take the last place between them.
    """
    town, day = delivery.town, window.day_in(delivery.town.zone)
    kept, is_new = DayTours.objects.get_or_create(hub_id=window.hub_id, day=day, defaults={"town": town})
    kept = DayTours.objects.select_for_update().get(pk=kept.pk)
    found = days_of(town, [window], at, known={(window.hub_id, day): kept}, without=delivery.pk)
    here = found.get((window.hub_id, day))
    if here is None:
        return True
    drop = here.drop(str(delivery.pk), window, load)
    place = here.best(window, drop)
    if place is None:
        return False
    here.add(place, drop)
    kept.tours, kept.changed_at = here.to_json(), at
    if is_new:
        kept.conditions = here.ways.streets.conditions.mark
    kept.save(update_fields=["tours", "changed_at", "conditions"])
    return True


def take_over(*, hub: Hub, day: date, problem: Problem, trips: Iterable[Trip], conditions: str, at: datetime) -> None:
    """The tours of a plan become those that the next promise is asked of.

    A plan may be bolder than a promise: it has seen the bags come in, and may use a window to its last minute. Where it
    would not stand by the rules of promises, the tours on record stay: they prove all that was promised.
    """
    kept = DayTours(hub=hub, day=day, town=hub.town, tours=tours_json(problem, trips))
    zone = hub.town.zone
    found = recorded(kept, day_bounds(day, zone)[0], today=day_of(at, zone))
    if found is not None and found.stood:
        values = {"tours": kept.tours, "town": hub.town, "conditions": conditions}
        DayTours.objects.update_or_create(hub=hub, day=day, defaults=values)


def recorded(kept: DayTours, at: datetime, *, fresh: bool = False, today: date | None = None) -> Day | None:
    """The day of one record, put right from the rows; None where no shift is entered. With ``fresh``, all ways are
    asked anew where the streets have changed since: buyers do not wait for that, the planner does.
    """
    town, key = kept.hub.town, (kept.hub_id, kept.day)
    windows = Window.objects.filter(of_days(kept.day, kept.day, town.zone), town=town, hub=kept.hub_id)
    return days_of(town, windows, at, known={key: kept}, fresh=fresh, today=today).get(key)


def tours_json(problem: Problem, trips: Iterable[Trip]) -> dict[str, list[dict[str, Any]]]:
    """The trips of a plan by shift, with the ways between their stops."""
    tours: dict[str, list[dict[str, Any]]] = {bike.id: [] for bike in problem.bikes}
    for trip in sorted(trips, key=lambda trip: trip.departs):
        drops = [problem.drop[id] for id in trip.drop_ids]
        tours.setdefault(trip.bike_id, []).append(trip_json(drops, _ways_of(problem, trip)))
    return tours


def _ways_of(problem: Problem, trip: Trip) -> Ways:
    """The ways of the bike of a trip."""
    bike = problem.bike.get(trip.bike_id)
    seconds, metres = problem.ways[bike.profile if bike else ""]
    return lambda here, there: (seconds[here][there], metres[here][there])
