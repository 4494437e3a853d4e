"""What an invoice says, as plain JSON values: pure functions, called once when it is issued and never again.

Source: directive 2006/112/EC, article 226: (1) date, (2) number, (3) VAT number of the seller, (5) names and addresses,
(6) quantity and nature, (7) date of the supply, (8) taxable amount per rate and unit price without VAT, (9) rate,
(10) VAT. Amounts are cents; rates are basis points.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from parvis.core.money import round_half_up, vat_included
from parvis.market.pricing import Priced, total_of

SIMPLIFIED_UP_TO_CENTS = 10_000  # directive 2006/112/EC, article 220a: no buyer needs to be named


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what, how many, what it costs with VAT."""

    name: str
    quantity: int
    gross: int
    vat_bp: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The seller as the law wants it named."""

    name: str
    address: str = ""
    registration: str = ""
    vat_number: str = ""
    country: str = "FR"


def content_of(
    *, issuer: Issuer, rows: Iterable[Row], order: str, ordered_on: date, supplied_on: date, currency: str
) -> dict[str, Any]:
    """The frozen content of an invoice."""
    rows = list(rows)
    return {
        "issuer": {
            "name": issuer.name,
            "address": issuer.address,
            "registration": issuer.registration,
            "vat_number": issuer.vat_number,
            "country": issuer.country,
        },
        "order": order,
        "ordered_on": ordered_on.isoformat(),
        "supplied_on": supplied_on.isoformat(),
        "currency": currency,
        "lines": [_line(row) for row in rows],
        "rates": rates_of(rows),
        "exemption": _exemption(issuer, rows),
    }


def rates_of(rows: Iterable[Row]) -> list[dict[str, int]]:
    """Taxable amount and VAT for each rate, rounded once on the sum, as the ledger has it (``pricing.total_of``)."""
    rows = list(rows)
    gross: dict[int, int] = defaultdict(int)
    for row in rows:
        gross[row.vat_bp] += row.gross
    vat = total_of([Priced(row.gross, row.vat_bp) for row in rows]).vat
    return [
        {"vat_bp": rate, "net": cents - vat.get(rate, 0), "vat": vat.get(rate, 0), "gross": cents}
        for rate, cents in sorted(gross.items())
    ]


def _line(row: Row) -> dict[str, Any]:
    net = row.gross - vat_included(row.gross, row.vat_bp)
    each = round_half_up(Fraction(net, row.quantity)) if row.quantity else net
    return {
        "name": row.name,
        "unit": row.unit,
        "quantity": row.quantity,
        "unit_net": each,
        "vat_bp": row.vat_bp,
        "gross": row.gross,
    }


def _exemption(issuer: Issuer, rows: Iterable[Row]) -> str:
    """The sentence that small businesses without VAT must write; a legal formula in the country's own words."""
    if issuer.vat_number or any(row.vat_bp for row in rows):
        return ""
    return {
        "FR": "TVA non applicable, art. 293 B du CGI",
        "BE": "Petite entreprise soumise au régime de la franchise de la taxe – TVA non applicable",
    }.get(issuer.country, "")


def credited(content: dict[str, Any], *, invoice: str, invoiced_on: date, credited_on: date) -> dict[str, Any]:
    """The credit note of a whole invoice: the same with the other sign, and which invoice it takes back.

    (Directive 2006/112/EC, article 219: what amends an invoice refers to it unambiguously.)
    """
    rows = [Row(r["name"], r["quantity"], -r["gross"], r["vat_bp"], r["unit"]) for r in content["lines"]]
    return partly_credited(content, rows, invoice=invoice, invoiced_on=invoiced_on, credited_on=credited_on)


def partly_credited(
    content: dict[str, Any], rows: Iterable[Row], *, invoice: str, invoiced_on: date, credited_on: date
) -> dict[str, Any]:
    """The credit note of some lines of an invoice; ``rows`` have negative amounts."""
    rows = list(rows)
    lines, rates = [_line(row) for row in rows], rates_of(rows)
    refers = {"refers_to": invoice, "refers_to_date": invoiced_on.isoformat(), "supplied_on": credited_on.isoformat()}
    return {**content, "lines": lines, "rates": rates, **refers}
