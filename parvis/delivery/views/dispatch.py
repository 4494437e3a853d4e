"""The dispatcher's board: who rides where, and what is at risk?"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day
from parvis.delivery import actions
from parvis.delivery.access import delivery_for, hub_of, places_to_work, plan_for, refusal_for, round_for
from parvis.delivery.actions.refused import read_refusal
from parvis.delivery.board import Board, BoardRound, BoardStop
from parvis.delivery.forms.dispatch import PlaceForm, day_asked
from parvis.delivery.models import Delivery, Plan, Round, Stop
from parvis.delivery.outages import outages
from parvis.delivery.told import open_asks
from parvis.delivery.views.dispatch_words import answer, draw_board, figures
from parvis.delivery.views.outage_words import outage_rows
from parvis.delivery.workday import working_day
from parvis.people.access import require_role, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LOOKING = (Role.Kind.DISPATCHER, Role.Kind.AGENT)


def dispatch_page(
    request: PersonRequest, template: str, current: str, day: date, context: dict[str, Any]
) -> HttpResponse:
    """Render a page of the dispatcher under its tab ``current``; the day goes from tab to tab."""
    tabs = [("dispatch", _("Rounds"), "route"), ("dispatch-fleet", _("Fleet and windows"), "bike")]
    tabs.append(("dispatch-streets", _("Streets"), "traffic-cone"))
    subnav = [
        {"label": label, "icon": icon, "current": name == current, "url": day_url(name, day)}
        for name, label, icon in tabs
    ]
    frame = {
        "subnav": subnav,
        "switch": places_to_work(request),
        "day": day,
        "may_act": Role.Kind.DISPATCHER in roles_in(request),
    }
    return render(request, template, frame | context)


def day_url(name: str, day: date) -> str:
    """The address of a page about a day."""
    return f"{reverse(name)}?day={day.isoformat()}"


def day_pills(name: str, day: date, today: date) -> list[dict[str, Any]]:
    """Links to the day before, today and the day after."""
    around = [(day - timedelta(days=1), "arrow-left"), (day, ""), (day + timedelta(days=1), "arrow-right")]
    if today not in {shown for shown, _icon in around}:
        around.insert(0 if today < day else len(around), (today, "calendar"))
    return [
        {
            "label": _("Today") if shown == today else say_day(shown),
            "icon": icon,
            "current": shown == day,
            "url": day_url(name, shown),
        }
        for shown, icon in around
    ]


@require_role(*LOOKING)
@require_GET
def board(request: PersonRequest) -> HttpResponse:
    """The day: the answer, the figures, the map, and the rounds with their stops."""
    at = timezone.now()
    today = day_of(at, request.town.zone)
    hub = hub_of(request)
    shown = Board.load(hub, day_asked(request.GET, working_day(hub, at)), at)
    if request.htmx and "poll" in request.GET and shown.computing:
        if request.GET["poll"] == str(shown.computing.progress_percent):
            return HttpResponse(status=204)  # nothing on the page changes
        context = {"board": shown, "url": day_url("dispatch", shown.day)}
        return retarget(render(request, "delivery/dispatch/_progress.html", context), "#progress")
    return _board_page(request, shown, today)


def _board_page(request: PersonRequest, shown: Board, today: date) -> HttpResponse:
    context = {
        "board": shown,
        "answer": answer(shown),
        "figures": figures(shown),
        "map": draw_board(shown, request.town) if shown.rounds or shown.unplaced else None,
        "pills": day_pills("dispatch", shown.day, today),
        "url": day_url("dispatch", shown.day),
        "fleet_url": day_url("dispatch-fleet", shown.day),
        "outages": outage_rows(outages(shown.hub, working_day(shown.hub, shown.at), shown.at), shown.at),
    }
    part = "#board" if request.htmx else ""
    return dispatch_page(request, "delivery/dispatch/board.html" + part, "dispatch", shown.day, context)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def plan(request: PersonRequest) -> HttpResponse:
    """Ask for a plan. Once a bike has left, the rest of the day is planned around it at once."""
    at, hub = timezone.now(), hub_of(request)
    day = day_asked(request.POST, working_day(hub, at))
    on_the_road = Round.objects.filter(
        plan__hub=hub, plan__day=day, plan__state=Plan.State.PUBLISHED, left_at__isnull=False
    )
    try:
        if on_the_road.exists():
            _say(request, actions.replan(hub=hub, day=day, by=request.user, at=at))
        else:
            actions.request_plan(hub=hub, day=day, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(day_url("dispatch", day))


def _say(request: PersonRequest, made: Plan) -> None:
    """What became of a plan that was computed while the dispatcher waited."""
    if made.state == Plan.State.DRAFT:
        messages.success(request, _("Here is a new draft. Riders see it once you publish it."))
    elif made.state == Plan.State.FAILED:
        messages.error(request, made.message)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def enough(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The best plan so far will do."""
    chosen = plan_for(request, pk)
    actions.take_best_so_far(plan=chosen, by=request.user, at=timezone.now())
    return HttpResponseRedirect(day_url("dispatch", chosen.day))


@require_role(Role.Kind.DISPATCHER)
@require_POST
def publish(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Make a draft the plan that riders see."""
    chosen = plan_for(request, pk)
    try:
        actions.publish_plan(plan=chosen, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        rides = chosen.rounds.exists()
        said = _("Riders see their rounds.") if rides else _("Nobody rides: shops and buyers were told.")
        messages.success(request, _("The plan is published.") + " " + said)
    return HttpResponseRedirect(day_url("dispatch", chosen.day))


@require_role(Role.Kind.DISPATCHER)
@require_POST
def discard(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Put a draft aside."""
    chosen = plan_for(request, pk)
    try:
        actions.discard_draft(plan=chosen, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The draft is put aside."))
    return HttpResponseRedirect(day_url("dispatch", chosen.day))


@require_role(Role.Kind.DISPATCHER)
@require_POST
def move(request: PersonRequest) -> HttpResponse:
    """Move a stop: one place up or down by a button, or anywhere by dragging (stop, round, position)."""
    at = timezone.now()
    stop, to_round, position = _wanted(request, request.POST)
    try:
        actions.move_stop(stop=stop, to_round=to_round, position=position, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    day = to_round.plan.day
    if not request.htmx:
        return HttpResponseRedirect(f"{day_url('dispatch', day)}#round-{to_round.number}")
    return _board_page(request, Board.load(hub_of(request), day, at), day_of(at, request.town.zone))


def _wanted(request: PersonRequest, data: QueryDict) -> tuple[Stop, Round, int]:
    """The stop, the round and the position asked for; 404 for what is not of this town."""
    stops = Stop.objects.filter(town=request.town).select_related("round__plan", "round__bike", "delivery")
    try:
        for name, step in (("up", -1), ("down", 1)):
            if name in data:
                stop = get_object_or_404(stops, pk=UUID(data.get(name)))
                return stop, stop.round, stop.position + step
        stop = get_object_or_404(stops, pk=UUID(data.get("stop", "")))
        return stop, round_for(request, UUID(data.get("round", ""))), min(200, max(1, int(data.get("position", ""))))
    except ValueError:
        raise Http404 from None


@require_role(Role.Kind.DISPATCHER)
@require_POST
def lock(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Lock a round, so that planning again leaves it as it is; or unlock it."""
    at, round_ = timezone.now(), round_for(request, pk)
    change = actions.lock_round if request.POST.get("locked") == "1" else actions.unlock_round
    try:
        change(round_=round_, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    day = round_.plan.day
    if not request.htmx:
        return HttpResponseRedirect(f"{day_url('dispatch', day)}#round-{round_.number}")
    return _board_page(request, Board.load(hub_of(request), day, at), day_of(at, request.town.zone))


@require_role(*LOOKING)
@require_http_methods(["GET", "POST"])
def place(request: PersonRequest, code: str) -> HttpResponse:
    """One delivery: where it stands, and on which round it goes."""
    at, delivery = timezone.now(), delivery_for(request, code)
    day = delivery.window.day_in(request.town.zone)
    shown = Board.load(hub_of(request), day, at)
    current = shown.placed.get(delivery.pk)
    may_act = Role.Kind.DISPATCHER in roles_in(request)
    if request.method == "POST" and not may_act:
        raise Http404
    rounds = [(str(round_.round.pk), _round_name(round_)) for round_ in shown.changeable]
    stop = next((s for s in current.stops if s.delivery.pk == delivery.pk), None) if current else None
    initial = {"round": str(current.round.pk), "position": stop.stop.position} if current and stop else {}
    form = PlaceForm(request.POST or None, rounds=rounds, initial=initial)
    if form.is_valid():
        to_round = round_for(request, UUID(form.cleaned_data["round"]))
        try:
            _place(request, stop, to_round, form.cleaned_data["position"], delivery)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(code)s is on round %(number)s.") % {"code": delivery.code, "number": to_round.number}
            )
            return HttpResponseRedirect(f"{day_url('dispatch', day)}#round-{to_round.number}")
    asked = {one.sender_ref for one in open_asks(delivery)}
    context = {
        "delivery": delivery,
        "current": current,
        "stop": stop,
        "asking": [bag.sender for bag in delivery.live_bags() if bag.sender_ref in asked],
        "form": form if rounds and may_act and (current is None or current.may_change) else None,
        "reason": next((left.reason for left in shown.unplaced if left.delivery.pk == delivery.pk), ""),
        "back_url": day_url("dispatch", day),
    }
    return dispatch_page(request, "delivery/dispatch/place.html", "dispatch", day, context)


def _place(
    request: PersonRequest, stop: BoardStop | None, to_round: Round, position: int | None, delivery: Delivery
) -> None:
    at, by = timezone.now(), request.user
    if stop is None:
        actions.place_delivery(delivery=delivery, to_round=to_round, position=position, by=by, at=at)
    else:
        actions.move_stop(stop=stop.stop, to_round=to_round, position=position, by=by, at=at)


def _round_name(round_: BoardRound) -> str:
    return _("%(number)s · %(bike)s, %(rider)s, %(departs)s–%(returns)s, %(stops)s stops") % {
        "number": round_.round.number,
        "bike": round_.bike,
        "rider": round_.rider or _("nobody"),
        "departs": say_clock(round_.round.departs_at),
        "returns": say_clock(round_.round.returns_at),
        "stops": len(round_.stops),
    }


@require_role(Role.Kind.DISPATCHER)
@require_POST
def refusal_read(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The dispatcher has read why a rider's tap could not be used."""
    refused = refusal_for(request, pk)
    read_refusal(refused=refused, by=request.user, at=timezone.now())
    return HttpResponseRedirect(day_url("dispatch", refused.round.plan.day))
