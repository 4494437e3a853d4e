"""What a simulated day needs and a town may lack: shops with goods, bikes, riders, shifts, two windows.

Shops are places of the town's directory; their goods and prices are drawn by the seed, and the shop's page says so.
Every row made here carries the mark ``simulation``, so it can be told from the town's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from django.contrib.postgres.search import SearchVector
from django.db.models import Value
from django.utils.text import slugify

from parvis.core.text import fold
from parvis.core.time import moment
from parvis.delivery.models import Bike, Hub, Shift, Window
from parvis.demo import vat
from parvis.demo.simulation.baskets import BadInput, Named
from parvis.market.models import Market, Modality, Product, Shop
from parvis.market.trades import TRADES
from parvis.people.models import Organisation, Person, Role
from parvis.places.hours import is_readable
from parvis.places.models import Closure, Place
from parvis.towns.models import Town

FOOD = ("bakery", "greengrocer", "butcher", "fishmonger", "cheese", "wine", "delicatessen", "chocolate", "tea-coffee")
RETAIL = ("grocery", "supermarket", "florist", "bookshop", "household", "beauty", "hardware", "toys", "clothing")
SHOPS = 60
GOODS = 60  # products of each shop
BIKES = 4
MARK = "simulation"
SAID = "Simulated for this run: the goods, prices and orders of this shop are invented."


@dataclass(frozen=True, slots=True)
class Wave:
    """A delivery window and the shift that serves it, by the clock of the town.

    Booking closes two hours before the window opens, goods are due an hour before. The shift begins half an hour
    before, so that the first doors are reached when the window opens, and lasts until the last bike is home.
    """

    name: str
    starts: time
    ends: time


DOORS_PER_HOUR = 10
"""What a bike serves in a dense town, reloading included: three minutes at a door, less than three to the next one
(measured in Geneva: 0.65 km a door)."""
RESERVE = 0.75
"""The share of that which is promised: what three bikes of four can do, so that the others take over from one."""

WAVES = (Wave("noon", time(10), time(14)), Wave("evening", time(16), time(20)))


@dataclass(frozen=True, slots=True)
class World:
    """The stage of the day."""

    town: Town
    hub: Hub
    date: date
    windows: tuple[Window, ...]
    bikes: tuple[Bike, ...]
    shops: tuple[Shop, ...]
    goods: dict[object, list[Product]]


def free_date(town: Town, hub: Hub, today: date) -> date:
    """The next weekday that follows a weekday and on which the town has no window and no shift of its own."""
    for ahead in range(1, 400):
        day = today + timedelta(days=ahead)
        if 1 <= day.weekday() <= 4 and not is_taken(town, hub, day):
            return day
    raise BadInput(f"{town.name} has no free day within a year; give one with --date.")


def is_taken(town: Town, hub: Hub, day: date) -> bool:
    """Whether somebody counts on the day already."""
    start, end = moment(day, time.min, town.zone), moment(day + timedelta(days=1), time.min, town.zone)
    windows = Window.objects.filter(hub=hub, starts_at__lt=end, ends_at__gt=start)
    return windows.exists() or Shift.objects.filter(bike__hub=hub, starts_at__lt=end, ends_at__gt=start).exists()


def capacity_of(wave: Wave) -> int:
    """How many deliveries ``BIKES`` may promise in a wave and keep."""
    hours = wave.ends.hour - wave.starts.hour
    return int(BIKES * hours * DOORS_PER_HOUR * RESERVE)


def set_up(
    town: Town,
    hub: Hub,
    day: date,
    products: Sequence[Named],
    *,
    seed: int,
    capacity: int | None = None,
    shops: int = SHOPS,
) -> World:
    """Make what is missing; what the town has is used as it is."""
    Market.objects.get_or_create(town=town, defaults={"bike_fee_vat_bp": vat.rate(town.country, "other")})
    opened = _shops(town, products, seed, shops)
    bikes = _bikes(hub)
    windows = tuple(_window(hub, day, wave, capacity or capacity_of(wave)) for wave in WAVES)
    for place, bike in enumerate(bikes):
        for wave in WAVES:
            _shift(bike, _rider(town, f"{wave.name}-{place + 1}"), day, wave)
    for kind in (Role.Kind.HUB, Role.Kind.DISPATCHER):
        if not Role.objects.filter(town=town, kind=kind).exists():
            Role.objects.create(town=town, person=_person(town, kind, kind.label.capitalize()), kind=kind)
    goods: dict[object, list[Product]] = {}
    for product in Product.objects.filter(shop__in=opened, hidden=False).order_by("pk"):
        goods.setdefault(product.shop_id, []).append(product)
    return World(town, hub, day, windows, bikes, tuple(s for s in opened if s.pk in goods), goods)


def _window(hub: Hub, day: date, wave: Wave, capacity: int) -> Window:
    start = moment(day, wave.starts, hub.town.zone)
    return Window.objects.create(
        town=hub.town,
        hub=hub,
        starts_at=start,
        ends_at=moment(day, wave.ends, hub.town.zone),
        closes_at=start - timedelta(hours=2),
        goods_due_at=start - timedelta(hours=1),
        capacity=capacity,
    )


def _shift(bike: Bike, rider: Person, day: date, wave: Wave) -> None:
    zone = bike.town.zone
    Shift.objects.create(
        town_id=bike.town_id,
        bike=bike,
        rider=rider,
        starts_at=moment(day, wave.starts, zone) - timedelta(minutes=30),
        ends_at=moment(day, wave.ends, zone) + timedelta(minutes=30),
    )


def _bikes(hub: Hub) -> tuple[Bike, ...]:
    bikes = list(hub.bikes.filter(broken_at=None).order_by("id")[:BIKES])
    for number in range(len(bikes) + 1, BIKES + 1):
        bikes.append(Bike.objects.create(town_id=hub.town_id, hub=hub, name=f"{MARK.capitalize()} {number}"))
    return tuple(sorted(bikes, key=lambda bike: bike.name))


def _rider(town: Town, handle: str) -> Person:
    person = _person(town, f"rider-{handle}", f"Rider {handle}")
    Role.objects.get_or_create(town=town, person=person, kind=Role.Kind.RIDER, organisation=None)
    return person


def _person(town: Town, handle: str, name: str) -> Person:
    """Somebody without a password: nobody can sign in with these accounts."""
    email = f"{handle}@{town.slug}.{MARK}.invalid"
    return Person.objects.filter(email=email).first() or Person.objects.create_user(email, name=name)


def _shops(town: Town, products: Sequence[Named], seed: int, count: int) -> list[Shop]:
    shops = list(
        Shop.objects.filter(town=town, is_open=True, takes_orders=True, modalities__kind=Modality.Kind.BIKE)
        .exclude(place__in=Closure.objects.filter(town=town).values("place"))
        .select_related("place")
        .order_by("pk")[:count]
    )
    missing = count - len(shops)
    places = Place.objects.filter(town=town, shop=None, category__in=FOOD + RETAIL).order_by("category", "slug")
    usable = [p for p in places if not p.opening_hours or is_readable(p.opening_hours, town.country)]
    chance = Random(f"{seed} shops")
    for place in sorted(chance.sample(usable, min(missing, len(usable))), key=lambda place: place.slug):
        shops.append(_open(place, products, Random(f"{seed} {place.slug}")))
    if not shops:
        raise BadInput(f"{town.name} has no shop and no place of food or retail that could be one.")
    return shops


def _open(place: Place, products: Sequence[Named], chance: Random) -> Shop:
    town = place.town
    organisation = Organisation.objects.create(town=town, name=place.name)
    trade = place.category if place.category in TRADES else "grocery"
    shop = Shop.objects.create(
        town=town,
        organisation=organisation,
        place=place,
        slug=place.slug[:80],
        name=place.name[:120],
        trade=trade,
        tagline=SAID,
        preparation_minutes=chance.choice((20, 30, 45, 60)),
    )
    Modality.objects.bulk_create(
        Modality(town=town, shop=shop, kind=kind) for kind in (Modality.Kind.BIKE, Modality.Kind.COLLECT)
    )
    chosen = chance.sample(range(len(products)), min(GOODS, len(products)))
    Product.objects.bulk_create(_product(shop, products[i], i, chance) for i in chosen)
    return shop


def _product(shop: Shop, named: Named, index: int, chance: Random) -> Product:
    grams = chance.choice((125, 200, 250, 330, 400, 500, 750, 1000))
    product = Product(
        town=shop.town,
        shop=shop,
        name=named.name,
        slug=f"{slugify(fold(named.name))[:100] or 'article'}-{index}",
        category="grocery",
        price_cents=5 * round(chance.lognormvariate(4.4, 0.55)),
        vat_bp=vat.rate(shop.town.country, "food" if chance.random() < 0.9 else "other"),
        grams=grams,
        millilitres=round(grams * chance.uniform(1.2, 2.4)),
        stock=chance.randint(15, 60) if chance.random() < 0.25 else None,
        ean=named.ean,
    )
    product.search = SearchVector(Value(fold(named.name)), config="simple", weight="A")
    return product
