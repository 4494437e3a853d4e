"""Was a promise kept? A pure judgement of one delivery, from the window first promised and what happened at the door.

- KEPT: the bike was at the door inside the window first promised, whether somebody was there or not.
- LATE: it was there only after the window, on the same promise. Also what came too early for anybody to be there.
- NOT BROUGHT: the window is over and no bike was at the door, or another window had to be promised before one was. A
  buyer who asked for another window was not let down: there the window asked for counts.
- COMING: the window is not over yet.

A delivery counts once, however often a bike comes back to it. "At the door" is when the rider handed over or gave
up, so the minutes at the door count against the town.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a promise ended."""

    KEPT = "kept"
    LATE = "late"
    NOT_BROUGHT = "not_brought"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class AtDoor:
    """One time a bike was at the door; ``handed``: somebody took the goods."""

    at: datetime
    handed: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """``late_seconds`` after the window (0 unless late); ``missed``: somebody was not at home the first time."""

    outcome: Outcome
    late_seconds: int = 0
    missed: bool = False


def judge(
    starts_at: datetime,
    ends_at: datetime,
    doors: Sequence[AtDoor],
    *,
    moved_at: datetime | None,
    at: datetime,
) -> Judged:
    """How the promise of [``starts_at``, ``ends_at``] ended as things stand ``at``.

    ``doors`` is oldest first; ``moved_at`` is when the town first promised another window instead, if it did.
    """
    first = doors[0] if doors else None
    if first is None or (moved_at is not None and moved_at < first.at):
        if moved_at is None and at <= ends_at:
            return Judged(Outcome.COMING)
        return Judged(Outcome.NOT_BROUGHT)
    if first.at > ends_at:
        return Judged(Outcome.LATE, round((first.at - ends_at).total_seconds()), not first.handed)
    if first.at < starts_at and not first.handed:
        return Judged(Outcome.LATE, 0, True)
    return Judged(Outcome.KEPT, 0, not first.handed)
