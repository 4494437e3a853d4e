"""Lists of entries to look at: hours not understood, incomplete, twice, old, gone; and one action for each row."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places import desk
from parvis.places.access import any_place_for, place_for
from parvis.places.actions.upkeep import bring_back, is_right, keep_apart, mark_gone, merge_places, rewrite_hours
from parvis.places.forms.desk import HoursLineForm, StaleFilter
from parvis.places.listing import kinds_of
from parvis.places.rules_in_words import say_rules
from parvis.places.views.desk.frame import back, desk_page, entry, page_of


@require_safe
@require_role(Role.Kind.AGENT)
def stale(request: PersonRequest) -> HttpResponse:
    """Entries that nobody has checked for long, the oldest first."""
    at = timezone.now()
    form = StaleFilter(request.GET, kinds=kinds_of(request.town))
    form.is_valid()
    asked = form.cleaned_data
    months = asked.get("months") or desk.STALE_MONTHS[0]
    found = desk.on_street(desk.stale(request.town, at, months), asked.get("street", ""))
    if asked.get("kind"):
        found = found.filter(category=asked["kind"])
    page = page_of(request, found.select_related("town"))
    kept = {name: value for name in ("months", "kind", "street") if (value := request.GET.get(name, ""))}
    context = {
        "form": form,
        "page": page,
        "rows": [entry(place, at) for place in page.object_list],
        "filtered": bool(kept),
        "query": urlencode(kept) + "&" if kept else "",
    }
    return desk_page(request, "places/desk/stale.html", "directory-stale", context, at)


@require_safe
@require_role(Role.Kind.AGENT)
def hours(request: PersonRequest) -> HttpResponse:
    """Entries whose hours are only words."""
    at = timezone.now()
    page = page_of(request, desk.hours_not_read(request.town).select_related("town"))
    context = {
        "page": page,
        "rows": [entry(place, at, place.hours_text or place.opening_hours) for place in page.object_list],
    }
    return desk_page(request, "places/desk/hours.html", "directory-hours", context, at)


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def hours_of(request: PersonRequest, slug: str) -> HttpResponse:
    """Type the hours of one entry; they are said in words before a second press saves them."""
    at, place = timezone.now(), place_for(request, slug)
    written = place.hours_text or place.opening_hours
    form = HoursLineForm(request.POST or None, country=request.town.country, initial={"hours": written})
    read = ""
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data["hours"]
        if request.POST.get("save") == read:
            try:
                rewrite_hours(place=place, value=read, at=at, by=request.user)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The hours of %(place)s are saved.") % {"place": place})
                return redirect("directory-hours")
    context = {
        "place": place,
        "form": form,
        "written": written,
        "read": read,
        "lines": say_rules(read) if read else [],
    }
    status = 422 if form.errors else 200
    return desk_page(request, "places/desk/hours_of.html", "directory-hours", context, at, status=status)


@require_safe
@require_role(Role.Kind.AGENT)
def incomplete(request: PersonRequest) -> HttpResponse:
    """Entries without a kind or an address."""
    at = timezone.now()
    page = page_of(request, desk.incomplete(request.town).select_related("town"))
    rows = [entry(place, at, _("No address") if not place.address else _("No kind")) for place in page.object_list]
    return desk_page(request, "places/desk/incomplete.html", "directory-incomplete", {"page": page, "rows": rows}, at)


@require_safe
@require_role(Role.Kind.AGENT)
def gone(request: PersonRequest) -> HttpResponse:
    """Entries that have closed for good; each can come back."""
    at = timezone.now()
    page = page_of(request, desk.gone(request.town).select_related("town"))
    context = {"page": page, "rows": [entry(place, at) for place in page.object_list]}
    return desk_page(request, "places/desk/gone.html", "directory-gone", context, at)


@require_safe
@require_role(Role.Kind.AGENT)
def twins(request: PersonRequest) -> HttpResponse:
    """Entries of one name that stand side by side."""
    at = timezone.now()
    page = page_of(request, desk.twins(request.town))
    pairs = [[entry(first, at), entry(second, at)] for first, second in desk.places_of(list(page.object_list))]
    return desk_page(request, "places/desk/twins.html", "directory-twins", {"page": page, "pairs": pairs}, at)


@require_POST
@require_role(Role.Kind.AGENT)
def merge(request: PersonRequest, slug: str) -> HttpResponse:
    """Keep one of two and let the other go, or say that they are two."""
    at, first, second = timezone.now(), place_for(request, slug), place_for(request, request.POST.get("other", ""))
    try:
        if request.POST.get("apart"):
            keep_apart(first=first, second=second, at=at, by=request.user)
            messages.success(request, _("They stay two, and are not suggested again."))
        else:
            merge_places(kept=first, dropped=second, at=at, by=request.user)
            messages.success(request, _("%(place)s is one entry now.") % {"place": first})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return back(request)


@require_POST
@require_role(Role.Kind.AGENT)
def right(request: PersonRequest, slug: str) -> HttpResponse:
    """The town says that the entry is right."""
    place = place_for(request, slug)
    is_right(place=place, at=timezone.now(), by=request.user)
    messages.success(request, _("%(place)s is checked.") % {"place": place})
    return back(request)


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def away(request: PersonRequest, slug: str) -> HttpResponse:
    """Closed for good: asked first, then taken out of the directory."""
    at, place = timezone.now(), place_for(request, slug)
    if request.method == "POST":
        mark_gone(place=place, at=at, by=request.user)
        messages.success(request, _("%(place)s is no longer in the directory.") % {"place": place})
        return redirect("agent-directory")
    return desk_page(request, "places/desk/away.html", "agent-directory", {"place": place}, at)


@require_POST
@require_role(Role.Kind.AGENT)
def again(request: PersonRequest, slug: str) -> HttpResponse:
    """Open after all."""
    place = any_place_for(request, slug)
    bring_back(place=place, at=timezone.now(), by=request.user)
    messages.success(request, _("%(place)s is in the directory again.") % {"place": place})
    return redirect("directory-gone")
