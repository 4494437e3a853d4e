"""Requests to keep an entry, as the agent settles them: letter, call, register, yes or no."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.words import say_clock, say_day
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.registration import BadRegistration, Registration, read_registration
from parvis.people.requests import PersonRequest
from parvis.places import letters
from parvis.places.access import claim_for_agent
from parvis.places.actions.claims import (
    claim_state,
    confirm_claim,
    open_claims,
    reasons_for_agent,
    refuse_claim,
    send_codes,
)
from parvis.places.claim_letters import claim_letters_pdf
from parvis.places.claims import OPEN, Standing, spaced
from parvis.places.forms.claims import RefuseForm
from parvis.places.models import Claim, ClaimEvent
from parvis.places.phrases import say_checked
from parvis.places.views.desk.frame import desk_page, page_of
from parvis.places.views.desk.home import claim_words, since

LIST = "directory-claims"
MOST_LETTERS = 100  # in one print


@require_safe
@require_role(Role.Kind.AGENT)
def claims(request: PersonRequest) -> HttpResponse:
    """All requests that are not settled, the longest waiting first; letters to print in one go."""
    at = timezone.now()
    found = open_claims(request.town, at)
    page = page_of(request, found)
    letters_due = sum(_is_letter_due(claim) for claim in found)
    context = {"page": page, "rows": [_row(claim, at) for claim in page.object_list], "letters_due": letters_due}
    return desk_page(request, "places/desk/claims.html", LIST, context, at)


@require_POST
@never_cache
@require_role(Role.Kind.AGENT)
def print_letters(request: PersonRequest) -> HttpResponse:
    """The letters that nobody has printed yet, as one PDF; each gets its code now."""
    at = timezone.now()
    due = [claim for claim in open_claims(request.town, at) if _is_letter_due(claim)][:MOST_LETTERS]
    if not due:
        messages.info(request, _("There is no letter to print."))
        return redirect(LIST)
    return _letters(request, due)


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def claim(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One request: what is known, who else has a say, and what can be done. A POST refuses it with a reason."""
    at, found = timezone.now(), claim_for_agent(request, pk)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_claim(claim=found, reason=form.cleaned_data["reason"], at=at, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The request is refused, and the claimant reads why."))
            return redirect(LIST)
    return _claim_page(request, found, form=form)


@require_POST
@never_cache
@require_role(Role.Kind.AGENT)
def print_letter(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The letter of one request; printed again it has a new code, and the old one holds no more."""
    found = claim_for_agent(request, pk)
    if not found.place.address:
        messages.error(request, _("The entry has no address to send a letter to."))
        return redirect("directory-claim", pk)
    return _letters(request, [found])


@require_POST
@never_cache
@require_role(Role.Kind.AGENT)
def call(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A code to read out, shown once: the agent calls the number of the entry now."""
    found = claim_for_agent(request, pk)
    if not found.place.phone:
        messages.error(request, _("The entry has no telephone number to call."))
        return redirect("directory-claim", pk)
    try:
        [(_claim, code)] = send_codes(claims=[found], at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("directory-claim", pk)
    return _claim_page(request, claim_for_agent(request, pk), code=spaced(code))


@require_POST
@require_role(Role.Kind.AGENT)
def confirm(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Yes: the person speaks for the place, with the organisation it has or with their own."""
    found = claim_for_agent(request, pk)
    try:
        confirm_claim(claim=found, at=timezone.now(), by=request.user, joins=request.POST.get("joins") == "1")
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("directory-claim", pk)
    said = {"person": found.person, "place": found.place}
    messages.success(request, _("%(person)s speaks for %(place)s from now on, and is told by mail.") % said)
    return redirect(LIST)


def _is_letter_due(claim: Claim) -> bool:
    waiting = claim.state.standing is Standing.WAITING  # type: ignore[attr-defined]
    return waiting and claim.way == Claim.Way.LETTER and bool(claim.place.address)


def _letters(request: PersonRequest, due: list[Claim]) -> HttpResponse:
    at = timezone.now()
    try:
        coded = send_codes(claims=due, at=at, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(LIST)
    document = claim_letters_pdf(coded, at)
    for claim, _code in coded:
        letters.letter_is_on_its_way(claim, f"{claim.pk}:{at:%Y%m%d}")
    answer = HttpResponse(document, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="letters-{at:%Y-%m-%d}.pdf"'
    return answer


def _row(claim: Claim, at: Any) -> dict[str, Any]:
    state = claim.state  # type: ignore[attr-defined]
    return {
        "claim": claim,
        "title": claim.place.name,
        "text": f"{claim.person} · {claim_words(claim)}",
        "meta": since(state.since, at),
        "waits_for_shop": state.standing is Standing.SENT,
    }


def _claim_page(
    request: PersonRequest, found: Claim, *, form: RefuseForm | None = None, code: str = ""
) -> HttpResponse:
    at = timezone.now()
    state = claim_state(found, at)
    settling = OPEN | {Standing.EXPIRED, Standing.LOCKED}
    rivals = [rival for rival in open_claims(request.town, at) if rival.place_id == found.place_id and rival != found]
    form = form or RefuseForm()
    context = {
        "claim": found,
        "place": found.place,
        "state": state,
        "checked": say_checked(found.place, at),
        "registration": _registration(found),
        "reasons": reasons_for_agent(found, at) if state.standing in settling else [],
        "rivals": rivals,
        "steps": [_step(event) for event in found.events.all()],
        "code": code,
        "may_send": state.standing in OPEN,
        "may_settle": state.standing in settling,
        "form": form,
    }
    status = 422 if form.errors else 200
    return desk_page(request, "places/desk/claim.html", LIST, context, at, status=status)


def _registration(claim: Claim) -> Registration | None:
    try:
        return read_registration(claim.registration_number, claim.place.town.country)
    except BadRegistration:
        return None


def _step(event: ClaimEvent) -> dict[str, str]:
    labels = {
        "asked": _("Asked"),
        "sent": _("Code sent or read out"),
        "wrong": _("A wrong code"),
        "proved": _("The right code"),
        "confirmed": _("Confirmed"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
    }
    failed = event.kind in {"wrong", "refused", "withdrawn"}
    who = f"{event.by} – " if event.by else ""
    when = f"{say_day(event.at)}, {say_clock(event.at)}"
    note = f"{who}{event.note}".strip(" –")
    return {"label": labels[event.kind], "state": "failed" if failed else "done", "when": when, "note": note}
