"""A shop's month as a tagged PDF (PDF/UA-1): sold by VAT rate, how it was paid, the account with the town."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.words import say_day, say_rate
from parvis.market.fee_papers import fee_name
from parvis.market.issuing import shop_issuer, town_issuer
from parvis.market.models import Shop
from parvis.market.paper_pdf import issuer_lines
from parvis.market.shop_account import AccountMonth
from parvis.market.statement import Statement
from parvis.market.statement_words import account_rows, paid_rows


def statement_pdf(shop: Shop, statement: Statement, account: AccountMonth, *, made_at: datetime) -> bytes:
    """The month in the town's language."""
    language = shop.town.default_language
    with translation.override(language):
        month = format_date(statement.first_day, "F Y")
        title = _("Statement of %(month)s") % {"month": month}
        return pdf("statement", title=title, language=language, made_at=made_at, data=_data(shop, statement, account))


def _data(shop: Shop, statement: Statement, account: AccountMonth) -> dict[str, Any]:
    currency = shop.town.currency

    def say(cents: int) -> str:
        return format_money(cents, currency)

    sections = [
        {
            "title": _("Sold, by VAT rate"),
            "columns": [_("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")],
            "rows": [[say_rate(r.rate), say(r.net), say(r.vat), say(r.gross)] for r in statement.rates],
            "foot": [_("Sold"), say(statement.net), say(statement.vat), say(statement.gross)],
        },
        _lines(_("How it was paid"), paid_rows(statement), say),
    ]
    if account.fees:
        sections.append(
            {
                "title": _("What the market cost you"),
                "columns": [_("What"), _("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")],
                "rows": [
                    [fee_name(f.kind), say_rate(f.vat_bp), say(f.net), say(f.vat), say(f.cents)] for f in account.fees
                ],
                "foot": [],
            }
        )
    sections.append(_lines(_("Your account with the town"), account_rows(account), say))
    if account.payouts:
        sections.append(
            {
                "title": _("Paid to you"),
                "columns": [_("What"), _("Day"), _("Amount")],
                "rows": [[p.words, say_day(p.at), say(p.cents)] for p in account.payouts],
                "foot": [],
            }
        )
    town, mine = town_issuer(shop.town), shop_issuer(shop)
    return {
        "facts": [],
        "shop": {"name": mine.name, "lines": issuer_lines(_party(mine))},
        "town": {"name": town.name, "lines": issuer_lines(_party(town))},
        "sections": sections,
        "notes": [_("Every amount is read from the ledger of the market.")],
    }


def _lines(title: str, rows: list[tuple[str, int]], say: Any) -> dict[str, Any]:
    """Words and amounts, the last row as the sum."""
    told = [[words, say(cents)] for words, cents in rows]
    return {"title": title, "columns": [_("What"), _("Amount")], "rows": told[:-1], "foot": told[-1]}


def _party(issuer: Any) -> dict[str, str]:
    return {
        "address": issuer.address,
        "registration": issuer.registration,
        "vat_number": issuer.vat_number,
        "country": issuer.country,
    }
