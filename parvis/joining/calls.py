"""Where a pre-registration stands, and by when the town must have called: computed from its events. Pure.

The service level is the town's: the first call within so many working days. A call that nobody answered is made again
on the next working day, unless another moment was agreed; an agreed moment is kept within the hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from parvis.core.workdays import working_days_after

HELD_FOR = timedelta(minutes=45)  # an agent who took a call and was called away does not keep it for ever
AGREED_WITHIN = timedelta(hours=1)
CALLS = frozenset({"reached", "missed", "later", "confirmed", "no"})


class Standing(StrEnum):
    """Where a pre-registration stands."""

    WAITING = "waiting"  # for its first call
    AGAIN = "again"  # for the next one
    CONFIRMED = "confirmed"
    NOT_INTERESTED = "no"
    DUPLICATE = "twice"


OPEN = frozenset({Standing.WAITING, Standing.AGAIN})
_ENDS = {
    "confirmed": Standing.CONFIRMED,
    "no": Standing.NOT_INTERESTED,
    "twice": Standing.DUPLICATE,
}


class Event(Protocol):
    """What is read of an event."""

    kind: str
    at: datetime
    by_id: UUID | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a town promises: so many working days, in its zone and country."""

    days: int
    zone: ZoneInfo
    country: str

    def due(self, asked_at: datetime) -> datetime:
        """By when who asks at ``asked_at`` is called."""
        return working_days_after(asked_at, self.days, self.zone, self.country)

    def again(self, at: datetime) -> datetime:
        """By when who did not answer at ``at`` is called again."""
        return working_days_after(at, 1, self.zone, self.country)


@dataclass(frozen=True, slots=True)
class State:
    """A standing; since when the shop waits; how many calls were made; by when the next one is due; who has it."""

    standing: Standing
    asked_at: datetime
    first_due: datetime
    due: datetime
    calls: int = 0
    first_call_at: datetime | None = None
    next_at: datetime | None = None
    taken_by: UUID | None = None
    taken_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the town still has to do something."""
        return self.standing in OPEN

    def is_late(self, at: datetime) -> bool:
        """Whether the town has not kept its word at ``at``."""
        return self.is_open and at > self.due

    def is_for_now(self, at: datetime) -> bool:
        """Whether somebody may call at ``at``: no other moment was agreed, or it has come."""
        return self.is_open and (self.next_at is None or self.next_at <= at)

    def holder(self, at: datetime) -> UUID | None:
        """Who has taken the call, as long as that holds."""
        return self.taken_by if self.taken_until is not None and at < self.taken_until else None

    @property
    def was_in_time(self) -> bool | None:
        """Whether the first call came in time; None while there was none."""
        return None if self.first_call_at is None else self.first_call_at <= self.first_due


def state_of(events: Sequence[Event], promise: Promise) -> State:
    """Where it stands; ``events`` are in order and begin with ``asked``."""
    if not events or events[0].kind != "asked":
        raise ValueError("a pre-registration begins by being asked")
    asked = events[0].at
    due = promise.due(asked)
    state = State(Standing.WAITING, asked, due, due)
    for event in events[1:]:
        state = _after(state, event, promise)
    return state


def _after(state: State, event: Event, promise: Promise) -> State:
    if event.kind == "taken":
        return replace(state, taken_by=event.by_id, taken_until=event.at + HELD_FOR)
    if event.kind == "released":
        return replace(state, taken_by=None, taken_until=None)
    if event.kind in CALLS:
        state = replace(state, calls=state.calls + 1, first_call_at=state.first_call_at or event.at)
    if event.kind in _ENDS:
        return replace(state, standing=_ENDS[event.kind], taken_by=None, taken_until=None, next_at=None)
    if event.kind in CALLS:
        due = event.next_at + AGREED_WITHIN if event.next_at else promise.again(event.at)
        return replace(state, standing=Standing.AGAIN, next_at=event.next_at, due=due, taken_by=None, taken_until=None)
    return state  # an entry chosen, asked once more: the first word counts
