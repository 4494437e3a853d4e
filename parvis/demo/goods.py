"""Invented shops with their goods: drawn from the catalogue of their trade, each a little different."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from django.utils.text import slugify

from parvis.core.text import fold
from parvis.core.time import day_of
from parvis.demo import kinds, reading, vat
from parvis.demo.reading import Good, ShopRow
from parvis.market.directory import SERVICES
from parvis.market.models import Modality, Option, OptionGroup, Product, Shop, StockMovement
from parvis.market.search import names, product_vector
from parvis.people.models import Organisation
from parvis.places.hours import is_readable
from parvis.places.models import Closure, Place
from parvis.towns import words
from parvis.towns.models import Address, Town

COUNTED = 0.35  # share of goods that a merchant counts
SOLD_OUT = 0.06  # of those, share with none left
NEW_SHOPS = {"Le Petit Pétrin", "La Cave du Port", "Kaas & Zo"}  # on the market since this morning, shelves empty
CLOSED_SHOPS = (7, 21)  # shops on holiday, by their place in the list
UNITS_NL = {
    "la pièce": "per stuk",
    "le kilo": "per kilo",
    "le kilo et demi": "anderhalve kilo",
    "la botte": "per bos",
    "le bouquet": "per bosje",
    "le pot": "per pot",
    "la part": "per stuk",
    "le litre": "per liter",
    "les six": "per zes",
    "les quatre": "per vier",
    "la tête": "per bol",
    "le bulbe": "per bol",
}


def stock_shops(town: Town, *, products: int, at: datetime) -> None:
    """Open the shops of the town's file and fill them with about ``products`` goods in all."""
    rows = reading.shops(town.slug)
    stocked = [row for row in rows if row.name not in NEW_SHOPS]
    share, extra = divmod(products, len(stocked))
    chance = Random(f"goods of {town.slug}")
    everything: list[Product] = []
    options: list[list[tuple[OptionGroup, list[Option]]]] = []
    for index, row in enumerate(rows):
        shop = _open(town, row, index, chance, day_of(at, town.zone))
        if row not in stocked:
            continue
        goods = list(_goods(shop, row, share + (index < extra), chance))
        everything += [product for product, _good in goods]
        dutch = row.language == "nl"
        options.append([o for p, g in goods if (o := kinds.options_of(p, g, row.trade, dutch)) is not None])
    Product.objects.bulk_create(everything)
    asked = [found for shop_goods in options for found in shop_goods]
    OptionGroup.objects.bulk_create(group for group, _options in asked)
    Option.objects.bulk_create(option for _group, found in asked for option in found)
    words.learn(town, {name for product in everything for name in names(product)})
    StockMovement.objects.bulk_create(
        StockMovement(town=town, product=product, delta=product.stock, reason=StockMovement.Reason.COUNTED, at=at)
        for product in everything
        if product.stock
    )


def _open(town: Town, row: ShopRow, index: int, chance: Random, today: date) -> Shop:
    slug = slugify(fold(row.name))
    organisation = Organisation.objects.create(town=town, name=row.name, email=f"{slug}@{town.slug}.demo")
    door = _near(town, row)
    place = Place.objects.create(
        town=town,
        slug=slug,
        name=row.name,
        category=row.trade,
        description=row.description or row.tagline,
        address=f"{row.number} {row.street}, {door.postcode} {town.name}",
        lon=door.lon + chance.uniform(-8e-5, 8e-5),
        lat=door.lat + chance.uniform(-5e-5, 5e-5),
        opening_hours=row.hours,
        hours_read=is_readable(row.hours, town.country),
        phone=_phone(town, index),
        services=[*(SERVICES[way.kind] for way in row.ways), "cash", "card"],
        organisation=organisation,
        source="demonstration",
        source_date=today,
        invented=True,
    )
    if index in CLOSED_SHOPS:
        first = today + timedelta(days=0 if index == CLOSED_SHOPS[0] else 5)
        reason = "Jaarlijks verlof" if row.language == "nl" else "Congés annuels"
        Closure.objects.create(
            town=town, place=place, first_day=first, last_day=first + timedelta(days=9), reason=reason
        )
    shop = Shop.objects.create(
        town=town,
        organisation=organisation,
        place=place,
        slug=slug,
        name=row.name,
        trade=row.trade,
        tagline=row.tagline,
        description=row.description,
        preparation_minutes=row.minutes,
        riders_fetch=index % 2 == 0,
    )
    Modality.objects.bulk_create(
        Modality(
            town=town,
            shop=shop,
            kind=way.kind,
            fee_cents=way.fee_cents,
            fee_vat_bp=vat.rate(town.country, "other"),
            minimum_cents=way.minimum_cents,
        )
        for way in row.ways
    )
    return shop


def _near(town: Town, row: ShopRow) -> Address:
    """The known door of the street whose number is nearest to the shop's."""
    doors = Address.objects.filter(town=town, street=row.street)
    return min(doors, key=lambda door: (abs(door.number_sort - int(row.number)), door.number))


def _phone(town: Town, index: int) -> str:
    """A number of the range kept for fiction (ARCEP, France), or one that nobody can have (Belgium)."""
    block = 10 + sum(map(ord, town.slug)) % 80
    return f"01 99 00 {block} {index:02d}" if town.country == "FR" else f"02 000 00 {index:02d}"


def _goods(shop: Shop, row: ShopRow, count: int, chance: Random) -> Iterable[tuple[Product, Good]]:
    catalogue = reading.goods(row.trade)
    chosen = sorted(chance.sample(range(len(catalogue)), min(count, len(catalogue))))
    level = chance.uniform(0.93, 1.09)  # some shops are dearer than others
    for position in chosen:
        good = catalogue[position]
        yield _product(shop, good, row.language, level * chance.uniform(0.97, 1.03), chance), good


def _product(shop: Shop, good: Good, language: str, level: float, chance: Random) -> Product:
    dutch = language == "nl" and bool(good.name_nl)
    product = Product(
        town=shop.town,
        shop=shop,
        name=good.name_nl if dutch else good.name,
        description=good.description_nl if dutch else good.description,
        category=good.shelf,
        price_cents=_round_price(good.cents * level),
        vat_bp=vat.rate(shop.town.country, good.vat),
        unit=UNITS_NL.get(good.unit, good.unit) if dutch else good.unit,
        grams=good.grams,
        millilitres=good.millilitres,
        stock=_stock(chance),
    )
    kinds.dress(product, good, shop.trade)
    product.slug = slugify(fold(product.name))
    product.search = product_vector(product)
    return product


def _stock(chance: Random) -> int | None:
    if chance.random() > COUNTED:
        return None
    return 0 if chance.random() < SOLD_OUT else chance.randint(3, 40)


def _round_price(cents: float) -> int:
    """Prices end as shops like them: on 5 or 10 below ten euros, on 50 or 90 above."""
    if cents < 1000:
        return max(5, round(cents / 5) * 5)
    return round(cents / 100) * 100 - 10 if round(cents / 50) % 2 == 0 else round(cents / 50) * 50
