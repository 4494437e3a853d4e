"""``parvis bench pages``: server time, queries and weight of the hot pages, with 10,000 products in 50 shops.

The town of the measurement is made in a transaction that is rolled back, so a real installation can be measured
without a trace. Times are compared in the same run with the page that does nearly nothing (the legal notice
through the same middleware): machines differ, the ratio much less. The budgets stand in ``BUDGETS``.
"""

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from gzip import compress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.config.serve import setup
from parvis.core.geo import Point
from parvis.demo import builders
from parvis.market.actions.products import index_products
from parvis.market.models import Product, Shop
from parvis.market.trades import CATEGORIES, TRADES
from parvis.towns.models import Town

# At most so many times the server time of the plain page, queries, and kilobytes (gzip, pictures apart).
BUDGETS = {
    "front": (12.0, 13, 100),
    "search": (10.0, 10, 100),
    "shop": (12.0, 13, 100),
    "basket": (8.0, 9, 100),
}
WORDS = [
    "pain",
    "tarte",
    "pomme",
    "poire",
    "fromage",
    "lait",
    "miel",
    "thé",
    "café",
    "chocolat",
    "saumon",
    "agneau",
    "riz",
    "pâtes",
    "huile",
    "vinaigre",
    "olive",
    "tomate",
    "salade",
    "radis",
    "carotte",
    "livre",
    "carnet",
    "savon",
    "bougie",
    "rose",
    "tulipe",
    "vin",
    "cidre",
    "bière",
    "jus",
    "confiture",
    "biscuit",
    "farine",
    "sucre",
]


@dataclass(frozen=True, slots=True)
class Measure:
    """One page: milliseconds (median and p95), times the plain page, queries, kilobytes on the wire."""

    page: str
    median_ms: float
    p95_ms: float
    times_plain: float
    queries: int
    html_kb: float
    weight_kb: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis bench pages``."""
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--shops", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=60, help="how often each page is asked for")


def run(options: argparse.Namespace) -> int:
    """Measure; the exit code is 1 when a page is over its budget."""
    setup()
    with _town_of(options.shops, options.products) as town:
        measures = measure(town, options.rounds)
    over = [m.page for m in measures if not _within(m)]
    for m in measures:
        print(
            f"{m.page:8} median {m.median_ms:6.1f} ms  p95 {m.p95_ms:6.1f} ms  x{m.times_plain:4.1f} plain  "
            f"{m.queries:3} queries  html {m.html_kb:5.1f} kB  all {m.weight_kb:5.1f} kB",
            file=sys.stderr,
        )
    print(json.dumps({"pages": [asdict(m) for m in measures], "over_budget": over}))
    return 1 if over else 0


def _within(m: Measure) -> bool:
    if m.page not in BUDGETS:
        return True
    times, queries, kilobytes = BUDGETS[m.page]
    return m.times_plain <= times and m.queries <= queries and m.weight_kb <= kilobytes


@contextmanager
def _town_of(shops: int, products: int) -> Iterator[Town]:
    """A town with so many shops and products, gone afterwards."""
    chance = random.Random(1)  # noqa: S311 - the same town each time
    with transaction.atomic():
        town = builders.make_town("bench", name="Bench")
        trades = list(TRADES)
        for number in range(shops):
            point = Point(town.lon + chance.uniform(-0.02, 0.02), town.lat + chance.uniform(-0.01, 0.01))
            shop = builders.make_shop(town, f"Boutique {number}", trade=trades[number % len(trades)], point=point)
            _fill(shop, products // shops, chance)
        hub = builders.make_hub(town)
        builders.make_bike(hub)
        index_products(Product.objects.filter(town=town))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield town
        transaction.set_rollback(True)


def _fill(shop: Shop, count: int, chance: random.Random) -> None:
    shelves = list(CATEGORIES)
    Product.objects.bulk_create(
        Product(
            town=shop.town,
            shop=shop,
            slug=f"article-{number}",
            name=" ".join(chance.sample(WORDS, 3)).capitalize(),
            description=" ".join(chance.choices(WORDS, k=12)),
            category=chance.choice(shelves),
            price_cents=chance.randrange(100, 4000),
            stock=chance.choice([None, 0, 3, 40]),
        )
        for number in range(count)
    )


def measure(town: Town, rounds: int) -> list[Measure]:
    """Ask for each page in turn, so that noise falls on all of them alike."""
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"host": f"{town.slug}.{settings.BASE_HOST}"})
    shop = Shop.objects.filter(town=town).first()
    assert shop is not None
    for product in Product.objects.filter(town=town, stock=None)[:8]:
        client.post("/basket/add/", {"product": str(product.pk), "quantity": 1})
    pages: dict[str, str] = {
        "plain": "/legal/",
        "front": "/",
        "search": "/search/?q=pain+miel",
        "shop": f"/shops/{shop.slug}/",
        "basket": "/basket/",
    }
    fetch: Callable[[str], Any] = client.get
    queries, html = {}, {}
    for name, url in pages.items():
        fetch(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = fetch(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
        queries[name], html[name] = len(captured), response.content
    times: dict[str, list[float]] = {name: [] for name in pages}
    for _round in range(rounds):
        for name, url in pages.items():
            start = time.perf_counter()
            fetch(url)
            times[name].append((time.perf_counter() - start) * 1000)
    plain = statistics.median(times["plain"])
    return [
        Measure(
            page=name,
            median_ms=round(statistics.median(values), 2),
            p95_ms=round(statistics.quantiles(values, n=20)[-1], 2),
            times_plain=round(statistics.median(values) / plain, 2),
            queries=queries[name],
            html_kb=round(len(compress(html[name])) / 1000, 1),
            weight_kb=round(weight(html[name]) / 1000, 1),
        )
        for name, values in times.items()
    ]


def weight(html: bytes) -> int:
    """Bytes that a first visit fetches, compressed: the page, its styles, scripts and fonts; pictures apart."""
    total = len(compress(html))
    seen = set(re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', html))
    queue = [name.decode() for name in seen]
    counted: set[str] = set()
    while queue:
        name = _plain_name(queue.pop())
        found = finders.find(name)
        if name in counted or not found:
            continue
        counted.add(name)
        data = Path(str(found)).read_bytes()
        total += len(data) if name.endswith("woff2") else len(compress(data))
        if name.endswith(".css"):
            folder = Path(name).parent
            for reference in re.findall(rb'url\(["\']?([^"\')]+\.woff2)', data):
                queue.append(_joined(folder, reference.decode()))
    return total


def _plain_name(name: str) -> str:
    """The file's own name, without the fingerprint that a manifest puts in it."""
    return re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", name)


def _joined(folder: Path, reference: str) -> str:
    parts: list[str] = list(folder.parts)
    for part in reference.removeprefix("/static/").split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
