"""What shops and buyers do with one part of an order. One shop's refusal never touches another's bag."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.delivery.actions import cancel_bags, confirm_delivery
from parvis.market import ledger, ledger_fees, letters, refunds
from parvis.market.actions.locks import expect, lock, record
from parvis.market.actions.vouchers import give_back_vouchers, hold_vouchers_of
from parvis.market.models import Line, Modality, Option, Part, PartEvent, Product, StockMovement
from parvis.market.states import PartState


@transaction.atomic
def accept_part(*, part: Part, at: datetime, by: Any = None, tap: Tap = NO_TAP) -> None:
    """The shop says yes. Raises Refusal unless it was waiting for an answer."""
    part = lock(part)
    expect(part, PartState.PLACED)
    record(part, PartEvent.Kind.ACCEPTED, at=at, by=by, tap=tap)
    letters.part_accepted(part)


@transaction.atomic
def refuse_part(*, part: Part, reason: str, at: datetime, by: Any = None) -> None:
    """The shop says no, with a reason that the buyer reads; stock and bags are given back."""
    if not reason.strip():
        raise Refusal(_("Write a reason: the buyer will read it."))
    part = lock(part)
    expect(part, PartState.PLACED, PartState.ACCEPTED)
    record(part, PartEvent.Kind.REFUSED, at=at, by=by, reason=reason.strip()[:200])
    _give_back(part, at=at, by=by)
    letters.part_refused(part, reason.strip())


@transaction.atomic
def cancel_part(*, part: Part, at: datetime, by: Any = None) -> None:
    """The buyer changes their mind before the shop has started."""
    part = lock(part)
    if part.state not in {PartState.RESERVED, PartState.PLACED}:
        raise Refusal(_("%(shop)s has already started. Call the shop.") % {"shop": part.shop.name})
    told = part.state == PartState.PLACED
    record(part, PartEvent.Kind.CANCELLED, at=at, by=by)
    _give_back(part, at=at, by=by)
    if told:
        letters.part_cancelled(part)


def withdraw_parts(parts: Iterable[Part], *, at: datetime, reason: str) -> None:
    """Nobody paid for these in time: goods and places go back. Their shops never heard of them.

    Call it in a transaction. All their products are locked first, by id, so that two orders cannot wait for each other.
    """
    asked = list(Part.objects.select_for_update().filter(pk__in=[part.pk for part in parts]).order_by("pk"))
    fresh = Part.objects.select_related("order__delivery", "shop__place").filter(pk__in=[part.pk for part in asked])
    kept = [part for part in fresh.order_by("pk") if part.state == PartState.RESERVED]
    goods = Line.objects.filter(part__in=kept, counted=True).values("product")
    list(Product.objects.select_for_update(of=("self",)).filter(pk__in=goods).order_by("pk"))
    hold_vouchers_of(kept)
    for part in kept:
        record(part, PartEvent.Kind.CANCELLED, at=at, by=None, reason=reason[:200])
        _give_back(part, at=at, by=None)


def tell_shops(parts: Iterable[Part], *, at: datetime) -> None:
    """The payment is authorised: from now on the shops see the order, and are told. Call it in a transaction."""
    asked = list(Part.objects.select_for_update().filter(pk__in=[part.pk for part in parts]).order_by("pk"))
    fresh = Part.objects.select_related("order__town", "shop__organisation").filter(pk__in=[p.pk for p in asked])
    told = [part for part in fresh.order_by("pk") if part.state == PartState.RESERVED]
    for part in told:
        PartEvent.objects.create(town_id=part.town_id, part=part, kind=PartEvent.Kind.PLACED, at=at)
    Part.objects.filter(pk__in=[part.pk for part in told]).update(placed_at=at)  # a shop's time to answer begins now
    if told and told[0].order.delivery_id:
        confirm_delivery(told[0].order.delivery_id, at=at)
    if told:
        letters.order_placed(told[0].order, told)


def _give_back(part: Part, *, at: datetime, by: Any) -> None:
    """Return what was taken for the part: counted stock, line by line, money of vouchers and places on the bike."""
    give_back_lines([line for line in part.lines.all() if line.counted], at=at)
    give_back_vouchers(part, at=at)
    if part.kind == Modality.Kind.BIKE and part.order.delivery:
        cancel_bags(delivery=part.order.delivery, sender_ref=str(part.pk), at=at, by=by)


def give_back_lines(lines: Sequence[Line], *, at: datetime) -> None:
    """Put on the shelf again what was taken for ``lines``, as their movements tell; what nobody counts any more stays.

    Products are locked by id, then options by id; several lines of one stock are one sum.
    """
    moves = StockMovement.objects.filter(line_id__in=[line.pk for line in lines])
    taken: dict[tuple[UUID, UUID | None, UUID | None], int] = {}
    for move in moves:
        key = (move.product_id, move.option_id, move.line_id)
        taken[key] = taken.get(key, 0) - move.delta
    taken = {key: count for key, count in taken.items() if count > 0}
    options = {option for _product, option, _line in taken if option}
    products = Product.objects.select_for_update().filter(pk__in={key[0] for key in taken}).order_by("pk")
    rows: dict[UUID, Product | Option] = {product.pk: product for product in products}
    rows |= {option.pk: option for option in Option.objects.select_for_update().filter(pk__in=options).order_by("pk")}
    back = []
    for (product_id, option_id, line_id), count in taken.items():
        row = rows.get(option_id or product_id)
        if row is None or row.stock is None:
            continue
        row.stock += count
        back.append(
            StockMovement(
                town_id=row.town_id,
                product_id=product_id,
                option_id=option_id,
                delta=count,
                reason=StockMovement.Reason.RELEASED,
                at=at,
                line_id=line_id,
            )
        )
    for row in rows.values():
        row.save(update_fields=["stock"])
    StockMovement.objects.bulk_create(back)


@transaction.atomic
def send_part(*, part: Part, at: datetime, by: Any = None, tap: Tap = NO_TAP) -> None:
    """The shop's courier or the postman has it."""
    part = lock(part)
    expect(part, PartState.READY)
    if part.kind not in {Modality.Kind.SHOP, Modality.Kind.POST}:
        raise Refusal(_("This order does not leave with the shop's courier or by post."))
    record(part, PartEvent.Kind.SENT, at=at, by=by, tap=tap)
    letters.part_sent(part)


@transaction.atomic
def finish_part(*, part: Part, at: datetime, by: Any = None, tap: Tap = NO_TAP) -> None:
    """The buyer has the goods and has paid: online, or the shop itself at its counter, at the door, before posting."""
    part = lock(part)
    expect(part, PartState.READY, PartState.SENT)
    if part.kind == Modality.Kind.BIKE:
        raise Refusal(_("The rider hands this order over."))
    record(part, PartEvent.Kind.DONE, at=at, by=by, tap=tap)
    if part.kind == Modality.Kind.SHOP:
        letters.part_done(part)
    if not part.online:
        ledger.post_payment(part, till=ledger.shop_till(part.shop), at=at)


@transaction.atomic
def return_part(*, part: Part, at: datetime, by: Any = None) -> None:
    """What could not be delivered goes back to its shop: the sale is reversed, stock and bags are given back."""
    part = lock(part)
    expect(part, PartState.FAILED)
    record(part, PartEvent.Kind.CANCELLED, at=at, by=by, reason=_("could not be delivered"))
    _give_back(part, at=at, by=by)
    part = Part.objects.get(pk=part.pk)
    ledger_fees.settle_commission(part, at=at)
    refunds.take_back_sale(part, at=at)  # its credit note holds the series: the last lock
    letters.part_returned(part)
