"""The days of a town's deliveries in figures: promises kept, kilometres, costs, air; and each delivery behind them.

A town's figures are those of its own buyers, whoever rides; of a hub that it shares it has its share (``sharedays``).
A day is the day of the window FIRST promised. A fixed number of queries, however many days and deliveries: deliveries
with their doors, windows, rounds, shifts, rates. ``market.round_figures`` adds what came in, and for which shop.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from parvis.core.time import day_bounds, day_of
from parvis.delivery.costs import Cost, cost_of_day, each
from parvis.delivery.footprint import Spared, spared
from parvis.delivery.kept import AtDoor, Judged, Outcome, judge
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Round, RunningCosts, Shift, Window
from parvis.delivery.models.costs import rates_on
from parvis.delivery.shares import HubDay, SharedDay
from parvis.towns.models import Town

NEAR = timedelta(days=7)  # what is promised within so many days is looked at in any case
MOVED_AT_MOST = timedelta(days=35)  # and what was moved, within these: nobody promises further ahead
BY_BUYER = "buyer"  # ``detail["asked_by"]`` of a promise moved because the buyer wished it


@dataclass(frozen=True, slots=True)
class Told:
    """One delivery: its day and hub, how its promise ended, how often a bike was at the door, and whose buyer waits."""

    pk: UUID
    day: date
    judged: Judged
    attempts: int
    hub: UUID
    buyers_town: UUID


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day. ``metres`` are those of the published plan; ``ridden`` those of rounds that came back, of these.

    ``unstaffed``: bikes were at doors, and no shift is entered, so that its cost lacks the riders (1, or 0).
    """

    day: date
    promised: int = 0
    kept: int = 0
    missed: int = 0
    late: int = 0
    not_brought: int = 0
    coming: int = 0
    late_seconds: int = 0
    drops: int = 0
    metres: int = 0
    ridden: int = 0
    cost: Cost = field(default_factory=Cost)
    air: Spared = field(default_factory=lambda: Spared(0, 0))
    unstaffed: int = 0

    @property
    def ended(self) -> int:
        """Promises of which it is known how they ended."""
        return self.promised - self.coming

    @property
    def cost_each(self) -> int | None:
        """Cents for one door at which a bike was."""
        return each(self.cost.cents, self.drops)

    @property
    def late_each(self) -> int | None:
        """Seconds by which a late one was late, on average."""
        return each(self.late_seconds, self.late)

    def __add__(self, other: "DayLine") -> "DayLine":
        """Both together, under the earlier day."""
        return DayLine(
            min(self.day, other.day),
            *(getattr(self, name) + getattr(other, name) for name in _SUMMED),
        )


_SUMMED = tuple(name for name in DayLine.__slots__ if name != "day")


def together(lines: Iterable[DayLine], first: date) -> DayLine:
    """All days as one."""
    return sum(lines, DayLine(first))


def told_between(town: Town, first: date, last: date, at: datetime) -> list[Told]:
    """Every delivery of its buyers first promised on these days (both included), judged as things stand ``at``.

    What was cancelled before a bike was at its door is none; what went back to its shops afterwards was ridden.
    """
    return told_of(Delivery.objects.counted().ordered_by(town), town.zone, first, last, at)


def told_of(rows: QuerySet[Delivery], zone: ZoneInfo, first: date, last: date, at: datetime) -> list[Told]:
    """The same of some deliveries. Four queries."""
    start, end = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    # A promise of these days may stand in a window of others by now: events name the first one.
    moved = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind=DeliveryEvent.Kind.REBOOKED)
    near, far = (
        Q(window__starts_at__gte=start - around, window__starts_at__lt=end + around) for around in (NEAR, MOVED_AT_MOST)
    )
    rows = rows.filter(near | far & Exists(moved))
    deliveries = list(rows.order_by("pk").values_list("pk", "window_id", "town_id", "ordered_in_id"))
    doors = _doors(rows)
    moves = _moves(rows, doors)
    known = {window for _pk, window, *_towns in deliveries} | {window for window, _at in moves.values()}
    windows = {window.pk: window for window in Window.objects.filter(pk__in=known)}
    found = []
    for pk, window_id, town_id, ordered_in in deliveries:
        first_window, moved_at = moves.get(pk, (window_id, None))
        window = windows.get(first_window, windows[window_id])
        if first <= (day := window.day_in(zone)) <= last:
            judged = judge(window.starts_at, window.ends_at, doors.get(pk, ()), moved_at=moved_at, at=at)
            found.append(Told(pk, day, judged, len(doors.get(pk, ())), window.hub_id, ordered_in or town_id))
    return found


def _moves(
    rows: QuerySet[Delivery], doors: Mapping[UUID, Sequence[AtDoor]]
) -> dict[UUID, tuple[UUID, datetime | None]]:
    """For each delivery whose window was changed: the window to be judged, and when the town gave it up, if it did.

    What stood when a bike was first at the door is judged: a buyer who was not at home and asks for another time has
    been served as promised.
    """
    events = DeliveryEvent.objects.filter(kind=DeliveryEvent.Kind.REBOOKED, delivery__in=rows)
    found: dict[UUID, tuple[UUID, datetime | None]] = {}
    rung: set[UUID] = set()
    for pk, at, detail in events.order_by("at", "pk").values_list("delivery_id", "at", "detail"):
        if pk in rung or found.get(pk, (None, None))[1] is not None:
            continue  # the first time that the town moved it is what counts
        if "from" not in detail:  # forgotten with its buyer, by an installation of before
            continue
        if pk in doors and doors[pk][0].at <= at:
            rung.add(pk)
            found.setdefault(pk, (UUID(detail["from"]), None))
            continue
        if detail.get("asked_by") == BY_BUYER:
            found[pk] = (UUID(detail["to"]), None)
        else:
            found[pk] = (UUID(detail["from"]), at)
    return found


def _doors(rows: QuerySet[Delivery]) -> dict[UUID, list[AtDoor]]:
    events = DeliveryEvent.objects.filter(delivery__in=rows, kind__in=DeliveryEvent.AT_DOOR)
    found: dict[UUID, list[AtDoor]] = defaultdict(list)
    for pk, at, kind in events.order_by("at", "pk").values_list("delivery_id", "at", "kind"):
        found[pk].append(AtDoor(at, kind == DeliveryEvent.Kind.DELIVERED))
    return found


def lines_of(
    town: Town, told: Iterable[Told], first: date, last: date, shared: Sequence[SharedDay] = ()
) -> list[DayLine]:
    """The days that had a shift or a promise, newest first; of ``shared`` days the town's share."""
    told = list(told)
    counted = _counted(told)
    apart = {(day.hub, day.day) for day in shared}
    ridden = _ridden(town, first, last, apart)
    paid = _paid(town, first, last, apart)
    drops = Counter(one.day for one in told if one.attempts and (one.hub, one.day) not in apart)
    rows = list(RunningCosts.objects.of(town))
    shares: dict[date, DayLine] = {}
    lacking = {day for day, doors in drops.items() if doors and not paid.get(day)}
    for one in shared:
        share = DayLine(one.day, metres=one.out(town.pk), ridden=one.back(town.pk), cost=one.cost_of(town.pk))
        if town.pk != one.host and not (share.metres or share.cost.cents):
            continue  # the neighbour's bikes rode, and for nobody here
        if any(one.drops.values()) and not one.staffed:
            lacking.add(one.day)
        shares[one.day] = shares.get(one.day, DayLine(one.day)) + share
    days = sorted({*counted, *ridden, *paid, *shares}, reverse=True)
    lines = []
    for day in days:
        line = counted.get(day, DayLine(day)) + shares.get(day, DayLine(day))
        planned, back = ridden.get(day, (0, 0))
        seconds, bikes = paid.get(day, (0, 0))
        cost = cost_of_day(rates_on(rows, day), rider_seconds=seconds, bikes=bikes, metres=planned, drops=drops[day])
        line += DayLine(day, metres=planned, ridden=back, cost=cost, unstaffed=day in lacking)
        lines.append(line + DayLine(day, air=spared(line.metres, town.country)))
    return lines


def _counted(told: Iterable[Told]) -> dict[date, DayLine]:
    found: dict[date, DayLine] = {}
    for one in told:
        outcome = one.judged.outcome
        line = DayLine(
            one.day,
            promised=1,
            kept=outcome == Outcome.KEPT,
            missed=one.judged.missed,
            late=outcome == Outcome.LATE,
            not_brought=outcome == Outcome.NOT_BROUGHT,
            coming=outcome == Outcome.COMING,
            late_seconds=one.judged.late_seconds,
            drops=one.attempts > 0,
        )
        found[one.day] = found.get(one.day, DayLine(one.day)) + line
    return found


def _ridden(town: Town, first: date, last: date, apart: Container[HubDay]) -> dict[date, tuple[int, int]]:
    """Metres of the published plan's rounds that left, and of those that came back, by day; not of days apart."""
    rounds = Round.objects.filter(
        town=town, plan__state=Plan.State.PUBLISHED, plan__day__gte=first, plan__day__lte=last, left_at__isnull=False
    )
    rows = (
        rounds.order_by()
        .values_list("plan__day", "plan__hub")
        .annotate(out=Sum("metres"), back=Sum("metres", filter=Q(back_at__isnull=False), default=0))
    )
    found: dict[date, tuple[int, int]] = {}
    for day, hub, out, back in rows:
        if (hub, day) not in apart:
            before = found.get(day, (0, 0))
            found[day] = (before[0] + out, before[1] + back)
    return found


def _paid(town: Town, first: date, last: date, apart: Container[HubDay]) -> Mapping[date, tuple[int, int]]:
    """Seconds of shifts and bikes on shift, by day; not of days apart."""
    start, end = day_bounds(first, town.zone)[0], day_bounds(last, town.zone)[1]
    shifts = Shift.objects.filter(town=town, starts_at__gte=start, starts_at__lt=end)
    seconds: dict[date, int] = defaultdict(int)
    bikes: dict[date, set[UUID]] = defaultdict(set)
    rows = shifts.values_list("bike_id", "bike__hub", "starts_at", "ends_at")
    for bike, hub, starts_at, ends_at in rows:
        day = day_of(starts_at, town.zone)
        if (hub, day) not in apart:
            seconds[day] += round((ends_at - starts_at).total_seconds())
            bikes[day].add(bike)
    return {day: (seconds[day], len(bikes[day])) for day in seconds}
