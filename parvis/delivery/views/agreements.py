"""Sharing bikes with another town: what was agreed, what is proposed, the end of it. For the agents of both towns."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.delivery.access import agreement_for
from parvis.delivery.actions.agreements import close_agreement, give_notice, propose_agreement, sign_agreement
from parvis.delivery.agreement_words import TONES, map_warning, say_date, say_in_short, say_standing, say_terms
from parvis.delivery.forms.agreements import AgreementForm, AskingForm, HubsForm, NoticeForm
from parvis.delivery.models import Agreement, Hub
from parvis.delivery.models.agreements import Standing
from parvis.delivery.month_words import listed_months
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_safe
@require_role(Role.Kind.AGENT)
def agreements(request: PersonRequest) -> HttpResponse:
    """With whom bikes are shared, and what waits for an answer."""
    town, today = request.town, day_of(timezone.now(), request.town.zone)
    found = list(Agreement.objects.of(town))
    context = {
        "rows": [
            {
                "agreement": one,
                "text": say_in_short(one, town, today),
                "standing": say_standing(one, town, today),
                "tone": TONES[one.standing(today)],
            }
            for one in found
        ],
        "shared_with": [one.other(town).name for one in found if one.standing(today) == Standing.IN_FORCE],
        "has_hub": Hub.objects.filter(town=town).exists(),
    }
    return render(request, "delivery/agreements/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def propose(request: PersonRequest) -> HttpResponse:
    """The host writes the terms for another town to sign; 404 in a town that has no hub to share."""
    if not Hub.objects.filter(town=request.town).exists():
        raise Http404
    return _written(request, AgreementForm, asks=False)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def ask(request: PersonRequest) -> HttpResponse:
    """The guest writes the terms for a town whose bikes shall ride for it too."""
    return _written(request, AskingForm, asks=True)


def _written(request: PersonRequest, kind: type[AgreementForm], *, asks: bool) -> HttpResponse:
    at, town = timezone.now(), request.town
    given = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = kind(town=town, initial={"starts_on": day_of(at, town.zone)}, **given)
    if form.is_bound and form.is_valid():
        try:
            made = propose_agreement(at=at, by=request.user, **form.values())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(town)s is told by mail. Nothing is shared before it signs.")
            messages.success(request, said % {"town": made.signer.name})
            return redirect("agent-agreement", made.pk)
    context = {"form": form, "asks": asks}
    return render(request, "delivery/agreements/propose.html", context, status=422 if form.errors else 200)


@require_safe
@require_role(Role.Kind.AGENT)
def agreement(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Its terms, who signed when, and what may be done about it."""
    return _page(request, agreement_for(request, pk), timezone.now())


def _page(
    request: PersonRequest, found: Agreement, at: datetime, form: NoticeForm | None = None, hubs: HubsForm | None = None
) -> HttpResponse:
    town, today = request.town, day_of(at, request.town.zone)
    standing = found.standing(today)
    may_end = found.signed_at is not None and found.notice_at is None and standing != Standing.OVER
    context = {
        "agreement": found,
        "other": found.other(town).name,
        "terms": say_terms(found),
        "standing": say_standing(found, town, today),
        "tone": TONES[standing],
        "map_warning": map_warning(found) if standing in {Standing.PROPOSED, Standing.AHEAD, Standing.IN_FORCE} else "",
        "voted": say_date(found.voted_on),
        "proposed": say_date(day_of(found.proposed_at, town.zone)),
        "signed": say_date(day_of(found.signed_at, town.zone)) if found.signed_at else "",
        "months": listed_months(found, today),
        "last_day": say_date(found.last_day) if found.notice_at and found.last_day else "",
        "may_sign": standing == Standing.PROPOSED and town.pk == found.signer.pk,
        "may_take_back": standing == Standing.PROPOSED and town.pk == found.proposer.pk,
        "hubs": (hubs or HubsForm(town=town)) if found.from_guest else None,
        "form": (form or NoticeForm(soonest=found.first_notice(today))) if may_end else None,
    }
    wrong = form is not None or hubs is not None
    return render(request, "delivery/agreements/agreement.html", context, status=422 if wrong else 200)


@require_safe
@require_role(Role.Kind.AGENT)
def paper(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The signed text as it was handed in."""
    found = agreement_for(request, pk)
    if not found.paper:
        raise Http404
    headers = {"Content-Disposition": 'inline; filename="agreement.pdf"', "Cache-Control": "private, no-store"}
    with found.paper.open("rb") as file:
        return HttpResponse(file.read(), content_type="application/pdf", headers=headers)


@require_POST
@require_role(Role.Kind.AGENT)
def sign(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The other town says yes; the one that proposed has said it by sending."""
    found = agreement_for(request, pk)
    if found.signer.pk != request.town.pk:
        raise Http404
    values: dict[str, Any] = {}
    if found.from_guest:
        form = HubsForm(request.POST, town=request.town)
        if not form.is_valid():
            return _page(request, found, timezone.now(), hubs=form)
        values["hubs"] = form.chosen()
    return _done(request, found, sign_agreement, _("The agreement is signed by both towns."), **values)


@require_POST
@require_role(Role.Kind.AGENT)
def close(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One town says no, or the other takes its proposal back."""
    found = agreement_for(request, pk)
    return _done(request, found, close_agreement, _("Nothing comes of this agreement."), town=request.town)


@require_POST
@require_role(Role.Kind.AGENT)
def notice(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Either town ends it."""
    at, found = timezone.now(), agreement_for(request, pk)
    form = NoticeForm(request.POST, soonest=found.first_notice(day_of(at, request.town.zone)))
    if form.is_valid():
        last_day = form.cleaned_data["last_day"]
        try:
            give_notice(agreement=found, town=request.town, last_day=last_day, at=at, by=request.user)
        except Refusal as refusal:
            form.add_error("last_day", str(refusal))
        else:
            messages.success(request, _("Notice is given, and the other town is told by mail."))
            return redirect("agent-agreement", found.pk)
    return _page(request, found, at, form)


def _done(
    request: PersonRequest, found: Agreement, verb: Callable[..., None], said: str, **values: Any
) -> HttpResponse:
    try:
        verb(agreement=found, at=timezone.now(), by=request.user, **values)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("agent-agreement", found.pk)
