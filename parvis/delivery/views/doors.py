"""The rider at a door: hand over, or say why not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.core.offline import came_by_queue, saying, works_offline
from parvis.core.scanning import with_camera
from parvis.core.taps import tap_of
from parvis.delivery.access import my_stop, tapped_stop
from parvis.delivery.actions import fail_stop, hand_over, try_later
from parvis.delivery.actions.custody import code_of
from parvis.delivery.forms.rider import FailForm, FetchForm, HandOverForm
from parvis.delivery.models import Round, Stop
from parvis.delivery.riderday import Door, doors
from parvis.delivery.trips import Trip, trips_of
from parvis.delivery.views.rider import done, note, rider_page
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(Role.Kind.RIDER)
@require_GET
@works_offline
@with_camera
def stop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """At the door, or at the shop before it; with ``?code=`` it says whether this bag belongs here."""
    return stop_page(request, my_stop(request, pk))


def stop_page(
    request: PersonRequest,
    found: Stop,
    hand: HandOverForm | None = None,
    fail: FailForm | None = None,
    refusal: str = "",
    fetch: FetchForm | None = None,
) -> HttpResponse:
    """The page of one stop: at its shop while its bags are still to be fetched there, else at its door."""
    trip = next(iter(trips_of(Round.objects.filter(pk=found.round_id))), None)
    door = next((one for one in doors(trip) if one.stop.pk == found.pk), None) if trip else None
    if trip is None or door is None:  # cancelled, or planned anew meanwhile: the rider's page says what is left
        if refusal:
            return saying(rider_page(request, refusal=refusal), refusal)
        raise Http404
    wrong = [error for form in (hand, fail, fetch) if form for error in form.errors]
    fetch = fetch or FetchForm(auto_id="fetch-%s")
    typed = request.GET.get("code", "")
    context = {
        "door": door,
        "hand": hand or HandOverForm(auto_id="hand-%s"),
        "fail": fail or FailForm(auto_id="fail-%s"),
        "fetch": fetch,
        "typed": typed[:20],
        "refusal": refusal,
        "checked": _checked(trip, door, typed) if typed else None,
        "offline_worker": reverse("rider-worker"),
    }
    page = render(request, "delivery/rider/stop.html", context, status=409 if refusal else 422 if wrong else 200)
    said = refusal or " ".join(_mistakes(hand, fail, fetch))
    return saying(page, said) if said else page


def _mistakes(*tried: HandOverForm | FailForm | FetchForm | None) -> list[str]:
    """What is wrong with the forms, in sentences."""
    return [str(said) for form in tried if form for errors in form.errors.values() for said in errors]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a bag belongs to a door: ``tone`` is ``go`` or ``warn``, ``title`` the sentence that says it."""

    tone: str
    title: str


def _checked(trip: Trip, door: Door, typed: str) -> Checked:
    code = code_of(typed)
    owner = next((d for d in doors(trip) if any(bag.code == code for bag, _state in d.parcel.bags)), None)
    if owner is None:
        return Checked("warn", _("No bag of this round has the code “%(code)s”.") % {"code": typed.strip()[:20]})
    if owner.stop.pk == door.stop.pk:
        return Checked("go", _("%(code)s belongs here.") % {"code": code})
    said = _("%(code)s is for door %(number)s, %(street)s.")
    return Checked("warn", said % {"code": code, "number": owner.stop.position, "street": owner.street})


def tap_at_stop(view: Callable[[PersonRequest, Stop], HttpResponse]) -> Callable[[PersonRequest, UUID], HttpResponse]:
    """A view of a rider's tap gets the stop it was made at; a tap that was made at another door is answered here.

    The dispatcher reads of that one, and of a door that is no longer this rider's.
    """

    @require_role(Role.Kind.RIDER)
    @require_POST
    @works_offline
    @wraps(view)
    def tapped(request: PersonRequest, pk: UUID) -> HttpResponse:
        mine = Stop.objects.filter(town=request.town, round__rider=request.user, pk=pk)
        known = mine.select_related("round", "delivery")
        try:
            found = tapped_stop(request, pk, request.POST.get("door", ""))
        except Http404:
            if one := known.first():
                note(request, one.round, _("It is no longer on the round of who tapped it."), one.delivery)
            raise
        except Refusal as refusal:
            if one := known.first():
                note(request, one.round, str(refusal), one.delivery)
            return saying(rider_page(request, refusal=str(refusal)), str(refusal))
        return view(request, found)

    return tapped


@tap_at_stop
def handed(request: PersonRequest, found: Stop) -> HttpResponse:
    """The goods are in somebody's hands, or where the photo shows them."""
    form = HandOverForm(request.POST, request.FILES, auto_id="hand-%s")
    if not form.is_valid():
        return stop_page(request, found, hand=form)
    data = form.cleaned_data

    def verb() -> None:
        hand_over(
            stop=found,
            at=timezone.now(),
            by=request.user,
            recipient=data["recipient"],
            neighbour=data["neighbour"],
            photo=data["photo"],
            scanned=data["scanned"],
            tap=tap_of(request.POST),
        )

    return do_tap(request, found, verb, _("%(code)s is handed over."), hand=form)


@tap_at_stop
def failed(request: PersonRequest, found: Stop) -> HttpResponse:
    """Nobody could take the goods: they ride back, or the rider comes by again."""
    form = FailForm(request.POST, auto_id="fail-%s")
    if not form.is_valid():
        return stop_page(request, found, fail=form)
    data = form.cleaned_data

    def verb() -> None:
        act = try_later if data["later"] else fail_stop
        act(
            stop=found,
            reason=data["reason"],
            note=data["note"],
            at=timezone.now(),
            by=request.user,
            tap=tap_of(request.POST),
        )

    said = _("%(code)s comes last, once more.") if data["later"] else _("%(code)s rides back to the hub.")
    return do_tap(request, found, verb, said, fail=form)


def do_tap(
    request: PersonRequest,
    found: Stop,
    verb: Callable[[], None],
    said: str,
    *,
    hand: HandOverForm | None = None,
    fail: FailForm | None = None,
    fetch: FetchForm | None = None,
) -> HttpResponse:
    """Do it and go on. A tap that comes a second time is answered like the first; what cannot be used is said on the
    page of the stop, with what was typed.
    """
    try:
        verb()
    except Refusal as refusal:
        note(request, found.round, str(refusal), found.delivery)
        for form in (hand, fail):
            if form is not None:
                form.add_error(None, str(refusal))
        return stop_page(request, found, hand, fail, refusal=str(refusal), fetch=fetch)
    if not came_by_queue(request):
        messages.success(request, said % {"code": found.delivery.code})
    return done(request)
