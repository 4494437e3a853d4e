"""Following: one tap for an account, a confirmed address for others, and one page to change or stop it all."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from parvis.bulletin.access import follower_for, remember, thing_for
from parvis.bulletin.actions import following
from parvis.bulletin.actions.following import Thing
from parvis.bulletin.confirming import ask_to_confirm, what_was_asked
from parvis.bulletin.forms import MailForm
from parvis.bulletin.models import Follower
from parvis.bulletin.streets import street_name
from parvis.core.errors import Refusal
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest


def say_thing(town: Town, thing: Thing) -> str:
    """What is followed, in words."""
    if thing.place:
        return thing.place.name
    return street_name(town, thing.street) if thing.street else _("the whole town")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: TownRequest) -> HttpResponse:
    """Follow what ``place`` or ``street`` says (neither: the whole town), or stop it with ``stop``."""
    values = request.POST if request.method == "POST" else request.GET
    thing = thing_for(request, values)
    at = timezone.now()
    if request.method == "POST" and (follower := _known(request, at, stop="stop" in values)):
        return _at_once(request, follower, thing, at)
    if request.user.is_authenticated and request.method == "POST":
        return redirect(_back(request))  # nothing to stop
    form = MailForm(request.POST if "email" in request.POST else None)
    if form.is_bound and form.is_valid():
        ask_to_confirm(
            town=request.town,
            thing=thing,
            what=say_thing(request.town, thing),
            email=form.cleaned_data["email"],
            digest=form.cleaned_data["digest"],
            language=str(request.LANGUAGE_CODE),
            at=at,
        )
        return render(request, "bulletin/follow_sent.html", {"email": form.cleaned_data["email"]})
    context = {"form": form, "thing": thing, "what": say_thing(request.town, thing)}
    return render(request, "bulletin/follow.html", context, status=422 if form.errors else 200)


def _known(request: TownRequest, at: datetime, *, stop: bool) -> Follower | None:
    follower = follower_for(request)
    if follower is None and request.user.is_authenticated and not stop:
        return following.follower_of_person(town=request.town, person=request.user, at=at)
    return follower


def _at_once(request: TownRequest, follower: Follower, thing: Thing, at: datetime) -> HttpResponse:
    what = say_thing(request.town, thing)
    if "stop" in request.POST:
        following.unfollow(follower=follower, thing=thing)
        messages.success(request, _("You no longer follow %(what)s.") % {"what": what})
        return redirect(_back(request))
    try:
        following.follow(follower=follower, thing=thing, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("news-following")
    messages.success(request, _said(follower, what))
    return redirect(_back(request))


def _said(follower: Follower, what: str) -> str:
    match follower.digest if follower.address else Follower.Digest.NONE:
        case Follower.Digest.DAILY:
            return _("You follow %(what)s. A mail comes every morning there is something new.") % {"what": what}
        case Follower.Digest.WEEKLY:
            return _("You follow %(what)s. A mail comes on Wednesdays when there is something new.") % {"what": what}
    return _("You follow %(what)s.") % {"what": what}


def _back(request: TownRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else reverse("news")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: TownRequest, token: str) -> HttpResponse:
    """The link of our mail: nothing was kept until now."""
    try:
        asked = what_was_asked(token, request.town)
    except signing.SignatureExpired:
        return render(request, "bulletin/too_late.html", {}, status=410)
    except signing.BadSignature:
        raise Http404 from None
    thing = thing_for(request, asked)
    what = say_thing(request.town, thing)
    if request.method != "POST":
        return render(request, "bulletin/confirm.html", {"what": what, "email": asked["email"]})
    at = timezone.now()
    follower = following.follower_of_mail(
        town=request.town, email=asked["email"], digest=asked["digest"], language=asked["language"], at=at
    )
    following.follow(follower=follower, thing=thing, at=at)
    messages.success(request, _said(follower, what))
    response = redirect(f"{reverse('news-following')}?{urlencode({'key': follower.secret})}")
    if follower.person_id is None:
        remember(response, follower)
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: TownRequest) -> HttpResponse:
    """What one follows, how often a mail comes, and the end of it."""
    follower = follower_for(request)
    if follower is None:
        if request.GET.get("key") or request.POST.get("key"):
            return render(request, "bulletin/stopped.html", {}, status=404)
        return render(request, "bulletin/following.html", {"follower": None})
    if request.method == "POST":
        return _change(request, follower)
    follows = follower.follows.select_related("place").order_by("created_at", "pk")
    context: dict[str, Any] = {
        "follower": follower,
        "things": [
            {"thing": row, "what": say_thing(request.town, Thing(row.place, row.street))}
            for row in follows
            if row.place is None or row.place.gone_on is None
        ],
        "rhythms": Follower.Digest.choices,
        "browsers": follower.browsers.count(),
        "key": request.GET.get("key", ""),
    }
    return render(request, "bulletin/following.html", context)


def _change(request: TownRequest, follower: Follower) -> HttpResponse:
    verb, key = request.POST.get("verb", ""), request.POST.get("key", "")
    back = f"{reverse('news-following')}?{urlencode({'key': key})}" if key else reverse("news-following")
    if verb == "everything":
        following.stop_everything(follower=follower)
        messages.success(request, _("It is done. We have forgotten what you followed."))
        return redirect("news")
    if verb == "browsers":
        for browser in follower.browsers.all():
            following.forget_browser(browser=browser)
        messages.success(request, _("No browser is told any more."))
        return redirect(back)
    try:
        following.set_digest(follower=follower, digest=request.POST.get("digest", ""), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is saved."))
    return redirect(back)


@csrf_exempt  # a mail service posts here for its reader (RFC 8058); the secret in the address is the permission
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: TownRequest, secret: str) -> HttpResponse:
    """The end of all mails: one click in the mail box, or one here."""
    follower = Follower.objects.filter(town=request.town, secret=secret.replace("\x00", "")).first()
    if request.method == "POST":
        if follower is not None:
            following.stop_mails(follower=follower)
        return render(request, "bulletin/stopped.html", {})
    if follower is None:
        return render(request, "bulletin/stopped.html", {})
    return render(request, "bulletin/stop.html", {"follower": follower})
