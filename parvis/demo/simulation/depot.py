"""The hub: bags come in, are brought together in crates, and are looked at once more before they leave.

Beside the rows of the town stands what is really in people's hands: which bag lies in which crate. The two are compared
at every door, so a mix-up that the town's program did not catch would show.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

from parvis.core.errors import Refusal
from parvis.core.ids import CODE_ALPHABET
from parvis.delivery.actions import pack_into, report_missing, scan_bag_in
from parvis.delivery.crating import boxes_of, crate_of, free_crates
from parvis.delivery.models import Bag, Crate, Delivery, Round
from parvis.delivery.pickups import to_fetch
from parvis.delivery.states import BagState
from parvis.demo.simulation.day import Day
from parvis.market.models import Order, Part
from parvis.market.pickups import rider_comes
from parvis.people.models import Role

ERRAND = timedelta(minutes=25)  # until a shop that a rider left in vain has brought its bag
_AWAITED = {BagState.EXPECTED, BagState.READY}


class Depot:
    """The hub's people."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.bag_of: dict[str, Bag] = {}  # by the part that it holds
        self.here: set[UUID] = set()  # bags that are really in the hub
        self.lies_in: dict[UUID, int] = {}  # crate in which a bag really lies
        self.crates_of: dict[UUID, list[int]] = {}  # by delivery, as the labels say
        used = Crate.objects.filter(town=day.town, released_at=None).values_list("number", flat=True)
        self._elsewhere = set(used)

    def expect(self, order: Order) -> None:
        """Bags will come for this order."""
        self.bag_of |= {bag.sender_ref: bag for bag in order.delivery.bags.all()} if order.delivery else {}

    def waits_for_rider(self, part: Part) -> bool:
        """Whether its shop keeps a part's bag because a rider comes for it."""
        return rider_comes(part) is not None

    def bring_later(self, bags: list[Bag]) -> None:
        """A rider came in vain: whoever has these bags brings them to the hub once they are packed."""
        parts = {str(part.pk): part for part in Part.objects.filter(pk__in=[bag.sender_ref for bag in bags])}
        for bag in bags:
            if part := parts.get(bag.sender_ref):
                number = self.day.number_of.get(bag.delivery_id, 0)
                self.day.clock.at(self.day.now + ERRAND, partial(self.receive, part, number))

    def receive(self, part: Part, number: int) -> None:
        """Somebody brings a bag and types its code, sometimes wrongly, sometimes twice."""
        bag, by = self.bag_of[str(part.pk)], self.day.worker(Role.Kind.HUB)
        self.here.add(bag.pk)
        if self.day.fates.slips("code", number):
            try:
                found = scan_bag_in(town=self.day.town, code=_mistyped(bag.code), at=self.day.now, by=by)
                self.day.tally.missorted += found.pk != bag.pk
            except Refusal:
                self.day.tally.wrong_scans_refused += 1
        if self.day.tried(scan_bag_in, town=self.day.town, code=bag.code, by=by) and self.day.fates.slips(
            "twice", number
        ):
            self.day.tried(scan_bag_in, town=self.day.town, code=bag.code, by=by)

    def awaited(self, round_: Round) -> list[Bag]:
        """Bags of a round that are not here yet."""
        stops = round_.stops.select_related("delivery").prefetch_related("delivery__bags__events", "delivery__events")
        return [
            bag
            for stop in stops
            if to_fetch(stop) is None
            for bag in stop.delivery.live_bags()
            if bag.state in _AWAITED
        ]

    def give_up(self, bags: list[Bag]) -> None:
        """Say that bags will not come in time; what is here of their delivery leaves without them."""
        for bag in bags:
            if self.day.tried(report_missing, bag=bag, by=self.day.worker(Role.Kind.HUB)):
                self.day.tally.reported_missing += 1

    def load(self, round_: Round) -> None:
        """Pack every stop of a round, then look at each bag once more."""
        stops = round_.stops.select_related("delivery").prefetch_related("delivery__bags__events")
        packed = [stop.delivery for stop in stops if self.pack(stop.delivery)]
        for delivery in packed:
            self._check(delivery)

    def pack(self, delivery: Delivery) -> bool:
        """Bring the bags of one delivery together, if all are here; whether that was done."""
        states = {bag: bag.state for bag in delivery.live_bags()}
        here = [bag for bag, state in states.items() if state in {BagState.AT_HUB, BagState.PACKED}]
        if not here or any(state in _AWAITED for state in states.values()):
            return False
        number, by = self.day.number_of.get(delivery.pk, 0), self.day.worker(Role.Kind.HUB)
        wanted = self.crates_of.get(delivery.pk) or self._free(here)
        others = sorted(n for pk, numbers in self.crates_of.items() if pk != delivery.pk for n in numbers)
        if others and self.day.fates.slips("crate", number):
            try:
                pack_into(delivery=delivery, crates=[others[number % len(others)]], at=self.day.now, by=by)
                self.day.tally.missorted += len(here)
            except Refusal:
                self.day.tally.wrong_crates_refused += 1
        if not self.day.tried(pack_into, delivery=delivery, crates=wanted, by=by):
            return False
        self.crates_of[delivery.pk] = wanted
        self.lies_in |= {
            bag.pk: crate for bag in delivery.bags.prefetch_related("events") if (crate := crate_of(bag)) is not None
        }
        if others and self.day.fates.slips("mixed", number):
            self.lies_in[here[0].pk] = others[number % len(others)]
            self.day.tally.mixups += 1
        return True

    def _check(self, delivery: Delivery) -> None:
        """The last look before the bike: each bag's code tells its delivery; one in a wrong crate is put right."""
        for bag in delivery.live_bags():
            if bag.pk not in self.lies_in:
                continue
            said = scan_bag_in(town=self.day.town, code=bag.code, at=self.day.now, by=self.day.worker(Role.Kind.HUB))
            right = self.crates_of[said.delivery_id]
            if self.lies_in[bag.pk] not in right:
                self.lies_in[bag.pk] = right[0]
                self.day.tally.mixups_caught += 1

    def handed_out(self, delivery: Delivery) -> None:
        """At the door the rider empties the delivery's crates: whatever lies in them is gone."""
        crates = set(self.crates_of.pop(delivery.pk, ()))
        own = {bag.pk for bag in delivery.bags.all()}
        out = [bag for bag, crate in self.lies_in.items() if crate in crates]
        self.day.tally.missorted += sum(bag not in own for bag in out)
        for bag in out:
            del self.lies_in[bag]

    def _free(self, bags: list[Bag]) -> list[int]:
        """Crates that hold nothing, cold ones for what is cold."""
        used = {n for numbers in self.crates_of.values() for n in numbers} | self._elsewhere
        return free_crates(self.day.town, boxes_of(bags), cold_from=self.day.hub.cold_from, taken=used)


def _mistyped(code: str) -> str:
    """A code with its last sign read as the next one of the alphabet."""
    at = CODE_ALPHABET.index(code[-1])
    return code[:-1] + CODE_ALPHABET[(at + 1) % len(CODE_ALPHABET)]
