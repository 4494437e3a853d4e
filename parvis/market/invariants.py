"""What must hold whatever happened: between two clients, in the middle of a crash, after years.

``faults`` looks at all rows of a town and says each thing that does not add up, in a sentence for whoever runs the
installation. It asks for differences in the database and loads nothing that is right.
"""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from parvis.delivery.models import Bag, Delivery, Window
from parvis.market import ledger
from parvis.market.models import Capacity, Cycle, Line, Modality, Order, Part, PartEvent, Product, StockMovement
from parvis.market.rulebook import GIVEN_BACK
from parvis.towns.models import Town

SHOWN = 20  # of each kind: a broken town is not printed whole


def faults(town: Town) -> list[str]:
    """Everything that does not add up; empty when all is well."""
    looks = (_stock, _half_orders, _movements, _bikes, _windows, _capacities, _turns, _money)
    return [fault for look in looks for fault in _few(look(town))]


def _few(found: Iterator[str]) -> Iterator[str]:
    for number, fault in enumerate(found):
        if number == SHOWN:
            yield "… and more of this kind"
            return
        yield fault


def _stock(town: Town) -> Iterator[str]:
    """Stock is what the movements add up to, wherever somebody counts."""
    sums = Coalesce(Sum("movements__delta", filter=_of_product()), Value(0))
    products = Product.objects.filter(town=town).exclude(stock=None).annotate(moved=sums)
    wrong = products.exclude(stock=F("moved")).order_by("pk").values_list("name", "stock", "moved")
    for name, stock, moved in wrong[: SHOWN + 1]:
        yield f"{name}: {stock} in stock, but its movements add up to {moved}"


def _of_product() -> Q:
    """The movements of the product itself, where its options have a stock of their own."""
    names = {field.name for field in StockMovement._meta.get_fields()}
    return Q(movements__option=None) if "option" in names else Q()


def _half_orders(town: Town) -> Iterator[str]:
    """An order has a part, a part has a line and the event with which it began."""
    for order in Order.objects.filter(town=town, parts=None)[: SHOWN + 1]:
        yield f"order {order.code} has no part"
    for part in Part.objects.filter(town=town, lines=None).select_related("order")[: SHOWN + 1]:
        yield f"order {part.order.code} has a part without goods"
    for part in Part.objects.filter(town=town, events=None).select_related("order")[: SHOWN + 1]:
        yield f"order {part.order.code} has a part that was never placed"


def _movements(town: Town) -> Iterator[str]:
    """What was taken for a line is there once, and given back once when the part was refused or cancelled."""
    ordered = StockMovement.objects.filter(town=town, reason=StockMovement.Reason.ORDERED)
    lines = Line.objects.filter(town=town, counted=True)
    taken = StockMovement.objects.filter(line_id=OuterRef("pk"), reason=StockMovement.Reason.ORDERED)
    for line in lines.exclude(product=None).exclude(Exists(taken))[: SHOWN + 1]:
        yield f"{line.name} was ordered without taking it from the stock"
    for movement in ordered.exclude(Exists(Line.objects.filter(pk=OuterRef("line_id"))))[: SHOWN + 1]:
        yield f"{-movement.delta} were taken from the stock of a product for no order"
    per_line = StockMovement.objects.filter(town=town).exclude(line_id=None).order_by().values("line_id")
    for row in per_line.annotate(rest=Sum("delta")).filter(rest__gt=0)[: SHOWN + 1]:
        yield f"line {row['line_id']} gave back more than it had taken"
    back = PartEvent.objects.filter(part=OuterRef("part"), kind__in=GIVEN_BACK)
    ended = lines.filter(Exists(back)).values("pk")
    for row in per_line.filter(line_id__in=ended).annotate(rest=Sum("delta")).filter(rest__lt=0)[: SHOWN + 1]:
        yield f"line {row['line_id']} was called off and its stock is not given back"


def _bikes(town: Town) -> Iterator[str]:
    """What comes by bike has a delivery, with a bag for each part, and no delivery stands without an order."""
    by_bike = Part.objects.filter(town=town, kind=Modality.Kind.BIKE)
    for part in by_bike.filter(order__delivery=None).select_related("order")[: SHOWN + 1]:
        yield f"order {part.order.code} comes by bike and has no delivery"
    ours = Q(town=town, delivery__ordered_in=None) | Q(delivery__ordered_in=town)
    references = set(Bag.objects.filter(ours).values_list("sender_ref", flat=True))
    for pk, code in by_bike.values_list("pk", "order__code"):
        if str(pk) not in references:
            yield f"order {code} has a part by bike without a bag"
    ordered = Delivery.objects.ordered_by(town)
    for delivery in ordered.filter(order=None)[: SHOWN + 1]:
        yield f"delivery {delivery.code} belongs to no order"
    for delivery in ordered.exclude(order=None).exclude(order__town=town)[: SHOWN + 1]:
        yield f"delivery {delivery.code} was ordered in another town than its order"


def _windows(town: Town) -> Iterator[str]:
    """No delivery window holds more than was offered."""
    booked = Count("deliveries", filter=Q(deliveries__cancelled_at=None))
    windows = Window.objects.filter(town=town).annotate(booked=booked).filter(booked__gt=F("capacity")).order_by("pk")
    for starts_at, held, capacity in windows.values_list("starts_at", "booked", "capacity"):
        yield f"window of {starts_at:%Y-%m-%d %H:%M}: {held} deliveries for {capacity} places"


def _standing(town: Town) -> QuerySet[Part]:
    back = PartEvent.objects.filter(part=OuterRef("pk"), kind__in=GIVEN_BACK)
    return Part.objects.filter(town=town).exclude(Exists(back)).order_by()


def _capacities(town: Town) -> Iterator[str]:
    """No window of a shop's preparation holds more than it can prepare (as it is set now)."""
    limits = {row.shop_id: row for row in Capacity.objects.filter(town=town)}
    parts = _standing(town).filter(shop__in=limits).exclude(work_at=None)
    for row in parts.values("shop_id", "work_at").annotate(orders=Count("pk"), points=Sum("work")):
        limit = limits[row["shop_id"]]
        held = row["points"] if limit.counts == Capacity.Counts.POINTS else row["orders"]
        if held > limit.most:
            hour = f"{row['work_at']:%Y-%m-%d %H:%M}"
            yield f"shop {row['shop_id']} must prepare {held} from {hour} on, and can {limit.most}"


def _turns(town: Town) -> Iterator[str]:
    """No turn of a cycle holds more orders than it has places (as it is set now)."""
    limits = {row.pk: row.most for row in Cycle.objects.filter(town=town).exclude(most=None)}
    parts = _standing(town).filter(cycle__in=limits)
    for row in parts.values("cycle_id", "turn_day").annotate(orders=Count("order_id", distinct=True)):
        if row["cycle_id"] and row["orders"] > (limits[row["cycle_id"]] or 0):
            yield f"cycle {row['cycle_id']} of {row['turn_day']}: {row['orders']} orders for {limits[row['cycle_id']]}"


def _money(town: Town) -> Iterator[str]:
    if total := ledger.town_sum(town):
        yield f"the ledger adds up to {total} cents instead of zero"
