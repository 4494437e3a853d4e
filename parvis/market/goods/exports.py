"""A shop's goods as a file: CSV or Excel, in the columns that come back.

Each row says which product it is and what stood in its cells, so that a file that somebody edited changes what they
edited, whatever was sold or changed here meanwhile. No cell acts when a spreadsheet opens it.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import openpyxl
from django.utils.translation import get_language
from openpyxl.cell import WriteOnlyCell

from parvis.core.amounts import show_amount
from parvis.core.tables import to_spreadsheet
from parvis.market.goods.columns import COLUMNS, Column, plain_value
from parvis.market.goods.heads import OPTION_HEADS, OPTIONS, OWN_ID, WAS
from parvis.market.goods.reading import pack_was
from parvis.market.models import Option, OptionGroup, Product, Shop

FIELDS = [column.field for column in COLUMNS]


def header() -> list[str]:
    """What the columns are called in the active language; our own two stand last, out of the way."""
    options = OPTION_HEADS.get((get_language() or "fr")[:2], OPTION_HEADS["en"])
    return [*(column.head for column in COLUMNS), options, OWN_ID, WAS]


def records(shop: Shop) -> Iterator[dict[str, Any]]:
    """Every product of the shop by its name, hidden ones too, with its options in words."""
    options: dict[UUID, list[str]] = {}
    for group in OptionGroup.objects.filter(product__shop=shop).prefetch_related("options"):
        answers = ", ".join(say_option(option) for option in group.options.all())
        options.setdefault(group.product_id, []).append(f"{group.name} : {answers}")
    for record in Product.objects.filter(shop=shop).order_by("name", "pk").values("pk", *FIELDS).iterator(1000):
        yield record | {OPTIONS: " · ".join(options.get(record["pk"], ()))}


def say_option(option: Option) -> str:
    """``grand +2,00 (7)``: what it costs more, how many there are where they are counted."""
    more = f" +{show_amount(option.surcharge_cents)}" if option.surcharge_cents else ""
    return f"{option.name}{more}" + ("" if option.stock is None else f" ({option.stock})")


def goods_csv(shop: Shop) -> str:
    """A table with semicolons and a byte order mark, so that spreadsheets see its accents."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header())
    for record in records(shop):
        cells = [_written(column, record[column.field]) for column in COLUMNS]
        texts = [to_spreadsheet(cell) if isinstance(cell, str) else str(cell) for cell in cells]
        writer.writerow([*texts, to_spreadsheet(record[OPTIONS]), str(record["pk"]), _was(record)])
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
        texts = [_text(sheet, text) for text in (record[OPTIONS], str(record["pk"]), _was(record))]
        sheet.append([*cells, *texts])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _was(record: dict[str, Any]) -> str:
    return pack_was({name: record[name] for name in (*FIELDS, OPTIONS)})


def _written(column: Column, value: Any) -> str | int:
    """What a cell holds: nothing for what an empty cell says anyway."""
    value = plain_value(value)
    return "" if value == column.empty or value is None else column.write(value)


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    if column.field == "price_cents":
        price = WriteOnlyCell(sheet, value / 100)
        price.number_format = "0.00"
        return price
    written = _written(column, value)
    return written if isinstance(written, int) else _text(sheet, written)


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, to_spreadsheet(text))
    cell.data_type = "s"
    return cell
