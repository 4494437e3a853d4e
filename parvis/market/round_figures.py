"""What the bikes' days brought in, and for which shop: ``delivery.dayfigures`` with the ledger beside it.

Income of a delivery is what the ledger holds on ``town:delivery`` for its order: the buyer's fee and the shops' shares,
without VAT, what was given back taken off. A delivery for several shops counts for each of them; its cost, its
kilometres and its income are shared equally by those whose bags were on the bike that was at the door. A part that was
cancelled before that is no part of it; a bag that was lost or came too late to leave was promised, and not brought.
What is sent back or refunded later was ridden all the same. What no shop bears (a day on which riders were paid and
rang nowhere; a delivery that no shop packed for) has lines of its own, so that all lines come to the days, to the
cent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast

from parvis.core.money import split
from parvis.delivery.dayfigures import DayLine, Told, lines_of, together, told_between
from parvis.delivery.kept import Outcome
from parvis.delivery.models import Bag, BagEvent, DeliveryEvent
from parvis.delivery.sharedays import shared_days
from parvis.market.models import LedgerEntry, Part
from parvis.towns.models import Town

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
    """One shop over the days: deliveries with a bag of it, how their promises ended, its share of cost and income.

    What no shop bears is such a line too, without a name.
    """

    name: str
    deliveries: int = 0
    kept: int = 0
    broken: int = 0
    bags_late: int = 0
    metres: int = 0
    cost: int = 0
    income: int = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """A shop that promised a bag for a delivery; whether it came late to the hub, and was on the bike to the door."""

    shop: UUID
    name: str
    late: bool
    ridden: bool = True


@dataclass(frozen=True, slots=True)
class ByShop:
    """Shops by name; and what is none of theirs: ``idle`` of days without a delivery at any door, ``unowned`` of
    deliveries that no shop packed for.
    """

    shops: Sequence[ShopLine] = ()
    idle: ShopLine = field(default_factory=lambda: ShopLine(""))
    unowned: ShopLine = field(default_factory=lambda: ShopLine(""))


@dataclass(frozen=True)
class RoundFigures:
    """Days, newest first; all of them as one; shop by shop, if that was asked for."""

    first: date
    last: date
    days: Sequence[DayMoney]
    by_shop: ByShop = field(default_factory=ByShop)

    @property
    def total(self) -> DayMoney:
        """All days as one."""
        return DayMoney(together((day.line for day in self.days), self.first), sum(day.income for day in self.days))


def round_figures(town: Town, first: date, last: date, at: datetime, *, shops: bool = False) -> RoundFigures:
    """Count the town's days from ``first`` to ``last`` as things stand ``at``: nine queries, eleven with ``shops``, and
    eight for each town with which it shares bikes.
    """
    told = told_between(town, first, last, at)
    lines = lines_of(town, told, first, last, shared_days(town, first, last, at))
    income = _income(town, told)
    by_day: dict[date, int] = defaultdict(int)
    for one in told:
        by_day[one.day] += income.get(one.pk, 0)
    days = [DayMoney(line, by_day[line.day]) for line in lines]
    by_shop = shop_by_shop(told, days, income, _packed(town, told)) if shops else ByShop()
    return RoundFigures(first, last, days, by_shop)


def _income(town: Town, told: Sequence[Told]) -> dict[UUID, int]:
    """What the ledger holds on the bikes' account for each delivery."""
    deliveries = [one.pk for one in told]
    entries = LedgerEntry.objects.filter(town=town, account=ACCOUNT, transaction__order__delivery__in=deliveries)
    rows = entries.order_by().values_list("transaction__order__delivery").annotate(total=Sum("amount_cents"))
    return {delivery: -total for delivery, total in rows}


def _packed(town: Town, told: Sequence[Told]) -> dict[UUID, list[Packed]]:
    """Which shops each delivery was for: not those whose part was given up before a bike was at the door. One query."""
    ref = Cast(OuterRef("pk"), CharField())
    late = BagEvent.objects.filter(
        bag__sender_ref=ref,
        kind=BagEvent.Kind.AT_HUB,
        at__gt=OuterRef("order__delivery__window__goods_due_at"),
    )
    doors = DeliveryEvent.objects.filter(
        delivery=OuterRef("delivery"), kind__in=DeliveryEvent.AT_DOOR, at__lte=OuterRef("cancelled_at")
    )
    # By its bag, not by its way: what is collected after a door that did not open was ridden all the same.
    promised = Bag.objects.filter(Exists(doors) | Q(cancelled_at=None), sender_ref=ref)
    rows = Part.objects.filter(Exists(promised), town=town, order__delivery__in=[one.pk for one in told])
    values = rows.annotate(late=Exists(late), ridden=Exists(_at_door(ref)))
    found: dict[UUID, list[Packed]] = defaultdict(list)
    columns = ("order__delivery", "shop", "shop__name", "late", "ridden")
    for delivery, shop, name, late, ridden in values.order_by("pk").values_list(*columns):
        found[delivery].append(Packed(shop, name, late, ridden))
    return found


def _at_door(ref: Cast) -> QuerySet[Any]:
    """The times a bag of a part left after which a bike was at the door with it: it had not come back to the hub."""
    back = BagEvent.objects.filter(
        bag=OuterRef("bag"), kind=BagEvent.Kind.RETURNED, at__gt=OuterRef("at"), at__lt=OuterRef("door")
    )
    left = BagEvent.objects.filter(bag__sender_ref=ref, kind=BagEvent.Kind.LOADED)
    left = left.annotate(door=F("bag__delivery__events__at"), ending=F("bag__delivery__events__kind"))
    return left.filter(~Exists(back), ending__in=DeliveryEvent.AT_DOOR, door__gte=F("at"))


def shop_by_shop(
    told: Sequence[Told], days: Sequence[DayMoney], income: Mapping[UUID, int], packed: Mapping[UUID, Sequence[Packed]]
) -> ByShop:
    """The days (all that something is ``told`` of) shop by shop: the lines come to them, to the cent and to the metre.

    ``income`` and the shops that ``packed`` go by the id of a delivery. Pure.
    """
    shops: dict[UUID, ShopLine] = {}
    found = ByShop()
    brought: dict[date, list[Told]] = {day.line.day: [] for day in days}
    for one in told:
        brought[one.day].append(one)
    for day in days:
        deliveries = brought[day.line.day]
        doors = [one for one in deliveries if one.attempts]
        if not doors:  # riders are paid, and rang nowhere
            found.idle.cost += day.line.cost.cents
            found.idle.metres += day.line.metres
        cents = _by_delivery(doors, day.line.cost.cents)
        metres = _by_delivery(doors, day.line.metres)
        for one in deliveries:
            shares = cents.get(one.pk, 0), metres.get(one.pk, 0), income.get(one.pk, 0)
            rode, stayed = _owners(one, packed.get(one.pk, ()))
            owners = [(shops.setdefault(by.shop, ShopLine(by.name)), by.late) for by in rode]
            _add(one, owners or [(found.unowned, False)], *shares)
            for by in stayed:
                line = shops.setdefault(by.shop, ShopLine(by.name))
                line.deliveries += 1
                line.broken += 1
                line.bags_late += by.late
    return replace(found, shops=sorted(shops.values(), key=lambda shop: shop.name))


def _by_delivery(doors: Sequence[Told], amount: int) -> dict[UUID, int]:
    """An amount of a day, shared equally among the deliveries at whose door a bike was."""
    return dict(zip((one.pk for one in doors), split(amount, [1] * len(doors)), strict=True)) if doors else {}


def _owners(one: Told, packed: Sequence[Packed]) -> tuple[Sequence[Packed], Sequence[Packed]]:
    """Who shares a delivery, and whose bag was not there when the bike was at the door.

    Where no bike has been there yet, or nobody wrote what it carried, all share.
    """
    rode = [by for by in packed if by.ridden] if one.attempts else []
    return (rode, [by for by in packed if not by.ridden]) if rode else (packed, ())


def _add(one: Told, owners: Sequence[tuple[ShopLine, bool]], cost: int, metres: int, income: int) -> None:
    """Count a delivery for each of its shops, with whether its bag came late."""
    weights = [1] * len(owners)
    shares = zip(split(cost, weights), split(metres, weights), split(income, weights), strict=True)
    for (shop, late), (cents, way, came_in) in zip(owners, shares, strict=True):
        shop.deliveries += 1
        shop.kept += one.judged.outcome == Outcome.KEPT
        shop.broken += one.judged.outcome in {Outcome.LATE, Outcome.NOT_BROUGHT}
        shop.bags_late += late
        shop.cost += cents
        shop.metres += way
        shop.income += came_in
