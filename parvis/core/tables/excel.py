"""Excel workbooks (.xlsx): their first sheet that holds something, as text, within limits.

A workbook is a packed folder of XML: it is looked at for its size unpacked before anything is unpacked.
"""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from parvis.core.tables.plain import from_spreadsheet
from parvis.core.tables.rows import MOST_COLUMNS, MOST_ROWS, Row, UnreadableFile

MOST_UNPACKED = 400_000_000
MOST_PARTS = 2_000
DENSEST = 200  # times smaller packed: real sheets are 5 to 30 times


def read_excel(path: Path) -> tuple[list[str], list[Row]]:
    """The header and the rows; raises UnreadableFile with a sentence."""
    _must_be_harmless(path)
    damaged = UnreadableFile(_("The Excel file is damaged: open it, save it again, and bring the new one."))
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # of styles and validations that do not matter here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                return _first_table(book)
            finally:
                book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # the library's own errors share no base: broken XML, missing parts, wrong types
        raise damaged from error


def _first_table(book: Any) -> tuple[list[str], list[Row]]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        lines = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
        for number, cells in enumerate(islice(lines, 50), start=1):
            header = [_text(cell) for cell in cells]
            if any(header):
                if len(header) > MOST_COLUMNS and header[MOST_COLUMNS]:
                    raise UnreadableFile(_("The table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
                return header, list(_rows(lines, number, header))
    raise UnreadableFile(_("The Excel file holds no table."))


def _rows(lines: Iterator[tuple[Any, ...]], above: int, header: list[str]) -> Iterator[Row]:
    empty = 0
    for line, cells in enumerate(lines, start=above + 1):
        told = {name: _text(cell) for name, cell in zip(header, cells, strict=False) if name}
        if any(told.values()):
            empty = 0
            yield Row(line, told)
        else:
            empty += 1
        if line > MOST_ROWS or empty > 10_000:
            if empty:
                return
            raise UnreadableFile(_("The table has more than %(most)d rows: cut it in parts.") % {"most": MOST_ROWS})


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat()
        case date():
            return cell.isoformat()
        case str():
            return from_spreadsheet(cell)
        case _:
            return str(cell)


def _must_be_harmless(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UnreadableFile(_("The file is damaged or cut off: fetch it again.")) from None
    unpacked = sum(part.file_size for part in parts)
    dense = any(p.file_size > 10_000_000 and p.file_size > DENSEST * max(p.compress_size, 1) for p in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS or dense:
        raise UnreadableFile(
            _("Unpacked, this file would have %(size)d MB: it is no table.") % {"size": unpacked // 1_000_000}
        )
