"""A price explained: one step after the other, in words that a citizen understands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, how much (cents; None for a remark), why. ``tone`` as ``price_line.html`` knows it."""

    label: str
    cents: int | None
    reason: str = ""
    tone: str = ""
