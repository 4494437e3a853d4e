"""``parvis bench geocoding``: every door of a real commune asked for in many ways, against naive scans.

The commune of the measurement is made in a transaction that is rolled back. Mistakes of typing fall on the letters of
the street (a wrong figure is another door) and come from a seed, so that everybody measures the same questions.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from rapidfuzz import process
from rapidfuzz.distance import OSA

from parvis.config.serve import setup
from parvis.core.geo import Point, distance_m
from parvis.core.text import fold
from parvis.demo import builders
from parvis.towns.addresses import geocode, nearest_address, search
from parvis.towns.ban import import_base
from parvis.towns.models import Address, Town

CENTRE = Point(2.483, 48.903)  # Bondy
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
NAIVE = 60  # questions put to the naive ways, which are slow
SHORTER = {"boulevard": "bd", "avenue": "av", "allee": "all.", "allée": "all.", "impasse": "imp.", "place": "pl.",
           "résidence": "rés.", "residence": "rés.", "chemin": "ch.", "square": "sq.", "rue": "r.",
           "saint": "st", "sainte": "ste", "général": "gal", "general": "gal", "docteur": "dr"}  # fmt: skip
# At least this share right, at most this share wrong, and a p95 of at most this share of the naive scan's median.
BUDGETS = {
    "as the base writes them": (0.999, 0.0, 0.5),
    "without accents, commas and commune": (0.995, 0.0, 0.5),
    "abbreviated": (0.97, 0.002, 0.5),
    "with a mistake": (0.97, 0.002, 0.5),
    "abbreviated, with a mistake": (0.90, 0.005, 0.5),
    "reverse": (0.995, 0.005, 0.5),
}

type Question = tuple[str, Address]


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of question: shares of the answers, and milliseconds."""

    kind: str
    questions: int
    right: float
    none: float
    wrong: float
    first: float  # the door is first among the suggestions
    median_ms: float
    p95_ms: float
    naive_ms: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench geocoding``."""
    parser.add_argument("--file", type=Path, default=Path(settings.DATA_DIR) / "bondy" / "adresse.csv")
    parser.add_argument("--sample", type=int, default=1000, help="doors asked for with a mistake")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a figure is over its budget, 2 when there is no file."""
    if not options.file.exists():
        print(f"There is no {options.file}: set PARVIS_DATA to the folder of the shared data.", file=sys.stderr)
        return 2
    setup()
    with _town_of(options.file) as (town, seconds):
        measures = measure(town, options.sample, options.seed)
    over = [m.kind for m in measures if not _within(m)]
    for m in measures:
        print(
            f"{m.kind:36} {m.questions:5}  right {m.right:7.2%}  none {m.none:6.2%}  wrong {m.wrong:6.2%}  "
            f"first {m.first:7.2%}  median {m.median_ms:5.1f} ms  p95 {m.p95_ms:5.1f} ms  naive {m.naive_ms:6.1f} ms",
            file=sys.stderr,
        )
    print(json.dumps({"seconds": seconds, "geocoding": [asdict(m) for m in measures], "over_budget": over}))
    return 1 if over else 0


def _within(m: Measure) -> bool:
    right, wrong, share = BUDGETS[m.kind]
    return m.right >= right and m.wrong <= wrong and m.p95_ms <= share * m.naive_ms


@contextmanager
def _town_of(file: Path) -> Iterator[tuple[Town, dict[str, float]]]:
    """The commune of the file, gone afterwards, and how long its imports took."""
    with transaction.atomic():
        town = builders.make_town("bench-geocoding", name="Bondy", lon=CENTRE.lon, lat=CENTRE.lat)
        seconds = {}
        for name in ("import", "import again"):
            start = time.perf_counter()
            import_base(town, file, at=AT)
            seconds[name] = round(time.perf_counter() - start, 2)
        yield town, seconds
        transaction.set_rollback(True)


def measure(town: Town, sample: int, seed: int) -> list[Measure]:
    """All kinds of questions, forward then reverse."""
    doors = list(Address.objects.filter(town=town).order_by("street", "number_sort", "number"))
    chance = random.Random(seed)  # noqa: S311 - the same questions each time
    few = chance.sample(doors, min(sample, len(doors)))
    kinds: dict[str, list[Question]] = {
        "as the base writes them": [(str(door), door) for door in doors],
        "without accents, commas and commune": [(fold(f"{door.number} {door.street}"), door) for door in few],
        "abbreviated": [(_label(door, abbreviated(door.street)), door) for door in few],
        "with a mistake": [(_label(door, mistyped(door.street, chance)), door) for door in few],
        "abbreviated, with a mistake": [
            (_label(door, mistyped(abbreviated(door.street), chance)), door) for door in few
        ],
    }
    found = [_forward(town, kind, questions, doors) for kind, questions in kinds.items()]
    return [*found, _reverse(town, doors)]


def _label(door: Address, street: str) -> str:
    return f"{door.number} {street}, {door.postcode} {door.city}"


def abbreviated(street: str) -> str:
    """The street as people in a hurry write it."""
    return " ".join(SHORTER.get(word.lower(), word) for word in street.split())


def mistyped(street: str, chance: random.Random) -> str:
    """One letter swapped with the next, left out, doubled or wrong."""
    places = [i for i, letter in enumerate(street) if letter.isalpha()]
    i = chance.choice(places)
    kind = chance.choice(["swap", "drop", "double", "wrong"])
    if kind == "swap" and i + 1 < len(street):
        return street[:i] + street[i + 1] + street[i] + street[i + 2 :]
    if kind == "double":
        return street[:i] + street[i] + street[i:]
    if kind == "wrong":
        return street[:i] + chance.choice("abcdefghijklmnopqrstuvwxyz") + street[i + 1 :]
    return street[:i] + street[i + 1 :]


def _forward(town: Town, kind: str, questions: list[Question], doors: list[Address]) -> Measure:
    answers, times = _timed(questions, lambda text: geocode(town, text))
    right = sum(
        answer is not None and answer.pk == door.pk for answer, (_, door) in zip(answers, questions, strict=True)
    )
    none = sum(answer is None for answer in answers)
    few = questions[:: max(1, len(questions) // 1000)]
    first = sum(bool(found := search(town, text, 1)) and found[0].pk == door.pk for text, door in few)
    naive = _timed(questions[:: max(1, len(questions) // NAIVE)], lambda text: _naive_forward(town, text))[1]
    return _measure(kind, len(questions), right, none, first / len(few), times, naive)


def _same(answers: list[Address | None], questions: list[Question]) -> int:
    """How many answers are the door that was meant."""
    pairs = zip(answers, questions, strict=True)
    return sum(answer is not None and answer.pk == door.pk for answer, (_, door) in pairs)


def _naive_forward(town: Town, text: str) -> str:
    """Every door of the town is read and compared letter by letter."""
    rows = Address.objects.filter(town=town).values_list("number", "street", "postcode", "city")
    labels = [fold(f"{number} {street} {postcode} {city}") for number, street, postcode, city in rows]
    best = process.extractOne(fold(text), labels, scorer=OSA.distance)
    return str(best[0]) if best else ""


def _reverse(town: Town, doors: list[Address]) -> Measure:
    """At the point of each door: a door at that point is right (97 doors of Bondy share one parcel's point)."""
    points = [(f"{door.lon} {door.lat}", door) for door in doors]
    answers, times = _timed(points, lambda text: nearest_address(town, Point(*map(float, text.split())), 50))
    same = [
        answer is not None and distance_m(answer.point, door.point) < 0.01
        for answer, (_, door) in zip(answers, points, strict=True)
    ]
    none = sum(answer is None for answer in answers)
    exactly = sum(
        answer is not None and answer.pk == door.pk for answer, (_, door) in zip(answers, points, strict=True)
    )
    naive = _timed(points[:: max(1, len(points) // NAIVE)], lambda text: _naive_reverse(town, text))[1]
    return _measure("reverse", len(points), sum(same), none, exactly / len(points), times, naive)


def _naive_reverse(town: Town, text: str) -> str:
    """Every door of the town is read and measured."""
    here = Point(*map(float, text.split()))
    rows = Address.objects.filter(town=town).values_list("pk", "lon", "lat")
    return str(min(rows, key=lambda row: distance_m(here, Point(row[1], row[2])))[0])


def _timed[T](questions: Iterable[Question], answer: Callable[[str], T]) -> tuple[list[T], list[float]]:
    answers, times = [], []
    for text, _ in questions:
        start = time.perf_counter()
        answers.append(answer(text))
        times.append((time.perf_counter() - start) * 1000)
    return answers, times


def _measure(
    kind: str, count: int, right: int, none: int, first: float, times: list[float], naive: list[float]
) -> Measure:
    return Measure(
        kind=kind,
        questions=count,
        right=round(right / count, 4),
        none=round(none / count, 4),
        wrong=round((count - right - none) / count, 4),
        first=round(first, 4),
        median_ms=round(statistics.median(times), 2),
        p95_ms=round(statistics.quantiles(times, n=20)[-1], 2),
        naive_ms=round(statistics.median(naive), 2),
    )
