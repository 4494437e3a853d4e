"""Filling a bag: counted, weighed, replaced as the buyer agreed. What was really given is what is sold.

A substitute is another product of the same shop and never costs more than what it stands for; whether the buyer must
be asked first is ``substitutes.py``'s to say. Sent twice, a bag is filled once: the part's row is locked and its state
looked at, and the database keeps one ``ready`` event of a part.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.core.words import say_grams
from parvis.delivery.actions import mark_bags_ready
from parvis.market import ledger, ledger_fees, letters
from parvis.market.actions.checkout import line_of, take, taken_for
from parvis.market.actions.locks import expect, lock, record
from parvis.market.actions.vouchers import give_back_vouchers
from parvis.market.models import Line, Modality, Option, Order, Part, PartEvent, Product, StockMovement
from parvis.market.states import PartState
from parvis.market.substitutes import Budget, must_ask
from parvis.market.weighing import portions_in, weighed_cents


@dataclass(frozen=True, slots=True)
class Substitute:
    """So many of a product, or so many grams, for what is missing of a line; ``agreed``: the buyer was asked."""

    product_id: UUID
    option_id: UUID | None = None  # of goods with something to choose
    quantity: int = 0
    grams: int = 0
    agreed: bool = False


@transaction.atomic
def prepare_part(
    *,
    part: Part,
    quantities: Mapping[UUID, int],
    grams: Mapping[UUID, int] | None = None,
    substitutes: Mapping[UUID, Substitute] | None = None,
    at: datetime,
    by: Any = None,
    tap: Tap = NO_TAP,
) -> None:
    """Everything is packed: ``quantities`` says how many of each line there are (absent: all of it).

    What is sold by weight is weighed: ``grams`` by line. ``substitutes`` stand for what is missing of a line. The
    sale is posted for what was prepared, no more: what was ordered and is not there is not paid from this moment on.
    Raises Refusal for a quantity outside 0…ordered, a weight above the tolerance or not given, a substitute that the
    buyer must be asked about, or when nothing at all is left (then the shop refuses instead).
    """
    part = lock(part)
    expect(part, PartState.PLACED, PartState.ACCEPTED)
    lines = list(part.lines.all())
    for line in lines:
        _fill(line, quantities.get(line.pk), (grams or {}).get(line.pk))
    Line.objects.bulk_update(lines, ["prepared_quantity", "prepared_grams"])
    given = _replace(part, lines, substitutes or {}, at)
    if not any(line.prepared_quantity for line in (*lines, *given)):
        raise Refusal(_("Nothing is left to hand over. Refuse the order and say why."))
    if part.state == PartState.PLACED:
        record(part, PartEvent.Kind.ACCEPTED, at=at, by=by, tap=tap)
    record(part, PartEvent.Kind.READY, at=at, by=by, tap=tap)
    give_back_vouchers(part, at=at)
    if part.kind == Modality.Kind.BIKE and part.order.delivery:
        weight = sum(line.weighs for line in (*lines, *given))
        mark_bags_ready(delivery=part.order.delivery, sender_ref=str(part.pk), grams=weight, at=at, by=by)
    ledger.post_sale(Part.objects.get(pk=part.pk), at=at)
    ledger_fees.settle_commission(part, at=at)
    letters.part_ready(part, missing=[line for line in lines if line.missing], given=given)


def _fill(line: Line, quantity: int | None, grams: int | None) -> None:
    """What there is of one line; a weight says by itself how many portions it is worth."""
    if not line.by_weight:
        prepared = line.quantity if quantity is None else quantity
        if not 0 <= prepared <= line.quantity:
            raise Refusal(_("%(name)s: between 0 and %(count)s.") % {"name": line.name, "count": line.quantity})
        line.prepared_quantity = prepared
        return
    if grams is None and quantity != 0:
        raise Refusal(_("Weigh %(name)s, and write the grams.") % {"name": line.full_name})
    grams = grams or 0
    if not 0 <= grams <= line.most_grams:
        raise Refusal(too_heavy(line))
    line.prepared_grams, line.prepared_quantity = grams, portions_in(grams, line.grams, line.quantity)


def too_heavy(line: Line) -> str:
    """What a shop reads when it has weighed more than the buyer agreed to."""
    return _("%(name)s: at most %(most)s, the buyer agreed to no more. Take some off, or bill %(most)s.") % {
        "name": line.full_name,
        "most": say_grams(line.most_grams),
    }


def _replace(part: Part, lines: Sequence[Line], wishes: Mapping[UUID, Substitute], at: datetime) -> list[Line]:
    """Put substitutes in the bag, with what they take off the shelf; products are locked in the order of their ids."""
    wanted = {line: wishes[line.pk] for line in lines if line.pk in wishes}
    if not wanted:
        return []
    ids = {wish.product_id for wish in wanted.values()}
    on_sale = Product.objects.filter(shop_id=part.shop_id, hidden=False, pk__in=ids)
    shelf = {
        product.pk: product for product in Product.objects.select_for_update().filter(pk__in=on_sale).order_by("pk")
    }
    options = _options_of(shelf.values(), wanted.values())
    given = []
    movements: list[StockMovement] = []
    for line, wish in wanted.items():
        product = shelf.get(wish.product_id)
        if product is None or product.pk == line.product_id:
            raise Refusal(_("Choose another product of your shop instead of %(name)s.") % {"name": line.full_name})
        chosen = options.get(product.pk, ())
        instead = _instead(part.order, line, product, wish, chosen)
        take(product, instead.full_name, instead.quantity)
        for option in chosen:
            take(option, instead.full_name, instead.quantity)
        movements += taken_for(instead, product, chosen, at)
        given.append(instead)
    Line.objects.bulk_create(given)
    StockMovement.objects.bulk_create(movements)
    return given


def _options_of(goods: Iterable[Product], wishes: Iterable[Substitute]) -> dict[UUID, tuple[Option, ...]]:
    """The option chosen of each product that has some, its row locked after its product's, in the order of ids."""
    ids = {wish.option_id for wish in wishes if wish.option_id}
    locked = Option.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    mine = {option.pk: option for option in locked.select_related("group")}
    found = {}
    for product in goods:
        groups = product.groups.count()
        chosen = tuple(option for option in mine.values() if option.group.product_id == product.pk)
        if groups > 1 or len(chosen) != groups:
            raise Refusal(_("%(name)s: choose first: %(what)s.") % {"name": product.name, "what": _("its kind")})
        found[product.pk] = chosen
    return found


def _instead(order: Order, line: Line, product: Product, wish: Substitute, chosen: Sequence[Option]) -> Line:
    """The line of a substitute, at a price that never comes to more than what is missing would have cost."""
    names = {"name": line.full_name, "other": product.name}
    if not line.missing and not line.by_weight:
        raise Refusal(_("Nothing is missing of %(name)s: first lower its number.") % names)
    grams = wish.grams if product.by_weight else 0
    quantity = -(-grams // product.grams) if product.by_weight else wish.quantity
    if not 1 <= quantity <= 99:
        raise Refusal(_("Say how much of %(other)s the buyer gets instead of %(name)s.") % names)
    instead = line_of(line.part, product, quantity, chosen)
    instead.replaces, instead.prepared_quantity = line, quantity
    if product.by_weight:
        instead.prepared_grams = grams
    budget = Budget(line.ordered_cents + line.ordered_deposits - line.cents - line.deposit_total)
    if (reason := must_ask(order, budget, instead)) and not wish.agreed:
        raise Refusal(reason % names)
    price = budget.price_of(instead)
    if price is None:
        raise Refusal(_("The deposit on %(other)s alone costs more than %(name)s. Choose something else.") % names)
    instead.unit_price_cents = price
    return instead


def cost_of(line: Line, grams: int | None) -> int:
    """What a line would cost at a weight: what the page shows while the scales stand beside it."""
    return line.cents if grams is None else weighed_cents(line.unit_price_cents, grams)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may stand for what is missing: a product, with one answer where it asks one thing."""

    product: Product
    option: Option | None = None

    @property
    def key(self) -> str:
        """Which one it is, in a form."""
        return f"{self.product.pk}:{self.option.pk}" if self.option else str(self.product.pk)

    @property
    def name(self) -> str:
        """``Pain de campagne (sliced)``."""
        return f"{self.product.name} ({self.option.name})" if self.option else self.product.name

    @property
    def price_cents(self) -> int:
        """Of one, or of a kilo."""
        return self.product.price_cents + (self.option.surcharge_cents if self.option else 0)

    @property
    def by_weight(self) -> bool:
        """Whether the price is for a kilo."""
        return self.product.by_weight


def offered_instead(part: Part) -> list[Offer]:
    """The shop's goods that may stand for others: on sale, there, and with at most one thing to choose about them."""
    found = Product.objects.filter(shop_id=part.shop_id, hidden=False).exclude(stock=0)
    shelf = found.order_by("category", "name", "pk").only(
        "name", "price_cents", "sold_by", "grams", "category", "deposit_cents", "unit", "town"
    )
    offers = []
    for product in shelf.prefetch_related("groups__options"):
        groups = list(product.groups.all())
        if not groups:
            offers.append(Offer(product))
        elif len(groups) == 1:
            offers += [Offer(product, option) for option in groups[0].options.all() if not option.sold_out]
    return offers
