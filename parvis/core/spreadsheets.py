"""Tables that open well in a spreadsheet: semicolons, the reader's decimal mark, and no cell that acts.

A cell that starts like a formula (``=``, ``+``, ``-``, ``@``, tab, return) is run by spreadsheets when the file is
opened (OWASP, "CSV injection"); text of people gets an apostrophe before it. Numbers we write ourselves stay numbers.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from unicodedata import category

from django.http import HttpResponse
from django.utils import formats

_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Cents:
    """An amount in cents, written as ``-12,30``."""

    cents: int


type Cell = str | int | Cents | None


def safe_text(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs."""
    # Control characters and line separators that nobody types: some readers take them for the end of a cell.
    bare = "".join(c for c in text if c in "\t\r\n" or category(c) not in {"Cc", "Zl", "Zp"})
    return f"'{bare}" if bare.lstrip(" \u00a0").startswith(_ACTS) or bare.startswith(_ACTS) else bare


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Cents):
        mark = str(formats.get_format("DECIMAL_SEPARATOR", use_l10n=True))
        sign = "-" if value.cents < 0 else ""
        return f"{sign}{abs(value.cents) // 100}{mark}{abs(value.cents) % 100:02d}"
    return str(value) if isinstance(value, int) else safe_text(value)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV text with a byte order mark, so that spreadsheets see its accents."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_text(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The table as a file to keep, called ``name``.csv."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}
    return HttpResponse(write_csv(header, rows), content_type="text/csv; charset=utf-8", headers=headers)
