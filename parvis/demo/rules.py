"""Ordering rules that a visitor of a demonstration town can see: days off announced long before, a cycle, a capacity.

Found or made again whenever the town is brought up to date.
"""

from datetime import date, datetime, time, timedelta

from parvis.core.time import day_of
from parvis.delivery.models import Hub
from parvis.market.actions.closures import close_market
from parvis.market.models import Capacity, Cycle, CycleShop, MarketClosure, Shop
from parvis.towns.models import Town

FAR = timedelta(days=21)  # days off that come nearer are taken away: a demonstration is open
BUSY = {"issy": "La Mie du Parvis", "ixelles": "Boulangerie du Vieux Tram", "ivry": "Boulangerie Marat"}
WEEKLY = {"issy": "La Ferme en Ville", "ixelles": "Groentehuis Gray", "ivry": "Paniers de la Marne"}
BASKET = {"fr": "Panier du samedi", "nl": "Zaterdagmand"}
WORDS = {
    "fr": "Les commerçants et les cyclistes se reposent. Bonne année à tous.",
    "nl": "De winkeliers en de fietskoeriers rusten uit. Gelukkig nieuwjaar.",
}


def set_rules(town: Town, *, at: datetime) -> None:
    """A shop that prepares so many orders an hour, another for Saturdays only, and days off of the market."""
    _limit(town)
    _cycle(town)
    _days_off(town, at)


def _limit(town: Town) -> None:
    if (shop := Shop.objects.filter(town=town, name=BUSY[town.slug]).first()) is not None:
        Capacity.objects.get_or_create(shop=shop, defaults={"town": town, "most": 12, "minutes": 60})


def _cycle(town: Town) -> None:
    """Once: what a visitor changes stays."""
    shop = Shop.objects.filter(town=town, name=WEEKLY[town.slug]).first()
    if shop is None or Cycle.objects.filter(owner=shop).exists():
        return
    hub = Hub.objects.filter(town=town).first()
    cycle = Cycle.objects.create(
        town=town,
        owner=shop,
        name=BASKET.get(town.default_language, BASKET["fr"]),
        weekday=5,
        days_before=2,
        closes=time(12),
        starts=time(9),
        ends=time(12),
        place=hub.name if hub else "",
        most=40,
    )
    CycleShop.objects.create(town=town, cycle=cycle, shop=shop)


def _days_off(town: Town, at: datetime) -> None:
    """The first three days of a year to come, shown from today on."""
    today = day_of(at, town.zone)
    MarketClosure.objects.filter(town=town, first_day__lt=today + FAR).delete()
    first = next(day for year in (1, 2) if (day := date(today.year + year, 1, 1)) - today >= FAR)
    if not MarketClosure.objects.filter(town=town, first_day=first).exists():
        words = {language: WORDS[language] for language in town.languages if language in WORDS}
        close_market(
            town=town, first_day=first, last_day=first + timedelta(days=2), messages=words, shown_from=today, at=at
        )
