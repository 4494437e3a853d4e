"""The editor of an entry: for the shop's people and the town's agents, a section at a time, each with its own save."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core import svgmap
from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.people.requests import PersonRequest
from parvis.places.access import is_agent, my_place, my_places, origin_for
from parvis.places.actions.entries import change_place, check_place
from parvis.places.forms.entry import AccessForm, ContactForm, PictureForm, ServicesForm, WhereForm, WordsForm, touched
from parvis.places.links import link
from parvis.places.models import Place
from parvis.places.pages import near_map
from parvis.places.phrases import say_checked, say_status
from parvis.places.sections import SECTIONS, rows_of
from parvis.places.services import SERVICES
from parvis.places.views.hours_parts import answer_days, answer_hours

# The sections that are one form and nothing else; the others have a view of their own.
FORMS: dict[str, Callable[..., Any]] = {"contact": ContactForm, "words": WordsForm, "access": AccessForm}


@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """The entries of the visitor's shops, with how they stand now; 404 for people who speak for none."""
    at = timezone.now()
    found = list(my_places(request).with_closures().order_by("name", "pk"))
    if not found:
        raise Http404
    rows = [
        {"place": p, "phrase": say_status(p.status(at), at, p.town.zone), "checked": say_checked(p, at)} for p in found
    ]
    return render(request, "places/mine.html", {"rows": rows})


@require_safe
def edit(request: PersonRequest, slug: str, *, shop_url: str = "") -> HttpResponse:
    """Everything that the entry says, each line a door to its form; ``shop_url`` leads to its shop on the market."""
    place = my_place(request, slug)
    return _page(request, place, "places/editor/entry.html", {"rows": rows_of(place), "shop_url": shop_url})


@require_POST
def right(request: PersonRequest, slug: str) -> HttpResponse:
    """Everything is right: one tap, and the entry says today's date."""
    place = my_place(request, slug)
    check_place(place=place, at=timezone.now(), checker=origin_for(request, place), by=request.user)
    messages.success(request, _("Thank you. The entry says that it was checked today."))
    return redirect("place-edit", slug)


def hours(request: PersonRequest, slug: str) -> HttpResponse:
    """The usual week, seasons, holidays and other rules."""
    place = my_place(request, slug)
    outcome = answer_hours(request, place, origin=origin_for(request, place), at=timezone.now())
    if outcome.done:
        return redirect("place-edit", slug)
    return _page(request, place, "places/editor/hours.html", outcome.context, "hours", outcome.status)


def days(request: PersonRequest, slug: str) -> HttpResponse:
    """Closed days, and days with hours of their own."""
    place = my_place(request, slug)
    outcome = answer_days(request, place, origin=origin_for(request, place), at=timezone.now())
    if outcome.done:
        return redirect("place-edit-days", slug)
    return _page(request, place, "places/editor/days.html", outcome.context, "days", outcome.status)


def services(request: PersonRequest, slug: str, *, kept: Collection[str] = (), kept_url: str = "") -> HttpResponse:
    """What the place offers; ``kept`` services are kept right on another page, at ``kept_url``."""
    place = my_place(request, slug)
    form = ServicesForm(request.POST if request.method == "POST" else None, place=place, kept=kept)
    if request.method == "POST" and form.is_valid() and _save(request, place, form, form.values()):
        return redirect("place-edit", slug)
    held = [SERVICES[key] for key in form.kept if key in place.services]
    context = {"form": form, "kept": held, "has_kept": bool(kept), "kept_url": kept_url}
    return _page(request, place, "places/editor/services.html", context, "services", 422 if form.errors else 200)


def picture(request: PersonRequest, slug: str) -> HttpResponse:
    """A picture from the telephone. The old file stays, so that the change can be undone."""
    place = my_place(request, slug)
    post = request.method == "POST"
    form = PictureForm(request.POST if post else None, request.FILES if post else None, place=place)
    if post and form.is_valid() and _save(request, place, form, form.values()):
        return redirect("place-edit", slug)
    return _page(request, place, "places/editor/picture.html", {"form": form}, "picture", 422 if form.errors else 200)


def section(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """One of the sections that are a form and nothing else."""
    place = my_place(request, slug)
    form = FORMS[key](request.POST if request.method == "POST" else None, place=place)
    if request.method == "POST" and form.is_valid() and _save(request, place, form, form.values()):
        return redirect("place-edit", slug)
    return _page(request, place, "places/editor/section.html", {"form": form}, key, 422 if form.errors else 200)


def where(request: PersonRequest, slug: str) -> HttpResponse:
    """The address. Where the town's register knows it elsewhere, the new point is shown first and confirmed."""
    place = my_place(request, slug)
    post = request.method == "POST"
    form = WhereForm(request.POST if post else None, place=place, by_agent=is_agent(request))
    if post and form.is_valid():
        found, said = form.found(place.town), request.POST.get("point", "")
        if found is not None and said not in {"move", "stay"}:
            context = {"form": form, "found": found, "map": _two_points(place, found)}
            return _page(request, place, "places/editor/point.html", context, "where")
        if _save(request, place, form, form.values(found if said == "move" else None)):
            return redirect("place-edit", slug)
    context = {"form": form, "map": near_map(place)}
    return _page(request, place, "places/editor/where.html", context, "where", 422 if form.errors else 200)


def _two_points(place: Place, found: Point) -> svgmap.TownMap:
    markers = [
        svgmap.Marker(place.lon, place.lat, _("The point now"), tone="calm"),
        svgmap.Marker(found.lon, found.lat, _("The address"), tone="go"),
    ]
    town = place.town
    title = _("The point now, and the address")
    return svgmap.draw(title=title, boundary=town.boundary, backdrop=town.backdrop, markers=markers, near=True)


def _save(request: PersonRequest, place: Place, form: Any, values: dict[str, Any]) -> bool:
    """Write the values; a refusal is shown in the form. True when there is nothing left to say."""
    origin = origin_for(request, place)
    try:
        change = change_place(
            place=place, values=touched(form, values), origin=origin, at=timezone.now(), by=request.user
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    if change is None:
        messages.info(request, _("Nothing has changed."))
    else:
        messages.success(request, _("Saved. Everybody sees it now."))
    return True


def _page(
    request: PersonRequest, place: Place, template: str, context: dict[str, Any], key: str = "", status: int = 200
) -> HttpResponse:
    frame = {
        "place": place,
        "section": SECTIONS.get(key),
        "checked": say_checked(place, timezone.now()),
        "by_agent": is_agent(request),
        "history_url": link("place-history", place.slug),
        "poster_url": link("place-poster", place.slug),
    }
    return render(request, template, frame | context, status=status)
