"""What an order costs now, and what its buyer still has to bring: one pure function for pages, receipts and payments.

Everything is read from rows loaded ``with_story``; the database is asked nothing. What was already paid is not taken
off here: payments stand in the ledger.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from parvis.market.models import Modality, Order, Part, VoucherUse, WithdrawalEvent
from parvis.market.pricing import Priced, Total, total_of
from parvis.market.states import PartState

GIVEN_UP = {PartState.REFUSED, PartState.CANCELLED}


@dataclass(frozen=True, slots=True)
class PartOwed:
    """One shop's part: what it costs now, and how much of that each voucher pays (by campaign). In cents."""

    part: Part
    total: Total
    vouchers: tuple[tuple[str, int], ...] = ()
    returned_cents: int = 0

    @property
    def voucher_cents(self) -> int:
        """What vouchers pay of it."""
        return sum(cents for _name, cents in self.vouchers)

    @property
    def cents(self) -> int:
        """What the buyer pays for this part, less what was paid back for things sent back."""
        return self.total.cents - self.voucher_cents - self.returned_cents


@dataclass(frozen=True, slots=True)
class Owed:
    """A whole order as things stand: each part, the fee of the town's bikes (zero once nothing comes by bike)."""

    parts: tuple[PartOwed, ...]
    bike_fee: Total

    @property
    def total(self) -> Total:
        """What everything costs, VAT inside by rate, whoever pays it."""
        return sum((owed.total for owed in self.parts), self.bike_fee)

    @property
    def voucher_cents(self) -> int:
        """What vouchers pay of it."""
        return sum(owed.voucher_cents for owed in self.parts)

    @property
    def vouchers(self) -> dict[str, int]:
        """What each campaign's vouchers pay of it."""
        by_name: dict[str, int] = defaultdict(int)
        for name, cents in (paying for owed in self.parts for paying in owed.vouchers):
            by_name[name] += cents
        return dict(by_name)

    @property
    def returned_cents(self) -> int:
        """What shops have paid back for things sent back."""
        return sum(owed.returned_cents for owed in self.parts)

    @property
    def bike_fee_cents(self) -> int:
        """The fee of the town's bikes that the buyer pays."""
        return self.bike_fee.cents

    @property
    def cents(self) -> int:
        """What the buyer pays in all, before and after: the amount to capture."""
        return self.total.cents - self.voucher_cents - self.returned_cents

    def of(self, part: Part) -> PartOwed:
        """One part's share."""
        return next(owed for owed in self.parts if owed.part.pk == part.pk)


def owed(order: Order) -> Owed:
    """What an order loaded ``with_story`` costs as things stand: prepared lines, parts given up, vouchers."""
    parts = tuple(
        PartOwed(part, part.total, _named(part.vouchers_pay()), part.returned_cents) for part in order.parts.all()
    )
    return Owed(parts, _bike_fee(order, due=bike_fee_due(order) > 0))


def ordered(order: Order) -> Owed:
    """What it cost when it was ordered, whatever happened since."""
    parts = tuple(
        PartOwed(part, _ordered_total(part), _named((use, use.cents) for use in part.uses()))
        for part in order.parts.all()
    )
    return Owed(parts, _bike_fee(order, due=order.delivery is not None))


def at_most(order: Order) -> int:
    """The most that the order can come to: everything there, and what is weighed as heavy as the buyer accepted.

    What is captured never goes above it; it is the amount to authorise. In cents.
    """
    return sum(part.most_cents for part in order.parts.all()) + order.bike_fee_cents


def bike_fee_due(order: Order) -> int:
    """The bikes' fee in cents while something comes, or came, by bike."""
    by_bike = [part for part in order.parts.all() if part.kind == Modality.Kind.BIKE]
    if any(event.fee_cents for part in by_bike for event in _refunds(part)):
        return 0  # everything that came was sent back
    return order.bike_fee_cents if any(part.state not in GIVEN_UP for part in by_bike) else 0


def _refunds(part: Part) -> list[WithdrawalEvent]:
    return [event for case in part.withdrawals.all() for event in case.events.all() if event.kind == "refunded"]


def _ordered_total(part: Part) -> Total:
    goods = [Priced(line.ordered_cents, line.vat_bp) for line in part.lines.all()]
    deposits = sum(line.ordered_deposits for line in part.lines.all())
    return total_of(goods, [Priced(part.fee_cents, part.fee_vat_bp)] if part.fee_cents else [], deposits)


def _named(paying: Iterable[tuple[VoucherUse, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((use.voucher.campaign.name, cents) for use, cents in paying)


def _bike_fee(order: Order, *, due: bool) -> Total:
    fee = Priced(order.bike_fee_cents, order.bike_fee_vat_bp)
    return total_of([], [fee] if due and fee.cents else [])
