"""Issuing invoices and credit notes, in the transaction of the movement of money that they say.

The counter of the series is locked last (``docs/locking.md``) and the number is taken there, so there are no gaps. A
movement has one document: what is posted twice is issued once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from parvis.core.text import fold
from parvis.core.time import day_of
from parvis.core.words import say_grams
from parvis.market.models import Document, LedgerTransaction, Line, Operator, Order, Part, Series, Shop
from parvis.market.papers import Issuer, Row, content_of, credited, partly_credited
from parvis.market.pricing import DEPOSIT_VAT_BP, Priced
from parvis.market.ways import WAYS
from parvis.people.models import Organisation
from parvis.towns.models import Town


def issue_sale(movement: LedgerTransaction, part: Part, *, at: datetime) -> Document | None:
    """The invoice of what a shop sold; none where nothing is to be paid."""
    # Amounts are those of ``priced``, which the ledger has posted; a line is never priced twice in two ways.
    priced = zip(part.lines.all(), part.priced(), strict=True)
    rows = [_row(line, amount) for line, amount in priced if amount.cents]
    if part.deposits:
        rows.append(deposit_row(part.order, part.deposits))
    if part.fee_cents:
        rows.append(delivery_row(part.order, part.kind, part.fee_cents, part.fee_vat_bp))
    return _invoice(movement, part.order, rows, shop=part.shop, part=part, at=at)


def issue_fee(movement: LedgerTransaction, order: Order, *, at: datetime) -> Document | None:
    """The town's own invoice of the bikes' fee."""
    rows = [delivery_row(order, "bike", order.bike_fee_cents, order.bike_fee_vat_bp)]
    return _invoice(movement, order, rows, shop=None, part=None, at=at)


def issue_credit(
    movement: LedgerTransaction, invoice: Document, *, at: datetime, rows: Iterable[Row] | None = None
) -> Document:
    """The credit note that takes back an invoice: all of it, or ``rows`` (with negative amounts)."""
    town = invoice.order.town
    days = {"invoiced_on": day_of(invoice.issued_at, town.zone), "credited_on": day_of(at, town.zone)}
    content = (
        credited(invoice.content, invoice=invoice.code, **days)
        if rows is None
        else partly_credited(invoice.content, rows, invoice=invoice.code, **days)
    )
    return _write(
        movement, town, invoice.series.shop, Series.Kind.CREDIT, content, at=at,
        order=invoice.order, part=invoice.part, refers_to=invoice, recipient=invoice.recipient,
    )  # fmt: skip


def _row(line: Line, amount: Priced) -> Row:
    if line.by_weight:  # the weight is what is sold, so it stands with the name: 290 g of cheese are one thing
        return Row(f"{line.full_name}, {say_grams(line.weighs)}", 1, amount.cents, amount.vat_bp)
    return Row(line.full_name, line.billed_quantity, amount.cents, amount.vat_bp, line.unit)


def deposit_row(order: Order, cents: int) -> Row:
    """What comes back with the bottles and jars."""
    with translation.override(order.language):
        return Row(_("Deposits on bottles and jars"), 1, cents, DEPOSIT_VAT_BP)


def delivery_row(order: Order, kind: str, cents: int, vat_bp: int) -> Row:
    """What was paid for the way, in the buyer's language: whoever issues may read another."""
    with translation.override(order.language):
        return Row(_("Delivery: %(way)s") % {"way": WAYS[kind].label}, 1, cents, vat_bp)


def _invoice(
    movement: LedgerTransaction, order: Order, rows: list[Row], *, shop: Shop | None, part: Part | None, at: datetime
) -> Document | None:
    if not sum(row.gross for row in rows):
        return None
    town = order.town
    content = content_of(
        issuer=shop_issuer(shop) if shop else town_issuer(town),
        rows=rows,
        order=order.code,
        ordered_on=day_of(order.placed_at, town.zone),
        supplied_on=day_of(at, town.zone),
        currency=town.currency,
    )
    recipient = {"name": order.name, "address": order.address}
    return _write(
        movement, town, shop, Series.Kind.INVOICE, content, at=at, order=order, part=part, recipient=recipient
    )


def shop_issuer(shop: Shop) -> Issuer:
    """A shop as seller: its business, at its address."""
    business: Organisation = shop.organisation
    return Issuer(
        name=business.name,
        address=shop.place.address,
        registration=business.registration_number,
        vat_number=business.vat_number,
        country=shop.town.country,
    )


def town_issuer(town: Town) -> Issuer:
    """Who runs the market; the town itself until an agent has written who that is."""
    operator = Operator.objects.filter(town=town).first()
    if operator is None:
        return Issuer(name=town.name, country=town.country)
    return Issuer(operator.name, operator.address, operator.registration_number, operator.vat_number, town.country)


def _write(
    movement: LedgerTransaction,
    town: Town,
    shop: Shop | None,
    kind: Series.Kind,
    content: dict[str, Any],
    *,
    at: datetime,
    **values: Any,
) -> Document:
    series = series_of(town, shop, kind, at)
    issued_at = max(at, series.last_at or at)
    Series.objects.filter(pk=series.pk).update(last=F("last") + 1, last_at=issued_at)
    document: Document = Document.objects.create(
        town=town,
        series=series,
        number=series.last + 1,
        issued_at=issued_at,
        movement=movement,
        content=content,
        gross_cents=sum(rate["gross"] for rate in content["rates"]),
        vat_cents=sum(rate["vat"] for rate in content["rates"]),
        **values,
    )
    return document


def series_of(town: Town, shop: Shop | None, kind: Series.Kind, at: datetime) -> Series:
    """The counter, locked until the commit; made at the first document of its year."""
    which = {"town": town, "shop": shop, "kind": kind, "year": day_of(at, town.zone).year}
    for _attempt in range(20):
        if found := Series.objects.select_for_update().filter(**which).first():
            return found
        # Another shop may take the same letters at this moment: then nothing is written, and the next ones are tried.
        Series.objects.bulk_create([Series(**which, letters=_letters(town, shop))], ignore_conflicts=True)
    raise RuntimeError(f"no letters for a series of {shop or town} in twenty tries")


def _letters(town: Town, shop: Shop | None) -> str:
    """The letters of a shop in its town: the first of each word of its name, with a number where another has them.

    They stay what they were in an earlier year.
    """
    own: str | None = (
        Series.objects.filter(town=town, shop=shop).order_by("year").values_list("letters", flat=True).first()
    )
    if own:
        return own
    if shop is None:
        bare = "".join(c for c in fold(town.slug) if c.isalnum())[:6]
    else:
        bare = "".join(word[0] for word in fold(shop.name).split() if word[0].isalnum())[:5]
    bare = bare.upper() or "M"
    taken = set(Series.objects.filter(town=town, letters__startswith=bare).values_list("letters", flat=True))
    return next(found for n in range(1, 1000) if (found := bare if n == 1 else f"{bare}{n}") not in taken)
