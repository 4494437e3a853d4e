"""The delivery windows that a basket can really make: a promise is shown only if shops and bikes can keep it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.time import day_of
from parvis.delivery.actions.daytours import nobody_rides, offers
from parvis.delivery.actions.problems import load_for
from parvis.delivery.models import Bike, Hub, SharedHub, Window
from parvis.delivery.sizes import MILLILITRES_FILLED
from parvis.delivery.skills import can_carry, together
from parvis.market.availability import allowed_on, share_promise
from parvis.market.choices import ShopBasket
from parvis.market.closures import closed_on
from parvis.market.models import MarketClosure, Modality
from parvis.market.promises import ShopRules, promise
from parvis.towns.models import Town

FEW_PLACES = 5
CLEARLY_LESS_M = 300  # less than that is chance, not a reason to come at another time
ON_THE_WAY_M = 50  # a door that costs less lies where a bike passes anyway
MOST_SLOTS = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """A window with room, and the shops of the basket that would be ready too late for it.

    ``metres`` is what a bike rides more for this door, where the door and the bikes of the day are known; ``greener``
    says that this is clearly less than in another window.
    """

    window: Window
    places_left: int
    too_soon_for: frozenset[UUID]
    metres: int | None = None
    greener: bool = False

    @property
    def few(self) -> bool:
        """Whether it is nearly full."""
        return self.places_left <= FEW_PLACES

    @property
    def on_the_way(self) -> bool:
        """Whether a bike passes the door anyway."""
        return self.metres is not None and self.metres < ON_THE_WAY_M


def slots_for(
    town: Town,
    groups: Sequence[ShopBasket],
    at: datetime,
    rules: Mapping[UUID, ShopRules],
    closures: Sequence[MarketClosure] = (),
) -> list[Slot]:
    """Open windows, soonest first, that at least one bike shop of the basket can make on days when the market is open.

    Windows in which nobody rides are left out. One query for windows, one for shifts and one for the bikes; closures of
    the places are loaded with the basket.
    """
    by_bike = [share for share in groups if any(m.kind == Modality.Kind.BIKE for m in share.offered)]
    if not by_bike:
        return []
    ready = {share.shop.pk: _ready(rules[share.shop.pk], share, at) for share in by_bike}
    slots = []
    for window in _ridden(town, Window.objects.open_at(town, at)[: MOST_SLOTS * 4], at, closures):
        day = window.day_in(town.zone)
        late = frozenset(
            share.shop.pk
            for share in by_bike
            if (moment := ready[share.shop.pk]) is None
            or moment > window.goods_due_at
            or not allowed_on(share, day, at)
        )
        if len(late) < len(ready):
            slots.append(Slot(window, window.capacity - window.booked, late))  # type: ignore[attr-defined]
    return slots[:MOST_SLOTS]


def reachable(town: Town, slots: Sequence[Slot], groups: Sequence[ShopBasket], door: Point, at: datetime) -> list[Slot]:
    """The slots in which a bike can be at the door with all of this, the greener one first, then the soonest."""
    load = load_for(door, groups)
    found = offers(town=town, windows=[slot.window for slot in slots], load=load, at=at)
    can = [replace(slot, metres=found[slot.window.pk].metres) for slot in slots if slot.window.pk in found]
    can = one_of_each(sorted(can, key=lambda slot: (slot.metres is None, slot.metres)))
    return sorted(_greener(can), key=lambda slot: (not slot.greener, slot.window.starts_at))


def riders(town: Town, slots: Sequence[Slot], at: datetime) -> list[str]:
    """The names of the towns whose bikes ride in these slots, none where only the town's own do.

    Without a slot: the towns from whose hubs bikes come at all, its own and those of neighbours by agreement.
    """
    if slots:
        towns = {slot.window.town_id for slot in slots}
    else:
        shared = SharedHub.objects.open_to(town, day_of(at, town.zone)).order_by().values("hub")
        towns = set(Hub.objects.filter(Q(town=town) | Q(pk__in=shared)).values_list("town", flat=True))
    if towns <= {town.pk}:
        return []
    return list(Town.objects.filter(pk__in=towns).order_by("name").values_list("name", flat=True))


def one_of_each(slots: Sequence[Slot]) -> list[Slot]:
    """The first slot of each hour: where two hubs of a town deliver at the same time, the buyer chooses a time only."""
    first: dict[tuple[datetime, datetime], Slot] = {}
    for slot in slots:
        first.setdefault((slot.window.starts_at, slot.window.ends_at), slot)
    return list(first.values())


def next_window(rules: ShopRules, at: datetime, closures: Sequence[MarketClosure]) -> Window | None:
    """The first ride for which a shop can still have something ready: the town's next one may leave before it opens."""
    try:
        ready = promise(rules, 1, at).ready_at
    except Refusal:
        return None
    windows = Window.objects.open_at(rules.town, at).select_related("town").filter(goods_due_at__gte=ready)
    return next(iter(_ridden(rules.town, windows[:MOST_SLOTS], at, closures)), None)


def next_rides(town: Town, at: datetime, closures: Sequence[MarketClosure]) -> list[Window]:
    """The next rides of the town for which one may still order, the soonest first."""
    return _ridden(town, Window.objects.open_at(town, at)[:MOST_SLOTS], at, closures)


def _ridden(town: Town, windows: Iterable[Window], at: datetime, closures: Sequence[MarketClosure]) -> list[Window]:
    """Of some windows those in which somebody rides, on days when the market is open. One query for the shifts."""
    windows = list(windows)
    alone = nobody_rides(town, windows, at)
    return [
        window for window in windows if window.pk not in alone and not closed_on(window.day_in(town.zone), closures)
    ]


def _greener(slots: list[Slot]) -> list[Slot]:
    """Marks the slot for which bikes ride least, where another costs them clearly more."""
    known = [(slot.metres, slot.window.starts_at) for slot in slots if slot.metres is not None]
    if not known or max(known)[0] - min(known)[0] < CLEARLY_LESS_M:
        return slots
    best = min(known)
    return [replace(slot, greener=(slot.metres, slot.window.starts_at) == best) for slot in slots]


def _ready(rules: ShopRules, share: ShopBasket, at: datetime) -> datetime | None:
    """The soonest that the shop can promise; None when it can promise nothing."""
    try:
        return share_promise(rules, share, at).ready_at
    except Refusal:
        return None


def fits_a_bike(slots: Sequence[Slot], groups: Sequence[ShopBasket]) -> bool:
    """Whether the largest bike that rides in one of these slots can carry what these shops would send, and one of them
    all that is heavy or large in one piece.
    """
    bikes = Bike.objects.filter(hub__in={slot.window.hub_id for slot in slots})
    largest = bikes.aggregate(grams=Max("max_grams"), ml=Max("max_millilitres"))
    grams, millilitres = sum(s.grams for s in groups), sum(s.millilitres for s in groups)
    needs = together(share.needs for share in groups)
    if needs and not any(can_carry(bike.skills, needs) for bike in bikes):
        return False
    return grams <= (largest["grams"] or 0) and millilitres <= (largest["ml"] or 0) * MILLILITRES_FILLED
