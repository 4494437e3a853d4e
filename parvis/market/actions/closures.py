"""The one switch that closes the whole market for some days, and opens it again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.market.closures import ANNOUNCED
from parvis.market.models import Market, MarketClosure
from parvis.towns.models import Town


@transaction.atomic
def close_market(
    *,
    town: Town,
    first_day: date,
    last_day: date,
    messages: Mapping[str, str],
    at: datetime,
    shown_from: date | None = None,
    by: Any = None,
) -> MarketClosure:
    """Nothing is ordered, prepared, collected or brought on these days; orders already placed stay as they are.

    The same days announced again change what is said of them. Raises Refusal for days that are over, in disorder, or
    that another closure has already.
    """
    if last_day < first_day:
        raise Refusal(_("The last day comes before the first."))
    if last_day < day_of(at, town.zone):
        raise Refusal(_("These days are already past."))
    Market.objects.select_for_update().get(town=town)  # two agents at once: the second sees what the first announced
    others = MarketClosure.objects.filter(town=town, first_day__lte=last_day, last_day__gte=first_day)
    same: dict[str, Any] = {"first_day": first_day, "last_day": last_day}
    if overlapping := others.exclude(**same).first():
        days = {"first": say_day(overlapping.first_day), "last": say_day(overlapping.last_day)}
        raise Refusal(_("Another closure is announced already, from %(first)s to %(last)s.") % days)
    closure, _made = MarketClosure.objects.update_or_create(
        town=town,
        **same,
        defaults={"messages": dict(messages), "shown_from": shown_from or first_day - ANNOUNCED},
    )
    audit.record("close_market", closure, at=at, town_id=town.pk, actor=by, first=str(first_day), last=str(last_day))
    return closure


@transaction.atomic
def open_market(*, closure: MarketClosure, at: datetime, by: Any = None) -> None:
    """The closure is called off; the market is open on these days again."""
    audit.record("open_market", closure, at=at, town_id=closure.town_id, actor=by, first=str(closure.first_day))
    closure.delete()
