"""Money moves here, twice each time: every transaction's entries add up to zero, and a key makes it happen once.

A sale is posted when the shop has prepared what it really gives; a payment when the goods are in the buyer's
hands; a sale that came to nothing is reversed. All from the pure totals of ``pricing.py``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Sum

from parvis.market import issuing
from parvis.market.models import Document, LedgerEntry, LedgerTransaction, Order, Part, Shop
from parvis.market.pricing import Priced, movements, total_of
from parvis.market.states import PartState
from parvis.towns.models import Town

TOWN_TILL = "till:town"


def buyer_account(order: Order) -> str:
    """What the buyer of an order owes."""
    return f"buyer:{order.code}"


def shop_till(shop: Shop) -> str:
    """Money that a shop received itself."""
    return f"till:{shop.slug}"


@transaction.atomic
def post(
    *,
    order: Order | None,
    kind: LedgerTransaction.Kind,
    key: str,
    entries: Mapping[str, int],
    at: datetime,
    town: Town | None = None,
    words: str = "",
) -> LedgerTransaction | None:
    """Write one movement; a key that exists is the same movement and nothing is written twice.

    A movement without an order (a fund, a payment to a shop) names its ``town``.

    Raises ValueError when the entries do not add up to zero (and PostgreSQL would refuse it too).
    """
    if sum(entries.values()) != 0:
        raise ValueError(f"ledger entries of {key} add up to {sum(entries.values())}, not zero")
    if order is None and town is None:
        raise ValueError(f"{key} belongs to no town")
    town_id = order.town_id if order is not None else cast(Town, town).pk
    movement, created = LedgerTransaction.objects.get_or_create(
        key=key, defaults={"town_id": town_id, "order": order, "kind": kind, "at": at, "words": words[:200]}
    )
    if not created:
        return None
    LedgerEntry.objects.bulk_create(
        LedgerEntry(town_id=movement.town_id, transaction=movement, account=account, amount_cents=cents)
        for account, cents in entries.items()
        if cents
    )
    return movement


def post_sale(part: Part, *, at: datetime) -> None:
    """What the shop prepared is sold: the buyer owes it, the shop has earned it, and its invoice is issued."""
    order, shop = part.order, part.shop
    entries = movements.sale(
        buyer=buyer_account(order), seller=f"shop:{shop.slug}", vat=f"vat:{shop.slug}", total=part.total
    )
    sale = post(order=order, kind=LedgerTransaction.Kind.SALE, key=f"sale:{part.pk}", entries=entries, at=at)
    settle_vouchers(part, at=at)
    if sale is not None:
        issuing.issue_sale(sale, part, at=at)


def settle_vouchers(part: Part, *, at: datetime) -> None:
    """Vouchers pay the shop what they pay of the part now: only what is not posted yet, forwards or back."""
    for use, pays in part.vouchers_pay():
        account = f"voucher:{part.shop.slug}:"
        rows = LedgerTransaction.objects.filter(key__startswith=f"voucher:{use.pk}:")
        entries = LedgerEntry.objects.filter(transaction__in=rows, account__startswith=account)
        posted = entries.aggregate(total=Sum("amount_cents"))["total"] or 0
        if pays == posted:
            continue
        line = use.voucher.campaign.line
        moved = movements.voucher(
            buyer=buyer_account(part.order),
            shop=part.shop.slug,
            cents=abs(pays - posted),
            line=line.code if line else "",
        )
        post(
            order=part.order,
            kind=LedgerTransaction.Kind.VOUCHER,
            key=f"voucher:{use.pk}:{rows.count()}",
            entries=moved if pays > posted else movements.opposite(moved),
            words=use.voucher.campaign.name,
            at=at,
        )


def post_payment(part: Part, *, till: str, at: datetime) -> None:
    """The buyer has paid a part into ``till``: what vouchers leave of it, less what was paid back before."""
    cents = part.total.cents - part.voucher_cents - part.returned_cents
    entries = movements.payment(buyer=buyer_account(part.order), till=till, cents=cents)
    post(order=part.order, kind=LedgerTransaction.Kind.PAYMENT, key=f"payment:{part.pk}", entries=entries, at=at)


def post_bike_delivery(order: Order, parts: list[Part], *, at: datetime) -> None:
    """The rider handed over: the town's fee is due, and what was not paid online is paid into the town's till."""
    came = [part for part in parts if part.state == PartState.DONE]
    if not came:
        return
    post_fee(order, at=at)
    if order.bike_fee_cents and not any(part.online for part in parts):
        paid = movements.payment(buyer=buyer_account(order), till=TOWN_TILL, cents=order.bike_fee_cents)
        post(order=order, kind=LedgerTransaction.Kind.PAYMENT, key=f"fee-paid:{order.pk}", entries=paid, at=at)
    for part in came:
        if not part.online:
            post_payment(part, till=TOWN_TILL, at=at)


def post_fee(order: Order, *, at: datetime) -> None:
    """The bikes' fee is due."""
    if order.bike_fee_cents:
        fee = total_of([], [Priced(order.bike_fee_cents, order.bike_fee_vat_bp)])
        entries = movements.sale(buyer=buyer_account(order), seller="town:delivery", vat="vat:town", total=fee)
        due = post(order=order, kind=LedgerTransaction.Kind.FEE, key=f"fee:{order.pk}", entries=entries, at=at)
        if due is not None:
            issuing.issue_fee(due, order, at=at)


def reverse_fee(order: Order, *, at: datetime) -> None:
    """The fee was taken with an online payment, and then nothing came by bike."""
    _reverse(order, f"fee:{order.pk}", f"fee-reversal:{order.pk}", at=at)


def reverse_sale(part: Part, *, at: datetime) -> None:
    """A sale that came to nothing: the same entries with the other sign, and a credit note for its invoice.

    Where something of it may have been paid back already, ``refunds.take_back_sale`` asks first.
    """
    settle_vouchers(part, at=at)
    _reverse(part.order, f"sale:{part.pk}", f"reversal:{part.pk}", at=at)


def _reverse(order: Order, key: str, reversal: str, *, at: datetime) -> None:
    movement = LedgerTransaction.objects.filter(key=key).prefetch_related("entries").first()
    if movement is None:
        return
    entries = movements.opposite({entry.account: entry.amount_cents for entry in movement.entries.all()})
    back = post(order=order, kind=LedgerTransaction.Kind.REVERSAL, key=reversal, entries=entries, at=at)
    invoice = Document.objects.select_related("order__town", "series__shop", "part").filter(movement=movement).first()
    if back is not None and invoice is not None:
        issuing.issue_credit(back, invoice, at=at)


def balances(town: Town, prefix: str = "") -> dict[str, int]:
    """Balance of each account whose name starts with ``prefix``, in cents."""
    entries = LedgerEntry.objects.filter(town=town, account__startswith=prefix)
    return dict(entries.values_list("account").annotate(Sum("amount_cents")).order_by("account"))


def town_sum(town: Town) -> int:
    """The sum of everything: zero, or something is very wrong."""
    return LedgerEntry.objects.filter(town=town).aggregate(total=Sum("amount_cents"))["total"] or 0
