"""One line of any table, and the error of a file that is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from parvis.core.errors import Refusal

MOST_ROWS = 100_000
MOST_COLUMNS = 300
type Cells = Mapping[str, str]


class UnreadableFile(Refusal):
    """The file cannot be used; the sentence says why, and nothing was written."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file, its cells by the name of their column, and what the format says beside them."""

    line: int
    cells: Cells
    point: tuple[float, float] | None = None  # longitude, latitude
    notes: tuple[str, ...] = ()
    problem: str = ""
