"""A clock that jumps from event to event."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

type Event = Callable[[], object]


class Clock:
    """Events in the order of their time; those of one moment in the order in which they were asked for."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._events: list[tuple[datetime, int, Event]] = []
        self._numbers = count()

    def at(self, when: datetime, event: Event) -> None:
        """Let ``event`` happen at ``when``, or now if that has passed."""
        heapq.heappush(self._events, (max(when, self.now), next(self._numbers), event))

    def run(self, until: datetime | None = None) -> None:
        """Let everything happen up to ``until`` (included), or to the end; what comes later stays undone."""
        while self._events and (until is None or self._events[0][0] <= until):
            self.now, _, event = heapq.heappop(self._events)
            event()
