"""How long to search."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Budget:
    """A number of iterations, capped by seconds of processor time of this thread.

    Not time on the wall: a busy neighbour on the same machine must not change the plan.
    """

    iterations: int
    seconds: float | None
    spent: int = 0
    since: float = field(default_factory=time.thread_time)

    def part(self) -> float:
        """The part of the budget that is used up, 1 or more when it is at an end."""
        used = self.spent / self.iterations if self.iterations else 1.0
        if self.seconds is None:
            return used
        elapsed = time.thread_time() - self.since
        return max(used, elapsed / self.seconds if self.seconds else 1.0)
