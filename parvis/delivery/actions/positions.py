"""Where a rider is: only if they agreed, only on the road, roughly, and never more than the last place."""

from datetime import datetime
from uuid import UUID

from parvis.core import audit
from parvis.core.geo import Point
from parvis.core.time import day_of
from parvis.delivery.models import RiderPosition, Round
from parvis.people.models import Person
from parvis.towns.models import Town

STEP = 0.0005  # degrees: about 55 m to the north, 36 m to the east in our latitudes


def agree(*, town: Town, rider: Person, at: datetime) -> None:
    """The rider lets those who wait see roughly where the bike is, for today."""
    values = {"day": day_of(at, town.zone), "agreed_at": at, "lon": None, "lat": None, "at": None}
    row, _new = RiderPosition.objects.update_or_create(town=town, rider=rider, defaults=values)
    audit.record("agree_position", row, at=at, town_id=town.pk, actor=rider)


def stop_sharing(*, town: Town, rider: Person, at: datetime) -> None:
    """The rider wants to be seen no longer: what was known is gone at once."""
    for row in RiderPosition.objects.filter(town=town, rider=rider):
        audit.record("stop_position", row, at=at, town_id=town.pk, actor=rider)
        row.delete()


def note_position(*, town: Town, rider: Person, point: Point, at: datetime) -> bool:
    """Keep where the rider is in place of what was known. False where that is not wanted.

    It is wanted on a round on the road of somebody who agreed today, at most about 30 km from the town's middle.
    """
    if abs(point.lon - town.lon) > 0.4 or abs(point.lat - town.lat) > 0.3:
        return False
    riding = Round.objects.filter(town=town, rider=rider, back_at=None, plan__state="published").exclude(left_at=None)
    if not riding.filter(plan__day=day_of(at, town.zone)).exists():
        return False
    rough = {"lon": _rough(point.lon), "lat": _rough(point.lat), "at": at}
    agreed = RiderPosition.objects.filter(town=town, rider=rider, day=day_of(at, town.zone))
    return bool(agreed.update(**rough))


def _rough(degrees: float) -> float:
    return round(round(degrees / STEP) * STEP, 6)


def forget_position(*, town_id: UUID, rider_id: UUID | None) -> None:
    """The bike is home: nobody waits for it, and where it was is nobody's matter."""
    RiderPosition.objects.filter(town=town_id, rider=rider_id).update(lon=None, lat=None, at=None)
