"""The demonstration towns: a literal table of three, and a small neighbour that shares the first one's bikes."""

from dataclasses import dataclass

from parvis.core.geo import Point
from parvis.delivery.kinds import Kind
from parvis.delivery.models import Bike
from parvis.people.models import Role
from parvis.towns.models import Town

PASSWORD = "parvis-demo"


@dataclass(frozen=True, slots=True)
class BikeRow:
    """A bike of the hub."""

    name: str
    drive: str = Bike.Drive.ELECTRIC
    max_grams: int = 80_000
    max_millilitres: int = 240_000
    max_crates: int = 12
    speed_percent: int = 100
    range_metres: int | None = 60_000
    skills: tuple[str, ...] = ("upright",)
    kind: str = Kind.CARGO


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody one may be: ``kind`` None is a resident."""

    handle: str
    name: str
    kind: Role.Kind | None = None
    shop: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a demonstration town is made of, besides its data files."""

    slug: str
    name: str
    country: str
    code: str
    languages: tuple[str, ...]
    timezone: str
    centre: Point
    postcode: str
    hub_name: str
    hub_address: str
    hub: Point
    bikes: tuple[BikeRow, ...]
    accounts: tuple[Account, ...]
    products: int
    orders: int
    door_source: str
    sources: tuple[dict[str, str], ...]
    bike_fee_cents: int = 390
    bike_free_from_cents: int | None = 6000
    outlined: bool = True  # whether there is a file of its boundary


IGN = {
    "name": "IGN, INSEE",
    "attribution": "Contour de la commune : IGN et INSEE, Licence Ouverte 2.0",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
ISSY_DATA = {
    "name": "Ville d’Issy-les-Moulineaux",
    "attribution": "Lieux publics : données ouvertes de la ville (2014) et son site (2025)",
    "url": "https://data.issy.com/",
}
STATBEL = {
    "name": "Statbel",
    "attribution": "Contour de la commune : Statbel, données ouvertes",
    "url": "https://statbel.fgov.be/",
}

PROFILES = (
    Profile(
        slug="issy",
        name="Issy-les-Moulineaux",
        country=Town.Country.FRANCE,
        code="92040",
        languages=("fr",),
        timezone="Europe/Paris",
        centre=Point(2.2686, 48.8237),
        postcode="92130",
        hub_name="Halle des Épinettes",
        hub_address="45 rue de l’Égalité, 92130 Issy-les-Moulineaux",
        hub=Point(2.262178, 48.817808),
        bikes=(
            BikeRow("Hirondelle", skills=("trailer", "lift", "upright")),
            BikeRow("Martinet"),
            BikeRow("Bergeronnette", max_grams=60_000, max_millilitres=180_000, max_crates=9, speed_percent=110),
            BikeRow("Héron", Bike.Drive.HYDROGEN, 100_000, 300_000, 15, 95, 90_000),
        ),
        accounts=(
            Account("resident", "Camille Martin", phone="06 39 98 00 01"),
            Account("stranger", "Sacha Verne"),
            Account("merchant", "Rose Delorme", Role.Kind.MERCHANT, "La Mie du Parvis"),
            Account("merchant2", "Paul Séverin", Role.Kind.MERCHANT, "Primeurs Séverine"),
            Account("newcomer", "Léa Marchand", Role.Kind.MERCHANT, "Le Petit Pétrin"),
            Account("hub", "Hakim Belkacem", Role.Kind.HUB),
            Account("dispatch", "Dina Roussel", Role.Kind.DISPATCHER),
            Account("rider", "Rémi Favre", Role.Kind.RIDER, phone="06 39 98 00 11"),
            Account("rider2", "Inès Lopes", Role.Kind.RIDER, phone="06 39 98 00 12"),
            Account("rider3", "Tom Vasseur", Role.Kind.RIDER, phone="06 39 98 00 13"),
            Account("rider4", "Awa Diallo", Role.Kind.RIDER, phone="06 39 98 00 14"),
            Account("agent", "Agathe Morin", Role.Kind.AGENT),
        ),
        products=620,
        orders=24,
        door_source="data.issy.com, 2014",
        sources=(IGN, ISSY_DATA),
    ),
    Profile(
        slug="ivry",
        name="Ivry-sur-Seine",
        country=Town.Country.FRANCE,
        code="94041",
        languages=("fr",),
        timezone="Europe/Paris",
        centre=Point(2.3862, 48.8124),
        postcode="94200",
        hub_name="Dépôt des Œillets",
        hub_address="14 rue Raspail, 94200 Ivry-sur-Seine",
        hub=Point(2.3862, 48.8135),
        bikes=(BikeRow("Marie"), BikeRow("Danielle", skills=("trailer", "upright"), kind=Kind.TRAILER)),
        accounts=(
            Account("resident", "Lou Ferrand", phone="06 39 98 00 02"),
            Account("stranger", "Ivo Lambert"),
            Account("merchant", "Karim Haddad", Role.Kind.MERCHANT, "Boulangerie Marat"),
            Account("newcomer", "Hugo Texier", Role.Kind.MERCHANT, "La Cave du Port"),
            Account("hub", "Solène Petit", Role.Kind.HUB),
            Account("dispatch", "Marc Ossola", Role.Kind.DISPATCHER),
            Account("rider", "Yanis Mercier", Role.Kind.RIDER, phone="06 39 98 00 21"),
            Account("rider2", "Jeanne Colin", Role.Kind.RIDER, phone="06 39 98 00 22"),
            Account("agent", "Fatou Ndiaye", Role.Kind.AGENT),
        ),
        products=190,
        orders=16,
        door_source="demonstration",
        sources=(IGN,),
    ),
    Profile(
        slug="ixelles",
        name="Ixelles",
        country=Town.Country.BELGIUM,
        code="21009",
        languages=("fr", "nl"),
        timezone="Europe/Brussels",
        centre=Point(4.3698, 50.8290),
        postcode="1050",
        hub_name="Dépôt Flagey - Depot Flagey",
        hub_address="5 rue de la Vallée - Dalstraat, 1050 Ixelles - Elsene",
        hub=Point(4.3688, 50.8258),
        bikes=(BikeRow("Colibri"), BikeRow("Merel")),
        accounts=(
            Account("resident", "Noor Peeters", phone="0470 00 00 01"),
            Account("stranger", "Alma Rossi"),
            Account("merchant", "Luc Vandamme", Role.Kind.MERCHANT, "Boulangerie du Vieux Tram"),
            Account("merchant2", "Griet Claes", Role.Kind.MERCHANT, "Bakkerij Graanhof"),
            Account("newcomer", "Lotte Maes", Role.Kind.MERCHANT, "Kaas & Zo"),
            Account("hub", "Amina Touré", Role.Kind.HUB),
            Account("dispatch", "Bart Lemmens", Role.Kind.DISPATCHER),
            Account("rider", "Sam Jacobs", Role.Kind.RIDER, phone="0470 00 00 11"),
            Account("rider2", "Élise Dumont", Role.Kind.RIDER, phone="0470 00 00 12"),
            Account("agent", "Thomas Wouters", Role.Kind.AGENT),
        ),
        products=230,
        orders=16,
        door_source="demonstration",
        sources=(STATBEL,),
        bike_free_from_cents=None,
    ),
)

NEIGHBOURS = {
    "issy": Profile(
        slug="vanves",
        name="Vanves",
        country=Town.Country.FRANCE,
        code="92075",
        languages=("fr",),
        timezone="Europe/Paris",
        centre=Point(2.2888, 48.8213),
        postcode="92170",
        hub_name="",
        hub_address="",
        hub=Point(2.2888, 48.8213),
        bikes=(),
        accounts=(
            Account("resident", "Maya Lenoir", phone="06 39 98 00 03"),
            Account("stranger", "Oscar Petit"),
            Account("merchant", "Anne Gaillard", Role.Kind.MERCHANT, "Le Levain de Vanves"),
            Account("agent", "Denis Aubert", Role.Kind.AGENT),
        ),
        products=60,
        orders=0,
        door_source="demonstration",
        sources=(),
        outlined=False,
    )
}
"""By the town whose bikes ride for them under an agreement (``neighbour.py``): they have no hub, rider or bike."""


def profile_of(slug: str) -> Profile | None:
    """The profile of a demonstration town."""
    return next((profile for profile in (*PROFILES, *NEIGHBOURS.values()) if profile.slug == slug), None)
