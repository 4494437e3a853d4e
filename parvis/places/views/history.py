"""What has changed in an entry, for those who may change it; every change can be taken back."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.people.requests import PersonRequest
from parvis.places.access import is_agent, my_place, origin_for
from parvis.places.actions.entries import undo_change
from parvis.places.models import Change
from parvis.places.story import entries_of

PER_PAGE = 25


@require_safe
def history(request: PersonRequest, slug: str) -> HttpResponse:
    """The changes of an entry, the newest first; who made them is named only to the town's agents."""
    place = my_place(request, slug)
    changes = place.changes.select_related("by", "undone_by")
    page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
    entries = entries_of(place, list(page.object_list))
    context = {"place": place, "page": page, "entries": entries, "names_shown": is_agent(request)}
    return render(request, "places/editor/history.html", context)


@require_POST
def undo(request: PersonRequest, slug: str, pk: UUID, *, kept: Collection[str] = ()) -> HttpResponse:
    """Bring back what stood before a change; where later changes stand in the way, a sentence says so.

    ``kept`` services are kept right on another page, and no undo touches them.
    """
    place = my_place(request, slug)
    change = get_object_or_404(Change, place=place, pk=pk)
    try:
        origin = origin_for(request, place)
        undo_change(change=change, at=timezone.now(), by=request.user, origin=origin, kept=kept)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The change is undone."))
    return redirect("place-history", slug)
