"""Asking to join: two boxes, then one tap on the entry of the directory that is the shop's."""

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parvis.core.errors import Refusal
from parvis.joining.access import my_asking, thanks_token
from parvis.joining.actions.calls import choose_entry, preregister, promise_of, sender_of
from parvis.joining.forms.asking import AskForm
from parvis.joining.likeness import entries_like
from parvis.joining.models import CallEvent
from parvis.people.addresses import client_address
from parvis.places.models import Place
from parvis.towns.requests import TownRequest


@login_not_required
@require_http_methods(["GET", "POST"])
def join(request: TownRequest) -> HttpResponse:
    """Which shop, and how to reach it; ``?place=`` is the entry that the visitor comes from."""
    at, town = timezone.now(), request.town
    slug = request.POST.get("place") or request.GET.get("place", "")
    place = Place.objects.of(town).filter(slug=slug[:120]).first() if slug else None
    form = AskForm(request.POST if request.method == "POST" else None, town=town, place=place)
    if request.method == "POST" and form.is_valid():
        if form.is_of_a_machine:
            return redirect("join-thanks")
        sender = sender_of(client_address(request), at)
        language = (translation.get_language() or "")[:2]
        try:
            asked = preregister(town=town, asked=form.asked(), sender=sender, language=language, at=at, place=place)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("joined", thanks_token(asked, at))
    context = {"form": form, "place": place, "due": promise_of(town).due(at)}
    return render(request, "joining/join.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET"])
def thanks(request: TownRequest) -> HttpResponse:
    """For a machine that filled the hidden box: the same words, and nothing was kept."""
    due = promise_of(request.town).due(timezone.now())
    return render(request, "joining/joined.html", {"due": due, "entries": [], "chosen": None})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def joined(request: TownRequest, token: str) -> HttpResponse:
    """When one is called; and which entry of the directory is the shop's, so that nothing is typed twice.

    It says the same whether the shop was known or not: only what this visitor has just typed and tapped.
    """
    at = timezone.now()
    asked, asked_at = my_asking(request, token, at)
    entries = entries_like(request.town, asked.shop_name)
    if request.method == "POST":
        wanted = next((place for place in entries if place.slug == request.POST.get("place")), None)
        if wanted is not None:
            with suppress(Refusal):  # an agent has called meanwhile: the entry was settled on the telephone
                choose_entry(preregistration=asked, place=wanted, at=at)
        return redirect("joined", token)
    chose = any(event.kind == CallEvent.Kind.ENTRY and event.at >= asked_at for event in asked.events.all())
    context = {
        "due": promise_of(request.town).due(asked_at),
        "entries": entries,
        "chosen": asked.place if chose else None,
    }
    return render(request, "joining/joined.html", context)
