"""The crates of the hub for the bags of its deliveries: which numbers are free, which bag lies in which crate.

The numbers are painted on the boxes. From ``Hub.cold_from`` on they are cold boxes: bags that are kept cool or frozen
go into these alone, and nothing else does. How many a delivery needs is worked out by ``packing.py``.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.delivery.models import Bag, BagEvent, Crate
from parvis.delivery.packing import Box, Packed, boxes_for
from parvis.towns.models import Town


def as_packed(bag: Bag, stop: int = 0) -> Packed:
    """A bag as the packer sees it."""
    return Packed(str(bag.pk), str(bag.delivery_id), bag.grams, bag.millilitres, bag.temperature, stop)


def boxes_of(bags: Iterable[Bag]) -> list[Box]:
    """The boxes that the bags of one delivery fill."""
    return boxes_for(as_packed(bag) for bag in bags)


def free_crates(town: Town, boxes: Sequence[Box], *, cold_from: int, taken: Iterable[int] | None = None) -> list[int]:
    """The lowest numbers of crates that hold nothing, cold ones where the boxes must be cold.

    ``taken`` spares the question to the database where many deliveries are looked at.
    """
    used = set(taken_crates(town) if taken is None else taken)
    found = []
    for cold in (False, True):
        number = cold_from if cold else 1
        for _box in (box for box in boxes if box.cold == cold):
            while number in used:
                number += 1
            used.add(number)
            found.append(number)
    return found


def taken_crates(town: Town) -> set[int]:
    """The numbers of crates that hold something."""
    return set(Crate.objects.filter(town=town, released_at=None).values_list("number", flat=True))


def crate_of(bag: Bag) -> int | None:
    """The crate in which a bag was put last, from its events; None before it was."""
    numbers = [event.detail.get("crate") for event in bag.events.all() if event.kind == BagEvent.Kind.PACKED]
    return int(numbers[-1]) if numbers and numbers[-1] is not None else None


def put_into(bags: Sequence[Bag], numbers: Sequence[int], *, cold_from: int, code: str) -> Mapping[UUID, int]:
    """The crate for each bag, from the numbers that the hub has chosen for delivery ``code``.

    Where these are fewer than the volume asks for, the last of a kind takes the rest: who packs sees better than we do.
    Raises Refusal where something cold would not lie in a cold box, where cool and frozen would lie together, or where
    a cold box is taken for nothing.
    """
    boxes = boxes_of(bags)
    plain = [number for number in numbers if number < cold_from]
    cold = [number for number in numbers if number >= cold_from]
    warmths = list(dict.fromkeys(box.temperature for box in boxes if box.cold))
    if len(cold) < len(warmths):
        raise Refusal(_needs_cold(bags, cold, cold_from, code))
    if bags and cold and not warmths:
        raise Refusal(_("Crate %(number)s is a cold box, and nothing of %(code)s needs one.") % _said(cold[0], code))
    if any(not box.cold for box in boxes) and not plain:
        said = _("Not everything of %(code)s is cold: it needs another crate, below %(number)s.")
        raise Refusal(said % _said(cold_from, code))
    places: dict[UUID, int] = {}
    by_id = {str(bag.pk): bag.pk for bag in bags}
    shares = _shared_out(cold, [sum(box.temperature == one for box in boxes) for one in warmths])
    for warmth, own in [("ambient", plain), *zip(warmths, shares, strict=True)]:
        for index, box in enumerate(box for box in boxes if box.temperature == warmth):
            places |= {by_id[bag.id]: own[min(index, len(own) - 1)] for bag in box.bags}
    return places


def _said(number: int, code: str) -> dict[str, object]:
    return {"number": number, "code": code}


def _needs_cold(bags: Sequence[Bag], cold: Sequence[int], cold_from: int, code: str) -> str:
    if cold:
        return _("%(code)s needs two cold boxes: what is kept cool and what is frozen do not lie together.") % {
            "code": code
        }
    bag = next(bag for bag in bags if bag.temperature != Bag.Temperature.AMBIENT)
    return _("Bag %(bag)s goes into a cold box: those are numbered from %(number)s on.") % {
        "bag": bag.code,
        "number": cold_from,
    }


def _shared_out(numbers: Sequence[int], wanted: Sequence[int]) -> list[list[int]]:
    """Numbers shared out among temperatures: what each wants, but one at least is left to each that follows."""
    shares, rest = [], list(numbers)
    for index, count in enumerate(wanted):
        later = len(wanted) - index - 1
        most = max(1, min(count, len(rest) - later))
        shares.append(rest[:most])
        rest = rest[most:]
    return shares
