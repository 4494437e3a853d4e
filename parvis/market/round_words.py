"""The figures of the bikes in words: what stands at the top, and the rows of tables."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.money import format_money
from parvis.core.words import say_day, say_distance, say_duration, say_rate, say_weight
from parvis.delivery.costs import each
from parvis.delivery.footprint import Spared
from parvis.market.round_figures import DayMoney, RoundFigures, ShopLine
from parvis.towns.models import Town

GOOD = 95  # per cent of promises kept, from which the figure is green


def figures(total: DayMoney, town: Town) -> list[dict[str, str]]:
    """What stands large at the top."""
    line, currency = total.line, town.currency
    kept = percent(line.kept, line.ended)
    figures = [
        {"label": _("Deliveries promised"), "value": str(line.promised)},
        {
            "label": _("Promise kept"),
            "value": kept,
            "note": _("of %(count)d that are over") % {"count": line.ended},
            "tone": "" if not line.ended else "go" if line.kept * 100 >= line.ended * GOOD else "warn",
        },
        {
            "label": _("Late"),
            "value": str(line.late),
            "note": _("by %(time)s on average") % {"time": say_duration(line.late_each)} if line.late_each else "",
        },
        {"label": _("Not brought"), "value": str(line.not_brought), "tone": "warn" if line.not_brought else ""},
        {"label": _("By bike"), "value": say_distance(line.metres)},
        {"label": _("CO₂ spared against vans"), "value": say_spared(line.air), "note": _("an estimate")},
    ]
    if line.cost_each is not None:
        income = each(total.income, line.drops) or 0
        figures += [
            {
                "label": _("One delivery costs"),
                "value": format_money(line.cost_each, currency),
                "note": _("for each door at which a bike was"),
            },
            {
                "label": _("Paid by buyers and shops"),
                "value": format_money(income, currency),
                "note": _("for each of them, without VAT"),
            },
            {
                "label": _("The town adds") if line.cost_each > income else _("Left to the town"),
                "value": format_money(abs(line.cost_each - income), currency),
                "note": _("for each of them"),
            },
        ]
    return figures


def say_spared(air: Spared) -> str:
    """``8 to 14 kg``; a bike that spared nothing says so."""
    if air.high <= 0:
        return say_weight(0)
    return _("%(low)s to %(high)s") % {"low": say_weight(max(0, air.low)), "high": say_weight(air.high)}


def percent(part: int, whole: int) -> str:
    return say_rate(round(part * 1000 / whole) * 10) if whole else "–"


def promise_columns(first: str = "") -> list[dict[str, Any]]:
    """Of the table that says how promises ended."""
    labels = (_("Promised"), _("Kept"), _("Nobody at home"), _("Late"), _("Not brought"), _("By bike"))
    return [{"label": first or _("Day")}, *({"label": label, "num": True} for label in labels)]


def promise_row(day: DayMoney, name: str = "") -> list[str]:
    """How the promises of a day, or of several, ended."""
    line = day.line
    return [
        name or say_day(line.day),
        _("%(count)d (%(coming)d to come)") % {"count": line.promised, "coming": line.coming}
        if line.coming
        else str(line.promised),
        _of(line.kept, line.ended),
        str(line.missed),
        str(line.late),
        str(line.not_brought),
        say_distance(line.metres),
    ]


def money_columns(first: str = "") -> list[dict[str, Any]]:
    """Of the table that says what it cost."""
    labels = (
        _("One delivery costs"),
        _("Cost"),
        _("Paid by buyers and shops"),
        _("Left (missing −)"),
        _("CO₂ spared"),
    )
    return [{"label": first or _("Day")}, *({"label": label, "num": True} for label in labels)]


def money_row(day: DayMoney, town: Town, name: str = "") -> list[str]:
    """What a day, or several, cost and brought in."""
    line, currency = day.line, town.currency
    return [
        name or say_day(line.day),
        "–" if line.cost_each is None else format_money(line.cost_each, currency),
        format_money(line.cost.cents, currency),
        format_money(day.income, currency),
        format_money(day.result, currency),
        say_spared(line.air),
    ]


def without_riders(total: DayMoney) -> str:
    """That the cost of some days is less than it was: nobody has entered who rode. Nothing where all have a shift."""
    days = total.line.unstaffed
    said = ngettext(
        "On %(count)d day bikes were at doors and no shift is entered: what it cost lacks the riders.",
        "On %(count)d days bikes were at doors and no shift is entered: what they cost lacks the riders.",
        days,
    )
    return said % {"count": days} if days else ""


def _of(kept: int, ended: int) -> str:
    return f"{kept} ({percent(kept, ended)})" if ended else "–"


def shop_columns() -> list[dict[str, Any]]:
    labels = (
        _("Deliveries"),
        _("Kept"),
        _("Late or not brought"),
        _("Its bag came late"),
        _("Its share of the cost"),
        _("Its share of what was paid"),
    )
    return [{"label": _("Shop")}, *({"label": label, "num": True} for label in labels)]


def shop_rows(found: RoundFigures, town: Town) -> list[list[str]]:
    """The shops, then what is of none of them, if there is anything."""
    idle, unowned = found.by_shop.idle, found.by_shop.unowned
    rows = [_shop_row(shop, town) for shop in found.by_shop.shops]
    if unowned.deliveries:
        rows.append(_shop_row(replace(unowned, name=_("Deliveries of no shop")), town))
    if idle.cost:
        rows.append([_("Days without deliveries"), *["–"] * 4, *_shop_money(idle.cost, idle.income, town)])
    return rows


def shops_foot(found: RoundFigures, town: Town) -> list[str]:
    """All lines together: what the days cost and brought in. Deliveries for several shops cannot be added up."""
    total = found.total
    return [_("Together"), *["–"] * 4, *_shop_money(total.line.cost.cents, total.income, town)]


def _shop_row(shop: ShopLine, town: Town) -> list[str]:
    return [
        shop.name,
        str(shop.deliveries),
        _of(shop.kept, shop.kept + shop.broken),
        str(shop.broken),
        str(shop.bags_late),
        *_shop_money(shop.cost, shop.income, town),
    ]


def _shop_money(cost: int, income: int, town: Town) -> list[str]:
    return [format_money(cost, town.currency), format_money(income, town.currency)]
