"""The hub's questions: what is missing, from whom, by when. All of it read from rows in memory.

``HubDay.load`` asks the database a fixed number of questions, however many deliveries there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef

from parvis.core.time import day_of
from parvis.delivery.chain import lost_at
from parvis.delivery.models import Bag, Delivery, DeliveryEvent, Hub, Plan, Stop, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.parcels import Parcel
from parvis.delivery.pickups import STRAIGHT, at_its_shop
from parvis.delivery.states import BagState


@dataclass(frozen=True, slots=True)
class AwaitedBag:
    """A bag that is still to come, with the delivery it is for."""

    bag: Bag
    parcel: Parcel
    ready: bool  # its shop says that it is packed


@dataclass(frozen=True, slots=True)
class Sender:
    """A shop that still has bags to bring by one moment."""

    name: str
    phone: str
    due_at: datetime
    late: bool
    bags: tuple[AwaitedBag, ...]


@dataclass(frozen=True)
class HubDay:
    """The deliveries of some windows of one day at the hub, as things stand at ``at``."""

    hub: Hub
    day: date
    windows: tuple[Window, ...]  # of the whole day
    chosen: tuple[Window, ...]  # those shown
    at: datetime
    parcels: tuple[Parcel, ...]

    @classmethod
    def load(cls, hub: Hub, *, at: datetime, day: date | None = None, window: UUID | str | None = None) -> "HubDay":
        """The chosen window (its id, or ``"day"`` for all of them), else the next one that is not over."""
        if day is None:
            day = _day_to_show(hub, window, at)
        windows = tuple(Window.objects.filter(of_days(day, day, hub.town.zone), hub=hub))
        chosen = _chosen(windows, window, at)
        found = Delivery.objects.expected().filter(town=hub.town_id, window__in=chosen).with_story()
        of_window = {one.pk: one for one in windows}
        fetched = fetch_moments(hub, windows)
        parcels = []
        for delivery in found.order_by("window__starts_at", "code"):
            delivery.window = of_window[delivery.window_id]
            parcels.append(Parcel(delivery, fetched.get(delivery.pk) if at_its_shop(delivery) else None))
        return cls(hub, day, windows, chosen, at, tuple(parcels))

    @property
    def window(self) -> Window | None:
        """The one window that is shown, if it is one."""
        return self.chosen[0] if len(self.chosen) == 1 else None

    @property
    def query(self) -> str:
        """The address of what is shown: ``day=…&window=…``."""
        return f"day={self.day.isoformat()}&window={self.window.pk if self.window else 'day'}"

    @cached_property
    def senders(self) -> list[Sender]:
        """Who has still to bring what, by when: the late ones first."""
        waiting: dict[tuple[datetime, str, str], list[AwaitedBag]] = {}
        for parcel in self.parcels:
            for bag in parcel.awaited:
                key = (parcel.delivery.window.goods_due_at, bag.sender, bag.sender_phone)
                waiting.setdefault(key, []).append(AwaitedBag(bag, parcel, bag.state == BagState.READY))
        senders = [
            Sender(name, phone, due_at, due_at < self.at, tuple(bags))
            for (due_at, name, phone), bags in waiting.items()
        ]
        return sorted(senders, key=lambda s: (s.due_at, all(b.ready for b in s.bags), -len(s.bags), s.name))

    def count(self, *states: BagState) -> int:
        """How many bags are in these states."""
        return sum(1 for parcel in self.parcels for _bag, state in parcel.bags if state in states)

    @property
    def awaited(self) -> int:
        """How many bags are still to come."""
        return sum(len(parcel.awaited) for parcel in self.parcels)

    @property
    def to_fetch(self) -> list[Parcel]:
        """Deliveries that riders fetch at their shop, the first to be fetched first."""
        return sorted((p for p in self.parcels if p.to_fetch), key=lambda p: (p.fetch_at, p.delivery.code))

    @property
    def late(self) -> int:
        """How many of those should have been here already."""
        return sum(len(sender.bags) for sender in self.senders if sender.late)

    @property
    def loose(self) -> int:
        """How many bags are here and in no crate."""
        return self.count(BagState.AT_HUB)

    @property
    def packed(self) -> int:
        """How many bags are in a crate."""
        return self.count(BagState.PACKED)

    @property
    def gone(self) -> int:
        """How many bags have left."""
        return self.count(BagState.LOADED, BagState.DELIVERED)

    @cached_property
    def missing(self) -> list[AwaitedBag]:
        """Bags that will not come: nobody here ever held them."""
        return [item for item in self._not_here if lost_at(item.bag) is None]

    @cached_property
    def lost(self) -> list[AwaitedBag]:
        """Bags that somebody held and that cannot be found."""
        return [item for item in self._not_here if lost_at(item.bag) is not None]

    @property
    def _not_here(self) -> list[AwaitedBag]:
        return [AwaitedBag(bag, parcel, ready=False) for parcel in self.parcels for bag in parcel.missing]

    @cached_property
    def to_give_back(self) -> list[AwaitedBag]:
        """Bags that lie at the hub for nothing: cancelled, or here after their delivery had left."""
        lying = [(parcel, parcel.withdrawn + (parcel.loose if parcel.has_left else [])) for parcel in self.parcels]
        return [AwaitedBag(bag, parcel, ready=False) for parcel, bags in lying for bag in bags]

    @property
    def to_pack(self) -> list[Parcel]:
        """Deliveries whose bags are all here."""
        return [parcel for parcel in self.parcels if parcel.can_pack and not parcel.came_back]

    @property
    def came_back(self) -> list[Parcel]:
        """Deliveries that nobody could take, back at the hub."""
        return [parcel for parcel in self.parcels if parcel.came_back]

    @property
    def waiting(self) -> list[Parcel]:
        """Deliveries that wait for a bag, those that are nearly complete first."""
        waiting = [parcel for parcel in self.parcels if parcel.awaited and not parcel.has_left]
        return sorted(waiting, key=lambda p: (len(p.awaited), p.delivery.window.starts_at, p.delivery.code))

    @property
    def in_crates(self) -> list[Parcel]:
        """Deliveries that are ready for a bike, by the number of their crate."""
        packed = [parcel for parcel in self.parcels if parcel.is_packed and not parcel.came_back]
        return sorted(packed, key=lambda parcel: min((crate.number for crate in parcel.crates), default=0))

    @property
    def left(self) -> list[Parcel]:
        """Deliveries that are on the road or done."""
        return [parcel for parcel in self.parcels if parcel.has_left]

    @property
    def nothing_left(self) -> list[Parcel]:
        """Deliveries of which no bag will come."""
        return [parcel for parcel in self.parcels if not parcel.total and not parcel.has_left]


def parcel_of(delivery: Delivery) -> Parcel:
    """One delivery as the hub sees it; its window and its story are at hand."""
    window = delivery.window
    waits = at_its_shop(delivery) is not None
    return Parcel(delivery, fetch_moments(window.hub, [window]).get(delivery.pk) if waits else None)


def fetch_moments(hub: Hub, windows: Sequence[Window]) -> dict[UUID, datetime]:
    """When riders ring at shops for the deliveries of some windows, by published rounds that are not back; not for
    what was promised another time since (``moved.is_moved``).
    """
    moved = DeliveryEvent.objects.filter(
        delivery=OuterRef("delivery"), kind=DeliveryEvent.Kind.REBOOKED, at__gt=OuterRef("round__plan__published_at")
    )
    stops = Stop.objects.filter(
        town=hub.town_id,
        option=STRAIGHT,
        delivery__window__in=windows,
        round__plan__state=Plan.State.PUBLISHED,
        round__back_at=None,
    )
    moments = stops.exclude(Exists(moved)).values_list("delivery", "fetch_at", "arrive_at")
    return {pk: fetch_at or arrive_at for pk, fetch_at, arrive_at in moments}


def _day_to_show(hub: Hub, window: UUID | str | None, at: datetime) -> date:
    """The day of the window asked for, else of the next window that is not over, else today."""
    windows = Window.objects.filter(hub=hub)
    found = windows.filter(pk=window).first() if isinstance(window, UUID) else None
    found = found or windows.filter(ends_at__gt=at).order_by("starts_at").first()
    return found.day_in(hub.town.zone) if found else day_of(at, hub.town.zone)


def _chosen(windows: Sequence[Window], wanted: UUID | str | None, at: datetime) -> tuple[Window, ...]:
    if wanted == "day":
        return tuple(windows)
    asked = [window for window in windows if window.pk == wanted]
    coming = [window for window in windows if window.ends_at > at]
    return tuple((asked or coming or list(windows[-1:]))[:1])
