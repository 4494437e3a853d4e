"""The town decides what it takes of sales and who bears the bikes, from a day on; its shops are told before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.market import letters
from parvis.market.fees import in_force
from parvis.market.models import FeeTerms, Market, Shop
from parvis.towns.models import Town

# Regulation (EU) 2019/1150, article 3 (2): who runs a market tells its sellers of new terms "on a durable medium" and
# "at least 15 days" before they hold.
NOTICE = timedelta(days=15)


@transaction.atomic
def set_fees(*, town: Town, starts_on: date, values: Mapping[str, Any], at: datetime, by: Any = None) -> FeeTerms:
    """The town's terms from ``starts_on``; what was written for the same day is replaced. Every open shop gets a mail.

    Orders already placed keep what held for them. Raises Refusal for a day that is past, and for terms that cost shops
    more than was decided for that day without fifteen days of notice.
    """
    _hold(town)
    _not_past(town, starts_on, at)
    before, new = in_force(town, starts_on).terms, FeeTerms(**values)
    dearer = (
        (new.commission_bp or 0) > (before.commission_bp or 0)
        or new.shops_cents > before.shops_cents
        or (new.shops_bear_free and not before.shops_bear_free)
    )
    shops = Shop.objects.filter(town=town, is_open=True)
    _give_notice(town, starts_on, at, dearer=dearer and shops.exists())
    terms = _write(town, None, starts_on, values)
    audit.record("set_fees", terms, at=at, town_id=town.pk, actor=by, starts=str(starts_on), **_said(values))
    for shop in shops.select_related("organisation"):
        letters.fees_announced(shop, terms, at)
    return terms


@transaction.atomic
def set_exception(*, shop: Shop, starts_on: date, commission_bp: int | None, at: datetime, by: Any = None) -> FeeTerms:
    """One shop's own commission from a day on; None: like all others again. The shop gets a mail.

    Raises Refusal as ``set_fees`` does.
    """
    town = shop.town
    _hold(town)
    _not_past(town, starts_on, at)
    held = in_force(town, starts_on)
    new = held.terms.commission_bp if commission_bp is None else commission_bp
    dearer = (new or 0) > held.commission_bp(shop.pk)
    _give_notice(town, starts_on, at, dearer=dearer and shop.is_open)
    terms = _write(town, shop, starts_on, {"commission_bp": commission_bp})
    said = {"shop": shop.slug, "starts": str(starts_on), "commission_bp": commission_bp}
    audit.record("set_exception", terms, at=at, town_id=town.pk, actor=by, **said)
    letters.fees_announced(shop, terms, at)
    return terms


@transaction.atomic
def call_off_fees(*, terms: FeeTerms, at: datetime, by: Any = None) -> None:
    """Terms that have not begun never begin. Raises Refusal once their day has come: new ones follow them instead."""
    _hold(terms.town)
    if terms.starts_on <= day_of(at, terms.town.zone):
        raise Refusal(_("These terms hold already. Write new ones that follow them."))
    audit.record("call_off_fees", terms, at=at, town_id=terms.town_id, actor=by, starts=str(terms.starts_on))
    terms.delete()


def _hold(town: Town) -> None:
    Market.objects.select_for_update().get(town=town)  # two agents at once: the second sees what the first wrote


def _not_past(town: Town, starts_on: date, at: datetime) -> None:
    if starts_on < day_of(at, town.zone):
        raise Refusal(_("This day is past: orders keep what held when they were placed."))


def _give_notice(town: Town, starts_on: date, at: datetime, *, dearer: bool) -> None:
    first = day_of(at, town.zone) + NOTICE
    if dearer and starts_on < first:
        raise Refusal(
            _("Shops would pay more, and must know it 15 days before: choose %(day)s or later.")
            % {"day": say_day(first)}
        )


def _write(town: Town, shop: Shop | None, starts_on: date, values: Mapping[str, Any]) -> FeeTerms:
    terms, _made = FeeTerms.objects.update_or_create(town=town, shop=shop, starts_on=starts_on, defaults=dict(values))
    return terms


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
