"""The agent's yearly report of sellers to the tax office (DAC7): what is missing, CSV, XML."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parvis.core import audit
from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.time import day_of
from parvis.market.dac7 import Seller, sellers_of
from parvis.market.dac7_xml import report_xml
from parvis.market.forms.seller_person import SellerPersonForm
from parvis.market.models import Operator, SellerPerson, SellerStatus
from parvis.people.access import require_role
from parvis.people.models import Organisation, Role
from parvis.people.requests import PersonRequest

FIRST_YEAR = 2023  # the directive applies from 1 January 2023


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_role(Role.Kind.AGENT)
def dac7(request: PersonRequest) -> HttpResponse:
    """A year (``?year=2026``; the last one that is over unless told otherwise), on the page, as CSV or XML."""
    at = timezone.now()
    this_year = day_of(at, request.town.zone).year
    year = _asked(request.GET.get("year", ""), this_year)
    wrong: SellerPersonForm | None = None
    if request.method == "POST":
        if request.POST.get("what") != "person":
            return _leave_out(request, year, at)
        wrong = _note_person(request, at)
        if wrong is None:
            return redirect(f"{reverse('agent-dac7')}?year={year}")
    sellers = sellers_of(request.town, year)
    operator = Operator.objects.filter(town=request.town).first()
    wanted = request.GET.get("as")
    if wanted == "csv":
        return _csv(year, sellers)
    if wanted == "xml":
        if operator is None or not operator.registration_number:
            raise Http404
        return _xml(request, operator, year, sellers, at)
    reported = [seller for seller in sellers if seller.is_reported]
    today = day_of(at, request.town.zone)

    def row(seller: Seller) -> dict[str, Any]:
        mine = wrong if wrong is not None and wrong.instance.organisation_id == seller.organisation.pk else None
        return _row(seller, request.town.currency) | {"form": mine or _person_form(seller, today), "open": bool(mine)}

    context = {
        "year": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < this_year else None,
        "is_over": year < this_year,
        "reported": [row(seller) for seller in reported],
        "others": [row(seller) for seller in sellers if not seller.is_reported],
        "incomplete": sum(bool(seller.missing) for seller in reported),
        "operator_ready": operator is not None and bool(operator.registration_number and operator.address),
        "french": request.town.country == "FR",
        "kinds": SellerStatus.Kind.choices,
    }
    return render(request, "market/agent/dac7.html", context, status=422 if wrong is not None else 200)


def _asked(text: str, this_year: int) -> int:
    """The asked year; the last full one for nonsense."""
    try:
        asked = int(text)
    except ValueError:
        asked = this_year - 1
    return min(max(asked, FIRST_YEAR), this_year)


def _named(request: PersonRequest) -> Organisation:
    """The business that a form is about; 404 for nonsense and for another town's."""
    try:
        pk = UUID(request.POST.get("organisation", ""))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Organisation, town=request.town, pk=pk)


def _person_form(seller: Seller, today: date) -> SellerPersonForm:
    return SellerPersonForm(instance=seller.person, prefix=str(seller.organisation.pk), today=today)


def _note_person(request: PersonRequest, at: datetime) -> SellerPersonForm | None:
    """A business is one person in their own name, or (``nobody``) none; the form where something is wrong with it."""
    organisation = _named(request)
    known = SellerPerson.objects.filter(town=request.town, organisation=organisation).first()
    if "nobody" in request.POST:
        SellerPerson.objects.filter(town=request.town, organisation=organisation).delete()
    else:
        person = known or SellerPerson(town=request.town, organisation=organisation)
        today = day_of(at, request.town.zone)
        form = SellerPersonForm(request.POST, instance=person, prefix=str(organisation.pk), today=today)
        if not form.is_valid():
            return form
        form.save()
    said = "nobody" not in request.POST
    audit.record("seller_person", organisation, at=at, town_id=request.town.pk, actor=request.user, person=said)
    messages.success(request, _("It is noted."))
    return None


def _leave_out(request: PersonRequest, year: int, at: datetime) -> HttpResponse:
    """A business is no reported seller, or is one again."""
    organisation = _named(request)
    kind = request.POST.get("kind", "")
    if kind in SellerStatus.Kind.values:
        SellerStatus.objects.update_or_create(organisation=organisation, defaults={"town": request.town, "kind": kind})
    else:
        SellerStatus.objects.filter(organisation=organisation).delete()
    audit.record("seller_status", organisation, at=at, town_id=request.town.pk, actor=request.user, kind=kind)
    messages.success(request, _("It is noted."))
    return redirect(f"{reverse('agent-dac7')}?year={year}")


def missing_words() -> dict[str, str]:
    """What may be missing of a seller."""
    return {
        "registration": _("registration number"),
        "address": _("address"),
        "account": _("bank account"),
    }


def _row(seller: Seller, currency: str) -> dict[str, Any]:
    words = missing_words()
    return {
        "seller": seller,
        "paid": format_money(seller.consideration, currency),
        "fees": format_money(sum(quarter.fees for quarter in seller.quarters), currency),
        "missing": ", ".join(words[name] for name in seller.missing),
        "why": _why(seller),
    }


def _why(seller: Seller) -> str:
    """Why it is left out."""
    if seller.status:
        return str(SellerStatus.Kind(seller.status).label)
    return _("Fewer than 30 sales and at most 2,000 euros") if seller.is_small else ""


def _csv(year: int, sellers: list[Seller]) -> HttpResponse:
    """One line for each business, those that are left out too, with stable English names of columns."""
    header = ["name", "address", "tin", "registration_number", "vat_number", "account", "account_holder", "reported"]
    header += [
        f"{what}_q{number}" for number in range(1, 5) for what in ("consideration", "activities", "fees", "taxes")
    ]
    header += ["first_name", "last_name", "born_on", "born_in", "born_country"]
    rows: list[list[Cell]] = []
    for seller in sellers:
        business = seller.organisation
        row: list[Cell] = [business.name, seller.address, seller.tin, business.registration_number]
        row += [business.vat_number, seller.iban, seller.holder, "yes" if seller.is_reported else "no"]
        for quarter in seller.quarters:
            row += [Cents(quarter.consideration), quarter.activities, Cents(quarter.fees), Cents(0)]
        who = seller.person
        row += [who.first_name, who.last_name, f"{who.born_on}", who.born_in, who.born_country] if who else [""] * 5
        rows.append(row)
    return csv_response(f"dac7-{year}", header, rows)


def _xml(request: PersonRequest, operator: Operator, year: int, sellers: list[Seller], at: datetime) -> HttpResponse:
    reported = [seller for seller in sellers if seller.is_reported]
    made = report_xml(request.town, operator, reported, year=year, at=at)
    headers = {"Content-Disposition": f'attachment; filename="dac7-{year}.xml"', "Cache-Control": "private, no-store"}
    return HttpResponse(made, content_type="application/xml", headers=headers)
