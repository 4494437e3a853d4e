"""A demonstration day, played up to the present moment through the real actions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from uuid import UUID

from parvis.core.geo import flat_distance_m
from parvis.core.time import moment
from parvis.delivery.models import BagEvent, Delivery, DeliveryEvent, Hub, Plan, Round, Window
from parvis.demo.hours import (
    Times,
    add_shift_once,
    evening,
    riders_of,
    shift_today,
    times_at,
    window_row,
)
from parvis.demo.names import BUYERS
from parvis.demo.profiles import Profile, profile_of
from parvis.demo.simulation.clock import Clock
from parvis.demo.simulation.day import Day
from parvis.demo.simulation.depot import Depot
from parvis.demo.simulation.orders import Orders, Wish
from parvis.demo.simulation.road import Road
from parvis.demo.simulation.shops import Shops
from parvis.demo.support import voucher_for
from parvis.demo.tales import NEIGHBOURS_TODAY, NEIGHBOURS_YESTERDAY, TALES, YESTERDAY, Script, Tale, tales_for
from parvis.market.actions import Buyer
from parvis.market.models import Modality, PartEvent, Product, Shop
from parvis.market.opening import ready_at
from parvis.people.models import Person
from parvis.towns.models import Address, Town

ITERATIONS = 300
NEIGHBOURS_FROM = 500  # numbers of the orders of a neighbour
MEMORY = timedelta(days=5)  # how long ago an order of today may have been placed


def play_today(
    town: Town, profile: Profile, hub: Hub, now: datetime, *, fresh: bool, neighbour: Town | None = None
) -> None:
    """Today until ``now``: a round done, one on the road, one to come; orders in every state."""
    times = times_at(now, town)
    shift_today(hub, profile, times)
    tomorrow = moment(times.day + timedelta(days=1), time(11), town.zone)
    spans = {"past": times.past, "present": times.present, "later": times.later}
    windows = {name: window_row(hub, span) for name, span in spans.items() if span}
    windows["tomorrow"] = Window.objects.filter(hub=hub, starts_at__gte=tomorrow).earliest("starts_at")
    home = dict(enumerate(tales_for(times, TALES[: profile.orders])))
    away = dict(enumerate(tales_for(times, NEIGHBOURS_TODAY if neighbour else ()), start=NEIGHBOURS_FROM))
    tales = home | away
    play = Play(town, hub, times.day, now - MEMORY, Script(tales, now))
    for buyers, told in _told(town, neighbour, hub, times.day, home, away):
        for number, tale in told.items():
            window = windows.get(tale.when)
            play.order(buyers, number, tale, window, _placed(tale, window, times))
    for number, tale in tales.items():
        if tale.packed:
            play.pack_early(number, now - timedelta(minutes=8))
    earliest = now - MEMORY if fresh else last_event(filter(None, (town, neighbour)), now) + timedelta(seconds=1)
    if times.past is not None and times.past.due > earliest:
        play.clock.at(times.past.due + timedelta(minutes=3), play.road.plan_day)
    play.clock.at(max(times.present.due + timedelta(minutes=3), earliest), play.road.plan_day)
    play.clock.run(until=now)


def play_yesterday(town: Town, profile: Profile, hub: Hub, day: date, *, neighbour: Town | None = None) -> None:
    """The day before, to its end: one evening wave, and what people came to collect."""
    span = evening(day, town)
    window = window_row(hub, span)
    for bike, rider in list(zip(hub.bikes.order_by("id"), riders_of(profile), strict=False))[:2]:
        add_shift_once(bike, rider, span.start - timedelta(hours=1), span.end + timedelta(hours=1))
    home = dict(enumerate(YESTERDAY, start=1000))
    away = dict(enumerate(NEIGHBOURS_YESTERDAY if neighbour else (), start=1000 + NEIGHBOURS_FROM))
    play = Play(town, hub, day, span.start - MEMORY, Script(home | away, span.end))
    for buyers, told in _told(town, neighbour, hub, day, home, away):
        for number, tale in told.items():
            placed = span.start - timedelta(hours=5, minutes=7 * (number % 10))
            play.order(buyers, number, tale, window if tale.when else None, placed)
    play.clock.at(span.due + timedelta(minutes=3), play.road.plan_day)
    play.clock.run()


def _told(
    town: Town, neighbour: Town | None, hub: Hub, day: date, home: dict[int, Tale], away: dict[int, Tale]
) -> Iterator[tuple["Buyers", dict[int, Tale]]]:
    """Who orders what, in the town and in the neighbour that its bikes serve."""
    yield Buyers(town, hub, day), home
    if neighbour is not None:
        yield Buyers(neighbour, hub, day), away


def _placed(tale: Tale, window: Window | None, times: Times) -> datetime:
    """Before the window closed, before the first plan, and a while ago."""
    if window is None:
        return times.now - timedelta(minutes=tale.ago)
    latest = min(window.closes_at, times.now - timedelta(minutes=90))
    first = (times.past or times.present).start - timedelta(minutes=70)
    return min(latest, first) - timedelta(minutes=20 + 3 * len(tale.steps))


class Buyers:
    """Who orders in a town on a day: its people, its doors, what its shops have."""

    def __init__(self, town: Town, hub: Hub, day: date) -> None:
        profile = profile_of(town.slug)
        self.town = town
        self.known = {account.shop for account in profile.accounts if account.shop} if profile else set()
        self.chance = Random(f"{town.slug} {day}")
        self.resident = Person.objects.get(email=f"resident@{town.slug}.demo")
        self._goods = _goods_by_shop(town)
        self._doors = list(Address.objects.filter(town=town).order_by("street", "number_sort", "number"))
        # Far from the hub, so in the middle of a round: the resident's delivery is likely on its way right now.
        self._home = max(self._doors, key=lambda door: flat_distance_m(door.point, hub.point))

    def wish(self, number: int, tale: Tale, window: Window | None, placed: datetime) -> Wish:
        """What somebody orders as the tale says, at ``placed`` or when the shops were last open before."""
        offering = [shop for shop in self._goods if tale.way in _ways(shop)]
        shops = self._choose(offering, len(tale.steps), first=number % 3 == 0)
        lines = [line for shop in shops for line in self._lines(shop, tale)]
        ways = {shop.pk: _ways(shop)[tale.way] for shop in shops}
        if window is not None:
            placed = self._in_time(shops, placed, window.goods_due_at)
        return Wish(
            number=number,
            placed_at=placed,
            lines=lines,
            ways=ways,
            buyer=self._buyer(tale, number),
            windows=[window] if window else [],
            key=f"demo-{placed:%Y%m%d%H%M}-{number}",
            voucher=partial(voucher_for, self.town, sum(p.price_cents * n for p, n in lines), number),
            town=self.town,
        )

    def _in_time(self, shops: Sequence[Shop], latest: datetime, due: datetime) -> datetime:
        """The last moment, not after ``latest``, at which all these shops could promise to be ready at ``due``."""
        for step in range(80):
            at = latest - step * timedelta(minutes=90)
            if all(ready_at(s.place, self.town, s.preparation_minutes, at) <= due for s in shops):
                return at
        return latest

    def _choose(self, shops: list[Shop], count: int, *, first: bool) -> list[Shop]:
        """Some shops; those of the demonstration's merchants often, so that their pages have something to show."""
        favourites = [shop for shop in shops if shop.name in self.known]
        chosen = favourites[:1] if first or count > 1 else []
        others = [shop for shop in shops if shop not in chosen]
        return (chosen + self.chance.sample(others, min(len(others), count)))[:count]

    def _lines(self, shop: Shop, tale: Tale) -> list[tuple[Product, int]]:
        goods = self._goods[shop]
        lines = [
            (product, self.chance.choice((4, 6, 10) if product.sold_by == Product.Sale.WEIGHT else (1, 1, 2)))
            for product in self.chance.sample(goods, min(3, len(goods)))
        ]
        minimum = max(shop.minimum_cents, _ways(shop)[tale.way].minimum_cents)
        while sum(product.cents_of(quantity) for product, quantity in lines) < minimum:
            lines = [(product, quantity + 1) for product, quantity in lines]
        return lines

    def _buyer(self, tale: Tale, number: int) -> Buyer:
        if tale.mine:
            door, person, name, phone = self._home, self.resident, self.resident.name, self.resident.phone
        else:
            door, person, name = self.chance.choice(self._doors), None, BUYERS[(number * 7) % len(BUYERS)]
            phone = f"06 39 98 {number % 100:02d} {self.chance.randint(20, 99)}"
        note = self.chance.choice(("", "", "", "Deuxième étage à gauche.", "Sonner fort.", "Digicode 1234."))
        return Buyer(
            name=name,
            email=person.email if person else f"{name.split()[0].lower()}@{self.town.slug}.demo",
            phone=phone,
            language=self.town.default_language,
            address=str(door),
            point=door.point,
            note=note,
            person=person,
        )


class Play:
    """A day of the simulation with the demonstration's people and goods."""

    def __init__(self, town: Town, hub: Hub, day: date, start: datetime, script: Script) -> None:
        self.clock = Clock(start)
        self.day = Day(town, hub, day, self.clock, script, iterations=ITERATIONS, quick=ITERATIONS)
        self.depot = Depot(self.day)
        self.shops = Shops(self.day, self.depot)
        self.orders = Orders(self.day, self.shops, self.depot)
        self.road = Road(self.day, self.depot)

    def order(self, buyers: Buyers, number: int, tale: Tale, window: Window | None, placed: datetime) -> None:
        """Let somebody order as the tale says."""
        self.orders.expect(buyers.wish(number, tale, window, placed))

    def pack_early(self, number: int, when: datetime) -> None:
        """Bring the bags of one order together before its round is due."""

        def pack() -> None:
            ids = [pk for pk, n in self.day.number_of.items() if n == number]
            for delivery in Delivery.objects.filter(pk__in=ids).prefetch_related("bags__events", "events"):
                self.depot.pack(delivery)

        self.clock.at(when, pack)


def _ways(shop: Shop) -> dict[str, Modality]:
    return {modality.kind: modality for modality in shop.modalities.all() if modality.active}


def _goods_by_shop(town: Town) -> dict[Shop, list[Product]]:
    """What is worth ordering: not sold out, and enough of it."""
    shops = Shop.objects.open_in(town).exclude(cycles__active=True)  # those prepare for their own days only
    shops = shops.prefetch_related("modalities", "products", "place__closures").order_by("pk")
    return {
        shop: [
            product
            for product in sorted(shop.products.all(), key=lambda product: product.pk)
            if (product.stock is None or product.stock > 6) and product.season.always
        ]
        for shop in shops
        if not shop.place.closures.all() and shop.products.all()  # a new shop has nothing to order yet
    }


def last_event(towns: Iterable[Town], now: datetime) -> datetime:
    """The moment of the newest thing that happened in the towns, at most ``now``."""
    towns = list(towns)
    moments: list[datetime | None] = [now - MEMORY]
    for model in (PartEvent, BagEvent, DeliveryEvent):
        newest = model._default_manager.filter(town__in=towns, at__lte=now).order_by("-at").values_list("at", flat=True)
        moments += newest[:1]
    published = Plan.objects.filter(town__in=towns).exclude(published_at=None).order_by("-published_at")
    moments += published.values_list("published_at", flat=True)[:1]
    return max(m for m in moments if m is not None)


def on_the_road(hub: Hub, now: datetime) -> Sequence[UUID]:
    """Rounds that left and are not overdue."""
    return list(
        Round.objects.filter(
            town=hub.town_id,
            plan__hub=hub,
            plan__state=Plan.State.PUBLISHED,
            back_at=None,
            left_at__lte=now,
            returns_at__gte=now - timedelta(minutes=20),
        ).values_list("pk", flat=True)
    )
