"""Deposits on bottles and jars inside what a shop sold: they come back with the bottle and are no turnover."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Sum

from parvis.market.models import LedgerTransaction, Line, Shop, WithdrawalLine
from parvis.market.models.lines import line_deposits


def deposits_of(shop: Shop, start: datetime, end: datetime) -> int:
    """Deposits in the sales of [start, end), those of sales taken back and of things sent back taken off. In cents."""
    moved = LedgerTransaction.objects.filter(town_id=shop.town_id, at__gte=start, at__lt=end)
    mine = moved.filter(entries__account=f"shop:{shop.slug}").distinct()
    return deposits_in(mine.values_list("key", flat=True))


def deposits_in(keys: Iterable[str]) -> int:
    """The same of the movements with these keys, in two queries."""
    named: dict[str, set[UUID]] = {"sale": set(), "reversal": set(), "withdrawal": set()}
    for key in keys:
        kind, _colon, pk = key.partition(":")
        if kind in named:
            with suppress(ValueError):  # booked by another program under a key of its own: no lines to read
                named[kind].add(UUID(pk))
    parts = named["sale"] | named["reversal"]
    lines = Line.objects.filter(part__in=parts).exclude(deposit_cents=0).order_by()
    sold: dict[UUID, int] = dict(lines.values_list("part").annotate(worth=Sum(line_deposits())))
    # what was paid back of a sale is not taken off a second time when the rest of the sale is taken back
    before = Q(withdrawal__part__in=named["reversal"], withdrawal__events__cents__gt=0)
    back = WithdrawalLine.objects.filter(Q(withdrawal__in=named["withdrawal"]) | before).exclude(line__deposit_cents=0)
    cents = F("quantity") * F("line__deposit_cents")
    rows = back.distinct().values_list("pk", "withdrawal", "withdrawal__part", cents)
    sent = sum(worth for _pk, case, _part, worth in rows if case in named["withdrawal"])
    kept = sum(worth for _pk, _case, part, worth in rows if part in named["reversal"])
    whole = sum(sold.get(pk, 0) for pk in named["sale"]) - sum(sold.get(pk, 0) for pk in named["reversal"])
    return int(whole - sent + kept)
