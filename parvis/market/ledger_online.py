"""What moves in the ledger when a payment goes through a provider.

``online:<shop>`` and ``online:town`` are what the provider holds for each; their sum is the town's balance there. Each
movement has the number of what it mirrors as its key, so that whatever tells of it, and how often, it is posted once.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Sum

from parvis.market import ledger, ledger_fees
from parvis.market.models import LedgerEntry, LedgerTransaction, Order, Part, Payment, ProviderMovement
from parvis.market.paying.amounts import online_fee_cents, online_shares
from parvis.market.pricing import movements

TOWN = "online:town"
COSTS = "costs:provider"
DISPUTES = "disputes:town"
BANK_ACCOUNT = "bank:town"
# kinds of the provider's own lines that belong to no payment: paid to the bank, kept for its work
BANK = {
    *("payout", "payout_cancel", "payout_failure"),  # as Stripe calls them
    *("outgoing-transfer", "outgoing-custom-amount-transfer", "canceled-transfer", "returned-transfer"),  # Mollie
    *("topup", "balance-topup", "incoming-transfer"),
}
OWN_FEES = {
    *("stripe_fee", "application_fee", "tax_fee"),
    *("invoice-compensation", "invoice-rounding-compensation", "balance-charge-fee", "managed-fee"),
}
Kind = LedgerTransaction.Kind


def held_for(part: Part) -> str:
    """What the provider holds for a part's shop."""
    return f"online:{part.shop.slug}"


def handed_on(part: Part) -> str:
    """What was handed on to a part's shop."""
    return f"payout:{part.shop.slug}"


def post_capture(payment: Payment, order: Order, cents: int, *, at: datetime, turn: str = "") -> None:
    """The buyer has paid online: to each shop its part, to the town the bikes' fee (and the fee is sold).

    What is taken beside that (a shop was late, and its part was taken as ordered) is shared as things stand. ``turn``
    tells a second capture from a first that failed after all.
    """
    if online_fee_cents(order):
        ledger.post_fee(order, at=at)
    entries = _shared(online_shares(order), cents)
    entries[ledger.buyer_account(order)] = -cents
    ledger.post(order=order, kind=Kind.PAYMENT, key=f"captured:{payment.pk}{turn}", entries=entries, at=at)


def undo_capture(payment: Payment, order: Order, *, at: datetime, turn: str = "") -> None:
    """It was not taken after all: the buyer owes it again, and what the town had kept of it for its fees is owed too.

    What was handed on to a shop meanwhile stays handed on: the provider holds less than nothing for it.
    """
    rows = LedgerEntry.objects.filter(transaction__key=f"captured:{payment.pk}{turn}").values_list(
        "account", "amount_cents"
    )
    key = f"uncaptured:{payment.pk}{turn}"
    ledger.post(order=order, kind=Kind.REFUND, key=key, entries=movements.opposite(dict(rows)), at=at)
    for part in Part.objects.filter(order=order, online=True).select_related("order", "shop__town").order_by("pk"):
        ledger_fees.post_kept(part, 0, at=at)


def post_refund(order: Order, reference: str, cents: int, *, at: datetime) -> None:
    """Given back to the buyer, out of the share of whoever was paid too much."""
    if not online_fee_cents(order):
        ledger.reverse_fee(order, at=at)
    owed = online_shares(order)
    holds = _paid_for(order)
    too_much = {account: holds.get(account, 0) - owed.get(account, 0) for account in holds}
    entries = {account: -taken for account, taken in _shared(too_much, cents).items()}
    entries[ledger.buyer_account(order)] = cents
    ledger.post(order=order, kind=Kind.REFUND, key=f"refund:{reference}", entries=entries, at=at)


def post_cost(payment: Payment, cents: int, *, at: datetime, line: str = "") -> None:
    """What the provider keeps for itself; the town bears it. ``line``: of its account, where that alone says it."""
    entries = {COSTS: cents, TOWN: -cents}
    key = f"cost:{line or payment.pk}"
    ledger.post(order=payment.order, kind=Kind.COST, key=key, entries=entries, at=at)


def post_dispute(order: Order, reference: str, cents: int, *, won: bool, at: datetime) -> None:
    """A buyer's bank took money back; or, ``won``, gave it again."""
    sign = -1 if won else 1
    entries = {DISPUTES: sign * cents, TOWN: -sign * cents}
    key = f"{'won' if won else 'dispute'}:{reference}"
    ledger.post(order=order, kind=Kind.DISPUTE, key=key, entries=entries, at=at)


def post_to_bank(line: ProviderMovement) -> None:
    """The provider has paid the town's bank, taken that back, or kept a fee that belongs to no payment; at its time."""
    to_bank = line.kind in BANK
    cents = line.amount_cents - line.fee_cents
    ledger.post(
        order=None,
        town=line.town,
        kind=Kind.BANK if to_bank else Kind.COST,
        key=f"provider-line:{line.pk}",
        entries={TOWN: cents, BANK_ACCOUNT if to_bank else COSTS: -cents},
        words=line.source or line.reference,
        at=line.at,
    )


def post_payout(part: Part, key: str, cents: int, *, at: datetime) -> None:
    """Handed on to the shop's own account; negative when it comes back."""
    entries = {handed_on(part): cents, held_for(part): -cents}
    ledger.post(order=part.order, kind=Kind.PAYOUT, key=key, entries=entries, at=at)


def _paid_for(order: Order) -> dict[str, int]:
    """What the buyer has paid online for each, refunds taken off."""
    entries = LedgerEntry.objects.filter(
        transaction__order=order, transaction__kind__in=[Kind.PAYMENT, Kind.REFUND], account__startswith="online:"
    )
    return dict(entries.values_list("account").annotate(Sum("amount_cents")).order_by("account"))


def _shared(wanted: Mapping[str, int], cents: int) -> dict[str, int]:
    """``cents`` given to the accounts in turn, up to what each wants; what nobody wants is the town's to look at."""
    shared: dict[str, int] = {}
    for account, most in wanted.items():
        taken = min(max(most, 0), cents)
        if taken:
            shared[account] = taken
            cents -= taken
    if cents:
        shared[TOWN] = shared.get(TOWN, 0) + cents
    return shared
