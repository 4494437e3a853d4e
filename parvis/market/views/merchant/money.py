"""A shop's month: sold, VAT, and who holds what was paid."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents, csv_response
from parvis.core.time import day_of
from parvis.core.words import say_day, say_rate
from parvis.market.access import my_shop
from parvis.market.fee_papers import fee_name
from parvis.market.fee_words import fees_context
from parvis.market.models import Shop
from parvis.market.months import month_before, month_bounds, next_month
from parvis.market.paying.words import online_money
from parvis.market.shop_account import AccountMonth, month_of
from parvis.market.shop_sums import sums_of
from parvis.market.statement import Statement, statement_of
from parvis.market.statement_pdf import statement_pdf
from parvis.market.statement_words import account_rows, paid_rows
from parvis.market.views.merchant.frame import shop_page
from parvis.market.views.merchant.months import asked_month
from parvis.people.requests import PersonRequest


@require_safe
def money(request: PersonRequest, slug: str) -> HttpResponse:
    """The statement of a month (``?month=2026-11``; this month unless told otherwise), on the page or as CSV."""
    shop = my_shop(request, slug)
    this_month = day_of(timezone.now(), request.town.zone).replace(day=1)
    first_day = asked_month(request.GET.get("month", ""), this_month)
    start, end = month_bounds(request.town.zone, first_day)
    sums = sums_of(shop, start, end)
    statement = statement_of(shop, first_day, sums)
    account = month_of(shop, first_day, start, end, sums)
    wanted = request.GET.get("as")
    if wanted == "csv":
        return _csv(shop, statement, account)
    if wanted == "pdf":
        return _pdf(shop, statement, account)
    context = {
        "statement": statement,
        "online": online_money(shop),
        "month": format_date(first_day, "F Y"),
        "before": f"{month_before(first_day):%Y-%m}",
        "after": f"{next_month(first_day):%Y-%m}" if first_day < this_month else "",
        "this_month": f"{first_day:%Y-%m}",
        "account": account,
        "paid_rows": paid_rows(statement),
        "account_rows": account_rows(account),
        **fees_context(shop, timezone.now()),
        **_tables(statement, request.town.currency),
    }
    return shop_page(request, shop, "market/merchant/money.html", "money", context)


def _tables(statement: Statement, currency: str) -> dict[str, object]:
    def say(cents: int) -> str:
        return format_money(cents, currency)

    rates = [[say_rate(r.rate), say(r.net), say(r.vat), say(r.gross)] for r in statement.rates]
    return {
        "rate_columns": [
            {"label": _("VAT rate")},
            {"label": _("Without VAT"), "num": True},
            {"label": _("VAT"), "num": True},
            {"label": _("With VAT"), "num": True},
        ],
        "rate_rows": rates,
        "rate_foot": [_("Sold"), say(statement.net), say(statement.vat), say(statement.gross)],
        "sale_columns": [
            {"label": _("Order")},
            {"label": _("Day")},
            {"label": _("Without VAT"), "num": True},
            {"label": _("VAT"), "num": True},
            {"label": _("With VAT"), "num": True},
        ],
        "sale_rows": [
            [
                f"{sale.order} ({_('taken back')})" if sale.reversal else sale.order,
                say_day(sale.at),
                say(sale.net),
                say(sale.vat),
                say(sale.gross),
            ]
            for sale in statement.sales
        ],
    }


def _pdf(shop: Shop, statement: Statement, account: AccountMonth) -> HttpResponse:
    name = f"{shop.slug}-{statement.first_day:%Y-%m}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    made = statement_pdf(shop, statement, account, made_at=timezone.now())
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _csv(shop: Shop, statement: Statement, account: AccountMonth) -> HttpResponse:
    """One line for each sale and rate, then how it was paid and the account with the town: to be added up again."""
    header = [_("Day"), _("Order"), _("Kind"), _("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")]
    rows: list[list[Cell]] = []
    for sale in statement.sales:
        day = f"{timezone.localtime(sale.at):%Y-%m-%d}"
        kind = _("taken back") if sale.reversal else _("sale")
        for rate, gross, vat in sale.by_rate:
            rows.append([day, sale.order, kind, say_rate(rate), Cents(gross - vat), Cents(vat), Cents(gross)])
    month = f"{statement.first_day:%Y-%m}"
    for fee in account.fees:
        amounts = [Cents(-fee.net), Cents(-fee.vat), Cents(-fee.cents)]
        rows.append([month, "", fee_name(fee.kind), say_rate(fee.vat_bp), *amounts])
    if statement.deposits:
        rows.append([month, "", _("Deposits inside what was sold"), "", "", "", Cents(statement.deposits)])
    for words, cents in [*paid_rows(statement), *account_rows(account)]:
        rows.append([month, "", words, "", "", "", Cents(cents)])
    return csv_response(f"{shop.slug}-{statement.first_day:%Y-%m}", header, rows)
