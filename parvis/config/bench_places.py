"""``parvis bench places``: a town of 100,000 places is asked where, what and what is open, against the naive ways.

The town is made in a database of its own, dropped afterwards. Each question is asked at many spots, so that no cache
of one answer helps. The naive ways are asked in the same run, of the same rows, and must give the same answers:

- ``python``: read every place of the town, then work out distances and rules one by one (positions first, so that
  rules are read only where they matter);
- ``no index``: our own question, with the use of indexes switched off.

Budgets are ratios to them (``BUDGETS``): machines differ, the ratios much less.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from parvis.config.bench_town import CENTRES, HEIGHT, WIDTH, make_places, metres_from
from parvis.config.serve import setup
from parvis.core.geo import Point, flat_distance_m
from parvis.core.text import fold
from parvis.demo import builders
from parvis.places.hours import status
from parvis.places.models import OpenSpan, Place, PlaceQuerySet
from parvis.places.search import find
from parvis.places.spans import refresh_due
from parvis.towns.models import Town

DATABASE = "parvis_bench"
FIRST = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
AT = FIRST + timedelta(days=8)  # a Saturday afternoon, after a week's refresh
NEAREST, PAGE = 50, 24
WORDS = ("boulangerie", "pharmacie dupont", "café", "librairie martin", "rue verte", "coiffure", "fromagerie lefevre")
MISTAKES = ("boulangrie", "farmacie", "librarie", "fromagrie")

# How many times faster our p95 must be than the median of python, and than that of no index. A whole town is most of
# the table: there an index has little to give.
BUDGETS: dict[str, tuple[float, float]] = {
    "search": (30, 2),
    "search with a mistake": (20, 2),
    "open now, 300 m around": (20, 1.5),
    "open now, 1.5 km around": (10, 1),
    "open now, the whole town": (5, 0),
    "how many are open now": (10, 0),
    "open bakeries, by name": (100, 10),
    "nearest 50": (200, 10),
    "nearest 50 open": (100, 10),
    "a page with what opens next": (50, 10),
}
type Ask = Callable[[Point], Any]


@dataclass(frozen=True, slots=True)
class Way:
    """A question: ours, and the naive way in Python; ``same`` where both must give the same rows."""

    ours: Ask
    python: Ask
    same: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """Milliseconds; ``times_*``: how many times faster our p95 is than the median of that way."""

    question: str
    rows: int
    median_ms: float
    p95_ms: float
    python_ms: float
    no_index_ms: float
    times_python: float
    times_no_index: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench places``."""
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=100, help="how often each question is asked")
    parser.add_argument("--naive-rounds", type=int, default=3, help="how often it is asked in the naive ways")
    parser.add_argument("--keep", action="store_true", help="keep the town, and ask the one that was kept")


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a question is not as much faster as its budget says."""
    setup()  # its pages need their static files
    with _own_database(keep=options.keep):
        town, writing = _fill(options.places)
        measures = [_measure(name, way, town, options.rounds, options.naive_rounds) for name, way in ways(town).items()]
        report = {
            "places": options.places,
            "writing": writing,
            "questions": [asdict(measure) for measure in measures],
            "pages": _pages(town, options.rounds),
            "megabytes": _sizes(),
        }
    missed = [m.question for m in measures if not _within(m)]
    print(json.dumps(report | {"missed": missed}, ensure_ascii=False))
    return 1 if missed else 0


def _within(m: Measure) -> bool:
    python, no_index = BUDGETS[m.question]
    return m.times_python >= python and m.times_no_index >= no_index


@contextmanager
def _own_database(*, keep: bool) -> Iterator[None]:
    """A database beside the installation's, which is not touched; gone afterwards unless it is to be kept."""
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = DATABASE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        _execute("SET statement_timeout = 0")
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0, keepdb=keep)


def _fill(number: int) -> tuple[Town, dict[str, float]]:
    """A town with so many places and their hours worked out, and what that took."""
    town = Town.objects.filter(slug="bench").first() or builders.make_town(
        "bench", name="Bench", lon=2.3522, lat=48.8566
    )
    made = 0.0
    if Place.objects.filter(town=town).count() != number:
        _say(f"making {number} places…")
        _, made = _timed(partial(make_places, town, number))
    _execute("TRUNCATE places_openspan")
    Place.objects.update(spans_until=None)
    _say("working out their hours…")
    rows, first = _timed(partial(refresh_due, FIRST))
    changed, week = _timed(partial(refresh_due, AT))
    _, nothing = _timed(partial(refresh_due, AT))
    for table in (Place, OpenSpan):
        _execute(f"VACUUM ANALYZE {table._meta.db_table}")
    writing = {
        "places_s": made / 1000,
        "distinct_hours": Place.objects.values("opening_hours").distinct().count(),
        "rows": rows,
        "rows_s": first / 1000,
        "a_week_later_rows": changed,
        "a_week_later_s": week / 1000,
        "nothing_due_ms": nothing,
    }
    _say("  ".join(f"{name} {value:.0f}" for name, value in writing.items()))
    return town, {name: round(value, 1) for name, value in writing.items()}


def ways(town: Town) -> dict[str, Way]:
    """Every question, in both ways."""
    places = Place.objects.of(town)
    return {
        # ours mends mistakes, knows stems and ranks by more than distance: the rows differ on purpose
        "search": Way(lambda at: _search(town, WORDS), lambda at: _search_naively(town), same=False),
        "search with a mistake": Way(lambda at: _search(town, MISTAKES), lambda at: _search_naively(town), same=False),
        "open now, 300 m around": _around(town, places, 300),
        "open now, 1.5 km around": _around(town, places, 1500),
        "open now, the whole town": _around(town, places, 20_000),
        "how many are open now": Way(
            lambda at: [places.open_at(AT).count()], lambda at: [len(_open(_every(town), town))]
        ),
        "open bakeries, by name": Way(
            lambda at: _keys(places.of_kinds(["bakery"]).open_at(AT).order_by("name", "pk")[:PAGE]),
            lambda at: _first(_by_name([p for p in _every(town) if p.category == "bakery"]), town, PAGE),
        ),
        "nearest 50": Way(
            lambda at: _keys(places.nearest(at, NEAREST)),
            lambda at: [p.pk for p in _by_distance(_every(town), at)[:NEAREST]],
        ),
        "nearest 50 open": Way(
            lambda at: _keys(places.open_at(AT).nearest(at, NEAREST)),
            lambda at: _first(_by_distance(_every(town), at), town, NEAREST),
        ),
        "a page with what opens next": Way(
            lambda at: _standings(places.nearest(at).with_closures().with_next_opening(AT)[:PAGE]),
            lambda at: [_status(p, town) for p in _by_distance(_every(town), at)[:PAGE]],
        ),
    }


def _around(town: Town, places: PlaceQuerySet, metres: float) -> Way:
    def window(at: Point) -> tuple[float, float, float, float]:
        low, high = metres_from(at, -metres, -metres), metres_from(at, metres, metres)
        return low.lon, low.lat, high.lon, high.lat

    def ours(at: Point) -> list[Any]:
        return sorted(_keys(places.within(*window(at)).open_at(AT)))

    def python(at: Point) -> list[Any]:
        west, south, east, north = window(at)
        inside = [p for p in _every(town) if west <= p.lon <= east and south <= p.lat <= north]
        return sorted(p.pk for p in _open(inside, town))

    return Way(ours, python)


def _keys(places: PlaceQuerySet) -> list[Any]:
    """What a map needs of each place; the keys are compared."""
    return [row[0] for row in places.values_list("pk", "lon", "lat", "category")]


def _standings(places: PlaceQuerySet) -> list[Any]:
    return [(place.standing(AT).is_open, place.standing(AT).until) for place in places]


def _search(town: Town, words: tuple[str, ...]) -> list[Any]:
    text = words[next(_turns) % len(words)]
    return [place.pk for place in find(town, text, near=town.centre, at=AT).places]


def _search_naively(town: Town) -> list[Any]:
    words = fold(WORDS[next(_turns) % len(WORDS)]).split()
    fitting = []
    for place in _every(town):
        held = fold(f"{place.name} {place.kind.label} {place.address}").split()
        if all(any(have.startswith(word) for have in held) for word in words):
            fitting.append(place)
    return [place.pk for place in _by_distance(fitting, town.centre)[:PAGE]]


def _every(town: Town) -> list[Place]:
    return list(Place.objects.of(town).only("name", "address", "category", "lon", "lat", "opening_hours", "hours_read"))


def _by_distance(places: list[Place], at: Point) -> list[Place]:
    return sorted(places, key=lambda p: flat_distance_m(p.point, at))


def _by_name(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda p: (p.name, p.pk))


def _status(place: Place, town: Town) -> Any:
    found = status(place.opening_hours, (), AT, town.zone, town.country, place.point)
    return found.is_open, found.until


def _open(places: list[Place], town: Town) -> list[Place]:
    return [place for place in places if place.hours_read and _status(place, town)[0]]


def _first(places: list[Place], town: Town, number: int) -> list[Any]:
    """The first so many that are open: rules are read only until they are found."""
    found: list[Any] = []
    for place in places:
        if len(found) == number:
            break
        found += [p.pk for p in _open([place], town)]
    return found


_turns = iter(range(10**9))


def _measure(name: str, way: Way, town: Town, rounds: int, naive_rounds: int) -> Measure:
    spots = list(_spots(town, rounds))
    way.ours(spots[0])
    times, rows = [], []
    for spot in spots:
        answer, took = _timed(partial(way.ours, spot))
        times.append(took)
        rows.append(len(answer))
    python, plain = [], []
    for spot in spots[:naive_rounds]:
        theirs, took = _timed(partial(way.python, spot))
        python.append(took)
        with _without_indexes():
            unindexed, took = _timed(partial(way.ours, spot))
            plain.append(took)
        if way.same and not (_agree(theirs, way.ours(spot)) and _agree(theirs, unindexed)):
            raise RuntimeError(f"{name}: the ways give different answers at {spot}")
    p95 = statistics.quantiles(times, n=20)[-1]
    measure = Measure(
        question=name,
        rows=round(statistics.median(rows)),
        median_ms=round(statistics.median(times), 1),
        p95_ms=round(p95, 1),
        python_ms=round(statistics.median(python)),
        no_index_ms=round(statistics.median(plain), 1),
        times_python=round(statistics.median(python) / p95, 1),
        times_no_index=round(statistics.median(plain) / p95, 1),
    )
    _say(
        f"{name:28} rows {measure.rows:6}  median {measure.median_ms:7.1f} ms  p95 {measure.p95_ms:7.1f} ms  "
        f"python {measure.python_ms:7.0f} ms (x{measure.times_python:.0f})  "
        f"no index {measure.no_index_ms:7.1f} ms (x{measure.times_no_index:.1f})"
        + ("" if _within(measure) else "  MISSED")
    )
    return measure


def _agree(theirs: list[Any], ours: list[Any]) -> bool:
    """The same rows; at the end of a list of the nearest, two that are equally far may stand for each other."""
    return len(theirs) == len(ours) and (Counter(theirs) - Counter(ours)).total() <= 1


def _spots(town: Town, number: int) -> Iterator[Point]:
    """Where people ask from: two in three in a dense centre, the others anywhere."""
    chance = random.Random(7)  # noqa: S311 - the same spots each time
    for turn in range(number):
        if turn % 3:
            east, north, wide, _share = chance.choice(CENTRES)
            yield metres_from(town.centre, chance.gauss(east, wide), chance.gauss(north, wide))
        else:
            yield metres_from(town.centre, chance.uniform(-0.5, 0.5) * WIDTH, chance.uniform(-0.5, 0.5) * HEIGHT)


def _pages(town: Town, rounds: int) -> dict[str, dict[str, float]]:
    """The directory's page itself, through the middleware."""
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"host": f"{town.slug}.{settings.BASE_HOST}"})
    near = f"{town.lon:.3f},{town.lat:.3f}"
    pages = {
        "/legal/": "a page that does nearly nothing",
        "/places/": "the directory by name",
        "/places/?open=now": "what is open now, by name",
        f"/places/?open=now&near={near}": "what is open now, nearest first",
        f"/places/?open=sunday&kind=bakery&near={near}": "bakeries open on Sunday morning, nearest first",
    }
    found = {}
    for url, name in pages.items():
        times = []
        for _ in range(max(10, rounds // 4)):
            answer, took = _timed(partial(client.get, url))
            if answer.status_code != 200:
                raise RuntimeError(f"{url} answered {answer.status_code}")
            times.append(took)
        p95 = statistics.quantiles(times[1:], n=20)[-1]
        found[name] = {"median_ms": round(statistics.median(times), 1), "p95_ms": round(p95, 1)}
        _say(f"{name:48} median {found[name]['median_ms']:7.1f} ms  p95 {p95:7.1f} ms")
    return found


def _sizes() -> dict[str, float]:
    """Tables without their indexes, and each index, in megabytes."""
    found = {}
    with connection.cursor() as cursor:
        for table in (Place._meta.db_table, OpenSpan._meta.db_table):
            cursor.execute(
                "SELECT %(table)s, pg_table_size(%(table)s::regclass) UNION ALL"
                " SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index"
                " WHERE indrelid = %(table)s::regclass ORDER BY 2 DESC",
                {"table": table},
            )
            found.update({name: round(size / 1e6, 1) for name, size in cursor.fetchall()})
    _say("megabytes: " + ", ".join(f"{name} {size}" for name, size in found.items()))
    return found


@contextmanager
def _without_indexes() -> Iterator[None]:
    ways = ("enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan")
    for way in ways:
        _execute(f"SET {way} = off")
    try:
        yield
    finally:
        for way in ways:
            _execute(f"RESET {way}")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _timed[T](ask: Callable[[], T]) -> tuple[T, float]:
    """The answer and the milliseconds it took."""
    start = time.perf_counter()
    answer = ask()
    return answer, (time.perf_counter() - start) * 1000


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
