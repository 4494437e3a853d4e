"""One delivery to one door, and the other ways in which it may be made: in another window, or straight from its shop.

A drop with options is one promise and several ways to keep it: a plan takes one of them, and its stop says which.
Everything that plans works on the drop *as taken* (`Drop.variants`, `Drop.as_taken`): a plain drop again, with the
place, window and service of that way. So what has no options costs nothing.

Straight from the shop: the bags never come to the hub. The way is a place of its own in the matrices (`detours`): the
way into it leads through the shop to the door, the way out of it begins at the door. So shop and door follow each
other, and no rule of the planner has to know of shops.
"""

from dataclasses import dataclass, replace
from typing import Self

from .plan import refuse


@dataclass(frozen=True, slots=True)
class Option:
    """Another way to make a delivery; its fields hold in place of the drop's own.

    ``collect`` is the location of the shop where the bike takes the bags (None: they ride from the hub). Then
    ``location`` is a detour, ``service_seconds`` holds the handing over at the shop and at the door, ``earliest`` and
    ``latest`` bound the moment that comes before both and after both rides: less the ride from the shop, it is when
    the bike rings at the shop. ``ready_at`` then holds up no departure: that the bags are ready is in ``earliest``.
    What must stay cold is counted from the shop, by whoever makes the option: ``max_aboard`` from the hub is mostly
    None. The load is counted from the hub on, though the bags come aboard later: a bike is never fuller than we say.
    ``spared`` is what this way spares others than the bikes, in the units of a plan's cost: a shop's own way to the hub
    and the hands there. The plan weighs it where it chooses; its cost stays that of the bikes.
    """

    id: str
    location: int
    earliest: int
    latest: int
    service_seconds: int
    ready_at: int = 0
    max_aboard: int | None = None
    collect: int | None = None
    spared: int = 0

    def __post_init__(self) -> None:
        refuse(not self.id, "An option has an id.")
        refuse(self.spared < 0, f"Option {self.id}: a way spares nothing less than nothing.")
        refuse(min(self.location, self.collect or 0) < 0, f"Option {self.id}: a location is an index of the matrices.")
        refuse(self.earliest < 0, f"Option {self.id}: the window counts from midnight and opens at 0 or later.")
        refuse(self.latest < self.earliest, f"Option {self.id}: the window closes after it opens.")
        refuse(self.service_seconds < 0, f"Option {self.id}: service takes no negative time.")
        refuse(self.ready_at < 0, f"Option {self.id}: the bags are ready at 0 or later.")
        refuse((self.max_aboard or 0) < 0, f"Option {self.id}: no negative time on board.")


@dataclass(frozen=True, slots=True)
class Drop:
    """One delivery to one door.

    `earliest` and `latest` bound the start of service, `ready_at` is the moment its last bag is at the
    hub, `location` its index in the matrices (0 is the hub itself). `cold_crates` of its `crates` must ride in
    cold boxes, and no more than `max_aboard` seconds pass between departure and its door (None: no limit). `needs`
    are skills that the bike must have. `others` are further ways to make it, of which a plan takes one or none; where
    people were told which, it is `bound` to that one. `option` names the way that this drop stands for ("" for its
    own), `collect` and `spared` are as in `Option`.
    """

    id: str
    location: int
    grams: int
    millilitres: int
    earliest: int
    latest: int
    service_seconds: int
    ready_at: int
    crates: int = 1
    cold_crates: int = 0
    max_aboard: int | None = None
    needs: tuple[str, ...] = ()
    others: tuple[Option, ...] = ()
    bound: str | None = None
    option: str = ""
    collect: int | None = None
    spared: int = 0

    def __post_init__(self) -> None:
        refuse(not self.id, "A drop has an id.")
        object.__setattr__(self, "needs", tuple(sorted(set(self.needs))))
        refuse(self.cold_crates < 0, f"Drop {self.id}: sizes are not negative.")
        refuse((self.max_aboard or 0) < 0, f"Drop {self.id}: no negative time on board.")
        refuse(min(self.location, self.collect or 0) < 0, f"Drop {self.id}: a location is an index of the matrices.")
        refuse(min(self.grams, self.millilitres, self.crates) < 0, f"Drop {self.id}: sizes are not negative.")
        refuse(self.earliest < 0, f"Drop {self.id}: the window counts from midnight and opens at 0 or later.")
        refuse(self.latest < self.earliest, f"Drop {self.id}: the window closes after it opens.")
        refuse(self.service_seconds < 0, f"Drop {self.id}: service takes no negative time.")
        refuse(self.ready_at < 0, f"Drop {self.id}: the bags are ready at 0 or later.")
        if self.others or self.bound is not None:
            ids = {self.option, *(option.id for option in self.others)}
            refuse(len(ids) <= len(self.others), f"Drop {self.id}: each of its options has an id of its own.")
            refuse(self.bound is not None and self.bound not in ids, f"Drop {self.id}: bound to no way of its own.")

    @property
    def variants(self) -> tuple[Self, ...]:
        """The drop once for each way in which it may be made, its own way first; each is a drop without options."""
        if self.bound is not None:
            return (self.as_taken(self.bound),)
        if not self.others:
            return (self,)
        return (self._alone(), *(self._by(option) for option in self.others))

    def goes(self, option: str) -> bool:
        """Whether it has this way."""
        return option == self.option or any(other.id == option for other in self.others)

    def as_taken(self, option: str) -> Self:
        """The drop as this way makes it, whichever it is bound to. Raises KeyError where it has no such way."""
        if option == self.option:
            return self._alone()
        for other in self.others:
            if other.id == option:
                return self._by(other)
        raise KeyError(option)

    def recovered(self, at: int) -> Self:
        """The drop once its bags are at the hub, from `at` on, wherever they were to be taken before."""
        others = tuple(replace(other, ready_at=at) for other in self.others if other.collect is None)
        return replace(self, ready_at=at, others=others, bound=None)

    def _alone(self) -> Self:
        return replace(self, others=(), bound=None) if self.others or self.bound is not None else self

    def _by(self, option: Option) -> Self:
        return replace(
            self,
            location=option.location,
            earliest=option.earliest,
            latest=option.latest,
            service_seconds=option.service_seconds,
            ready_at=option.ready_at,
            max_aboard=option.max_aboard,
            others=(),
            bound=None,
            option=option.id,
            collect=option.collect,
            spared=option.spared,
        )
