"""Buyers: a basket, a way for each shop, an order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from parvis.core.errors import Refusal
from parvis.delivery.models import Window
from parvis.demo.simulation.day import Day
from parvis.demo.simulation.depot import Depot
from parvis.demo.simulation.shops import Shops
from parvis.market.actions import Buyer, add_to_basket, place_order
from parvis.market.models import Basket, Modality, Order, Product
from parvis.towns.models import Town


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants, how and when. ``windows`` are tried in turn; without one left, they collect.

    ``town`` is None for the buyers of the town whose day is played, else the neighbour's for which its bikes ride too.
    """

    number: int
    placed_at: datetime
    lines: Sequence[tuple[Product, int]]
    ways: Mapping[UUID, Modality]
    buyer: Buyer
    windows: Sequence[Window] = ()
    otherwise: Mapping[UUID, Modality] = field(default_factory=dict)
    key: str = ""
    voucher: Callable[[], str] = str  # asked when the order is placed: its code, or nothing
    town: Town | None = None


class Orders:
    """Places what people wish for, when they wish for it."""

    def __init__(self, day: Day, shops: Shops, depot: Depot) -> None:
        self.day, self.shops, self.depot = day, shops, depot

    def expect(self, wish: Wish) -> None:
        """The order will be placed at its time."""
        self.day.clock.at(wish.placed_at, lambda: self.place(wish))

    def place(self, wish: Wish) -> Order | None:
        """Place it: in the first window with a place left, else without the bike."""
        self.day.tally.orders_wished += 1
        by_bike = any(way.kind == Modality.Kind.BIKE for way in wish.ways.values())
        order = None
        if by_bike:
            for window in wish.windows:
                order = self._try(wish, wish.ways, window)
                if order is not None:
                    break
            else:
                self.day.tally.no_window += 1
        if order is None and (wish.otherwise or not by_bike):
            order = self._try(wish, wish.otherwise if by_bike else wish.ways, None)
        if order is None:
            self.day.tally.orders_refused += 1
            return None
        if order.delivery_id:
            self.day.number_of[order.delivery_id] = wish.number
            self.depot.expect(order)
        for part in order.parts.select_related("shop", "order").prefetch_related("lines").order_by("pk"):
            self.shops.receive(part, wish.number)
        return order

    def _put(self, basket: Basket, product: Product, quantity: int) -> None:
        """Into the basket, as many as there are; what is sold out stays out."""
        try:
            first = [group.options.all()[0].pk for group in product.groups.all() if group.options.all()]
            add_to_basket(basket=basket, product=product, quantity=quantity, options=first)
        except Refusal as refusal:
            self.day.tally.sold_out += 1
            self.day.tally.refusals.append(f"add_to_basket: {refusal}")

    def _try(self, wish: Wish, ways: Mapping[UUID, Modality], window: Window | None) -> Order | None:
        try:
            with transaction.atomic():
                town = wish.town or self.day.town
                basket = Basket.objects.create(town=town, person=wish.buyer.person)
                goods = Product.objects.select_related("shop__place").prefetch_related("groups__options")
                shelf = goods.in_bulk([product.pk for product, _ in wish.lines])
                for product, quantity in wish.lines:
                    self._put(basket, shelf[product.pk], quantity)
                order = place_order(
                    town=town,
                    basket=basket,
                    buyer=wish.buyer,
                    chosen=ways,
                    window_id=window.pk if window else None,
                    vouchers=wish.voucher(),
                    key=wish.key or f"day-{self.day.date}-{wish.number}",
                    at=self.day.now,
                )
                basket.delete()
                return order
        except Refusal as refusal:
            self.day.tally.refusals.append(f"place_order: {refusal}")
            return None
