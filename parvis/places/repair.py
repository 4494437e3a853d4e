"""The common mistakes of real ``opening_hours`` values, mended one by one and each said in plain words. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repaired:
    """The value, mended where it could be, and what was done to it; no notes, nothing changed."""

    value: str
    notes: tuple[str, ...] = ()


def repair(value: str, country: str) -> Repaired:
    """``value`` as the parser reads it, when a common mistake is all that stood in the way; else unchanged."""
    return Repaired(value)
