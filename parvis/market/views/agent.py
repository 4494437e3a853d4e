"""The town agent's page: who waits for me, since when, and the market's day in figures."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day, say_distance, say_duration
from parvis.market.figures import PATIENCE_MINUTES, DayFigures, day_figures, orders_of_week
from parvis.market.round_words import say_spared
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

BAR_HEIGHT = 96
BAR_STEP = 40


@require_safe
@require_role(Role.Kind.AGENT)
def day(request: PersonRequest) -> HttpResponse:
    """One day (``?day=2026-11-26``; today unless told otherwise), on the page or as CSV."""
    at = timezone.now()
    today = day_of(at, request.town.zone)
    chosen = _chosen(request.GET.get("day", ""), today)
    found = day_figures(request.town, chosen, at)
    if request.GET.get("as") == "csv":
        return _csv(found)
    currency = request.town.currency
    context = {
        "figures": found,
        "is_today": chosen == today,
        "before": f"{chosen - timedelta(days=1):%Y-%m-%d}",
        "after": f"{chosen + timedelta(days=1):%Y-%m-%d}" if chosen < today else "",
        "patience": PATIENCE_MINUTES,
        "waiting": [
            {
                "shop": wait.shop,
                "phone": wait.phone,
                "tel": "".join(c for c in wait.phone if c.isdigit() or c == "+"),
                "words": _since(wait.orders, wait.since, at),
            }
            for wait in found.waiting
        ],
        "market_figures": _market_figures(found, currency),
        "shop_figures": _shop_figures(found),
        "bike_figures": _bike_figures(found),
        "money_figures": _money_figures(found, currency),
        "baskets": _table([_("Shops in one order"), _("Orders")], found.baskets),
        "reasons": _table([_("Reason"), _("Orders")], found.answers.reasons),
        "week": _table([_("Day"), _("Orders")], [(say_day(d), n) for d, n in orders_of_week(request.town, chosen)]),
        "hours": _table([_("Hour"), _("Orders")], [(say_clock(time(hour)), n) for hour, n in found.by_hour]),
        "bars": _bars(found.by_hour),
    }
    return render(request, "market/agent/day.html", context)


def _chosen(text: str, today: date) -> date:
    """The asked day; today for nonsense and for what is to come."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(asked, date(2020, 1, 1)), today)


def _since(orders: int, since: datetime, at: datetime) -> str:
    words = ngettext("%(count)d order", "%(count)d orders", orders) % {"count": orders}
    clock = say_clock(since) if timezone.localtime(since).date() == timezone.localtime(at).date() else say_day(since)
    waited = say_duration((at - since).total_seconds())
    return _("%(orders)s, since %(time)s (%(duration)s)") % {"orders": words, "time": clock, "duration": waited}


def _market_figures(found: DayFigures, currency: str) -> list[dict[str, str]]:
    return [
        {"label": _("Orders"), "value": str(found.orders)},
        {
            "label": _("Turnover"),
            "value": format_money(found.turnover, currency),
            "note": _("and %(fees)s for bikes") % {"fees": format_money(found.bike_fees, currency)},
        },
        {"label": _("Average basket"), "value": format_money(found.average_basket, currency)},
        {"label": _("Bags of shops"), "value": str(found.answers.parts)},
    ]


def _shop_figures(found: DayFigures) -> list[dict[str, str]]:
    answers = found.answers
    median = "–" if answers.median_seconds is None else say_duration(answers.median_seconds)
    return [
        {"label": _("Accepted"), "value": str(answers.accepted)},
        {"label": _("Refused"), "value": str(answers.refused), "tone": "warn" if answers.refused else ""},
        {"label": _("Half were accepted within"), "value": median},
        {
            "label": _("Prepared late"),
            "value": str(found.prepared_late),
            "note": _("of %(count)d due") % {"count": found.due},
            "tone": "warn" if found.prepared_late else "",
        },
        {"label": _("Items missing from bags"), "value": str(found.items_missing)},
        {"label": _("Cancelled by buyers"), "value": str(answers.cancelled)},
    ]


def _bike_figures(found: DayFigures) -> list[dict[str, str]]:
    bikes = found.bikes
    figures = [
        {"label": _("Promised"), "value": str(bikes.promised)},
        {"label": _("In the promised window"), "value": str(bikes.kept), "tone": "go" if bikes.kept else ""},
        {"label": _("Late"), "value": str(bikes.late), "tone": "warn" if bikes.late else ""},
        {"label": _("Failed"), "value": str(bikes.failed), "tone": "warn" if bikes.failed else ""},
        {"label": _("Still to come"), "value": str(bikes.under_way)},
    ]
    if bikes.metres is not None:
        note = _("in straight lines, lengthened") if bikes.streets == "straight" else _("along streets")
        figures += [
            {"label": _("Planned by bike"), "value": say_distance(bikes.metres), "note": note},
            {"label": _("CO₂ spared, estimated"), "value": say_spared(bikes.air)},
        ]
    return figures


def _money_figures(found: DayFigures, currency: str) -> list[dict[str, str]]:
    check = found.check

    def say(cents: int) -> str:
        return format_money(cents, currency)

    return [
        {
            "label": _("Sum of the day's movements"),
            "value": say(check.ledger_sum),
            "note": _("must be zero"),
            "tone": "go" if check.ledger_sum == 0 else "warn",
        },
        {"label": _("Sold, by the bags"), "value": say(check.sold_lines)},
        {
            "label": _("Sold, by the ledger"),
            "value": say(check.sold_ledger),
            "note": _("must be the same"),
            "tone": "go" if check.sold_ledger == check.sold_lines else "warn",
        },
        {"label": _("Received in tills"), "value": say(check.paid)},
        {
            "label": _("Orders paid too much"),
            "value": str(check.overpaid_orders),
            "tone": "warn" if check.overpaid_orders else "go",
        },
    ]


def _table(labels: list[str], rows: Any) -> dict[str, Any]:
    """Columns and rows for the table component: words first, then numbers."""
    columns = [{"label": labels[0]}, *({"label": label, "num": True} for label in labels[1:])]
    return {"columns": columns, "rows": [[str(cell) for cell in row] for row in rows]}


def _bars(by_hour: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    """A drawing of orders by hour: whole hours from the first to the last that has any."""
    if not by_hour:
        return {}
    counts = dict(by_hour)
    hours = range(min(counts), max(counts) + 1)
    most = max(counts.values())
    bars = [
        {
            "hour": hour,
            "count": counts.get(hour, 0),
            "x": index * BAR_STEP,
            "middle": index * BAR_STEP + BAR_STEP // 2 - 3,
            "y": BAR_HEIGHT - (tall := round(counts.get(hour, 0) * (BAR_HEIGHT - 24) / most)),
            "height": tall,
        }
        for index, hour in enumerate(hours)
    ]
    return {"bars": bars, "width": len(bars) * BAR_STEP, "height": BAR_HEIGHT + 24, "base": BAR_HEIGHT}


def _csv(found: DayFigures) -> HttpResponse:
    """One figure a line, with stable English names beside the words, so that days can be put together."""
    answers, bikes, check = found.answers, found.bikes, found.check
    rows: list[list[Cell]] = [
        ["orders", _("Orders"), found.orders],
        ["turnover", _("Turnover"), Cents(found.turnover)],
        ["bike_fees", _("Fees of the bikes"), Cents(found.bike_fees)],
        ["average_basket", _("Average basket"), Cents(found.average_basket)],
        ["parts", _("Bags of shops"), answers.parts],
        ["accepted", _("Accepted"), answers.accepted],
        ["refused", _("Refused"), answers.refused],
        ["cancelled", _("Cancelled by buyers"), answers.cancelled],
        ["median_seconds_to_accept", _("Half were accepted within"), answers.median_seconds],
        ["due", _("Due"), found.due],
        ["prepared_late", _("Prepared late"), found.prepared_late],
        ["items_missing", _("Items missing from bags"), found.items_missing],
        ["bike_promised", _("Promised"), bikes.promised],
        ["bike_kept", _("In the promised window"), bikes.kept],
        ["bike_late", _("Late"), bikes.late],
        ["bike_failed", _("Failed"), bikes.failed],
        ["bike_metres", _("Planned by bike"), bikes.metres],
        ["co2_spared_grams_low", _("CO₂ spared, at least"), bikes.air.low],
        ["co2_spared_grams_high", _("CO₂ spared, at most"), bikes.air.high],
        ["sold_out", _("Sold out now"), found.sold_out_count],
        ["ledger_sum", _("Sum of the day's movements"), Cents(check.ledger_sum)],
        ["sold_by_bags", _("Sold, by the bags"), Cents(check.sold_lines)],
        ["sold_by_ledger", _("Sold, by the ledger"), Cents(check.sold_ledger)],
        ["received", _("Received in tills"), Cents(check.paid)],
    ]
    for shops, count in found.baskets:
        rows.append(["orders_of_shops", f"{_('Shops in one order')}: {shops}", count])
    for reason, count in answers.reasons:
        rows.append(["refused_because", reason, count])
    return csv_response(f"market-{found.day:%Y-%m-%d}", [_("Name"), _("Figure"), _("Value")], rows)
