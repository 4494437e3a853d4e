"""Placing an order: stock, delivery window, parts and mails in one transaction, once.

Rows are locked late and in the order of ``docs/locking.md``: products by id, capacities, cycles, the window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.ids import short_code
from parvis.delivery.actions import BagSpec, book_delivery
from parvis.delivery.models import Window
from parvis.market import letters
from parvis.market.actions import payments
from parvis.market.choices import Quote, ShopBasket, quote, shares
from parvis.market.closures import closed_at, refusal
from parvis.market.models import (
    Basket,
    Line,
    Market,
    MarketClosure,
    Modality,
    Order,
    Part,
    PartEvent,
    Product,
    StockMovement,
)
from parvis.market.paying.offering import paid_online
from parvis.market.promises import Promise, promise, promise_by
from parvis.market.rulebook import closures_ahead, rules_of
from parvis.towns.models import Town


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders and where things go; ``address`` and ``point`` only when something comes to a door."""

    name: str
    email: str
    phone: str = ""
    language: str = "fr"
    address: str = ""
    point: Point | None = None
    note: str = ""
    person: Any = None


@transaction.atomic
def place_order(
    *,
    town: Town,
    basket: Basket,
    buyer: Buyer,
    chosen: Mapping[UUID, Modality],
    window_id: UUID | None,
    key: str,
    at: datetime,
    expected_cents: int | None = None,
    pay_online: bool = False,
) -> Order:
    """Turn a basket into an order with a part for each shop.

    ``chosen`` maps each shop's id to one of its modalities; ``window_id`` is the window for all that comes by
    bike; ``key`` makes a form sent twice one order; ``expected_cents`` is the total that the buyer has seen.
    With ``pay_online`` goods and places are kept, and no shop hears of the order, until the payment is authorised.
    Raises Refusal, writing nothing, when something is sold out or has another price, a shop is closed or cannot be
    ready in time, a modality is not offered, the window is full or the address is missing.
    """
    Basket.objects.select_for_update().get(pk=basket.pk)  # the same form sent twice at once waits here
    if known := Order.objects.filter(town=town, key=key).first():
        return known
    market = Market.objects.get(town=town)
    closures = closures_ahead(town, at)
    if closure := closed_at(at, town.zone, closures):
        raise Refusal(refusal(closure))
    basket = Basket.objects.with_lines().get(pk=basket.pk)
    asked = quote(shares(basket), chosen, market)
    window = Window.objects.filter(town=town, pk=window_id).first() if asked.by_bike and window_id else None
    _check(asked, buyer, window)
    if window is not None and closed_at(window.starts_at, town.zone, closures):
        raise Refusal(_("This delivery time is closed. Please choose another one."))
    taken = _take_stock(asked)
    promised = _promises(town, asked, window, closures, at)
    if expected_cents is not None and asked.total.cents != expected_cents:
        raise Refusal(_("The total has changed since you looked. Check it and order again."))
    online = _paid_online(town, asked) if pay_online else frozenset()
    order = _create_order(town, buyer, key, at)
    parts = [
        _create_part(order, share, chosen[share.shop.pk], promised[share.shop.pk], taken, at) for share in asked.shops
    ]
    if asked.by_bike and window_id is not None and buyer.point is not None:
        order.delivery = book_delivery(
            town=town,
            window_id=window_id,
            reference=order.code,
            name=buyer.name,
            phone=buyer.phone,
            address=buyer.address,
            point=buyer.point,
            note=buyer.note,
            bags=[_bag(part, share) for part, share in zip(parts, asked.shops, strict=True) if part.kind == "bike"],
            at=at,
        )
        order.bike_fee_cents, order.bike_fee_vat_bp = asked.fee.cents, asked.fee.vat_bp
        order.save(update_fields=["delivery", "bike_fee_cents", "bike_fee_vat_bp"])
    basket.lines.all().delete()
    audit.record("place_order", order, at=at, town_id=town.pk, actor=buyer.person, parts=len(parts))
    if online:
        _ask_payment(order, parts, online, at)
    else:
        _tell(order, parts, at)
    return order


def _paid_online(town: Town, asked: Quote) -> frozenset[UUID]:
    """The shops that are paid online; the others of the order are paid on the spot."""
    online = frozenset(paid_online(town, [share.shop for share in asked.shops]))
    if not online:
        raise Refusal(_("Nothing of this can be paid online at the moment. Choose to pay when you have it."))
    return online


def _ask_payment(order: Order, parts: list[Part], online: frozenset[UUID], at: datetime) -> None:
    Part.objects.filter(order=order, shop__in=online).update(online=True)
    for part in parts:
        payments.reserve(part, at=at)
    payments.ask_payment(order, at=at)


def _tell(order: Order, parts: list[Part], at: datetime) -> None:
    """Shops see the order from now on, and are told."""
    for part in parts:
        PartEvent.objects.create(town_id=order.town_id, part=part, kind=PartEvent.Kind.PLACED, at=at)
    letters.order_placed(order, parts)


def _check(asked: Quote, buyer: Buyer, window: Window | None) -> None:
    if not asked.shops:
        raise Refusal(_("Your basket is empty."))
    for share in asked.shops:
        modality = asked.chosen.get(share.shop.pk)
        if not (share.shop.is_found and share.shop.takes_orders):
            raise Refusal(_("%(shop)s takes no orders at the moment.") % {"shop": share.shop.name})
        if modality is None or modality.pk not in {offered.pk for offered in share.offered}:
            raise Refusal(_("Choose how you get what %(shop)s prepares.") % {"shop": share.shop.name})
    if asked.to_a_door and not buyer.address.strip():
        raise Refusal(_("Write the address where things are brought."))
    if asked.by_bike and buyer.point is None:
        raise Refusal(_("We do not find this address in town. Choose it from the list."))
    if asked.by_bike and window is None:
        raise Refusal(_("Choose when the bike may come."))


def _promises(
    town: Town, asked: Quote, window: Window | None, closures: Sequence[MarketClosure], at: datetime
) -> dict[UUID, Promise]:
    """What each shop promises by its own rules, with its capacity and its cycles held: the last place goes once."""
    rules = rules_of(town, [share.shop for share in asked.shops], at, closures, lock=True)
    promised = {}
    for share in asked.shops:
        mine = rules[share.shop.pk]
        by_bike = asked.chosen[share.shop.pk].kind == Modality.Kind.BIKE
        if by_bike and window is not None:
            kept = promise_by(mine, share.points, window.goods_due_at, at)
            promised[share.shop.pk] = replace(kept, ready_at=window.goods_due_at)
        else:
            promised[share.shop.pk] = promise(mine, share.points, at)
    return promised


def _take_stock(asked: Quote) -> dict[UUID, bool]:
    """Lock the counted products in the order of their ids and take what is wanted: sold once, never more.

    Prices and names are read from the locked rows, so that what is charged is what the shop asks now.
    """
    wanted = {line.product_id: line for share in asked.shops for line in share.lines}
    taken: dict[UUID, bool] = {}
    for product in Product.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"):
        line = wanted[product.pk]
        if product.hidden:
            raise Refusal(_("%(name)s is not on sale any more.") % {"name": product.name})
        if product.price_cents != line.product.price_cents:
            raise Refusal(_("The price of %(name)s has just changed. Please look again.") % {"name": product.name})
        taken[product.pk] = product.stock is not None
        if product.stock is None:
            continue
        if product.stock < line.quantity:
            raise Refusal(
                _("%(name)s is sold out.") % {"name": product.name}
                if product.stock == 0
                else _("Only %(count)s left of %(name)s.") % {"count": product.stock, "name": product.name}
            )
        product.stock -= line.quantity
        product.save(update_fields=["stock"])
    return taken


def _create_order(town: Town, buyer: Buyer, key: str, at: datetime) -> Order:
    for _attempt in range(20):
        try:
            with transaction.atomic():
                return Order.objects.create(
                    town=town,
                    code=short_code(),
                    key=key,
                    person=buyer.person,
                    name=buyer.name,
                    email=buyer.email,
                    phone=buyer.phone,
                    language=buyer.language,
                    address=buyer.address,
                    note=buyer.note,
                    placed_at=at,
                )
        except IntegrityError:
            if known := Order.objects.filter(town=town, key=key).first():  # the same form, sent twice at once
                raise Refusal(_("This order is already placed: %(code)s.") % {"code": known.code}) from None
    raise RuntimeError("no free order code in twenty tries")


def _create_part(
    order: Order, share: ShopBasket, modality: Modality, promised: Promise, taken: Mapping[UUID, bool], at: datetime
) -> Part:
    by_bike, turn = modality.kind == Modality.Kind.BIKE, promised.turn
    collected = turn if modality.kind == Modality.Kind.COLLECT else None
    part = Part.objects.create(
        town_id=order.town_id,
        order=order,
        shop=share.shop,
        kind=modality.kind,
        fee_cents=0 if by_bike else modality.fee_cents,
        fee_vat_bp=modality.fee_vat_bp,
        placed_at=at,
        due_at=promised.ready_at,
        work_at=promised.work_at,
        work=share.points,
        cycle=turn.cycle if turn else None,
        turn_day=turn.day if turn else None,
        until=collected.ends_at if collected else None,
        collected_at=collected.cycle.place if collected else "",
    )
    lines = Line.objects.bulk_create(
        Line(
            town_id=order.town_id,
            part=part,
            product=line.product,
            name=line.product.name,
            unit=line.product.unit,
            unit_price_cents=line.product.price_cents,
            vat_bp=line.product.vat_bp,
            grams=line.product.grams,
            millilitres=line.product.millilitres,
            quantity=line.quantity,
            counted=taken.get(line.product_id, False),
        )
        for line in share.lines
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            town_id=order.town_id,
            product_id=line.product_id,
            delta=-line.quantity,
            reason=StockMovement.Reason.ORDERED,
            at=at,
            line_id=line.pk,
        )
        for line in lines
        if line.counted and line.product_id
    )
    return part


def _bag(part: Part, share: ShopBasket) -> BagSpec:
    return BagSpec(
        sender=share.shop.name,
        sender_phone=share.shop.place.phone,
        sender_ref=str(part.pk),
        grams=share.grams,
        millilitres=share.millilitres,
    )
