"""What an EAN stands for, from the installation's catalogue: a proposal where the merchant has said nothing."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.market.goods import cells
from parvis.market.goods.cells import Where
from parvis.market.goods.eans import parse_ean
from parvis.market.goods.incoming import MOST_PRODUCTS, Incoming, Reading, RowError
from parvis.market.models import KnownProduct, Shop

LONGEST = 100  # letters of a line: an EAN and perhaps a price


def read_eans(text: str, shop: Shop) -> Reading:
    """A list of EANs, one a line, each perhaps with its price behind it. Raises Refusal for none and for too many."""
    where = Where(shop.town.country, shop.trade)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise Refusal(_("Write at least one EAN."))
    if len(lines) > MOST_PRODUCTS:
        raise Refusal(_("The list holds more than %(most)d EANs: cut it in parts.") % {"most": MOST_PRODUCTS})
    reading = Reading()
    for number, line in lines:
        try:
            reading.incoming.append(_line(number, line, where))
        except Refusal as refusal:
            reading.errors.append(RowError(number, line[:40], str(refusal)))
    look_up(reading.incoming)
    return reading


def look_up(rows: Iterable[Incoming]) -> None:
    """Propose names (and what is in it) for rows with an EAN that say none: one query."""
    asked = [row for row in rows if row.values.get("ean") and not row.values.get("name") and not row.own]
    known = KnownProduct.objects.in_bulk([row.values["ean"].zfill(13) for row in asked])
    for row in asked:
        found = known.get(row.values["ean"].zfill(13))
        if found is None:
            row.notes.append(_("We do not know this EAN: write what it is."))
            continue
        row.values["name"] = found.name
        row.guessed.append("name")
        if found.ingredients and not row.values.get("description"):
            words = _("Ingredients: %(words)s") % {"words": found.ingredients}
            row.values["description"] = words[: cells.LONGEST_DESCRIPTION]
            row.guessed.append("description")


def _line(number: int, line: str, where: Where) -> Incoming:
    if len(line) > LONGEST:
        raise Refusal(_("The line is too long: write one EAN a line."))
    for mark in ("\t", ";", ","):
        if mark in line:
            code, _mark, price = line.partition(mark)
            break
    else:
        head, _space, tail = line.rpartition(" ")
        code, price = (head, tail) if head and not tail.isdigit() else (line, "")
    incoming = Incoming(number, {"ean": parse_ean(code)})
    if price.strip():
        incoming.values["price_cents"] = cells.price(price, where)
    return incoming
