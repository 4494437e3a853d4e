"""The town settles with a shop: what it holds for it, less what the shop owes, in one transfer written down here."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market import ledger
from parvis.market.models import LedgerEntry, LedgerTransaction, Shop
from parvis.market.pricing import movements
from parvis.market.shop_account import account_at


def owed_to_shop(shop: Shop) -> dict[str, int]:
    """What the town owes a shop for vouchers, by line of a fund (``town``: by its budget); never an empty amount."""
    entries = LedgerEntry.objects.filter(town_id=shop.town_id, account__startswith=f"voucher:{shop.slug}:")
    rows = entries.values_list("account").annotate(total=Sum("amount_cents")).order_by("account")
    return {account.rpartition(":")[2]: total for account, total in rows if total}


@transaction.atomic
def pay_shop(*, shop: Shop, words: str, key: str, at: datetime, by: Any = None) -> int:
    """The town has paid a shop all that it holds for it (vouchers, what riders took) less what the shop owes for
    commission and bikes; gives the cents, below zero when the shop has paid. ``words`` name the transfer.

    Raises Refusal when there is nothing to settle. Two agents at once: the second waits for the shop's row and finds
    nothing. What is paid online is handed on by the provider and is not part of it.
    """
    Shop.objects.select_for_update(of=("self",)).get(pk=shop.pk)
    if known := LedgerTransaction.objects.filter(key=f"shop-paid:{shop.pk}:{key}").first():
        return _to_bank(known, shop)
    account, by_line = account_at(shop), owed_to_shop(shop)
    if not (by_line or account.takings or account.fees):
        raise Refusal(_("Nothing is owed to this shop."))
    entries = movements.shop_paid(shop=shop.slug, by_line=by_line, takings=account.takings, fees=account.fees)
    paid = ledger.post(
        order=None,
        town=shop.town,
        kind=LedgerTransaction.Kind.PAID,
        key=f"shop-paid:{shop.pk}:{key}",
        entries=entries,
        words=f"{shop.name} · {words}" if words else shop.name,
        at=at,
    )
    cents = account.to_pay
    if paid is not None:
        audit.record("pay_shop", shop, at=at, town_id=shop.town_id, actor=by, cents=cents)
    return cents


def _to_bank(movement: LedgerTransaction, shop: Shop) -> int:
    """What a settlement moved to the shop's bank account; nothing where both sides came to the same."""
    entry = movement.entries.filter(account=f"bank:{shop.slug}").first()
    return entry.amount_cents if entry else 0
