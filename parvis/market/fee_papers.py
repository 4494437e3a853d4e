"""The operator's invoice to a shop: what it says, as frozen JSON values, and its PDF (PDF/UA-1)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_rate
from parvis.market.fees_charged import COMMISSION, FeeLine
from parvis.market.models import FeeInvoice
from parvis.market.paper_pdf import issuer_lines
from parvis.market.papers import Issuer


def fee_content(*, issuer: Issuer, shop: Issuer, lines: Iterable[FeeLine], currency: str) -> dict[str, Any]:
    """The frozen content: amounts are those of the ledger, whose VAT was rounded once for each sale."""
    return {
        "issuer": _party(issuer),
        "recipient": _party(shop),
        "currency": currency,
        "lines": [{"kind": line.kind, "vat_bp": line.vat_bp, "net": line.net, "vat": line.vat} for line in lines],
    }


def _party(issuer: Issuer) -> dict[str, str]:
    return {
        "name": issuer.name,
        "address": issuer.address,
        "registration": issuer.registration,
        "vat_number": issuer.vat_number,
        "country": issuer.country,
    }


def fee_title(invoice: FeeInvoice) -> str:
    """``Invoice ISSY-C2026-00012``."""
    said = {"number": invoice.code}
    return _("Credit note %(number)s") % said if invoice.is_credit else _("Invoice %(number)s") % said


def fee_pdf(invoice: FeeInvoice) -> bytes:
    """The invoice in the town's language. Needs ``town`` and ``series`` at hand."""
    language = invoice.town.default_language
    with translation.override(language):
        data = _data(invoice)
        return pdf("invoice", title=fee_title(invoice), language=language, made_at=invoice.issued_at, data=data)


def _data(invoice: FeeInvoice) -> dict[str, Any]:
    content = invoice.content
    lines = [FeeLine(**line) for line in content["lines"]]

    def money(cents: int) -> str:
        return format_money(cents, content["currency"])

    month = format_date(invoice.first_day, "F Y")
    by_rate: dict[int, list[int]] = {}
    for line in lines:
        sums = by_rate.setdefault(line.vat_bp, [0, 0])
        sums[0], sums[1] = sums[0] + line.net, sums[1] + line.vat
    issued = day_of(invoice.issued_at, invoice.town.zone)
    return {
        "words": {
            "seller": _("Seller"),
            "buyer": _("Buyer"),
            "what": _("What was sold"),
            "vat": _("VAT by rate"),
            "total": _("Total, VAT included"),
            "line_columns": [_("What"), _("Without VAT"), _("VAT"), _("VAT rate"), _("With VAT")],
            "rate_columns": [_("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")],
        },
        "number": invoice.code,
        "facts": [_("Issued on %(day)s") % {"day": _day(issued)}, _("Services of %(month)s") % {"month": month}],
        "issuer": _lines(content["issuer"]),
        "recipient": _lines(content["recipient"]),
        "lines": [
            [fee_name(line.kind), money(line.net), money(line.vat), say_rate(line.vat_bp), money(line.cents)]
            for line in lines
        ],
        "rates": [
            [say_rate(rate), money(net), money(vat), money(net + vat)] for rate, (net, vat) in sorted(by_rate.items())
        ],
        "total": money(invoice.gross_cents),
        "notes": [_("It is taken off what the town and the provider hold for you: you need not pay it by itself.")],
    }


def fee_name(kind: str) -> str:
    """What a kind of fee is called."""
    return _("Commission on sales") if kind == COMMISSION else _("Share of deliveries by bike")


def _lines(party: dict[str, str]) -> dict[str, Any]:
    return {"name": party["name"], "lines": issuer_lines(party)}


def _day(day: date) -> str:
    return format_date(day, "j F Y")
