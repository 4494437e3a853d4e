"""The agent's imports: what was brought, what it would change, and the click that writes it."""

from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.actions import imports as actions
from parvis.places.forms.imports import ImportForm
from parvis.places.imports.pages import Part, parts_of
from parvis.places.models import ImportRun
from parvis.places.models.runs import STALE
from parvis.places.views.desk.frame import desk_page

PER_PAGE = 50
MOST_UPLOAD = 200_000_000


@require_safe
@require_role(Role.Kind.AGENT)
def imports(request: PersonRequest) -> HttpResponse:
    """What was brought so far, newest first."""
    runs = ImportRun.objects.filter(town=request.town).defer("report").select_related("by")
    page = Paginator(runs.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    counted = ImportRun.objects.filter(pk__in=[run.pk for run in page.object_list])
    counts = dict(counted.values_list("pk", "report__counts"))
    rows = [{"run": run, "state": _state(run, counts[run.pk]), "text": _summary(counts[run.pk])} for run in page]
    return desk_page(request, "places/imports/list.html", "imports", {"page": page, "rows": rows}, timezone.now())


@csrf_exempt  # checked below, once the size is known: the token of a form stands behind the file
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def new(request: PersonRequest) -> HttpResponse:
    """Bring a file. What declares itself too big is refused before it is received."""
    if request.method == "POST" and _declared_bytes(request) > MOST_UPLOAD:
        form = ImportForm()
        problem = _("The file is bigger than %(most)d MB. Cut it in parts, or ask for the command line.") % {
            "most": MOST_UPLOAD // 1_000_000
        }
        return render(request, "places/imports/new.html", {"form": form, "problem": problem}, status=413)
    return _new(request)


@csrf_protect
def _new(request: PersonRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = actions.bring_file(
                town=request.town,
                name=file.name,
                content=file,
                options=form.options(),
                source=form.cleaned_data["source"].strip() or PurePath(file.name).stem[:120],
                at=timezone.now(),
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("import", run.pk)
    return render(request, "places/imports/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@require_role(Role.Kind.AGENT)
def show(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The difference in parts, each with its pages; while the file is read, how far that is."""
    run = _run_for(request, pk)
    context: dict[str, Any] = {"run": run, "state": run.state, "stale": _is_stale(run)}
    if run.report:
        parts = parts_of(run)
        chosen = _chosen(parts, request.GET.get("part", ""))
        context |= {
            "counts": run.report["counts"],
            "figures": [
                {"label": part.label, "value": str(part.count), "note": part.note} for part in parts if part.count
            ],
            "tabs": [
                {"label": part.label, "url": f"?part={part.key}", "count": part.count, "current": part is chosen}
                for part in parts
                if part.count
            ],
            "part": chosen,
            "page": Paginator(chosen.rows, PER_PAGE).get_page(request.GET.get("page")) if chosen else None,
            "may_apply": run.state == "shown" and _writes(run),
            "hours": run.report["hours"],
            "another": _looks_like_another(run),
        }
    return render(request, "places/imports/show.html", context)


@require_POST
@require_role(Role.Kind.AGENT)
def apply(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Write exactly what was shown."""
    run = _run_for(request, pk)
    try:
        actions.ask_to_apply(run, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Written.") if run.state != "applying" else _("It is being written."))
    return redirect("import", pk)


@require_POST
@require_role(Role.Kind.AGENT)
def again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Read the file once more, and compare it with the directory as it is now."""
    run = _run_for(request, pk)
    try:
        actions.read_again(run, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("import", pk)


@require_POST
@require_role(Role.Kind.AGENT)
def leave(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Forget an import and its file."""
    run = _run_for(request, pk)
    try:
        actions.leave_run(run, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("import", pk)
    messages.success(request, _("The file is forgotten. Nothing was written."))
    return redirect("imports")


def _run_for(request: PersonRequest, pk: UUID) -> ImportRun:
    run = ImportRun.objects.filter(town=request.town, pk=pk).select_related("town", "by").first()
    if run is None:
        raise Http404
    return run


def _declared_bytes(request: PersonRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isdecimal() else 0


def _is_stale(run: ImportRun) -> bool:
    """Whether a worker had time enough: it was stopped, or there is none."""
    return run.state == "reading" and timezone.now() - run.created_at > STALE


def _writes(run: ImportRun) -> bool:
    report = run.report
    return any(report[name] for name in ("new", "changed", "gone", "quiet", "settled"))


def _looks_like_another(run: ImportRun) -> bool:
    report = run.report
    return not run.applied_at and len(report["gone"]) > max(10, report["same"] + len(report["changed"]))


def _chosen(parts: list[Part], key: str) -> Part | None:
    filled = [part for part in parts if part.count]
    return next((part for part in filled if part.key == key), filled[0] if filled else None)


def _state(run: ImportRun, counts: dict[str, int] | None) -> tuple[str, str]:
    """The words and the tone of a chip; the report itself is not loaded for a list."""
    if run.applied_at:
        return _("Written"), "go"
    if run.failed_at:
        return _("Not readable"), "over"
    if counts is None:
        return _("Being read"), "calm"
    return (_("Being written"), "calm") if run.is_being_written else (_("To be looked at"), "wait")


def _summary(counts: dict[str, int] | None) -> str:
    if not counts:
        return ""
    said = [
        ngettext("%(count)d new", "%(count)d new", counts["new"]) % {"count": counts["new"]},
        ngettext("%(count)d changed", "%(count)d changed", counts["changed"]) % {"count": counts["changed"]},
        ngettext("%(count)d as before", "%(count)d as before", counts["same"]) % {"count": counts["same"]},
        ngettext("%(count)d closed", "%(count)d closed", counts["gone"]) % {"count": counts["gone"]},
        ngettext("%(count)d error", "%(count)d errors", counts["errors"]) % {"count": counts["errors"]},
    ]
    return ", ".join(said)
