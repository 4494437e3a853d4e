"""Which bags go into which boxes, and in which order the boxes go on the bike. Pure: numbers in, boxes out.

Three rules. A box holds bags of one delivery: at the door the rider lifts the box whose number the screen shows, and
nothing that belongs elsewhere can be handed over with it. A box holds one temperature: what is kept cool or frozen goes
into a cold box, never with the rest. A box is neither fuller nor heavier than it may be; a bag larger than any box
travels alone, as the box that it is.

First-fit decreasing finds the boxes; where it uses more than the sum of the bags asks for and the bags are few, every
other way is tried, so that no box too many is ever carried for the delivery of an ordinary household.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

BOX_GRAMS = 25_000  # what one person lifts over the edge of a cargo bike, bag after bag
BOX_MILLILITRES = 60_000
FEW = 9  # bags of one temperature for which all ways are tried


@dataclass(frozen=True, slots=True)
class Packed:
    """A bag as the packer sees it. ``stop`` counts the doors from 1, 0 where no round is known yet."""

    id: str
    delivery: str
    grams: int
    millilitres: int
    temperature: str = "ambient"
    stop: int = 0

    @property
    def cold(self) -> bool:
        """Whether it goes into a cold box."""
        return self.temperature != "ambient"


@dataclass(frozen=True, slots=True)
class Size:
    """What a box may hold."""

    grams: int = BOX_GRAMS
    millilitres: int = BOX_MILLILITRES

    def share(self, bag: Packed) -> float:
        """How much of a box a bag takes, in the dimension that binds."""
        return max(bag.grams / self.grams, bag.millilitres / self.millilitres)


@dataclass(slots=True)
class Box:
    """Bags that travel together: of one delivery, at one temperature."""

    delivery: str
    stop: int
    temperature: str
    bags: list[Packed] = field(default_factory=list)

    @property
    def cold(self) -> bool:
        """Whether it must keep cold."""
        return self.temperature != "ambient"

    @property
    def grams(self) -> int:
        """What its bags weigh."""
        return sum(bag.grams for bag in self.bags)

    @property
    def millilitres(self) -> int:
        """The room that its bags take."""
        return sum(bag.millilitres for bag in self.bags)

    def takes(self, bag: Packed, size: Size) -> bool:
        """Whether one more bag fits."""
        return self.grams + bag.grams <= size.grams and self.millilitres + bag.millilitres <= size.millilitres


def boxes_for(bags: Iterable[Packed], size: Size | None = None) -> list[Box]:
    """The boxes of some bags, in the order in which they are loaded: the last door first, the first on top.

    Boxes of one delivery stand together, the cold ones last, so that they are closed for as long as possible.
    """
    size = size or Size()
    found: list[Box] = []
    groups: dict[tuple[int, str, str], list[Packed]] = {}
    for bag in bags:
        groups.setdefault((bag.stop, bag.delivery, bag.temperature), []).append(bag)
    for (stop, delivery, temperature), group in groups.items():
        for held in _fewest(sorted(group, key=lambda bag: (-size.share(bag), bag.id)), size):
            found.append(Box(delivery, stop, temperature, sorted(held, key=lambda bag: bag.id)))
    return sorted(found, key=lambda box: (-box.stop, box.delivery, box.cold, box.temperature, box.bags[0].id))


def first_fit(bags: Sequence[Packed], size: Size) -> list[list[Packed]]:
    """Each bag, the largest first, into the first box that takes it."""
    boxes: list[Box] = []
    for bag in bags:
        box = next((box for box in boxes if box.takes(bag, size)), None)
        if box is None:
            box = Box(bag.delivery, bag.stop, bag.temperature)
            boxes.append(box)
        box.bags.append(bag)
    return [box.bags for box in boxes]


def _fewest(bags: list[Packed], size: Size) -> list[list[Packed]]:
    found = first_fit(bags, size)
    if len(found) <= _at_least(bags, size) or len(bags) > FEW:
        return found
    for count in range(_at_least(bags, size), len(found)):
        if better := _into(bags, count, size):
            return better
    return found


def _at_least(bags: Sequence[Packed], size: Size) -> int:
    """No fewer boxes than weight and volume together need; those larger than a box have one each."""
    large = [bag for bag in bags if size.share(bag) > 1]
    rest = [bag for bag in bags if size.share(bag) <= 1]
    by_weight = -(-sum(bag.grams for bag in rest) // size.grams)
    by_volume = -(-sum(bag.millilitres for bag in rest) // size.millilitres)
    return len(large) + max(by_weight, by_volume, 1 if rest else 0)


def _into(bags: Sequence[Packed], count: int, size: Size) -> list[list[Packed]] | None:
    """The bags in so many boxes, or None: every way but those that only swap two boxes."""
    boxes = [Box("", 0, "") for _number in range(count)]

    def place(index: int) -> bool:
        if index == len(bags):
            return True
        seen_empty = False
        for box in boxes:
            if not box.bags:
                if seen_empty:
                    return False
                seen_empty = True
            if box.bags and not box.takes(bags[index], size):
                continue
            box.bags.append(bags[index])
            if place(index + 1):
                return True
            box.bags.pop()
        return False

    return [box.bags for box in boxes if box.bags] if place(0) else None


@dataclass(frozen=True, slots=True)
class Overload:
    """By how much boxes are more than a bike takes; zero where they fit."""

    boxes: int = 0
    cold_boxes: int = 0
    grams: int = 0
    millilitres: int = 0

    @property
    def fits(self) -> bool:
        """Nothing is too much."""
        return not (self.boxes or self.cold_boxes or self.grams or self.millilitres)


def overload(
    boxes: Sequence[Box], *, most_boxes: int, most_grams: int, most_millilitres: int, most_cold: int | None = None
) -> Overload:
    """What does not fit on a bike that takes so many boxes (``most_cold`` of them cold), so heavy, so large in all."""
    cold = sum(box.cold for box in boxes)
    return Overload(
        boxes=max(0, len(boxes) - most_boxes),
        cold_boxes=0 if most_cold is None else max(0, cold - most_cold),
        grams=max(0, sum(box.grams for box in boxes) - most_grams),
        millilitres=max(0, sum(box.millilitres for box in boxes) - most_millilitres),
    )
