"""Where a post stands: a function of what happened to it. No Django here, so that it can be tried on any history."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

# How many different readers hide a post until an agent has looked at it. One alone only asks the agent to look: a
# single reader (or a competitor) must not be able to silence a shop.
REPORTS_THAT_HIDE = 3


class State(StrEnum):
    """What the writer and the agent are told."""

    WAITING = "waiting"  # not shown yet
    SHOWN = "shown"
    HIDDEN = "hidden"  # shown before; several readers reported it
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from the events so far."""

    state: State = State.WAITING
    shown_at: datetime | None = None
    waits_since: datetime | None = None  # None when no agent has to look
    looked: bool = False  # an agent has said that it is fine
    reports: tuple[str, ...] = ()  # since an agent looked last
    reason: str = ""  # of the refusal, or of the town's withdrawing it
    first_shown: datetime | None = None  # what followers are told of, once

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.state in {State.REFUSED, State.WITHDRAWN}


type Happening = tuple[str, datetime, str]  # kind, when, note


def standing_of(events: Iterable[Happening]) -> Standing:
    """The standing after ``events``, oldest first."""
    now = Standing()
    for kind, at, note in events:
        if now.is_over:
            break
        now = _after(now, kind, at, note)
    return now


def _after(now: Standing, kind: str, at: datetime, note: str) -> Standing:
    match kind:
        case "submitted":
            return replace(now, state=State.WAITING, shown_at=None, waits_since=at, looked=False)
        case "edited":
            return replace(now, looked=False, waits_since=now.waits_since or at)
        case "published":
            return replace(_shown(now, at), looked=False, waits_since=at)
        case "approved":
            return replace(_shown(now, at), looked=True, waits_since=None, reports=())
        case "reported":
            return _reported(now, at, note)
        case "refused" | "withdrawn":
            return replace(now, state=State(kind), shown_at=None, waits_since=None, reason=note)
    return now


def _shown(now: Standing, at: datetime) -> Standing:
    return replace(now, state=State.SHOWN, shown_at=now.shown_at or at, first_shown=now.first_shown or at)


def _reported(now: Standing, at: datetime, note: str) -> Standing:
    """What an agent has looked at stays up until an agent decides otherwise, whatever readers say."""
    reports = (*now.reports, note)
    seen = replace(now, reports=reports, waits_since=now.waits_since or at)
    if now.state is State.SHOWN and not now.looked and len(reports) >= REPORTS_THAT_HIDE:
        return replace(seen, state=State.HIDDEN, shown_at=None)
    return seen
