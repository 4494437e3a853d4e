"""The month's question, answered by one tap: no sign-in to say yes, and only a press of the button counts.

Mail programs open links by themselves to look for harm; a GET therefore changes nothing.
"""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from parvis.people.access import organisations_of
from parvis.people.requests import PersonRequest
from parvis.places.access import claimed_place_for
from parvis.places.actions.reminders import answer_right, set_wishes, stop_asking, wish_of
from parvis.places.essentials import essentials_of
from parvis.places.forms.reminders import WishForm
from parvis.places.letters import people_of
from parvis.places.models import ClaimEvent, Reminder
from parvis.places.phrases import say_checked
from parvis.places.reminding import LINK_LASTS, BadToken, read_token
from parvis.towns.requests import TownRequest


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def still_right(request: TownRequest, token: str) -> HttpResponse:
    """The entry in a few lines and one large button; the button says that it is right."""
    at, reminder = timezone.now(), _asked(request, token)
    if _is_over(reminder, at):
        return _too_late(request, reminder)
    if request.method == "POST":
        answer_right(reminder=reminder, at=at)
        return redirect("still-right", token)
    context = {
        "place": reminder.place,
        "essentials": essentials_of(reminder.place, at),
        "answered": reminder.answered_at is not None,
        "checked": say_checked(reminder.place, at),
        "token": token,
    }
    return render(request, "places/still_right.html", context)


@login_not_required
@never_cache
@require_safe
def changed(request: TownRequest, token: str) -> HttpResponse:
    """To the editor: at once for those who are signed in, by a code to the mail of the shop for others."""
    at, reminder = timezone.now(), _asked(request, token)
    if _is_over(reminder, at):
        return _too_late(request, reminder)
    place = reminder.place
    if place.organisation_id and organisations_of(request).filter(pk=place.organisation_id).exists():
        return redirect(f"/places/{place.slug}/edit/")
    people = people_of(place.organisation) if place.organisation else []
    email = people[0].email if people else ""
    context = {"place": place, "token": token, "email": email, "next": f"/places/{place.slug}/edit/"}
    return render(request, "places/something_changed.html", context)


@csrf_exempt  # RFC 8058: the mail program posts by itself, without a cookie; the signed link is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: TownRequest, token: str) -> HttpResponse:
    """No more questions by this channel; however old the link is, but not for those who hold the place since."""
    reminder = _asked(request, token)
    if _handed_over(reminder):
        return _too_late(request, reminder)
    if request.method == "POST":
        stop_asking(reminder=reminder, at=timezone.now())
    context = {"place": reminder.place, "stopped": request.method == "POST", "channel": reminder.channel}
    return render(request, "places/stop_asking.html", context)


@require_http_methods(["GET", "POST"])
def wishes(request: PersonRequest, slug: str) -> HttpResponse:
    """How the people of a shop want to be asked."""
    place = claimed_place_for(request, slug)
    wish = wish_of(place)
    written = {"by_mail": wish.by_mail, "by_sms": wish.by_sms, "phone": wish.phone or request.user.phone}
    form = WishForm(request.POST or None, country=request.town.country, initial=written)
    if request.method == "POST" and form.is_valid():
        set_wishes(place=place, at=timezone.now(), by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("place-reminders", place.slug)
    return render(request, "places/reminders.html", {"place": place, "form": form}, status=422 if form.errors else 200)


def _asked(request: TownRequest, token: str) -> Reminder:
    """The question that the link names, of this town; 404 for what we did not sign and for places that are gone."""
    try:
        key = read_token(token)
    except BadToken:
        raise Http404 from None
    reminders = Reminder.objects.select_related("place__town", "place__organisation")
    found = reminders.filter(pk=key, town=request.town, place__gone_on=None).first()
    if found is None:
        raise Http404
    return found


def _is_over(reminder: Reminder, at: datetime) -> bool:
    """Too old, or the entry has come into other hands since."""
    return reminder.asked_at + LINK_LASTS <= at or _handed_over(reminder)


def _handed_over(reminder: Reminder) -> bool:
    """The entry has come into other hands since: the link was not written to them."""
    return ClaimEvent.objects.filter(
        claim__place=reminder.place_id, kind=ClaimEvent.Kind.CONFIRMED, at__gt=reminder.asked_at
    ).exists()


def _too_late(request: TownRequest, reminder: Reminder) -> HttpResponse:
    return render(request, "places/link_too_old.html", {"place": reminder.place}, status=410)
