"""When a demonstration day happens: windows around the present moment, so that the town is alive at any hour."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from parvis.core.time import day_bounds, day_of, moment
from parvis.delivery.models import Bike, Hub, Plan, Shift, Window
from parvis.demo.profiles import Profile
from parvis.people.models import Person, Role
from parvis.towns.models import Town

HALF_HOUR = timedelta(minutes=30)
LENGTH = timedelta(hours=2)
DAYS_AHEAD = 6
USUAL = (time(11), time(17))  # windows of an ordinary day, in the town's clock
CAPACITY = 40


@dataclass(frozen=True, slots=True)
class Span:
    """A window before it is a row. All moments in UTC."""

    start: datetime
    end: datetime
    closes: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Times:
    """The windows of a day seen from ``now``: what is done, what is being ridden, what is to come."""

    now: datetime
    day: date
    past: Span | None
    present: Span
    later: Span | None


def times_at(now: datetime, town: Town) -> Times:
    """Windows around ``now`` that all begin on one day of the town (close to midnight one of them is missing)."""
    begins = now - timedelta(minutes=5)
    start = begins - timedelta(minutes=begins.minute % 15, seconds=begins.second, microseconds=begins.microsecond)
    present = _span(start)
    day = day_of(start, town.zone)
    past, later = _span(start - LENGTH - HALF_HOUR), _span(present.end + HALF_HOUR)
    return Times(
        now=now,
        day=day,
        past=past if day_of(past.start, town.zone) == day else None,
        present=present,
        later=later if day_of(later.start, town.zone) == day else None,
    )


def _span(start: datetime) -> Span:
    return Span(start, start + LENGTH, start - 2 * HALF_HOUR, start - HALF_HOUR)


def evening(day: date, town: Town) -> Span:
    """The usual evening window of a day, as it was offered."""
    start = moment(day, USUAL[1], town.zone)
    return Span(start, start + LENGTH, start - timedelta(hours=2), start - timedelta(hours=1))


def window_row(hub: Hub, span: Span) -> Window:
    """The row of a window, made if nobody has."""
    row, _ = Window.objects.get_or_create(
        hub=hub,
        starts_at=span.start,
        defaults={
            "town": hub.town,
            "ends_at": span.end,
            "closes_at": span.closes,
            "goods_due_at": span.due,
            "capacity": CAPACITY,
        },
    )
    return row


def open_days(hub: Hub, now: datetime) -> None:
    """Two windows on each of the next days, and what is left of today's."""
    today = day_of(now, hub.town.zone)
    for ahead in range(DAYS_AHEAD + 1):
        for clock in USUAL:
            start = moment(today + timedelta(days=ahead), clock, hub.town.zone)
            span = Span(start, start + LENGTH, start - timedelta(hours=2), start - timedelta(hours=1))
            if span.closes <= now:
                continue
            if not Window.objects.filter(hub=hub, starts_at__lt=span.end, ends_at__gt=span.start).exists():
                window_row(hub, span)


def riders_of(profile: Profile) -> list[Person]:
    """The riders of a town, in the order of its table."""
    emails = [f"{a.handle}@{profile.slug}.demo" for a in profile.accounts if a.kind == Role.Kind.RIDER]
    found = {person.email: person for person in Person.objects.filter(email__in=emails)}
    return [found[email] for email in emails]


def shift_days(hub: Hub, profile: Profile, now: datetime) -> None:
    """Shifts of the next days: everybody from ten to twenty."""
    today = day_of(now, hub.town.zone)
    pairs = list(zip(hub.bikes.order_by("id"), riders_of(profile), strict=False))
    for ahead in range(1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for bike, rider in pairs:
            start, end = moment(day, time(10), hub.town.zone), moment(day, time(20), hub.town.zone)
            add_shift_once(bike, rider, start, end)


def shift_today(hub: Hub, profile: Profile, times: Times) -> None:
    """Today's shifts: the second rider did the morning, the first is on the road, the others come later.

    So the first rider's account always has a round in hand.
    """
    edge, night = day_bounds(times.day, hub.town.zone)
    if not Plan.objects.filter(hub=hub, day=times.day).exists():  # nobody counts on the usual hours yet
        Shift.objects.filter(bike__hub=hub, starts_at__gte=edge, starts_at__lt=night).delete()
    begin = max(edge, times.present.start - timedelta(minutes=25))
    finish = (times.later or times.present).end + timedelta(hours=1)
    pairs = list(zip(hub.bikes.order_by("id"), riders_of(profile), strict=False))
    for place, (bike, rider) in enumerate(pairs):
        if place == 0:
            add_shift_once(bike, rider, begin, finish)
        elif place == 1 and times.past is not None:
            add_shift_once(bike, rider, max(edge, times.past.start - HALF_HOUR), begin)
        elif times.later is not None:
            add_shift_once(bike, rider, times.later.start - HALF_HOUR, finish)


def add_shift_once(bike: Bike, rider: Person, start: datetime, end: datetime) -> None:
    """A shift unless there is one; the pair's own earlier shift lasts longer instead of a second one."""
    at_the_time = Shift.objects.filter(Q(bike=bike) | Q(rider=rider), starts_at__lt=end, ends_at__gt=start)
    taken = list(at_the_time.order_by("starts_at"))
    if not taken:
        Shift.objects.create(town_id=bike.town_id, bike=bike, rider=rider, starts_at=start, ends_at=end)
    elif len(taken) == 1 and (taken[0].bike_id, taken[0].rider_id) == (bike.pk, rider.pk) and taken[0].ends_at < end:
        taken[0].ends_at = end
        taken[0].save(update_fields=["ends_at"])
