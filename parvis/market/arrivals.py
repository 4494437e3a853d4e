"""What the market does when a bike's delivery ends: the one piece of news that comes from below."""

from datetime import datetime
from typing import Any

from parvis.delivery.models import Delivery
from parvis.market import ledger
from parvis.market.models import Order, Part
from parvis.market.paying.later import settle_soon


def on_delivery_ended(sender: Any, *, delivery: Delivery, outcome: str, at: datetime, **kwargs: Any) -> None:
    """Post fee and payments of a delivered order; a failed attempt moves no money, the goods are still owed."""
    order = Order.objects.filter(delivery=delivery).first()
    if order is None or outcome != "delivered":
        return
    parts = list(Part.objects.filter(order=order, kind="bike").select_related("order__delivery", "shop"))
    ledger.post_bike_delivery(order, parts, at=at)
    if any(part.online for part in parts):
        settle_soon(order.pk)
