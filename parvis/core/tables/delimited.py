"""Tables as text: any usual separator, any usual encoding."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.utils.translation import gettext as _

from parvis.core.tables.plain import from_spreadsheet
from parvis.core.tables.rows import MOST_COLUMNS, MOST_ROWS, Row, UnreadableFile

SEPARATORS = ";,\t|"
LONGEST_LINE = 1_000_000  # letters; a cell is cut off by the csv module long before


def read_delimited(path: Path) -> tuple[list[str], list[Row]]:
    """The header and the rows; raises UnreadableFile with a sentence."""
    text = _decoded(path.read_bytes())
    if "\x00" in text:
        raise UnreadableFile(_("The file holds characters that are no text: it is damaged, or not a table."))
    separator = _separator(text)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        header = next((cells for cells in lines if any(cell.strip() for cell in cells)), [])
        if len(header) > MOST_COLUMNS:
            raise UnreadableFile(
                _("The table has %(count)d columns; %(most)d are the most.")
                % {"count": len(header), "most": MOST_COLUMNS}
            )
        names = [from_spreadsheet(name).strip() for name in header]
        return names, list(_rows(lines, names))
    except csv.Error:
        raise UnreadableFile(
            _("Line %(line)d cannot be read: its cells are too long, or a quotation mark is never closed.")
            % {"line": lines.line_num}
        ) from None


def _rows(lines: Iterator[list[str]], names: list[str]) -> Iterator[Row]:
    count = 0
    start = lines.line_num + 1  # type: ignore[attr-defined]
    for cells in lines:
        line, start = start, lines.line_num + 1  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableFile(_("The table has more than %(most)d rows: cut it in parts.") % {"most": MOST_ROWS})
        problem = ""
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            problem = _("The row has %(count)d cells for %(columns)d columns: is a separator inside a text?") % {
                "count": len(cells),
                "columns": len(names),
            }
        told = {name: from_spreadsheet(cell) for name, cell in zip(names, cells, strict=False) if name}
        yield Row(line, told, problem=problem)


def _decoded(content: bytes) -> str:
    """The text, by its mark, else as UTF-8, else as Windows writes it in western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(content, "utf-16")
    if content[1:2] == b"\x00" and content[3:4] == b"\x00":
        return _as(content, "utf-16-le")
    if content[:1] == b"\x00" and content[2:3] == b"\x00":
        return _as(content, "utf-16-be")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _as(content, "cp1252")


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(_("The letters of the file cannot be read: save it as CSV UTF-8.")) from None


def _separator(text: str) -> str:
    """The one that the first line uses most, outside of quotes; ``sep=;`` says it by itself."""
    first = next((line for line in text.lstrip().split("\n", 1) if line.strip()), "")
    if len(first) > LONGEST_LINE:
        raise UnreadableFile(_("The first line has more than a million letters: it does not name columns."))
    bare = "".join(part for i, part in enumerate(first.split('"')) if i % 2 == 0)
    counted = Counter({mark: bare.count(mark) for mark in SEPARATORS})
    return counted.most_common(1)[0][0] if bare else ";"
