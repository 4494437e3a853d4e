"""The dispatcher's means: bikes, who rides them when, and what may be promised."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.delivery import actions
from parvis.delivery.access import bike_for, hub_of, shift_for, window_for
from parvis.delivery.actions.breaks import add_breaks, without_breaks
from parvis.delivery.actions.fleet import carried_by
from parvis.delivery.actions.hubs import forget_ways
from parvis.delivery.actions.problems import shifts_of
from parvis.delivery.forms.dispatch import BackForm, BikeForm, ColdForm, ShiftForm, WindowForm, day_asked
from parvis.delivery.models import Bike, Hub, Plan, Round, Window
from parvis.delivery.models.plans import RoundQuerySet
from parvis.delivery.models.promises import of_days
from parvis.delivery.views.dispatch import LOOKING, day_pills, day_url, dispatch_page
from parvis.delivery.views.outage_words import say_out
from parvis.delivery.workday import working_day
from parvis.people.access import require_role, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

WEEK = 7


@require_role(*LOOKING)
@require_http_methods(["GET", "POST"])
def fleet(request: PersonRequest) -> HttpResponse:
    """Bikes, the shifts and the windows of a day; a POST adds a shift."""
    at, hub = timezone.now(), hub_of(request)
    today = day_of(at, request.town.zone)
    day = day_asked(request.POST if request.method == "POST" else request.GET, working_day(hub, at))
    form = ShiftForm(request.POST or None, hub=hub, day=day, initial={"start": "09:00", "end": "19:00"})
    if request.method == "POST":
        dispatcher_only(request)
        if form.is_valid():
            try:
                actions.add_shift(**form.values, by=request.user, at=at)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The shift is on the list."))
                return HttpResponseRedirect(day_url("dispatch-fleet", day))
    carried = carried_by(hub)
    bikes = Bike.objects.filter(hub=hub).select_related("hub__town").defer("hub__town__backdrop").order_by("name")
    context = {
        "hub": hub,
        "bikes": [(bike, carried.get(bike.pk, 0), say_out(bike, at)) for bike in bikes],
        "shifts": shifts_of(hub, day),
        "windows": _windows(hub, day),
        "restless": len(without_breaks(hub, day, at)),
        "form": form,
        "cold": ColdForm(initial={"cold_minutes": hub.cold_minutes, "cold_from": hub.cold_from}),
        "at": at,
        "pills": day_pills("dispatch-fleet", day, today),
        "url": day_url("dispatch-fleet", day),
    }
    return dispatch_page(request, "delivery/dispatch/fleet.html", "dispatch-fleet", day, context)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def breaks(request: PersonRequest) -> HttpResponse:
    """The breaks that the law asks for, in shifts of a day that were entered without."""
    at, hub = timezone.now(), hub_of(request)
    day = day_asked(request.POST, day_of(at, request.town.zone))
    count = add_breaks(hub=hub, day=day, by=request.user, at=at)
    said = ngettext("%(count)s shift has its break.", "%(count)s shifts have their break.", count)
    if count:
        messages.success(request, f"{said % {'count': count}} {_('Plan again if rounds ride through it.')}")
    else:
        messages.info(request, _("No shift of that day lacks its break."))
    return HttpResponseRedirect(day_url("dispatch-fleet", day))


def dispatcher_only(request: PersonRequest) -> None:
    """404 for those who may only look."""
    if Role.Kind.DISPATCHER not in roles_in(request):
        raise Http404


def _windows(hub: Hub, day: date) -> Any:
    booked = Count("deliveries", filter=Q(deliveries__cancelled_at=None))
    found = Window.objects.filter(of_days(day, day, hub.town.zone), hub=hub).annotate(booked=booked)
    return found.order_by("starts_at")  # what is counted by groups forgets the order of the model


@require_role(Role.Kind.DISPATCHER)
@require_http_methods(["GET", "POST"])
def bike(request: PersonRequest, pk: UUID | None = None) -> HttpResponse:
    """Change a bike, or add one."""
    at, hub = timezone.now(), hub_of(request)
    today = day_of(at, request.town.zone)
    chosen = bike_for(request, pk) if pk else None
    form = BikeForm(request.POST or None, instance=chosen, hub=hub)
    if form.is_valid():
        saved = form.save()
        if chosen and "kind" in form.changed_data:
            forget_ways(saved.hub, at)
        messages.success(request, _("%(bike)s is saved.") % {"bike": saved})
        return HttpResponseRedirect(day_url("dispatch-fleet", today))
    context = {
        "form": form,
        "heading": str(chosen or _("A new bike")),
        "lead": _("The next plan reckons with what you write here."),
        "back_url": day_url("dispatch-fleet", today),
        "back_label": _("Fleet and windows"),
    }
    return dispatch_page(request, "core/base_form.html", "dispatch-fleet", today, context)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def cold(request: PersonRequest) -> HttpResponse:
    """How long cold boxes keep cold, and which they are."""
    at, hub = timezone.now(), hub_of(request)
    form = ColdForm(request.POST)
    if form.is_valid():
        actions.set_cold_boxes(hub=hub, **form.cleaned_data, by=request.user, at=at)
        messages.success(request, _("Saved: plans and promises count with it from now on."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return HttpResponseRedirect(day_url("dispatch-fleet", day_of(at, request.town.zone)))


@require_role(Role.Kind.DISPATCHER)
@require_http_methods(["GET", "POST"])
def broken(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A bike has broken down: asked first, and when it is back; then the rest of the day is planned without it.

    Of a bike that is out of order already it is the day on which it is expected back that changes.
    """
    at, chosen = timezone.now(), bike_for(request, pk)
    hub = chosen.hub
    day = working_day(hub, at)
    concerned = _rides(hub, day).filter(bike=chosen, back_at=None)
    if chosen.broken_at:  # what is out with it was planned again when it broke
        concerned = concerned.filter(left_at=None)
    form = BackForm(
        request.POST if request.method == "POST" else None,
        today=day,
        initial={"back_on": chosen.back_on, "out": chosen.broken_at is not None},
    )
    if request.method == "GET" or not form.is_valid():
        by_plan = Counter(concerned.values_list("plan", flat=True))
        context = {
            "bike": chosen,
            "form": form,
            "out": say_out(chosen, at),
            "rounds": max(by_plan.values(), default=0),
            "back_url": day_url("dispatch-fleet", day),
        }
        return dispatch_page(request, "delivery/dispatch/broken.html", "dispatch-fleet", day, context)
    planned = concerned.exists()
    if not form.cleaned_data["out"]:
        actions.mark_bike_broken(bike=chosen, by=request.user, at=at)
    try:
        actions.expect_bike_back(bike=chosen, day=form.cleaned_data["back_on"], by=request.user, at=at)
    except Refusal as refusal:  # somebody has said meanwhile that it is repaired
        messages.error(request, str(refusal))
        return HttpResponseRedirect(day_url("dispatch-fleet", day))
    chosen.refresh_from_db()
    messages.warning(request, _("%(bike)s: %(said)s.") % {"bike": chosen, "said": say_out(chosen, at)})
    if planned:
        _replan(request, hub, day, at, lost_bike=chosen)
    return HttpResponseRedirect(day_url("dispatch", day))


def _rides(hub: Hub, day: date) -> RoundQuerySet:
    """The rounds that are planned again when a bike or its rider is lost: those of the published plan, and of the draft
    that shall take its place; none before a plan was published.
    """
    plans = Plan.objects.filter(hub=hub, day=day)
    if not plans.filter(state=Plan.State.PUBLISHED).exists():
        return Round.objects.none()
    return Round.objects.filter(plan__in=plans.filter(state__in=[Plan.State.PUBLISHED, Plan.State.DRAFT]))


def _replan(request: PersonRequest, hub: Hub, day: date, at: datetime, lost_bike: Bike | None = None) -> None:
    """A draft without whoever was just lost, and what the dispatcher has to do with it."""
    today = day_of(at, hub.town.zone)
    try:
        made = actions.replan(hub=hub, day=day, by=request.user, at=at, lost_bike=lost_bike)
    except Refusal as refusal:  # the bike is broken, the shift is out all the same
        messages.error(request, str(refusal))
        return
    if made.state == Plan.State.FAILED:
        messages.error(request, made.message)
    elif any(round_.bike.counts_on(day, today) for round_ in made.rounds.filter(back_at=None).select_related("bike")):
        messages.warning(request, _("Here is a draft without it: look at it, then publish it."))
    else:
        messages.error(
            request,
            _(
                "Nobody rides any more that day. Add a shift and plan again, or publish this draft: shops and buyers "
                "are told that no bike comes."
            ),
        )


@require_role(Role.Kind.DISPATCHER)
@require_POST
def repaired(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bike rides again."""
    at, chosen = timezone.now(), bike_for(request, pk)
    actions.mark_bike_repaired(bike=chosen, by=request.user, at=at)
    messages.success(request, _("%(bike)s rides again.") % {"bike": chosen})
    return HttpResponseRedirect(day_url("dispatch-fleet", day_of(at, request.town.zone)))


@require_role(Role.Kind.DISPATCHER)
@require_POST
def goods(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The goods of a broken bike are back at the hub."""
    at, chosen = timezone.now(), bike_for(request, pk)
    count = actions.recover_goods(bike=chosen, by=request.user, at=at)
    said = ngettext("%(count)s bag is back at the hub.", "%(count)s bags are back at the hub.", count)
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(day_url("dispatch-fleet", day_of(at, request.town.zone)))


@require_role(Role.Kind.DISPATCHER)
@require_POST
def remove(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a shift off the list."""
    at, shift = timezone.now(), shift_for(request, pk)
    day = day_of(shift.starts_at, request.town.zone)
    had_rounds = _rides(shift.bike.hub, day).filter(left_at=None).of_shift(shift).exists()
    try:
        actions.remove_shift(shift=shift, by=request.user, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(day_url("dispatch-fleet", day))
    messages.success(request, _("The shift is off the list."))
    if not had_rounds:
        return HttpResponseRedirect(day_url("dispatch-fleet", day))
    _replan(request, shift.bike.hub, day, at)
    return HttpResponseRedirect(day_url("dispatch", day))


@require_role(Role.Kind.DISPATCHER)
@require_http_methods(["GET", "POST"])
def window(request: PersonRequest, pk: UUID | None = None) -> HttpResponse:
    """Change a delivery window, or add one to a day."""
    at, hub = timezone.now(), hub_of(request)
    chosen = window_for(request, pk) if pk else None
    asked = day_asked(request.POST if request.method == "POST" else request.GET, day_of(at, request.town.zone))
    day = chosen.day_in(request.town.zone) if chosen else asked
    form = WindowForm(request.POST or None, hub=hub, day=day, window=chosen)
    if form.is_valid():
        try:
            actions.save_window(hub=hub, window=chosen, **form.values, by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The window is saved."))
            return HttpResponseRedirect(day_url("dispatch-fleet", day))
    context = {"form": form, "window": chosen, "back_url": day_url("dispatch-fleet", day)}
    return dispatch_page(request, "delivery/dispatch/window.html", "dispatch-fleet", day, context)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def repeat(request: PersonRequest) -> HttpResponse:
    """The windows of a day again on the week that follows, where there are none."""
    at, hub = timezone.now(), hub_of(request)
    day = day_asked(request.POST, day_of(at, request.town.zone))
    count = actions.repeat_windows(hub=hub, day=day, days=WEEK, by=request.user, at=at)
    said = ngettext("%(count)s window was added.", "%(count)s windows were added.", count)
    messages.success(request, said % {"count": count})
    return HttpResponseRedirect(day_url("dispatch-fleet", day))
