"""The rider's question: where next? Read from the rounds of one rider's day."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from parvis.core.time import day_bounds
from parvis.delivery.models import DeliveryEvent, Round, Shift, Stop
from parvis.delivery.parcels import Parcel
from parvis.delivery.pickups import PickUp, to_fetch
from parvis.delivery.states import DeliveryState
from parvis.delivery.trips import Trip, trips_of
from parvis.people.models import Person
from parvis.towns.models import Town

WIDEST_WORD = 14  # letters: so many fit on a telephone of 360 px


@dataclass(frozen=True)
class RiderDay:
    """The published rounds of one rider on one day, in order."""

    trips: tuple[Trip, ...]
    breaks: tuple[Shift, ...] = ()  # the shifts of the day that have one, and of the night that still goes on

    @classmethod
    def load(cls, rider: Person, town: Town, day: date, at: datetime) -> "RiderDay":
        """As things stand ``at``, in a fixed number of queries."""
        rounds = Round.objects.of_rider(rider, day, at).filter(town=town).select_related("plan__hub")
        start, end = day_bounds(day, town.zone)
        begun, of_the_night = Q(starts_at__gte=start, starts_at__lt=end), Q(starts_at__lt=start, ends_at__gt=at)
        shifts = Shift.objects.filter(begun | of_the_night, town=town, rider=rider, break_starts_at__isnull=False)
        return cls(tuple(trips_of(rounds)), tuple(shifts.order_by("starts_at")))

    @property
    def current(self) -> Trip | None:
        """The round on the road, else the first that has not left."""
        on_the_road = next((t for t in self.trips if t.round.left_at and not t.round.back_at), None)
        return on_the_road or next((t for t in self.trips if not t.round.left_at), None)

    @property
    def open(self) -> list[Trip]:
        """The rounds that are not over: the one on the road, then those to come."""
        return sorted((t for t in self.trips if not t.round.back_at), key=lambda trip: trip.round.left_at is None)

    @property
    def later(self) -> list[Trip]:
        """The rounds that follow the current one."""
        return [trip for trip in self.trips if not trip.round.left_at and trip is not self.current]

    @property
    def delivered(self) -> int:
        """How many deliveries were handed over today."""
        return sum(trip.delivered for trip in self.trips)

    @property
    def metres(self) -> int:
        """How far the rounds that are back led."""
        return sum(trip.round.metres for trip in self.trips if trip.round.back_at)


def ended(parcel: Parcel, since: datetime | None) -> DeliveryEvent | None:
    """How a delivery ended at its door on the round that left at ``since``; None if it has not."""
    end = parcel.story_end
    return end if end and since and end.at >= since else None


@dataclass(frozen=True)
class Door:
    """A stop in the list of a round: where, and how it stands."""

    stop: Stop
    parcel: Parcel
    trip: Trip

    @cached_property
    def end(self) -> DeliveryEvent | None:
        """How it ended on this round."""
        return ended(self.parcel, self.trip.round.left_at)

    @property
    def stays(self) -> bool:
        """The bike left without it."""
        return bool(self.trip.round.left_at) and not self.parcel.aboard and self.end is None and self.fetch is None

    @cached_property
    def fetch(self) -> PickUp | None:
        """The shop at which the rider has still to fetch it."""
        return to_fetch(self.stop) if self.parcel.to_fetch else None

    @property
    def shop(self) -> str:
        """The name of that shop."""
        return ", ".join(dict.fromkeys(bag.sender for bag in self.parcel.to_fetch))

    @property
    def shop_phone(self) -> str:
        """Its telephone number, if it said one."""
        return next((bag.sender_phone for bag in self.parcel.to_fetch), "")

    @cached_property
    def tried(self) -> DeliveryEvent | None:
        """The last time that nobody could take it, if the rider comes by again."""
        since = self.trip.round.left_at
        tries = [e for e in self.stop.delivery.events.all() if e.kind == DeliveryEvent.Kind.TRIED]
        return tries[-1] if tries and since and tries[-1].at >= since and self.end is None else None

    @property
    def standing(self) -> str:
        """``waits``, ``tried``, ``delivered``, ``failed`` or ``stays``: one word, for scripts and templates."""
        if self.end is not None:
            return str(self.end.kind)
        if self.stays:
            return "stays"
        return "tried" if self.tried else "waits"

    @property
    def street(self) -> str:
        """The first part of the address, to be read from the saddle."""
        return street_and_town(self.stop.delivery.address)[0]

    @property
    def street_is_wide(self) -> bool:
        """Whether a word of it is too wide for a small telephone in the largest letters: ``Amerikaansestraat``."""
        return max(map(len, self.street.split()), default=0) > WIDEST_WORD

    @property
    def rest(self) -> str:
        """What follows the street."""
        return street_and_town(self.stop.delivery.address)[1]


def doors(trip: Trip) -> list[Door]:
    """The stops of a round in their order."""
    return [Door(stop, parcel, trip) for stop, parcel in trip.parcels]


def ahead(trip: Trip) -> list[Door]:
    """The doors that are still to come, in the order in which they are ridden: those tried in vain come last."""
    found = doors(trip)
    if trip.round.left_at is None:
        return found
    waiting = [door for door in found if door.fetch or door.parcel.state == DeliveryState.ON_THE_WAY]
    tries = {door.stop.pk: door.tried.at for door in waiting if door.tried is not None}
    again = [door for door in waiting if door.stop.pk in tries]
    return [d for d in waiting if d.stop.pk not in tries] + sorted(again, key=lambda door: tries[door.stop.pk])


def street_and_town(address: str) -> tuple[str, str]:
    """An address in two: the street, to be read from the saddle, and the rest."""
    street, _comma, rest = address.partition(",")
    return street.strip(), rest.strip()
