"""Work for the agent's desk of a demonstration town: a request, reports, old entries, hours in words, a doublet.

Invented shops that nobody speaks for yet stand at real doors. Found or made by their slug; what a visitor has settled
is asked again the next time the town is brought up to date.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.people.models import Person
from parvis.places.actions.claims import ask_claim, open_claims
from parvis.places.actions.entries import check_place
from parvis.places.actions.reports import report_place
from parvis.places.hours import is_readable
from parvis.places.models import Place, Report
from parvis.places.spans import rewrite_spans
from parvis.towns.models import Address, Town


@dataclass(frozen=True, slots=True)
class Shop:
    """An invented shop that does not sell online; ``hours_text`` is what no machine reads."""

    slug: str
    name: str
    category: str
    opening_hours: str = ""
    hours_text: str = ""
    metres_north: int = 0
    door: int = 0


SHOPS = (
    Shop("cordonnerie-du-passage", "Cordonnerie du Passage", "craft", "Tu-Sa 09:30-12:30,14:30-19:00", door=3),
    Shop("salon-meche-et-cie", "Salon Mèche et Cie", "hairdresser", "Tu-Fr 09:30-18:30; Sa 09:00-17:00", door=11),
    Shop("salon-meche-et-cie-2", "Salon Meche et Cie", "hairdresser", metres_north=12, door=11),
    Shop(
        "retouches-amina",
        "Retouches Amina",
        "clothing",
        hours_text="le matin, et l’après-midi sur rendez-vous",
        door=23,
    ),
)
REPORTS = (
    ("hours", "C’est fermé le lundi maintenant."),
    ("phone", "Le numéro ne répond plus."),
)
CLAIMANT = "Nadia Ferret"


def fill_desk(town: Town, *, at: datetime) -> None:
    """Shops to claim, one request, two reports, and checks of which some are long ago."""
    for shop in SHOPS:
        _make(town, shop, at)
    if not Place.objects.of(town).exclude(checked_at=None).exists():
        _check_shops(town, at)
    _ask(town, at)
    _report(town, at)


def _make(town: Town, shop: Shop, at: datetime) -> None:
    if Place.objects.filter(town=town, slug=shop.slug).exists():
        return
    doors = Address.objects.filter(town=town).order_by("street", "number_sort", "pk")
    door = doors[shop.door : shop.door + 1].first()
    point = door.point if door else Point(town.lon, town.lat)
    place = Place.objects.create(
        town=town,
        slug=shop.slug,
        name=shop.name,
        category=shop.category,
        address=str(door or ""),
        lon=point.lon,
        lat=point.lat + shop.metres_north / 111_195,
        opening_hours=shop.opening_hours,
        hours_read=bool(shop.opening_hours) and is_readable(shop.opening_hours, town.country),
        hours_text=shop.hours_text,
        phone="01 99 00 12 34" if town.country == "FR" else "",  # numbers kept for fiction by ARCEP
        invented=True,
    )
    rewrite_spans([place], at)


def _check_shops(town: Town, at: datetime) -> None:
    owned = Place.objects.of(town).exclude(organisation=None).order_by("name", "pk")
    for number, place in enumerate(owned):
        check_place(place=place, at=at - timedelta(days=2 + number * 37 % 250), checker=Place.Checker.SHOP)


def _ask(town: Town, at: datetime) -> None:
    place = Place.objects.of(town).filter(slug=SHOPS[0].slug, organisation=None).first()
    if place is None or open_claims(town, at):
        return
    claimant, _made = Person.objects.get_or_create(
        email=f"cobbler@{town.slug}.demo", defaults={"name": CLAIMANT, "password": "!"}
    )
    try:
        ask_claim(place=place, person=claimant, way="letter", business=place.name, at=at - timedelta(days=2, hours=3))
    except Refusal:  # a visitor has said no several times today
        return


def _report(town: Town, at: datetime) -> None:
    if Report.objects.waiting(town).exists():
        return
    shops = Place.objects.of(town).exclude(organisation=None).order_by("name", "pk")[1:3]
    for hours, (place, (kind, words)) in enumerate(zip(shops, REPORTS, strict=False)):
        then = at - timedelta(hours=5 + 20 * hours)
        report_place(place=place, kind=kind, words=words, email="", sender="", language="fr", at=then)
