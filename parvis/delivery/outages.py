"""What a bike that is out of order means for the days after: which promises need it, and by when it must ride again.

Read as the next promise reads it (``actions.daykeeping``): a day on which the bike is expected back counts on it, on
any other its deliveries need a place on the bikes that are left. A plan of such a day is planned again by hand.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from parvis.core.time import day_bounds, day_of
from parvis.delivery.actions.daykeeping import kept_days
from parvis.delivery.actions.dayreading import Day
from parvis.delivery.models import Bike, Hub, Plan, Round, Shift, Window
from parvis.delivery.models.promises import of_days

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DayWithout:
    """One day on which a bike should ride, and does not or may not."""

    day: date
    counted: bool  # it is expected back by then, and promises count on it
    deliveries: int  # that it brings where it is counted; else: for which no other bike has a sure place
    rounds: int  # that the newest plan of the day rides on it
    replanned: bool  # a draft without it waits to be published
    needed_at: datetime | None  # by when it must ride again; None where nothing needs it

    @property
    def to_plan(self) -> bool:
        """The plan of the day rides a bike that will not be there."""
        return bool(self.rounds) and not self.counted


@dataclass(frozen=True, slots=True)
class Outage:
    """A broken bike, and the coming days that something of depends on it."""

    bike: Bike
    days: Sequence[DayWithout]

    @property
    def needed_at(self) -> datetime | None:
        """By when it must ride again, if nothing of what is promised shall fail."""
        return min((one.needed_at for one in self.days if one.needed_at), default=None)


def outages(hub: Hub, working: date, at: datetime) -> list[Outage]:
    """The broken bikes of a hub by name, with the days after the ``working`` one. One query where all ride; else four,
    and those of the days that have changed since somebody asked.
    """
    broken = list(Bike.objects.filter(hub=hub, broken_at__isnull=False).order_by("name"))
    if not broken:
        return []
    shifts = _shifts(hub, broken, working)
    days = {day for _bike, day in shifts}
    windows = _windows(hub, days)
    read, plans = kept_days(hub.town, windows, at), _Plans(hub, days)
    due = {window.pk: window.goods_due_at for window in windows}
    today = day_of(at, hub.town.zone)
    found = []
    for bike in broken:
        bike.hub, without = hub, []
        for day in sorted(day for pk, day in shifts if pk == bike.pk):
            own, counted = shifts[bike.pk, day], bike.counts_on(day, today)
            needing = _needing(read[hub.pk, day], own, counted=counted) if (hub.pk, day) in read else []
            rounds, published = plans.newest[bike.pk, day], plans.published[bike.pk, day]
            first = min((due[window] for window in needing), default=None)
            needed_at = max(own[0].starts_at, first) if first else None
            one = DayWithout(day, counted, len(needing), rounds, bool(published) and not rounds, needed_at)
            if one.deliveries or one.rounds or one.replanned:
                without.append(one)
        found.append(Outage(bike, without))
    return found


def _shifts(hub: Hub, bikes: Sequence[Bike], working: date) -> dict[tuple[UUID, date], list[Shift]]:
    """The shifts ahead of some bikes, by bike and day."""
    zone = hub.town.zone
    start = day_bounds(working, zone)[1]
    shifts = Shift.objects.filter(bike__in=bikes, starts_at__gte=start, starts_at__lt=start + AHEAD)
    found: dict[tuple[UUID, date], list[Shift]] = {}
    for shift in shifts.order_by("starts_at", "pk"):
        found.setdefault((shift.bike_id, day_of(shift.starts_at, zone)), []).append(shift)
    return found


def _windows(hub: Hub, days: Iterable[date]) -> list[Window]:
    """The windows of some days of a hub."""
    days, zone = set(days), hub.town.zone
    if not days:
        return []
    found = Window.objects.filter(of_days(min(days), max(days), zone), hub=hub)
    return [window for window in found if window.day_in(zone) in days]


def _needing(day: Day, shifts: Sequence[Shift], *, counted: bool) -> list[UUID]:
    """The window of each delivery that needs the bike of these shifts, as its day is promised now."""
    if not counted:
        return [day.windows[drop.id] for drop in day.left_out]
    own = {str(shift.pk) for shift in shifts}
    ridden = [drop.id for tour in day.tours if tour.bike.id in own for trip in tour.trips for drop in trip]
    return [day.windows[id] for id in ridden]


class _Plans:
    """How many rounds of the bikes the newest plan of each day has, and the plan that riders see; one query."""

    def __init__(self, hub: Hub, days: Iterable[date]) -> None:
        self.newest: Counter[tuple[UUID, date]] = Counter()
        self.published: Counter[tuple[UUID, date]] = Counter()
        alive = [Plan.State.DRAFT, Plan.State.PUBLISHED]
        plans = list(
            Plan.objects.filter(hub=hub, day__in=set(days), state__in=alive).values_list(
                "pk", "day", "version", "state"
            )
        )
        versions = {day: version for _pk, day, version, _state in sorted(plans, key=lambda row: row[2])}
        rounds = Round.objects.filter(plan__in=[row[0] for row in plans], left_at=None)
        for bike, day, version, state in rounds.values_list("bike", "plan__day", "plan__version", "plan__state"):
            self.newest[bike, day] += version == versions[day]
            self.published[bike, day] += state == Plan.State.PUBLISHED
