"""Text on its way through a spreadsheet and back: the apostrophe that keeps a cell from acting."""

import re

from parvis.core.spreadsheets import safe_text

_ACTS = r"[ \u00a0]*[=+\-@\t\r\n＝＋－＠]"
_MARKED = re.compile(rf"'+{_ACTS}")


def to_spreadsheet(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs, and that ``from_spreadsheet`` gives back as it was."""
    return f"'{text}" if _MARKED.match(text) else safe_text(text)


def from_spreadsheet(cell: str) -> str:
    """The text of a cell, without the apostrophe that stood before it for safety."""
    return cell[1:] if _MARKED.match(cell) else cell
