"""What an import would change, whole: shown before it is written, then written exactly so.

Plain values only: a difference is kept as JSON between the page that shows it and the click that applies it.
"""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class New:
    """A place that is not here yet."""

    row: int
    ref: str
    values: dict[str, Any]
    dated: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Clash:
    """A unit that both sides changed: ours stands until somebody settles it."""

    unit: str
    ours: Any
    theirs: Any


@dataclass(slots=True)
class Changed:
    """A place that is here: what stood, what will stand, and what an agent must settle."""

    place: str
    name: str
    row: int
    ref: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    moved_m: float | None = None
    received: dict[str, Any] | None = None  # None: the file is our own, what the source said last stays
    dated: str | None = None
    new_ref: str = ""  # the source gave it another number
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Gone:
    """A place that its source does not show any more. ``kept`` says why it stays all the same."""

    place: str
    name: str
    day: str
    kept: str = ""  # "claimed" or "changed"


@dataclass(slots=True)
class Alike:
    """A row that looks like a place which is here from somewhere else: left out."""

    row: int
    name: str
    place: str
    slug: str
    source: str


@dataclass(slots=True)
class Wrong:
    """A row that cannot be used."""

    row: int
    name: str
    sentence: str


@dataclass(slots=True)
class Difference:
    """The whole of it. ``quiet`` are rows that change nothing but what the source is known to have said."""

    kind: str
    source: str
    new: list[New] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    errors: list[Wrong] = field(default_factory=list)
    quiet: list[Changed] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)  # conflicts in which both sides say the same by now
    same: int = 0
    hours: dict[str, int] = field(default_factory=dict)

    @property
    def clashes(self) -> int:
        """How many values an agent must settle."""
        return sum(len(change.clashes) for change in self.changed) + sum(1 for gone in self.gone if gone.kept)

    @property
    def writes(self) -> int:
        """How many places would be written where somebody sees it."""
        return len(self.new) + len(self.changed) + len(self.gone)

    @property
    def looks_like_another(self) -> bool:
        """Whether most of what the source knew is missing: the file of another town, or of a part of this one."""
        return len(self.gone) > max(10, self.same + len(self.changed))

    def counts(self) -> dict[str, int]:
        """What stands at the top of the report."""
        return {
            "new": len(self.new),
            "changed": sum(1 for change in self.changed if change.after or change.new_ref),
            "moved": sum(1 for change in self.changed if change.moved_m is not None),
            "same": self.same,
            "gone": sum(1 for gone in self.gone if not gone.kept),
            "conflicts": self.clashes,
            "alike": len(self.alike),
            "errors": len(self.errors),
        }

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the counts beside them."""
        return asdict(self) | {"counts": self.counts()}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Difference":
        """The inverse of ``to_json``."""
        return cls(
            kind=kept["kind"],
            source=kept["source"],
            new=[New(**row) for row in kept["new"]],
            changed=[_changed(row) for row in kept["changed"]],
            gone=[Gone(**row) for row in kept["gone"]],
            alike=[Alike(**row) for row in kept["alike"]],
            errors=[Wrong(**row) for row in kept["errors"]],
            quiet=[_changed(row) for row in kept["quiet"]],
            settled=kept["settled"],
            same=kept["same"],
            hours=kept["hours"],
        )


def _changed(row: dict[str, Any]) -> Changed:
    return Changed(**(row | {"clashes": [Clash(**clash) for clash in row["clashes"]]}))
