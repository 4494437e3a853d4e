"""Who waits for a call and since when; one call, from taking it to what came of it."""

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
from parvis.core.spreadsheets import Cell, csv_response
from parvis.core.words import say_duration
from parvis.joining.access import asked_for_agent
from parvis.joining.actions.calls import (
    call_again,
    call_state,
    choose_entry,
    correct_details,
    note_outcome,
    release_call,
    take_call,
)
from parvis.joining.calls import Standing, State
from parvis.joining.forms.calls import OUTCOMES, DetailsForm, OutcomeForm
from parvis.joining.likeness import Alike, By, alike, entries_for_agent
from parvis.joining.models import CallEvent, Preregistration
from parvis.joining.models.rules import rules_of
from parvis.joining.queue import Call, ended_calls, kept_word, waiting_calls
from parvis.joining.views.agent.frame import joining_page, say_phone, say_since, say_when
from parvis.market.models import Shop
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.registration import BadRegistration, Registration, read_registration
from parvis.people.requests import PersonRequest
from parvis.places.models import Place

LIST = "callbacks"
MOST_SHOWN = 100


@require_safe
@require_role(Role.Kind.AGENT)
def calls(request: PersonRequest) -> HttpResponse:
    """All that wait: late ones on top, then those for now, then those who agreed on another moment."""
    at = timezone.now()
    waiting = waiting_calls(request.town)
    if request.GET.get("as") == "csv":
        return _csv([*waiting, *ended_calls(request.town, at)], at)
    late = [call for call in waiting if call.state.is_late(at)]
    now = [call for call in waiting if call.state.is_for_now(at) and not call.state.is_late(at)]
    later = [call for call in waiting if not call.state.is_for_now(at) and not call.state.is_late(at)]
    context = {
        "late": len(late),
        "groups": [
            {"key": key, "title": title, "rows": [_row(call, at) for call in some[:MOST_SHOWN]], "more": len(some)}
            for key, title, some in (
                ("late", _("Late"), late),
                ("now", _("To call now"), now),
                ("later", _("At an agreed time"), later),
            )
            if some
        ],
        "for_now": len(late) + len(now),
        "figures": _figures(request, at),
        "ended": [_ended_row(call) for call in ended_calls(request.town, at)[:20]],
    }
    return joining_page(request, "joining/agent/calls.html", LIST, context, at)


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def call(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One shop to call: what is known of it, and what came of the call (POST)."""
    asked = asked_for_agent(request, pk)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            note_outcome(preregistration=asked, at=timezone.now(), by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted: %(shop)s.") % {"shop": asked})
            return redirect(LIST)
    return _call_page(request, asked, outcome_form=form)


@require_POST
@require_role(Role.Kind.AGENT)
def take(request: PersonRequest, pk: UUID) -> HttpResponse:
    """I call now. ``next`` takes whichever is due first."""
    asked = asked_for_agent(request, pk)
    try:
        take_call(preregistration=asked, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("callback", pk)


@require_POST
@require_role(Role.Kind.AGENT)
def take_next(request: PersonRequest) -> HttpResponse:
    """The call that is due first and that nobody has."""
    at = timezone.now()
    for waiting in waiting_calls(request.town):
        if waiting.state.is_for_now(at) and waiting.state.holder(at) in {None, request.user.pk}:
            try:
                take_call(preregistration=waiting.asked, at=at, by=request.user)
            except Refusal:  # another agent was quicker: the next one
                continue
            return redirect("callback", waiting.asked.pk)
    messages.info(request, _("Nobody waits for a call now."))
    return redirect(LIST)


@require_POST
@require_role(Role.Kind.AGENT)
def again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A shop that had said no is called once more."""
    asked = asked_for_agent(request, pk)
    try:
        fresh = call_again(preregistration=asked, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("callback", pk)
    messages.success(request, _("%(shop)s is on the list again.") % {"shop": fresh})
    return redirect("callback", fresh.pk)


@require_POST
@require_role(Role.Kind.AGENT)
def release(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Not now after all."""
    asked = asked_for_agent(request, pk)
    try:
        release_call(preregistration=asked, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(LIST)


@require_POST
@require_role(Role.Kind.AGENT)
def details(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The right name, number and address, as heard."""
    asked = asked_for_agent(request, pk)
    form = DetailsForm(asked, request.POST)
    if not form.is_valid():
        return _call_page(request, asked, details_form=form)
    try:
        correct_details(
            preregistration=asked,
            asked=form.asked(),
            contact=form.cleaned_data["contact"].strip(),
            at=timezone.now(),
            by=request.user,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("callback", pk)


@require_POST
@require_role(Role.Kind.AGENT)
def entry(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Which entry of the directory is theirs."""
    asked = asked_for_agent(request, pk)
    place = Place.objects.of(request.town).filter(slug=request.POST.get("place", "")[:120]).first()
    if place is None:
        messages.error(request, _("There is no such entry."))
        return redirect("callback", pk)
    try:
        choose_entry(preregistration=asked, place=place, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("callback", pk)


def _call_page(
    request: PersonRequest,
    asked: Preregistration,
    *,
    outcome_form: OutcomeForm | None = None,
    details_form: DetailsForm | None = None,
) -> HttpResponse:
    at = timezone.now()
    state = call_state(asked)
    holder = state.holder(at)
    held_by = next((str(e.by) for e in reversed(asked.events.all()) if e.kind == CallEvent.Kind.TAKEN), "")
    wrong = bool((outcome_form and outcome_form.errors) or (details_form and details_form.errors))
    context = {
        "asked": asked,
        "phone": say_phone(asked.phone),
        "state": state,
        "is_late": state.is_late(at),
        "due": say_when(state.due),
        "since": say_since(state.asked_at, at),
        "registration": _registration(asked),
        "alike": [_alike(row) for row in alike(asked)],
        "entries": [place for place in entries_for_agent(asked) if place.pk != asked.place_id],
        "steps": [_step(event) for event in asked.events.all()],
        "mine": holder == request.user.pk,
        "held_by": held_by if holder not in {None, request.user.pk} else "",
        "outcome_form": outcome_form or OutcomeForm(),
        "details_form": details_form or DetailsForm(asked),
    }
    return joining_page(request, "joining/agent/call.html", LIST, context, at, status=422 if wrong else 200)


def _figures(request: PersonRequest, at: datetime) -> list[dict[str, Any]]:
    """How the town keeps its word, over the last 30 days."""
    kept, days = kept_word(request.town, at), rules_of(request.town).call_within_days
    figures: list[dict[str, Any]] = [
        {
            "label": _("Called in time"),
            "value": f"{kept.in_time} / {kept.due}",
            "note": _("within %(days)d working days") % {"days": days},
            "tone": "warn" if kept.in_time < kept.due else "go" if kept.due else "",
        }
    ]
    if kept.median_seconds is not None:
        figures.append({"label": _("Half were called within"), "value": say_duration(kept.median_seconds)})
    return figures


def _row(call: Call, at: datetime) -> dict[str, Any]:
    asked, state = call.asked, call.state
    calls = _("calls: %(count)d") % {"count": state.calls} if state.calls else ""
    who = " · ".join(filter(None, [asked.contact, say_phone(asked.phone), asked.email, calls]))
    return {
        "asked": asked,
        "title": asked.shop_name or asked.registration_number,
        "text": who,
        "meta": say_since(state.asked_at, at),
        "chip": _chip(state, at),
        "tone": "warn" if state.is_late(at) else "wait" if state.is_for_now(at) else "calm",
        "icon": asked.place.kind.icon if asked.place else "store",
    }


def _chip(state: State, at: datetime) -> str:
    if state.next_at is not None and state.next_at > at:
        return _("agreed: %(moment)s") % {"moment": say_when(state.next_at)}
    words = _("due %(moment)s") % {"moment": say_when(state.due)}
    if state.is_late(at):
        words = _("late since %(moment)s") % {"moment": say_when(state.due)}
    return words


def _ended_row(call: Call) -> dict[str, Any]:
    last = [event for event in call.asked.events.all() if event.kind in CallEvent.ENDS][-1]
    return {
        "asked": call.asked,
        "title": str(call.asked),
        "text": f"{last.by or ''} {say_when(last.at)}".strip(),
        "chip": CallEvent.Kind(last.kind).label,
        "tone": "go" if call.state.standing is Standing.CONFIRMED else "over",
    }


def _registration(asked: Preregistration) -> Registration | None:
    try:
        return read_registration(asked.registration_number, asked.town.country)
    except BadRegistration:
        return None


def _alike(row: Alike) -> dict[str, Any]:
    said = {
        By.NUMBER: _("same registration number"),
        By.PHONE: _("same telephone"),
        By.EMAIL: _("same e-mail"),
        By.ENTRY: _("same entry of the directory"),
        By.NAME: _("same name"),
    }
    reasons = ", ".join(said[by] for by in row.by)
    if isinstance(row.what, Preregistration):
        return {"kind": "asked", "what": row.what, "reasons": reasons, "day": row.what.at}
    return {"kind": "shop" if isinstance(row.what, Shop) else "business", "what": row.what, "reasons": reasons}


def _step(event: CallEvent) -> dict[str, Any]:
    label = OUTCOMES.get(event.kind) or CallEvent.Kind(event.kind).label
    agreed = _("next call: %(moment)s") % {"moment": say_when(event.next_at)} if event.next_at else ""
    note = " · ".join(filter(None, [str(event.by or ""), event.note, agreed]))
    failed = event.kind in {CallEvent.Kind.NOT_INTERESTED, CallEvent.Kind.DUPLICATE}
    return {"label": label, "state": "failed" if failed else "done", "when": say_when(event.at), "note": note}


def _csv(found: list[Call], at: datetime) -> HttpResponse:
    """One shop a line; moments as machines sort them, in the town's time."""
    rows: list[list[Cell]] = []
    for call in found:
        asked, state = call.asked, call.state
        last = list(asked.events.all())[-1]
        rows.append(
            [
                asked.shop_name,
                asked.registration_number,
                asked.contact,
                asked.phone,
                asked.email,
                asked.place.name if asked.place else "",
                _stamp(state.asked_at),
                str(CallEvent.Kind(last.kind).label),
                str(last.by or ""),
                _stamp(last.at),
                state.calls,
                _stamp(state.next_at),
                _stamp(state.due) if state.is_open else "",
                _("late") if state.is_late(at) else "",
                last.note,
            ]
        )
    header = [
        _("Shop"), _("Registration number"), _("Whom to ask for"), _("Telephone"), _("E-mail"), _("Entry"),
        _("Asked"), _("Last step"), _("By"), _("When"), _("Calls"), _("Agreed time"), _("Due"), _("Late"), _("Note"),
    ]  # fmt: skip
    return csv_response(f"callbacks-{timezone.localtime(at):%Y-%m-%d}", header, rows)


def _stamp(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
