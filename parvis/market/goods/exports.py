"""A shop's goods as a file: CSV or Excel, in the columns that come back.

Each row says which product it is and what stood in its cells, so that a file that somebody edited changes what they
edited, whatever was sold or changed here meanwhile. No cell acts when a spreadsheet opens it.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from parvis.core.tables import to_spreadsheet
from parvis.market.goods.columns import COLUMNS, OWN_ID, WAS, Column
from parvis.market.goods.reading import pack_was
from parvis.market.models import Product, Shop

FIELDS = [column.field for column in COLUMNS]


def header() -> list[str]:
    """What the columns are called in the active language; our own two stand last, out of the way."""
    return [*(column.head for column in COLUMNS), OWN_ID, WAS]


def records(shop: Shop) -> Iterator[dict[str, Any]]:
    """Every product of the shop by its name, hidden ones too."""
    yield from Product.objects.filter(shop=shop).order_by("name", "pk").values("pk", *FIELDS).iterator(1000)


def goods_csv(shop: Shop) -> str:
    """A table with semicolons and a byte order mark, so that spreadsheets see its accents."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header())
    for record in records(shop):
        cells = [column.write(record[column.field]) for column in COLUMNS]
        texts = [to_spreadsheet(cell) if isinstance(cell, str) else str(cell) for cell in cells]
        writer.writerow([*texts, str(record["pk"]), _was(record)])
    return "\ufeff" + out.getvalue()


def goods_excel(shop: Shop) -> bytes:
    """A workbook of one sheet: prices are numbers to calculate with, text is text whatever it begins with."""
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(shop.slug[:31])
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 40
    sheet.append(header())
    for record in records(shop):
        cells = [_cell(sheet, column, record[column.field]) for column in COLUMNS]
        sheet.append([*cells, _text(sheet, str(record["pk"])), _text(sheet, _was(record))])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _was(record: dict[str, Any]) -> str:
    return pack_was({name: "" if record[name] is None else record[name] for name in FIELDS})


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    if column.field == "price_cents":
        price = WriteOnlyCell(sheet, value / 100)
        price.number_format = "0.00"
        return price
    written = column.write(value)
    return written if isinstance(written, int) else _text(sheet, written)


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, to_spreadsheet(text))
    cell.data_type = "s"
    return cell
