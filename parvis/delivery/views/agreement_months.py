"""What a month of shared bikes costs each of the two towns: the page, the spreadsheet, the PDF; the host closes it."""

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.spreadsheets import csv_response
from parvis.core.time import day_of
from parvis.delivery.access import agreement_for
from parvis.delivery.actions.agreements import issue_month
from parvis.delivery.month_words import (
    CELLS,
    csv_rows,
    day_columns,
    day_row,
    day_rows,
    kind_columns,
    kind_rows,
    month_pdf,
    notes_of,
    standing_words,
)
from parvis.delivery.shared_months import Month, month_of, months_of
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_safe
@require_role(Role.Kind.AGENT)
def month(request: PersonRequest, pk: UUID, year: int, month: int) -> HttpResponse:
    """Day by day, for the agents of both towns; as CSV too."""
    at = timezone.now()
    found = _month(request, pk, year, month, at)
    if request.GET.get("as") == "csv":
        return csv_response(f"shared-bikes-{found.first:%Y-%m}", CELLS, csv_rows(found))
    kinds, kinds_foot = kind_rows(found)
    agreement, today = found.agreement, day_of(at, request.town.zone)
    bears = found.total.guest_cost.cents
    context = {
        "agreement": agreement,
        "month": found,
        "amount": format_money(bears, request.town.currency),
        "standing": standing_words(found),
        "columns": day_columns(found),
        "rows": day_rows(found),
        "foot": day_row(found.total, agreement.town, _("Together")),
        "kind_columns": kind_columns(found),
        "kinds": kinds,
        "kinds_foot": kinds_foot,
        "notes": notes_of(found),
        "may_issue": found.issued is None and found.last < today and request.town.pk == agreement.town_id,
    }
    return render(request, "delivery/agreements/month.html", context)


@require_safe
@require_role(Role.Kind.AGENT)
def as_pdf(request: PersonRequest, pk: UUID, year: int, month: int) -> HttpResponse:
    """The same as a PDF."""
    at = timezone.now()
    found = _month(request, pk, year, month, at)
    name = f"shared-bikes-{found.first:%Y-%m}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    made_at = found.issued.issued_at if found.issued else at
    return HttpResponse(month_pdf(found, made_at=made_at), content_type="application/pdf", headers=headers)


@require_POST
@require_role(Role.Kind.AGENT)
def issue(request: PersonRequest, pk: UUID, year: int, month: int) -> HttpResponse:
    """The host closes the month; the guest is told by mail."""
    at = timezone.now()
    found = _month(request, pk, year, month, at)
    if found.agreement.town_id != request.town.pk:
        raise Http404
    try:
        issue_month(agreement=found.agreement, first=found.first, at=at, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The month is closed, and %(town)s is told by mail.")
        messages.success(request, said % {"town": found.agreement.guest.name})
    return redirect("agent-agreement-month", pk, year, month)


def _month(request: PersonRequest, pk: UUID, year: int, month: int, at: datetime) -> Month:
    """A month in which an agreement of this town held; 404 otherwise."""
    agreement = agreement_for(request, pk)
    first = next(
        (one for one in months_of(agreement, day_of(at, request.town.zone)) if (one.year, one.month) == (year, month)),
        None,
    )
    if first is None:
        raise Http404
    return month_of(agreement, date(year, month, 1), at)
