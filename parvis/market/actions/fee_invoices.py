"""Issuing the operator's invoices of a month to its shops, once, under numbers without gaps."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from parvis.core import audit
from parvis.core.time import day_of
from parvis.market.fee_papers import fee_content
from parvis.market.fees_charged import fees_charged
from parvis.market.issuing import series_of, shop_issuer, town_issuer
from parvis.market.models import FeeInvoice, LedgerEntry, LedgerTransaction, Series, Shop
from parvis.market.months import month_before, month_bounds
from parvis.towns.models import Town

FROM_DAY = 5  # of the month after: a rider's telephone may tell of a hand-over some days after it


def issue_all(*, at: datetime) -> None:
    """The month before, for each shop of each town that was charged anything; from the fifth day on."""
    for town in Town.objects.all():
        today = day_of(at, town.zone)
        if today.day >= FROM_DAY:
            issue_month(town, month_before(today.replace(day=1)), at=at)


def issue_month(town: Town, first_day: date, *, at: datetime) -> int:
    """Invoices of a town's month that are not issued yet; how many. Each in its own transaction."""
    start, end = month_bounds(town.zone, first_day)
    charged = LedgerTransaction.objects.filter(town=town, kind="commission", at__gte=start, at__lt=end)
    owes = LedgerEntry.objects.filter(transaction__in=charged, account__startswith="owes:")
    slugs = {account.partition(":")[2] for account in owes.order_by().values_list("account", flat=True).distinct()}
    known = FeeInvoice.objects.filter(town=town, first_day=first_day).values("shop")
    shops = Shop.objects.filter(town=town, slug__in=slugs).exclude(pk__in=known)
    return sum(_issue(shop, first_day, at) for shop in shops.select_related("place", "organisation", "town"))


@transaction.atomic
def _issue(shop: Shop, first_day: date, at: datetime) -> bool:
    """One shop's invoice of a month, or credit note where more was given back; whether there was anything to say."""
    lines = fees_charged(shop, *month_bounds(shop.town.zone, first_day))
    if not lines:
        return False
    gross = sum(line.cents for line in lines)
    series = series_of(shop.town, None, Series.Kind.FEES if gross >= 0 else Series.Kind.FEES_CREDIT, at)
    if FeeInvoice.objects.filter(shop=shop, first_day=first_day).exists():  # two workers at once: one waited
        return False
    issued_at = max(at, series.last_at or at)
    Series.objects.filter(pk=series.pk).update(last=F("last") + 1, last_at=issued_at)
    issuer, recipient = town_issuer(shop.town), shop_issuer(shop)
    invoice = FeeInvoice.objects.create(
        town=shop.town,
        series=series,
        number=series.last + 1,
        issued_at=issued_at,
        shop=shop,
        first_day=first_day,
        gross_cents=gross,
        vat_cents=sum(line.vat for line in lines),
        content=fee_content(issuer=issuer, shop=recipient, lines=lines, currency=shop.town.currency),
    )
    audit.record("issue_fees", invoice, at=at, town_id=shop.town_id, cents=gross)
    return True
