"""Placing an order: stock, delivery window, parts and mails in one transaction, once.

Rows are locked late, in the order of ``docs/locking.md``: products and options by id, capacities, cycles, vouchers,
the window.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.busy import says_when_busy
from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.ids import short_code
from parvis.core.time import day_of
from parvis.delivery.actions import BagSpec, book_delivery
from parvis.delivery.models import Window
from parvis.market import letters
from parvis.market.actions import payments
from parvis.market.actions.vouchers import apply_held, use_vouchers
from parvis.market.availability import check_day, share_promise
from parvis.market.choices import Quote, ShopBasket, quote, shares
from parvis.market.closures import closed_at, closed_on, refusal
from parvis.market.fees import InForce, in_force
from parvis.market.models import (
    Basket,
    Line,
    MarketClosure,
    Modality,
    Option,
    Order,
    Part,
    PartEvent,
    Product,
    StockMovement,
)
from parvis.market.paying.offering import paid_online
from parvis.market.pickups import pickup_of
from parvis.market.promises import Promise, promise_by
from parvis.market.returning import returning_of
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
    if_missing: str = Order.IfMissing.LEAVE


@says_when_busy
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
    vouchers: str = "",
) -> Order:
    """Turn a basket into an order with a part for each shop.

    ``chosen`` maps each shop's id to one of its modalities; ``window_id`` is the window for all that comes by
    bike; ``key`` makes a form sent twice one order; ``expected_cents`` is the sum to pay that the buyer has seen;
    ``vouchers`` are the codes that they typed. With ``pay_online`` goods and places are kept, and no shop hears of the
    order, until the payment is authorised. Raises Refusal, writing nothing, when something is sold out or has another
    price, a shop is closed or cannot be ready in time, a modality is not offered, a voucher does not serve, the window
    is full or the address is missing.
    """
    Basket.objects.select_for_update().get(pk=basket.pk)  # the same form sent twice at once waits here
    if known := Order.objects.filter(town=town, key=key).first():
        return known
    fees = in_force(town, day_of(at, town.zone))
    closures = closures_ahead(town, at)
    if closure := closed_at(at, town.zone, closures):
        raise Refusal(refusal(closure))
    basket = Basket.objects.with_lines().get(pk=basket.pk)
    asked = quote(shares(basket), chosen, fees.market)
    window = None
    if asked.by_bike and window_id:
        window = Window.objects.promised_to(town, at).filter(pk=window_id).first()
    _check(asked, buyer, window)
    if window is not None and closed_on(window.day_in(town.zone), closures):
        raise Refusal(_("This delivery time is closed. Please choose another one."))
    _take_stock(asked)
    promised = _promises(town, asked, window, closures, at)
    applying = apply_held(town, vouchers, asked.goods, email=buyer.email, day=day_of(at, town.zone))
    if expected_cents is not None and asked.total.cents - applying.cents != expected_cents:
        raise Refusal(_("The total has changed since you looked. Check it and order again."))
    online = _paid_online(town, asked) if pay_online else frozenset()
    order = _create_order(town, buyer, key, at)
    parts = [
        _create_part(order, share, chosen[share.shop.pk], promised[share.shop.pk], fees, at) for share in asked.shops
    ]
    use_vouchers(applying=applying, parts=parts, goods=asked.goods, at=at)
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
            bags=[
                _bag(part, share, window) for part, share in zip(parts, asked.shops, strict=True) if part.kind == "bike"
            ],
            at=at,
            held=bool(online),
        )
        order.bike_fee_cents, order.bike_fee_vat_bp = asked.fee.cents, asked.fee.vat_bp
        order.bike_shops_cents = fees.borne_by_shops(asked.bike_goods)
        order.save(update_fields=["delivery", "bike_fee_cents", "bike_fee_vat_bp", "bike_shops_cents"])
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
            check_day(share, window.day_in(town.zone), at)
            kept = promise_by(mine, share.points, window.goods_due_at, at)
            promised[share.shop.pk] = replace(kept, ready_at=window.goods_due_at)
        else:
            promised[share.shop.pk] = share_promise(mine, share, at)
    return promised


def _take_stock(asked: Quote) -> None:
    """Lock the counted products, then their options, in the order of their ids, and take what all lines want together.

    Two lines of one stock (sliced and whole) are one wish. Prices and names are read from the locked rows, so that
    what is charged is what the shop asks now.
    """
    lines = [line for share in asked.shops for line in share.lines]
    wanted: dict[UUID, int] = {}
    for line in lines:
        for key in (line.product_id, *line.options):
            wanted[key] = wanted.get(key, 0) + line.quantity
    seen = {line.product_id: line.product for line in lines}
    for product in Product.objects.select_for_update(of=("self",)).filter(pk__in=seen).order_by("pk"):
        if product.hidden:
            raise Refusal(_("%(name)s is not on sale any more.") % {"name": product.name})
        if _price(product) != _price(seen[product.pk]):
            raise Refusal(_("The price of %(name)s has just changed. Please look again.") % {"name": product.name})
        take(product, product.name, wanted[product.pk])
    names = {option.pk: f"{line.product.name} ({option.name})" for line in lines for option in line.chosen}
    surcharges = {option.pk: option.surcharge_cents for line in lines for option in line.chosen}
    for option in Option.objects.select_for_update().filter(pk__in=names).order_by("pk"):
        if option.surcharge_cents != surcharges[option.pk]:
            raise Refusal(_("The price of %(name)s has just changed. Please look again.") % {"name": names[option.pk]})
        take(option, names[option.pk], wanted[option.pk])
        surcharges.pop(option.pk)
    if surcharges or not all(line.is_complete for line in lines):
        gone = next((line.product.name for line in lines if not line.is_complete), lines[0].product.name)
        raise Refusal(
            _("What can be chosen about %(name)s has changed. Take it out and add it again.") % {"name": gone}
        )


def _price(product: Product) -> tuple[object, ...]:
    """All that decides what so many of it cost."""
    return (product.price_cents, product.sold_by, product.deposit_cents, product.grams if product.by_weight else 0)


def take(counted: Product | Option, name: str, quantity: int) -> None:
    """Take so many off a counted stock whose row is locked; nothing to do where nobody counts."""
    if counted.stock is None:
        return
    if counted.stock < quantity:
        raise Refusal(
            _("%(name)s is sold out.") % {"name": name}
            if counted.stock == 0
            else _("Only %(count)s left of %(name)s.") % {"count": counted.stock, "name": name}
        )
    counted.stock -= quantity
    counted.save(update_fields=["stock"])


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
                    if_missing=buyer.if_missing,
                    placed_at=at,
                )
        except IntegrityError:
            if known := Order.objects.filter(town=town, key=key).first():  # the same form, sent twice at once
                raise Refusal(_("This order is already placed: %(code)s.") % {"code": known.code}) from None
    raise RuntimeError("no free order code in twenty tries")


def _create_part(
    order: Order, share: ShopBasket, modality: Modality, promised: Promise, fees: InForce, at: datetime
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
        commission_bp=fees.commission_bp(share.shop.pk),
        commission_vat_bp=fees.terms.vat_bp,
        placed_at=at,
        due_at=promised.ready_at,
        work_at=promised.work_at,
        work=share.points,
        cycle=turn.cycle if turn else None,
        turn_day=turn.day if turn else None,
        until=collected.ends_at if collected else None,
        collected_at=collected.cycle.place if collected else "",
    )
    lines = Line.objects.bulk_create(line_of(part, line.product, line.quantity, line.chosen) for line in share.lines)
    StockMovement.objects.bulk_create(
        movement
        for line, wish in zip(lines, share.lines, strict=True)
        for movement in taken_for(line, wish.product, wish.chosen, at)
    )
    return part


def line_of(part: Part, product: Product, quantity: int, chosen: Sequence[Option] = ()) -> Line:
    """What is sold, as it is now: name, options, price, VAT and deposit stay on the line."""
    return Line(
        town_id=part.town_id,
        part=part,
        product=product,
        name=product.name,
        option_words=", ".join(option.name for option in chosen)[:200],
        unit=product.unit,
        unit_price_cents=product.price_cents + sum(option.surcharge_cents for option in chosen),
        vat_bp=product.vat_bp,
        returning=returning_of(product.returning, product.category),
        deposit_cents=product.deposit_cents,
        sold_by=product.sold_by,
        tolerance_percent=product.tolerance_percent if product.by_weight else 0,
        temperature=product.temperature,
        grams=product.grams,
        millilitres=product.millilitres,
        quantity=quantity,
        counted=product.stock is not None or any(option.stock is not None for option in chosen),
    )


def taken_for(line: Line, product: Product, chosen: Sequence[Option], at: datetime) -> Iterator[StockMovement]:
    """The movements of what a line takes: one for each counted stock, the product's and its options'."""
    stocks: list[tuple[Option | None, int | None]] = [(None, product.stock), *((o, o.stock) for o in chosen)]
    for option, stock in stocks:
        if stock is not None:
            yield StockMovement(
                town_id=line.town_id,
                product=product,
                option=option,
                delta=-line.quantity,
                reason=StockMovement.Reason.ORDERED,
                at=at,
                line_id=line.pk,
            )


def _bag(part: Part, share: ShopBasket, window: Window | None) -> BagSpec:
    return BagSpec(
        sender=share.shop.name,
        sender_phone=share.shop.place.phone,
        sender_ref=str(part.pk),
        grams=share.grams,
        millilitres=share.millilitres,
        temperature=share.temperature,
        needs=share.needs,
        pickup=pickup_of(share.shop, window) if window else None,
    )
