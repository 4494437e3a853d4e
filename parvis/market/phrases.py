"""What must be known of a product before it is bought, in words: how it is sold, when, what is in it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.core.words import say_clock, say_weight
from parvis.market.allergens import FOOD_SHELVES, named
from parvis.market.models import Line, Product
from parvis.market.season import Season, first_day
from parvis.market.when import near_day


def per_what(product: Product) -> str:
    """``the bunch`` as the shop says it; ``a kilo`` for what is weighed."""
    return _("a kilo") if product.by_weight else product.unit


def say_asked(thing: Product | Line, quantity: int) -> str:
    """``300 g``, ``about 2.8 kg``: what so many portions weigh; nothing for what is sold by the piece."""
    if not thing.by_weight:
        return ""
    weight = say_weight(thing.grams * quantity)
    return weight if thing.sold_by == Product.Sale.WEIGHT else _("about %(weight)s") % {"weight": weight}


def say_season(season: Season) -> str:
    """``From June to September``; nothing for what is there all year."""
    if season.first_month is None or season.last_month is None:
        return ""
    first, last = MONTHS[season.first_month], MONTHS[season.last_month]
    if season.first_month == season.last_month:
        return _("Only in %(month)s") % {"month": first}
    return _("From %(first)s to %(last)s") % {"first": first, "last": last}


def say_days(season: Season) -> str:
    """``Only on Friday``, ``On Tuesday, Saturday``; nothing for every day."""
    if not season.days:
        return ""
    days = ", ".join(str(WEEKDAYS[day]) for day in sorted(season.days))
    return _("Only on: %(days)s") % {"days": days}


def say_cut_off(season: Season) -> str:
    """``To be ordered 2 days before, until 12:00``; nothing without such a rule."""
    if season.until is None and not season.days_before:
        return ""
    clock = say_clock(season.until) if season.until else ""
    when = {0: _("the same day"), 1: _("the day before")}.get(
        season.days_before, _("%(count)s days before") % {"count": season.days_before}
    )
    if not clock:
        return _("To be ordered %(when)s") % {"when": when}
    return _("To be ordered %(when)s, until %(time)s") % {"when": when, "time": clock}


def say_next(day: date | None, season: Season, at: datetime, zone: ZoneInfo) -> str:
    """``Next: Saturday 28 November``, for goods that are not there every day."""
    if day is None or season.always:
        return ""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return _("Next: %(day)s") % {"day": near_day(moment, at)}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line under a product: the icon of the family lucide, what it is about, what it says."""

    icon: str
    label: str
    text: str


def facts_of(product: Product, zone: ZoneInfo, at: datetime) -> list[Fact]:
    """All that a buyer must know beside name and price, each on its line."""
    season, currency = product.season, product.town.currency
    day = first_day([season], at.astimezone(zone).date(), at, zone)
    when = [say_season(season), say_days(season), say_cut_off(season), say_next(day, season, at, zone)]
    facts = [Fact("calendar-clock", _("When"), ". ".join(text for text in when if text))]
    if product.by_weight:
        facts.append(Fact("scale", _("Weighed"), _say_weighed(product)))
    if product.deposit_cents:
        amount = {"amount": format_money(product.deposit_cents, currency)}
        facts.append(Fact("recycle", _("Deposit"), _("%(amount)s each, given back when you bring it back") % amount))
    if product.temperature != Product.Temperature.AMBIENT:
        icon = "snowflake" if product.temperature == Product.Temperature.FROZEN else "thermometer-snowflake"
        facts.append(Fact(icon, _("Temperature"), str(product.get_temperature_display())))
    if product.category in FOOD_SHELVES:
        facts.append(Fact("wheat", _("Allergens"), _say_allergens(product)))
    return [fact for fact in facts if fact.text]


def _say_weighed(product: Product) -> str:
    tolerance = {"percent": product.tolerance_percent}
    if product.sold_by == Product.Sale.ABOUT:
        weight = say_weight(product.grams)
        return _("One weighs about %(weight)s. You pay what it weighs, at most %(percent)s%% more.") % (
            tolerance | {"weight": weight}
        )
    return _("You pay what it weighs, at most %(percent)s%% more than you asked for.") % tolerance


def _say_allergens(product: Product) -> str:
    if product.allergens is None:
        return _("Not said yet: ask the shop")
    return ", ".join(named(product.allergens)) or _("None of the fourteen that must be named")


def amounts_of(product: Product) -> list[tuple[int, str]]:
    """What can be asked of goods sold in grams: how many portions, and their weight in words; else nothing."""
    if product.sold_by != Product.Sale.WEIGHT:
        return []
    most = min(99, product.stock if product.stock is not None else 99)
    counts = [count for count in (*range(1, 21), 25, 30, 40, 50, 60, 80, 99) if count <= most]
    return [(count, say_weight(product.grams * count)) for count in counts]
