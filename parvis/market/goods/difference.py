"""What goods that were brought would change, whole: shown before it is written, then written exactly so."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class New:
    """A product that the shop does not have."""

    row: int
    values: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Changed:
    """A product that the shop has: what stands, what will stand. A counted stock moves by ``stock_by``."""

    product: str
    name: str
    row: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    stock_by: int = 0
    seen: int | None = None  # the stock that the file knew
    meanwhile: list[str] = field(default_factory=list)  # fields that changed here as well since the export
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Missing:
    """A product on sale that the file does not hold."""

    product: str
    name: str


@dataclass(slots=True)
class Incomplete:
    """A row that lacks a name or a price: it waits until somebody writes them."""

    row: int
    name: str
    ean: str
    picture: str


@dataclass(slots=True)
class Wrong:
    """A row that cannot be used."""

    row: int
    name: str
    sentence: str


@dataclass(slots=True)
class Difference:
    """The whole of it. ``missing`` is told always, and hidden only where the merchant chose so."""

    new: list[New] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
    errors: list[Wrong] = field(default_factory=list)
    same: int = 0
    hides: bool = False

    @property
    def writes(self) -> int:
        """How many products would be written."""
        return len(self.new) + len(self.changed) + (len(self.missing) if self.hides else 0)

    def counts(self) -> dict[str, int]:
        """What stands at the top of the page, and in the audit trail."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "same": self.same,
            "missing": len(self.missing),
            "hidden": len(self.missing) if self.hides else 0,
            "incomplete": len(self.incomplete),
            "errors": len(self.errors),
        }

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the counts beside them."""
        return asdict(self) | {"counts": self.counts()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Difference":
        """The inverse of ``to_json``."""
        return cls(
            new=[New(**row) for row in kept["new"]],
            changed=[Changed(**row) for row in kept["changed"]],
            missing=[Missing(**row) for row in kept["missing"]],
            incomplete=[Incomplete(**row) for row in kept["incomplete"]],
            errors=[Wrong(**row) for row in kept["errors"]],
            same=kept["same"],
            hides=kept["hides"],
        )
