"""Which day it is at a hub: a day of work goes on past midnight until its riders are home."""

from datetime import date, datetime, timedelta

from parvis.core.time import day_bounds, day_of
from parvis.delivery.models import Hub, Plan, Round, Shift

NIGHT = timedelta(hours=8)
"""How long after midnight the evening before may go on: what nobody said to be back holds up no day."""


def working_day(hub: Hub, at: datetime) -> date:
    """The town's day whose riders are at work: until the last shift that began yesterday is over and its bikes are
    back, yesterday; else today. By day it asks nothing.
    """
    zone = hub.town.zone
    today, yesterday = day_of(at, zone), day_of(at - NIGHT, zone)
    if yesterday == today:
        return today
    begun, midnight = day_bounds(yesterday, zone)
    on_shift = Shift.objects.filter(bike__hub=hub, starts_at__gte=begun, starts_at__lt=midnight, ends_at__gt=at)
    rounds = Round.objects.filter(plan__hub=hub, plan__day=yesterday, plan__state=Plan.State.PUBLISHED)
    out = rounds.filter(left_at__isnull=False, back_at=None)
    return yesterday if on_shift.exists() or out.exists() else today
