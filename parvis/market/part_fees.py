"""What one shop owes the town for its part of an order: the commission and its share of the bikes. Asks no database.

The commission follows the goods that the buyer keeps: what is missing, refused or sent back gives it back. A bike that
has ridden has ridden: the share of it stays when something is sent back later.
"""

from dataclasses import dataclass
from uuid import UUID

from parvis.core.money import split
from parvis.market.models import Modality, Order, Part
from parvis.market.pricing import Commission, Priced, Total, commission_on, total_of
from parvis.market.states import PartState

_NOTHING_CAME = {PartState.REFUSED, PartState.CANCELLED, PartState.FAILED, PartState.LOST}


@dataclass(frozen=True, slots=True)
class PartFees:
    """In cents, VAT apart: the commission on ``base`` of goods without VAT, and the share of the bikes."""

    base: int
    commission: Commission
    delivery: Total

    @property
    def cents(self) -> int:
        """What the shop owes the town for this part."""
        return self.commission.cents + self.delivery.cents


def commission_of(part: Part) -> Commission:
    """The commission as things stand, on what the buyer keeps of the goods; deposits and the shop's own fee are free.

    Needs lines, events and ``withdrawals__events`` and ``__lines``; asks nothing where no commission was agreed.
    """
    if not part.commission_bp:
        return Commission(0, 0)
    return commission_on(_base(part), rate_bp=part.commission_bp, vat_bp=part.commission_vat_bp)


def _base(part: Part) -> int:
    return total_of(part.kept_goods).net


def bike_shares(order: Order, *, came: bool = True) -> dict[UUID, int]:
    """Each part's share of the bikes in cents, by what it sold: of what was handed over or, not ``came``, may still be.

    The order is loaded ``with_story``. Shares are of what was sold, so they do not move when something is sent back.
    """
    if not order.bike_shops_cents:
        return {}
    by_bike = [part for part in order.parts.all() if part.kind == Modality.Kind.BIKE]
    borne = [p for p in by_bike if (p.state == PartState.DONE if came else p.state not in _NOTHING_CAME)]
    goods = [part.total.goods for part in borne]
    if not any(goods):
        return {}
    return {part.pk: cents for part, cents in zip(borne, split(order.bike_shops_cents, goods), strict=True)}


def fees_of(order: Order, part: Part, *, came: bool = True) -> PartFees:
    """All that a part of an order loaded ``with_story`` owes the town; unless ``came``, as if it were handed over."""
    share = bike_shares(order, came=came).get(part.pk, 0)
    delivery = total_of([], [Priced(share, order.bike_fee_vat_bp)]) if share else total_of([])
    return PartFees(_base(part) if part.commission_bp else 0, commission_of(part), delivery)
