"""Support funds: what everybody may read, and where an agent keeps them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.words import say_day
from parvis.market.actions.funds import add_line, give_line, give_up_promise, open_fund, pay_promise, promise_money
from parvis.market.forms.funds import EndForm, FundForm, GiveForm, KeyedForm, LineForm, PayForm, PromiseForm
from parvis.market.fund_figures import STAGES, FundState, Movement, funds_of, movements_of
from parvis.market.models import FundPromise
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

LISTED = 40
WIDTH, BAR = 360, 14

FORMS: dict[str, type[KeyedForm]] = {
    "promise": PromiseForm,
    "pay": PayForm,
    "end": EndForm,
    "give": GiveForm,
    "line": LineForm,
    "fund": FundForm,
}


@login_not_required
@require_safe
def fund(request: TownRequest) -> HttpResponse:
    """The town's funds for everybody: given, promised, due, paid, left; every movement as CSV."""
    states = funds_of(request.town)
    if request.GET.get("as") == "csv":
        return _csv(request, states)
    context = {"funds": [_shown(request, state) for state in states]}
    return render(request, "market/fund.html", context)


def stage_words() -> dict[str, str]:
    """What each stage is called."""
    return {"paid": _("Paid"), "due": _("Due to shops"), "promised": _("Promised"), "free": _("Still free")}


def kind_words() -> dict[str, str]:
    """What each kind of movement is called."""
    return {
        "allotted": _("Given by the council"),
        "promise": _("Promised"),
        "freed": _("Free again"),
        "voucher": _("Voucher used"),
        "paid": _("Paid"),
        "reversal": _("Taken back"),
    }


def _shown(request: TownRequest, state: FundState) -> dict[str, Any]:
    currency, words = request.town.currency, stage_words()

    def say(cents: int) -> str:
        return format_money(cents, currency)

    told = movements_of(request.town, state.lines, LISTED)
    return {
        "state": state,
        "figures": [
            {"label": _("Given by the council"), "value": say(state.allotted)},
            *({"label": words[stage], "value": say(state.sum_of(stage))} for stage in words),
        ],
        "columns": [
            {"label": _("Line")},
            {"label": _("Given"), "num": True},
            *({"label": words[stage], "num": True} for stage in words),
        ],
        "rows": [
            [line.name, say(line.allotted_cents), *(say(getattr(line, f"{stage}_cents")) for stage in words)]
            for line in state.lines
        ],
        "foot": [_("Together"), say(state.allotted), *(say(state.sum_of(stage)) for stage in words)],
        "bars": _bars(state),
        "height": len(state.lines) * (BAR + 26),
        "stages": words,
        "movement_columns": [
            {"label": _("Day")},
            {"label": _("Line")},
            {"label": _("What")},
            {"label": _("Amount"), "num": True},
        ],
        "movements": [_row(movement, say) for movement in told],
        "listed": LISTED,
    }


def _row(movement: Movement, say: Callable[[int], str]) -> list[str]:
    kind = kind_words().get(movement.kind, movement.kind)
    return [
        say_day(timezone.localtime(movement.at)),
        movement.line.name,
        f"{kind} · {movement.words}" if movement.words else kind,
        say(movement.cents),
    ]


def _bars(state: FundState) -> list[dict[str, Any]]:
    """One bar a line, cut by stage; widths in the drawing's units, of the largest line."""
    most = max((line.allotted_cents for line in state.lines), default=0)
    bars = []
    for index, line in enumerate(state.lines):
        x, pieces = 0, []
        for stage in ("paid", "due", "promised", "free"):
            width = round(WIDTH * max(0, getattr(line, f"{stage}_cents")) / most) if most else 0
            if width:
                pieces.append({"stage": stage, "x": x, "width": width})
            x += width
        top = index * (BAR + 26)
        bars.append({"name": line.name, "label_y": top + 16, "y": top + 20, "pieces": pieces})
    return bars


def _csv(request: TownRequest, states: list[FundState]) -> HttpResponse:
    """Every movement of every line, oldest first: the columns of a line add up to what the page shows."""
    words = kind_words()
    rows: list[list[Cell]] = []
    for state in states:
        for movement in reversed(movements_of(request.town, state.lines)):
            rows.append(
                [
                    movement.at.astimezone(request.town.zone).date().isoformat(),
                    state.fund.name,
                    movement.line.name,
                    movement.kind,
                    f"{words.get(movement.kind, movement.kind)} · {movement.words}",
                    *(Cents(movement.changes.get(stage, 0)) for stage in STAGES),
                ]
            )
    header = [_("Day"), _("Fund"), _("Line"), _("Kind"), _("What"), *(stage_words()[stage] for stage in STAGES)]
    return csv_response("fund", header, rows)


@require_role(Role.Kind.AGENT)
def keep(request: PersonRequest) -> HttpResponse:
    """The agent's page: each fund's lines, and one form for each thing that can be done."""
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    sent: KeyedForm | None = None
    if verb in FORMS:
        sent = FORMS[verb](request.POST, town=request.town, prefix=verb)
        if sent.is_valid():
            try:
                said = _do(verb, sent.cleaned_data, request, timezone.now())
            except Refusal as refusal:
                sent.add_error(None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("agent-fund")
    states = funds_of(request.town)
    left = FundPromise.objects.filter(town=request.town, left_cents__gt=0).select_related("line")
    labels = _labels(funds=bool(states), lines=any(state.lines for state in states), promises=left.exists())
    context = {
        "funds": [_shown(request, state) for state in states],
        "promises": [
            [
                p.name,
                p.line.name,
                format_money(p.cents, request.town.currency),
                format_money(p.left_cents, request.town.currency),
            ]
            for p in left
        ],
        "promise_columns": [
            {"label": _("To whom and for what")},
            {"label": _("Line")},
            {"label": _("Promised"), "num": True},
            {"label": _("Still to pay"), "num": True},
        ],
        "forms": [
            {
                "verb": name,
                "label": label,
                "form": sent if name == verb and sent else FORMS[name](town=request.town, prefix=name),
                "open": name == verb,
            }
            for name, label in labels.items()
        ],
    }
    return render(request, "market/agent/fund.html", context, status=422 if sent is not None else 200)


def _labels(*, funds: bool, lines: bool, promises: bool) -> dict[str, str]:
    """What can be done now, the commonest first."""
    return {
        **({"promise": _("Promise money")} if lines else {}),
        **({"pay": _("Write down a payment"), "end": _("A promise is not needed any more")} if promises else {}),
        **({"give": _("Give a line more")} if lines else {}),
        **({"line": _("A new line")} if funds else {}),
        "fund": _("A new fund"),
    }


def _do(verb: str, data: dict[str, Any], request: PersonRequest, at: datetime) -> str:
    """Do what one valid form says; gives the sentence for the agent."""
    by, key = request.user, str(data["key"])
    if verb == "fund":
        about, decision, day = data["about"], data["decision"], data["decided_on"]
        open_fund(town=request.town, name=data["name"], about=about, decision=decision, decided_on=day, at=at, by=by)
        return _("The fund is open. Give it a line.")
    if verb == "line":
        add_line(fund=data["fund"], name=data["name"], about=data["about"], cents=data["cents"], at=at, by=by)
        return _("The line is there.")
    if verb == "give":
        give_line(line=data["line"], cents=data["cents"], words=data["words"], key=key, at=at, by=by)
        return _("The line has more.")
    if verb == "promise":
        promise_money(line=data["line"], name=data["words"], cents=data["cents"], key=key, at=at, by=by)
        return _("The money is promised.")
    if verb == "pay":
        promise, words = data["promise"], data["words"]
        pay_promise(promise=promise, cents=data["cents"], words=f"{promise.name} · {words}", key=key, at=at, by=by)
        return _("The payment is written down.")
    give_up_promise(promise=data["promise"], words=f"{data['promise'].name} · {data['words']}", key=key, at=at, by=by)
    return _("What was left is free again.")
