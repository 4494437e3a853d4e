"""The two forms about hours, answered for whichever page shows them: the editor's, or that of a shop of the market.

Each function does what was posted and says what the page must show; the page draws it around
``places/parts/hours_form.html`` or ``places/parts/days_off.html``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.people.requests import PersonRequest
from parvis.places import whole_hours
from parvis.places.actions.entries import add_closure, remove_closure
from parvis.places.actions.hours import drop_rule, known_hours, open_on, save_hours
from parvis.places.forms.days import ClosureForm, SpecialForm
from parvis.places.forms.hours import HoursForm, HoursTextForm, say_day_hours
from parvis.places.models import Place
from parvis.places.whole_hours import Hours

DAYS_OFFERED = 7


@dataclass
class Outcome:
    """``done``: written, and the page is asked again. Else what to show, and with which status."""

    done: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200


def hours_context(place: Place) -> dict[str, Any]:
    """The form of the hours as they stand."""
    kept = known_hours(place)
    form = HoursForm(text=place.opening_hours, kept=kept or Hours())
    return {"hours_form": form, "replaces": kept is None, "place": place}


def answer_hours(request: PersonRequest, place: Place, *, origin: str, at: datetime) -> Outcome:
    """The usual week, seasons and other rules: in grids, or ``?as=text`` for those who know OpenStreetMap's words."""
    if (request.POST.get("as") or request.GET.get("as")) == "text":
        return _answer_text(request, place, origin=origin, at=at)
    kept = known_hours(place)
    posted = request.POST if request.method == "POST" else None
    form = HoursForm(posted, text=place.opening_hours, kept=kept or Hours())
    shown: dict[str, Any] = {"hours_form": form, "replaces": kept is None, "place": place}
    if posted is None:
        return Outcome(context=shown)
    if copy := posted.get("copy", ""):
        return Outcome(context=shown | {"hours_form": form.copied(copy), "unsaved": "copy"})
    if "add" in posted:
        return Outcome(context=shown | {"hours_form": form.with_season(), "unsaved": "season"})
    if not form.is_valid():
        return Outcome(context=shown, status=422)
    if form.is_late:
        return Outcome(context=shown | {"late": True}, status=422)
    if form.document() == (kept or Hours()):
        messages.info(request, _("Nothing has changed."))
        return Outcome(done=True)
    try:
        text = whole_hours.write(form.document())
        save_hours(place=place, text=text, origin=origin, at=at, by=request.user, seen=form.text)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return Outcome(context=shown, status=422)
    messages.success(request, _("Your opening hours are saved."))
    return Outcome(done=True)


def _answer_text(request: PersonRequest, place: Place, *, origin: str, at: datetime) -> Outcome:
    form = HoursTextForm(request.POST if request.method == "POST" else None, text=place.opening_hours)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["opening_hours"]
        try:
            save_hours(place=place, text=text, origin=origin, at=at, by=request.user, seen=form.text)
        except Refusal as refusal:
            form.add_error("opening_hours", str(refusal))
        else:
            messages.success(request, _("Your opening hours are saved."))
            return Outcome(done=True)
    return Outcome(context={"text_form": form, "place": place}, status=422 if form.errors else 200)


def answer_days(request: PersonRequest, place: Place, *, origin: str, at: datetime) -> Outcome:
    """Days that are not as usual: closed ones, and those with hours of their own."""
    doing = request.POST.get("do", "") if request.method == "POST" else ""
    closure_form = ClosureForm(request.POST if doing == "close" else None)
    special_form = SpecialForm(request.POST if doing == "open" else None)
    refused: Any = closure_form if doing == "close" else special_form if doing == "open" else None
    try:
        done = _do(request, place, doing, closure_form, special_form, origin=origin, at=at)
    except Refusal as refusal:
        done = ""
        if refused is not None:
            refused.add_error(None, str(refusal))
        else:
            messages.error(request, str(refusal))
    if done:
        messages.success(request, done)
        return Outcome(done=True)
    context = days_context(place, at) | {"closure_form": closure_form, "special_form": special_form}
    return Outcome(context=context, status=422 if doing else 200)


def _do(
    request: PersonRequest,
    place: Place,
    doing: str,
    closing: ClosureForm,
    opening: SpecialForm,
    *,
    origin: str,
    at: datetime,
) -> str:
    """What was asked for is written; the sentence that says so, or nothing."""
    who: dict[str, Any] = {"at": at, "by": request.user}
    if doing == "close-day":
        day = _day(request.POST.get("day", ""))
        add_closure(place=place, first_day=day, last_day=day, reason="", **who)
        return _("Everybody sees that you are closed on %(day)s.") % {"day": say_day(day)}
    if doing == "close" and closing.is_valid():
        add_closure(place=place, **closing.cleaned_data, **who)
        return _("Your customers will see that you are closed.")
    if doing == "open" and opening.is_valid():
        day, hours = opening.values()
        open_on(place=place, day=day, hours=hours, origin=origin, **who)
        return _("Everybody sees that you are open on %(day)s.") % {"day": say_day(day)}
    if doing == "reopen":
        closure = place.closures.filter(pk=_pk(request.POST.get("closure", ""))).first()
        if closure is None:
            raise Refusal(_("This was removed already."))
        remove_closure(closure=closure, **who)
        return _("The closure is removed.")
    if doing == "as-usual":
        drop_rule(place=place, rule=request.POST.get("rule", ""), origin=origin, **who)
        return _("This day is as usual again.")
    return ""


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refusal(_("We do not understand this day.")) from None


def _pk(written: str) -> Any:
    try:
        return UUID(written)
    except ValueError:
        raise Http404 from None


def days_context(place: Place, at: datetime) -> dict[str, Any]:
    """The days ahead that are not as usual, and those of the next week that may be closed by one tap."""
    today = day_of(at, place.town.zone)
    closures = list(place.closures.filter(last_day__gte=today))
    hours = known_hours(place)
    specials = [special for special in hours.specials if special.day >= today] if hours else []
    shut = {today + timedelta(n) for n in range(DAYS_OFFERED) if any(c.covers(today + timedelta(n)) for c in closures)}
    usual = {day.day for day in place.week(today) if day.spans} if place.hours_read else set()
    offered = [today + timedelta(n) for n in range(DAYS_OFFERED)]
    return {
        "place": place,
        "closure_form": ClosureForm(),
        "special_form": SpecialForm(),
        "closures": closures,
        "specials": [{"day": s.day, "words": say_day_hours(s.hours), "rule": s.rule} for s in specials],
        "week_ahead": [
            {"day": day, "words": _name(day, today)}
            for day in offered
            if day not in shut and (day in usual or not place.hours_read)
        ],
    }


def _name(day: date, today: date) -> str:
    if day == today:
        return _("Closed today")
    if day == today + timedelta(days=1):
        return _("Closed tomorrow")
    return _("Closed this %(day)s") % {"day": format_date(day, "l")}
