"""What else the town knows by the same number, telephone, mail, name or entry: shown to agents, to nobody else.

A stranger who asks to join reads the same thank-you whether a shop is known or not.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F, Func, Q, QuerySet, Value

from parvis.core.text import fold
from parvis.joining.models import Preregistration
from parvis.market.models import Shop
from parvis.people.models import Organisation
from parvis.places.models import Place
from parvis.places.search import find
from parvis.towns.models import Town

MOST_ENTRIES = 4
_TAIL = 8  # the digits of a number that every way of writing it has in common


class By(StrEnum):
    """What two of them have in common."""

    NUMBER = "number"
    PHONE = "phone"
    EMAIL = "email"
    ENTRY = "entry"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Alike:
    """Another pre-registration, a shop of the market, or a business of the town; and what they have in common."""

    what: Preregistration | Shop | Organisation
    by: tuple[By, ...]


def alike(asked: Preregistration) -> list[Alike]:
    """Everything that may be the same shop, the surest first."""
    found = [*_shops(asked), *_businesses(asked), *_others(asked)]
    order = list(By)
    return sorted(found, key=lambda row: order.index(row.by[0]))


def entries_like(town: Town, name: str) -> list[Place]:
    """Entries of the directory that may be the shop called ``name``; public, so anybody may be shown them."""
    return find(town, name, limit=MOST_ENTRIES).places if name else []


def entries_for_agent(asked: Preregistration) -> list[Place]:
    """The same, and those that bear its telephone number: for the page of one shop, it reads the whole directory."""
    by_phone: list[Place] = []
    if asked.phone:
        numbered = Place.objects.of(asked.town).annotate(digits=_digits("phone"))
        by_phone = list(numbered.filter(digits__endswith=asked.phone[-_TAIL:])[:MOST_ENTRIES])
    found = {place.pk: place for place in [*by_phone, *entries_like(asked.town, asked.shop_name)]}
    return list(found.values())[:MOST_ENTRIES]


def _others(asked: Preregistration) -> list[Alike]:
    same = Q()
    for name in ("registration_number", "phone", "email", "place_id"):
        if value := getattr(asked, name):
            same |= Q(**{name: value})
    if asked.shop_name:
        same |= Q(shop_name__iexact=asked.shop_name)
    rows = Preregistration.objects.filter(same, town=asked.town_id).exclude(pk=asked.pk).order_by("-at")[:20]
    return [Alike(row, reasons) for row in rows if (reasons := _in_common(asked, row))]


def _shops(asked: Preregistration) -> list[Alike]:
    shops = Shop.objects.filter(town=asked.town_id).select_related("organisation", "place")
    same = Q(name__iexact=asked.shop_name) if asked.shop_name else Q(pk=None)
    if asked.place_id:
        same |= Q(place=asked.place_id)
    if asked.registration_number:
        same |= Q(organisation__registration_number=asked.registration_number)
    if asked.email:
        same |= Q(organisation__email__iexact=asked.email)
    if asked.phone:
        tail = asked.phone[-_TAIL:]
        shops = shops.annotate(digits=_digits("place__phone"))
        same |= Q(digits__endswith=tail)
    return [Alike(shop, _shop_in_common(asked, shop)) for shop in shops.filter(same).order_by("name", "pk")[:20]]


def _businesses(asked: Preregistration) -> list[Alike]:
    """Businesses that stand in the directory without a shop of the market."""
    if not asked.registration_number:
        return []
    known: QuerySet[Organisation] = Organisation.objects.filter(
        town=asked.town_id, registration_number=asked.registration_number, shops=None
    )
    return [Alike(business, (By.NUMBER,)) for business in known.order_by("pk")[:5]]


def _in_common(one: Preregistration, other: Preregistration) -> tuple[By, ...]:
    pairs = {
        By.NUMBER: (one.registration_number, other.registration_number),
        By.PHONE: (one.phone, other.phone),
        By.EMAIL: (one.email.lower(), other.email.lower()),
        By.ENTRY: (one.place_id, other.place_id),
        By.NAME: (fold(one.shop_name), fold(other.shop_name)),
    }
    return tuple(by for by, (mine, theirs) in pairs.items() if mine and mine == theirs)


def _shop_in_common(asked: Preregistration, shop: Shop) -> tuple[By, ...]:
    business = shop.organisation
    pairs = {
        By.NUMBER: (asked.registration_number, business.registration_number),
        By.PHONE: (asked.phone[-_TAIL:], re.sub(r"\D", "", shop.place.phone)[-_TAIL:]),
        By.EMAIL: (asked.email.lower(), business.email.lower()),
        By.ENTRY: (asked.place_id, shop.place_id),
    }
    found = tuple(by for by, (mine, theirs) in pairs.items() if mine and mine == theirs)
    return found or (By.NAME,)


def _digits(column: str) -> Func:
    """A telephone number without its spaces and dots."""
    return Func(F(column), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
