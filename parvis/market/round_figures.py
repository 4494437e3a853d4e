"""What the bikes' days brought in, and for which shop: ``delivery.dayfigures`` with the ledger beside it.

Income of a delivery is what the ledger holds on ``town:delivery`` for its order: the buyer's fee and the shops' shares,
without VAT, what was given back taken off. A delivery for several shops counts for each of them; its cost, its income
from the buyer and its kilometres are shared equally, so that the shops together come to the days, to the cent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Sum
from django.db.models.functions import Cast

from parvis.core.money import split
from parvis.core.time import day_bounds
from parvis.delivery.dayfigures import DayLine, Told, lines_of, together, told_between
from parvis.delivery.kept import Outcome
from parvis.delivery.models import BagEvent
from parvis.market.models import LedgerEntry, Modality, Part
from parvis.towns.models import Town

MOVED_AT_MOST = timedelta(days=7)  # as ``delivery.dayfigures`` looks
ACCOUNT = "town:delivery"


@dataclass(frozen=True, slots=True)
class DayMoney:
    """A day with what came in for it, in cents without VAT."""

    line: DayLine
    income: int = 0

    def __add__(self, other: "DayMoney") -> "DayMoney":
        """Both together, under the earlier day."""
        return DayMoney(self.line + other.line, self.income + other.income)

    @property
    def result(self) -> int:
        """What is left, or (below zero) what the town put in."""
        return self.income - self.line.cost.cents


@dataclass(slots=True)
class ShopLine:
    """One shop over the days: deliveries with a bag of it, how their promises ended, its share of cost and income."""

    name: str
    deliveries: int = 0
    kept: int = 0
    broken: int = 0
    bags_late: int = 0
    metres: int = 0
    cost: int = 0
    income: int = 0


@dataclass(frozen=True)
class RoundFigures:
    """Days, newest first; all of them as one; shops by name. ``shops`` is empty unless asked for."""

    first: date
    last: date
    days: Sequence[DayMoney]
    shops: Sequence[ShopLine] = field(default=())

    @property
    def total(self) -> DayMoney:
        """All days as one."""
        return DayMoney(together((day.line for day in self.days), self.first), sum(day.income for day in self.days))


def round_figures(town: Town, first: date, last: date, at: datetime, *, shops: bool = False) -> RoundFigures:
    """Count the town's days from ``first`` to ``last`` as things stand ``at``: eight queries, ten with ``shops``."""
    told = told_between(town, first, last, at)
    lines = lines_of(town, told, first, last)
    income = _income(town, first, last)
    by_day: dict[date, int] = defaultdict(int)
    for one in told:
        by_day[one.day] += income.get(one.pk, 0)
    days = [DayMoney(line, by_day[line.day]) for line in lines]
    return RoundFigures(first, last, days, _shops(town, told, days, income) if shops else ())


def _income(town: Town, first: date, last: date) -> dict[UUID, int]:
    """What the ledger holds on the bikes' account for each delivery of these days and those around them."""
    start, end = day_bounds(first, town.zone)[0], day_bounds(last, town.zone)[1]
    entries = LedgerEntry.objects.filter(
        town=town,
        account=ACCOUNT,
        transaction__order__delivery__window__starts_at__gte=start - MOVED_AT_MOST,
        transaction__order__delivery__window__starts_at__lt=end + MOVED_AT_MOST,
    )
    rows = entries.order_by().values_list("transaction__order__delivery").annotate(total=Sum("amount_cents"))
    return {delivery: -total for delivery, total in rows}


def _shops(town: Town, told: Sequence[Told], days: Sequence[DayMoney], income: Mapping[UUID, int]) -> list[ShopLine]:
    parts: dict[UUID, list[tuple[UUID, str, bool]]] = defaultdict(list)
    late = BagEvent.objects.filter(
        bag__sender_ref=Cast(OuterRef("pk"), CharField()),
        kind=BagEvent.Kind.AT_HUB,
        at__gt=OuterRef("order__delivery__window__goods_due_at"),
    )
    rows = Part.objects.filter(
        town=town, kind=Modality.Kind.BIKE, order__delivery__in=[one.pk for one in told]
    ).annotate(late=Exists(late))
    for delivery, shop, name, was_late in rows.order_by("pk").values_list(
        "order__delivery", "shop", "shop__name", "late"
    ):
        parts[delivery].append((shop, name, was_late))
    found: dict[UUID, ShopLine] = {}
    costs = {day.line.day: day.line for day in days}
    brought: dict[date, list[Told]] = defaultdict(list)
    for one in told:
        brought[one.day].append(one)
    for day, deliveries in brought.items():
        doors = [one for one in deliveries if one.attempts]
        line = costs[day]
        cents = _by_delivery(doors, line.cost.cents)
        metres = _by_delivery(doors, line.metres)
        for one in deliveries:
            _add(found, one, parts[one.pk], cents.get(one.pk, 0), metres.get(one.pk, 0), income.get(one.pk, 0))
    return sorted(found.values(), key=lambda shop: shop.name)


def _by_delivery(doors: Sequence[Told], amount: int) -> dict[UUID, int]:
    """An amount of a day, shared equally among the deliveries at whose door a bike was."""
    return dict(zip((one.pk for one in doors), split(amount, [1] * len(doors)), strict=True)) if doors else {}


def _add(
    found: dict[UUID, ShopLine],
    one: Told,
    parts: Sequence[tuple[UUID, str, bool]],
    cost: int,
    metres: int,
    income: int,
) -> None:
    if not parts:
        return
    weights = [1] * len(parts)
    shares = zip(split(cost, weights), split(metres, weights), split(income, weights), strict=True)
    for (pk, name, late), (cents, way, came_in) in zip(parts, shares, strict=True):
        shop = found.setdefault(pk, ShopLine(name))
        shop.deliveries += 1
        shop.kept += one.judged.outcome == Outcome.KEPT
        shop.broken += one.judged.outcome in {Outcome.LATE, Outcome.NOT_BROUGHT}
        shop.bags_late += late
        shop.cost += cents
        shop.metres += way
        shop.income += came_in
