"""What a source says of places, before anything is compared or written."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class Incoming:
    """One place as its source tells it. ``values`` are fields of an entry, only those that the source speaks of."""

    ref: str
    values: dict[str, Any]
    row: int  # the line of the file, or how many things came before it
    notes: list[str] = field(default_factory=list)
    dated: date | None = None
    own: str = ""  # the slug of our own place, in a file that this town exported
    exported_at: datetime | None = None  # when: what stood here then is the base of the merge
    said: dict[str, str] = field(default_factory=dict)  # cells as written, for files of our own


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be used, and why. ``ref`` is known where the rest of the row could be read."""

    row: int
    name: str
    sentence: str
    ref: str = ""


@dataclass(slots=True)
class Reading:
    """Everything a file says. ``frame`` is what it covers (west, south, east, north), where it says so."""

    kind: str  # an ImportRun.Kind
    incoming: list[Incoming] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    dated: date | None = None
    frame: tuple[float, float, float, float] | None = None
    hours: dict[str, int] = field(default_factory=dict)  # how many were read, repaired, left as text
