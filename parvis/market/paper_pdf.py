"""An issued document as a tagged PDF (PDF/UA-1), from its frozen content: the same document gives the same file."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_rate
from parvis.market.models import Document
from parvis.people.registration import BadRegistration, read_registration


def document_pdf(document: Document) -> bytes:
    """The document in its buyer's language. Needs ``order__town``, ``series`` and ``refers_to`` at hand."""
    language = document.order.language
    with translation.override(language):
        return pdf(
            "invoice",
            title=title_of(document),
            language=language,
            made_at=document.issued_at,
            data=_data(document),
        )


def title_of(document: Document) -> str:
    """``Invoice BDP-F2026-00012``."""
    said = {"number": document.code}
    return _("Credit note %(number)s") % said if document.is_credit else _("Invoice %(number)s") % said


def _data(document: Document) -> dict[str, Any]:
    content = document.content
    currency = content["currency"]

    def money(cents: int) -> str:
        return format_money(cents, currency)

    issuer = content["issuer"]
    return {
        "words": _words(),
        "number": document.code,
        "facts": _facts(document),
        "issuer": {"name": issuer["name"], "lines": issuer_lines(issuer)},
        "recipient": _recipient(document.recipient),
        "lines": [
            [
                f"{row['name']} ({row['unit']})" if row["unit"] else row["name"],
                str(row["quantity"]),
                money(row["unit_net"]),
                say_rate(row["vat_bp"]),
                money(row["gross"]),
            ]
            for row in content["lines"]
        ],
        "rates": [
            [say_rate(rate["vat_bp"]), money(rate["net"]), money(rate["vat"]), money(rate["gross"])]
            for rate in content["rates"]
        ],
        "total": money(document.gross_cents),
        "notes": [note for note in (content["exemption"],) if note],
    }


def _words() -> dict[str, Any]:
    return {
        "seller": _("Seller"),
        "buyer": _("Buyer"),
        "what": _("What was sold"),
        "vat": _("VAT by rate"),
        "total": _("Total, VAT included"),
        "line_columns": [_("What"), _("How many"), _("Price of one without VAT"), _("VAT rate"), _("With VAT")],
        "rate_columns": [_("VAT rate"), _("Without VAT"), _("VAT"), _("With VAT")],
    }


def _facts(document: Document) -> list[str]:
    content = document.content
    day = day_of(document.issued_at, document.order.town.zone)
    facts = [_("Issued on %(day)s") % {"day": _day(day)}]
    supplied = date.fromisoformat(content["supplied_on"])
    if document.is_credit:
        said = {"number": content["refers_to"], "day": _day(date.fromisoformat(content["refers_to_date"]))}
        facts.append(_("Takes back invoice %(number)s of %(day)s") % said)
    elif supplied != day:
        facts.append(_("Goods handed over on %(day)s") % {"day": _day(supplied)})
    ordered = {"code": content["order"], "day": _day(date.fromisoformat(content["ordered_on"]))}
    return [*facts, _("Order %(code)s of %(day)s") % ordered]


def _day(day: date) -> str:
    return format_date(day, "j F Y")


def issuer_lines(issuer: dict[str, str]) -> list[str]:
    """Address and numbers of a business, a line each."""
    lines = [issuer["address"]]
    if issuer["registration"]:
        try:
            number = read_registration(issuer["registration"], issuer["country"])
            lines.append(f"{number.name} {number.spaced}")
        except BadRegistration:
            lines.append(issuer["registration"])
    if issuer["vat_number"]:
        lines.append(_("VAT number %(number)s") % {"number": issuer["vat_number"]})
    return [line for line in lines if line]


def _recipient(recipient: dict[str, str]) -> dict[str, Any] | None:
    if not recipient.get("name"):
        return None
    return {"name": recipient["name"], "lines": [line for line in (recipient.get("address", ""),) if line]}
