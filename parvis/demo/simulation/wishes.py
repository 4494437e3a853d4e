"""Who orders what: real baskets, real doors of the town, shops chosen by the seed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from parvis.demo.simulation.baskets import BadInput
from parvis.demo.simulation.orders import Wish
from parvis.demo.simulation.world import World
from parvis.market.actions import Buyer
from parvis.market.models import Modality, Product, Shop
from parvis.market.opening import ready_at
from parvis.towns.models import Address

MOST_SHOPS = 5


class Crowd:
    """The buyers of the day."""

    def __init__(self, world: World, baskets: Sequence[tuple[str, ...]], *, seed: int, bike_share: float) -> None:
        self.world, self.baskets, self.seed, self.bike_share = world, baskets, seed, bike_share
        doors = Address.objects.filter(town=world.town).exclude(number="")
        self.doors = list(doors.order_by("street", "number_sort", "number", "postcode"))
        if not self.doors:
            raise BadInput(f"{world.town.name} has no address to deliver to.")
        modalities = Modality.objects.filter(shop__in=world.shops, active=True)
        self.ways: dict[UUID, dict[str, Modality]] = {}
        for modality in modalities:
            self.ways.setdefault(modality.shop_id, {})[modality.kind] = modality
        both = [shop.pk for shop in world.shops if {"bike", "collect"} <= self.ways.get(shop.pk, {}).keys()]
        loaded = Shop.objects.select_related("place").prefetch_related("place__closures").in_bulk(both)
        self.shops = [loaded[pk] for pk in both]  # closures at hand: their hours are asked thousands of times

    def wish(self, number: int) -> Wish:
        """The order with this number: always the same for the same seed."""
        draw = Random(f"{self.seed} wish {number}")
        items = draw.choice(self.baskets)
        shops = self._choose(draw, len(items))
        wave = draw.randrange(len(self.world.windows))
        by_bike = draw.random() < self.bike_share
        placed = self._moment(draw, shops, wave)
        if by_bike:
            shops = [shop for shop in shops if self._ready(shop, placed) <= self.world.windows[wave].goods_due_at]
            by_bike = bool(shops)
            shops = shops or self._choose(draw, len(items))
        door = draw.choice(self.doors)
        kinds = "bike" if by_bike else "collect"
        return Wish(
            number=number,
            placed_at=placed,
            lines=self._lines(shops, items),
            ways={shop.pk: self.ways[shop.pk][kinds] for shop in shops},
            otherwise={shop.pk: self.ways[shop.pk]["collect"] for shop in shops} if by_bike else {},
            windows=self.world.windows[wave:] if by_bike else (),
            buyer=Buyer(name=f"Buyer {number}", email="", address=str(door), point=door.point),
            key=f"simulation-{self.world.date}-{self.seed}-{number}",
        )

    def _choose(self, draw: Random, items: int) -> list[Shop]:
        """One shop for a few things, up to five for many; shops at the head of the list are better known."""
        most = min(MOST_SHOPS, 1 + items // 3, len(self.shops))
        count = draw.randint(1, most)
        chosen: list[Shop] = []
        while len(chosen) < count:
            shop = self.shops[min(int(draw.paretovariate(0.6)) - 1, 10**6) % len(self.shops)]
            if shop not in chosen:
                chosen.append(shop)
        return chosen

    def _lines(self, shops: Sequence[Shop], items: Sequence[str]) -> list[tuple[Product, int]]:
        """Each item word of the basket is a product of one of the shops; a product met twice is wanted twice."""
        wanted: dict[UUID, tuple[Product, int]] = {}
        for position, word in enumerate(items):
            shop = shops[position % len(shops)]
            goods = self.world.goods[shop.pk]
            product = goods[Random(f"{self.seed} {word} {shop.slug}").randrange(len(goods))]
            wanted[product.pk] = (product, wanted.get(product.pk, (product, 0))[1] + 1)
        return list(wanted.values())

    def _moment(self, draw: Random, shops: Sequence[Shop], wave: int) -> datetime:
        """Some time in the day before booking closes, when most of these shops could be ready; else when it may."""
        window = self.world.windows[wave]
        earliest = self.world.windows[0].starts_at - timedelta(hours=25)
        if wave > 0 and draw.random() < 0.7:
            earliest = self.world.windows[wave - 1].starts_at - timedelta(hours=1)
        latest = window.closes_at - timedelta(minutes=5)
        best, most = latest, -1
        for _ in range(12):
            at = earliest + timedelta(seconds=round(draw.random() * (latest - earliest).total_seconds()))
            ready = sum(self._ready(shop, at) <= window.goods_due_at for shop in shops)
            if ready == len(shops):
                return at
            if ready > most:
                best, most = at, ready
        return best

    def _ready(self, shop: Shop, at: datetime) -> datetime:
        return ready_at(shop.place, self.world.town, shop.preparation_minutes, at)
