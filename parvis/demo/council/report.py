"""The report for a council: one answer first, charts, tables, and a page that says what was assumed. Tagged PDF."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.charts import PAPER, Between, ranges
from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.words import say_rate, say_weight
from parvis.demo.council.assumptions import assumptions
from parvis.demo.council.money import Books
from parvis.demo.council.month import INSERTION, Plan
from parvis.demo.council.outcomes import Range
from parvis.demo.council.scene import Scene
from parvis.demo.council.telling import Told
from parvis.towns.models import Town

KEPT_ENOUGH, TURNED_ENOUGH = 0.97, 0.02  # a fleet that keeps so much and sends so few away is large enough


def report_pdf(
    town: Town, scene: Scene, plan: Plan, books: Books, told: Sequence[Told], *, language: str, at: datetime
) -> bytes:
    """The report in one of the languages ``fr``, ``nl``, ``en``."""
    with translation.override(language):
        title = _("Will it pay its way? Deliveries by bike in %(town)s") % {"town": town.name}
        return pdf(
            "council", title=title, language=language, made_at=at, data=_data(town, scene, plan, books, told, at)
        )


def _data(town: Town, scene: Scene, plan: Plan, books: Books, told: Sequence[Told], at: datetime) -> dict[str, Any]:
    ours = [one for one in told if one.trial.method == INSERTION]
    return {
        "day": format_date(at.astimezone(town.zone), "j F Y"),
        "about": _(
            "Simulated on the streets of the town with the program that would run it: who is promised a delivery, who "
            "rides where, what goes wrong. Every number is the middle of what months bring; behind it stands the range "
            "in which eight months of ten lie."
        ),
        "answers": [_answer(town, plan, books, demand, ours) for demand in plan.demands],
        "charts": _charts(town, ours),
        "tables": [_kept_table(told), _money_table(town, ours)],
        "assumed_title": _("What was assumed"),
        "assumed": assumptions(town, scene, plan, books),
    }


def _answer(town: Town, plan: Plan, books: Books, demand: int, ours: Sequence[Told]) -> dict[str, str]:
    """One demand in a sentence or two: the smallest fleet that is large enough, and what it comes to."""
    mine = [one for one in ours if one.trial.demand == demand]
    enough = [one for one in mine if one.kept.middle >= KEPT_ENOUGH and one.turned_away.middle <= TURNED_ENOUGH]
    head = ngettext("%(count)d order a day", "%(count)d orders a day", demand) % {"count": demand}
    if not enough:
        most = mine[-1]
        said = _(
            "None of these fleets is large enough: %(bikes)s keep %(kept)s of the promises and turn %(turned)s of the "
            "orders away."
        ) % {"bikes": _bikes(most), "kept": _share(most.kept.middle), "turned": _share(most.turned_away.middle)}
        return {"head": head, "text": said}
    one = enough[0]
    said = _(
        "%(bikes)s are enough: %(kept)s of the promises are kept. A delivery costs %(cost)s and brings in %(income)s "
        "without VAT."
    ) % {
        "bikes": _bikes(one),
        "kept": _share(one.kept.middle),
        "cost": _money(one.cost_each.middle, town),
        "income": _money(books.terms.income, town),
    }
    return {"head": head, "text": f"{said} {_result(one, town, books)}"}


def _result(one: Told, town: Town, books: Books) -> str:
    if one.result.middle >= 0:
        return _("It pays its way: %(sum)s are left a month.") % {"sum": _money(one.result.middle, town)}
    said = _("It does not pay its way: the town adds %(sum)s a month.") % {"sum": _money(-one.result.middle, town)}
    need = _("It would with %(income)s for each delivery.") % {"income": _money(one.even_income.middle, town)}
    return f"{said} {need}"


def _charts(town: Town, ours: Sequence[Told]) -> list[dict[str, str]]:
    def points(figure: str, factor: float) -> list[Between]:
        return [
            Between(str(one.trial.demand), _bikes(one), r.middle * factor, r.low * factor, r.high * factor)
            for one in ours
            for r in [getattr(one, figure)]
        ]

    drawn = (
        (_("Promises kept, per cent, by orders a day"), "kept", 100.0, None),
        (_("What a delivery costs, in %(currency)s, by orders a day"), "cost_each", 0.01, 0.0),
        (_("Left or missing in a month, in %(currency)s, by orders a day"), "result", 0.01, 0.0),
    )
    charts = []
    for words, figure, factor, zero in drawn:
        title = words % {"currency": town.currency} if "%(currency)s" in words else words
        charts.append(
            {
                "title": title,
                "svg": ranges(points(figure, factor), label=title, zero=zero, theme=PAPER, width=520, height=170),
            }
        )
    return charts


def _kept_table(told: Sequence[Told]) -> dict[str, Any]:
    words = {INSERTION: _("a bike proved"), "slots": _("fixed places")}
    return {
        "title": _("Promises"),
        "columns": [
            _("Orders a day"),
            _("Bikes"),
            _("A promise is"),
            _("Brought a day"),
            _("Kept"),
            _("Turned away"),
            _("Late by"),
        ],
        "rows": [
            [
                str(one.trial.demand),
                str(one.trial.bikes),
                words[one.trial.method] + (f" ({one.trial.places})" if one.trial.places else ""),
                _between(one.drops_day, lambda n: str(round(n))),
                _between(one.kept, _share),
                _between(one.turned_away, _share),
                _("%(count)d min") % {"count": round(one.late_minutes)} if one.late_minutes else "–",
            ]
            for one in told
        ],
        "note": _(
            "“A bike proved”: a time is offered only if the tours of the day can take the door and keep all that was "
            "promised. “Fixed places”: each time has so many places, whoever lives where. Both meet the same "
            "orders and the same mishaps."
        )
        + " "
        + _(
            "Brought: doors at which a bike was, open or not; eight days of ten lie in the range. Turned away: of all "
            "orders. Late by: the mean of those that were late; – where none was."
        ),
    }


def _money_table(town: Town, ours: Sequence[Told]) -> dict[str, Any]:
    def money(cents: float) -> str:
        return _money(cents, town)

    return {
        "title": _("Money, way and air"),
        "columns": [
            _("Orders a day"),
            _("Bikes"),
            _("One delivery costs"),
            _("Left (missing −) in a month"),
            _("Even at, deliveries a day"),
            _("Kilometres a day"),
            _("CO₂ spared in a month"),
        ],
        "rows": [
            [
                str(one.trial.demand),
                str(one.trial.bikes),
                _between(one.cost_each, money),
                _between(one.result, money),
                _("at no number") if one.even_at is None else _between(one.even_at, lambda n: str(round(n))),
                _between(one.km_day, lambda n: str(round(n))),
                _("%(low)s to %(high)s") % {"low": say_weight(max(0, one.air.low)), "high": say_weight(one.air.high)},
            ]
            for one in ours
        ],
        "note": _(
            "Even at: shifts and bikes cost the same however much they carry. Where the number is more than "
            "these bikes can bring, they do not pay at this price."
        )
        + " "
        + _(
            "One delivery costs: riders, depot and bikes, shared by the doors at which a bike was. Left: what all of "
            "them bring in, less that and the other costs of a month. Kilometres: eight days of ten lie in the range."
        ),
    }


def _between(value: Range, say: Any) -> str:
    middle, low, high = (str(say(number)) for number in (value.middle, value.low, value.high))
    if low == high:
        return middle
    between = _("%(low)s to %(high)s") % {"low": low, "high": high} if value.low < 0 else f"{low}–{high}"
    return f"{middle} ({between})"


def _share(value: float) -> str:
    return say_rate(round(value * 1000) * 10)


def _money(cents: float, town: Town) -> str:
    """To the cent below a thousand, to the unit above: more would be pretence."""
    whole = round(cents)
    said = format_money(whole if abs(whole) < 100_000 else round(whole / 100) * 100, town.currency)
    return said.replace("\N{MINUS SIGN}", "\N{MINUS SIGN}\N{WORD JOINER}")  # a column is narrow: no line ends between


def _bikes(one: Told) -> str:
    return ngettext("%(count)d bike", "%(count)d bikes", one.trial.bikes) % {"count": one.trial.bikes}
