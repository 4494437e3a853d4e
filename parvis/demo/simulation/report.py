"""What a played day comes to, computed again from the rows.

CO2 is a range, reckoned as on the pages: ``delivery/footprint.py`` says how.
"""

from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Sum

from parvis.delivery.footprint import spared
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery, DeliveryEvent
from parvis.delivery.states import BagState, DeliveryState
from parvis.demo.simulation.tally import Tally
from parvis.demo.simulation.world import World
from parvis.market.models import LedgerEntry, LedgerTransaction, Line, Order, Part, PartEvent
from parvis.market.states import PartState

_HELD = {BagState.AT_HUB, BagState.PACKED, BagState.DELIVERED, BagState.CANCELLED}


def report(world: World, tally: Tally, key: str) -> dict[str, Any]:
    """The summary of the orders whose key begins with ``key``."""
    orders = Order.objects.filter(town=world.town, key__startswith=key)
    parts = list(
        Part.objects.filter(order__in=orders)
        .select_related("order__delivery")
        .prefetch_related("events", "lines", "order__delivery__bags__events", "order__delivery__events")
    )
    states = Counter(str(part.state) for part in parts)
    deliveries = list(
        Delivery.objects.filter(order__in=orders).select_related("window").prefetch_related("bags__events", "events")
    )
    ends = _ends(deliveries)
    bags = _bags(deliveries)
    kilometres, air = tally.metres / 1000, spared(tally.metres, world.town.country)
    return {
        "orders": orders.count(),
        "parts": len(parts),
        **ends,
        "bags": bags["ready"],
        "bags_lost": bags["lost"],
        "bags_missorted": tally.missorted + bags["crossed"],
        "bags_left_at_hub": bags["left"],
        "km": round(kilometres, 1),
        "co2_saved_kg": [round(air.low / 1000, 1), round(air.high / 1000, 1)],
        **_ledger(world, orders),
        "plan_violations": tally.plan_violations,
        "planning_seconds": max(tally.wave_seconds, default=0.0),
        "wave_seconds": tally.wave_seconds,
        "replans": len(tally.replan_seconds),
        "replanning_seconds": round(sum(tally.replan_seconds), 1),
        "plans_refused": tally.plans_refused,
        "refused_parts": states[PartState.REFUSED],
        "collected": sum(1 for p in parts if p.kind == "collect" and p.state == PartState.DONE),
        "no_window": tally.no_window,
        "sold_out": tally.sold_out,
        "unserved": tally.unserved,
        "rebooked": tally.rebooked,
        "orders_refused": tally.orders_refused,
        "lines_short": sum(1 for part in parts for line in part.lines.all() if line.missing),
        "reported_missing": tally.reported_missing,
        "breakdowns": tally.breakdowns,
        "mixups": tally.mixups,
        "mixups_caught": tally.mixups_caught,
        "wrong_scans_refused": tally.wrong_scans_refused,
        "wrong_crates_refused": tally.wrong_crates_refused,
        "by_bike_km": {name: round(metres / 1000, 1) for name, metres in sorted(tally.by_bike.items())},
    }


def _ends(deliveries: list[Delivery]) -> dict[str, int]:
    """How each delivery by bike ended. ``in_window`` counts what was in somebody's hands inside its window."""
    counts = Counter[str]()
    for delivery in deliveries:
        state = delivery.state
        if state == DeliveryState.CANCELLED:
            counts["cancelled"] += 1
            continue
        counts["deliveries"] += 1
        moments = [e.at for e in delivery.events.all() if e.kind == DeliveryEvent.Kind.DELIVERED]
        moved = any(e.kind == DeliveryEvent.Kind.REBOOKED for e in delivery.events.all())
        if state == DeliveryState.FAILED:
            counts["failed"] += 1
        elif not moments:
            counts["not_delivered"] += 1
        elif not moved and delivery.window.starts_at <= moments[-1] <= delivery.window.ends_at:
            counts["in_window"] += 1
        else:
            counts["late"] += 1
    names = ("deliveries", "in_window", "late", "failed", "not_delivered")
    return {name: counts[name] for name in names} | {"deliveries_cancelled": counts["cancelled"]}


def _bags(deliveries: list[Delivery]) -> dict[str, int]:
    """The chain of custody of every bag that a shop packed: where it ended, and whether it crossed another's way."""
    counts = Counter[str]()
    ids = [delivery.pk for delivery in deliveries]
    crates = {(c.delivery_id, c.number) for c in Crate.objects.filter(delivery__in=ids)}
    for delivery in deliveries:
        handed = {e.at for e in delivery.events.all() if e.kind == DeliveryEvent.Kind.DELIVERED}
        for bag in delivery.bags.all():
            events = list(bag.events.all())
            if not any(event.kind == BagEvent.Kind.READY for event in events):
                continue
            counts["ready"] += 1
            state = bag.state
            counts["lost"] += state not in _HELD
            counts["left"] += state in {BagState.AT_HUB, BagState.PACKED}
            counts["crossed"] += _crossed(bag, events, handed, crates)
    return {name: counts[name] for name in ("ready", "lost", "left", "crossed")}


def _crossed(bag: Bag, events: list[BagEvent], handed: set[Any], crates: set[tuple[Any, int]]) -> bool:
    """Whether the events say that the bag was in a crate or in hands of another delivery."""
    for event in events:
        if event.kind == BagEvent.Kind.PACKED and (bag.delivery_id, event.detail.get("crate")) not in crates:
            return True
        if event.kind == BagEvent.Kind.DELIVERED and event.at not in handed:
            return True
    return False


def _ledger(world: World, orders: Any) -> dict[str, int]:
    """The sum of all entries of these orders, and the sales posted against an independent sum of their lines."""
    with connection.cursor() as cursor:  # the trigger that waits for the commit speaks now
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    entries = LedgerEntry.objects.filter(transaction__order__in=orders)
    sales = entries.filter(transaction__kind=LedgerTransaction.Kind.SALE, account__startswith="buyer:")
    reversed_ = entries.filter(transaction__kind=LedgerTransaction.Kind.REVERSAL, account__startswith="buyer:")
    sold = (sales.aggregate(sum=Sum("amount_cents"))["sum"] or 0) + (
        reversed_.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    )
    ready = PartEvent.objects.filter(part__order__in=orders, kind=PartEvent.Kind.READY).values("part")
    gone = PartEvent.objects.filter(
        part__order__in=orders, kind__in=[PartEvent.Kind.REFUSED, PartEvent.Kind.CANCELLED]
    ).values("part")
    lines = Line.objects.filter(part__in=ready).exclude(part__in=gone).select_related("part")
    goods = sum(line.unit_price_cents * (line.prepared_quantity or 0) for line in lines)
    fees = sum(Part.objects.filter(pk__in={line.part_id for line in lines}).values_list("fee_cents", flat=True))
    return {
        "ledger_sum_cents": entries.aggregate(sum=Sum("amount_cents"))["sum"] or 0,
        "sales_cents": sold,
        "sales_against_lines_cents": sold - goods - fees,
    }
