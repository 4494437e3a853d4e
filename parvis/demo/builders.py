"""Small functions that make one row with sensible values; demonstration and tests share them."""

from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils.text import slugify

from parvis.core.geo import Point
from parvis.core.time import moment
from parvis.delivery.models import Agreement, Bike, Hub, SharedHub, Shift, Window
from parvis.market.actions.products import index_products
from parvis.market.directory import SERVICES
from parvis.market.models import (
    Basket,
    Capacity,
    Cycle,
    CycleShop,
    Market,
    Modality,
    Option,
    OptionGroup,
    Product,
    Shop,
)
from parvis.people.models import Organisation, Person, Role
from parvis.places.models import Place
from parvis.towns.models import Address, Town

ISSY = Point(2.2730, 48.8239)
OPEN_ALL_WEEK = "Mo-Su 08:00-20:00"
_numbers = count(1)


def make_town(slug: str = "issy", **extra: Any) -> Town:
    """A town with its market; Issy unless told otherwise."""
    values: dict[str, Any] = {
        "name": "Issy-les-Moulineaux",
        "country": "FR",
        "languages": ["fr"],
        "timezone": "Europe/Paris",
        "lon": ISSY.lon,
        "lat": ISSY.lat,
        "theme": slug,
        "is_demo": True,
    }
    town = Town.objects.create(slug=slug, **(values | extra))
    Market.objects.create(town=town)
    return town


def make_person(name: str = "Camille Martin", email: str = "", **extra: Any) -> Person:
    """An account; the mail address is made from the name."""
    return Person.objects.create_user(
        email or f"{slugify(name)}-{next(_numbers)}@example.org", name=name, language="fr", **extra
    )


def give_role(person: Person, town: Town, kind: Role.Kind, organisation: Organisation | None = None) -> Role:
    """What the person may do in the town."""
    return Role.objects.create(town=town, person=person, kind=kind, organisation=organisation)


def make_address(town: Town, number: str = "12", street: str = "rue du Général Leclerc", **extra: Any) -> Address:
    """A door of the town."""
    values = {"postcode": "92130", "city": town.name, "lon": town.lon + 0.002, "lat": town.lat + 0.001}
    return Address.objects.create(town=town, number=number, street=street, **(values | extra))


def make_shop(town: Town, name: str = "Boulangerie du Parvis", *, owner: Person | None = None, **extra: Any) -> Shop:
    """An open shop with its place, its organisation and all four modalities."""
    slug = slugify(name)
    organisation = Organisation.objects.create(town=town, name=name, email=f"{slug}@example.org")
    point = extra.pop("point", Point(town.lon + 0.001, town.lat + 0.0005))
    kinds = extra.pop("modalities", list(Modality.Kind))
    place = Place.objects.create(
        town=town,
        slug=slug,
        name=name,
        category=extra.pop("category", "bakery"),
        address=extra.pop("address", "1 place de la Mairie"),
        lon=point.lon,
        lat=point.lat,
        opening_hours=extra.pop("opening_hours", OPEN_ALL_WEEK),
        hours_read=True,
        phone=extra.pop("phone", "01 23 45 67 89"),
        services=[SERVICES[kind] for kind in kinds],
        organisation=organisation,
        invented=True,
    )
    shop = Shop.objects.create(
        town=town, organisation=organisation, place=place, slug=slug, name=name, **({"trade": "bakery"} | extra)
    )
    for kind in kinds:
        fee = {Modality.Kind.SHOP: 250, Modality.Kind.POST: 690}.get(kind, 0)
        Modality.objects.create(town=town, shop=shop, kind=kind, fee_cents=fee)
    if owner is not None:
        give_role(owner, town, Role.Kind.MERCHANT, organisation)
    return shop


def make_product(shop: Shop, name: str = "Pain de campagne", price_cents: int = 420, **extra: Any) -> Product:
    """A product on sale, findable by search."""
    values = {"category": "bread", "slug": f"{slugify(name)}-{next(_numbers)}", "grams": 400, "millilitres": 1500}
    product = Product.objects.create(town=shop.town, shop=shop, name=name, price_cents=price_cents, **(values | extra))
    index_products(Product.objects.filter(pk=product.pk))
    return product


def make_capacity(shop: Shop, most: int = 1, minutes: int = 60, **extra: Any) -> Capacity:
    """So many orders in each window."""
    return Capacity.objects.create(town=shop.town, shop=shop, most=most, minutes=minutes, **extra)


def make_cycle(*shops: Shop, **extra: Any) -> Cycle:
    """Ordered until Thursday noon, collected on Saturday from 9 to 12."""
    values: dict[str, Any] = {"name": "Panier du samedi", "weekday": 5, "days_before": 2}
    values |= {"closes": time(12), "starts": time(9), "ends": time(12)}
    cycle = Cycle.objects.create(town=shops[0].town, **(values | extra))
    for shop in shops:
        CycleShop.objects.create(town=shop.town, cycle=cycle, shop=shop)
    return cycle


def make_options(product: Product, name: str, *options: tuple[str, int, int | None], position: int = 0) -> list[Option]:
    """A group of options, each with its name, what it costs more and its stock (None: not counted)."""
    group = OptionGroup.objects.create(town_id=product.town_id, product=product, name=name, position=position)
    return [
        Option.objects.create(
            town_id=product.town_id, group=group, name=option, surcharge_cents=cents, stock=stock, position=number
        )
        for number, (option, cents, stock) in enumerate(options)
    ]


def make_basket(town: Town, *products: tuple[Product, int], person: Person | None = None) -> Basket:
    """A basket with so many of each product."""
    basket = Basket.objects.create(town=town, person=person)
    for product, quantity in products:
        basket.lines.create(town=town, product=product, quantity=quantity)
    return basket


def make_hub(town: Town, **extra: Any) -> Hub:
    """The town's depot."""
    values = {"name": "Halle du Parvis", "address": "3 place du Marché", "lon": town.lon, "lat": town.lat}
    return Hub.objects.create(town=town, **(values | extra))


def make_agreement(*hubs: Hub, guest: Town, at: datetime, signed: bool = True, **extra: Any) -> Agreement:
    """Bikes of these hubs also ride for ``guest``, from the day before ``at`` on, without an end."""
    values: dict[str, Any] = {
        "title": "Convention 2026-14",
        "voted_on": (at - timedelta(days=30)).date(),
        "text": "Les vélos sont partagés.",
        "starts_on": (at - timedelta(days=1)).date(),
        "rule": Agreement.Rule.DROPS,
        "proposed_at": at - timedelta(days=2),
        "signed_at": at - timedelta(days=1) if signed else None,
    }
    made = Agreement.objects.create(town=hubs[0].town, guest=guest, **(values | extra))
    for hub in hubs:
        SharedHub.objects.create(town=hub.town, agreement=made, hub=hub)
    return made


def make_bike(hub: Hub, name: str = "Vélo 1", **extra: Any) -> Bike:
    """A cargo bike: 80 kg, 240 litres."""
    return Bike.objects.create(town=hub.town, hub=hub, name=name, **extra)


def make_shift(bike: Bike, rider: Person, day: datetime, first: time = time(9), last: time = time(19)) -> Shift:
    """A rider on a bike on the town's day that holds ``day``."""
    zone = bike.town.zone
    local = day.astimezone(zone).date()
    return Shift.objects.create(
        town=bike.town,
        bike=bike,
        rider=rider,
        starts_at=moment(local, first, zone),
        ends_at=moment(local, last, zone),
    )


def make_window(hub: Hub, starts_at: datetime, *, hours: float = 2, **extra: Any) -> Window:
    """A delivery window of two hours; booking closes two hours before, goods are due one hour before."""
    values = {
        "ends_at": starts_at + timedelta(hours=hours),
        "closes_at": starts_at - timedelta(hours=2),
        "goods_due_at": starts_at - timedelta(hours=1),
        "capacity": 60,
    }
    return Window.objects.create(town=hub.town, hub=hub, starts_at=starts_at.astimezone(UTC), **(values | extra))
