"""A demonstration town without its day: boundary, doors, public places, people, shops, goods, bikes.

Everything is found or made by its natural key, so building twice changes nothing.
"""

from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from parvis.core.geo import Point
from parvis.core.osm import Door
from parvis.core.text import fold
from parvis.delivery.models import Bike, Hub
from parvis.demo import reading, vat
from parvis.demo.goods import stock_shops
from parvis.demo.profiles import PASSWORD, Account, Profile
from parvis.market.models import Market, Shop
from parvis.people.models import Person, Role
from parvis.places import naming
from parvis.places.hours import is_readable
from parvis.places.models import Place
from parvis.towns import words
from parvis.towns.actions import create_town, import_addresses
from parvis.towns.models import Town


@transaction.atomic
def build_town(profile: Profile, *, at: datetime) -> Town:
    """The town of a profile, made if it is not there."""
    town = Town.objects.filter(slug=profile.slug).first()
    if town is not None:
        return town
    town = create_town(
        slug=profile.slug,
        name=profile.name,
        country=profile.country,
        centre=profile.centre,
        at=at,
        languages=profile.languages,
        timezone=profile.timezone,
        boundary=reading.boundary(profile.slug) if profile.outlined else None,
        official_code=profile.code,
        sources=profile.sources,
        is_demo=True,
    )
    town.theme = profile.slug
    town.save(update_fields=["theme"])
    doors = [_door(row, town) for row in reading.doors(profile.slug)]
    import_addresses(town, doors, source=profile.door_source)
    make_places(town)
    Market.objects.create(
        town=town,
        bike_fee_cents=profile.bike_fee_cents,
        bike_fee_vat_bp=vat.rate(town.country, "other"),
        bike_free_from_cents=profile.bike_free_from_cents,
    )
    stock_shops(town, products=profile.products, at=at)
    if profile.bikes:
        _make_fleet(town, profile)
    for account in profile.accounts:
        make_account(town, account)
    return town


def _door(row: reading.DoorRow, town: Town) -> Door:
    return Door(row.number, row.street, row.postcode, town.name, Point(row.lon, row.lat))


def make_places(town: Town) -> None:
    """The public places of the data files."""
    rows, taken = [], set[str]()
    for row in reading.places(town.slug):
        base = slugify(fold(row.name))[:100]
        slug = next(s for n in range(1, 100) if (s := base if n == 1 else f"{base}-{n}") not in taken)
        taken.add(slug)
        place = Place(
            town=town,
            slug=slug,
            name=row.name,
            category=row.category,
            description=row.description,
            address=row.address,
            lon=row.lon,
            lat=row.lat,
            opening_hours=row.opening_hours,
            hours_read=bool(row.opening_hours) and is_readable(row.opening_hours, town.country),
            phone=row.phone,
            details=row.details,
            source=row.source,
            source_ref=row.source_ref and f"{row.source_ref} {slug}"[:80],
            source_date=row.source_date,
        )
        place.index()
        rows.append(place)
    Place.objects.bulk_create(rows)
    words.learn(town, {name for place in rows for name in naming.names(place)})


def _make_fleet(town: Town, profile: Profile) -> None:
    hub = Hub.objects.create(
        town=town,
        name=profile.hub_name,
        address=profile.hub_address,
        lon=profile.hub.lon,
        lat=profile.hub.lat,
        fetches=True,
    )
    Bike.objects.bulk_create(
        Bike(
            town=town,
            hub=hub,
            name=row.name,
            drive=row.drive,
            max_grams=row.max_grams,
            max_millilitres=row.max_millilitres,
            max_crates=row.max_crates,
            speed_percent=row.speed_percent,
            range_metres=row.range_metres,
            skills=list(row.skills),
            kind=row.kind,
        )
        for row in profile.bikes
    )


def make_account(town: Town, account: Account) -> Person:
    """One demonstration account with its role."""
    email = f"{account.handle}@{town.slug}.demo"
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create(
            email=email,
            name=account.name,
            phone=account.phone,
            is_demo=True,
            password=_password(),
        )
    if account.kind is not None:
        shop = Shop.objects.get(town=town, name=account.shop) if account.shop else None
        organisation = shop.organisation if shop else None
        Role.objects.get_or_create(town=town, person=person, kind=account.kind, organisation=organisation)
    return person


def _password() -> str:
    """The shared password, hashed once a run: it is no secret, and hashing is slow on purpose."""
    return _hashed(settings.PASSWORD_HASHERS[0])


@cache
def _hashed(hasher: str) -> str:
    return make_password(PASSWORD)
