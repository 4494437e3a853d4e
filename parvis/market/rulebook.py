"""The rules of some shops and what is taken of them, read in a few queries: the rows that ``promises`` decides on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from parvis.core.time import day_of
from parvis.market.closures import days_off
from parvis.market.models import Capacity, Cycle, CycleShop, MarketClosure, Part, PartEvent, Shop
from parvis.market.promises import ShopRules
from parvis.towns.models import Town

GIVEN_BACK = (PartEvent.Kind.REFUSED, PartEvent.Kind.CANCELLED)
LONGEST = timedelta(days=1)  # a window that began before a moment and still runs


def closures_ahead(town: Town, at: datetime) -> list[MarketClosure]:
    """The market's days off that are not over; one query."""
    return list(MarketClosure.objects.ahead(town, day_of(at, town.zone)))


def rules_of(
    town: Town, shops: Iterable[Shop], at: datetime, closures: Sequence[MarketClosure], *, lock: bool = False
) -> dict[UUID, ShopRules]:
    """The rules of each shop (places with closures loaded): two queries, one more for each kind of rule in use.

    With ``lock``, inside a transaction, the rows of capacities and cycles are held in the order of their ids before
    what is taken is counted: the last place is promised once. A cancelled order gives its place back by being counted
    no more.
    """
    shops = list(shops)
    ids = [shop.pk for shop in shops]
    capacities = Capacity.objects.filter(shop__in=ids).order_by("pk")
    cycles = Cycle.objects.filter(shops__in=ids, active=True).order_by("pk")
    if lock:
        capacities = capacities.select_for_update()
        locked = Cycle.objects.select_for_update().filter(pk__in=cycles.values("pk")).order_by("pk")
        held_capacities, held_cycles = list(capacities), list(locked)
        in_use = {cycle.pk: cycle for cycle in held_cycles if cycle.active}
    else:
        held_capacities = list(capacities)
        in_use = {cycle.pk: cycle for cycle in cycles.distinct()}
    by_shop = {capacity.shop_id: capacity for capacity in held_capacities}
    turning: dict[UUID, list[Cycle]] = defaultdict(list)
    if in_use:
        members = CycleShop.objects.filter(cycle__in=in_use, shop__in=ids).order_by("pk")
        for shop_id, cycle_id in members.values_list("shop_id", "cycle_id"):
            turning[shop_id].append(in_use[cycle_id])
    taken = _taken(by_shop, at) if by_shop else {}
    places = _places([cycle for cycle in in_use.values() if cycle.most is not None], day_of(at, town.zone))
    off = days_off(closures)
    return {
        shop.pk: ShopRules(
            shop=shop,
            town=town,
            market_off=off,
            capacity=by_shop.get(shop.pk),
            taken=taken.get(shop.pk, {}),
            cycles=tuple(turning.get(shop.pk, ())),
            places=places,
        )
        for shop in shops
    }


def _standing(parts: QuerySet[Part]) -> QuerySet[Part]:
    """Parts that take a place: neither refused nor cancelled."""
    return parts.exclude(Exists(PartEvent.objects.filter(part=OuterRef("pk"), kind__in=GIVEN_BACK))).order_by()


def _taken(by_shop: Mapping[UUID, Capacity], at: datetime) -> dict[UUID, dict[datetime, int]]:
    """Orders or points by shop and window, for windows that are not over."""
    parts = _standing(Part.objects.filter(shop__in=by_shop, work_at__gt=at - LONGEST))
    counted = parts.values("shop_id", "work_at").annotate(orders=Count("pk"), points=Sum("work"))
    found: dict[UUID, dict[datetime, int]] = defaultdict(dict)
    for row in counted:
        by_points = by_shop[row["shop_id"]].counts == Capacity.Counts.POINTS
        if begins := row["work_at"]:
            found[row["shop_id"]][begins] = row["points"] if by_points else row["orders"]
    return found


def _places(cycles: Sequence[Cycle], today: date) -> dict[tuple[UUID, date], int]:
    """Orders (not bags: one order of three shops takes one place) by cycle and day of collection."""
    if not cycles:
        return {}
    parts = _standing(Part.objects.filter(cycle__in=cycles, turn_day__gte=today))
    counted = parts.values("cycle_id", "turn_day").annotate(orders=Count("order_id", distinct=True))
    return {(row["cycle_id"], day): row["orders"] for row in counted if (day := row["turn_day"])}
