"""What was already promised on some days: the orders that a closure of the market leaves to be agreed on again."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from parvis.core.time import day_bounds
from parvis.delivery.models.promises import of_days
from parvis.market.models import MarketClosure, Modality, Part, PartEvent

ENDED = (PartEvent.Kind.DONE, PartEvent.Kind.REFUSED, PartEvent.Kind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Promised:
    """How many orders, and the names of the shops that prepare them."""

    orders: int
    shops: tuple[str, ...]


def promised_in(closure: MarketClosure) -> Promised:
    """Orders that are neither over nor called off and that are due, or come by bike, on the days of a closure."""
    zone = closure.town.zone
    start = day_bounds(closure.first_day, zone)[0]
    end = day_bounds(closure.last_day + timedelta(days=1), zone)[0]
    over = PartEvent.objects.filter(part=OuterRef("pk"), kind__in=ENDED)
    due = Q(due_at__gte=start, due_at__lt=end)
    window = "order__delivery__window__"
    brought = Q(kind=Modality.Kind.BIKE) & of_days(closure.first_day, closure.last_day, zone, window)
    parts = Part.objects.filter(due | brought, town=closure.town_id).exclude(Exists(over)).order_by()
    rows = list(parts.values_list("order_id", "shop__name"))
    return Promised(len({order for order, _shop in rows}), tuple(sorted({shop for _order, shop in rows})))
