"""Paying back what a buyer sends back: the ledger's side of a withdrawal, with its credit note.

All payments go back, the delivery too once everything of a part is back (directive 2011/83/EU, article 13 (1)): the
shop's own fee with the last line of the part, the bikes' fee with the last part that came by bike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis.market import issuing, ledger
from parvis.market.models import Document, LedgerTransaction, Line, Modality, Order, Part, Withdrawal
from parvis.market.papers import Row, rates_of
from parvis.market.returning import taken_back
from parvis.market.states import PartState

_GIVEN_UP = {PartState.REFUSED, PartState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Refunded:
    """One case in cents: what the part costs less, the bikes' fee, and how much of it vouchers had paid."""

    goods: int
    bike_fee: int
    vouchers: int

    @property
    def cents(self) -> int:
        """What everything costs less, whoever had paid it."""
        return self.goods + self.bike_fee

    @property
    def to_buyer(self) -> int:
        """What the buyer gets: a voucher's share goes back to the voucher, public money never becomes cash."""
        return self.cents - self.vouchers


def refund(case: Withdrawal, part: Part, *, at: datetime) -> Refunded:
    """Post one case's refund.

    The parts of the order are loaded ``with_story`` and locked, and so are the vouchers that paid for the part.
    """
    if part.given_up:  # the bike brought everything back, or it was lost: the whole sale was taken back then
        return Refunded(0, 0, 0)
    before = _refunded([part])
    after = back_after(case, before)
    less = sum(line.share(after[line.pk]) - line.share(before.get(line.pk, 0)) for line in _lines(part, after))
    from_vouchers = part.voucher_cents - sum(pays for _use, pays in part.vouchers_pay(less=less))
    rows = rows_back(part, before, after)
    key = movement_of(case)
    cents = _take_back(part.order, key, f"sale:{part.pk}", rows, *_of_shop(part), at=at)
    _pay_back(part.order, f"refund:{case.pk}", f"payment:{part.pk}", cents - from_vouchers, at=at)
    bike_fee = _bike_fee(part.order, after, at=at) if part.kind == Modality.Kind.BIKE else 0
    return Refunded(cents, bike_fee, from_vouchers)


def take_back_sale(part: Part, *, at: datetime) -> None:
    """A sale that came to nothing after it was prepared: all of it, or what withdrawals have left of it."""
    before = _refunded([part])
    if not before:
        ledger.reverse_sale(part, at=at)
        return
    ledger.settle_vouchers(part, at=at)
    if rows := rows_back(part, before, all_of(part)):
        _take_back(part.order, f"reversal:{part.pk}", f"sale:{part.pk}", rows, *_of_shop(part), at=at)


def movement_of(case: Withdrawal) -> str:
    """The key under which a case is paid back."""
    return f"withdrawal:{case.pk}"


def back_after(case: Withdrawal, before: Mapping[UUID, int]) -> dict[UUID, int]:
    """How many of each line of a case are back with it, when so many were back ``before``."""
    return {row.line_id: before.get(row.line_id, 0) + row.quantity for row in case.lines.all()}


def all_of(part: Part) -> dict[UUID, int]:
    """Every line, whole."""
    return {line.pk: line.billed_quantity for line in part.lines.all()}


def rows_back(part: Part, before: Mapping[UUID, int], after: Mapping[UUID, int]) -> list[Row]:
    """What goes back when of each line in ``after`` so many are back: goods, deposits, the shop's fee with the last."""
    lines = [line for line in _lines(part, after) if after[line.pk] > before.get(line.pk, 0)]
    rows = [_row(line, before.get(line.pk, 0), after[line.pk]) for line in lines]
    if deposits := sum(line.deposit_cents * (after[line.pk] - before.get(line.pk, 0)) for line in lines):
        rows.append(issuing.deposit_row(part.order, -deposits))
    if part.fee_cents and rows and _all_back([part], {**before, **after}):
        rows.append(issuing.delivery_row(part.order, part.kind, -part.fee_cents, part.fee_vat_bp))
    return rows


def _lines(part: Part, named: Mapping[UUID, int]) -> list[Line]:
    return [line for line in part.lines.all() if line.pk in named]


def _of_shop(part: Part) -> tuple[str, str]:
    """Who has earned it and the VAT in it."""
    return f"shop:{part.shop.slug}", f"vat:{part.shop.slug}"


def _refunded(parts: Iterable[Part]) -> dict[UUID, int]:
    """How many of each line were refunded already."""
    done = Withdrawal.objects.filter(part__in=parts, events__kind="refunded")
    return taken_back(done.prefetch_related("lines", "events"))


def _all_back(parts: Iterable[Part], back: Mapping[UUID, int]) -> bool:
    return all(back.get(line.pk, 0) >= line.billed_quantity for part in parts for line in part.lines.all())


def _row(line: Line, before: int, after: int) -> Row:
    """Some of a line, as a negative amount; shares of the whole line, so that all of it is its whole price."""
    cents = line.share(after) - line.share(before)
    return Row(line.name, after - before, -cents, line.vat_bp, line.unit)


def _take_back(order: Order, key: str, sale: str, rows: list[Row], seller: str, vat: str, *, at: datetime) -> int:
    """The sale's entries with the other sign for these rows, and the credit note. Gives the cents."""
    rates = rates_of(rows)
    gross, tax = sum(rate["gross"] for rate in rates), sum(rate["vat"] for rate in rates)
    entries = {ledger.buyer_account(order): gross, seller: tax - gross, vat: -tax}
    back = ledger.post(order=order, kind=LedgerTransaction.Kind.REVERSAL, key=key, entries=entries, at=at)
    invoices = Document.objects.select_related("order__town", "series__shop", "part")
    if back is not None and (invoice := invoices.filter(movement__key=sale).first()):
        issuing.issue_credit(back, invoice, rows=rows, at=at)
    return -gross


def _pay_back(order: Order, key: str, payment: str, cents: int, *, at: datetime) -> None:
    """From where it was paid; nothing where nothing was paid yet: then the buyer simply owes less."""
    paid = LedgerTransaction.objects.filter(key=payment).prefetch_related("entries").first()
    tills = [entry for entry in paid.entries.all() if entry.amount_cents > 0] if paid else []
    entries: dict[str, int] = {}
    left = cents
    for till in sorted(tills, key=lambda entry: -entry.amount_cents):
        share = min(left, till.amount_cents)
        entries[till.account] = -share
        left -= share
    if entries:
        entries[ledger.buyer_account(order)] = cents - left
        ledger.post(order=order, kind=LedgerTransaction.Kind.PAYMENT, key=key, entries=entries, at=at)


def _bike_fee(order: Order, after: dict[UUID, int], *, at: datetime) -> int:
    """The fee of the town's bikes, when nothing that came by bike stays with the buyer."""
    by_bike = [p for p in order.parts.all() if p.kind == Modality.Kind.BIKE and p.state not in _GIVEN_UP]
    fee = LedgerTransaction.objects.filter(key=f"fee:{order.pk}").exists()
    if not fee or not _all_back(by_bike, _refunded(by_bike) | after):
        return 0
    rows = [issuing.delivery_row(order, "bike", -order.bike_fee_cents, order.bike_fee_vat_bp)]
    key = f"fee-reversal:{order.pk}"
    cents = _take_back(order, key, f"fee:{order.pk}", rows, "town:delivery", "vat:town", at=at)
    _pay_back(order, f"fee-refund:{order.pk}", f"fee-paid:{order.pk}", cents, at=at)
    return cents
