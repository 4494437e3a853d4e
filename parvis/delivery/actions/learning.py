"""How fast riders really are, learnt from the rounds they rode.

Between two doors of a round lie a way, whose time the plan took from the map, and the handing over at the second door.
A straight line through many such pairs says both: its slope is the pace against the map, where it begins is the time at
a door. Least squares, with the ways that lie far from the line (a flat tyre, a chat, a forgotten tap) left out; which
those are, a line says that they do not pull: that of the least sum of distances.

Each kind of bike has its own slope; the time at a door is that of the hub. A few ways of a kind say more about one
rider and one day than about the kind, so its slope is drawn towards that of the hub. From ``n`` ways:

    pace of a kind = Z x its own slope + (1 - Z) x the hub's slope,    Z = n / (n + PRIOR)

(Source: the credibility of H. Bühlmann, "Experience Rating and Credibility", ASTIN Bulletin 4, 1967.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction

from parvis.core import audit
from parvis.delivery.actions.streets import ask_anew
from parvis.delivery.kinds import Kind
from parvis.delivery.models import DeliveryEvent, Hub, Pace, Plan, Round, Stop

LOOK_BACK = timedelta(days=28)
FEWEST = 60  # ways between doors; fewer say more about one bad day than about the streets
LONGEST = timedelta(minutes=45)  # between two doors; beyond, something else happened
SLACK = timedelta(seconds=30)
SLOWEST, QUICKEST = 200, 60  # percent of the map's time; what lies beyond is no pace but a mistake
WORTH_IT = 3  # percent: a smaller change is noise, and every change makes all ways be asked anew
OUTLIER = 3.0  # times the usual distance from the line


PRIOR = 20
"""So many ways of a kind weigh as much as all that is known of the hub. Bühlmann's ratio of variances: where a way is
off by a minute, a round by 8 % and a kind by 7 to 10 %, the error is least between 10 and 30."""
SPREAD = 15  # seconds: the ways of a kind differ so much in length, or no line can be drawn through them

type _Numbers = np.ndarray[Any, np.dtype[np.float64]]
type _Whole = np.ndarray[Any, np.dtype[np.int_]]


class Leg(NamedTuple):
    """A way that one kind of bike rode: seconds by the map, and from hand-over to hand-over."""

    kind: str
    mapped: float
    real: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """``percent`` of the map's riding time, and seconds at a door, from so many ways; and for each kind that rode, by
    name, its percent and from how many.
    """

    percent: int
    door_seconds: int
    legs: int
    kinds: Mapping[str, tuple[int, int]]


def fit(legs: Iterable[Leg]) -> Lesson | None:
    """What ways teach; None when there are too few, or all are alike."""
    rows = list(legs)
    names = sorted({leg.kind for leg in rows})
    which = np.array([names.index(leg.kind) for leg in rows], dtype=int)
    mapped, real = (np.array([leg[n] for leg in rows], dtype=float) for n in (1, 2))
    if len(rows) < FEWEST or _spread(which, mapped) < SPREAD:
        return None
    off = _distances(_table(which, mapped, len(names)), real)
    keep = off <= max(OUTLIER * 1.4826 * float(np.median(off)), 20.0)  # 1.4826: from the median to a deviation
    which, mapped, real = which[keep], mapped[keep], real[keep]
    if len(which) < FEWEST or _spread(which, mapped) < SPREAD:
        return None
    *own, start = np.linalg.lstsq(_table(which, mapped, len(names)), real)[0]
    slopes, weights = np.array(own), np.bincount(which, mapped**2, minlength=len(names))
    hub = float(weights @ slopes / weights.sum())
    if not _sound(hub) or not 0 <= start <= 1800:
        return None
    counts = np.bincount(which, minlength=len(names))
    drawn = (counts * slopes + PRIOR * hub) / (counts + PRIOR)
    kinds = {
        name: (round(100 * float(slope)), int(count))
        for name, slope, unaided, count in zip(names, drawn, slopes, counts, strict=True)
        if count and _sound(unaided)
    }
    return Lesson(round(100 * hub), round(start), len(which), kinds)


def _sound(slope: float) -> bool:
    return QUICKEST <= round(100 * float(slope)) <= SLOWEST


def _spread(which: _Whole, mapped: _Numbers) -> float:
    """By how much ways differ in length from the mean of their kind: what tells kinds apart tells nothing of doors."""
    means = np.bincount(which, mapped) / np.maximum(np.bincount(which), 1)
    return float(np.sqrt(np.mean((mapped - means[which]) ** 2)))


def _table(which: _Whole, mapped: _Numbers, kinds: int) -> _Numbers:
    """A row for each way: its length in the column of its kind, and 1 for the door."""
    table = np.zeros((len(mapped), kinds + 1))
    table[np.arange(len(mapped)), which] = mapped
    table[:, kinds] = 1
    return table


def _distances(table: _Numbers, real: _Numbers) -> _Numbers:
    """How far each way is from the lines whose sum of distances is least (least squares, weighted anew each time)."""
    weights = np.ones(len(real))
    for _round in range(30):
        lines = np.linalg.lstsq(table * weights[:, None], real * weights)[0]
        off: _Numbers = np.abs(real - table @ lines)
        weights = 1 / np.sqrt(np.maximum(off, 1.0))
    return off


def legs_of(hub: Hub, at: datetime) -> list[Leg]:
    """The ways between doors that riders of a hub rode lately. Three queries."""
    rounds = (
        Round.objects.filter(
            town=hub.town_id,
            plan__hub=hub,
            plan__state=Plan.State.PUBLISHED,
            left_at__gte=at - LOOK_BACK,
            left_at__lte=at,
        )
        .select_related("plan", "bike")
        .defer("plan__problem", "plan__solution", "geometry")
        .prefetch_related("stops__delivery__events")
    )
    return [leg for round_ in rounds for leg in _legs(round_)]


def _legs(round_: Round) -> Iterable[Leg]:
    kind = round_.bike.kind
    pace = round_.plan.kind_paces.get(kind, round_.plan.pace_percent)
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
            yield Leg(kind, planned * 100 / pace, (end - begin).total_seconds())


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
        kinds=[[kind, *learnt] for kind, learnt in lesson.kinds.items()],
    )
    before = {kind: hub.pace_of(kind) for kind in Kind.values}
    old, old_kinds = hub.pace_percent, hub.kind_paces
    hub.pace_percent, hub.kind_paces = lesson.percent, {kind: percent for kind, (percent, _) in lesson.kinds.items()}
    if all(abs(hub.pace_of(kind) - percent) < WORTH_IT for kind, percent in before.items()):
        hub.pace_percent, hub.kind_paces = old, old_kinds
        return pace
    after = {kind: hub.pace_of(kind) for kind in Kind.values}
    audit.record("learn_pace", hub, at=at, town_id=hub.town_id, before=before, after=after)
    hub.save(update_fields=["pace_percent", "kind_paces"])
    ask_anew(hub.town)
    return pace
