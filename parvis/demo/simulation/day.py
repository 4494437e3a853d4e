"""The day as a whole: who works, what time it is, where each order stands in people's hands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from parvis.core.errors import Refusal
from parvis.delivery.models import Hub
from parvis.demo.simulation.clock import Clock
from parvis.demo.simulation.fates import Fates
from parvis.demo.simulation.tally import Tally
from parvis.people.models import Person, Role
from parvis.towns.models import Town


@dataclass
class Day:
    """One day of one town. ``iterations`` is how long a wave is searched, ``quick`` how long a replan is."""

    town: Town
    hub: Hub
    date: date
    clock: Clock
    fates: Fates
    seed: int = 1
    iterations: int = 3000
    quick: int = 600
    tally: Tally = field(default_factory=Tally)
    number_of: dict[UUID, int] = field(default_factory=dict)  # place of each delivery's order in the day
    staff: dict[str, Person | None] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What the clock of the day says."""
        return self.clock.now

    def worker(self, kind: Role.Kind) -> Person | None:
        """Somebody with a role in the town, or None where nobody has it."""
        if kind not in self.staff:
            role = Role.objects.filter(town=self.town, kind=kind).select_related("person").order_by("id").first()
            self.staff[kind] = role.person if role else None
        return self.staff[kind]

    def tried(self, verb: Callable[..., Any], **given: Any) -> bool:
        """Do something now; a refusal is noted and is no end of the day."""
        try:
            verb(at=self.now, **given)
        except Refusal as refusal:
            self.tally.refusals.append(f"{verb.__name__}: {refusal}")
            return False
        return True
