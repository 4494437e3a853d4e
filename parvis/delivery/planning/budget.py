"""How long to search."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

TELL_EVERY = 0.5
"""Seconds on the wall between two words to whoever watches."""

type Watch = Callable[[float], bool]
"""Is told the part of the budget that is used up; False ends the search with the best plan so far."""


@dataclass(slots=True)
class Budget:
    """A number of iterations, capped by seconds of processor time of this thread.

    Not time on the wall: a busy neighbour on the same machine must not change the plan.
    """

    iterations: int
    seconds: float | None
    spent: int = 0
    since: float = field(default_factory=time.thread_time)
    watch: Watch | None = None
    told: float = field(default_factory=time.monotonic)
    stopped: bool = False

    def part(self) -> float:
        """The part of the budget that is used up, 1 or more when it is at an end or somebody stops the search."""
        part = self._used()
        if self.watch is not None and not self.stopped and time.monotonic() - self.told >= TELL_EVERY:
            self.told = time.monotonic()
            self.stopped = not self.watch(min(part, 1.0))
        return 1.0 if self.stopped else part

    def _used(self) -> float:
        used = self.spent / self.iterations if self.iterations else 1.0
        if self.seconds is None:
            return used
        elapsed = time.thread_time() - self.since
        return max(used, elapsed / self.seconds if self.seconds else 1.0)
