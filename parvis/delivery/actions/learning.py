"""How fast riders really are, learnt from the rounds they rode.

Between two doors of a round lie a way, whose time the plan took from the map, and the handing over at the second door.
A straight line through many such pairs says both: its slope is the pace against the map, where it begins is the time at
a door. Least squares, with the ways that lie far from the line (a flat tyre, a chat, a forgotten tap) left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from django.db import transaction

from parvis.core import audit
from parvis.delivery.actions.streets import ask_anew
from parvis.delivery.models import DeliveryEvent, Hub, Pace, Plan, Round, Stop

LOOK_BACK = timedelta(days=28)
FEWEST = 60  # ways between doors; fewer say more about one bad day than about the streets
LONGEST = timedelta(minutes=45)  # between two doors; beyond, something else happened
SLACK = timedelta(seconds=30)
SLOWEST, QUICKEST = 200, 60  # percent of the map's time; what lies beyond is no pace but a mistake
WORTH_IT = 3  # percent: a smaller change is noise, and every change makes all ways be asked anew
OUTLIER = 3.0  # times the usual distance from the line


@dataclass(frozen=True, slots=True)
class Lesson:
    """``percent`` of the map's riding time, and seconds at a door, from so many ways."""

    percent: int
    door_seconds: int
    legs: int


def fit(legs: Iterable[tuple[float, float]]) -> Lesson | None:
    """What ways teach, each as seconds by the map and seconds from hand-over to hand-over; None when there are too few,
    or all are alike.
    """
    pairs = np.array(list(legs), dtype=float).reshape(-1, 2)
    for _round in range(4):
        if len(pairs) < FEWEST or np.ptp(pairs[:, 0]) < 60:
            return None
        slope, start = np.polyfit(pairs[:, 0], pairs[:, 1], 1)
        off = np.abs(pairs[:, 1] - (slope * pairs[:, 0] + start))
        keep = off <= max(OUTLIER * 1.4826 * float(np.median(off)), 20.0)  # 1.4826: from the median to a deviation
        if keep.all():
            break
        pairs = pairs[keep]
    percent = round(100 * float(slope))
    if not QUICKEST <= percent <= SLOWEST or not 0 <= start <= 1800:
        return None
    return Lesson(percent, round(float(start)), len(pairs))


def legs_of(hub: Hub, at: datetime) -> list[tuple[float, float]]:
    """The ways between doors that riders of a hub rode lately. Three queries."""
    rounds = (
        Round.objects.filter(
            town=hub.town_id,
            plan__hub=hub,
            plan__state=Plan.State.PUBLISHED,
            left_at__gte=at - LOOK_BACK,
            left_at__lte=at,
        )
        .select_related("plan")
        .defer("plan__problem", "plan__solution", "geometry")
        .prefetch_related("stops__delivery__events")
    )
    return [leg for round_ in rounds for leg in _legs(round_)]


def _legs(round_: Round) -> Iterable[tuple[float, float]]:
    stops = sorted(round_.stops.all(), key=lambda stop: stop.position)
    for stop, following in pairwise(stops):
        begin, end = _handed(stop, round_), _handed(following, round_)
        waited = (
            following.leave_at - following.arrive_at > timedelta(seconds=following.delivery.service_seconds) + SLACK
        )
        if begin is None or end is None or waited or not timedelta() < end - begin < LONGEST:
            continue
        planned = (following.arrive_at - stop.leave_at).total_seconds()
        if planned > 0:
            yield planned * 100 / round_.plan.pace_percent, (end - begin).total_seconds()


def _handed(stop: Stop, round_: Round) -> datetime | None:
    """When the goods of a stop were handed over on this round."""
    moments = [
        event.at
        for event in stop.delivery.events.all()
        if event.kind == DeliveryEvent.Kind.DELIVERED and round_.left_at and event.at >= round_.left_at
    ]
    return min(moments, default=None)


@transaction.atomic
def learn_pace(hub: Hub, at: datetime) -> Pace | None:
    """Learn from the rounds of the last weeks and ride by it from now on; None where there is nothing to learn yet."""
    lesson = fit(legs_of(hub, at))
    if lesson is None:
        return None
    pace = Pace.objects.create(
        town_id=hub.town_id,
        hub=hub,
        learnt_at=at,
        legs=lesson.legs,
        percent=lesson.percent,
        door_seconds=lesson.door_seconds,
    )
    if abs(lesson.percent - hub.pace_percent) >= WORTH_IT:
        audit.record("learn_pace", hub, at=at, town_id=hub.town_id, before=hub.pace_percent, after=lesson.percent)
        hub.pace_percent = lesson.percent
        hub.save(update_fields=["pace_percent"])
        ask_anew(hub.town)
    return pace
