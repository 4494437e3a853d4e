"""Who bears how much of a day that towns share. Pure.

Kilometres of a round belong to the towns of its doors, by how far each door lies from the hub as the crow flies: a town
whose doors are twice as far is the reason for about twice the way, whatever the order in which they are ridden. Costs
follow the rule of the agreement. Everything is split by largest remainder, so that shares add up exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from parvis.core.money import split
from parvis.delivery.costs import Cost

type HubDay = tuple[UUID, date]
"""A hub by its id, and one of its days."""


def shared(amount: int, weights: Mapping[UUID, int]) -> dict[UUID, int]:
    """An amount by weights, exactly; all of it to the first where nothing weighs: the first is the host."""
    keys = list(weights)
    given = list(weights.values())
    if not any(given):
        given = [1, *(0 for _key in keys[1:])]
    return dict(zip(keys, split(amount, given), strict=True))


def shared_cost(cost: Cost, weights: Mapping[UUID, int]) -> dict[UUID, Cost]:
    """Each kind of a day's costs by itself, so that kinds add up for each town and towns for each kind."""
    riders, hub, bikes = (shared(part, weights) for part in (cost.riders, cost.hub, cost.bikes))
    return {key: Cost(riders[key], hub[key], bikes[key]) for key in weights}


def by_percent(host: UUID, percents: Mapping[UUID, int]) -> dict[UUID, int]:
    """The weights of fixed shares: the host bears what the guests do not."""
    return {host: 100 - sum(percents.values()), **percents}


@dataclass(slots=True)
class Ridden:
    """Metres of rounds by town: those that left, and of these those that came back."""

    out: dict[UUID, int] = field(default_factory=dict)
    back: dict[UUID, int] = field(default_factory=dict)

    def add(self, metres: int, came_back: bool, doors: Sequence[tuple[UUID, int]], host: UUID) -> None:
        """One round: its doors, each with its town and its metres from the hub."""
        weights = {host: 0}
        for town, away in doors:
            weights[town] = weights.get(town, 0) + max(1, away)
        for town, share in shared(metres, weights).items():
            self.out[town] = self.out.get(town, 0) + share
            self.back[town] = self.back.get(town, 0) + (share if came_back else 0)


@dataclass(frozen=True)
class SharedDay:
    """One day of one hub that towns share: what it cost, whom it served. Towns are ids; ``host`` rides.

    ``percents`` holds the fixed share of each guest, and is None where ``by_metres`` or the doors served decide.
    Without a shift (``staffed``) its cost lacks the riders.
    """

    host: UUID
    hub: UUID
    day: date
    guests: tuple[UUID, ...]
    cost: Cost
    drops: Mapping[UUID, int]
    ridden: Ridden
    by_metres: bool = False
    percents: Mapping[UUID, int] | None = None
    staffed: bool = True

    @property
    def weights(self) -> dict[UUID, int]:
        """By what costs are split, the host first."""
        if self.percents is not None:
            return by_percent(self.host, self.percents)
        measured = self.ridden.out if self.by_metres else self.drops
        guests = {guest: measured.get(guest, 0) for guest in self.guests}
        return {self.host: sum(measured.values()) - sum(guests.values()), **guests}

    @cached_property
    def costs(self) -> dict[UUID, Cost]:
        """What each town bears."""
        return shared_cost(self.cost, self.weights)

    def cost_of(self, town: UUID) -> Cost:
        """What one town bears."""
        return self.costs.get(town, Cost())

    def out(self, town: UUID) -> int:
        """Metres of rounds that left, ridden for one town."""
        return self.ridden.out.get(town, 0)

    def back(self, town: UUID) -> int:
        """Of these, metres of rounds that came back."""
        return self.ridden.back.get(town, 0)
