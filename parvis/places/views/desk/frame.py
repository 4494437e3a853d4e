"""What the desk's pages share: tabs with their counts, and the way back to the list an action came from."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from parvis.people.requests import PersonRequest
from parvis.places.desk import Counts, counts_of
from parvis.places.models import Place
from parvis.places.phrases import say_checked

HOME = "agent-directory"
PER_PAGE = 25
CONFLICTS = "conflicts"  # served by the pages of imports


def desk_page(
    request: PersonRequest,
    template: str,
    current: str,
    context: dict[str, Any],
    at: datetime,
    *,
    status: int = 200,
    counts: Counts | None = None,
) -> HttpResponse:
    """A page of the desk, under its tabs; ``current`` is the name of the page's address."""
    counts = counts or counts_of(request.town, at, with_twins=False)
    tabs = [
        (HOME, _("Desk"), None),
        ("directory-claims", _("Requests"), counts.claims),
        ("directory-reports", _("Reports"), counts.reports),
        (CONFLICTS, _("Conflicts"), counts.conflicts),
        ("directory-hours", _("Hours"), counts.hours),
        ("directory-incomplete", _("Incomplete"), counts.incomplete),
        ("directory-twins", _("Twice"), counts.twins),
        ("directory-stale", _("Old"), counts.stale),
        ("imports", _("Imports"), None),
    ]
    subnav = [
        {"label": label, "url": url, "count": count or "", "current": name == current}
        for name, label, count in tabs
        if (url := url_of(name))
    ]
    frame = {"subnav": subnav, "counts": counts, "at": at, "here": request.get_full_path()}
    return render(request, template, frame | context, status=status)


def url_of(name: str) -> str:
    """The address of a page, or "" where no room serves it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def page_of(request: PersonRequest, rows: Any) -> Page[Any]:
    """The page that the address asks for; nonsense shows the first."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def entry(place: Place, at: datetime, note: str = "") -> dict[str, Any]:
    """An entry as the desk's lists draw it."""
    return {
        "place": place,
        "text": " · ".join(part for part in (str(place.kind.label), place.address) if part),
        "checked": say_checked(place, at),
        "note": note,
        "edit_url": f"{reverse('place', args=[place.slug])}edit/",
    }


def back(request: PersonRequest) -> HttpResponseRedirect:
    """To the list that the action came from; only ever to a page of the desk."""
    asked = request.POST.get("back", "")
    home = reverse(HOME)
    return HttpResponseRedirect(asked if asked.startswith(home) and "//" not in asked else home)
