"""Deposits on bottles and jars inside what a shop sold: they come back with the bottle and are no turnover."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from parvis.market.models import LedgerTransaction, Line, Shop, WithdrawalLine
from parvis.market.models.lines import line_deposits


def deposits_of(shop: Shop, start: datetime, end: datetime) -> int:
    """Deposits in the sales of [start, end), those of sales taken back and of things sent back taken off. In cents."""
    moved = LedgerTransaction.objects.filter(town_id=shop.town_id, at__gte=start, at__lt=end)
    mine = moved.filter(entries__account=f"shop:{shop.slug}").distinct()
    named: dict[str, set[UUID]] = {"sale": set(), "reversal": set(), "withdrawal": set()}
    for key in mine.values_list("key", flat=True):
        kind, _colon, pk = key.partition(":")
        if kind in named:
            named[kind].add(UUID(pk))
    back = WithdrawalLine.objects.filter(withdrawal__in=named["withdrawal"])
    sent = back.aggregate(total=Sum(F("quantity") * F("line__deposit_cents"), default=0))["total"]
    return _of_parts(named["sale"]) - _of_parts(named["reversal"]) - int(sent)


def _of_parts(parts: set[UUID]) -> int:
    lines = Line.objects.filter(part__in=parts).exclude(deposit_cents=0)
    return int(lines.aggregate(total=Sum(line_deposits(), default=0))["total"])
