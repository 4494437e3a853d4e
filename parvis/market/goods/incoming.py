"""What a merchant brings, before anything is compared or written: plain values, kept as JSON with its import."""

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_PRODUCTS = 5_000


@dataclass(slots=True)
class Incoming:
    """One product as the file tells it. ``values`` are fields of a product, only those that the file speaks of."""

    row: int
    values: dict[str, Any]
    own: str = ""  # the id of our own product, in a file that was exported here
    was: dict[str, str] = field(default_factory=dict)  # what stood here at the export, field by field, as digests
    notes: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)  # fields that a catalogue proposed: never over what stands here


@dataclass(slots=True)
class RowError:
    """A row that cannot be used, and why. What could be read of it tells which product it spoke of."""

    row: int
    name: str
    sentence: str
    own: str = ""
    ean: str = ""


@dataclass(slots=True)
class Reading:
    """Everything that was brought. ``notes`` are about the whole file."""

    incoming: list[Incoming] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """The products as plain values."""
        return [asdict(one) for one in self.incoming]

    def wrong(self) -> list[dict[str, Any]]:
        """The errors as plain values."""
        return [asdict(one) for one in self.errors]


def from_plain(rows: list[dict[str, Any]]) -> list[Incoming]:
    """The inverse of ``Reading.rows``."""
    return [Incoming(**row) for row in rows]


def errors_from_plain(rows: list[dict[str, Any]]) -> list[RowError]:
    """The inverse of ``Reading.wrong``."""
    return [RowError(**row) for row in rows]
