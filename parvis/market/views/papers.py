"""Invoices and credit notes: one as PDF for its buyer and its shop, a shop's month as a list, CSV or ZIP."""

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.time import day_of
from parvis.core.words import say_day, say_rate
from parvis.market.access import my_shop, order_for
from parvis.market.fee_papers import fee_title
from parvis.market.models import Document, FeeInvoice, Shop
from parvis.market.models.documents import DocumentQuerySet
from parvis.market.months import month_before, month_bounds, next_month
from parvis.market.paper_pdf import document_pdf, title_of
from parvis.market.views.merchant.frame import shop_page
from parvis.market.views.merchant.months import asked_month
from parvis.market.views.orders import private
from parvis.market.views.settling import invoice_pdf
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

MOST_IN_ONE_FILE = 2000


@login_not_required
@require_safe
@never_cache
def of_order(request: TownRequest, code: str, pk: UUID) -> HttpResponse:
    """One document of an order, for its buyer."""
    order = order_for(request, code)
    found = get_object_or_404(Document.objects.select_related("series"), order=order, pk=pk)
    found.order = order
    return private(_pdf(found))


@require_safe
@never_cache
def of_shop(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One document of a shop."""
    shop = my_shop(request, slug)
    return _pdf(get_object_or_404(_documents(shop).select_related("order__town"), pk=pk))


@require_safe
@never_cache
def fee_of_shop(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One invoice of the town's operator to the shop."""
    shop = my_shop(request, slug)
    return invoice_pdf(get_object_or_404(FeeInvoice.objects.select_related("series", "town"), shop=shop, pk=pk))


@require_safe
def month(request: PersonRequest, slug: str) -> HttpResponse:
    """What a shop issued in a month: a page, a CSV, or all PDF in one ZIP."""
    shop = my_shop(request, slug)
    this_month = day_of(timezone.now(), request.town.zone).replace(day=1)
    first_day = asked_month(request.GET.get("month", ""), this_month)
    start, end = month_bounds(shop.town.zone, first_day)
    issued = _documents(shop).filter(issued_at__gte=start, issued_at__lt=end).in_order()
    wanted = request.GET.get("as")
    if wanted == "csv":
        return _csv(shop, first_day, issued)
    if wanted == "zip":
        return _zip(shop, first_day, issued.select_related("order__town")[:MOST_IN_ONE_FILE])
    rows = list(issued)
    context = {
        "rows": [_row(shop, row) for row in rows],
        "fees": [_fee_row(shop, row) for row in FeeInvoice.objects.filter(shop=shop, first_day=first_day)],
        "total": format_money(sum(row.gross_cents for row in rows), request.town.currency),
        "month": format_date(first_day, "F Y"),
        "this_month": f"{first_day:%Y-%m}",
        "before": f"{month_before(first_day):%Y-%m}",
        "after": f"{next_month(first_day):%Y-%m}" if first_day < this_month else "",
    }
    return shop_page(request, shop, "market/merchant/documents.html", "money", context)


def _documents(shop: Shop) -> DocumentQuerySet:
    return Document.objects.filter(town=shop.town_id, series__shop=shop).select_related("series", "order")


def _row(shop: Shop, row: Document) -> dict[str, str]:
    takes_back = _("takes back %(number)s") % {"number": row.refers_to.code} if row.refers_to else ""
    return {
        "title": title_of(row),
        "href": reverse("merchant-document", args=[shop.slug, row.pk]),
        "text": " · ".join(word for word in (say_day(row.issued_at), row.order.code, takes_back) if word),
        "meta": format_money(row.gross_cents, shop.town.currency),
    }


def _fee_row(shop: Shop, row: FeeInvoice) -> dict[str, str]:
    return {
        "title": fee_title(row),
        "href": reverse("merchant-fee-invoice", args=[shop.slug, row.pk]),
        "text": say_day(row.issued_at),
        "meta": format_money(row.gross_cents, shop.town.currency),
    }


def _pdf(document: Document) -> HttpResponse:
    headers = {
        "Content-Disposition": f'inline; filename="{document.code}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(document_pdf(document), content_type="application/pdf", headers=headers)


def _csv(shop: Shop, first_day: date, issued: Iterable[Document]) -> HttpResponse:
    """One line for each document and rate: what an accountant adds up."""
    header = [_("Number"), _("Day"), _("Kind"), _("Takes back"), _("Order"), _("Buyer")]
    header += [_("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")]
    rows: list[list[Cell]] = []
    for row in issued:
        kind = row.series.get_kind_display()
        buyer, back = row.recipient.get("name", ""), row.refers_to.code if row.refers_to else ""
        head: list[Cell] = [row.code, _iso(row.issued_at), kind, back, row.order.code, buyer]
        rows += [
            [*head, say_rate(rate["vat_bp"]), Cents(rate["net"]), Cents(rate["vat"]), Cents(rate["gross"])]
            for rate in row.content["rates"]
        ]
    return csv_response(f"{shop.slug}-documents-{first_day:%Y-%m}", header, rows)


def _iso(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


def _zip(shop: Shop, first_day: date, issued: Iterable[Document]) -> HttpResponse:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for row in issued:
            archive.writestr(f"{row.code}.pdf", document_pdf(row))
    name = f"{shop.slug}-documents-{first_day:%Y-%m}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(out.getvalue(), content_type="application/zip", headers=headers)
