"""A town of any size for measurements: names, hours and positions that vary as those of a real one do. Seeded."""

from collections.abc import Iterator
from itertools import batched, count
from math import cos, radians
from random import Random

from parvis.core.geo import Point
from parvis.places.actions.in_bulk import learn_names
from parvis.places.categories import CATEGORIES
from parvis.places.hours import is_readable
from parvis.places.models import Place
from parvis.places.services import SERVICES
from parvis.towns.models import Town

BATCH = 2000
WIDTH, HEIGHT = 11_000, 9_000  # metres: Paris within its ring road
# Where shops stand close together: east and north of the middle, how wide (metres), share of all places.
CENTRES = (
    (0, 0, 500, 0.16),
    (-2600, 900, 350, 0.10),
    (1900, 2100, 300, 0.09),
    (3200, -1500, 450, 0.08),
    (-1200, -2400, 250, 0.07),
    (-4100, -900, 200, 0.05),
    (600, 3500, 200, 0.05),
)

KINDS = {
    "bakery": ("Boulangerie", "Au Pain de", "Le Fournil de", "Maison"),
    "butcher": ("Boucherie", "Charcuterie"),
    "greengrocer": ("Primeur", "Les Fruits de"),
    "cheese": ("Fromagerie", "Crèmerie"),
    "wine": ("Cave", "Les Vins de"),
    "florist": ("Fleurs", "Le Jardin de"),
    "bookshop": ("Librairie", "Le Livre de"),
    "clothing": ("Boutique", "Atelier", "Prêt-à-porter"),
    "hairdresser": ("Coiffure", "Salon"),
    "supermarket": ("Supérette", "Marché"),
    "pharmacy": ("Pharmacie", "Grande Pharmacie"),
    "restaurant": ("Restaurant", "Chez", "La Table de", "Brasserie"),
    "cafe": ("Café", "Le Comptoir de"),
    "doctor": ("Cabinet", "Docteur"),
    "bank": ("Banque", "Crédit"),
    "school": ("École", "Collège"),
    "park": ("Parc", "Square", "Jardin"),
    "library": ("Bibliothèque", "Médiathèque"),
    "bicycle": ("Cycles", "Vélos"),
    "hardware": ("Quincaillerie", "Bricolage"),
}
# fmt: off
FIRST = (
    "Jeanne", "Louis", "Rose", "Amir", "Léa", "Hugo", "Fatou", "Paul", "Inès", "Karim", "Chloé", "Jules", "Nina",
    "Omar", "Alice", "Marcel", "Yvette", "Samir",
)
LAST = (
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau", "Simon",
    "Laurent", "Lefèvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard",
    "André", "Mercier", "Dupont", "Lambert", "Bonnet", "François", "Martinez", "Legrand", "Garnier", "Faure",
    "Rousseau", "Blanc", "Guérin", "Müller", "Henry", "Roussel", "Nicolas", "Perrin", "Morin", "Mathieu", "Clément",
    "Gauthier", "Dumont", "Lopez", "Fontaine", "Chevalier", "Robin", "Masson", "Sanchez", "Gérard", "Nguyen", "Boyer",
    "Denis", "Lemaire", "Duval", "Joly", "Gautier",
)
# fmt: on
STREETS = tuple(
    f"{way} {name}"
    for way in ("rue", "avenue", "boulevard", "place", "passage", "rue du Général", "rue de l'Abbé", "quai", "impasse")
    for name in (*LAST, "de la République", "Verte", "des Lilas", "du Moulin", "de la Gare", "Saint-Martin", "du Port")
)

# {o} opens, {n} noon, {a} after noon, {c} closes, {l} late at night: filled in anew for each place.
HOURS: tuple[tuple[str, int], ...] = (
    ("Mo-Sa {o}-{c}", 14),
    ("Tu-Sa {o}-{n},{a}-{c}; PH off", 14),
    ("Mo-Fr {o}-{n},{a}-{c}; Sa {o}-{c}", 12),
    ("Mo-Fr {o}-{c}; Sa {o}-{n}; PH off", 8),
    ("Tu-Su {o}-{c}; PH off", 6),
    ("Mo-Su {o}-{c}", 6),
    ("Mo {a}-{c}; Tu-Fr {o}-{c}; Sa {o}-{n},{a}-{c}; Su {o}-{n}", 5),
    ("Mo-Su 12:00-14:30,19:00-{l}", 5),
    ("Tu-Sa 12:00-14:00,19:00-{l}; Su 12:00-15:00", 4),
    ("Mo-Th 17:00-{l}; Fr-Sa 17:00-02:00", 3),
    ("We-Su 18:00-03:00", 1),
    ("24/7", 4),
    ("Mo-Fr {o}-{c}; SH off", 2),
    ("Apr-Sep: Mo-Su 07:30-20:00; Oct-Mar: Mo-Su 08:00-17:30", 2),
    ("Mo-Su sunrise-sunset", 1),
    ("Mo-Fr 08:30-18:30; Sa[2],Sa[4] {o}-{n}", 1),
    ("We,Sa 08:00-13:00", 1),
    ("Mo-Sa {o}-{c}; Dec Su 10:00-18:00", 1),
    ("Mo-Fr {o}-{n},{a}-{c}; Aug 01-Aug 21 off", 2),
    ('Mo-Fr {o}-{c} || "by appointment"', 1),
    ("week 1-53/2 Sa {o}-{n}; Mo-Fr {o}-{c}", 1),
    ("le matin, ou sur rendez-vous", 1),
    ("", 5),
)


def make_places(town: Town, number: int, *, seed: int = 1) -> None:
    """Write so many places; their stretches are left to ``spans.refresh_due``."""
    chance = Random(seed)  # noqa: S311 - the same town each time
    readable: dict[str, bool] = {}
    for rows in batched(_places(town, number, chance), BATCH):
        for place in rows:
            text = place.opening_hours
            if text not in readable:
                readable[text] = is_readable(text, town.country)
            place.hours_read = readable[text]
            place.index()
        Place.objects.bulk_create(rows)
        learn_names(town, rows)


def _places(town: Town, number: int, chance: Random) -> Iterator[Place]:
    kinds = [kind for kind in KINDS if kind in CATEGORIES]
    templates, weights = zip(*HOURS, strict=True)
    offered = list(SERVICES)
    numbers = count(1)
    for _ in range(number):
        kind = chance.choice(kinds)
        name = f"{chance.choice(KINDS[kind])} {_surname(chance)}"
        point = _spot(town.centre, chance)
        serial = next(numbers)
        yield Place(
            town=town,
            slug=f"place-{serial}",
            name=name,
            category=kind,
            address=f"{chance.randrange(1, 180)} {chance.choice(STREETS)}, 75{chance.randrange(1, 21):03} {town.name}",
            lon=point.lon,
            lat=point.lat,
            opening_hours=_fill(chance.choices(templates, weights)[0], chance),
            services=chance.sample(offered, chance.choice([0, 0, 1, 2, 3, 4])),
            delivers_within_m=chance.choice([None, 500, 1500, 3000]),
            wheelchair=chance.choice(["", "", "yes", "limited", "no"]),
            source="bench",
            source_ref=str(serial),
        )


def _surname(chance: Random) -> str:
    last = chance.choice(LAST)
    return last if chance.random() < 0.4 else f"{chance.choice(FIRST)} {last}"


def _fill(template: str, chance: Random) -> str:
    return template.format(
        o=_clock(chance, 7 * 60, 10 * 60 + 30),
        n=_clock(chance, 12 * 60, 13 * 60),
        a=_clock(chance, 14 * 60, 15 * 60 + 30),
        c=_clock(chance, 17 * 60 + 30, 20 * 60 + 30),
        l=_clock(chance, 22 * 60, 23 * 60 + 45),
    )


def _clock(chance: Random, first: int, last: int) -> str:
    """A quarter of an hour between two minutes of the day; full and half hours are commoner, as in life."""
    step = chance.choice([60, 30, 30, 30, 15])
    minute = min(chance.randrange(first, last + 1) // step * step, last)
    return f"{minute // 60:02}:{minute % 60:02}"


def _spot(centre: Point, chance: Random) -> Point:
    """In one of the dense centres, or anywhere in the town."""
    draw = chance.random()
    for east, north, wide, share in CENTRES:
        draw -= share
        if draw < 0:
            return metres_from(centre, chance.gauss(east, wide), chance.gauss(north, wide))
    return metres_from(centre, (chance.random() - 0.5) * WIDTH, (chance.random() - 0.5) * HEIGHT)


def metres_from(centre: Point, east: float, north: float) -> Point:
    """The point so many metres east and north of another one."""
    degree = 111_195
    return Point(centre.lon + east / degree / cos(radians(centre.lat)), centre.lat + north / degree)
