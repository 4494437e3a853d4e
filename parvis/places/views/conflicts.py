"""What both a source and the town changed, and the agent's word on it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.actions.imports import settle_conflict
from parvis.places.imports.conflicting import question_of
from parvis.places.models import Conflict
from parvis.places.views.desk.frame import desk_page

PER_PAGE = 30


@require_safe
@require_role(Role.Kind.AGENT)
def conflicts(request: PersonRequest) -> HttpResponse:
    """Every value that waits, by place."""
    waiting = Conflict.objects.filter(town=request.town, settled_at=None, place__gone_on=None)
    waiting = waiting.select_related("place", "run").defer("run__report")
    page = Paginator(waiting.order_by("found_at", "place__name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    questions = [question_of(conflict) for conflict in page.object_list]
    context = {"page": page, "questions": questions}
    return desk_page(request, "places/imports/conflicts.html", "conflicts", context, timezone.now())


@require_POST
@require_role(Role.Kind.AGENT)
def settle(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Keep ours, or take theirs."""
    conflict = Conflict.objects.filter(town=request.town, pk=pk).select_related("place").first()
    answer = request.POST.get("answer", "")
    if conflict is None or answer not in {"ours", "theirs"}:
        raise Http404
    try:
        settle_conflict(conflict=conflict, take_theirs=answer == "theirs", at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(place)s: settled.") % {"place": conflict.place.name})
    return redirect("conflicts")
