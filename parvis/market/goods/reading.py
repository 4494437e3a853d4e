"""A merchant's table (CSV or Excel) as products, each with what is wrong with it; nothing is written."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from parvis.core import tables
from parvis.core.errors import Refusal
from parvis.core.tables import Row, UnreadableFile
from parvis.market.goods.cells import Where
from parvis.market.goods.columns import BY_FIELD, KEPT, canonical
from parvis.market.goods.eans import parse_ean
from parvis.market.goods.heads import OPTIONS, OUR_OWN, OWN_ID, WAS, Understood, understand
from parvis.market.goods.incoming import MOST_PRODUCTS, Incoming, Reading, RowError
from parvis.market.goods.known import look_up
from parvis.market.models import Shop

DIGITS = 8  # of a digest: two values of one cell are mistaken for each other once in four thousand millions


def read_table(path: Path, shop: Shop) -> Reading:
    """Everything that a table says. Raises UnreadableFile with a sentence."""
    match tables.sniff(path, {tables.CSV, tables.EXCEL}):
        case tables.CSV:
            header, rows = tables.read_delimited(path)
        case _:
            header, rows = tables.read_excel(path)
    return read_rows(shop, header, rows)


def read_rows(shop: Shop, header: list[str], rows: list[Row]) -> Reading:
    """The rows of a table as products."""
    columns = understand(header)
    if not rows:
        raise UnreadableFile(_("The file names its columns and holds no product."))
    if len(rows) > MOST_PRODUCTS:
        raise UnreadableFile(
            _("The file holds more than %(most)d products: cut it in parts.") % {"most": MOST_PRODUCTS}
        )
    where = Where(shop.town.country, shop.trade)
    reading = Reading(notes=_about(columns))
    for row in rows:
        try:
            reading.incoming.append(_product(row, columns, where))
        except Refusal as refusal:
            told = _told(row.cells, columns)
            reading.errors.append(
                RowError(row.line, told.get("name", "")[:80], str(refusal), _own(told), _ean(told.get("ean", "")))
            )
    look_up(reading.incoming)
    return reading


def digest(text: str) -> str:
    """What ``parvis_was`` keeps of a cell."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def mark_of(name: str, value: Any) -> str:
    """A value as its digest is made of; nothing is no text."""
    return "" if value is None else str(canonical(name, value))


def pack_was(values: Mapping[str, Any]) -> str:
    """The values of an exported row, short; a stock as it is, because what was sold since counts."""
    told = {name: mark_of(name, value) for name, value in values.items()}
    return ";".join(f"{name}={text if name == 'stock' else digest(text)}" for name, text in told.items())


def unpack_was(text: str) -> dict[str, str]:
    """The inverse of ``pack_was``, as far as it can be read."""
    pairs = (part.partition("=") for part in text.strip().split(";"))
    return {name: value for name, mark, value in pairs if mark and (name in BY_FIELD or name == OPTIONS)}


def _product(row: Row, columns: Understood, where: Where) -> Incoming:
    if row.problem:
        raise Refusal(row.problem)
    told = _told(row.cells, columns)
    incoming = Incoming(row.line, {}, own=_own(told), was=unpack_was(told.get(WAS, "")))
    for field, sources in columns.fields.items():
        if field in OUR_OWN.values():
            continue
        column = BY_FIELD[field]
        source = next((one for one in sources if row.cells.get(one.name, "").strip()), None)
        if source is None:
            if column.empty is not KEPT and incoming.own:
                incoming.values[field] = column.empty
            continue
        value = source.read(row.cells[source.name], where)
        if field == "category" and not value:
            _unknown_shelf(incoming, row.cells[source.name])
            continue
        incoming.values[field] = value
    _must_say(incoming, columns)
    _options_stay(incoming, told.get(OPTIONS, ""))
    return incoming


def _must_say(incoming: Incoming, columns: Understood) -> None:
    """A new product has a name or an EAN; one of ours keeps its name and its price unless others are written."""
    values = incoming.values
    if not incoming.own and not values.get("name") and not values.get("ean"):
        raise Refusal(_("The name is missing."))
    if incoming.own and "name" in columns.fields and not values.get("name"):
        raise Refusal(_("The name is missing."))
    if incoming.own and "price_cents" in columns.fields and not values.get("price_cents"):
        raise Refusal(_("The price is missing."))


def _options_stay(incoming: Incoming, text: str) -> None:
    """A file says which options there are and does not change them: that is said to whoever tried."""
    if text and digest(text) != incoming.was.get(OPTIONS):
        incoming.notes.append(_("Options are changed on the page of the product; the file’s are left aside."))


def _unknown_shelf(incoming: Incoming, word: str) -> None:
    incoming.notes.append(_("We do not know the shelf “%(word)s”: choose one later.") % {"word": word.strip()[:40]})


def _told(cells: Mapping[str, str], columns: Understood) -> dict[str, str]:
    return {
        field: next((text.strip() for one in sources if (text := cells.get(one.name, "")).strip()), "")
        for field, sources in columns.fields.items()
    }


def _own(told: Mapping[str, str]) -> str:
    return told.get(OWN_ID, "").strip()[:36]


def _ean(text: str) -> str:
    try:
        return parse_ean(text) if text else ""
    except Refusal:
        return ""


def _about(columns: Understood) -> list[str]:
    """What is worth knowing of the whole file."""
    if not columns.unknown:
        return []
    names = ", ".join(name[:30] for name in columns.unknown[:12])
    return [_("Columns that are left aside: %(names)s.") % {"names": names}]
