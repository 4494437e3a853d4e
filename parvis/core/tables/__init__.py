"""Tables that people bring as files: what a file is, its header and its rows as text, within limits.

``sniff`` says what a file is by what it holds; ``read_delimited`` and ``read_excel`` give the names of its columns and
its rows. What the columns mean is known by the room that asked.
"""

from parvis.core.tables.delimited import read_delimited
from parvis.core.tables.excel import read_excel
from parvis.core.tables.plain import from_spreadsheet, to_spreadsheet
from parvis.core.tables.rows import MOST_ROWS, Cells, Row, UnreadableFile
from parvis.core.tables.sniff import CSV, EXCEL, JSON, OSM, PAGE, sniff

__all__ = [
    "CSV",
    "EXCEL",
    "JSON",
    "MOST_ROWS",
    "OSM",
    "PAGE",
    "Cells",
    "Row",
    "UnreadableFile",
    "from_spreadsheet",
    "read_delimited",
    "read_excel",
    "sniff",
    "to_spreadsheet",
]
