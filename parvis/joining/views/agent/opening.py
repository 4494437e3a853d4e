"""Shops on their way: the agent's side of each checklist, the invitation, and the day they open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.words import say_labelled
from parvis.joining.access import asked_for_agent, opening_for_agent
from parvis.joining.actions.calls import call_state
from parvis.joining.actions.inviting import confirm_call, invite
from parvis.joining.actions.opening import note_step, open_if_ready, open_shop
from parvis.joining.checklist import ITEMS, SEEN, Kind, State, Way, is_ready, items_of, opened, states_of
from parvis.joining.forms.confirming import ConfirmForm
from parvis.joining.forms.opening import InviteForm, WaiveForm
from parvis.joining.invitations import Standing, standing_of
from parvis.joining.models import Invitation, Opening, StepEvent
from parvis.joining.views.agent.frame import joining_page, say_since, say_when
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LIST = "openings"


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def confirm(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The shop says yes: what is missing is typed, the shop is made and its merchant is invited, in one press."""
    at, asked = timezone.now(), asked_for_agent(request, pk)
    if not call_state(asked).is_open:
        messages.error(request, _("This is settled already."))
        return redirect("callback", pk)
    form = ConfirmForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opening = confirm_call(
                preregistration=asked,
                new=form.new_shop(),
                contact=data["contact"].strip(),
                note=data["note"],
                at=at,
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(shop)s is made, and the invitation is on its way.") % {"shop": opening.shop})
            return redirect("opening-of", opening.shop.slug)
    context = {"asked": asked, "form": form}
    status = 422 if form.errors else 200
    return joining_page(request, "joining/agent/confirm.html", "callbacks", context, at, status=status)


@require_safe
@require_role(Role.Kind.AGENT)
def openings(request: PersonRequest) -> HttpResponse:
    """Every shop that has not opened yet, the longest on its way first; those that may open on top."""
    at, items = timezone.now(), items_of(request.town)
    under_way = list(Opening.objects.under_way(request.town).with_story().order_by("at", "pk"))
    rows = [_row(opening, states_of(opening, items), at) for opening in under_way]
    rows.sort(key=lambda row: not row["ready"])
    context = {"rows": rows, "ready": sum(row["ready"] for row in rows)}
    return joining_page(request, "joining/agent/openings.html", LIST, context, at)


@require_safe
@require_role(Role.Kind.AGENT)
def opening(request: PersonRequest, slug: str) -> HttpResponse:
    """One shop: each item with who did it, when and how."""
    return _page(request, opening_for_agent(request, slug))


@require_POST
@require_role(Role.Kind.AGENT)
def note(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """An item is done, taken back, or waived with a reason."""
    found, at = opening_for_agent(request, slug), timezone.now()
    kind = request.POST.get("kind", "")
    if kind not in {Kind.DONE, Kind.UNDONE, Kind.WAIVED}:
        return _page(request, found, status=422)
    reason = ""
    if kind == Kind.WAIVED:
        form = WaiveForm(request.POST)
        if not form.is_valid():
            return _page(request, found, waiving=(key, form), status=422)
        reason = form.cleaned_data["reason"]
    try:
        note_step(opening=found, key=key, kind=kind, way=Way.AGENT, at=at, by=request.user, note=reason)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if open_if_ready(opening=found, at=at):
            messages.success(request, _("%(shop)s is open.") % {"shop": found.shop.name})
    return redirect("opening-of", slug)


@require_POST
@require_role(Role.Kind.AGENT)
def send_invitation(request: PersonRequest, slug: str) -> HttpResponse:
    """Once more, perhaps to another address; the former link holds no more."""
    found = opening_for_agent(request, slug)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, invite_form=form, status=422)
    language = found.preregistration.language if found.preregistration else ""
    try:
        invite(opening=found, at=timezone.now(), by=request.user, language=language, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is on its way; earlier links hold no more."))
    return redirect("opening-of", slug)


@require_POST
@require_role(Role.Kind.AGENT)
def open_now(request: PersonRequest, slug: str) -> HttpResponse:
    """Residents see the shop from now on."""
    found = opening_for_agent(request, slug)
    try:
        open_shop(opening=found, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(shop)s is open.") % {"shop": found.shop.name})
    return redirect("opening-of", slug)


def _page(
    request: PersonRequest,
    found: Opening,
    *,
    waiving: tuple[str, WaiveForm] | None = None,
    invite_form: InviteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at, states = timezone.now(), states_of(found)
    invitations = list(found.invitations.all())
    last = invitations[-1] if invitations else None
    initial = {"email": last.email, "name": last.name} if last else {"email": found.shop.organisation.email}
    context = {
        "opening": found,
        "shop": found.shop,
        "opened": opened(found),
        "opened_when": say_when(event.at) if (event := opened(found)) else "",
        "ready": is_ready(states),
        "items": [_item(state, waiving) for state in states],
        "invitation": _invitation(last, at) if last else None,
        "invite_form": invite_form or InviteForm(initial=initial),
        "history": [_event(event) for event in found.steps.all()],
    }
    return joining_page(request, "joining/agent/opening.html", LIST, context, at, status=status)


def _row(opening: Opening, states: list[State], at: datetime) -> dict[str, Any]:
    required = [state for state in states if state.is_required]
    done = sum(state.is_settled for state in required)
    left = [str(state.item.label) for state in required if not state.is_settled]
    return {
        "opening": opening,
        "title": opening.shop.name,
        "text": ", ".join(left),
        "meta": say_since(opening.at, at),
        "done": done,
        "count": len(required),
        "ready": not left,
    }


def _item(state: State, waiving: tuple[str, WaiveForm] | None) -> dict[str, Any]:
    wrong = waiving[1] if waiving and waiving[0] == state.key else None
    return {
        "state": state,
        "when": say_when(state.at) if state.at else "",
        "way": StepEvent.Way(state.way).label if state.way else "",
        "may_say_done": state.key not in SEEN,
        "form": wrong or WaiveForm(prefix=None, auto_id=f"id_{state.key}_%s"),
        "wrong": wrong is not None,
    }


def _invitation(invitation: Invitation, at: datetime) -> dict[str, Any]:
    words = {
        Standing.LIVING: _("waits for its reader until %(moment)s"),
        Standing.USED: _("used on %(moment)s"),
        Standing.EXPIRED: _("ended on %(moment)s"),
        Standing.REPLACED: _("replaced on %(moment)s"),
    }
    standing = standing_of(invitation, at)
    moments = {
        Standing.LIVING: invitation.expires_at,
        Standing.USED: invitation.used_at,
        Standing.EXPIRED: invitation.expires_at,
        Standing.REPLACED: invitation.replaced_at,
    }
    moment = moments[standing]
    return {
        "email": invitation.email,
        "sent": say_when(invitation.sent_at),
        "words": words[standing] % {"moment": say_when(moment) if moment else ""},
        "tone": "go" if standing is Standing.USED else "wait" if standing is Standing.LIVING else "warn",
        "used": standing is Standing.USED,
    }


def _event(event: StepEvent) -> dict[str, Any]:
    label = ITEMS[event.key].label if event.key in ITEMS else event.key.removeprefix("own-").replace("-", " ")
    words = _("Opened") if event.kind == Kind.OPENED else say_labelled(label, StepEvent.Kind(event.kind).label)
    note = " · ".join(filter(None, [str(event.by or ""), event.note]))
    failed = event.kind in {Kind.UNDONE, Kind.WAIVED}
    return {"label": words, "state": "failed" if failed else "done", "when": say_when(event.at), "note": note}
