"""What shops owe the town in the ledger: commission and shares of the bikes, and how it is kept from online money.

``owes:<shop>`` is the shop's debt with VAT, ``kept:<shop>`` what the town has kept of the shop's own money for it.
"""

from datetime import datetime

from django.db.models import Sum

from parvis.market import ledger
from parvis.market.models import FeeInvoice, LedgerEntry, LedgerTransaction, Order, Part, Shop
from parvis.market.months import month_bounds
from parvis.market.part_fees import bike_shares, commission_of
from parvis.market.pricing import Priced, movements, total_of

Kind = LedgerTransaction.Kind


def settle_commission(part: Part, *, at: datetime) -> None:
    """Post what the commission comes to now, less what is posted of it: forwards, or back when less is sold.

    The part is locked by whoever has changed it, so that two never count the same movements.
    """
    if not part.commission_bp:
        return
    part = Part.objects.select_related("order__delivery", "shop").get(pk=part.pk)
    wanted = movements.commission(shop=part.shop.slug, fee=commission_of(part))
    _post_rest(part, f"commission:{part.pk}:", wanted, at=at)


def post_bike_shares(order: Order, *, at: datetime) -> None:
    """The bike has handed over: each shop owes its share. Once for each part."""
    if not order.bike_shops_cents:
        return
    order = Order.objects.with_story().get(pk=order.pk)
    shares = bike_shares(order)
    for part in order.parts.all():
        if cents := shares.get(part.pk, 0):
            total = total_of([], [Priced(cents, order.bike_fee_vat_bp)])
            entries = movements.delivery_share(shop=part.shop.slug, total=total)
            when = not_invoiced(part.shop, at)
            ledger.post(order=order, kind=Kind.COMMISSION, key=f"bike-share:{part.pk}", entries=entries, at=when)


def post_kept(part: Part, cents: int, *, at: datetime) -> None:
    """So much of what a buyer paid online for a part is the town's for its fees: it is not handed on.

    The payment is locked by whoever calls.
    """
    _post_rest(part, f"kept:{part.pk}:", movements.kept(shop=part.shop.slug, cents=cents), at=at)


def _post_rest(part: Part, start: str, wanted: movements.Entries, *, at: datetime) -> None:
    """The difference between the entries that should stand under keys beginning so, and those that do."""
    rows = LedgerTransaction.objects.filter(key__startswith=start)
    entries = LedgerEntry.objects.filter(transaction__in=rows).values_list("account")
    posted = dict(entries.annotate(Sum("amount_cents")).order_by("account"))
    rest = {account: wanted.get(account, 0) - posted.get(account, 0) for account in {*wanted, *posted}}
    if any(rest.values()):
        when = not_invoiced(part.shop, at)
        ledger.post(order=part.order, kind=Kind.COMMISSION, key=f"{start}{rows.count()}", entries=rest, at=when)


def not_invoiced(shop: Shop, at: datetime) -> datetime:
    """``at``, or the start of the first month that has no invoice yet: a rider's telephone may tell of things late."""
    last = FeeInvoice.objects.filter(shop=shop).order_by("-first_day").first()
    return at if last is None else max(at, month_bounds(shop.town.zone, last.first_day)[1])
