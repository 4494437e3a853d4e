"""Where a claim stands, computed from what happened to it; and the secret of its letter or call. Pure but for the key.

A claim waits for the town, then for its code, then is confirmed; an agent may confirm or refuse at any time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from parvis.core.ids import short_code

# Nobody's shop: what the town itself keeps. Everything else may be claimed by those whose it is.
OF_THE_TOWN = frozenset(
    {"park", "playground", "dog-park", "shared-garden", "recycling", "defibrillator", "book-box", "town-hall",
     "police-fire", "sight", "fountain", "drinking-water", "composting", "toilets", "dog-bags", "glass", "market"}
)  # fmt: skip
CODE_LENGTH = 8  # 23**8, 78 thousand million: five tries are nothing
CODE_LASTS = timedelta(days=60)
MOST_WRONG = 5


class Standing(StrEnum):
    """Where a claim stands."""

    WAITING = "waiting"  # for the town: a letter to print, a call to make, a number to compare
    SENT = "sent"  # for the code
    PROVED = "proved"  # the code was right; for the town to settle who speaks for the place
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LOCKED = "locked"  # too many wrong codes
    EXPIRED = "expired"  # nobody typed the code in time


OPEN = frozenset({Standing.WAITING, Standing.SENT, Standing.PROVED})
FOR_AGENT = frozenset({Standing.WAITING, Standing.PROVED})
_ENDS = {
    "confirmed": Standing.CONFIRMED,
    "refused": Standing.REFUSED,
    "withdrawn": Standing.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class State:
    """A standing, since when, how many wrong codes were typed, and until when the code holds."""

    standing: Standing
    since: datetime
    wrong: int = 0
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to it."""
        return self.standing in OPEN

    @property
    def tries_left(self) -> int:
        """How many codes may still be typed."""
        return max(0, MOST_WRONG - self.wrong)


def state_of(events: Iterable[tuple[str, datetime]], at: datetime) -> State:
    """Where the claim stands at ``at``; ``events`` are (kind, moment), in order, the first is ``asked``."""
    known = [(kind, when) for kind, when in events if when <= at]
    if not known:
        raise ValueError("a claim begins by being asked")
    state = State(Standing.WAITING, known[0][1])
    for kind, when in known:
        state = _after(state, kind, when)
    if state.standing is Standing.SENT and state.until is not None and at >= state.until:
        return State(Standing.EXPIRED, state.until, state.wrong, state.until)
    return state


def _after(state: State, kind: str, when: datetime) -> State:
    if kind in _ENDS:
        return State(_ENDS[kind], when, state.wrong)
    if kind == "sent":
        return State(Standing.SENT, when, state.wrong, when + CODE_LASTS)
    if kind == "proved":
        return State(Standing.PROVED, when, state.wrong)
    if kind == "wrong":
        wrong = state.wrong + 1
        standing, since = (Standing.LOCKED, when) if wrong >= MOST_WRONG else (state.standing, state.since)
        return State(standing, since, wrong, state.until)
    return state


def may_be_claimed(category: str) -> bool:
    """Whether a place of this category can be somebody's."""
    return category not in OF_THE_TOWN


def new_code() -> str:
    """A code to print or read out, in letters and figures that are not taken for one another."""
    return short_code(CODE_LENGTH)


def spaced(code: str) -> str:
    """``K7RV DBCH``: as it is printed."""
    return f"{code[:4]} {code[4:]}"


def digest(claim: UUID, code: str) -> str:
    """What is kept of a code: nobody who reads the database can type it."""
    return salted_hmac("parvis.places.claims", f"{claim}:{_bare(code)}", algorithm="sha256").hexdigest()


def is_right(claim: UUID, typed: str, kept: str) -> bool:
    """Whether ``typed`` is the code behind ``kept``; takes the same time for every wrong one."""
    return bool(kept) and constant_time_compare(digest(claim, typed), kept)


def _bare(code: str) -> str:
    return re.sub(r"[\W_]+", "", code).upper()[:40]
