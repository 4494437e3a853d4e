"""Where a rider is: only if they agreed, only on the road, roughly, and never more than the last place."""

from datetime import date, datetime
from uuid import UUID

from parvis.core import audit
from parvis.core.geo import Point
from parvis.core.time import day_of
from parvis.delivery.models import RiderPosition, Round
from parvis.delivery.workday import NIGHT
from parvis.people.models import Person
from parvis.towns.models import Town

STEP = 0.0005  # degrees: about 55 m to the north, 36 m to the east in our latitudes


def agree(*, town: Town, rider: Person, at: datetime) -> None:
    """The rider lets those who wait see roughly where the bike is, until their day of work is over."""
    day = day_of_riding(town, rider, at) or day_of(at, town.zone)
    values = {"day": day, "agreed_at": at, "lon": None, "lat": None, "at": None}
    row, _new = RiderPosition.objects.update_or_create(town=town, rider=rider, defaults=values)
    audit.record("agree_position", row, at=at, town_id=town.pk, actor=rider)


def stop_sharing(*, town: Town, rider: Person, at: datetime) -> None:
    """The rider wants to be seen no longer: what was known is gone at once."""
    for row in RiderPosition.objects.filter(town=town, rider=rider):
        audit.record("stop_position", row, at=at, town_id=town.pk, actor=rider)
        row.delete()


def note_position(*, town: Town, rider: Person, point: Point, at: datetime) -> bool:
    """Keep where the rider is in place of what was known. False where that is not wanted.

    It is wanted on a round on the road of somebody who agreed for its day, at most about 30 km from the town's middle.
    """
    if abs(point.lon - town.lon) > 0.4 or abs(point.lat - town.lat) > 0.3:
        return False
    day = day_of_riding(town, rider, at)
    if day is None:
        return False
    rough = {"lon": _rough(point.lon), "lat": _rough(point.lat), "at": at}
    agreed = RiderPosition.objects.filter(town=town, rider=rider, day=day)
    return bool(agreed.update(**rough))


def day_of_riding(town: Town, rider: Person, at: datetime) -> date | None:
    """The day of the plan by which a rider is on the road: today's, or past midnight yesterday's; None at home."""
    first, today = day_of(at - NIGHT, town.zone), day_of(at, town.zone)
    riding = Round.objects.filter(town=town, rider=rider, back_at=None, plan__state="published").exclude(left_at=None)
    near = riding.filter(plan__day__gte=first, plan__day__lte=today)
    return near.order_by("-left_at").values_list("plan__day", flat=True).first()


def _rough(degrees: float) -> float:
    return round(round(degrees / STEP) * STEP, 6)


def forget_position(*, town_id: UUID, rider_id: UUID | None) -> None:
    """The bike is home: nobody waits for it, and where it was is nobody's matter."""
    RiderPosition.objects.filter(town=town_id, rider=rider_id).update(lon=None, lat=None, at=None)
