"""The bikes in figures: days and shops for agents and dispatchers, weeks for everybody, and what an hour costs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.charts import stacked
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.delivery.actions.costs import set_costs
from parvis.delivery.cost_words import rates_words, say_rates
from parvis.delivery.models import RunningCosts
from parvis.delivery.models.costs import rates_on
from parvis.market.forms.running_costs import CostsForm
from parvis.market.round_figures import DayMoney, RoundFigures, round_figures
from parvis.market.round_words import (
    figures,
    money_columns,
    money_row,
    promise_columns,
    promise_row,
    shop_columns,
    shop_rows,
    shops_foot,
    without_riders,
)
from parvis.market.weeks import FEWEST, Week, told_weeks, weeks_before
from parvis.people.access import require_role, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

USUAL = timedelta(days=27)
MOST = timedelta(days=91)
KEPT_FOR = 600  # seconds that the public weeks are remembered: riders' news of yesterday may still come in


@require_safe
@require_role(Role.Kind.AGENT, Role.Kind.DISPATCHER)
def days(request: PersonRequest) -> HttpResponse:
    """Days and shops between ``?from`` and ``?to`` (four weeks unless told otherwise), on the page or as CSV."""
    at, town = timezone.now(), request.town
    first, last = _chosen(request.GET, day_of(at, town.zone))
    found = round_figures(town, first, last, at, shops=True)
    wanted = request.GET.get("as")
    if wanted == "csv":
        return _days_csv(found)
    if wanted == "shops":
        return _shops_csv(found)
    context = {
        "first": first,
        "last": last,
        "query": f"from={first:%Y-%m-%d}&to={last:%Y-%m-%d}",
        "figures": figures(found.total, town),
        "rows": [promise_row(day) for day in found.days],
        "foot": promise_row(found.total, name=_("Together")),
        "columns": promise_columns(),
        "money_rows": [money_row(day, town) for day in found.days],
        "money_foot": money_row(found.total, town, name=_("Together")),
        "money_columns": money_columns(),
        "lacking": without_riders(found.total),
        "shop_columns": shop_columns(),
        "shops": shop_rows(found, town) if found.by_shop.shops else [],
        "shops_foot": shops_foot(found, town),
        "chart": _chart([(format_date(day.line.day, "j/n"), day) for day in reversed(found.days)]),
        "rates": rates_words(town, last),
        "may_set": Role.Kind.AGENT in roles_in(request),
    }
    return render(request, "market/agent/round_figures.html", context)


@login_not_required
@require_safe
def weeks(request: TownRequest) -> HttpResponse:
    """The town's weeks for everybody, good or bad; as CSV too. Weeks with too few deliveries are not told."""
    at, town = timezone.now(), request.town
    found, shown = _weeks(town, at)
    if request.GET.get("as") == "csv":
        return _weeks_csv(shown)
    total = sum((week.money for week in shown[1:]), shown[0].money) if shown else None
    yesterday = day_of(at, town.zone) - timedelta(days=1)
    sunday = shown[0].monday + timedelta(days=6) if shown else yesterday
    context = {
        "shown": bool(shown),
        "first": shown[-1].monday if shown else None,
        "last": min(sunday, yesterday),
        "goes_on": sunday > yesterday,
        "weeks": len(shown),
        "fewest": FEWEST,
        "too_few": len(found) - len(shown),
        "figures": figures(total, town) if total else [],
        "columns": promise_columns(_("Week of")),
        "rows": [promise_row(week.money, say_day(week.monday)) for week in shown],
        "foot": promise_row(total, name=_("Together")) if total else [],
        "money_columns": money_columns(_("Week of")),
        "lacking": without_riders(total) if total else "",
        "money_rows": [money_row(week.money, town, say_day(week.monday)) for week in shown],
        "money_foot": money_row(total, town, name=_("Together")) if total else [],
        "chart": _chart([(format_date(week.monday, "j/n"), week.money) for week in reversed(shown)]),
        "rates": rates_words(town, day_of(at, town.zone)),
    }
    return render(request, "market/figures.html", context)


def _weeks(town: Town, at: datetime) -> tuple[list[Week], list[Week]]:
    """The weeks of the town, and those that may be told; remembered for some minutes."""
    today = day_of(at, town.zone)
    key = f"market.weeks:{town.pk}:{today}"
    found: list[Week] | None = cache.get(key)
    if found is None:
        mondays = weeks_before(today)
        told = round_figures(town, mondays[-1], today - timedelta(days=1), at)
        found = told_weeks(told, mondays)
        cache.set(key, found, KEPT_FOR)
    return found, [week for week in found if week.may_be_told]


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def costs(request: PersonRequest) -> HttpResponse:
    """What the bikes cost: what holds, what was set before, and one form."""
    at, town = timezone.now(), request.town
    today = day_of(at, town.zone)
    rows = list(RunningCosts.objects.of(town))
    form = CostsForm(rates_on(rows, today), today, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        set_costs(town=town, starts_on=form.cleaned_data["starts_on"], values=form.values(), at=at, by=request.user)
        cache.delete(f"market.weeks:{town.pk}:{today}")
        messages.success(request, _("It is noted. All figures are worked out with it."))
        return redirect("agent-figures")
    context = {
        "form": form,
        "heading": _("What the bikes cost"),
        "lead": _("The cost of a delivery, here and on the public page, is worked out with these rates."),
        "back_url": reverse("agent-figures"),
        "back_label": _("Bikes in figures"),
        "rows": [(row.starts_on, say_rates(row, town)) for row in reversed(rows)],
    }
    return render(request, "market/agent/running_costs.html", context, status=422 if form.errors else 200)


def _chosen(given: QueryDict, today: date) -> tuple[date, date]:
    """The asked days; what cannot be read, lies ahead or goes on for too long is brought into bounds."""
    last = min(_read(given.get("to", "")) or today, today)
    first = _read(given.get("from", "")) or last - USUAL
    return max(min(first, last), last - MOST), last


def _read(text: str) -> date | None:
    try:
        return max(date.fromisoformat(text), date(2020, 1, 1))
    except ValueError:
        return None


def _chart(rows: Sequence[tuple[str, DayMoney]]) -> str:
    """How promises ended, a bar for each day or week; nothing where there is nothing to draw."""
    told = [(name, day.line) for name, day in rows if day.line.ended]
    if not told:
        return ""
    return stacked(
        [(name, (line.kept, line.late, line.not_brought)) for name, line in told],
        [_("Kept"), _("Late"), _("Not brought")],
        label=_("Promises kept, late and not brought; the numbers are in the table"),
        title=_("Deliveries"),
    )


_NAMES = (
    "promised",
    "kept",
    "nobody_at_home",
    "late",
    "late_seconds",
    "not_brought",
    "still_to_come",
    "at_doors",
    "metres_planned",
    "metres_ridden",
    "cost",
    "cost_riders",
    "cost_depot",
    "cost_bikes",
    "income",
    "co2_spared_grams_low",
    "co2_spared_grams_high",
    "days_without_shift",
)


def _csv_cells(day: DayMoney) -> list[Cell]:
    line = day.line
    return [
        line.promised,
        line.kept,
        line.missed,
        line.late,
        line.late_seconds,
        line.not_brought,
        line.coming,
        line.drops,
        line.metres,
        line.ridden,
        Cents(line.cost.cents),
        Cents(line.cost.riders),
        Cents(line.cost.hub),
        Cents(line.cost.bikes),
        Cents(day.income),
        line.air.low,
        line.air.high,
        line.unstaffed,
    ]


def _days_csv(found: RoundFigures) -> HttpResponse:
    """A line a day with stable English names, oldest first."""
    rows = [[f"{day.line.day:%Y-%m-%d}", *_csv_cells(day)] for day in reversed(found.days)]
    return csv_response(f"bikes-{found.first:%Y-%m-%d}-{found.last:%Y-%m-%d}", ["day", *_NAMES], rows)


def _weeks_csv(shown: Sequence[Week]) -> HttpResponse:
    rows = [[f"{week.monday:%Y-%m-%d}", *_csv_cells(week.money)] for week in reversed(shown)]
    return csv_response("bikes-by-week", ["week", *_NAMES], rows)


def _shops_csv(found: RoundFigures) -> HttpResponse:
    """A line a shop, and two (in stable English) of what no shop bears: together they are the days."""
    header = ["shop", "deliveries", "kept", "broken", "bag_late", "metres", "cost", "income"]
    lines = [(shop.name, shop) for shop in found.by_shop.shops]
    lines += [("(deliveries of no shop)", found.by_shop.unowned), ("(days without deliveries)", found.by_shop.idle)]
    rows: list[list[Cell]] = [
        [name, s.deliveries, s.kept, s.broken, s.bags_late, s.metres, Cents(s.cost), Cents(s.income)]
        for name, s in lines
    ]
    return csv_response(f"bikes-shops-{found.first:%Y-%m-%d}-{found.last:%Y-%m-%d}", header, rows)
