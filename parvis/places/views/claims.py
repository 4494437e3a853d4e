"""Claiming an entry, as the claimant sees it: choose a way, wait, type the code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.words import say_day
from parvis.people.requests import PersonRequest
from parvis.places.access import my_claim, place_for
from parvis.places.actions.claims import Tried, ask_claim, claim_state, try_code, withdraw_claim
from parvis.places.claims import Standing, State, may_be_claimed
from parvis.places.forms.claims import ClaimForm, CodeForm
from parvis.places.models import Claim


@require_http_methods(["GET", "POST"])
def ask(request: PersonRequest, slug: str) -> HttpResponse:
    """ "This is my shop": how can the town check it?"""
    place = place_for(request, slug)
    if not may_be_claimed(place.category):
        raise Http404
    form = ClaimForm(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        try:
            claim = ask_claim(place=place, person=request.user, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("claim", claim.pk)
    status = 422 if form.errors else 200
    return render(request, "places/claims/ask.html", {"place": place, "form": form}, status=status)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def claim(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Where one's claim stands, and the box for its code."""
    at, mine = timezone.now(), my_claim(request, pk)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tried = try_code(claim=mine, typed=form.cleaned_data["code"], at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if tried is not Tried.WRONG:
                return redirect("claim", mine.pk)
            mine = my_claim(request, pk)
            form.add_error("code", _wrong(claim_state(mine, at).tries_left))
    state = claim_state(mine, at)
    context = {
        "claim": mine,
        "place": mine.place,
        "state": state,
        "form": form if state.standing is Standing.SENT else None,
        "said": _said(mine, state),
        "reason": next((event.note for event in mine.events.all() if event.kind == "refused"), ""),
    }
    return render(request, "places/claims/claim.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    """It was a mistake after all."""
    mine = my_claim(request, pk)
    try:
        withdraw_claim(claim=mine, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("claim", mine.pk)
    messages.success(request, _("Your request is withdrawn."))
    return redirect("place", mine.place.slug)


def _wrong(left: int) -> str:
    words = ngettext(
        "This is not the code. You have %(count)d try left.",
        "This is not the code. You have %(count)d tries left.",
        left,
    )
    return words % {"count": left}


def _said(claim: Claim, state: State) -> dict[str, Any]:
    """Title, words and tone of the page, by where the claim stands."""
    place = {"place": claim.place.name, "address": claim.place.address, "phone": claim.place.phone}
    waiting = {
        Claim.Way.LETTER: _("The town hall will send a letter to %(address)s. It brings you a code."),
        Claim.Way.PHONE: _("The town hall will call %(phone)s, the number of the entry, and read you a code."),
        Claim.Way.NUMBER: _("An agent compares your number with the register. You get a mail."),
    }
    until = {"day": say_day(state.until)} if state.until else {"day": ""}
    table: dict[Standing, tuple[str, str, str]] = {
        Standing.WAITING: (_("The town hall has your request"), waiting[Claim.Way(claim.way)], "partial"),
        Standing.SENT: (_("Type your code"), _("The code holds until %(day)s."), ""),
        Standing.PROVED: (
            _("Your code is right"),
            _("Somebody else has a say about this place, so an agent looks at it. You get a mail."),
            "partial",
        ),
        Standing.CONFIRMED: (
            _("The entry is yours to keep"),
            _("You speak for %(place)s: its hours, closed days, services and picture."),
            "done",
        ),
        Standing.REFUSED: (_("The town hall has said no"), "", "refused"),
        Standing.WITHDRAWN: (_("You have withdrawn this request"), _("You may ask again."), "failed"),
        Standing.LOCKED: (
            _("Too many wrong codes"),
            _("This request has ended, to keep the entry safe. Ask again, or call the town hall."),
            "failed",
        ),
        Standing.EXPIRED: (
            _("The code holds no more"),
            _("It was not typed before %(day)s. Ask again, or call the town hall."),
            "failed",
        ),
    }
    title, text, kind = table[state.standing]
    return {"title": title, "text": text % (place | until), "kind": kind}
